"""Hostile, foreign and odd files: refused with one sentence that says what to do, or read whole."""

import io
import struct
import subprocess
import time
import zipfile

import pytest
import xlwt

from beneficiaries.intake import read_child
from beneficiaries.intake.evidence import Limits, SheetEvidence
from beneficiaries.intake.guard import inspect
from beneficiaries.intake.read import read_workbook, refusal_message
from beneficiaries.intake.refusals import SENTENCES, Refused
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

DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
ROW_TWO = b'<row r="2"'


def encrypted_zip() -> bytes:
    content = bytearray(xlsx())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def symlink_zip() -> bytes:
    stream = io.BytesIO(xlsx())
    with zipfile.ZipFile(stream, "a") as archive:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def wrong_crc() -> bytes:
    content = xlsx()
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(SHEET.encode()))
    return content[: at + 16] + b"\x00\x00\x00\x01" + content[at + 20 :]


def overlapping() -> bytes:
    """Two directory entries that point at the same data."""
    content = bytearray(xlsx())
    entries = []
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        entries.append(at)
        at = content.find(b"PK\x01\x02", at + 4)
    content[entries[1] + 42 : entries[1] + 46] = content[entries[0] + 42 : entries[0] + 46]
    return bytes(content)


def bad_compression() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as archive:
        for name, data in parts(xlsx()).items():
            archive.writestr(name, data)
    return stream.getvalue()


def ole_with(name: str) -> bytes:
    """A minimal compound file that holds one empty stream of the given name."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 62, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = b"".join(directory_entry(*entry) for entry in (("Root Entry", 5), (name, 2))).ljust(512, b"\0")
    return bytes(header) + fat + directory


def directory_entry(name: str, kind: int) -> bytes:
    raw = name.encode("utf-16-le")
    entry = bytearray(128)
    entry[: len(raw)] = raw
    struct.pack_into("<HB", entry, 64, len(raw) + 2, kind)
    struct.pack_into("<II", entry, 116, 0xFFFFFFFE, 0)
    return bytes(entry)


def looping_ole() -> bytes:
    content = bytearray(ole_with("Workbook"))
    struct.pack_into("<I", content, 512 + 4, 1)  # the directory's sector follows itself
    return bytes(content)


def xls_with_password() -> bytes:
    """A FILEPASS record in place of the workbook's WRITEACCESS record."""
    return xls().replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00", 1)


def external_relation(kind: str) -> bytes:
    relation = (
        b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        + kind.encode() + b'" Target="file:///c:/x.xlsx" TargetMode="External"/></Relationships>'
    )  # fmt: skip
    return with_entry("xl/worksheets/_rels/sheet1.xml.rels", relation)


def cell(reference: str, inside: bytes = b"<v>1</v>", kind: bytes = b"") -> bytes:
    return b'<c r="' + reference.encode() + b'"' + kind + b">" + inside + b"</c>"


def with_rows(more: bytes) -> bytes:
    return changed(SHEET, b"</sheetData>", more + b"</sheetData>")


def many_rows(count: int) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(4, count + 4))
    return with_rows(rows)


BOMB = b"<x>" + b" " * 40_000_000 + b"</x>"

REFUSED = {
    "empty": (lambda: b"", "a.xlsx", "empty"),
    "random bytes": (lambda: bytes(range(7, 250)) * 9, "a.xlsx", "wrong_type"),
    "too big": (lambda: b"PK\x03\x04" + b"x" * (10 * 1024 * 1024), "a.xlsx", "too_big"),
    "html as xls": (lambda: b"<html><table><tr><td>STT</td></tr></table></html>", "a.xls", "web_page"),
    "html with BOM": (lambda: b"\xef\xbb\xbf  <!DOCTYPE html><html></html>", "a.xls", "web_page"),
    "xml spreadsheet 2003": (
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "a.xls",
            "web_page",
    ),
    "pdf": (lambda: b"%PDF-1.7 ...", "a.xlsx", "wrong_type"),
    "pdf as csv": (lambda: b"%PDF-1.7 ...", "a.csv", "wrong_type"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 99, "a.csv", "wrong_type"),
    "text as xlsx": (lambda: csv(), "a.xlsx", "wrong_type"),
    "xlsx named pdf": (xlsx, "a.pdf", "wrong_type"),
    "no name": (xlsx, "", "wrong_type"),
    "docx": (lambda: package({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "a.xlsx", "document"),
    "xlsb": (lambda: package({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}), "a.xlsx", "binary_workbook"),
    "a plain zip": (lambda: package({"a.txt": b"x"}), "a.xlsx", "wrong_type"),
    "doc as xls": (lambda: ole_with("WordDocument"), "a.xls", "document"),
    "unknown ole": (lambda: ole_with("Something"), "a.xls", "wrong_type"),
    "password xlsx": (lambda: ole_with("EncryptedPackage"), "a.xlsx", "password"),
    "password xls": (xls_with_password, "a.xls", "password"),
    "encrypted zip": (encrypted_zip, "a.xlsx", "password"),
    "truncated xlsx": (lambda: xlsx()[:-400], "a.xlsx", "damaged"),
    "truncated xls": (lambda: xls()[:2000], "a.xls", "damaged"),
    "ole header only": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "damaged"),
    "ole chain in a circle": (looping_ole, "a.xls", "damaged"),
    "wrong checksum": (wrong_crc, "a.xlsx", "damaged"),
    "bzip2 inside": (bad_compression, "a.xlsx", "unsafe_package"),
    "overlapping entries": (overlapping, "a.xlsx", "unsafe_package"),
    "symbolic link": (symlink_zip, "a.xlsx", "unsafe_package"),
    "path upwards": (lambda: with_entry("../evil.xml", b"<x/>"), "a.xlsx", "unsafe_package"),
    "absolute path": (lambda: with_entry("/etc/evil.xml", b"<x/>"), "a.xlsx", "unsafe_package"),
    "drive letter": (lambda: with_entry("c:evil.xml", b"<x/>"), "a.xlsx", "unsafe_package"),
    "same name in other case": (lambda: with_entry("XL/workbook.xml", b"<x/>"), "a.xlsx", "unsafe_package"),
    "10 000 entries": (
        lambda: package(parts(xlsx()) | {f"xl/x{n}.xml": b"" for n in range(10_000)}), "a.xlsx", "unpacks_too_large",
    ),
    "bomb in a sheet": (lambda: changed(SHEET, b"</sheetData>", b"</sheetData>" + b" " * 90_000_000), "a.xlsx",
    "unpacks_too_large"),
    "bomb in a picture": (lambda: with_entry("xl/media/image1.png", BOMB), "a.xlsx", "unpacks_too_large"),
    "bomb of 200 MB": (lambda: with_entry("xl/theme/theme9.xml", BOMB * 5), "a.xlsx", "unpacks_too_large"),
    "external link": (lambda: with_entry("xl/externalLinks/externalLink1.xml", b"<x/>"), "a.xlsx", "external_links"),
    "external data": (lambda: external_relation("oleObject"), "a.xlsx", "external_links"),
    "embedded document": (lambda: with_entry("xl/embeddings/oleObject1.bin", b"x"), "a.xlsx", "embedded_objects"),
    "ActiveX": (lambda: with_entry("xl/activeX/activeX1.xml", b"<x/>"), "a.xlsx", "embedded_objects"),
    "entities in a sheet": (
        lambda: changed(SHEET, b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', DOCTYPE), "a.xlsx",
            "unsafe_package",
    ),
    "entities in the strings": (
        lambda: changed("xl/sharedStrings.xml", b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', DOCTYPE),
        "a.xlsx", "unsafe_package",
    ),
    "DTD in the relations": (
        lambda: changed("xl/_rels/workbook.xml.rels", b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
            DOCTYPE),
        "a.xlsx", "unsafe_package",
    ),
    "sheet in UTF-16": (
        lambda: package(parts(xlsx()) | {SHEET: parts(xlsx())[SHEET].decode().replace("UTF-8",
            "UTF-16").encode("utf-16")}),
        "a.xlsx", "unsafe_package",
    ),
    "sheet cut off": (lambda: changed(SHEET, b"</worksheet>", b""), "a.xlsx", "damaged"),
    "mismatched tags": (lambda: changed(SHEET, b"</row></sheetData>", b"</sheetData></row>"), "a.xlsx", "damaged"),
    "bad UTF-8": (lambda: changed("xl/sharedStrings.xml", b"STT", b"ST\xff\xfe"), "a.xlsx", "damaged"),
    "NUL in XML": (lambda: changed("xl/sharedStrings.xml", b"STT", b"ST\x00"), "a.xlsx", "damaged"),
    "no workbook part": (lambda: package({"[Content_Types].xml": b"<x/>"}), "a.xlsx", "damaged"),
    "no relations": (
        lambda: package({k: v for k, v in parts(xlsx()).items() if k != "xl/_rels/workbook.xml.rels"}), "a.xlsx",
            "damaged",
    ),
    "cell in the last corner": (
        lambda: with_rows(b'<row r="1048576">' + cell("XFD1048576") + b"</row>"), "a.xlsx", "too_many_columns",
    ),
    "data far down": (lambda: with_rows(b'<row r="1048576">' + cell("A1048576") + b"</row>"), "a.xlsx", "too_far_down"),
    "data far right": (lambda: with_rows(b'<row r="9">' + cell("CV9") + b"</row>"), "a.xlsx", "too_many_columns"),
    "20 001 rows": (lambda: many_rows(20_000), "a.xlsx", "too_many_rows"),
    "row number twice": (lambda: with_rows(b'<row r="3">' + cell("A3") + b"</row>"), "a.xlsx", "unsafe_package"),
    "rows out of order": (lambda: with_rows(b'<row r="2">' + cell("A2") + b"</row>"), "a.xlsx", "unsafe_package"),
    "cells out of order": (lambda: with_rows(b'<row r="9">' + cell("B9") + cell("A9") + b"</row>"), "a.xlsx",
    "unsafe_package"),
    "same cell twice": (lambda: with_rows(b'<row r="9">' + cell("B9") + cell("B9") + b"</row>"), "a.xlsx",
    "unsafe_package"),
    "string index -1": (
        lambda: with_rows(b'<row r="9">' + cell("A9", b"<v>-1</v>", b' t="s"') + b"</row>"), "a.xlsx", "unsafe_package",
    ),
    "string index abc": (
        lambda: with_rows(b'<row r="9">' + cell("A9", b"<v>abc</v>", b' t="s"') + b"</row>"), "a.xlsx",
            "unsafe_package",
    ),
    "string index too high": (
        lambda: with_rows(b'<row r="9">' + cell("A9", b"<v>999999</v>", b' t="s"') + b"</row>"), "a.xlsx",
            "unsafe_package",
    ),
    "unknown cell type": (
        lambda: with_rows(b'<row r="9">' + cell("A9", b"<v>1</v>", b' t="zz"') + b"</row>"), "a.xlsx", "unsafe_package",
    ),
    "100 000 merges": (
        lambda: changed(SHEET, b"</sheetData>",
            b"</sheetData><mergeCells>" + b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n * 7919 % 99991,
                n) for n in range(1, 100_000))
            + b"</mergeCells>"),
        "a.xlsx", "unsafe_package",
    ),
    "lying string count": (
        lambda: changed("xl/sharedStrings.xml", b'uniqueCount="', b'uniqueCount="42949672'), "a.xlsx", "unsafe_package",
    ),
    "51 sheets": (lambda: xlsx(sheets={f"S{n}": [["a"]] for n in range(51)}), "a.xlsx", "too_many_sheets"),
    "only hidden sheets": (
        lambda: changed("xl/workbook.xml", b'<sheet name="', b'<sheet state="hidden" name="'), "a.xlsx", "no_sheet",
    ),
    "no content at all": (lambda: xlsx([[]]), "a.xlsx", "empty"),
    "ods with password": (
        lambda: package(parts(ods()) | {"META-INF/manifest.xml": b"<m><encryption-data/></m>"}), "a.ods", "password",
    ),
    "ods with a DTD": (lambda: package(parts(ods()) | {"content.xml": DOCTYPE + b"<x/>"}), "a.ods", "unsafe_package"),
    "ods without content": (lambda: package({"mimetype": parts(ods())["mimetype"]}), "a.ods", "damaged"),
    "csv with NUL": (lambda: b"a;b\r\n\x00;c\r\n", "a.csv", "not_text"),
    "csv with a giant cell": (lambda: b"a;b\r\n" + b"x" * 40_000 + b";c\r\n", "a.csv", "not_text"),
    "csv with 65 columns": (lambda: csv([["a"] * 65]), "a.csv", "too_many_columns"),
    "csv with 20 001 rows": (lambda: csv([["a", "b"]] * 20_001), "a.csv", "too_many_rows"),
    "odd UTF-16": (lambda: b"\xff\xfea\x00b", "a.csv", "not_text"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_read_workbook_refuses_with_a_sentence_that_says_what_to_do(kind, tmp_path):
    make, name, code = REFUSED[kind]

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, make(), name), name)

    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")


def prefixed() -> bytes:
    """The whole sheet in a namespace with a prefix."""
    sheet = parts(xlsx())[SHEET].decode()
    body = sheet[sheet.index("<worksheet") :].replace("xmlns=", "xmlns:x=")
    for tag in (
        "worksheet",
        "dimension",
        "sheetViews",
        "sheetView",
        "sheetFormatPr",
        "sheetData",
        "row",
        "c",
        "v",
        "pageMargins",
    ):
        for before in ("<", "</"):
            for after in (" ", ">", "/"):
                body = body.replace(f"{before}{tag}{after}", f"{before}x:{tag}{after}")
    return package(parts(xlsx()) | {SHEET: b'<?xml version="1.0" encoding="UTF-8"?>' + body.encode()})


def attributes_in_other_order() -> bytes:
    entries = parts(xlsx())
    entries[SHEET] = entries[SHEET].replace(b' t="s"><v>', b"><v>").replace(b'<c r="', b'<c t="s" r="')
    entries[SHEET] = entries[SHEET].replace(b'<c t="s" r="A2"', b'<c r="A2"').replace(b'<c t="s" r="A3"', b'<c r="A3"')
    return package(entries)


ACCEPTED = {
    "xlsx": (xlsx, "a.xlsx"),
    "capital extension": (xlsx, "DANH SÁCH.XLSX"),
    "xls": (xls, "a.xls"),
    "ods": (ods, "a.ods"),
    "xls named xlsx": (xls, "a.xlsx"),
    "xlsx named xls": (xlsx, "a.xls"),
    "macros are left alone": (lambda: with_entry("xl/vbaProject.bin", b"\xd0\xcf macros"), "a.xlsm"),
    "hyperlink": (lambda: external_relation("hyperlink"), "a.xlsx"),
    "no dimension": (
        lambda: changed(SHEET, b'<dimension ref="A1:G3"/>', b""), "a.xlsx",
    ),
    "dimension says A1": (lambda: changed(SHEET, b'ref="A1:G3"', b'ref="A1"'), "a.xlsx"),
    "dimension says everything": (lambda: changed(SHEET, b'ref="A1:G3"', b'ref="A1:XFD1048576"'), "a.xlsx"),
    "prefix": (prefixed, "a.xlsx"),
    "attributes in another order": (attributes_in_other_order, "a.xlsx"),
    "comments in the XML": (lambda: changed(SHEET, ROW_TWO, b"<!-- <c r='A1'/> -->" + ROW_TWO), "a.xlsx"),
    "blank formatted tail": (
        lambda: with_rows(b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(30_000, 30_500))),
            "a.xlsx",
    ),
    "csv with commas": (csv, "a.csv"),
    "csv with semicolons": (lambda: csv(separator=";"), "a.csv"),
    "csv with tabs": (lambda: csv(separator="\t"), "a.txt"),
    "csv with BOM": (lambda: csv(encoding="utf-8-sig"), "a.csv"),
    "csv in UTF-16": (lambda: csv(encoding="utf-16"), "a.csv"),
    "csv in UTF-16 without BOM": (lambda: csv(encoding="utf-16-le"), "a.csv"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ACCEPTED)
def test_read_workbook_reads_odd_files_whole(kind, tmp_path):
    make, name = ACCEPTED[kind]

    sheets = read_workbook(saved(tmp_path, make(), name), name)

    assert [[str(cell) for cell in row if cell] for row in sheets[0].rows] == [
        [str(cell) for cell in row] for row in ROWS
    ]


def test_read_workbook_reads_exactly_as_many_rows_as_are_allowed(tmp_path):
    (sheet,) = read_workbook(saved(tmp_path, many_rows(20_000 - 3), "a.xlsx"), "a.xlsx")

    assert len(sheet.rows) == 20_000


def test_inspect_sees_what_the_reader_would_lose(tmp_path):
    rows = [*ROWS, [3, "=1/0", "=A1"]]
    content = xlsx(rows, merges=["B1:C1"], hidden_rows=[3], fonts={1: ".VnTime"})
    content = changed(
        SHEET, b'<c r="B4" s="1"><f>1/0</f><v>0</v>', b'<c r="B4" s="1" t="e"><f>1/0</f><v>#DIV/0!</v>', content
    )
    content = changed(SHEET, b"<f>A1</f><v>0</v>", b"<f>A1</f>", content)

    evidence = inspect(saved(tmp_path, content, "a.xlsx"), "a.xlsx").sheets["Danh sách"]

    assert evidence.errors == [(4, 1, "#DIV/0!"), (4, 2, "#FORMULA?")]
    assert (evidence.rows_with_content, evidence.hidden_rows, evidence.merges) == (4, 1, [(1, 1, 1, 2)])
    assert evidence.fonts[1] == ".VnTime"


class SheetThatLosesARow:
    name = "S"
    merged_cell_ranges = ()
    start = (0, 0)

    def iter_rows(self):
        return iter([["STT"], ["1"]])


@pytest.mark.parametrize(("counted", "code"), [(2, None), (3, "rows_lost"), (1, "rows_lost")])
def test_read_child_refuses_when_reader_and_guard_count_other_rows(counted, code):
    seen = SheetEvidence("S", rows_with_content=counted)

    if code is None:
        assert read_child.answer_sheet(SheetThatLosesARow(), seen, "xlsx", Limits(), io.StringIO()) == 2
    else:
        with pytest.raises(Refused) as refusal:
            read_child.answer_sheet(SheetThatLosesARow(), seen, "xlsx", Limits(), io.StringIO())
        assert refusal.value.code == code


@pytest.mark.parametrize("kind", ["xls", "ods"])
@pytest.mark.parametrize(("filled", "code"), [({1, 2}, None), ({2}, None), ({1, 2, 5}, "rows_lost")])
def test_read_child_refuses_when_a_row_that_the_guard_saw_is_missing(kind, filled, code):
    seen = SheetEvidence("S", surely_filled=filled)
    if code is None:
        assert read_child.answer_sheet(SheetThatLosesARow(), seen, kind, Limits(), io.StringIO()) == 2
    else:
        with pytest.raises(Refused) as refusal:
            read_child.answer_sheet(SheetThatLosesARow(), seen, kind, Limits(), io.StringIO())
        assert refusal.value.code == code


def filled_rows(tmp_path, content: bytes, name: str) -> set[int]:
    (sheet,) = inspect(saved(tmp_path, content, name), name).sheets.values()
    return sheet.surely_filled


def test_the_guard_sees_which_rows_of_an_xls_hold_something(tmp_path):
    long = [[f"Thôn {at} " + ("à" if at % 3 else "a") * (at * 7 % 90), "x" * (at % 4)] for at in range(600)]
    rows = [*ROWS, [], ["", "", 7], [], *long]  # the texts go over several records
    assert filled_rows(tmp_path, xls(rows), "a.xls") == {1, 2, 3, 5, *range(7, 607)}
    book = xlwt.Workbook()
    sheet = book.add_sheet("DS")
    for row, value in enumerate(["", "a", xlwt.Formula("1+1"), None, True]):
        sheet.write(row, 0, value)
    out = io.BytesIO()
    book.save(out)
    assert {2, 5} <= filled_rows(tmp_path, out.getvalue(), "b.xls") <= {2, 3, 5}


def test_the_guard_sees_which_rows_of_an_ods_hold_something(tmp_path):
    entries = parts(ods([*ROWS, [""], [8]]))
    note = b"<office:annotation><text:p>xem</text:p></office:annotation><text:p></text:p>"
    content = entries["content.xml"].replace(b"<text:p></text:p>", note).replace(b"<text:p/>", note)
    assert note in content
    repeated = content.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="2">', 1)
    assert filled_rows(tmp_path, package(entries | {"content.xml": content}), "a.ods") == {1, 2, 3, 5}
    assert filled_rows(tmp_path, package(entries | {"content.xml": repeated}), "b.ods") == {1, 2, 3, 4, 6}
    covered = content.replace(b"table:table-cell", b"table:covered-table-cell")
    assert filled_rows(tmp_path, package(entries | {"content.xml": covered}), "c.ods") == set()


@pytest.mark.parametrize("make", [xls, ods, xlsx], ids=["xls", "ods", "xlsx"])
def test_a_last_row_of_errors_only_loses_nothing(make, tmp_path):
    name = f"a.{make.__name__}"
    if make is xlsx:
        content = changed(SHEET, b"</sheetData>", b'<row r="9"><c r="B9" t="e"><v>#REF!</v></c></row></sheetData>')
    else:
        content = make([*ROWS, ["", "#REF!"]])
    sheet = read_workbook(saved(tmp_path, content, name), name)[0]
    assert [cell for cell in sheet.rows[-1] if cell] == ["#REF!"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('1,Lê A,",1970,Nam\n2,Lê B,",1980,Nữ\n', None),
        ('1,"Lê A,nt,1970,Nam\n2,Lê B,nt,1980,Nữ\n', None),
        ('1,"Lê A",nt,"nghèo,\nốm",Nam\n2,Lê B,nt,1980,Nữ\n', 3),
        ('1,Lê "Bé" A,nt,1970,Nam\n2,Lê B,"""",1980,Nữ\n', 3),
    ],
)
def test_a_quotation_mark_that_is_not_closed_never_swallows_rows(text, rows, tmp_path):
    path = saved(tmp_path, ("STT,Họ tên,Thôn,Năm sinh,Giới\n" + text).encode(), "a.csv")
    if rows:
        assert len(read_workbook(path, "a.csv")[0].rows) == rows
    else:
        with pytest.raises(Refused) as refusal:
            read_workbook(path, "a.csv")
        assert (refusal.value.code, refusal.value.params) == ("open_quote", {"row": 2})


def test_every_refusal_has_a_sentence_with_its_parameters_only():
    for code, sentence in SENTENCES.items():
        params = {"megabytes": 10, "limit": 9, "sheet": "S", "column": "BL", "row": 2}
        assert refusal_message(code, params), sentence


def test_the_reading_process_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    seen = {}

    def fake_run(command, **options):
        seen.update(options["env"])
        raise TimeoutError

    monkeypatch.setattr("beneficiaries.intake.read.subprocess.run", fake_run)
    with pytest.raises(TimeoutError):
        read_workbook(saved(tmp_path, xlsx(), "a.xlsx"), "a.xlsx")

    assert set(seen) == {"PATH", "PYTHONPATH", "LANG", "PYTHONUTF8"}


def test_read_workbook_refuses_a_small_file_that_says_too_much(tmp_path):
    """One long shared text in every cell: 100 KB on the disk, 90 million letters for the worker."""
    content = xlsx([["x" * 30_000] * 10] * 300)

    assert len(content) < 100_000
    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, content, "a.xlsx"), "a.xlsx")
    assert refusal.value.code == "unpacks_too_large"


def test_read_workbook_gives_up_before_its_time_is_over(tmp_path, monkeypatch):
    """A reader that hangs without using the processor, which the limit on its time does not see."""
    hanging = tmp_path / "python"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr("beneficiaries.intake.read.sys.executable", str(hanging))
    began = time.monotonic()

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, xlsx(), "a.xlsx"), "a.xlsx", Limits(seconds=3))

    assert refusal.value.code == "too_slow"
    assert time.monotonic() - began < 3


def test_read_workbook_says_so_when_the_memory_runs_out(tmp_path):
    content = xlsx([["x" * 30_000] * 10] * 150)  # fits within the letters, not within this memory

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, content, "a.xlsx"), "a.xlsx", Limits(memory=60 * 1024 * 1024))
    assert refusal.value.code in ("unpacks_too_large", "unreadable")


@pytest.mark.parametrize(
    ("code", "expected"), [(-9, "too_slow"), (-24, "too_slow"), (-6, "unreadable"), (-11, "unreadable")]
)
def test_read_workbook_answers_for_a_reader_that_was_killed(code, expected, tmp_path, monkeypatch):
    ended = subprocess.CompletedProcess([], code, stdout=b'{"sheet":"S","visible":true}\n["STT"]\n')
    monkeypatch.setattr("beneficiaries.intake.read.subprocess.run", lambda *_, **__: ended)

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, xlsx(), "a.xlsx"), "a.xlsx")
    assert refusal.value.code == expected


def test_read_workbook_answers_for_a_reader_that_never_ends(tmp_path, monkeypatch):
    run = subprocess.run
    monkeypatch.setattr(
        "beneficiaries.intake.read.subprocess.run",
        lambda _command, **options: run(["/bin/sleep", "9"], **options | {"timeout": 0.1}),
    )
    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, xlsx(), "a.xlsx"), "a.xlsx")
    assert refusal.value.code == "too_slow"
