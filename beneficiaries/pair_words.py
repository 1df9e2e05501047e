"""Why two households are thought to be one, in sentences. Codes: beneficiaries.likeness.Code."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIELDS = ("number", "name", "birth", "gender")
SENTENCES: dict[tuple[str, str], Promise] = {
    ("number", "equal"): _("The identity numbers are the same."),
    ("number", "old_equal"): _("The old identity numbers (CMND) are the same."),
    ("number", "one_digit"): _("The identity numbers differ in one digit."),
    ("number", "swapped_digits"): _("In the identity numbers two neighbouring digits have changed places."),
    ("number", "missing"): _("One of the two has no identity number."),
    ("number", "other"): _("The identity numbers are different."),
    ("name", "equal"): _("The names are the same."),
    ("name", "marks"): _("The names differ only in tone marks or capitals."),
    ("name", "spacing"): _("The names differ only in spacing."),
    ("name", "one_letter"): _("The names differ in one letter."),
    ("name", "two_letters"): _("The names differ in two letters."),
    ("name", "shorter"): _("One of the names lacks a middle name."),
    ("name", "reordered"): _("The same words of the name stand in another order."),
    ("name", "other"): _("The names are different."),
    ("birth", "equal"): _("The dates of birth are the same."),
    ("birth", "year_only"): _("The years of birth are the same; one of the two has no full date."),
    ("birth", "swapped"): _("Day and month of birth have changed places."),
    ("birth", "one_part"): _("The dates of birth differ in the day or in the month."),
    ("birth", "same_year"): _("The years of birth are the same, the days are not."),
    ("birth", "other_year"): _("Day and month of birth are the same, the years are not."),
    ("birth", "near_year"): _("The years of birth differ by one."),
    ("birth", "missing"): _("One of the two has no year of birth."),
    ("birth", "other"): _("The dates of birth are different."),
    ("gender", "other"): _("The genders are different."),
    ("place", "hamlet"): _("Both live in the same hamlet."),
    ("place", "commune"): _("Both live in the same commune, in different hamlets."),
    ("place", "merged"): _("Their communes have become one."),
    ("place", "elsewhere"): _("They are listed in different communes."),
}  # fmt: skip
_QUIET = {("gender", "equal"), ("gender", "missing")}


def sentence(field: str, code: str) -> str:
    """One field of a comparison; "" where there is nothing to say."""
    return "" if (field, code) in _QUIET else str(SENTENCES[field, code])


def reasons(evidence: dict[str, Any]) -> list[str]:
    """The sentences of a pair, the weightiest first: the two people most alike, then where they live."""
    if not evidence.get("people"):
        return []
    best, further = evidence["people"][0], evidence["people"][1:]
    found = [sentence(field, best[field]) for field in FIELDS]
    if best["a"]["is_head"] != best["b"]["is_head"]:
        found.append(str(_("The head of one household is a member of the other.")))
    found.append(sentence("place", evidence["place"]))
    if evidence["phone"]:
        found.append(str(_("The phone numbers are the same.")))
    if evidence["rare_name"] and best["name"] in ("equal", "marks", "spacing"):
        found.append(str(_("The name is rare.")))
    if further:
        found.append(str(_("Other members are alike, too: %(number)s.")) % {"number": len(further)})
    return [text for text in found if text]
