from django.urls import include, path

from reports import bundle_views, check_views, views

pages = [
    path("tong-quan/", views.dashboard, name="dashboard"),
    path("tong-quan/nhac/<slug:round_code>/<slug:commune_code>/", views.remind, name="remind"),
    path("kiem-tra-so-lieu/", check_views.data_checks, name="data_checks"),
    path("bao-cao/", views.report_list, name="list"),
    path("bao-cao/moi/", views.ask, name="ask"),
    path("bao-cao/lich/", bundle_views.schedules, name="schedules"),
    path("bao-cao/bo/<int:bundle_id>/", bundle_views.bundle, name="bundle"),
    path("bao-cao/bo/<int:bundle_id>/tai/", bundle_views.download, name="bundle_download"),
    path("bao-cao/<int:run_id>/", views.report, name="report"),
    path("bao-cao/<int:run_id>/huy/", views.cancel, name="cancel"),
    path("bao-cao/<int:run_id>/lap-lai/", views.ask_again, name="ask_again"),
    path("bao-cao/<int:run_id>/tai/<slug:extension>/", views.download, name="download"),
]
urlpatterns = [
    path("viec/", views.tasks, name="tasks"),
    path("", include((pages, "reports"))),
    path("", include("reports.paper_urls")),
]
