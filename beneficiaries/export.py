"""The list of households as a file: the columns of the list, identity numbers masked, no cell that is a formula."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources

from administration.spreadsheets import spreadsheet
from beneficiaries.identity_rules import mask
from beneficiaries.models import Attribute, Person


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


def household_file(heads: QuerySet[Person], kind: str) -> tuple[bytes, str]:
    """The file's bytes and its media type."""
    exported = HouseholdResource().export(queryset=heads)
    return spreadsheet(exported.headers or [], exported, kind)
