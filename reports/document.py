"""The neutral document: what an official list or report says, before it becomes a workbook or a paper.

The fixed words here and in the templates are Vietnamese and do not pass through gettext: an official paper is
written in the language of the law (Nghị định 30/2020/NĐ-CP), whatever language the officer reads the screen in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Literal, NamedTuple

Kind = Literal["ordinal", "text", "code", "year", "integer", "percent", "money", "date"]
Number = int | float | Decimal
Cell = str | Number | date | None

VIETNAM = timezone(timedelta(hours=7), "ICT")
NOT_CALCULABLE = "–"
NUMERIC_KINDS: frozenset[Kind] = frozenset({"integer", "percent", "money"})
NAMES_PER_NOTE = 25


class TotalsDiffer(ValueError):
    """The totals handed over are not the sums of the rows: such a paper must not be printed."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of an official paper (Nghị định 30/2020/NĐ-CP, Phụ lục I).

    `body` may hold two lines ("ỦY BAN NHÂN DÂN\\nXÃ MŨI NÉ"). `number` is printed as given after "Số:"; an empty
    one leaves the line out.
    """

    superior: str
    body: str
    place: str
    on: date
    number: str = ""

    @property
    def place_and_date(self) -> str:
        """Place and date as the decree wants them: days below 10 and months 1 and 2 get a leading zero."""
        month = f"{self.on.month:02d}" if self.on.month <= 2 else str(self.on.month)
        return f"{self.place}, ngày {self.on.day:02d} tháng {month} năm {self.on.year}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    `group` is a merged heading over neighbouring columns of the same group. `ratio` names the keys (part, whole) of
    a percent column: its empty cells are calculated, and its index reads like "12=9/8*100". `formula_note` replaces
    the index by hand. `total` asks for the sum in the totals row.
    """

    key: str
    heading: str
    kind: Kind
    width_mm: float
    group: str = ""
    formula_note: str = ""
    total: bool = False
    ratio: tuple[str, str] | None = None


class Row(NamedTuple):
    """One row, its cells in the order of the columns.

    `level` is the depth: 0 a district or section, 1 what stands under it, 2 one deeper (indented). A `bold` row
    groups: its figures already hold those of the rows under it, so sums and counts pass over it.
    """

    cells: tuple[Cell, ...]
    level: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature block, e.g. ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"); blocks stand from left to right."""

    title_lines: tuple[str, ...]
    name: str = ""
    note: str = "(Ký, ghi rõ họ tên)"


@dataclass(frozen=True, slots=True)
class Info:
    """Where the figures come from; `taken_at` is aware and is the only clock a document knows.

    `missing` names the units whose figures are not in it. An empty `checksum` is filled with the digest of the rows.
    """

    scope: str
    taken_at: datetime
    author: str
    snapshot_id: str
    filters: tuple[tuple[str, str], ...] = ()
    totals: tuple[tuple[str, Cell], ...] = ()
    missing: tuple[str, ...] = ()
    checksum: str = ""

    @property
    def taken_at_text(self) -> str:
        """When the figures were taken, as `moment_text`."""
        return moment_text(self.taken_at)


@dataclass(frozen=True)
class Document:
    """A whole list or report.

    `rows` must start afresh each time it is iterated when the document is written twice (workbook and paper).
    `totals` are the totals row's cells; when absent they are the sums of the columns that ask for one.
    `totals_label` may hold "{count}", the number of rows. `basis` is the italic line under the title, `unit` the
    unit of measure above the table, `annex` the line "Phụ lục ..." above the title, `watermark` whose copy it is.
    """

    kind: str
    title: str
    letterhead: Letterhead
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    info: Info
    subtitle: str = ""
    basis: str = ""
    annex: str = ""
    unit: str = ""
    totals: tuple[Cell, ...] | None = None
    totals_label: str = "Tổng cộng"
    notes: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    recipients: tuple[str, ...] = ()
    landscape: bool = True
    text_size: float = 11
    watermark: str = ""

    @property
    def closing_notes(self) -> tuple[str, ...]:
        """The notes and the units without figures, the last one closed by the end mark "./."."""
        notes = [*self.notes, *self._missing_notes()]
        if not notes:
            return ("./.",)
        return (*notes[:-1], f"{notes[-1].rstrip('. ')}./.")

    def _missing_notes(self) -> list[str]:
        missing = self.info.missing
        if not missing:
            return []
        lines = [", ".join(missing[start : start + NAMES_PER_NOTE]) for start in range(0, len(missing), NAMES_PER_NOTE)]
        opening = f"Chưa có số liệu của {shown(len(missing), 'integer')} đơn vị:"
        if len(lines) == 1:
            return [f"{opening} {lines[0]}."]
        return [opening, *(f"- {line};" for line in lines[:-1]), f"- {lines[-1]}."]

    @property
    def origin(self) -> str:
        """Which snapshot the figures come from, for the foot of each page."""
        return f"Mã số liệu: {self.info.snapshot_id} · Số liệu lúc {self.info.taken_at_text}"

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each column by its key."""
        return {column.key: position for position, column in enumerate(self.columns)}

    @cached_property
    def index_row(self) -> tuple[str, ...]:
        """A, B for the columns that name the row, then 1, 2, 3 ..., ratios with their formula."""
        lettered = self._lettered_columns()
        plain = [chr(ord("A") + p) if p < lettered else str(p - lettered + 1) for p in range(len(self.columns))]
        return tuple(self._index_label(column, label, plain) for column, label in zip(self.columns, plain, strict=True))

    def _lettered_columns(self) -> int:
        for position, column in enumerate(self.columns[:3]):
            if column.kind == "text":
                return position + 1
        return 1 if self.columns[0].kind == "ordinal" else 0

    def _index_label(self, column: Column, label: str, plain: Sequence[str]) -> str:
        if column.formula_note:
            return column.formula_note
        if column.ratio is None:
            return label
        part, whole = (plain[self.position[key]] for key in column.ratio)
        return f"{label}={part}/{whole}*100"

    def headings(self) -> tuple[tuple["Heading", ...], ...]:
        """The head of the table as one or two rows of merged cells."""
        if not any(column.group for column in self.columns):
            return (tuple(Heading(column.heading, p, 1, 1) for p, column in enumerate(self.columns)),)
        upper: list[Heading] = []
        lower: list[Heading] = []
        for group, members in groupby(enumerate(self.columns), key=lambda member: member[1].group):
            found = list(members)
            if group:
                upper.append(Heading(group, found[0][0], len(found), 1))
                lower.extend(Heading(column.heading, position, 1, 1) for position, column in found)
            else:
                upper.extend(Heading(column.heading, position, 1, 2) for position, column in found)
        return tuple(upper), tuple(lower)


class Heading(NamedTuple):
    """One cell of the head: its text, first column, and how many columns and rows it covers."""

    text: str
    column: int
    columns: int
    rows: int


class Totals(NamedTuple):
    """The totals row: a label over the first `span` columns, then the cells of all columns (those under it unused)."""

    label: str
    span: int
    cells: tuple[Cell, ...]


class Reading:
    """One pass over a document's rows: fills the ratios and remembers sums, count, widths and digest."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.count = 0
        self._summed = [p for p, column in enumerate(document.columns) if column.total]
        self._sums: dict[int, Number] = dict.fromkeys(self._summed, 0)
        self._ratios = {p: column.ratio for p, column in enumerate(document.columns) if column.ratio}
        self._digest = sha256("\x1f".join(column.heading for column in document.columns).encode())

    def rows(self) -> Iterator[Row]:
        """The rows as they are to be printed.

        Raises ValueError when a row has another number of cells than there are columns.
        """
        width = len(self.document.columns)
        for row in self.document.rows:
            if len(row.cells) != width:
                raise ValueError(f"A row of {len(row.cells)} cells does not fit {width} columns: {row.cells!r}")
            filled = row._replace(cells=self._with_ratios(row.cells)) if self._ratios else row
            self._digest.update("\x1f".join(map(str, filled.cells)).encode("utf-8", "surrogatepass") + b"\x1e")
            if not filled.bold:
                self._count(filled.cells)
            yield filled

    def _count(self, cells: tuple[Cell, ...]) -> None:
        self.count += 1
        for position in self._summed:
            cell = cells[position]
            if cell is not None and not isinstance(cell, str | date):
                self._sums[position] += cell  # type: ignore[operator]

    def _with_ratios(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        filled = list(cells)
        for position, keys in self._ratios.items():
            if filled[position] is None and keys is not None:
                part, whole = (cells[self.document.position[key]] for key in keys)
                filled[position] = percent(part, whole)
        return tuple(filled)

    @property
    def checksum(self) -> str:
        """SHA-256 of headings and rows read so far, unless the document brought its own."""
        return self.document.info.checksum or self._digest.hexdigest()

    def totals(self) -> Totals | None:
        """The totals row, once all rows were read; None when the document has none.

        Raises TotalsDiffer when the document's own totals are not the sums of its rows.
        """
        cells = self._sums_row() if self.document.totals is None else self._with_ratios(self.document.totals)
        for position, total in self._sums.items():
            if cells[position] != total:
                heading = self.document.columns[position].heading
                raise TotalsDiffer(f"{heading}: the rows sum to {total}, the totals row says {cells[position]}")
        label = self.document.totals_label.replace("{count}", shown(self.count, "integer"))
        if not self._summed and self.document.totals is None and label == self.document.totals_label:
            return None
        filled = [position for position, cell in enumerate(cells) if position and cell is not None]
        return Totals(label, filled[0] if filled else len(cells), cells)

    def _sums_row(self) -> tuple[Cell, ...]:
        sums: list[Cell] = [self._sums.get(position) for position in range(len(self.document.columns))]
        return self._with_ratios(sums) if self._summed else tuple(sums)


def percent(part: Cell, whole: Cell) -> Decimal | None:
    """`part` of `whole` in percent, one decimal, half up; None when either is missing, hidden or `whole` is zero.

    None prints as "–": a report must never show a ratio for which the denominator was not entered (rule V40).
    """
    if isinstance(part, str | date) or isinstance(whole, str | date) or part is None or not whole:
        return None
    exact = Decimal(str(part)) * 100 / Decimal(str(whole))
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def shown(cell: Cell, kind: Kind) -> str:
    """A cell as a Vietnamese reader expects it on paper: 1.234.567, 66,7, 05/03/2026; "–" for a missing ratio."""
    if cell is None:
        return NOT_CALCULABLE if kind == "percent" else ""
    if isinstance(cell, date):
        return f"{day_of(cell):%d/%m/%Y}"
    if isinstance(cell, str):
        return cell
    if kind in NUMERIC_KINDS:
        pattern = ",.1f" if kind == "percent" else ",.0f"
        return format(cell, pattern).translate(_VIETNAMESE_SEPARATORS)
    return str(cell)


def moment_text(moment: datetime) -> str:
    """Time of day and date in Viet Nam of an aware moment, e.g. "14:05 ngày 05/03/2026"."""
    return f"{moment.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"


def day_of(moment: date) -> date:
    """The calendar day in Viet Nam: an aware moment late in the UTC evening already belongs to the next day."""
    if isinstance(moment, datetime):
        return moment.astimezone(VIETNAM).date() if moment.tzinfo else moment.date()
    return moment


_VIETNAMESE_SEPARATORS = str.maketrans(",.", ".,")
