"""What officers type on the pages of rounds and lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allocations.list_states import STATES
from allocations.models import Allocation, CommuneList, Round


def search_field(label: Any) -> forms.CharField:
    box = forms.TextInput(attrs={"type": "search", "data-search": True, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=80, widget=box)


class RoundChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Round) -> str:
        return obj.name


class OverviewFilterForm(forms.Form):
    """All communes of one round: which round, which state, only late ones."""

    show_optional = False
    dot = RoundChoiceField(label=_("Round"), queryset=Round.objects.none(), to_field_name="code", empty_label=None)
    tt = forms.ChoiceField(
        label=_("State of the list"),
        required=False,
        choices=[("", _("All")), *STATES],
    )
    tre = forms.BooleanField(label=_("Only late ones"), required=False)
    q = search_field(_("Commune"))

    def __init__(self, *args: Any, rounds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["dot"]
        assert isinstance(field, RoundChoiceField)  # noqa: S101 - declared above
        field.queryset = rounds


class ListFilterForm(forms.Form):
    """Lines of one list by name of the head or code of the household, and by group."""

    show_optional = False
    q = search_field(_("Name of the head or household code"))
    nhom = forms.TypedChoiceField(label=_("Group"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, round: Round, with_groups: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_groups:
            del self.fields["nhom"]
            return
        groups = [(rule.position, str(rule)) for rule in round.priority_rules.all()]
        field = self.fields["nhom"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("All")), *groups]


class TakeOffForm(forms.Form):
    """Why households are taken off the list."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class SubmitForm(forms.Form):
    """The document with which the leader submits the list."""

    document_no = forms.CharField(
        label=_("Document number"), max_length=40, help_text=_("As on the paper, for example 05/TTr-UBND.")
    )
    document_date = forms.DateField(label=_("Document date"))
    leave_unready = forms.BooleanField(
        label=_("Submit the households that are ready and leave the others on the draft"), required=False
    )

    def clean_document_date(self) -> Any:
        return _not_in_future(self.cleaned_data["document_date"])


class ExportForm(forms.Form):
    """In which form the list is taken out; full numbers only for those who may see them."""

    kind = forms.ChoiceField(label=_("Kind of file"), widget=forms.RadioSelect)
    with_identity = forms.BooleanField(
        label=_("With full identity numbers (this is recorded with your name)"), required=False
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], may_reveal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = kinds
        if not may_reveal:
            del self.fields["with_identity"]

    @property
    def wants_identity(self) -> bool:
        return bool(self.cleaned_data.get("with_identity"))


class ComplaintForm(forms.Form):
    """A line of the complaints register (form 4)."""

    received_on = forms.DateField(label=_("Received on"))
    complainant = forms.CharField(label=_("Who complains"), max_length=80)
    household_code = forms.CharField(
        label=_("Code of the household concerned"),
        required=False,
        max_length=12,
        help_text=_("Its line is not signed until the complaint is answered."),
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    text = forms.CharField(label=_("Content"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, commune_list: CommuneList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commune_list = commune_list
        self.line: Allocation | None = None

    def clean_received_on(self) -> Any:
        return _not_in_future(self.cleaned_data["received_on"])

    def clean_household_code(self) -> str:
        code = self.cleaned_data["household_code"].strip()
        if code:
            self.line = self.commune_list.lines.live().filter(household__code__iexact=code).first()
            if self.line is None:
                raise ValidationError(_("No household with this code is on the list."))
        return str(code)


class AnswerForm(forms.Form):
    """The written answer to a complaint."""

    answer = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))


def _not_in_future(day: Any) -> Any:
    if day > timezone.localdate():
        raise ValidationError(_("This date lies in the future."))
    return day
