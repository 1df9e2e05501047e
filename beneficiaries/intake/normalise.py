"""Sixth step: rows become households and people with clean values; every change and every doubt is written down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from beneficiaries.identity_rules import agrees, parse_cccd
from beneficiaries.intake.birth_order import BirthOrder
from beneficiaries.intake.births import set_birth_and_gender
from beneficiaries.intake.cells import is_error
from beneficiaries.intake.decode import looks_undecoded
from beneficiaries.intake.household_category import read_attribute_cells, read_household_category
from beneficiaries.intake.household_rows import CellsByField, Change, Doubt, HouseholdRow, PersonRow
from beneficiaries.intake.layout import DataRow, Layout
from beneficiaries.intake.mapping import Mapping as ColumnMapping
from beneficiaries.intake.row_cells import RIVAL, Cells, copy_dittos, drop_dittos, hamlet_in, joined, rivalry
from beneficiaries.intake.value_words import (
    CategoryValue,
    is_blank,
    is_head_word,
    read_ethnic_group,
    read_hamlet,
    read_phone_kind,
)
from beneficiaries.intake.values import (
    Birth,
    read_birth,
    read_count,
    read_identity,
    read_list_year,
    read_name,
    read_phone,
    read_score,
)
from beneficiaries.names import fold

Terms = dict[str, dict[str, str]]  # field -> word of the file -> the word it stands for
_PERSON_FIELDS = frozenset(
    {"member_name", "birth", "birth_day", "birth_month", "birth_year_male", "birth_year_female", "gender",
     "gender_male_mark", "gender_female_mark", "ethnic_group", "identity_number", "old_identity_number", "relation"}
)  # fmt: skip


@dataclass(slots=True)
class ListText:
    """What stands outside the rows but holds for them: the sheet's name, the list's year, merged and original cells.

    `merged` gives the text of a cell that a vertical merge covers; `originals` a row's cells before decoding.
    """

    sheet: str
    year: int | None
    merged: Mapping[tuple[int, int], str]
    originals: Mapping[int, list[str]]
    words: Mapping[str, CategoryValue]
    terms: Terms = field(default_factory=dict)


@dataclass(slots=True)
class Normalised:
    """The households of one list in the file's order, and what the list as a whole says about them.

    `order` is how its dates are written, `dittos` the text that a cell "as above" stands for, by row and field.
    """

    households: list[HouseholdRow]
    order: BirthOrder
    dittos: dict[tuple[int, str], str]


def normalise(layout: Layout, mapping: ColumnMapping, around: ListText) -> Normalised:
    """Read all households of a list."""
    return _Normaliser(layout, mapping, around).read()


def normalise_one(
    layout: Layout, mapping: ColumnMapping, around: ListText, order: BirthOrder, *, is_headless: bool
) -> HouseholdRow:
    """Read rows that are one household, as it was read in its list; `is_headless`: nothing above it was a head."""
    return _Normaliser(layout, mapping, around).read_one(order, is_headless=is_headless)


class _Normaliser:
    def __init__(self, layout: Layout, mapping: ColumnMapping, around: ListText) -> None:
        self._layout, self._mapping, self._around = layout, mapping, around
        self._own_columns = [(column, name) for column, name in sorted(mapping.fields.items()) if name != "ignore"]
        rivals = [(column, RIVAL + name) for column, name in sorted(mapping.rivals.items())]
        self._columns = self._own_columns + rivals
        self._headers = {
            mapping.fields.get(column.index, ""): column.labels[-1] for column in layout.columns if column.labels
        }
        self._order = BirthOrder()
        said = set(mapping.fields.values())
        # A list that says the category row by row leaves nothing to its title: an empty cell is missing.
        self._is_said_by_row = "category" in said or {"poor_mark", "near_poor_mark"} <= said

    def read(self) -> Normalised:
        rows = [(row, self._cells(row)) for row in self._layout.rows]
        dittos = {(rows[at][0].row_no, name): text for at, name, text in copy_dittos(cells for _, cells in rows)}
        births = [read_birth(cells.get("birth", "")) for _, cells in rows]
        self._order = BirthOrder.of(
            (cells.get("birth", ""), birth) for (_, cells), birth in zip(rows, births, strict=True)
        )
        grouped = self._grouped(rows, births) if self._mapping.structure == "person" else self._single(rows, births)
        return Normalised(list(grouped), self._order, dittos)

    def read_one(self, order: BirthOrder, *, is_headless: bool) -> HouseholdRow:
        self._order = order
        (first, cells), *others = rows = [(row, self._cells(row)) for row in self._layout.rows]
        for _, of_row in rows:
            drop_dittos(of_row)
        birth = read_birth(cells.get("birth", ""))
        if self._mapping.structure != "person":
            return self._household(first, cells, birth)
        household = self._household_of(first, cells, birth)
        relation = cells.get("relation", "")
        if is_headless if is_blank(relation) else not is_head_word(relation):
            self._miss_head(household, cells)
        for row, cells in others:
            self._add_member(household, row, cells, read_birth(cells.get("birth", "")))
        return household

    def _cells(self, row: DataRow) -> Cells:
        """The row's cells by field; marks and notes of several columns are joined."""
        cells: Cells = {}
        values, width = row.cells, len(row.cells)
        merged = self._around.merged
        for column, name in self._columns:
            cell = values[column] if column < width else ""
            if not cell and merged and name != "ordinal":  # one number over several rows is a household's
                cell = merged.get((row.row_no, column), "")
            if cell:
                cells[name] = joined(name, cells[name], cell) if name in cells else cell
        return cells

    def _single(self, rows: list[tuple[DataRow, Cells]], births: list[Birth]) -> Iterator[HouseholdRow]:
        for (row, cells), birth in zip(rows, births, strict=True):
            yield self._household(row, cells, birth)

    def _grouped(self, rows: list[tuple[DataRow, Cells]], births: list[Birth]) -> Iterator[HouseholdRow]:
        """Members under their head: a head begins a household."""
        household: HouseholdRow | None = None
        key = ""
        for (row, cells), birth in zip(rows, births, strict=True):
            is_head, key = self._is_head(cells, key, is_first=household is None)
            if is_head or household is None:
                if household is not None:
                    yield household
                household = self._household_of(row, cells, birth)
                if not is_head:
                    self._miss_head(household, cells)
            else:
                self._add_member(household, row, cells, birth)
        if household is not None:
            yield household

    def _miss_head(self, household: HouseholdRow, cells: Cells) -> None:
        household.doubts.append(Doubt("V59", "relation", household.row_no, {"v": cells.get("relation", "")}))

    def _is_head(self, cells: Cells, key: str, *, is_first: bool) -> tuple[bool, str]:
        """Whether this row begins a household, and the household's key to compare the next row with."""
        relation = cells.get("relation", "")
        number = cells.get("head_ordinal", "")
        if not is_blank(relation):
            return is_head_word(relation), number or key
        if self._mapping.columns("head_ordinal"):
            return bool(number) and number != key, number or key
        if "member_name" in self._mapping.fields.values():
            head = cells.get("full_name", "")
            return bool(head) and head != key, head or key
        if "member_ordinal" in cells:
            return fold(cells["member_ordinal"]) in ("1", "01"), key
        is_numbered = bool(self._mapping.columns("ordinal"))
        return is_first or "ordinal" in cells or (not is_numbered and "category" in cells), key

    def _household(self, row: DataRow, cells: Cells, birth: Birth) -> HouseholdRow:
        household = HouseholdRow(row.row_no, self._layout.sheet, PersonRow(row.row_no))
        self._keep_original(household, row)
        household.head = self._person(household, row, cells, birth)
        self._place(household, row, cells)
        is_heading = row.section.category != self._layout.base.category
        section = "" if self._is_said_by_row and not is_heading else row.section.category
        household.category, household.attributes = read_household_category(
            cells, household, section, self._around.words, is_heading=is_heading
        )
        self._phone(household, cells)
        self._numbers(household, cells)
        self._texts(household, cells)
        return household

    def _household_of(self, row: DataRow, cells: Cells, birth: Birth) -> HouseholdRow:
        """A household whose row may be about another person than the head it names."""
        member = cells.get("member_name", "")
        if not member or fold(member) == fold(cells.get("full_name", "")):
            return self._household(row, cells, birth)
        of_household = {name: cell for name, cell in cells.items() if name not in _PERSON_FIELDS and name[0] != RIVAL}
        household = self._household(row, of_household, Birth())
        household.members.append(self._person(household, row, cells, birth))
        return household

    def _add_member(self, household: HouseholdRow, row: DataRow, cells: Cells, birth: Birth) -> None:
        self._keep_original(household, row)
        household.members.append(self._person(household, row, cells, birth))
        more = read_attribute_cells(cells, household, row.row_no)
        household.attributes = tuple(dict.fromkeys(household.attributes + more))
        if not household.phone and "phone" in cells:
            self._phone(household, cells, row.row_no)

    def _keep_original(self, household: HouseholdRow, row: DataRow) -> None:
        cells = self._around.originals.get(row.row_no, row.cells)
        household.originals[row.row_no] = CellsByField(self._own_columns, cells)

    def _person(self, household: HouseholdRow, row: DataRow, cells: Cells, birth: Birth) -> PersonRow:
        person = PersonRow(row.row_no, relation=cells.get("relation", ""))
        self._name(household, person, cells)
        set_birth_and_gender(household, person, cells, birth, self._order)
        people = self._explained(household, row.row_no, "ethnic_group", cells.get("ethnic_group", ""))
        group = read_ethnic_group(people)
        if group is None:
            household.doubts.append(Doubt("V55", "ethnic_group", row.row_no, {"v": cells["ethnic_group"]}))
        person.ethnic_group = group or ""
        self._identity(household, person, cells)
        household.doubts += rivalry(cells, row.row_no)
        return person

    def _name(self, household: HouseholdRow, person: PersonRow, cells: Cells) -> None:
        text = cells.get("member_name") or cells.get("full_name", "")
        if "family_name" in cells or "given_name" in cells:
            text = f"{cells.get('family_name', '')} {cells.get('given_name', '')}".strip()
        reading = read_name(text)
        person.full_name = reading.value
        if looks_undecoded(text):
            household.doubts.append(Doubt("V78", "full_name", person.row_no, {"v": text}))
        if reading.change:
            household.changes.append(Change("full_name", text, reading.value, reading.change, person.row_no))
        for code, params, fix in reading.doubts:
            household.doubts.append(Doubt(code, "full_name", person.row_no, params, fix))

    def _identity(self, household: HouseholdRow, person: PersonRow, cells: Cells) -> None:
        for name in ("identity_number", "old_identity_number"):
            cell = cells.get(name, "")
            if not cell:
                continue
            reading = read_identity(cell, gender=person.gender, birth_year=person.birth_year)
            if reading.doubt and not (reading.doubt == "V04" and name == "old_identity_number"):
                household.doubts.append(Doubt(reading.doubt, name, person.row_no, reading.params, reading.fix))
            person.identity_number = person.identity_number or reading.number
            person.old_identity_number = person.old_identity_number or reading.old_number
            if reading.change and not (reading.change == "old_number" and name == "old_identity_number"):
                value = reading.number or reading.old_number
                household.changes.append(Change(name, cell, value, reading.change, person.row_no))
        self._gender_from_number(household, person)

    def _gender_from_number(self, household: HouseholdRow, person: PersonRow) -> None:
        """An empty gender is taken from the CCCD when the number's birth year proves it is this person's."""
        identity = parse_cccd(person.identity_number)
        is_own = person.birth_year is not None and agrees(
            person.identity_number, gender=None, birth_year=person.birth_year
        )
        if person.gender or identity is None or not is_own:
            return
        person.gender = identity.gender
        household.changes.append(Change("gender", "", identity.gender, "from_identity", person.row_no))
        household.doubts.append(Doubt("V64", "gender", person.row_no, {"gender": identity.gender}))

    def _explained(self, household: HouseholdRow, row_no: int, name: str, text: str) -> str:
        """The word that the officials say this one stands for."""
        meant = self._around.terms.get(name, {}).get(text, text)
        if meant != text:
            household.changes.append(Change(name, text, meant, "explained", row_no))
        return meant

    def _place(self, household: HouseholdRow, row: DataRow, cells: Cells) -> None:
        text = cells.get("hamlet", "")
        source = text if not is_blank(text) else row.section.hamlet
        household.address = "" if is_blank(cells.get("address", "")) else cells["address"]
        if not source and household.address:
            source = hamlet_in(household.address)
        if is_error(source):
            household.doubts.append(Doubt("V46", "hamlet", row.row_no, {"v": source}))
            source = ""
        household.hamlet = read_hamlet(source, self._headers.get("hamlet", "")) if source else ""
        if row.section.is_guessed and source == row.section.hamlet:
            household.doubts.append(Doubt("V85", "hamlet", row.row_no, {"v": source}))
        if looks_undecoded(source):
            household.doubts.append(Doubt("V78", "hamlet", row.row_no, {"v": source}))
        if source and household.hamlet != source and source == text:
            household.changes.append(Change("hamlet", source, household.hamlet, "abbreviation", row.row_no))
        household.hamlet = self._explained(household, row.row_no, "hamlet", household.hamlet)
        commune, district = cells.get("commune", "") or row.section.commune, cells.get("district", "")
        district = district or row.section.district
        commune = f"{commune}, {district}" if commune and district else commune
        household.commune_text = self._explained(household, row.row_no, "commune", commune)

    def _phone(self, household: HouseholdRow, cells: Cells, row_no: int | None = None) -> None:
        text = cells.get("phone", "")
        reading = read_phone(text)
        household.phone = reading.value
        if reading.change:
            change = Change("phone", text, reading.value, reading.change, row_no or household.row_no)
            household.changes.append(change)
        for code, params, fix in reading.doubts:
            household.doubts.append(Doubt(code, "phone", row_no or household.row_no, params, fix))

    def _numbers(self, household: HouseholdRow, cells: Cells) -> None:
        household.member_count, doubt = read_count(cells.get("member_count", ""))
        if doubt:
            params = {"v": cells["member_count"]}
            household.doubts.append(Doubt(doubt, "member_count", household.row_no, params))
        for name in ("income_score", "deprivation_score"):
            if name in cells:
                value, doubt = read_score(cells[name])
                setattr(household, name, value)
                if doubt:
                    household.doubts.append(Doubt(doubt, name, household.row_no, {"v": cells[name]}))
        year = read_list_year(cells.get("recognised_year", ""))
        household.recognised_year = year or self._around.year

    def _texts(self, household: HouseholdRow, cells: Cells) -> None:
        for name in ("certificate_no", "original_code", "prior_device", "note"):
            text = cells.get(name, "")
            if text and not is_blank(text):
                if is_error(text):
                    household.doubts.append(Doubt("V46", name, household.row_no, {"v": text}))
                else:
                    setattr(household, name, text)
        kind = read_phone_kind(cells.get("phone_kind", ""))
        household.phone_kind = kind or "unknown"
        if kind is None:
            household.doubts.append(Doubt("V72", "phone_kind", household.row_no, {"v": cells["phone_kind"]}))
