"""The reviewer's pages: the queue of lists, and one list with its chips, its quota and what is chosen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from administration.access import OfficerRequest, Permission, requires
from administration.refusals import NotPossible
from administration.templatetags.trao import Column
from allocations import actions
from allocations import review_contents as contents
from allocations.forms.review import LineSearchForm
from allocations.models import CommuneList
from allocations.review_queue import read_queue
from allocations.tiers import why_not
from allocations.unit_quota import quota_of
from allocations.views import selection as selecting
from allocations.views.one_by_one import one_by_one
from allocations.views.review_place import find_list, list_url, presence_on, standing

NOT_TICKED = {contents.DECIDED, contents.CHANGED, contents.WITH_COMMUNE}
CONFIRM_PAGES = {"duyet": "review:approve", "tra-lai": "review:send_back", "tu-choi": "review:reject"}
COLUMNS = [
    Column(lazy("Rank"), number=True), Column(lazy("Head of household")), Column(lazy("Identity number")),
    Column(lazy("Hamlet")), Column(lazy("Category")), Column(lazy("Group and why")), Column(lazy("Certificate")),
    Column(lazy("Automatic checks")),
]  # fmt: skip


@require_safe
@requires(Permission.ALLOCATIONS_DECIDE)
def queue(request: OfficerRequest) -> HttpResponse:
    """Lists that wait for a decision, oldest first, and communes that have not submitted."""
    return render(request, "allocations/review_queue.html", {"queue": read_queue(request.user, timezone.localdate())})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ALLOCATIONS_DECIDE)
@vary_on_headers("HX-Request")
def show_list(request: OfficerRequest, round_code: str, commune_code: str) -> HttpResponse:
    """One list under review. POST chooses lines and goes on to the page that asks for confirmation."""
    commune_list = find_list(request.user, round_code, commune_code)
    if request.GET.get("che-do") == "tung-ho":
        return one_by_one(request, commune_list)
    if request.method == "POST":
        return _choose(request, commune_list)
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "allocations/_review_results.html", _results(request, commune_list))
    return render(request, "allocations/review_list.html", _page(request, commune_list))


@require_safe
@requires(Permission.ALLOCATIONS_DECIDE)
def looking(request: OfficerRequest, round_code: str, commune_code: str) -> HttpResponse:
    """Who else has this list, or this household (?dong=), open; asked again every twenty seconds."""
    return render(request, "allocations/_review_looking.html", presence_on(request, find_list(
        request.user, round_code, commune_code
    )))  # fmt: skip


@require_POST
@requires(Permission.ALLOCATIONS_DECIDE)
def undo(request: OfficerRequest, round_code: str, commune_code: str, event_id: int) -> HttpResponse:
    """Takes one's own decision back within 15 minutes."""
    commune_list = find_list(request.user, round_code, commune_code)
    event = contents.find_decision(commune_list, event_id)
    if event is None:
        raise Http404
    try:
        done = actions.undo_decision(event.pk, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext(
            "Undone: %(n)s household is where it was before.", "Undone: %(n)s households are where they were before.",
            done,
        )  # fmt: skip
        messages.success(request, words % {"n": done})
    return redirect(list_url(commune_list))


def _page(request: OfficerRequest, commune_list: CommuneList) -> dict[str, Any]:
    results = _results(request, commune_list)
    return {
        **results,
        "search_form": LineSearchForm(request.GET),
        "keep": [(key, request.GET[key]) for key in ("loc", "chon") if request.GET.get(key)],
        "recent": contents.recent_decisions(commune_list, request.user, timezone.now()),
        "today": timezone.localdate(),
        **presence_on(request, commune_list),
    }


def _results(request: OfficerRequest, commune_list: CommuneList) -> dict[str, Any]:
    """What the region under the search shows."""
    chips = contents.count_chips(commune_list, request.GET.get("loc", ""))
    chip = next(one for one in chips if one.current)
    words = request.GET.get("q", "")[:80]
    page, rows = contents.page_of_lines(commune_list, chip.key, words=words, number=request.GET.get("page"))
    quota = quota_of(commune_list.round_id, commune_list.area_id)
    chosen = selecting.Chosen(
        selecting.read_selection(request.user, commune_list, request.GET.get("chon", "")), rows
    )  # fmt: skip
    return {
        "commune_list": commune_list, "chips": chips, "chip": chip, "words": words, "page": page, "rows": rows,
        "columns": COLUMNS, "quota": quota, "chosen": chosen, **standing(request.user, commune_list),
        "may_tick": chip.key not in NOT_TICKED and not why_not(request.user, commune_list),
        "within_quota": len(contents.best_within_quota(commune_list, quota)),
    }  # fmt: skip


def _choose(request: OfficerRequest, commune_list: CommuneList) -> HttpResponse:
    context = _page(request, commune_list)
    how = request.POST.get("lam", "")
    chosen = selecting.choose(
        request, commune_list, how=how, chip=context["chip"].key, words=context["words"], quota=context["quota"]
    )  # fmt: skip
    if chosen is None and how != selecting.CLEAR:
        context["errors"] = [{"text": _("Choose at least one household."), "url": "#lines"}]
        return render(request, "allocations/review_list.html", context, status=422)
    if chosen is not None and how in CONFIRM_PAGES:
        return redirect(list_url(commune_list, CONFIRM_PAGES[how].removeprefix("review:"), chosen.pk))
    query = request.GET.copy()
    query.pop("chon", None)
    if chosen is not None and how != selecting.CLEAR:
        query["chon"] = str(chosen.pk)
    return redirect(f"{list_url(commune_list)}?{query.urlencode()}")
