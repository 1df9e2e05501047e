"""The stock of devices."""

from django.urls import include, path

from devices import views

stock = [
    path("thiet-bi/", views.stock_list, name="list"),
    path("thiet-bi/nhan/", views.receive, name="receive"),
    path("thiet-bi/lo/<slug:lot_code>/", views.lot_detail, name="lot"),
    path("thiet-bi/lo/<slug:lot_code>/tai/", views.lot_export, name="lot_export"),
    path("thiet-bi/lo/<slug:lot_code>/xuat/", views.dispatch, name="dispatch"),
    path("thiet-bi/may/<slug:imei>/", views.device_detail, name="device"),
    path("thiet-bi/may/<slug:imei>/hong/", views.report_faulty, name="report_faulty"),
]
urlpatterns = [path("", include((stock, "stock")))]
