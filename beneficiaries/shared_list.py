"""One commune's share of a file that holds several communes: the same sheets and rows, without the others' rows."""

from __future__ import annotations

import datetime
import io
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress

import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from beneficiaries.intake.cells import DateCell, NumberCell, Sheet
from beneficiaries.intake.parse import Table
from beneficiaries.intake.place import Commune, Place
from beneficiaries.list_reading import ReadList

_MADE = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)  # the same share is the same bytes, and known again
_SERIAL_ZERO = datetime.date(1899, 12, 30)


def share_of(read: ReadList, commune: Commune) -> bytes:
    """An .xlsx with the commune's rows where they stand in the file; cells as they were, in their fonts.

    The rows and headings of other communes are empty.
    """
    keep: dict[str, set[int]] = defaultdict(set)
    drop: dict[str, set[int]] = defaultdict(set)
    for one in read.staged:
        (keep if one.commune == commune else drop)[one.sheet].update(one.household.originals)
    for table in read.parsed.tables:
        drop[table.sheet].update(_other_headings(table, read.place, commune))
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _MADE.replace(tzinfo=None)})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for sheet in read.parsed.sheets:
            if keep[sheet.name]:
                page = book.add_worksheet(sheet.name)
                fonts = {column: book.add_format({"font_name": font}) for column, font in sheet.fonts.items() if font}
                _fill(page, sheet, drop[sheet.name], fonts, day)
    return stream.getvalue()


def _other_headings(table: Table, place: Place, commune: Commune) -> Iterator[int]:
    for row in table.layout.ignored:
        found = place.find(row.commune) if row.commune else None
        if found and found.commune and found.commune != commune:
            yield row.row_no


def _fill(page: Worksheet, sheet: Sheet, left_out: set[int], fonts: dict[int, Format], day: Format) -> None:
    _merge(page, sheet, left_out)
    for index, row in enumerate(sheet.rows):
        row_no = sheet.row_no(index)
        if row_no in left_out:
            continue
        for column, cell in enumerate(row):
            if isinstance(cell, NumberCell):
                page.write_number(row_no - 1, column, float(cell))
            elif isinstance(cell, DateCell):
                days = (datetime.date.fromisoformat(cell) - _SERIAL_ZERO).days
                page.write_number(row_no - 1, column, days, day)
            elif cell:
                page.write_string(row_no - 1, column, cell, fonts.get(column))


def _merge(page: Worksheet, sheet: Sheet, left_out: set[int]) -> None:
    for first_row, first_column, last_row, last_column in sheet.merges:
        if left_out.isdisjoint(range(first_row, last_row + 1)):
            with suppress(OverlappingRange):
                page.merge_range(first_row - 1, first_column, last_row - 1, last_column, "")
