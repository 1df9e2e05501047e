"""Addresses of suspected duplicates."""

from django.urls import path

from beneficiaries.views import pairs

app_name = "pairs"
urlpatterns = [
    path("", pairs.pair_list, name="list"),
    path("<int:pair_id>/", pairs.pair, name="pair"),
    path("<int:pair_id>/quyet/", pairs.decide, name="decide"),
    path("<int:pair_id>/hoan-tac/", pairs.undo, name="undo"),
]
