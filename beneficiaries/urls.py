"""Addresses of the register: households, the files they come from, suspected duplicates, moves."""

from django.urls import include, path

urlpatterns = [
    path("ho/", include(("beneficiaries.household_urls", "households"))),
    path("nhap/", include("beneficiaries.import_urls")),
    path("trung-lap/", include("beneficiaries.pair_urls")),
    path("chuyen-ho/", include("beneficiaries.move_urls")),
]
