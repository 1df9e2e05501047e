"""Addresses of earlier programmes: their lists, and the households that they name."""

from django.urls import path

from beneficiaries.views import hits, sources

app_name = "sources"
urlpatterns = [
    path("", sources.source_list, name="list"),
    path("them/", sources.add, name="add"),
    path("ho/", hits.hit_list, name="hits"),
    path("ho/<int:hit_id>/", hits.hit, name="hit"),
    path("ho/<int:hit_id>/quyet/", hits.decide, name="decide"),
    path("ho/<int:hit_id>/hoan-tac/", hits.undo, name="undo"),
    path("<int:source_id>/", sources.source, name="source"),
    path("<int:source_id>/sua/", sources.change, name="change"),
    path("<int:source_id>/cot/", sources.columns, name="columns"),
    path("<int:source_id>/xac-nhan/", sources.confirm, name="confirm"),
    path("<int:source_id>/bo/", sources.abandon, name="abandon"),
    path("<int:source_id>/rut/", sources.withdraw, name="withdraw"),
    path("<int:source_id>/dung-lai/", sources.take_up, name="take_up"),
]
