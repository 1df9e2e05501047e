"""Rounds and commune lists. An address without a commune speaks of the officer's own commune."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, path, register_converter

from allocations.views import (
    complaints,
    list_changes,
    list_paper,
    lists,
    of_household,
    one_allocation,
    payments,
    postings,
    rounds,
)


class UnitCode:
    """GSO code of a commune."""

    regex = "[0-9]{5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(UnitCode, "unit")


def of_list(ending: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    return [
        path(f"dot/<slug:round_code>/{ending}", view, name=name),
        path(f"dot/<slug:round_code>/<unit:commune_code>/{ending}", view, name=name),
    ]


app_name = "rounds"
urlpatterns = [
    path("dot/", lists.lists, name="lists"),
    path("dot/<slug:round_code>/mo/", rounds.open_round, name="open"),
    *of_list("", lists.show_list, "list"),
    *of_list("lap/", list_changes.build, "build"),
    *of_list("rut-ho/", list_changes.take_off, "take_off"),
    *of_list("dua-lai/", list_changes.put_back, "put_back"),
    *of_list("gui/", list_changes.submit, "submit"),
    *of_list("rut-lai/", list_changes.withdraw, "withdraw"),
    *of_list("hinh-thuc/<slug:household_code>/", payments.choose_support, "choose_support"),
    *of_list("niem-yet/", postings.posting, "posting"),
    *of_list("niem-yet/ket-thuc/", postings.close, "close_posting"),
    *of_list("niem-yet/dung/", postings.stop, "stop_posting"),
    *of_list("in/", list_paper.print_list, "print"),
    *of_list("tep-mau/", list_paper.template, "template"),
    *of_list("xuat/", list_paper.export, "export"),
    *of_list("khieu-nai/them/", complaints.record, "record_complaint"),
    *of_list("khieu-nai/<int:complaint_id>/tra-loi/", complaints.answer, "answer_complaint"),
    path("phan-bo/<str:household_code>/", one_allocation.show, name="allocation"),
    path("ho/<str:household_code>/ho-tro/", of_household.of_household, name="of_household"),
]
