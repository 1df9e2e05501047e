"""Addresses of households. Records by their public code."""

from django.urls import path, register_converter

from beneficiaries.views import entry, entry_draft, head, record, register


class HouseholdCode:
    regex = r"[0-9]{5}-[0-9]{5,6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(HouseholdCode, "household_code")

urlpatterns = [
    path("", register.household_list, name="list"),
    path("xuat/", register.export, name="export"),
    path("them/", entry.household_add, name="add"),
    path("them/lai/", entry.redraw, name="redraw"),
    path("them/nhap/", entry_draft.keep, name="draft"),
    path("them/nhap/bo/", entry_draft.discard, name="draft_discard"),
    path("<household_code:code>/", record.household_detail, name="detail"),
    path("<household_code:code>/sua/", entry.household_change, name="change"),
    path("<household_code:code>/sua/lai/", entry.redraw, name="redraw"),
    path("<household_code:code>/sua/nhap/", entry_draft.keep, name="draft"),
    path("<household_code:code>/sua/nhap/bo/", entry_draft.discard, name="draft_discard"),
    path("<household_code:code>/chu-ho/", head.household_head, name="head"),
    path("<household_code:code>/dua-ra/", entry.household_delist, name="delist"),
    path("<household_code:code>/tach-lai/<int:link_id>/", record.undo_link, name="undo_link"),
    path("<household_code:code>/so/<int:person_id>/", record.identity, name="identity"),
]
