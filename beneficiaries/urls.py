"""Addresses of the register: households, and the files they come from."""

from django.urls import include, path

urlpatterns = [
    path("ho/", include(("beneficiaries.household_urls", "households"))),
    path("nhap/", include("beneficiaries.import_urls")),
]
