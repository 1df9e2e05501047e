"""Writes a document as an official Excel workbook (Nghị định 30/2020/NĐ-CP), or as a plain .csv file."""

from datetime import UTC, date
from os import PathLike

from xlsxwriter import Workbook

from reports.document import Cell, Document, Reading, shown
from reports.official_sheet import A4, OfficialSheet, format_maker

PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(document: Document, path: str | PathLike[str]) -> None:
    """Write the document as .xlsx: the same document gives the same bytes, and rows stream in flat memory.

    Raises TotalsDiffer when its totals are not the sums of its rows, ValueError for rows of a wrong width or more
    rows than a sheet holds; then there is no file at `path`.
    """
    book = Workbook(str(path), PLAIN)
    book.set_properties(
        {
            "title": document.title,
            "subject": document.kind,
            "author": document.info.author,
            "company": document.letterhead.body.replace("\n", " "),
            "keywords": document.info.snapshot_id,
            "created": document.info.taken_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    reading = Reading(document)
    OfficialSheet(book, reading).write()
    _write_info(book, reading)
    book.close()


def _write_info(book: Workbook, reading: Reading) -> None:
    """The sheet "Thông tin": what the figures are, so that a printed sheet can be traced to its snapshot."""
    sheet = book.add_worksheet("Thông tin")
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    make = format_maker(book)
    label = make(bold=True, border=1, valign="top", text_wrap=True)
    text = make(border=1, align="left", text_wrap=True, num_format="@")
    number = make(border=1, align="left", num_format="[$-42A]#,##0")
    for row, (name, value) in enumerate(_info_lines(reading)):
        sheet.write_string(row, 0, name, label)
        if value is None or isinstance(value, str | date):
            sheet.write_string(row, 1, shown(value, "date"), text)
        else:
            sheet.write_number(row, 1, value, number)


def _info_lines(reading: Reading) -> list[tuple[str, Cell]]:
    document, info = reading.document, reading.document.info
    lines: list[tuple[str, Cell]] = [
        ("Tên biểu", document.title),
        ("Phạm vi", info.scope),
        *info.filters,
        ("Thời điểm lấy số liệu", info.taken_at_text),
        ("Người lập", info.author),
        ("Mã bản chụp số liệu", info.snapshot_id),
        ("Số dòng", reading.count),
        *info.totals,
        ("Đơn vị chưa có số liệu", ", ".join(info.missing) or "Không"),
        ("Mã kiểm tra (SHA-256)", reading.checksum),
    ]
    if document.watermark:
        lines.append(("Bản của", document.watermark))
    return lines
