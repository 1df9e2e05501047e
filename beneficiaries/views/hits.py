"""Households that a list of an earlier programme names: the queue, one of them beside the list, the decision."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from administration.access import OfficerRequest, Permission, requires
from administration.refusals import NotPossible
from administration.typed import number_in
from beneficiaries import actions
from beneficiaries import hit_pages as pages
from beneficiaries.actions.received import sees_more_than
from beneficiaries.models import ReceivedHit
from beneficiaries.pair_pages import may_decide
from beneficiaries.views.pairs import reason_given, refuse_onlookers

PER_PAGE = 25


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def hit_list(request: OfficerRequest) -> HttpResponse:
    queue = request.GET.get("tt", "mo")
    queue = queue if queue in pages.QUEUES else "mo"
    label, condition = pages.QUEUES[queue]
    page = Paginator(pages.hits_of(request.user).filter(condition), PER_PAGE).get_page(request.GET.get("page"))
    counts = pages.count_queues(request.user)
    context = {
        "page": page, "lines": pages.lines_of(page.object_list), "queue": queue, "label": label,
        "queues": [(key, words, counts[key]) for key, (words, _condition) in pages.QUEUES.items()],
        "just_decided": _just_decided(request), "may_decide": may_decide(request.user),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/hit_list.html", context)


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def hit(request: OfficerRequest, hit_id: int) -> HttpResponse:
    return _page(request, _hit(request, hit_id))


@requires(Permission.HOUSEHOLDS_VIEW)
@require_POST
def decide(request: OfficerRequest, hit_id: int) -> HttpResponse:
    """viec: "khac" (not the same) or "cung" (has received). Then the next one follows, with a way back."""
    found = _hit(request, hit_id)
    refuse_onlookers(request)
    following = pages.next_after(found, request.user)
    version = number_in(request.POST.get("phien_ban")) or 0
    try:
        if request.POST.get("viec") == "khac":
            actions.declare_not_received(
                hit_id, reason=reason_given(request, pages.REASONS), version=version, by=request.user
            )
        else:
            actions.confirm_received(hit_id, version=version, by=request.user)
    except actions.DecidedMeanwhile as refusal:
        return _page(request, _hit(request, hit_id), conflict=str(refusal), status=409)
    except NotPossible as refusal:
        return _page(request, _hit(request, hit_id), error=str(refusal), status=422)
    address = reverse("sources:hit", args=[following.pk]) if following else reverse("sources:hits")
    return redirect(f"{address}?vua={hit_id}")


@requires(Permission.HOUSEHOLDS_VIEW)
@require_POST
def undo(request: OfficerRequest, hit_id: int) -> HttpResponse:
    _hit(request, hit_id)
    refuse_onlookers(request)
    try:
        actions.reopen_received(hit_id, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The decision is undone. It waits for a decision again."))
    return redirect("sources:hit", hit_id)


def _page(
    request: OfficerRequest, found: ReceivedHit, *, error: str = "", conflict: str = "", status: int = 200
) -> TemplateResponse:
    line = pages.lines_of([found])[0]
    decides = may_decide(request.user)
    context = {
        "hit": found, "line": line, "rows": pages.compare(line, request.user), "error": error, "conflict": conflict,
        "following": pages.next_after(found, request.user), "may_decide": decides,
        "may_deny": decides and (found.certainty == "likely" or sees_more_than(found, request.user)),
        "reason_choices": pages.REASONS.items(), "chosen": request.POST.get("ly_do", "giay-to"),
        "note": request.POST.get("ghi_chu", ""), "just_decided": _just_decided(request),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/hit.html", context, status=status)


def _just_decided(request: OfficerRequest) -> pages.Line | None:
    """What the officer decided a moment ago; it can be taken back from here."""
    wanted = number_in(request.GET.get("vua"))
    if wanted is None or not may_decide(request.user):
        return None
    decided = pages.hits_of(request.user).exclude(state=ReceivedHit.State.OPEN).filter(pk=wanted)
    return next(iter(pages.lines_of(decided)), None)


def _hit(request: OfficerRequest, hit_id: int) -> ReceivedHit:
    return get_object_or_404(pages.hits_of(request.user), pk=hit_id)
