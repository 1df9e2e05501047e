"""The words of the import's pages: what fields, groups, reasons and steps are called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from beneficiaries.identity_rules import mask
from beneficiaries.intake.undo import GONE, LATER, TOUCHED
from beneficiaries.models import Attribute, Category, EthnicGroup, Gender, PhoneKind

Text = str | Promise
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")

FIELD_LABELS: dict[str, Text] = {
    "full_name": _("Name of the head of household"),
    "family_name": _("Family and middle name"),
    "given_name": _("Given name"),
    "member_name": _("Name of a member"),
    "identity_number": _("Identity number (CCCD)"),
    "old_identity_number": _("Old identity number (CMND)"),
    "birth": _("Date or year of birth"),
    "birth_day": _("Day of birth"),
    "birth_month": _("Month of birth"),
    "birth_year": _("Year of birth, beside the date"),
    "birth_year_male": _("Year of birth, if male"),
    "birth_year_female": _("Year of birth, if female"),
    "gender": _("Gender"),
    "gender_male_mark": _("Male (x)"),
    "gender_female_mark": _("Female (x)"),
    "ethnic_group": _("Ethnic group"),
    "relation": _("Relation to the head"),
    "hamlet": _("Hamlet or quarter"),
    "address": _("Address"),
    "commune": _("Commune"),
    "district": _("District"),
    "phone": _("Phone"),
    "member_count": _("Number of members"),
    "category": _("Category"),
    "poor_mark": _("Poor household (x)"),
    "near_poor_mark": _("Near-poor household (x)"),
    "not_poor_mark": _("Not covered (x)"),
    "policy_mark": _("Social-policy family (x)"),
    "other_policy_mark": _("Other policy household (x)"),
    "attributes": _("Priorities (words)"),
    "merit_mark": _("Person of merit (x)"),
    "merit_monthly_mark": _("Person of merit with a monthly allowance (x)"),
    "protection_mark": _("Monthly social allowance (x)"),
    "minority_mark": _("Ethnic minority (x)"),
    "no_labour_mark": _("Without labour capacity (x)"),
    "pupil_mark": _("Has a pupil (x)"),
    "certificate_no": _("Certificate number"),
    "recognised_year": _("Year of recognition"),
    "original_code": _("Code in the commune's list"),
    "income_score": _("Income score (B1)"),
    "deprivation_score": _("Deprivation score (B2)"),
    "phone_kind": _("Phone in use"),
    "prior_device": _("Device from another programme"),
    "note": _("Note"),
    "ordinal": _("Ordinal number"),
    "head_ordinal": _("Ordinal number of the household"),
    "member_ordinal": _("Ordinal number of the member"),
    "ignore": _("Not imported"),
}
_CHANGE_LABELS: dict[str, Text] = {
    "member": _("New member"),
    "ethnic_group_id": FIELD_LABELS["ethnic_group"],
}
GROUP_TITLES: dict[str, Text] = {
    "V01": _("The name is missing"),
    "V02": _("There are characters in the name that do not belong there"),
    "V03": _("The identity number has lost its zeros"),
    "V47": _("The gender is missing"),
    "V48": _("The birth year is missing; the identity number tells it"),
    "V49": _("The hamlet or quarter is missing"),
    "V50": _("The category is missing"),
    "V51": _("The category is not understood"),
    "V55": _("The ethnic group is not in the list"),
    "V65": _("The name begins with a form of address"),
    "V81": _("There is no commune of this name"),
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
IGNORED: dict[str, Text] = {
    "title": _("titles"),
    "header": _("header rows"),
    "index": _("rows of column numbers"),
    "section": _("section headings"),
    "total": _("totals"),
    "signature": _("signatures"),
    "note": _("remarks"),
    "number": _("numbers only"),
    "text": _("other text"),
}
STEPS: dict[str, Text] = {
    "columns": _("Step 2: columns"),
    "errors": _("Step 3: errors"),
    "conflicts": _("Step 4: look-alikes"),
    "confirm": _("Step 5: check and save"),
}
TERM_TITLES: dict[str, Text] = {
    "ethnic_group": _("Ethnic groups that are not in the list of 54 peoples"),
    "commune": _("Names of communes that nobody knows"),
    "hamlet": _("Hamlets that are not in the register yet"),
}
QUESTIONS: dict[str, Text] = {
    "no_list": _("No list was found in the file. Choose the row that holds the column headings."),
    "unsure_columns": _("Some columns were recognised without certainty; they carry a question mark."),
    "encodings": _("Some columns are written in an old font. Compare the text before and after."),
    "missing_columns": _("A column that every household needs was not found."),
    "hamlets": _("Some hamlets are written otherwise than in the register. Say which ones are meant."),
}
CHANGES: dict[tuple[str, str], Text] = {
    ("identity_number", "zeros"): _("Identity numbers that had lost their zeros"),
    ("identity_number", "separators"): _("Spaces or points taken out of identity numbers"),
    ("identity_number", "old_number"): _("Nine digits kept as the old CMND number"),
    ("birth", "serial"): _("Numbers read as the date that Excel shows for them"),
    ("birth", "two_digit_year"): _("Years of two digits completed"),
    ("phone", "renumbered"): _("Phone numbers renumbered as in 2018"),
    ("phone", "zeros"): _("Phone numbers that had lost their zero"),
    ("phone", "separators"): _("Spaces or points taken out of phone numbers"),
    ("gender", "from_identity"): _("Gender taken from the identity number"),
}
_CHANGES_OF_FIELD: dict[str, Text] = {
    "full_name": _("Names put in order (spaces, capitals, signs)"),
    "birth": _("Dates of birth read as day/month/year"),
    "hamlet": _("Hamlets written out"),
}
_LEFT: list[tuple[frozenset[str], Text]] = [
    (frozenset({"V44"}), _("repeats another row")),
    (frozenset({"V18", "V83"}), _("registered already")),
    (frozenset({"V19", "V71"}), _("twice in the file")),
    (frozenset({"V80", "V39", "V86", "V87"}), _("of another commune")),
    (frozenset({"V01", "V02"}), _("the name")),
    (frozenset({"V03", "V06"}), _("the identity number")),
    (frozenset({"V10", "V13", "V48", "V57"}), _("the date of birth")),
    (frozenset({"V47", "V54"}), _("the gender")),
    (frozenset({"V49"}), _("the hamlet or quarter")),
    (frozenset({"V50", "V51", "V52", "V74"}), _("the category")),
    (frozenset({"V46", "V59", "V82"}), _("another error")),
]
_LEFT_BY_CHOICE = _("left by choice")
_VALUES = {
    "category": dict(Category.choices),
    "gender": dict(Gender.choices),
    "phone_kind": dict(PhoneKind.choices),
}


def group_button(code: str, count: int) -> str:
    return str(GROUP_BUTTONS.get(code, _GROUP_BUTTON) % {"number": count})


def step_done(code: str, count: int) -> str:
    if code in STEP_DONE:
        return str(STEP_DONE[code] % {"number": count})
    return f"{_STEP_DONE % {'number': count}} {GROUP_TITLES.get(code, code)}"


def overview_of_changes(changes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was changed while reading, in words; kinds with the same words are one line."""
    lines: dict[str, dict[str, Any]] = {}
    for change in changes:
        name = change["field"]
        words = CHANGES.get((name, change["code"])) or _CHANGES_OF_FIELD.get(name) or FIELD_LABELS.get(name, name)
        line = lines.setdefault(str(words), {"label": str(words), "count": 0, "examples": []})
        line["count"] += change["count"]
        examples = [
            (row_no, before, fix_in_words(name, shown_date(after))) for row_no, before, after in change["examples"]
        ]
        line["examples"] = [*line["examples"], *examples][:3]
    return sorted(lines.values(), key=lambda line: -line["count"])


def shown_date(text: str) -> str:
    """1968-03-05 as people write it; any other text as it is."""
    return f"{text[8:10]}/{text[5:7]}/{text[:4]}" if _ISO_DATE.fullmatch(text) else text


def fix_in_words(name: str, value: str) -> str:
    """A proposed value as it is shown: codes as their words."""
    return str(_VALUES.get(name, {}).get(value, value))


def left_reason(codes: Iterable[str]) -> str:
    """Why a row with these problems was left for later: the first reason that keeps a row from being saved."""
    found = set(codes)
    return str(next((words for reasons, words in _LEFT if found & reasons), _LEFT_BY_CHOICE))


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


def people_options() -> list[tuple[str, str, bool]]:
    """(name, label, chosen) of the 54 peoples; the first leaves the cell empty."""
    names = EthnicGroup.objects.order_by("code").values_list("name", flat=True)
    return [("", gettext("Leave it empty"), False), *((name, name, False) for name in names)]


def keep_reason(reason: str) -> str:
    """Why a household could not be undone; other reasons are the models that hold it."""
    if reason == TOUCHED:
        return gettext("changed since the import")
    if reason == GONE:
        return gettext("no longer in your commune's register")
    if reason == LATER:
        return gettext("also in a file that was imported later")
    return gettext("used elsewhere: %(what)s") % {"what": apps.get_model(reason)._meta.verbose_name}


def shown_number(number: str) -> str:
    return mask(number) if number else ""


def category_options(selected: str = "") -> list[tuple[str, str, bool]]:
    return [(code, str(label), code == selected) for code, label in Category.choices]


def ignored_in_words(counts: dict[str, int]) -> Iterable[tuple[str, int]]:
    return [(str(label), counts[why]) for why, label in IGNORED.items() if counts.get(why)]
