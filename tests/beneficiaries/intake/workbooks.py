"""Files for the tests of the import: small workbooks in every format, and hostile or odd variations of them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

HEADER = ["STT", "Họ và tên chủ hộ", "Ngày sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ"]
ROWS: list[list[Any]] = [
    HEADER,
    [1, "Nguyễn Văn Tám", "14/03/1965", "Nam", "060065912345", "Thôn 1", "Hộ nghèo"],
    [2, "Trần Thị Bưởi", "25/12/1970", "Nữ", "060170912346", "Thôn 2", "Hộ cận nghèo"],
]


def xlsx(
    rows: Sequence[Sequence[Any]] = ROWS,
    *,
    name: str = "Danh sách",
    merges: Sequence[str] = (),
    fonts: Mapping[int, str] | None = None,
    sheets: Mapping[str, Sequence[Sequence[Any]]] | None = None,
    hidden_sheets: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
) -> bytes:
    """An .xlsx; numbers stay numbers, a text beginning with "=" is a formula. Merges like "A1:B2"."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    formats = {column: book.add_format({"font_name": font}) for column, font in (fonts or {}).items()}
    for sheet_name, sheet_rows in (sheets or {name: rows}).items():
        sheet = book.add_worksheet(sheet_name)
        for merge in merges:
            sheet.merge_range(merge, "")
        _write_rows(sheet, sheet_rows, formats)
        for row_index in hidden_rows:
            sheet.set_row(row_index - 1, None, None, {"hidden": True})
        if sheet_name in hidden_sheets:
            sheet.hide()
    book.close()
    return stream.getvalue()


def _write_rows(sheet: Any, rows: Sequence[Sequence[Any]], formats: Mapping[int, Any]) -> None:
    for row_index, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str) and value and not value.startswith("="):
                sheet.write_string(row_index, column, value, formats.get(column))
            elif value is not None and value != "":
                sheet.write(row_index, column, value, formats.get(column))


def xls(rows: Sequence[Sequence[Any]] = ROWS, font: str = "Times New Roman") -> bytes:
    """The same as .xls."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("DS")
    style = xlwt.easyxf(f"font: name {font}")
    date_style = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for row_index, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None and value != "":
                sheet.write(row_index, column, value, date_style if hasattr(value, "year") else style)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods(rows: Sequence[Sequence[Any]] = ROWS) -> bytes:
    """The same as .ods."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="DS")
    for row in rows:
        table_row = TableRow()
        for value in row:
            if isinstance(value, int):
                cell = TableCell(valuetype="float", value=str(value))
            elif hasattr(value, "isoformat"):
                cell = TableCell(valuetype="date", datevalue=value.isoformat())
            else:
                cell = TableCell(valuetype="string")
            cell.addElement(P(text=str(value if value is not None else "")))
            table_row.addElement(cell)
        table.addElement(table_row)
    document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def csv(rows: Sequence[Sequence[Any]] = ROWS, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """The same as text; cells with the separator are quoted."""

    def cell(value: Any) -> str:
        text = "" if value is None else str(value)
        return f'"{text}"' if separator in text or "\n" in text else text

    return "\r\n".join(separator.join(map(cell, row)) for row in rows).encode(encoding)


def parts(content: bytes) -> dict[str, bytes]:
    """The entries of a package by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def package(entries: Mapping[str, bytes]) -> bytes:
    """A package of these entries."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def changed(part: str, old: bytes, new: bytes, content: bytes | None = None) -> bytes:
    """A workbook in which one part is changed; fails when there is nothing to change."""
    entries = parts(content or xlsx())
    assert old in entries[part], (old, entries[part][:2000])
    entries[part] = entries[part].replace(old, new)
    return package(entries)


def with_entry(name: str, data: bytes) -> bytes:
    """A workbook with one more part."""
    return package(parts(xlsx()) | {name: data})


def saved(folder: Path, content: bytes, name: str) -> Path:
    """Put content under a neutral name on the disk, as the upload does; `name` is only told."""
    path = folder / "upload.bin"
    path.write_bytes(content)
    return path
