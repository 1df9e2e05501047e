"""What province and administrator type on the settings pages of a programme."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from administration.models import AreaClass, AreaKind
from allocations.models import CalendarDay, Demand, FundingSource, Programme, Round, RoundSupport, SupportForm
from allocations.working_days import Calendar, add_working_days
from beneficiaries.models import Category

CATEGORIES = [(code, label) for code, label in Category.choices if code != Category.NONE]
DATE_INPUT = forms.DateInput(attrs={"placeholder": _("day/month/year"), "autocomplete": "off"})


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason or number of the decision"), max_length=300,
        help_text=_("Recorded with the change and with your name."),
    )  # fmt: skip


def categories_field(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=CATEGORIES, widget=forms.CheckboxSelectMultiple)


class WithReason(forms.ModelForm):
    """A form of settings: the change and why it is made. `values`: the fields without the reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = reason_field()

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}

    @property
    def reason(self) -> str:
        return self.cleaned_data["reason"]

    def _post_clean(self) -> None:
        """The action writes and the database checks: the form leaves the object alone."""


class GeneralForm(WithReason):
    class Meta:
        model = Programme
        fields = ("name", "legal_basis", "profile", "reviewer_label", "publishing_needs_two")
        widgets = {"profile": forms.RadioSelect, "legal_basis": forms.Textarea(attrs={"rows": 3})}


class SourceForm(WithReason):
    categories = categories_field(_("Pays for"))

    class Meta:
        model = FundingSource
        fields = ("code", "name", "categories", "legal_basis")


class RoundForm(WithReason):
    """Dates may be typed, or left empty and counted in working days from the day before them."""

    show_optional = False  # of a date and a number of days one is needed
    categories = categories_field(_("The round is for"))
    submit_days = forms.IntegerField(
        label=_("or working days to list and post"), min_value=1, max_value=250, required=False
    )
    review_days = forms.IntegerField(label=_("or working days to review"), min_value=1, max_value=250, required=False)
    hand_over_days = forms.IntegerField(
        label=_("or working days to hand over"), min_value=1, max_value=250, required=False
    )
    DEADLINES = (
        ("submit_by", "submit_days", "opens_on"), ("review_by", "review_days", "submit_by"),
        ("hand_over_by", "hand_over_days", "review_by"),
    )  # fmt: skip

    class Meta:
        model = Round
        fields = (
            "code", "name", "categories", "device_kind", "opens_on", "submit_by", "review_by", "hand_over_by",
            "posting_days", "complaint_days",
        )  # fmt: skip

    def __init__(self, *args: Any, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        for name, _days, _since in self.DEADLINES:
            self.fields[name].required = False
        if self.instance.pk:
            del self.fields["code"]
        if self.instance.state != Round.State.PLANNED:
            for name in ("categories", "device_kind"):
                self.fields[name].disabled = True

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Round.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another round already has this code."))
        return code

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name, days, since in self.DEADLINES:
            if said.get(days) and said.get(since):
                said[name] = add_working_days(said[since], said[days], self.calendar)
            elif name not in self.errors and not said.get(name):
                self.add_error(name, _("Write a date or a number of working days."))
        if not 3 <= (said.get("posting_days") or 5) <= 7:
            self.add_error("posting_days", _("A list is posted for 3 to 7 working days."))
        return said


class DemandForm(forms.ModelForm):
    show_optional = False  # what is left empty is not demanded

    class Meta:
        model = Demand
        fields = ("ram_gb", "storage_gb", "screen_inches", "battery_mah", "volte")


class ReasonForm(forms.Form):
    reason = reason_field()


class SupportRow(forms.Form):
    """One thing that the round gives, and who pays."""

    show_optional = False  # the labels say what is for cash only
    source = forms.ModelChoiceField(
        label=_("Funding source"), queryset=FundingSource.objects.none(), empty_label=_("Choose…")
    )
    form = forms.ChoiceField(label=_("Form of support"), choices=SupportForm.choices)
    amount = forms.IntegerField(label=_("Amount (đồng), for cash"), min_value=1, required=False)
    bought_since = forms.DateField(label=_("For cash: phones bought since"), required=False, widget=DATE_INPUT)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = programme.sources.all()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("form") != SupportForm.CASH:
            return {**said, "amount": None, "bought_since": None}
        return {
            **said, "amount": said.get("amount") or 500_000,
            "bought_since": said.get("bought_since") or datetime.date(2022, 12, 12),  # TT 14/2022/TT-BTTTT
        }  # fmt: skip

    @property
    def support(self) -> RoundSupport:
        said = self.cleaned_data
        return RoundSupport(
            source=said["source"], form=said["form"], amount=said["amount"], bought_since=said["bought_since"]
        )


SupportRows: type[BaseFormSet[SupportRow]] = formset_factory(SupportRow, extra=1, can_delete=True, can_order=True)


class CalendarDayForm(forms.Form):
    show_optional = False
    day = forms.DateField(label=_("Day"), widget=DATE_INPUT)
    kind = forms.ChoiceField(label=_("What it is"), choices=CalendarDay.Kind.choices)
    name = forms.CharField(label=_("Occasion"), max_length=80)
    source = forms.CharField(label=_("Document"), max_length=160, required=False)
    reason = reason_field()


class YearForm(forms.Form):
    show_optional = False
    nam = forms.TypedChoiceField(label=_("Year"), coerce=int, required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["nam"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [(year, str(year)) for year in years]
        field.widget.attrs["data-auto-submit"] = True


class AreaClassForm(WithReason):
    kind = forms.ChoiceField(label=_("Area class"), choices=AreaKind.choices)

    class Meta:
        model = AreaClass
        fields = ("kind", "valid_from", "decision_no")


def ordered(rows: BaseFormSet[Any]) -> list[Any]:
    """The filled forms of a set in the order of their numbers; those marked for removal are left out."""
    kept = [form for form in rows.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    return sorted(kept, key=lambda form: form.cleaned_data.get("ORDER") or len(kept) + 1)
