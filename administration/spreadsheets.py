"""A list that a user sees as a file, .xlsx, .csv or .ods, by django-import-export. No cell of it is ever a formula."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import tablib
from django.http import HttpResponse
from django.utils import timezone
from import_export.formats import base_formats

from administration.models import Officer

KINDS: dict[str, type[base_formats.TablibFormat]] = {
    "xlsx": base_formats.XLSX,
    "csv": base_formats.CSV,
    "ods": base_formats.ODS,
}
MOST = 20_000  # lines of one file; a longer list is narrowed first
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front (ASVS 1.2.10)."""
    if isinstance(cell, datetime.datetime):
        return timezone.localtime(cell).replace(tzinfo=None) if timezone.is_aware(cell) else cell
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def spreadsheet(
    headers: Sequence[Any], rows: Iterable[Sequence[Any]], kind: str, *, title: str | None = None
) -> tuple[bytes, str]:
    """The file's bytes and media type. Numbers of devices and people are handed in as text and stay text.

    `title` names the sheet.
    """
    data = tablib.Dataset(
        *([harmless(cell) for cell in row] for row in rows), headers=[str(one) for one in headers], title=title
    )
    maker = KINDS[kind]()
    content = maker.export_data(data)
    if isinstance(content, str):
        content = content.encode("utf-8-sig")  # Excel takes a CSV without this mark for another alphabet
    return content, maker.get_content_type()


def answer(name: str, headers: Sequence[Any], rows: Iterable[Sequence[Any]], kind: str, *, by: Officer) -> HttpResponse:
    """The file as an attachment that carries in its name when and by whom it was taken."""
    content, media_type = spreadsheet(headers, rows, kind)
    response = HttpResponse(content, content_type=media_type)
    stem = f"{name}-{timezone.localtime():%Y%m%d-%H%M}-{by.get_username()}"
    response["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
    return response
