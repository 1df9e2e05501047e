"""The quota of rounds."""

from django.urls import path

from allocations.views import quota

app_name = "quota"
urlpatterns = [
    path("chi-tieu/", quota.quota_list, name="list"),
    path("chi-tieu/<slug:round_code>/", quota.set_quota, name="set"),
    path("chi-tieu/<slug:round_code>/tong/", quota.totals, name="totals"),
]
