"""The forms of earlier programmes: how a list is called, the file, why it is withdrawn."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.actions.sources import SourceValues
from beneficiaries.forms.imports import FORMATS
from beneficiaries.models import ExclusionSource


class SourceForm(forms.ModelForm):
    """Names the list. The year is a year that has begun."""

    class Meta:
        model = ExclusionSource
        fields = ("name", "year", "giver", "kind", "document_no", "effect")
        help_texts = {
            "name": _("As people know it, for example “Sóng và máy tính cho em”."),
            "document_no": _("Decision or letter with which the list came, if there is one."),
            "effect": _(
                "Who is on the list is kept off the lists of every round, or only marked. A round may say otherwise."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = timezone.localdate().year
        self.fields["year"] = forms.IntegerField(
            label=self.fields["year"].label, min_value=1990, max_value=this_year,
            widget=forms.NumberInput(attrs={"class": "short"}),
        )  # fmt: skip

    @property
    def values(self) -> SourceValues:
        return SourceValues(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class NewSourceForm(SourceForm):
    """With the file; whether it can be read is decided by the guard."""

    tep = forms.FileField(
        label=_("List file"),
        help_text=_(
            "Excel (.xlsx, .xlsm, .xls), .ods or .csv in any form: it needs names with years of birth, or numbers."
        ),
        error_messages={"required": _("Choose the file that holds the list."), "empty": _("The file is empty.")},
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": FORMATS}),
    )


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the list is withdrawn"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
