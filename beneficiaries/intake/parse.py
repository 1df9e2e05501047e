"""The pure part of the import in one call: read, decode, layout, mapping, normalise, check."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from beneficiaries.intake.birth_order import BirthOrder
from beneficiaries.intake.cells import Sheet, column_letter
from beneficiaries.intake.check import check_households
from beneficiaries.intake.decode import ColumnEncoding, Encoding, decode_sheet
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.household_rows import HouseholdRow
from beneficiaries.intake.layout import Layout, find_layouts
from beneficiaries.intake.mapping import Mapping, Structure, map_columns
from beneficiaries.intake.normalise import ListText, Terms, normalise
from beneficiaries.intake.problems import PROBLEMS, Problem
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.value_words import CategoryValue
from beneficiaries.intake.values import read_list_year


@dataclass(slots=True)
class Choices:
    """What the official decided about a file; empty means as recognised. Columns count from 0.

    `sheets` names the sheets to take. `header_rows`, `fields`, `structures` and `encodings` are per sheet.
    `categories` maps a word of the category column to (category, attributes); `terms` maps, per field, a word of
    another column (ethnic_group, hamlet, commune) to the word it stands for.
    """

    sheets: list[str] | None = None
    header_rows: dict[str, int] = field(default_factory=dict)
    fields: dict[str, dict[int, str]] = field(default_factory=dict)
    structures: dict[str, Structure] = field(default_factory=dict)
    encodings: dict[str, dict[int, Encoding]] = field(default_factory=dict)
    categories: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    terms: Terms = field(default_factory=dict)


@dataclass(slots=True)
class Table:
    """One list of the file: where it is, what its columns are, how they were written, its households.

    `year` is the year of the list, `order` how its dates are written, `dittos` what cells "as above" stand for.
    """

    sheet: str
    layout: Layout
    mapping: Mapping
    encodings: list[ColumnEncoding]
    households: list[HouseholdRow] = field(default_factory=list)
    year: int | None = None
    order: BirthOrder = field(default_factory=BirthOrder)
    dittos: dict[tuple[int, str], str] = field(default_factory=dict)


@dataclass(slots=True)
class Parsed:
    """A whole file. `tables` are the lists in it; `skipped_sheets` the visible sheets that hold none."""

    sheets: list[Sheet]
    tables: list[Table]
    households: list[HouseholdRow]
    problems: list[Problem]
    skipped_sheets: list[str]

    @property
    def main(self) -> Table | None:
        """The list with the most households: the one the column page shows first."""
        return max(self.tables, key=lambda table: len(table.households), default=None)


def parse(
    path: Path,
    name: str,
    *,
    choices: Choices | None = None,
    today: date,
    limits: Limits | None = None,
) -> Parsed:
    """Read a file and recognise, normalise and check everything in it. Raises Refused."""
    return parse_sheets(read_workbook(path, name, limits), choices=choices, today=today)


def parse_sheets(
    sheets: list[Sheet], *, choices: Choices | None = None, today: date, communes: frozenset[str] = frozenset()
) -> Parsed:
    """The same for sheets that were read before: for another choice of columns nothing is read twice.

    `communes` are folded names of communes, for a file that may hold the lists of several.
    """
    choices = choices or Choices()
    tables: list[Table] = []
    skipped: list[str] = []
    for sheet in sheets:
        is_chosen = sheet.name in choices.sheets if choices.sheets is not None else sheet.visible
        if not is_chosen or not sheet.rows:
            continue
        found = _tables(sheet, choices, communes)
        usable = [table for table in found if table.layout.header_row is not None and _has_names(table.mapping)]
        tables.extend(found if sheet.name in choices.header_rows else usable)
        if not usable:
            skipped.append(sheet.name)
    households = [row for table in tables for row in table.households]
    problems = check_households(households, today=today)
    problems.extend(_file_problems(tables, skipped, households))
    return Parsed(sheets, tables, households, problems, skipped)


def _tables(sheet: Sheet, choices: Choices, communes: frozenset[str]) -> list[Table]:
    decoded, encodings = decode_sheet(sheet, choices.encodings.get(sheet.name))
    tables = []
    header_row, fields = choices.header_rows.get(sheet.name), choices.fields.get(sheet.name)
    for layout in find_layouts(decoded, header_row, fields, communes):
        merged = _merged_cells(decoded, {row.row_no for row in layout.rows})
        mapping = map_columns(layout, fields, choices.structures.get(sheet.name), merged.keys())
        around = _around(sheet, layout, merged, choices)
        read = normalise(layout, mapping, around)
        table = Table(sheet.name, layout, mapping, encodings, read.households, around.year, read.order, read.dittos)
        tables.append(table)
    return tables


def _has_names(mapping: Mapping) -> bool:
    return bool({"full_name", "given_name", "member_name"} & set(mapping.fields.values()))


def _around(sheet: Sheet, layout: Layout, merged: dict[tuple[int, int], str], choices: Choices) -> ListText:
    title = " ".join(layout.title)
    year = re.search(r"năm\s+(20\d\d)", title, re.IGNORECASE)
    return ListText(
        sheet=sheet.name,
        year=int(year[1]) if year else read_list_year(sheet.name),
        merged=merged,
        originals={row.row_no: sheet.rows[row.row_no - sheet.first_row] for row in layout.rows},
        words={text: CategoryValue(*meaning) for text, meaning in choices.categories.items()},
        terms=choices.terms,
    )


def _merged_cells(sheet: Sheet, data_rows: set[int]) -> dict[tuple[int, int], str]:
    """The text of the cells that a merge over several data rows covers."""
    covered: dict[tuple[int, int], str] = {}
    for first_row, first_column, last_row, last_column in sheet.merges:
        if last_row == first_row or first_row not in data_rows or first_column != last_column:
            continue
        row = sheet.rows[first_row - sheet.first_row]
        text = row[first_column] if first_column < len(row) else ""
        if text:
            covered.update({(row_no, first_column): text for row_no in range(first_row + 1, last_row + 1)})
    return covered


def _file_problems(tables: list[Table], skipped: list[str], households: list[HouseholdRow]) -> list[Problem]:
    problems = []
    if not tables:
        problems.append(Problem("V42", PROBLEMS["V42"][0], "", 1, {}, sheet=skipped[0] if skipped else ""))
    for table in tables:
        for encoding in table.encodings:
            header = next((c.header for c in table.layout.columns if c.index == encoding.column), "")
            params = {"c": header or column_letter(encoding.column), "v": encoding.encoding.upper()}
            problems.append(
                Problem("V41", PROBLEMS["V41"][0], "", table.layout.header_row or 1, params, sheet=table.sheet)
            )
    return problems
