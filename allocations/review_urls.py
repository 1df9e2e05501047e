"""The reviewer's addresses: the queue, one list, and the pages that confirm what was chosen."""

from django.urls import path

from allocations.views import decisions, review

ONE_LIST = "duyet/<slug:round_code>/<slug:commune_code>/"
CHOSEN = f"{ONE_LIST}<uuid:token>/"

app_name = "review"
urlpatterns = [
    path("duyet/", review.queue, name="queue"),
    path(ONE_LIST, review.show_list, name="list"),
    path(f"{ONE_LIST}dang-xem/", review.looking, name="looking"),
    path(f"{ONE_LIST}hoan-tac/<int:event_id>/", review.undo, name="undo"),
    path(f"{CHOSEN}duyet/", decisions.approve, name="approve"),
    path(f"{CHOSEN}tra-lai/", decisions.send_back, name="send_back"),
    path(f"{CHOSEN}tu-choi/", decisions.reject, name="reject"),
    path(f"{CHOSEN}ket-qua/", decisions.result, name="result"),
]
