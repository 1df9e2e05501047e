"""First step: refuse what must not reach a reader, before any value is parsed.

One pass over the container and the sheets. Free of Django: it runs in the throw-away reading process.
"""

import zipfile
from pathlib import Path
from zlib import error as zlib_error

from beneficiaries.intake.biff_evidence import inspect_biff
from beneficiaries.intake.compound_file import CompoundFile
from beneficiaries.intake.evidence import Evidence, Limits
from beneficiaries.intake.ods_evidence import inspect_ods
from beneficiaries.intake.refusals import Refused
from beneficiaries.intake.xlsx_evidence import inspect_xlsx, read_part

_WORKBOOK_NAMES = (".xlsx", ".xlsm", ".xls", ".ods")
_TEXT_NAMES = (".csv", ".txt", ".tsv")
_HTML = (b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style")
_NOT_TEXT = (b"%pdf", b"<?xml", b"{\\rtf", b"mz", b"\x89png", b"gif8", b"\xff\xd8\xff", b"rar!", b"7z\xbc\xaf")
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def inspect(path: Path, name: str, limits: Limits | None = None) -> Evidence:
    """Refuse a hostile, foreign or oversized file; say what kind of spreadsheet it is.

    The content decides the kind (an .xls under the name of an .xlsx is read); the name must promise a table.
    Raises Refused.
    """
    limits = limits or Limits()
    size = path.stat().st_size
    if size == 0:
        raise Refused("empty")
    if size > limits.bytes:
        raise Refused("too_big", megabytes=limits.bytes // (1024 * 1024))
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(b"PK\x03\x04"):
        _require_name(name, _WORKBOOK_NAMES)
        return _inspect_zip(path, limits)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _require_name(name, _WORKBOOK_NAMES)
        return _inspect_compound_file(path.read_bytes(), limits)
    return _inspect_text(start, name)


def _require_name(name: str, extensions: tuple[str, ...]) -> None:
    if not name.lower().rstrip(". ").endswith(extensions):
        raise Refused("wrong_type")


def _inspect_text(start: bytes, name: str) -> Evidence:
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_HTML) or b"<html" in head or b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise Refused("web_page")
    if head.startswith(_NOT_TEXT):
        raise Refused("wrong_type")
    _require_name(name, _TEXT_NAMES)
    return Evidence("text")


def _inspect_compound_file(content: bytes, limits: Limits) -> Evidence:
    compound = CompoundFile(content)
    if "EncryptedPackage" in compound.streams or "EncryptionInfo" in compound.streams:
        raise Refused("password")
    name = next((name for name in ("Workbook", "Book") if name in compound.streams), None)
    if name is None:
        raise Refused("document" if {"WordDocument", "PowerPoint Document"} & set(compound.streams) else "wrong_type")
    return Evidence("xls", inspect_biff(compound.read(name), limits))


def _inspect_zip(path: Path, limits: Limits) -> Evidence:
    try:
        with zipfile.ZipFile(path) as package:
            _check_entries(package, limits)
            return _inspect_package(package, limits)
    except (zipfile.BadZipFile, zlib_error, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
        raise Refused("damaged") from problem


def _inspect_package(package: zipfile.ZipFile, limits: Limits) -> Evidence:
    names = set(package.namelist())
    if "xl/workbook.bin" in names:
        raise Refused("binary_workbook")
    if names & {"word/document.xml", "ppt/presentation.xml"}:
        raise Refused("document")
    if "mimetype" in names and package.read("mimetype").strip().startswith(_ODS_TYPE):
        return Evidence("ods", inspect_ods(_ods_content(package, limits), limits))
    if "[Content_Types].xml" not in names:
        raise Refused("wrong_type")
    return Evidence("xlsx", inspect_xlsx(package, limits))


def _check_entries(package: zipfile.ZipFile, limits: Limits) -> None:
    entries = package.infolist()
    if len(entries) > limits.entries or sum(entry.file_size for entry in entries) > limits.unpacked:
        raise Refused("unpacks_too_large")
    if len({entry.filename.casefold() for entry in entries}) != len(entries):
        raise Refused("unsafe_package")
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        _check_entry(entry, limits)
        if entry.header_offset < end:
            raise Refused("unsafe_package")
        end = entry.header_offset + 30 + entry.compress_size


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & 0x1:
        raise Refused("password")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("unsafe_package")
    name = entry.filename
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if is_link or name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
        raise Refused("unsafe_package")
    if entry.file_size > 1024 * 1024 and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        raise Refused("unpacks_too_large")


def _ods_content(package: zipfile.ZipFile, limits: Limits) -> bytes:
    if "META-INF/manifest.xml" in package.namelist():
        manifest = read_part(package, "META-INF/manifest.xml", limits)
        if b"encryption-data" in manifest:
            raise Refused("password")
    content = read_part(package, "content.xml", limits)
    if b"table:table" not in content:
        raise Refused("damaged")
    return content
