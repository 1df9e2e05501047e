"""Addresses: Vietnamese words, because officers read them; names in English."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="tasks"), name="home"),
    path("tai-khoan/", include("allauth.urls")),
    path("ngon-ngu/", login_not_required(set_language), name="set_language"),  # also on the log-in page
    path("", include("administration.urls")),
    path("", include("beneficiaries.urls")),
    path("", include("devices.urls")),
    path("", include("allocations.urls")),
    path("", include("reports.urls")),
    path("quan-tri/", admin.site.urls),  # last: it answers for everything below its address
]
