"""Books as bytes: .xlsx, .xlsm, .xls, .ods and text in its encodings."""

from __future__ import annotations

import csv
import datetime
import io
import unicodedata
from typing import Any

import xlsxwriter
import xlwt
from odf import table as odf_table
from odf.opendocument import OpenDocumentSpreadsheet
from odf.text import P

from tests.beneficiaries.intake.wild.pages import Book, Failed, Formula, Page


def name_of(book: Book) -> str:
    return f"ds.{'csv' if book.format.startswith('csv') else book.format}"


def bytes_of(book: Book) -> bytes:
    if book.format.startswith("csv"):
        _, encoding, separator = book.format.split(" ")
        return _text(book.pages[0], encoding, separator)
    return {"xlsx": _xlsx, "xlsm": _xlsx, "xls": _xls, "ods": _ods}[book.format](book)


def _xlsx(book: Book) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as file:
        for page in book.pages:
            _xlsx_page(file, page)
    return stream.getvalue()


def _xlsx_page(file: Any, page: Page) -> None:
    sheet = file.add_worksheet(page.name)
    plain = {column: file.add_format({"font_name": font}) for column, font in page.fonts.items()}
    day = file.add_format({"num_format": "dd/mm/yyyy"})
    for top, left, bottom, right in page.merges:
        sheet.merge_range(top - 1, left, bottom - 1, right, "")
    for row, cells in enumerate(page.rows):
        for column, cell in enumerate(cells):
            _xlsx_cell(sheet, row, column, cell, day if isinstance(cell, datetime.date) else plain.get(column))
    for row in page.hidden_rows:
        sheet.set_row(row - 1, None, None, {"hidden": True})
    for column in page.hidden_columns:
        sheet.set_column(column, column, None, None, {"hidden": True})


def _xlsx_cell(sheet: Any, row: int, column: int, cell: Any, style: Any) -> None:
    if isinstance(cell, Formula):
        sheet.write_formula(row, column, cell.text, style, cell.value)
    elif isinstance(cell, Failed):
        sheet.write_formula(row, column, "=NA()", style, cell.text)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(row, column, cell, style)
    elif not isinstance(cell, str):
        sheet.write_number(row, column, cell, style)
    elif cell:
        sheet.write_string(row, column, cell, style)


def _xls(book: Book) -> bytes:
    file = xlwt.Workbook(encoding="utf-8")
    for page in book.pages:
        sheet = file.add_sheet(page.name[:31], cell_overwrite_ok=True)
        plain = {column: xlwt.easyxf(f"font: name {font}") for column, font in page.fonts.items()}
        day, usual = xlwt.easyxf(num_format_str="dd/mm/yyyy"), xlwt.easyxf("font: name Times New Roman")
        for top, left, bottom, right in page.merges:
            sheet.merge(top - 1, bottom - 1, left, right)
        for column in page.hidden_columns:
            sheet.col(column).hidden = True
        for row, cells in enumerate(page.rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, Failed):
                    code = {
                        "#NULL!": 0,
                        "#DIV/0!": 7,
                        "#VALUE!": 15,
                        "#REF!": 23,
                        "#NAME?": 29,
                        "#NUM!": 36,
                        "#N/A": 42,
                    }
                    sheet.row(row).set_cell_error(column, code[cell.text], usual)
                    continue
                value = cell.value if isinstance(cell, Formula) else cell
                if value != "":
                    is_day = isinstance(value, datetime.date)
                    sheet.write(row, column, value, day if is_day else plain.get(column, usual))
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def _ods(book: Book) -> bytes:
    document = OpenDocumentSpreadsheet()
    for page in book.pages:
        table = odf_table.Table(name=page.name)
        covered = {
            (r, c): (top, left)
            for top, left, bottom, right in page.merges
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
        }
        spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in page.merges}
        for column in range(max([*page.hidden_columns, -1]) + 1):
            is_hidden = column in page.hidden_columns
            table.addElement(odf_table.TableColumn(visibility="collapse") if is_hidden else odf_table.TableColumn())
        for number, cells in enumerate(page.rows, 1):
            row = odf_table.TableRow(visibility="collapse") if number in page.hidden_rows else odf_table.TableRow()
            width = max([len(cells), *(c + 1 for r, c in covered if r == number)])
            for column in range(width):
                place, cell = (number, column), cells[column] if column < len(cells) else ""
                if place in covered and covered[place] != place:
                    row.addElement(odf_table.CoveredTableCell())
                else:
                    row.addElement(_ods_cell(cell, spans.get(place)))
            table.addElement(row)
        document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _ods_cell(cell: Any, span: tuple[int, int] | None) -> Any:
    more: dict[str, Any] = {"numberrowsspanned": span[0], "numbercolumnsspanned": span[1]} if span else {}
    if isinstance(cell, Formula):
        cell = cell.value
    if isinstance(cell, Failed):
        made = odf_table.TableCell(valuetype="string", stringvalue="", formula="of:=NA()", **more)
        made.addElement(P(text=cell.text))
    elif isinstance(cell, datetime.date):
        made = odf_table.TableCell(valuetype="date", datevalue=cell.isoformat(), **more)
        made.addElement(P(text=f"{cell:%d/%m/%Y}"))
    elif isinstance(cell, str):
        if not cell:
            return odf_table.TableCell(**more)
        made = odf_table.TableCell(valuetype="string", **more)
        for line in cell.split("\n"):
            made.addElement(P(text=line))
    else:
        made = odf_table.TableCell(valuetype="float", value=str(cell), **more)
        made.addElement(P(text=str(cell)))
    return made


def _text(page: Page, encoding: str, separator: str) -> bytes:
    stream = io.StringIO(newline="")
    width = max(map(len, page.rows))
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    for row in page.rows:
        writer.writerow([_shown(cell) for cell in row] + [""] * (width - len(row)))
    text = stream.getvalue()
    if encoding == "cp1258":
        return _cp1258(text)
    return text.encode(encoding)


def _cp1258(text: str) -> bytes:
    """As Windows saves it: base letters with â ă ê ô ơ ư whole and tones behind them."""
    out = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tones = [mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"]
            base = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in tones))
            out += (base + "".join(tones)).encode("cp1258", errors="replace")
    return bytes(out)


def _shown(cell: Any) -> str:
    if isinstance(cell, Formula):
        cell = cell.value
    if isinstance(cell, Failed):
        return cell.text
    if isinstance(cell, datetime.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    return str(cell)
