"""More files as they come from old PCs, converters and people who mean harm: read whole, or refused in a sentence.

Beside test_guard.py, whose kinds are about the package; these are about what stands inside (reliability page, groups C
to G). Each is read within the limits of production: never above 512 MB or 20 seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.refusals import Refused
from tests.beneficiaries.intake.workbooks import (
    ROWS,
    SHEET,
    changed,
    csv,
    ods,
    package,
    parts,
    saved,
    with_entry,
    xls,
    xlsx,
)

MEMORY, SECONDS = 512 * 1024 * 1024, 20  # what is promised
Make = Callable[[], bytes]


def in_sheet(more: bytes) -> bytes:
    return changed(SHEET, b"</sheetData>", more + b"</sheetData>")


def after_data(more: bytes) -> bytes:
    return changed(SHEET, b"</sheetData>", b"</sheetData>" + more)


def row(inside: bytes, number: int = 9) -> bytes:
    return b'<row r="%d">%s</row>' % (number, inside)


def inline(text: bytes) -> bytes:
    return in_sheet(row(b'<c r="A9" t="inlineStr"><is><t>' + text + b"</t></is></c>"))


def strings(old: bytes, new: bytes) -> bytes:
    return changed("xl/sharedStrings.xml", old, new)


def workbook(old: bytes, new: bytes) -> bytes:
    return changed("xl/workbook.xml", old, new)


def ods_with(old: bytes, new: bytes) -> bytes:
    entries = parts(ods())
    assert old in entries["content.xml"], entries["content.xml"][:1500]
    return package(entries | {"content.xml": entries["content.xml"].replace(old, new, 1)})


# What stands in the last row that has something in it, beside the three rows of the sample; None: nothing more.
READ: dict[str, tuple[Make, str, list[str] | None]] = {
    "inline string": (lambda: inline("Lò Thị Hòa".encode()), "a.xlsx", ["Lò Thị Hòa"]),
    "rich text": (
        lambda: in_sheet(row(b'<c r="A9" t="inlineStr"><is><r><t xml:space="preserve">An </t></r>'
            b"<r><t>Na</t></r></is></c>")),
        "a.xlsx", ["An Na"],
    ),
    "markup as text": (lambda: inline(b"&lt;script&gt;alert(1)&lt;/script&gt;"), "a.xlsx",
        ["<script>alert(1)</script>"]),
    "formula as text": (lambda: inline(b"=cmd|' /C calc'!A0"), "a.xlsx", ["=cmd|' /C calc'!A0"]),
    "emoji and bidi marks": (lambda: inline("😀 \u202eabc".encode()), "a.xlsx", ["😀 \u202eabc"]),
    "CDATA": (lambda: inline(b"<![CDATA[Ba & Na]]>"), "a.xlsx", ["Ba & Na"]),
    "numeric references": (lambda: inline(b"&#x1EA4;n"), "a.xlsx", ["Ấn"]),
    "boolean": (lambda: in_sheet(row(b'<c r="A9" t="b"><v>1</v></c>')), "a.xlsx", ["TRUE"]),
    "formula with its result": (
        lambda: in_sheet(row(b'<c r="A9"><f>SUM(A2:A3)</f><v>3</v></c>')), "a.xlsx", ["3"],
    ),
    "formula with a text result": (
        lambda: in_sheet(row(b'<c r="A9" t="str"><f>B2</f><v>Na</v></c>')), "a.xlsx", ["Na"],
    ),
    "live link to a program in a formula": (
        lambda: in_sheet(row(b'<c r="A9" t="str"><f>cmd|\'/c calc\'!A1</f><v>0</v></c>')), "a.xlsx", ["0"],
    ),
    "formulas in a circle": (
        lambda: in_sheet(row(b'<c r="A9"><f>B9</f><v>7</v></c><c r="B9"><f>A9</f><v>7</v></c>')), "a.xlsx", ["7", "7"],
    ),
    "dates of 1904": (
        lambda: workbook(b"<workbookPr ", b'<workbookPr date1904="1" '), "a.xlsx", None,
    ),
    "filter over the list": (lambda: after_data(b'<autoFilter ref="A1:G3"/>'), "a.xlsx", None),
    "whole-column merge": (lambda: after_data(b'<mergeCells count="1"><mergeCell ref="H1:H1048576"/></mergeCells>'),
        "a.xlsx", None),
    "frozen and hidden column": (
        lambda: changed(SHEET, b"<sheetData>", b'<cols><col min="2" max="2" width="9" hidden="1"/></cols><sheetData>'),
        "a.xlsx", None,
    ),
    "empty rows far below": (lambda: in_sheet(b'<row r="39000"/>'), "a.xlsx", None),
    "unknown attributes": (lambda: changed(SHEET, b'<row r="2"', b'<row foo="0.25" r="2"'), "a.xlsx", None),
    "markup in a sheet's name": (
        lambda: xlsx(name="<b>1<b> & Co"), "a.xlsx", None,
    ),
    "comments and drawings": (lambda: with_entry("xl/comments1.xml", b"<comments/>"), "a.xlsx", None),
    "printer settings": (lambda: with_entry("xl/printerSettings/printerSettings1.bin", b"\0" * 99), "a.xlsx", None),
    "a hidden sheet beside it": (
        lambda: xlsx(sheets={"DS": ROWS, "Ẩn": [["x"]]}, hidden_sheets=["Ẩn"]), "a.xlsx", None,
    ),
    "rows hidden by a filter": (lambda: xlsx(hidden_rows=[3]), "a.xlsx", None),
    "an xls with odd fonts": (lambda: xls(font=".VnArial NarrowH"), "a.xls", None),
    "elements nested a hundred thousand deep": (
        lambda: after_data(b"<a>" * 100_000 + b"</a>" * 100_000), "a.xlsx", None,
    ),
    "a hundred thousand attributes": (
        lambda: in_sheet(b'<row r="9" ' + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>"), "a.xlsx", None,
    ),
    "ods named xlsx": (ods, "a.xlsx", None),
    "name with a path": (xlsx, "C:\\Users\\xa\\DS.xlsx", None),
    "name with odd letters": (xlsx, "DS \u202excod.xlsx", None),
    "ods with repeated empty rows": (
        lambda: ods_with(b"</table:table>", b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
            b'table:number-columns-repeated="1024"/></table:table-row></table:table>'),
        "a.ods", None,
    ),
    "ods with a repeated cell": (
        lambda: ods_with(b"</table:table>", b'<table:table-row><table:table-cell table:number-columns-repeated="3" '
            b'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'),
        "a.ods", ["x", "x", "x"],
    ),
    "csv with old line ends": (lambda: csv().replace(b"\r\n", b"\r"), "a.csv", None),
    "csv with unix line ends": (lambda: csv().replace(b"\r\n", b"\n"), "a.csv", None),
    "csv with quoted line breaks": (lambda: csv([*ROWS, ["a\nb", "c"]]), "a.csv", ["a\nb", "c"]),
    "csv with a separator line": (lambda: b"sep=;\r\n" + csv(separator=";"), "a.csv", None),
    "csv in windows-1258": (lambda: csv([HEADER_1258, ["1", "An"]], encoding="cp1258"), "a.csv", ["1", "An"]),
    "csv with blank lines": (lambda: csv().replace(b"\r\n", b"\r\n\r\n\r\n"), "a.csv", None),
}  # fmt: skip
HEADER_1258 = ["STT", "Ho và tên"]

REFUSED: dict[str, tuple[Make, str, str]] = {
    "quadratic blow-up": (
        lambda: strings(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]>'),
        "a.xlsx", "unsafe_package",
    ),
    "file entity": (
        lambda: strings(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "a.xlsx", "unsafe_package",
    ),
    "web entity": (
        lambda: strings(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
            b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'),
        "a.xlsx", "unsafe_package",
    ),
    "cell outside the grid": (lambda: in_sheet(row(b'<c r="XFE9"><v>1</v></c>')), "a.xlsx", "too_many_columns"),
    "row number zero": (lambda: in_sheet(b'<row r="0"><c r="A0"><v>1</v></c></row>'), "a.xlsx", "unsafe_package"),
    "row number beyond the sheet": (
        lambda: in_sheet(row(b'<c r="A1048577"><v>1</v></c>', 1_048_577)), "a.xlsx", "too_far_down",
    ),
    "sheet that is not there": (
        lambda: package({k: v for k, v in parts(xlsx()).items() if k != SHEET}), "a.xlsx", "unreadable",
    ),
    "half a zip": (lambda: xlsx()[: len(xlsx()) // 2], "a.xlsx", "damaged"),
    "zip header alone": (lambda: b"PK\x03\x04" + b"\0" * 40, "a.xlsx", "damaged"),
    "xls named csv": (xls, "a.csv", "wrong_type"),
    "rtf as xls": (lambda: b"{\\rtf1\\ansi DS ho ngheo}", "a.xls", "wrong_type"),
    "web archive as xls": (
        lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html></html>", "a.xls", "web_page",
    ),
    "program as xlsx": (lambda: b"MZ\x90\x00" + b"\0" * 200, "a.xlsx", "wrong_type"),
    "only spaces": (lambda: b"   \r\n  \r\n", "a.csv", "empty"),
    "ods bomb": (
        lambda: ods_with(b"</table:table>", b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
            b'table:number-columns-repeated="60" office:value-type="string"><text:p>x</text:p></table:table-cell>'
            b"</table:table-row></table:table>"),
        "a.ods", "unreadable",
    ),
}  # fmt: skip


def lines(content: list[list[object]]) -> list[list[str]]:
    return [found for line in content if (found := [str(cell) for cell in line if cell not in (None, "")])]


@pytest.mark.parametrize("kind", READ)
def test_an_odd_file_is_read_whole_within_the_limits(kind, tmp_path):
    make, name, last = READ[kind]
    began = time.monotonic()

    sheets = read_workbook(saved(tmp_path, make(), name), name)

    assert time.monotonic() - began < SECONDS
    found = lines(sheets[0].rows)
    if kind == "csv in windows-1258":
        assert found == [HEADER_1258, last]
    else:
        assert found == lines(ROWS) + ([last] if last else [])


def test_the_limits_are_those_that_are_promised():
    assert (Limits().memory, Limits().seconds) == (MEMORY, SECONDS)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_file_is_refused_within_the_limits(kind, tmp_path):
    make, name, code = REFUSED[kind]

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, make(), name), name)

    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")
