"""The list of households as a file: the columns of the list, identity numbers masked, no cell that is a formula."""

from __future__ import annotations

from typing import Any

import tablib
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources
from import_export.formats.base_formats import CSV, ODS, XLSX, TablibFormat

from beneficiaries.identity_rules import mask
from beneficiaries.models import Attribute, Person

FORMATS: dict[str, type[TablibFormat]] = {"xlsx": XLSX, "csv": CSV, "ods": ODS}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class HouseholdResource(resources.Resource):
    """One row a household; built from heads with their household and its commune."""

    code = fields.Field("household__code", column_name=_("Household code"))
    name = fields.Field("full_name", column_name=_("Head of household"))
    birth = fields.Field("birth_text", column_name=_("Date or year of birth"))
    gender = fields.Field("get_gender_display", column_name=_("Gender"))
    identity = fields.Field(column_name=_("Identity number"))
    commune = fields.Field("household__area__name", column_name=_("Commune"))
    hamlet = fields.Field("household__hamlet", column_name=_("Hamlet"))
    category = fields.Field("household__get_category_display", column_name=_("Category"))
    attributes = fields.Field(column_name=_("Also"))
    people = fields.Field("household__member_count", column_name=_("Members"))
    phone = fields.Field("household__phone", column_name=_("Phone"))
    phone_kind = fields.Field("household__get_phone_kind_display", column_name=_("Phone in use"))
    certificate = fields.Field("household__certificate_no", column_name=_("Certificate number"))
    year = fields.Field("household__recognised_year", column_name=_("Year of recognition"))

    def dehydrate_identity(self, head: Person) -> str:
        return mask(head.identity_number)

    def dehydrate_attributes(self, head: Person) -> str:
        words = dict(Attribute.choices)
        return ", ".join(str(words.get(code, code)) for code in head.household.attributes)

    def get_export_headers(self, **kwargs: Any) -> list[str]:
        return [str(header) for header in super().get_export_headers(**kwargs)]

    def export_resource(self, instance: Person, **kwargs: Any) -> list[Any]:
        return [harmless(cell) for cell in super().export_resource(instance, **kwargs)]


def harmless(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front (ASVS 1.2.10)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def household_file(heads: QuerySet[Person], file_format: str) -> tuple[bytes, str]:
    """The file's bytes and its media type; CSV begins with the mark by which Excel knows UTF-8."""
    dataset: tablib.Dataset = HouseholdResource().export(queryset=heads)
    maker = FORMATS[file_format]()
    content = maker.export_data(dataset)
    if isinstance(content, str):
        content = content.encode("utf-8-sig")
    return content, maker.get_content_type()
