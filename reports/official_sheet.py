"""The layout of the signed sheet: letterhead, title, table, signatures and page set-up of Nghị định 30/2020/NĐ-CP."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range

from reports.document import NUMERIC_KINDS, Cell, Column, Kind, Reading, Signature, shown
from reports.streamed_sheet import ColumnStyles, StreamedSheet

NATIONAL_TITLE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
FONT = "Times New Roman"
A4 = 9
A4_MM = (210, 297)
MARGIN_MM = {"left": 30, "right": 15, "top": 20, "bottom": 20}
MM_PER_INCH = 25.4
PIXELS_PER_MM = 96 / MM_PER_INCH
POINTS_PER_MM = 72 / MM_PER_INCH
DIGIT_MM = 2.1
CAPITAL_MM = 3
MOTTO_MM = 56
NATIONAL_TITLE_MM = 90
BODY_MM = 55
SIGNATURE_MM = 45
SIGNING_ROWS = 4
LINE_POINTS = 18
TALLEST_ROW_POINTS = 409
RULE_PIXELS_DOWN = 22
FOOTER_LIMIT = 250
# 42A is the number of Viet Nam's locale; older Excel does not know the newer spelling [$-vi-VN] of the same thing.
NUMBER_FORMATS: dict[Kind, str] = {
    "ordinal": "@",
    "text": "@",
    "code": "@",
    "year": "0",
    "integer": "[$-42A]#,##0",
    "money": "[$-42A]#,##0",
    "percent": "[$-42A]#,##0.0",
    "date": "dd/mm/yyyy",
}
ALIGNMENT: dict[Kind, str] = {"text": "left", "integer": "right", "money": "right", "percent": "right"}


def format_maker(book: Workbook) -> Callable[..., Any]:
    """A function from format properties to the workbook's one format with them."""
    known: dict[tuple[tuple[str, Any], ...], Any] = {}

    def make(**properties: Any) -> Any:
        wanted = {"font_name": FONT, "font_size": 11, "valign": "vcenter", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in known:
            known[key] = book.add_format(wanted)
        return known[key]

    return make


def height_points(text: str, width_mm: float, size: float) -> float:
    """Height of wrapped text in points; Excel finds it by itself only for cells that are not merged."""
    per_line = max(width_mm * POINTS_PER_MM / (size * 0.5), 1)
    lines = sum(max(ceil(len(line) / per_line), 1) for line in text.split("\n"))
    return min(lines * size * 1.25 + 3, TALLEST_ROW_POINTS)


class OfficialSheet:
    """Writes the signed sheet of a workbook from top to bottom."""

    def __init__(self, book: Workbook, reading: Reading) -> None:
        self.reading = reading
        self.document = reading.document
        self.sheet: Any = book.add_worksheet("Biểu", worksheet_class=StreamedSheet)
        self.make = format_maker(book)
        self.last = len(self.document.columns) - 1
        self.widths_mm = self._widths_mm()
        self.row = 0
        self.rules: list[tuple[int, int, int, float]] = []

    def write(self) -> None:
        """Write the sheet; the rows are read once, in passing."""
        self._write_letterhead()
        self._write_titles()
        head = self.row
        self._write_head()
        body = self.row
        styles = [self._styles(position, column) for position, column in enumerate(self.document.columns)]
        self.row = self.sheet.stream(self.reading.rows(), body, styles)
        if self.row == body:
            self._put_wrapped("Không có dòng nào", 11, italic=True, border=1)
        self._write_totals()
        self._write_notes()
        self._write_signatures()
        self._set_columns()
        self._draw_rules()
        self._set_page(head, body)

    def _page_width_mm(self) -> float:
        return A4_MM[1 if self.document.landscape else 0] - MARGIN_MM["left"] - MARGIN_MM["right"]

    def _widths_mm(self) -> list[float]:
        declared = [column.width_mm for column in self.document.columns]
        stretch = max(self._page_width_mm() / sum(declared), 1)
        return [width * stretch for width in declared]

    def _span_mm(self, first: int, last: int) -> float:
        return sum(self.widths_mm[first : last + 1])

    def _put(self, text: str, first: int = 0, last: int | None = None, **properties: Any) -> None:
        """Put text into the current row over the columns `first` to `last`, centred."""
        last = self.last if last is None else last
        cell_format = self.make(**{"align": "center", "num_format": "@", **properties})
        if first == last:
            self.sheet.write_string(self.row, first, text, cell_format)
        else:
            self.sheet.merge_range(self.row, first, self.row, last, "", cell_format)
            self.sheet.write_string(self.row, first, text, cell_format)

    def _put_wrapped(self, text: str, size: float, **properties: Any) -> None:
        """Put text over the whole width in a row of its own, as high as it needs."""
        self._put(text, font_size=size, text_wrap=True, **properties)
        self.sheet.set_row(self.row, height_points(text, self._span_mm(0, self.last), size))
        self.row += 1

    def _split(self) -> int | None:
        """The last column of the left half of the letterhead, or None when no two halves have room."""
        wanted = self._span_mm(0, self.last) * 0.42
        fits = [
            column
            for column in range(self.last)
            if self._span_mm(0, column) >= BODY_MM and self._span_mm(column + 1, self.last) >= NATIONAL_TITLE_MM
        ]
        return min(fits, key=lambda column: abs(self._span_mm(0, column) - wanted), default=None)

    def _write_letterhead(self) -> None:
        split = self._split()
        if split is None:
            self._write_national(0)
            self._write_issuer(self.last)
        else:
            top = self.row
            self._write_issuer(split)
            bottom, self.row = self.row, top
            self._write_national(split + 1)
            self.row = max(bottom, self.row)
        self.row += 1

    def _write_issuer(self, last: int) -> None:
        letterhead = self.document.letterhead
        if letterhead.superior:
            self._line(letterhead.superior.upper(), 0, last, font_size=12)
        for line in letterhead.body.upper().split("\n"):
            self._line(line, 0, last, font_size=12, bold=True)
        longest = max(map(len, letterhead.body.split("\n")))
        self._rule(0, last, longest * CAPITAL_MM * 0.4)
        if letterhead.number:
            self._line(f"Số: {letterhead.number}", 0, last, font_size=13)

    def _write_national(self, first: int) -> None:
        self._line(NATIONAL_TITLE, first, self.last, font_size=12, bold=True)
        self._line(MOTTO, first, self.last, font_size=13, bold=True)
        self._rule(first, self.last, MOTTO_MM)
        self._line(self.document.letterhead.place_and_date, first, self.last, font_size=13, italic=True)

    def _line(self, text: str, first: int, last: int, **properties: Any) -> None:
        self._put(text, first, last, shrink=True, **properties)
        self.sheet.set_row(self.row, LINE_POINTS)
        self.row += 1

    def _rule(self, first: int, last: int, length_mm: float) -> None:
        """Ask for a rule under the row just written; it is drawn when the widths of the columns are final."""
        self.rules.append((self.row - 1, first, last, length_mm))

    def _write_titles(self) -> None:
        document = self.document
        for text, size, properties in (
            (document.annex, 14, {"bold": True}),
            (document.title.upper(), 14, {"bold": True}),
            (document.subtitle, 13, {"bold": True}),
            (document.basis, 12, {"italic": True}),
        ):
            if text:
                self._put_wrapped(text, size, **properties)
        if document.unit:
            self._put_wrapped(f"Đơn vị tính: {document.unit}", 11, italic=True, align="right")
        else:
            self.row += 1

    def _write_head(self) -> None:
        heading = self.make(bold=True, border=1, align="center", text_wrap=True, num_format="@")
        top = self.row
        levels = self.document.headings()
        for down, level in enumerate(levels):
            for text, column, columns, rows in level:
                if columns * rows > 1:
                    self.sheet.merge_range(top + down, column, top + down + rows - 1, column + columns - 1, "", heading)
                self.sheet.write_string(top + down, column, text, heading)
            self.sheet.set_row(top + down, self._head_height(down, len(levels)))
        self.row = top + len(levels)
        for column, label in enumerate(self.document.index_row):
            index = self.make(italic=True, border=1, align="center", font_size=9, text_wrap=True, num_format="@")
            self.sheet.write_string(self.row, column, label, index)
        self.row += 1

    def _head_height(self, down: int, levels: int) -> float:
        """Points of one row of the head; a heading over both rows shares its height between them."""
        needed = [18.0]
        for level, cells in enumerate(self.document.headings()):
            for text, column, columns, rows in cells:
                height = height_points(text, self._span_mm(column, column + columns - 1) - 2, 11.5)
                if rows == 2 or level == down:
                    needed.append(height / min(rows, levels))
        return max(needed)

    def _styles(self, position: int, column: Column) -> ColumnStyles:
        is_text = column.kind == "text"
        shared = {
            "border": 1,
            "num_format": NUMBER_FORMATS[column.kind],
            "align": ALIGNMENT.get(column.kind, "center"),
            "font_size": self.document.text_size,
            "text_wrap": is_text,
        }
        indent = 1 if is_text and position < 3 else 0
        looks = (self.make(**shared), self.make(indent=indent, **shared), self.make(bold=True, **shared))
        numbers = tuple(look._get_xf_index() for look in looks)  # the number XlsxWriter itself would write
        return ColumnStyles((numbers[0], numbers[1], numbers[2]), is_ratio=column.kind == "percent")

    def _write_totals(self) -> None:
        totals = self.reading.totals()
        if totals is None:
            return
        self._put(totals.label, 0, totals.span - 1, bold=True, border=1, font_size=self.document.text_size)
        for position in range(totals.span, self.last + 1):
            self._put_total(position, totals.cells[position])
        self.row += 1

    def _put_total(self, position: int, cell: Cell) -> None:
        kind = self.document.columns[position].kind
        shared = {"bold": True, "border": 1, "font_size": self.document.text_size}
        look = self.make(num_format=NUMBER_FORMATS[kind], align=ALIGNMENT.get(kind, "center"), **shared)
        if isinstance(cell, int | float | Decimal):
            self.sheet.write_number(self.row, position, cell, look)
        else:
            self.sheet.write_string(self.row, position, shown(cell, kind), look)

    def _write_notes(self) -> None:
        for note in self.document.closing_notes:
            self._put_wrapped(note, 11, italic=True, align="left")

    def _write_signatures(self) -> None:
        """Recipients and signature blocks side by side, or one under another where the table is too narrow."""
        blocks = self.document.signatures
        parts = len(blocks) + bool(self.document.recipients)
        edges = self._edges(parts)
        narrow = any(self._span_mm(first, last) < SIGNATURE_MM for first, last in edges)
        if narrow:
            edges = [(0, self.last)] * parts
        self.row += 1
        top = bottom = self.row
        if self.document.recipients:
            self._write_recipients(*edges.pop(0))
            bottom = self.row
        deepest = max((len(block.title_lines) for block in blocks), default=0)
        for block, (first, last) in zip(blocks, edges, strict=True):
            self.row = bottom if narrow else top
            self._write_signature(block, deepest, first, last)
            bottom = max(bottom, self.row)
        self.row = bottom

    def _write_signature(self, block: Signature, deepest: int, first: int, last: int) -> None:
        name_row = self.row + deepest + 1 + SIGNING_ROWS
        for line in block.title_lines:
            self._line(line, first, last, bold=True, font_size=13)
        self._line(block.note, first, last, italic=True)
        self.row = name_row
        self._line(block.name, first, last, bold=True, font_size=13)

    def _edges(self, parts: int) -> list[tuple[int, int]]:
        """First and last column of each of `parts` blocks of about equal width; a block may be left with none."""
        total = self._span_mm(0, self.last)
        middles = [self._span_mm(0, column) - self.widths_mm[column] / 2 for column in range(self.last + 1)]
        ends = [sum(middle < total * part / max(parts, 1) for middle in middles) for part in range(parts + 1)]
        return [(first, after - 1) for first, after in pairwise(ends)]

    def _write_recipients(self, first: int, last: int) -> None:
        self._line("Nơi nhận:", first, last, bold=True, italic=True, font_size=12, align="left")
        for recipient in self.document.recipients:
            self._line(f"- {recipient}", first, last, align="left")

    def _set_columns(self) -> None:
        """Give each column its width, and more where its numbers would otherwise be shown as ####."""
        totals = self.reading.totals()
        for position, column in enumerate(self.document.columns):
            figures = [self.sheet.largest[position]]
            if totals and column.total:
                figures.append(totals.cells[position])
            widest = max(len(shown(figure, column.kind)) for figure in figures)
            if column.kind in NUMERIC_KINDS:
                self.widths_mm[position] = max(self.widths_mm[position], widest * DIGIT_MM + 3)
            self.sheet.set_column_pixels(position, position, round(self.widths_mm[position] * PIXELS_PER_MM))

    def _draw_rules(self) -> None:
        for row, first, last, length_mm in self.rules:
            room = self._span_mm(first, last)
            length = min(length_mm, room)
            left = self._span_mm(0, first - 1) + (room - length) / 2
            self.sheet.insert_textbox(
                row,
                0,
                "",
                {
                    "width": round(length * PIXELS_PER_MM),
                    "height": 1,
                    "x_offset": round(left * PIXELS_PER_MM),
                    "y_offset": RULE_PIXELS_DOWN,
                    "fill": {"color": "black"},
                    "line": {"none": True},
                    "decorative": True,
                },
            )

    def _set_page(self, head: int, body: int) -> None:
        sheet = self.sheet
        if self.document.landscape:
            sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(**{side: mm / MM_PER_INCH for side, mm in MARGIN_MM.items()})
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, self.row - 1, self.last)
        sheet.repeat_rows(head, body - 1)
        sheet.freeze_panes(body, 0)
        sheet.hide_gridlines(2)
        sheet.set_header(f'&C&"{FONT},Regular"&13&P', {"margin": 10 / MM_PER_INCH})
        sheet.set_footer(f'&L&"{FONT},Italic"&8{self._footer()}', {"margin": 8 / MM_PER_INCH})
        sheet.ignore_errors({"number_stored_as_text": xl_range(body, 0, self.row - 1, self.last)})

    def _footer(self) -> str:
        text = self.document.origin
        if self.document.watermark:
            text += f" · Bản của {self.document.watermark}"
        return text.replace("&", "&&")[:FOOTER_LIMIT]
