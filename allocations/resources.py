"""Export of a commune's list (form 2) as a spreadsheet, by django-import-export; no cell of it is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.fields import Field

from administration.spreadsheets import spreadsheet
from allocations.list_paper import PaperRow


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


def export_rows(rows: Iterable[PaperRow], kind: str) -> tuple[bytes, str]:
    """The bytes and the media type of a file of one of KINDS."""
    exported = ListResource().export(list(rows))
    return spreadsheet(exported.headers or [], exported, kind, title=str(_("List"))[:31])
