"""The birth and the gender of a person from all the columns that can say them."""

from beneficiaries.intake.birth_order import BirthOrder
from beneficiaries.intake.household_rows import Change, Doubt, HouseholdRow, PersonRow
from beneficiaries.intake.value_words import is_blank, read_gender, read_mark
from beneficiaries.intake.values import Birth, read_birth

Cells = dict[str, str]


def set_birth_and_gender(
    household: HouseholdRow, person: PersonRow, cells: Cells, birth: Birth, order: BirthOrder
) -> None:
    """Set a person's birth and gender; `birth` is the birth cell as read, `order` what its column says of days."""
    text = cells.get("birth", "")
    gender = read_gender(cells.get("gender", ""))
    if gender is None:
        household.doubts.append(Doubt("V54", "gender", person.row_no, {"v": cells["gender"]}))
    gender = gender or _marked_gender(cells)
    male, female = cells.get("birth_year_male", ""), cells.get("birth_year_female", "")
    if not is_blank(male) and not is_blank(female):
        household.doubts.append(Doubt("V57", "birth", person.row_no, {"a": male, "b": female}))
    elif not is_blank(male) or not is_blank(female):
        text = female if is_blank(male) else male
        gender = gender or ("F" if is_blank(male) else "M")
        if read_mark(text) is not True:
            birth = read_birth(text)
        else:
            text = cells.get("birth", "")
    if "birth_day" in cells or "birth_month" in cells:
        text = "/".join(cells.get(name, "0") for name in ("birth_day", "birth_month", "birth"))
        birth = read_birth(text)
    if "birth_year" in cells:
        text, birth = _with_year(household, person, cells, text, birth)
    person.gender = gender
    person.birth_date, person.birth_year, person.birth_precision = birth.on, birth.year, birth.precision
    _note_birth(household, person, text, birth, order)


def _note_birth(household: HouseholdRow, person: PersonRow, text: str, birth: Birth, order: BirthOrder) -> None:
    if birth.doubt:
        household.doubts.append(Doubt(birth.doubt, "birth", person.row_no, {"v": text}))
        return
    if birth.change:
        value = birth.on.isoformat() if birth.on else str(birth.year)
        household.changes.append(Change("birth", text, value, birth.change, person.row_no))
        if birth.change == "two_digit_year":
            household.doubts.append(Doubt("V45", "birth", person.row_no, {"v": text, "a": str(birth.year)}))
        elif birth.change == "serial":
            shown = f"{birth.on:%d/%m/%Y}" if birth.on else str(birth.year)
            household.doubts.append(Doubt("V75", "birth", person.row_no, {"v": text, "a": shown}))
        elif birth.change in ("first_of_january", "year_as_date"):
            household.doubts.append(Doubt("V70", "birth", person.row_no, {"v": text, "a": str(birth.year)}))
    if birth.order == "dm" and birth.on:
        severity = order.severity(text)
        if severity:
            shown = f"{birth.on:%d/%m/%Y}"
            doubt = Doubt("V14", "birth", person.row_no, {"v": text, "a": shown}, severity=severity)
            household.doubts.append(doubt)


def _with_year(household: HouseholdRow, person: PersonRow, cells: Cells, text: str, birth: Birth) -> tuple[str, Birth]:
    """A column of years beside the one of dates: it speaks where the date is missing, and must not contradict it."""
    year = read_birth(cells["birth_year"])
    if is_blank(text):
        return cells["birth_year"], year
    if birth.year and year.year and birth.year != year.year:
        params = {"a": text, "b": cells["birth_year"]}
        household.doubts.append(Doubt("V79", "birth", person.row_no, params))
    return text, birth


def _marked_gender(cells: Cells) -> str:
    male, female = (read_mark(cells.get(f"gender_{name}_mark", "")) for name in ("male", "female"))
    return "M" if male and not female else "F" if female and not male else ""
