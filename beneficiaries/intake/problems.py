"""What can be wrong or worth a look in a row, each with its code, its weight and its sentence (domain 9.5)."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(slots=True)
class Problem:
    """One problem of one cell. An error keeps the row from being saved, a warning is to be looked at, a note only told.

    `fix` is the value that would settle it, offered as a quick fix for all rows with this code.
    """

    code: str
    severity: str
    field: str
    row_no: int
    params: dict[str, Any] = dataclass_field(default_factory=dict)
    fix: str | None = None
    sheet: str = ""

    @property
    def message(self) -> str:
        """The sentence in the reader's language."""
        return problem_message(self.code, self.params)


def problem_message(code: str, params: dict[str, Any]) -> str:
    """The sentence of a problem that was stored as its code and parameters."""
    shown = {name: _LABELS.get(name, {}).get(value, value) for name, value in params.items()}
    return str(PROBLEMS[code][1]) % shown


_GENDERS = {"M": _("male"), "F": _("female")}
_CATEGORIES = {"HN": _("poor"), "HCN": _("near-poor"), "KTD": _("not poor")}
_LABELS: dict[str, dict[Any, Any]] = {
    "gender": _GENDERS, "stated": _GENDERS, "category": _CATEGORIES, "heading": _CATEGORIES,
}  # fmt: skip

PROBLEMS: dict[str, tuple[str, Promise]] = {
    "V01": (ERROR, _("The name must not be empty.")),
    "V02": (ERROR, _(
        "The name \"%(v)s\" has characters that are not allowed. "
        "Use letters, spaces, apostrophes (') and hyphens only.")),
    "V03": (ERROR, _("The identity number \"%(v)s\" is not valid: it must have exactly 12 digits.")),
    "V04": (WARNING, _(
        "\"%(v)s\" is an old 9-digit CMND number. Enter the 12-digit identity number; "
        "the CMND number is kept in its own column.")),
    "V05": (WARNING, _(
        "The identity number had lost its leading zeros and was restored to %(v)s. Check it again.")),
    "V06": (ERROR, _(
        "The identity number was turned into %(v)s by Excel. Format the column as Text and enter it again.")),
    "V07": (WARNING, _(
        "The first 3 digits \"%(v)s\" are not in the table of province codes. Compare with the identity card.")),
    "V08": (WARNING, _(
        "The 4th digit of the identity number stands for gender %(gender)s, "
        "but the gender entered is %(stated)s.")),
    "V09": (WARNING, _(
        "The birth year in the identity number (%(a)s) does not match the birth year entered (%(b)s).")),
    "V10": (ERROR, _("The birth year must be from 1900 to %(year)s.")),
    "V11": (WARNING, _("The head of household is under 16. Check it again.")),
    "V12": (WARNING, _("The head of household is over 105. Check it again.")),
    "V13": (ERROR, _(
        "The date of birth \"%(v)s\" cannot be read. Enter day/month/year, or the year only.")),
    "V14": (WARNING, _(
        "In the date of birth \"%(v)s\" day and month could be swapped. It was read as %(a)s.")),
    "V15": (WARNING, _(
        "The phone number \"%(v)s\" is not valid (10 digits, beginning with 03, 05, 07, 08 or 09).")),
    "V16": (WARNING, _(
        "The 11-digit number \"%(a)s\" was changed to \"%(b)s\" as in the renumbering of 2018.")),
    "V17": (WARNING, _("This phone number is also given for %(n)s other households.")),
    "V19": (ERROR, _("The identity number %(mask)s stands in rows %(rows)s of this file.")),
    "V41": (WARNING, _(
        "Column \"%(c)s\" seems to be written in a %(v)s font. Look at the converted text before you import.")),
    "V42": (ERROR, _("No header row was found. Choose the header row and match the columns.")),
    "V43": (WARNING, _("Row %(r)s looks like test data (\"%(v)s\"). Skip this row?")),
    "V44": (WARNING, _("This row repeats row %(r)s in every value and is counted once.")),
    "V45": (WARNING, _("The birth year in \"%(v)s\" has two digits and was read as %(a)s.")),
    "V46": (ERROR, _("The cell shows the Excel error %(v)s. Enter the value.")),
    "V47": (ERROR, _("The gender is missing.")),
    "V48": (ERROR, _("The birth year is missing.")),
    "V49": (ERROR, _("The hamlet or quarter is missing.")),
    "V50": (ERROR, _("The category of the household is missing.")),
    "V51": (ERROR, _("The category \"%(v)s\" is not understood. Choose what it means.")),
    "V52": (ERROR, _("The household is marked both as poor and as near-poor. Keep one of them.")),
    "V53": (WARNING, _(
        "The identity number is missing. The household is saved, but the number is needed before approval.")),
    "V54": (ERROR, _("The gender \"%(v)s\" is not understood. Enter Nam or Nữ.")),
    "V55": (WARNING, _("The ethnic group \"%(v)s\" is not in the list of 54 peoples.")),
    "V56": (WARNING, _("The number of members \"%(v)s\" is not a number from 1 to 40.")),
    "V57": (ERROR, _("A birth year is given under both Nam (%(a)s) and Nữ (%(b)s). Keep one of them.")),
    "V58": (WARNING, _("A name that begins with \"%(v)s\" is usually that of a person of the other gender.")),
    "V59": (ERROR, _("This row is a member (%(v)s) without a head of household above it.")),
    "V60": (WARNING, _("The list names %(a)s people in this household, but the number of members is %(b)s.")),
    "V64": (NOTE, _("The gender (%(gender)s) was taken from the identity number.")),
    "V65": (WARNING, _("The name \"%(v)s\" begins with a form of address. Remove it if it is not part of the name.")),
    "V66": (WARNING, _("The cell holds several phone numbers (%(v)s). Only %(a)s is kept.")),
    "V67": (WARNING, _("The row says %(category)s, but it stands under the heading %(heading)s.")),
    "V68": (WARNING, _("\"%(v)s\" has 8 digits and was read as the old CMND number %(a)s. Check it again.")),
    "V69": (WARNING, _("The number of points \"%(v)s\" cannot be read.")),
    "V70": (NOTE, _("\"%(v)s\" was read as the birth year %(a)s, day and month unknown.")),
    "V71": (WARNING, _("The same person (%(v)s) is named in rows %(rows)s of this file.")),
    "V72": (WARNING, _("\"%(v)s\" does not say which kind of phone the household has.")),
    "V73": (WARNING, _("The priority \"%(v)s\" is not understood.")),
    "V75": (WARNING, _("The number %(v)s was read as the date of birth %(a)s. Check it again.")),
    "V79": (WARNING, _("The date of birth %(a)s and the year of birth %(b)s do not agree.")),
    "V85": (WARNING, _("The hamlet was taken from the heading \"%(v)s\" above the row. Check it again.")),
    "V77": (WARNING, _("The digits are not ordinary ones; the number was read as %(a)s. Check it again.")),
    "V78": (WARNING, _("\"%(v)s\" seems to be written in a font of the time before Unicode. Check the letters.")),
    "V88": (WARNING, _(
        "Two columns have the same heading: \"%(a)s\" was taken, \"%(v)s\" beside it was not. Check which is right.")),
    "V74": (ERROR, _("\"%(v)s\" is neither an x nor empty. Mark with x or leave the cell empty.")),
}  # fmt: skip
