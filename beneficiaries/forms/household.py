"""The fields of a household as an officer types them: text as on the paper, read by the same readers as a file."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from administration.models import Area
from beneficiaries.intake.problems import PROBLEMS
from beneficiaries.models import Attribute, Category, Gender, PhoneKind

YEARS = (2000, 2100)


class TypedText(forms.CharField):
    """Text in composed letters, without spaces around it."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **more: Any) -> None:
        more.setdefault("required", False)
        more.setdefault("max_length", 200)
        super().__init__(widget=forms.TextInput(attrs={"autocomplete": "off", **(attrs or {})}), **more)

    def clean(self, value: Any) -> str:
        return unicodedata.normalize("NFC", super().clean(value))


def _required(code: str) -> dict[str, Any]:
    """An empty field is refused in the words that a file's empty cell gets."""
    return {"required": PROBLEMS[code][1]}


class PersonFields(forms.Form):
    """What is asked of every person. Emptiness is judged by the checks, not by `required`."""

    identity_number = TypedText(label=_("Identity number (CCCD)"), max_length=120, attrs={"inputmode": "numeric"})
    full_name = TypedText(label=_("Full name"), max_length=100)
    birth = TypedText(label=_("Date of birth"), max_length=40, attrs={"inputmode": "numeric"})
    gender = forms.ChoiceField(label=_("Gender"), required=False, choices=Gender.choices, widget=forms.RadioSelect)


class HouseholdForm(PersonFields):
    """The head of household, the place, the category and the phone. Members are MemberForms."""

    use_required_attribute = False  # an empty field is named in the error summary, in the words of the checks

    full_name = TypedText(label=_("Full name"), max_length=100, required=True, error_messages=_required("V01"))
    birth = TypedText(
        label=_("Date of birth"), max_length=40, required=True, error_messages=_required("V48"),
        help_text=_("Day/month/year such as 5/3/1968, or the year only"), attrs={"class": "short"},
    )  # fmt: skip
    gender = forms.ChoiceField(
        label=_("Gender"), required=False, choices=Gender.choices, widget=forms.RadioSelect,
        help_text=_("Taken from the identity number when left empty"),
    )  # fmt: skip
    old_identity_number = TypedText(
        label=_("Old identity number (CMND)"), max_length=20, attrs={"inputmode": "numeric", "class": "short"}
    )
    ethnic_group = TypedText(label=_("Ethnic group"), max_length=60, attrs={"list": "ethnic-groups", "class": "short"})
    phone = TypedText(label=_("Phone"), max_length=40, attrs={"inputmode": "tel", "class": "short"})
    xa = forms.TypedChoiceField(label=_("Commune"), coerce=int)
    hamlet = TypedText(
        label=_("Hamlet or quarter"), max_length=100, required=True, error_messages=_required("V49"),
        attrs={"list": "hamlets"},
    )  # fmt: skip
    address = TypedText(label=_("Address"), max_length=200)
    category = forms.ChoiceField(
        label=_("Category"), choices=Category.choices, widget=forms.RadioSelect, error_messages=_required("V50")
    )
    attributes = forms.MultipleChoiceField(
        label=_("Also"), required=False, choices=Attribute.choices, widget=forms.CheckboxSelectMultiple
    )
    recognised_year = forms.IntegerField(
        label=_("Year of recognition"), required=False, min_value=YEARS[0], max_value=YEARS[1],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short", "autocomplete": "off"}),
    )  # fmt: skip
    certificate_no = TypedText(label=_("Certificate number"), max_length=60)
    member_count = TypedText(
        label=_("Number of members"), max_length=10, attrs={"inputmode": "numeric", "class": "short"}
    )
    phone_kind = forms.ChoiceField(
        label=_("Phone in use"), choices=PhoneKind.choices, initial=PhoneKind.UNKNOWN, widget=forms.RadioSelect
    )
    prior_device = TypedText(
        label=_("Device received from another programme"),
        max_length=120,
        help_text=_("Name of the programme; empty when none"),
    )
    prior_device_year = forms.IntegerField(
        label=_("In the year"), required=False, min_value=YEARS[0], max_value=YEARS[1],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short", "autocomplete": "off"}),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    phien_ban = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    da_xem = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, area: Area, **more: Any) -> None:
        super().__init__(data, **more)
        if area.is_commune:
            del self.fields["xa"]
        else:
            communes = Area.objects.inside(area).communes().in_tree_order()
            choices = [("", "–"), *communes.values_list("number", "name")]
            self.fields["xa"].choices = choices  # type: ignore[attr-defined]


RELATIONS = [
    _("Wife"), _("Husband"), _("Child"), _("Grandchild"), _("Father"), _("Mother"), _("Grandparent"), _("Sibling"),
    _("Daughter-in-law"), _("Son-in-law"), _("Other"),
]  # fmt: skip


class MemberForm(PersonFields):
    """One other member. An empty row is nobody."""

    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    relation = TypedText(label=_("Relation to the head"), max_length=40, attrs={"list": "relations"})
    gender = forms.ChoiceField(
        label=_("Gender"), required=False, choices=[("", "–"), *Gender.choices], widget=forms.Select
    )
    attends_school = forms.BooleanField(label=_("Attends school"), required=False)
    remove = forms.BooleanField(label=_("Remove"), required=False)

    @property
    def is_empty(self) -> bool:
        said = ("identity_number", "full_name", "birth", "relation", "gender")
        return not self.cleaned_data.get("person") and not any(self.cleaned_data.get(name) for name in said)


MemberFormSet = forms.formset_factory(MemberForm, extra=0, max_num=30, absolute_max=40)
PREFIX = "tv"
