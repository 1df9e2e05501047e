"""What a reviewer types: the search, the document of an approval, the reason for a return or a rejection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from allocations.forms.lists import search_field
from allocations.models import Reason

REASONS_TO_RETURN = [Reason.MISSING_EVIDENCE, Reason.WRONG_IDENTITY, Reason.DUPLICATE, Reason.OTHER]
REASONS_TO_REJECT = [
    Reason.NOT_COVERED, Reason.ALREADY_RECEIVED, Reason.DUPLICATE, Reason.MOVED_AWAY, Reason.OTHER,
]  # fmt: skip


class LineSearchForm(forms.Form):
    """Lines of one list by the name of the head or the code of the household."""

    show_optional = False
    q = search_field(lazy("Name of the head or household code"))


class ApproveForm(forms.Form):
    """`den_ho`: the last line that the page said would be approved, 0 for none."""

    document_no = forms.CharField(
        label=lazy("Decision number"), required=False, max_length=40,
        help_text=lazy("As on the paper, for example 45/QĐ-UBND."), widget=forms.TextInput(attrs={"class": "short"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=lazy("Why households of higher priority are not approved now"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    den_ho = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, passed_over: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not passed_over:
            del self.fields["reason"]

    @property
    def chosen(self) -> dict[str, Any]:
        """The options of the deciding action."""
        cleaned = self.cleaned_data
        return {
            "document_no": cleaned["document_no"].strip(),
            "reason": cleaned.get("reason", "").strip(),
            "agreed_last": cleaned["den_ho"],
        }


class RefusalForm(forms.Form):
    """Why lines are returned or rejected, in the catalogue's words and one's own."""

    reason = forms.ChoiceField(label=lazy("Reason"), widget=forms.RadioSelect)
    note = forms.CharField(label=lazy("Note"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, rejects: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = REASONS_TO_REJECT if rejects else REASONS_TO_RETURN
        field, note = self.fields["reason"], self.fields["note"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(reason.value, reason.label) for reason in reasons]
        note.required = rejects
        note.help_text = _NOTE_OF_A_REJECTION if rejects else _NOTE_OF_A_RETURN

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("reason") == Reason.OTHER and not cleaned.get("note", "").strip() and "note" not in self.errors:
            self.add_error(
                "note", ValidationError(_("Write what the other reason is, so that the commune can act on it."))
            )
        return cleaned

    @property
    def chosen(self) -> dict[str, Any]:
        return {"reason": Reason(self.cleaned_data["reason"]), "note": self.cleaned_data["note"].strip()}

    @property
    def in_words(self) -> str:
        """The reason as the commune will read it, also of a form that is not complete yet."""
        reason = self.data.get("reason", "")
        label = str(Reason(reason).label) if reason in Reason.values else ""
        note = self.data.get("note", "").strip()
        return f"{label}: {note}" if label and note else label or note


_NOTE_OF_A_RETURN = lazy("What the commune has to complete.")
_NOTE_OF_A_REJECTION = lazy("The provision it rests on, for example Thông tư 14/2022/TT-BTTTT, Điều 15.")
