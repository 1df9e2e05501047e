"""Rounds, the lists of all communes in a round, and one commune's list with its reasons."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from administration.access import OfficerRequest, Permission, may, requires
from administration.models import Officer
from allocations import list_contents as contents
from allocations.actions import assess_list
from allocations.forms.lists import ListFilterForm, OverviewFilterForm
from allocations.list_overview import communes_of_round, rounds_of_commune, with_counts
from allocations.list_page import PageHead, read_head
from allocations.models import Round
from allocations.posting_page import complaint_rows
from allocations.views.place import Place, find_place

ROWS = 50


@require_safe
@requires(Permission.LISTS_VIEW)
def lists(request: OfficerRequest) -> HttpResponse:
    """A commune sees its rounds; whoever stands above it sees the communes of one round."""
    area = request.user.area
    if area is not None and area.is_commune:
        rows = rounds_of_commune(area, timezone.localdate())
        return render(request, "allocations/round_list.html", {"rows": rows})
    return _overview(request, Round.objects.of_area(area).newest_first().select_related("programme__province"))


def _overview(request: OfficerRequest, rounds: Any) -> HttpResponse:
    form = OverviewFilterForm({"dot": _default_round(rounds), **request.GET.dict()}, rounds=rounds)
    context: dict[str, Any] = {"filter_form": form, "round": None, "may_open": may(request.user, Permission.QUOTA_SET)}
    if form.is_valid():
        asked = form.cleaned_data
        rows = communes_of_round(
            request.user, asked["dot"], today=timezone.localdate(),
            state=asked["tt"], words=asked["q"], only_late=asked["tre"],
        )  # fmt: skip
        page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
        context |= {"round": asked["dot"], "page": page, "rows": with_counts(page)}
    template = "allocations/_list_overview.html" if request.htmx else "allocations/list_overview.html"
    return render(request, template, context)


def _default_round(rounds: Any) -> str:
    newest = rounds.exclude(state=Round.State.PLANNED).first() or rounds.first()
    return newest.code if newest else ""


@require_safe
@requires(Permission.LISTS_VIEW)
def show_list(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """One commune's list: steps, tabs and the lines of the tab; /dot/<round>/ of somebody above is the overview."""
    if not commune_code and request.user.area is not None and not request.user.area.is_commune:
        return redirect(f"{reverse('rounds:lists')}?dot={round_code}")
    place = find_place(request.user, round_code, commune_code)
    if request.htmx:
        return render(request, "allocations/_list_results.html", _tab(request, place))
    works_here = _works_here(request.user, place)
    readiness = assess_list(place.commune_list) if place.commune_list and works_here else None
    head = read_head(place.round, place.commune, place.commune_list, timezone.localdate(), readiness)
    context = {
        "head": head,
        "readiness": readiness,
        "eligible": contents.eligible_count(place.round, place.commune) if head.may_start else None,
        **_permissions(request.user, place, head),
        **_tab(request, place),
    }
    return render(request, "allocations/list_detail.html", context)


def _tab(request: OfficerRequest, place: Place) -> dict[str, Any]:
    """What the region under the tabs shows."""
    tab = request.GET.get("loc", contents.ON_LIST)
    tab = tab if tab in contents.TABS else contents.ON_LIST
    form = ListFilterForm(request.GET, round=place.round, with_groups=tab != contents.NOT_LISTED)
    asked = {"q": "", "nhom": None} | (form.cleaned_data if form.is_valid() else {})
    return {
        "place": place, "tab": tab, "filter_form": form, "keep": [("loc", tab)], "clear_url": place.tab_url(tab),
        "tabs": contents.count_tabs(place.commune_list, place.commune, tab),
        "may_prepare": may(request.user, Permission.LISTS_PREPARE) and _works_here(request.user, place),
        "bulk_actions": _bulk_actions(place, tab), **_rows(request, place, tab, asked),
    }  # fmt: skip


def _bulk_actions(place: Place, tab: str) -> list[dict[str, Any]]:
    """Buttons for the ticked lines of a tab; each leads to a page that asks first."""
    off = {"label": _("Take off the list…"), "url": place.url("take_off"), "counted": True}
    if tab != contents.RETURNED:
        return [off]
    back = {"label": _("Completed: put back on the draft…"), "url": place.url("put_back"), "style": "primary"}
    return [off, {**back, "counted": True}]


def _rows(request: HttpRequest, place: Place, tab: str, asked: dict[str, Any]) -> dict[str, Any]:
    number = request.GET.get("page")
    if tab == contents.COMPLAINTS:
        complaints = complaint_rows(place.commune_list, timezone.localdate())
        return {"complaints": [(row, place.url("answer_complaint", row.complaint.pk)) for row in complaints]}
    if tab == contents.NOT_LISTED:
        page, absent = contents.page_of_absent(
            place.commune_list, place.round, place.commune, words=asked["q"], number=number
        )
        return {"page": page, "absent": absent}
    if place.commune_list is None:
        return {"rows": []}
    lines, rows = contents.page_of_lines(
        place.commune_list, tab, words=asked["q"], group=asked["nhom"], number=number
    )  # fmt: skip
    return {"page": lines, "rows": rows, "has_choice": place.round.supports.count() > 1}


def _permissions(officer: Officer, place: Place, head: PageHead) -> dict[str, bool]:
    works_here = _works_here(officer, place)
    signs = works_here and may(officer, Permission.LISTS_SIGN)
    return {
        "may_build": works_here and may(officer, Permission.LISTS_PREPARE) and head.round_is_open,
        "may_submit": signs and head.drafts > 0 and head.round_is_open,
        "may_withdraw": signs and head.is_untouched,
        "waits_for_leader": works_here and head.to_be_signed > 0 and not may(officer, Permission.LISTS_SIGN),
    }


def _works_here(officer: Officer, place: Place) -> bool:
    return officer.area_id == place.commune.pk
