"""The pure part of the import in one call: read, decode, layout, mapping, normalise, check."""

import re
from collections.abc import Mapping as ReadOnlyMapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from beneficiaries.intake.asides import without_asides
from beneficiaries.intake.birth_order import BirthOrder
from beneficiaries.intake.cells import Sheet, column_letter
from beneficiaries.intake.check import check_households
from beneficiaries.intake.decode import ColumnEncoding, Encoding, decode_sheet
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.household_rows import HouseholdRow
from beneficiaries.intake.layout import Column, Layout, find_layouts
from beneficiaries.intake.mapping import SURE, Mapping, Structure, fingerprint, map_columns
from beneficiaries.intake.normalise import ListText, Terms, normalise
from beneficiaries.intake.problems import PROBLEMS, Problem
from beneficiaries.intake.read import read_workbook, refused
from beneficiaries.intake.refusals import Refused
from beneficiaries.intake.value_words import CategoryValue
from beneficiaries.intake.values import read_list_year


@dataclass(slots=True)
class Choices:
    """What the official decided about a file; empty means as recognised. Columns count from 0.

    `sheets` names the sheets to take. `header_rows` and `encodings` are per sheet; `fields` and `structures` per list:
    by sheet and header row (0 for a list without one), and only what differs from what was recognised.
    `categories` maps a word of the category column to (category, attributes); `terms` maps, per field, a word of
    another column (ethnic_group, hamlet, commune) to the word it stands for. `is_share`: taken from the reading of a
    larger file, nobody's decision.
    """

    sheets: list[str] | None = None
    header_rows: dict[str, int] = field(default_factory=dict)
    fields: dict[str, dict[int, dict[int, str]]] = field(default_factory=dict)
    structures: dict[str, dict[int, Structure]] = field(default_factory=dict)
    encodings: dict[str, dict[int, Encoding]] = field(default_factory=dict)
    categories: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    terms: Terms = field(default_factory=dict)
    is_share: bool = False

    def fields_of(self, sheet: str, header_row: int | None) -> dict[int, str]:
        """The columns of one list that somebody decided on."""
        return self.fields.get(sheet, {}).get(header_row or 0, {})

    def structure_of(self, sheet: str, header_row: int | None) -> Structure | None:
        return self.structures.get(sheet, {}).get(header_row or 0)


@dataclass(slots=True)
class Known:
    """What was decided before about lists with a certain header: decisions are kept, what was recognised is not.

    `fields` are all columns as they were read at last and confirmed, `chosen` those that somebody chose.
    """

    fields: dict[int, str] = field(default_factory=dict)
    chosen: dict[int, str] = field(default_factory=dict)
    structure: Structure | None = None
    encodings: dict[int, Encoding] = field(default_factory=dict)
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
    """A whole file. `tables` are the lists in it; `skipped_sheets` the visible sheets that hold none.

    `choices` are those it was read with: what was asked for, and what is known of these headers.
    """

    sheets: list[Sheet]
    tables: list[Table]
    households: list[HouseholdRow]
    problems: list[Problem]
    skipped_sheets: list[str]
    choices: Choices = field(default_factory=Choices)

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
    sheets: list[Sheet], *, choices: Choices | None = None, today: date, communes: frozenset[str] = frozenset(),
    known: ReadOnlyMapping[str, Known] | None = None,
) -> Parsed:  # fmt: skip
    """The same for sheets that were read before: for another choice of columns nothing is read twice.

    `communes` are folded names of communes, for a file that may hold the lists of several. `known` is what was decided
    before, by the fingerprint of a header; what `choices` say of a list comes first. Raises Refused.
    """
    finder = _Finder(deepcopy(choices) if choices else Choices(), communes, known or {})
    found: list[_Found] = []
    skipped: list[str] = []
    for sheet in sheets:
        used = finder.choices
        is_chosen = sheet.name in used.sheets if used.sheets is not None else sheet.visible
        if not is_chosen or not sheet.rows:
            continue
        try:
            lists = finder.lists(sheet)
        except Refused as refusal:
            raise refused(refusal.code, refusal.params) from refusal
        usable = [one for one in lists if one.layout.header_row is not None and _has_names(one.mapping)]
        found.extend(lists if sheet.name in used.header_rows else usable)
        if not usable:
            skipped.append(sheet.name)
    tables = [_table(one, finder.choices) for one in found]
    households = [row for table in tables for row in table.households]
    problems = check_households(households, today=today)
    problems.extend(_file_problems(tables, skipped, households))
    return Parsed(sheets, tables, households, problems, skipped, finder.choices)


@dataclass(slots=True)
class _Found:
    """A list of a sheet before its rows are read."""

    sheet: Sheet
    layout: Layout
    mapping: Mapping
    encodings: list[ColumnEncoding]
    merged: dict[tuple[int, int], str]


class _Finder:
    """Finds the lists of sheets. What is known of their headers goes into its `choices`."""

    def __init__(self, choices: Choices, communes: frozenset[str], known: ReadOnlyMapping[str, Known]) -> None:
        self.choices, self._communes, self._known = choices, communes, known

    def lists(self, sheet: Sheet) -> list[_Found]:
        found = self._read(sheet)
        if self._knows_otherwise(sheet, found):
            found = self._read(sheet)
        for one in found:
            if known := self._known.get(one.mapping.fingerprint):
                self._confirm(one, known)
        return found

    def _read(self, sheet: Sheet) -> list[_Found]:
        decoded, encodings = decode_sheet(sheet, self.choices.encodings.get(sheet.name))
        decoded = without_asides(decoded)
        found = []
        header_row = self.choices.header_rows.get(sheet.name)
        for layout in find_layouts(decoded, header_row, partial(self._fields, sheet.name), self._communes):
            merged = _merged_cells(decoded, {row.row_no for row in layout.rows})
            fields = self.choices.fields_of(sheet.name, layout.header_row)
            structure = self.choices.structure_of(sheet.name, layout.header_row)
            mapping = map_columns(layout, fields, structure, merged.keys(), sheet.hidden)
            found.append(_Found(sheet, layout, mapping, encodings, merged))
        return found

    def _fields(self, sheet: str, header_row: int | None, columns: list[Column]) -> dict[int, str]:
        """The chosen columns of the list that begins here; decisions about its header are taken over."""
        at, known = header_row or 0, self._known.get(fingerprint(columns))
        if known and at not in self.choices.fields.get(sheet, {}):
            if known.chosen:
                self.choices.fields.setdefault(sheet, {})[at] = dict(known.chosen)
            if known.structure and at not in self.choices.structures.get(sheet, {}):
                self.choices.structures.setdefault(sheet, {})[at] = known.structure
        return self.choices.fields_of(sheet, header_row)

    def _knows_otherwise(self, sheet: Sheet, found: list[_Found]) -> bool:
        """Whether somebody said before that columns are no old font: then the sheet is decoded again.

        The header was known as it reads without decoding, so it is looked up in that way.
        """
        chosen = self.choices.encodings.get(sheet.name, {})
        asked = {encoding.column for one in found[:1] for encoding in one.encodings} - chosen.keys()
        if not asked or not any("unicode" in known.encodings.values() for known in self._known.values()):
            return False
        self.choices.encodings[sheet.name] = chosen | dict.fromkeys(asked, "unicode")
        prints = [one.mapping.fingerprint for one in self._read(sheet)]
        known = [self._known[fingerprint] for fingerprint in prints if fingerprint in self._known]
        settled = {column for column in asked if any(one.encodings.get(column) == "unicode" for one in known)}
        self.choices.encodings[sheet.name] = chosen | dict.fromkeys(settled, "unicode")
        if not self.choices.encodings[sheet.name]:
            del self.choices.encodings[sheet.name]
        return bool(settled)

    def _confirm(self, one: _Found, known: Known) -> None:
        """What is recognised again as it was confirmed need not be asked again; words mean what they meant."""
        sheet, at = one.sheet.name, one.layout.header_row or 0
        unsure = (column for column, sure in one.mapping.confidence.items() if sure < SURE)
        for column in unsure:
            if known.fields.get(column) == one.mapping.fields[column]:
                self.choices.fields.setdefault(sheet, {}).setdefault(at, {})[column] = known.fields[column]
                one.mapping.confidence[column] = 1.0
        for encoding in one.encodings:
            if known.encodings.get(encoding.column) == encoding.encoding:
                self.choices.encodings.setdefault(sheet, {}).setdefault(encoding.column, encoding.encoding)
        for text, meaning in known.categories.items():
            self.choices.categories.setdefault(text, meaning)
        for name, words in known.terms.items():
            self.choices.terms[name] = words | self.choices.terms.get(name, {})


def _table(one: _Found, choices: Choices) -> Table:
    around = _around(one.sheet, one.layout, one.merged, choices)
    read = normalise(one.layout, one.mapping, around)
    return Table(
        one.sheet.name, one.layout, one.mapping, one.encodings, read.households, around.year, read.order, read.dittos
    )


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
