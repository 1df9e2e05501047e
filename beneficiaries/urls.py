"""Addresses of the register: households, the files they come from, suspected duplicates, moves,
who has received before."""

from django.urls import include, path

urlpatterns = [
    path("ho/", include(("beneficiaries.household_urls", "households"))),
    path("nhap/", include("beneficiaries.import_urls")),
    path("trung-lap/", include("beneficiaries.pair_urls")),
    path("da-nhan/", include("beneficiaries.source_urls")),
    path("chuyen-ho/", include("beneficiaries.move_urls")),
]
