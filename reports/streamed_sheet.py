"""A worksheet whose long middle part streams to disk row by row instead of being held in memory.

XlsxWriter's own constant_memory mode is flat too, but slower by a factor, and it cannot go back to a finished row,
which merged headings need. Its worksheet class is replaceable by design; the methods replaced here are its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import isfinite
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from reports.document import NOT_CALCULABLE, Cell, Row, day_of

LAST_ROW = 1_048_576
EPOCH = date(1899, 12, 30).toordinal()
FIRST_SAFE_DATE = date(1900, 3, 1)
CHUNK_BYTES = 1 << 20
LOOKS = ORDINARY, INDENTED, BOLD = range(3)
NEEDS_CARE = re.compile("[&<>\x00-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_")
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class ColumnStyles(NamedTuple):
    """The style numbers of one column's cells by the look of the row; a ratio's empty cell shows a dash."""

    styles: tuple[int, int, int]
    is_ratio: bool = False


class StreamedSheet(Worksheet):
    """A worksheet with a head and a tail in memory and a body of any length on disk between them."""

    dim_rowmin: Any
    dim_rowmax: Any

    def __init__(self) -> None:
        super().__init__()
        self._spool: IO[bytes] | None = None
        self._body = (0, 0)
        self.largest: list[float] = []

    def stream(self, rows: Iterable[Row], first_row: int, columns: Sequence[ColumnStyles]) -> int:
        """Write the rows from `first_row` (counted from 0) and return the row after the last.

        Afterwards `largest` holds the largest number of each column. Raises ValueError when the sheet is full.
        """
        looks = [[_Column(p, c.styles[look], is_ratio=c.is_ratio) for p, c in enumerate(columns)] for look in LOOKS]
        self._spool = TemporaryFile()  # noqa: SIM115 - read back when the workbook is closed
        row_number = first_row
        for line in _lines(rows, first_row + 1, looks):
            row_number += 1
            if row_number > LAST_ROW:
                raise ValueError(f"An Excel sheet holds {LAST_ROW} rows, this document has more.")
            self._spool.write(line.encode())
        self._body = (first_row, row_number)
        self.largest = [max(column.largest for column in same) for same in zip(*looks, strict=True)]
        return row_number

    def _write_rows(self) -> None:
        """Write head, body and tail (XlsxWriter calls this while it assembles the sheet)."""
        last = self.dim_rowmax
        self.dim_rowmax = self._body[0] - 1
        super()._write_rows()
        self._copy_spool()
        self.dim_rowmin, self.dim_rowmax = self._body[1], last
        super()._write_rows()
        self.dim_rowmin = 0

    def _copy_spool(self) -> None:
        if self._spool is None:
            return
        self.fh.flush()
        self._spool.seek(0)
        copyfileobj(self._spool, self.fh.buffer, CHUNK_BYTES)
        self._spool.close()

    def _write_header_footer(self) -> None:
        """Write page header and footer; the first page has no page number, which XlsxWriter cannot say."""
        self._xml_start_tag("headerFooter", [("differentFirst", 1)])
        self._write_odd_header()
        self._write_odd_footer()
        self._xml_data_element("firstFooter", self.footer)
        self._xml_end_tag("headerFooter")


class _Column:
    """The markup that cells of one column begin with, up to and after their row number, in one look."""

    __slots__ = ("empty", "largest", "number", "reference", "text")

    def __init__(self, position: int, style: int, *, is_ratio: bool) -> None:
        self.reference = f'<c r="{xl_col_to_name(position)}'
        self.text = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        self.number = f'" s="{style}"><v>'
        self.empty = f"{self.text}{NOT_CALCULABLE}</t></is></c>" if is_ratio else f'" s="{style}"/>'
        self.largest: float = 0

    def markup(self, cell: Cell) -> str:
        """Everything after the row number, for a cell that is not text."""
        if cell is None or isinstance(cell, str):
            return self.empty
        if isinstance(cell, date):
            day = day_of(cell)
            if day < FIRST_SAFE_DATE:  # Excel believes in 29 February 1900: older days would be shown one day off
                return f"{self.text}{day:%d/%m/%Y}</t></is></c>"
            return f"{self.number}{day.toordinal() - EPOCH}</v></c>"
        if not isfinite(cell):
            raise ValueError(f"{cell} is not a number that can be written.")
        if cell > self.largest:
            self.largest = float(cell)
        return f"{self.number}{cell}</v></c>"


def _lines(rows: Iterable[Row], number: int, looks: Sequence[Sequence[_Column]]) -> Iterator[str]:
    """Each row as one <row> element. A million cells pass here, hence the plain loop."""
    for row in rows:
        parts = [f'<row r="{number}">']
        columns = looks[BOLD if row.bold else INDENTED if row.level > 1 else ORDINARY]
        for cell, column in zip(row.cells, columns, strict=True):
            if cell and cell.__class__ is str:
                clean = _escaped(cell) if NEEDS_CARE.search(cell) else cell
                parts.append(f"{column.reference}{number}{column.text}{clean}</t></is></c>")
            else:
                parts.append(f"{column.reference}{number}{column.markup(cell)}")
        parts.append("</row>")
        yield "".join(parts)
        number += 1


def _escaped(text: str) -> str:
    """The text as XML: no characters that XML forbids, and "_x0041_" kept from being read as "A"."""
    clean = LOOKS_ESCAPED.sub("_x005F_", NOT_IN_XML.sub("", text))
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
