"""Export of a commune's list (form 2) as a spreadsheet, by django-import-export; no cell of it is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import tablib
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.fields import Field
from import_export.formats import base_formats

from allocations.list_paper import PaperRow

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
KINDS = {
    name: found
    for name, found in (("xlsx", base_formats.XLSX), ("csv", base_formats.CSV), ("ods", base_formats.ODS))
    if found.is_available()
}


class ListResource(resources.Resource):
    """Columns of form 2 in their order."""

    number = Field("number", _("No."))
    head_name = Field("head_name", _("Name of the head of household"))
    born_male = Field("born_male", _("Born (male)"))
    born_female = Field("born_female", _("Born (female)"))
    identity = Field("identity", _("Identity number"))
    ethnic_group = Field("ethnic_group", _("Ethnic group"))
    hamlet = Field("hamlet", _("Hamlet"))
    category = Field("category", _("Category"))
    circumstances = Field("circumstances", _("Circumstances"))
    certificate_no = Field("certificate_no", _("Certificate number"))
    members = Field("members", _("Members"))
    phone = Field("phone", _("Phone"))
    group = Field("group", _("Group"))
    rule = Field("rule", _("Why in this group"))
    code = Field("code", _("Household code"))
    status = Field("status", _("Status"))
    note = Field("note", _("Note"))


@dataclass(frozen=True)
class SpreadsheetFile:
    content: bytes
    content_type: str
    extension: str


def export_rows(rows: Iterable[PaperRow], kind: str) -> SpreadsheetFile:
    """A file of one of KINDS. Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    exported = ListResource().export(list(rows))
    safe = tablib.Dataset(
        *([harmless(cell) for cell in row] for row in exported),
        headers=[str(title) for title in exported.headers or []],
        title=str(_("List"))[:31],
    )
    found = KINDS[kind]()
    content = safe.export(kind)
    if isinstance(content, str):
        content = content.encode("utf-8-sig")  # Excel takes a CSV without this mark for another alphabet
    return SpreadsheetFile(content, found.get_content_type(), kind)


def harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell
