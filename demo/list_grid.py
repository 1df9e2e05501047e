"""A sheet as a grid of cells, written as .xlsx or .xls the way an official's file looks: fonts, borders, merges."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

Value = str | int | date


@dataclass(slots=True)
class Grid:
    """Cells by (row, column), from 0; a style is one of STYLES; a merge is (row, column, last row, last column)."""

    name: str
    font: str = "Times New Roman"
    capitals_font: str = ""  # for the headings, where a font has capitals of its own
    cells: dict[tuple[int, int], tuple[Value, str]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)

    def put(self, row: int, column: int, value: Value, style: str = "plain") -> None:
        """Write one cell; an empty text only draws the border."""
        self.cells[row, column] = (value, style)

    def merge(self, row: int, column: int, last_row: int, last_column: int, value: str, style: str) -> None:
        """Write one text over several cells."""
        self.cells[row, column] = (value, style)
        self.merges.append((row, column, last_row, last_column))

    def font_of(self, style: str) -> str:
        """The font a style is written in."""
        return self.capitals_font if self.capitals_font and style in ("title", "letterhead", "sign") else self.font

    def rows(self) -> list[list[Value]]:
        """The values as rows, for formats that know neither merges nor styles."""
        height = 1 + max(row for row, _ in self.cells)
        width = 1 + max(column for _, column in self.cells)
        return [[self.cells.get((row, column), ("", ""))[0] for column in range(width)] for row in range(height)]


STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "align": "center", "valign": "vcenter", "font_size": 14},
    "letterhead": {"bold": True, "align": "center", "font_size": 12},
    "italic": {"italic": True, "align": "center", "font_size": 12},
    "header": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1},
    "index": {"italic": True, "align": "center", "border": 1},
    "cell": {"border": 1},
    "number": {"border": 1, "align": "center"},
    "identity": {"border": 1, "num_format": "0"},
    "date": {"border": 1, "num_format": "dd/mm/yyyy", "align": "center"},
    "section": {"bold": True, "border": 1},
    "sign": {"bold": True, "align": "center"},
}


def write_xlsx(grid: Grid, path: Path, *, text_format: bool = False) -> None:
    """Write one sheet, always the same bytes for the same grid; `text_format` marks plain cells as Text."""
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    book.set_properties({"author": "", "created": datetime(2024, 10, 1)})  # noqa: DTZ001 - the format knows no zone
    as_text = {"num_format": "@"} if text_format else {}
    styles = {
        name: book.add_format(
            {"font_name": grid.font_of(name), "font_size": 12, **style, **(as_text if name == "cell" else {})}
        )
        for name, style in STYLES.items()
    }
    sheet = book.add_worksheet(grid.name)
    sheet.set_landscape()
    sheet.set_paper(9)
    for column, width in enumerate(grid.widths):
        sheet.set_column(column, column, width)
    for row, column, last_row, last_column in grid.merges:
        value, style = grid.cells[row, column]
        sheet.merge_range(row, column, last_row, last_column, value, styles[style])
    merged = {(row, column) for row, column, _, _ in grid.merges}
    for (row, column), (value, style) in sorted(grid.cells.items()):
        if (row, column) in merged:
            continue
        if isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), styles["date"])  # noqa: DTZ001
        elif isinstance(value, int):
            sheet.write_number(row, column, value, styles[style])
        elif value:
            sheet.write_string(row, column, value, styles[style])
        else:
            sheet.write_blank(row, column, None, styles[style])
    book.close()


def write_xls(grid: Grid, path: Path) -> None:
    """Write one sheet in the format of Excel 97 to 2003."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(grid.name)
    styles = {name: _xls_style(style, grid.font) for name, style in STYLES.items()}
    for column, width in enumerate(grid.widths):
        sheet.col(column).width = width * 256
    merged = {(row, column): (last_row, last_column) for row, column, last_row, last_column in grid.merges}
    for (row, column), (value, style) in sorted(grid.cells.items()):
        if (row, column) in merged:
            last_row, last_column = merged[row, column]
            sheet.write_merge(row, last_row, column, last_column, value, styles[style])
        else:
            sheet.write(row, column, value, styles["date" if isinstance(value, date) else style])
    book.save(str(path))


def _xls_style(style: dict[str, Any], font: str) -> xlwt.XFStyle:
    parts = [
        f"font: name {font}, height {style.get('font_size', 12) * 20}",
        f"font: bold {bool(style.get('bold'))}, italic {bool(style.get('italic'))}",
    ]
    parts.append(f"align: wrap {bool(style.get('text_wrap'))}, horiz {style.get('align', 'general')}, vert center")
    if style.get("border"):
        parts.append("borders: left thin, right thin, top thin, bottom thin")
    return xlwt.easyxf("; ".join(parts), num_format_str=style.get("num_format", "General"))
