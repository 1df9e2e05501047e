"""Files that are refused, each with the code of its sentence: empty, encrypted, broken, bombs, other kinds of file."""

import io
import struct
import zipfile

from tests.beneficiaries.intake.workbooks import (
    SHEET,
    changed,
    csv,
    ods,
    package,
    parts,
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
