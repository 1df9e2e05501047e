"""Addresses: Vietnamese words, because officers read them; names in English."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="tasks"), name="home"),
    path("tai-khoan/", include("allauth.urls")),
    path("ngon-ngu/", include("django.conf.urls.i18n")),
    path("quan-tri/", admin.site.urls),
    path("", include("administration.urls")),
    path("", include("beneficiaries.urls")),
    path("", include("devices.urls")),
    path("", include("allocations.urls")),
    path("", include("reports.urls")),
]
