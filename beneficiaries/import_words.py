"""The words of the import's pages: what fields, groups, reasons and steps are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext_lazy

from beneficiaries.identity_rules import mask
from beneficiaries.intake.undo import GONE, TOUCHED
from beneficiaries.models import Attribute, Category, EthnicGroup, Gender, PhoneKind

Text = str | Promise

FIELD_LABELS: dict[str, Text] = {
    "full_name": lazy("Name of the head of household"),
    "family_name": lazy("Family and middle name"),
    "given_name": lazy("Given name"),
    "member_name": lazy("Name of a member"),
    "identity_number": lazy("Identity number (CCCD)"),
    "old_identity_number": lazy("Old identity number (CMND)"),
    "birth": lazy("Date or year of birth"),
    "birth_day": lazy("Day of birth"),
    "birth_month": lazy("Month of birth"),
    "birth_year_male": lazy("Year of birth, if male"),
    "birth_year_female": lazy("Year of birth, if female"),
    "gender": lazy("Gender"),
    "gender_male_mark": lazy("Male (x)"),
    "gender_female_mark": lazy("Female (x)"),
    "ethnic_group": lazy("Ethnic group"),
    "relation": lazy("Relation to the head"),
    "hamlet": lazy("Hamlet or quarter"),
    "address": lazy("Address"),
    "commune": lazy("Commune"),
    "phone": lazy("Phone"),
    "member_count": lazy("Number of members"),
    "category": lazy("Category"),
    "poor_mark": lazy("Poor household (x)"),
    "near_poor_mark": lazy("Near-poor household (x)"),
    "not_poor_mark": lazy("Not covered (x)"),
    "policy_mark": lazy("Social-policy family (x)"),
    "other_policy_mark": lazy("Other policy household (x)"),
    "attributes": lazy("Priorities (words)"),
    "merit_mark": lazy("Person of merit (x)"),
    "merit_monthly_mark": lazy("Person of merit with a monthly allowance (x)"),
    "protection_mark": lazy("Monthly social allowance (x)"),
    "minority_mark": lazy("Ethnic minority (x)"),
    "no_labour_mark": lazy("Without labour capacity (x)"),
    "pupil_mark": lazy("Has a pupil (x)"),
    "certificate_no": lazy("Certificate number"),
    "recognised_year": lazy("Year of recognition"),
    "original_code": lazy("Code in the commune's list"),
    "income_score": lazy("Income score (B1)"),
    "deprivation_score": lazy("Deprivation score (B2)"),
    "phone_kind": lazy("Phone in use"),
    "prior_device": lazy("Device from another programme"),
    "note": lazy("Note"),
    "ordinal": lazy("Ordinal number"),
    "head_ordinal": lazy("Ordinal number of the household"),
    "member_ordinal": lazy("Ordinal number of the member"),
    "ignore": lazy("Not imported"),
}
_CHANGE_LABELS: dict[str, Text] = {
    "member": lazy("New member"),
    "ethnic_group_id": FIELD_LABELS["ethnic_group"],
}
GROUP_TITLES: dict[str, Text] = {
    "V01": lazy("The name is missing"),
    "V02": lazy("There are characters in the name that do not belong there"),
    "V03": lazy("The identity number has lost its zeros"),
    "V47": lazy("The gender is missing"),
    "V48": lazy("The birth year is missing; the identity number tells it"),
    "V49": lazy("The hamlet or quarter is missing"),
    "V50": lazy("The category is missing"),
    "V51": lazy("The category is not understood"),
    "V65": lazy("The name begins with a form of address"),
}
GROUP_BUTTONS = {
    "V02": ngettext_lazy("Clean %(number)s name", "Clean %(number)s names", "number"),
    "V03": ngettext_lazy("Add zeros in %(number)s row", "Add zeros in %(number)s rows", "number"),
}
_GROUP_BUTTON = ngettext_lazy("Mend %(number)s row", "Mend %(number)s rows", "number")
STEP_DONE: dict[str, Any] = {
    "V03": ngettext_lazy("Zeros added in %(number)s row.", "Zeros added in %(number)s rows.", "number"),
}
_STEP_DONE = ngettext_lazy("%(number)s row mended:", "%(number)s rows mended:", "number")
STEPS: list[Text] = [
    lazy("Choose the file"), lazy("Columns"), lazy("Errors"), lazy("Look-alikes"), lazy("Check and save"),
]  # fmt: skip
IGNORED: dict[str, Text] = {
    "title": lazy("titles"),
    "header": lazy("header rows"),
    "index": lazy("rows of column numbers"),
    "section": lazy("section headings"),
    "total": lazy("totals"),
    "signature": lazy("signatures"),
    "note": lazy("remarks"),
    "number": lazy("numbers only"),
    "text": lazy("other text"),
}
QUESTIONS: dict[str, Text] = {
    "no_list": lazy("No list was found in the file. Choose the row that holds the column headings."),
    "unsure_columns": lazy("Some columns were recognised without certainty; they carry a question mark."),
    "encodings": lazy("Some columns are written in an old font. Compare the text before and after."),
    "missing_columns": lazy("A column that every household needs was not found."),
}
_VALUES = {
    "category": dict(Category.choices),
    "gender": dict(Gender.choices),
    "phone_kind": dict(PhoneKind.choices),
}


def group_button(code: str, count: int) -> str:
    return str(GROUP_BUTTONS.get(code, _GROUP_BUTTON)) % {"number": count}


def step_done(code: str, count: int) -> str:
    if code in STEP_DONE:
        return str(STEP_DONE[code] % {"number": count})
    return f"{_STEP_DONE % {'number': count}} {GROUP_TITLES.get(code, code)}"


def change_label(name: str) -> str:
    return str(_CHANGE_LABELS.get(name) or FIELD_LABELS.get(name, name))


def change_value(name: str, value: Any, peoples: dict[str, str]) -> str:
    """A value of a difference in words; "" for nothing."""
    if value in (None, "", []):
        return ""
    if name == "attributes":
        return ", ".join(str(Attribute(code).label) for code in value)
    if name == "ethnic_group_id":
        return peoples.get(value, value)
    return str(_VALUES.get(name, {}).get(value, value))


def peoples() -> dict[str, str]:
    return dict(EthnicGroup.objects.values_list("code", "name"))


def keep_reason(reason: str) -> str:
    """Why a household could not be undone; other reasons are the models that hold it."""
    if reason == TOUCHED:
        return _("changed since the import")
    if reason == GONE:
        return _("no longer in your commune's register")
    return _("used elsewhere: %(what)s") % {"what": apps.get_model(reason)._meta.verbose_name}


def shown_number(number: str) -> str:
    return mask(number) if number else ""


def category_options(selected: str = "") -> list[tuple[str, str, bool]]:
    return [(code, str(label), code == selected) for code, label in Category.choices]


def ignored_in_words(counts: dict[str, int]) -> Iterable[tuple[str, int]]:
    return [(str(label), counts[why]) for why, label in IGNORED.items() if counts.get(why)]
