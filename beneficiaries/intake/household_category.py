"""Which category and which priorities a household has: by words, by x marks, by section or by title."""

from collections.abc import Mapping

from beneficiaries.intake.cells import is_error
from beneficiaries.intake.household_rows import Doubt, HouseholdRow
from beneficiaries.intake.value_words import CategoryValue, is_blank, read_attributes, read_category, read_mark

_CATEGORY_MARKS = {
    "poor_mark": "HN",
    "near_poor_mark": "HCN",
    "policy_mark": "CSXH",
    "other_policy_mark": "CSK",
    "not_poor_mark": "KTD",
}
_ATTRIBUTE_MARKS = {
    "merit_mark": "NCC", "merit_monthly_mark": "NCC_TC", "protection_mark": "BTXH", "minority_mark": "DTTS",
    "no_labour_mark": "KKNLD", "pupil_mark": "HS",
}  # fmt: skip
_POVERTY = ("HN", "HCN", "KTD")


def read_household_category(
    cells: dict[str, str],
    household: HouseholdRow,
    section: str,
    words: Mapping[str, CategoryValue],
    *,
    is_heading: bool,
) -> tuple[str, tuple[str, ...]]:
    """The category ("" when unknown) and the priorities; doubts go to the household.

    `section` is what heading or title say, `is_heading` that it was a heading among the rows. The row's own words and
    marks come first. A poor or near-poor household that is also marked as a social policy family keeps its category
    and gets the priority of one (circular 14/2022, article 17).
    """
    named, attributes = _named(cells, household, words)
    marked = _marked(cells, household)
    attributes += read_attribute_cells(cells, household, household.row_no)
    poverty = {category for category in (named, *marked) if category in _POVERTY}
    if len(poverty) > 1:
        household.doubts.append(Doubt("V52", "category", household.row_no))
        return "", tuple(dict.fromkeys(attributes))
    category = next(iter(poverty), "") or named or next(iter(marked), "") or section
    if poverty and is_heading and section in _POVERTY and section != category:
        params = {"category": category, "heading": section}
        household.doubts.append(Doubt("V67", "category", household.row_no, params))
    if "CSXH" in (named, *marked) and category in ("HN", "HCN"):
        attributes += ("BTXH",)
    return category, tuple(dict.fromkeys(attributes))


def read_attribute_cells(cells: dict[str, str], household: HouseholdRow, row_no: int) -> tuple[str, ...]:
    """The priorities a row names in its mark columns and in its column of priorities."""
    found: list[str] = []
    for name, attribute in _ATTRIBUTE_MARKS.items():
        if name in cells and _mark(cells[name], name, household, row_no):
            found.append(attribute)
    text = cells.get("attributes", "")
    if text and not is_blank(text) and read_mark(text) is not False:
        attributes, is_sure = read_attributes(text)
        found.extend(attributes)
        if not is_sure:
            household.doubts.append(Doubt("V73", "attributes", row_no, {"v": text}))
    return tuple(found)


def _named(
    cells: dict[str, str], household: HouseholdRow, words: Mapping[str, CategoryValue]
) -> tuple[str, tuple[str, ...]]:
    text = cells.get("category", "")
    if not text or is_blank(text):
        return "", ()
    value = words.get(text) or read_category(text)
    if is_error(text):
        household.doubts.append(Doubt("V46", "category", household.row_no, {"v": text}))
        return "", ()
    if not value.is_sure:
        fix = value.category or None
        household.doubts.append(Doubt("V51", "category", household.row_no, {"v": text}, fix))
        return "", value.attributes
    return value.category, value.attributes


def _marked(cells: dict[str, str], household: HouseholdRow) -> list[str]:
    return [
        category
        for name, category in _CATEGORY_MARKS.items()
        if name in cells and _mark(cells[name], name, household, household.row_no)
    ]


def _mark(text: str, name: str, household: HouseholdRow, row_no: int) -> bool:
    mark = read_mark(text)
    if mark is None:
        household.doubts.append(Doubt("V74", name, row_no, {"v": text}))
    return bool(mark)
