"""The filters of the audit trail, and what the administrator is asked about an officer."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from administration.models import Officer, Role
from administration.verbs import Verb

DEFAULT_DAYS = 7


class AuditFilterForm(forms.Form):
    """Who, what, which household, when; the last seven days when nothing is said."""

    show_optional = False

    nguoi = forms.CharField(label=_("Officer"), required=False, max_length=120)
    viec = forms.ChoiceField(label=_("What was done"), required=False, choices=[("", _("All")), *Verb.choices])
    ho = forms.CharField(label=_("Household code"), required=False, max_length=12)
    tu = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"class": "short"}))
    den = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"class": "short"}))

    def __init__(self, data: Any) -> None:
        data = data.copy()
        today = timezone.localdate()
        if not data.get("tu") and not data.get("den"):
            data["tu"] = _day(today - datetime.timedelta(DEFAULT_DAYS - 1))
            data["den"] = _day(today)
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("tu") and said.get("den") and said["tu"] > said["den"]:
            self.add_error("den", _("The last day lies before the first."))
        return said


def _day(day: datetime.date) -> str:
    return f"{day:%d/%m/%Y}"


class OfficerForm(forms.ModelForm):
    """A new officer, or one who gets another role or area. The password is made, not typed."""

    class Meta:
        model = Officer
        fields = ("username", "full_name", "phone", "role", "area", "is_active")
        help_texts = {"area": _("Begin to type the name. An administrator of the whole country has none.")}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        role, area = said.get("role"), said.get("area")
        if role and role != Role.ADMINISTRATOR and area is None:
            self.add_error("area", _("Choose the area in which this officer works."))
        return said


class OfficerChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Officer) -> str:
        return f"{obj} – {obj.get_role_display()}, {obj.area}"


class DelegationForm(forms.Form):
    """To whom the own role is given, from when until when and why."""

    taker = OfficerChoiceField(label=_("Who stands in"), queryset=Officer.objects.none())
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason or decision number"), max_length=200)

    def __init__(self, *args: Any, takers: QuerySet[Officer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["taker"]
        assert isinstance(field, OfficerChoiceField)  # noqa: S101 - declared above
        field.queryset = takers
