"""The cells a household came from: kept with the row, so that a mended cell is read and checked by the same code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from beneficiaries.intake.birth_order import BirthOrder
from beneficiaries.intake.cells import DateCell, NumberCell, Sheet
from beneficiaries.intake.household_rows import HouseholdRow
from beneficiaries.intake.layout import Column, DataRow, Layout
from beneficiaries.intake.mapping import Mapping, Structure
from beneficiaries.intake.normalise import ListText, Terms, normalise_one
from beneficiaries.intake.parse import Table
from beneficiaries.intake.row_cells import RIVAL, joined
from beneficiaries.intake.row_kinds import Section
from beneficiaries.intake.value_words import CategoryValue, is_blank, read_mark
from beneficiaries.intake.vocabulary import IGNORE

# What a mended field replaces besides its own column.
_SUPERSEDED = {
    "full_name": ("member_name", "family_name", "given_name"),
    "birth": ("birth_year_male", "birth_year_female", "birth_day", "birth_month"),
    "gender": ("gender_male_mark", "gender_female_mark"),
    "category": ("poor_mark", "near_poor_mark", "not_poor_mark", "policy_mark", "other_policy_mark"),
}


@dataclass(slots=True)
class TableView:
    """How one list is read. `fields` and `headers` are by column (0 is A), `words` and `terms` what words mean.

    `category` and `year` are what the list's title or sheet name says of all its rows, `order` is how the whole column
    of births is written. `rivals` are columns that say the same field as another one.
    """

    sheet: str
    structure: Structure
    fields: dict[int, str]
    headers: dict[int, str]
    words: dict[str, CategoryValue] = field(default_factory=dict)
    terms: Terms = field(default_factory=dict)
    category: str = ""
    year: int | None = None
    order: BirthOrder = field(default_factory=BirthOrder)
    rivals: dict[int, str] = field(default_factory=dict)

    def column(self, name: str) -> int | None:
        """The column that shows a field, or the one it was read from."""
        for wanted in (name, *_SUPERSEDED.get(name, ())):
            found = next((column for column, mapped in sorted(self.fields.items()) if mapped == wanted), None)
            if found is not None:
                return found
        return None

    def own_column(self, name: str) -> int | None:
        """The column that says a field all by itself: where a mended text may be written."""
        said = {name, *_SUPERSEDED.get(name, ())}
        columns = [column for column, mapped in self.fields.items() if mapped in said]
        return columns[0] if len(columns) == 1 and self.fields[columns[0]] == name else None


@dataclass(slots=True)
class SourceRow:
    """One row of the file, decoded, with what the section above it says."""

    row_no: int
    cells: list[str]
    section: Section


@dataclass(slots=True)
class Given:
    """What a household got from its file besides its own cells; the file is not there when it is read again.

    `commune` is the one that sheet, title or file name mention. `is_headless`: it begins with a member, no head is
    above it. `repeat_of` and `repeat_sheet` are the row that it repeats as it stands in the file.
    """

    commune: str = ""
    is_headless: bool = False
    repeat_of: int | None = None
    repeat_sheet: str = ""


@dataclass(slots=True)
class Mend:
    """A cell the official changed: by hand (`step` is "") or by a group fix that can be taken back."""

    step: str
    row_no: int
    field: str
    value: str


def view_of(table: Table, words: dict[str, CategoryValue], terms: Terms) -> TableView:
    headers = {column.index: column.labels[-1] for column in table.layout.columns if column.labels}
    fields, category = dict(table.mapping.fields), table.layout.base.category
    return TableView(
        table.sheet,
        table.mapping.structure,
        fields,
        headers,
        words,
        terms,
        category,
        table.year,
        table.order,
        table.mapping.rivals,
    )


def source_rows(table: Table, sheet: Sheet) -> dict[int, SourceRow]:
    """The rows of a list by their number in the file; cells under a merge or "as above" hold what they stand for."""
    rows = {row.row_no: SourceRow(row.row_no, row.cells, row.section) for row in table.layout.rows}
    for first_row, column, last_row, last_column in sheet.merges:
        if last_row == first_row or column != last_column or first_row not in rows:
            continue
        text = rows[first_row].cells[column] if column < len(rows[first_row].cells) else ""
        for row_no in range(first_row + 1, last_row + 1):
            if text and row_no in rows:
                _put(rows[row_no], column, text)
    for (row_no, name), text in table.dittos.items():
        cells = rows[row_no].cells = list(rows[row_no].cells)  # of its own: the sheet's rows stay as they are
        for column in table.mapping.columns(name):
            if column < len(cells) and cells[column]:
                cells[column] = text
    return rows


def _put(row: SourceRow, column: int, text: str) -> None:
    row.cells = row.cells + [""] * (column + 1 - len(row.cells))  # of its own
    row.cells[column] = row.cells[column] or text


def cell_text(view: TableView, rows: Sequence[SourceRow], mends: Sequence[Mend], row_no: int, name: str) -> str:
    """What stands in a cell now: as mended last, else as in the file."""
    for mend in reversed(mends):
        if mend.row_no == row_no and mend.field == name:
            return mend.value
    row = next((row for row in rows if row.row_no == row_no), None)
    return _said(view, row.cells, name) if row else ""


def _said(view: TableView, row: list[str], name: str) -> str:
    """What a row says of a field, from all the columns that a mend of the field replaces."""
    cells: dict[str, str] = {}
    for column, known in sorted(view.fields.items()):
        if column < len(row) and row[column]:
            cells[known] = joined(known, cells[known], row[column]) if known in cells else row[column]
    if name == "full_name":
        parts = (cells.get("family_name", ""), cells.get("given_name", ""))
        return " ".join(filter(None, parts)) or cells.get("member_name", "") or cells.get(name, "")
    if name == "birth":
        years = [year for sex in ("male", "female") if not is_blank(year := cells.get(f"birth_year_{sex}", ""))]
        if "birth_day" in cells or "birth_month" in cells:
            return "/".join(cells.get(part, "0") for part in ("birth_day", "birth_month", name))
        return cells.get(name, "") or next(iter(years), "")
    return cells.get(name, "")  # an x says something under its own heading only


def rebuild(view: TableView, rows: Sequence[SourceRow], mends: Iterable[Mend], given: Given) -> HouseholdRow:
    """Reads a household again from its cells with the mends on them: without any it is what it was at first."""
    mends = list(mends)
    grid = _Grid(view, rows)
    for mend in mends:
        grid.write(mend)
    layout, mapping = grid.as_list()
    around = ListText(sheet=view.sheet, year=view.year, merged={}, originals={}, words=view.words, terms=view.terms)
    household = normalise_one(layout, mapping, around, view.order, is_headless=given.is_headless)
    household.commune_text = household.commune_text or given.commune
    if not mends:
        household.repeat_of, household.repeat_sheet = given.repeat_of, given.repeat_sheet
    return household


class _Grid:
    """The rows of one household by field, as a list of its own with only the columns that say something."""

    def __init__(self, view: TableView, rows: Sequence[SourceRow]) -> None:
        self._view = view
        self._rows = rows
        columns = [(column, name) for column, name in sorted(view.fields.items()) if name != IGNORE]
        columns += [(column, RIVAL + name) for column, name in sorted(view.rivals.items())]
        self._names = [name for _, name in columns]
        self._headers = [view.headers.get(column, "") for column, _ in columns]
        self._cells = [[row.cells[column] if column < len(row.cells) else "" for column, _ in columns] for row in rows]

    def write(self, mend: Mend) -> None:
        index = next((i for i, row in enumerate(self._rows) if row.row_no == mend.row_no), None)
        if index is None:
            return
        self._keep_what_the_cell_also_said(index, mend)
        for column, name in enumerate(self._names):
            if name.lstrip(RIVAL) == mend.field or name in _SUPERSEDED.get(mend.field, ()):
                self._cells[index][column] = ""
        self._set(index, mend.field, mend.value)

    def _keep_what_the_cell_also_said(self, index: int, mend: Mend) -> None:
        """A year under "Nữ" also gave the gender; nine digits in the number's column are the old CMND."""
        if mend.field == "birth" and is_blank(self._get(index, "gender")):
            male, female = (not is_blank(self._get(index, f"birth_year_{g}")) for g in ("male", "female"))
            if male != female and read_mark(self._get(index, "gender_male_mark")) is not True:
                self._set(index, "gender", "Nam" if male else "Nữ")
        if mend.field == "identity_number" and not self._get(index, "old_identity_number"):
            digits = "".join(filter(str.isdigit, self._get(index, "identity_number")))
            if len(digits) == 9 and digits != mend.value:
                self._set(index, "old_identity_number", digits)

    def _get(self, index: int, name: str) -> str:
        cells = zip(self._names, self._cells[index], strict=True)
        return next((cell for known, cell in cells if known == name and cell), "")

    def _set(self, index: int, name: str, value: str) -> None:
        if name not in self._names:
            self._names.append(name)
            self._headers.append("")
            for cells in self._cells:
                cells.append("")
        self._cells[index][self._names.index(name)] = value

    def as_list(self) -> tuple[Layout, Mapping]:
        names, cells = list(self._names), [list(row) for row in self._cells]
        columns = [Column(i, header, (header,) if header else ()) for i, header in enumerate(self._headers)]
        rows = [DataRow(row.row_no, cell, row.section) for row, cell in zip(self._rows, cells, strict=True)]
        layout = Layout(self._view.sheet, None, [], columns, names, rows, base=Section(category=self._view.category))
        return layout, Mapping(dict(enumerate(names)), {}, "", self._view.structure)


def cells_to_json(cells: Iterable[str]) -> list[object]:
    """Text as it is, numbers and dates marked, empty cells at the end left away."""
    out: list[object] = [
        ["n", str(cell)] if type(cell) is NumberCell else ["d", str(cell)] if type(cell) is DateCell else cell
        for cell in cells
    ]
    while out and out[-1] == "":
        out.pop()
    return out


def cells_from_json(cells: Iterable[object]) -> list[str]:
    return [
        cell if isinstance(cell, str) else (NumberCell if cell[0] == "n" else DateCell)(cell[1])  # type: ignore[index]
        for cell in cells
    ]
