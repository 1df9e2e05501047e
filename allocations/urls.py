"""Addresses of rounds and lists, quota, review and hand-over."""

from django.urls import include, path

urlpatterns = [
    path("", include("allocations.round_urls")),
    path("", include("allocations.quota_urls")),
    path("", include("allocations.review_urls")),
    path("", include("allocations.handover_urls")),
    path("", include("allocations.programme_urls")),
]
