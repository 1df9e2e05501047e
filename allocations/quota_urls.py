"""The quota of rounds."""

from django.urls import path

from allocations.views import quota

app_name = "quota"
urlpatterns = [
    path("chi-tieu/", quota.quota_list, name="list"),
    path("chi-tieu/<slug:round_code>/", quota.set_quota, name="set"),
    path("chi-tieu/<slug:round_code>/tong/", quota.totals, name="totals"),
    path("chi-tieu/<slug:round_code>/dan/", quota.paste, name="paste"),
    path("chi-tieu/<slug:round_code>/lich-su/", quota.history, name="history"),
    path("chi-tieu/<slug:round_code>/hoan-tac/<int:event_id>/", quota.undo, name="undo"),
]
