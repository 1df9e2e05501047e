"""Addresses of requests to move a household to another commune."""

from django.urls import path

from beneficiaries.views import moves

app_name = "moves"
urlpatterns = [
    path("", moves.move_list, name="list"),
    path("xin/", moves.ask, name="ask"),
    path("<int:request_id>/", moves.move_request, name="request"),
    path("<int:request_id>/tra-loi/", moves.answer, name="answer"),
]
