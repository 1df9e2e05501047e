"""Suspected duplicates: the queue, one pair side by side, the decision and its undoing."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from administration.access import OfficerRequest, Permission, requires
from administration.refusals import NotPossible
from administration.typed import number_in
from beneficiaries import actions
from beneficiaries import pair_pages as pages
from beneficiaries.household_values import HOUSEHOLD_FIELDS
from beneficiaries.models import MoveRequest, SuspectedPair

PER_PAGE = 25


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def pair_list(request: OfficerRequest) -> HttpResponse:
    queue = request.GET.get("tt", "mo")
    queue = queue if queue in pages.QUEUES else "mo"
    label, states = pages.QUEUES[queue]
    found = pages.pairs_of(request.user).filter(state__in=states)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts = pages.count_queues(request.user)
    context = {
        "page": page, "lines": pages.lines_of(page.object_list, request.user), "queue": queue, "label": label,
        "queues": [(key, words, counts.get(key)) for key, (words, _states) in pages.QUEUES.items()],
        "just_decided": _just_decided(request), "may_decide": pages.may_decide(request.user),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/pair_list.html", context)


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def pair(request: OfficerRequest, pair_id: int) -> HttpResponse:
    return _page(request, _pair(request, pair_id))


@requires(Permission.HOUSEHOLDS_VIEW)
@require_POST
def decide(request: OfficerRequest, pair_id: int) -> HttpResponse:
    """viec: "khac" (not the same) or "cung" (the same). Then the next pair follows, with a way back."""
    pair = _pair(request, pair_id)
    refuse_onlookers(request)
    following = pages.next_after(pair, request.user)
    try:
        if request.POST.get("viec") == "khac":
            actions.declare_different(pair.pk, reason=reason_given(request, pages.REASONS), by=request.user)
        else:
            take = [name for name in request.POST.getlist("lay") if name in HOUSEHOLD_FIELDS]
            actions.declare_same(pair.pk, keep_id=number_in(request.POST.get("giu")) or 0, take=take, by=request.user)
    except NotPossible as refusal:
        pair.refresh_from_db()
        return _page(request, pair, error=str(refusal))
    address = reverse("pairs:pair", args=[following.pk]) if following else reverse("pairs:list")
    return redirect(f"{address}?vua={pair.pk}")


@requires(Permission.HOUSEHOLDS_VIEW)
@require_POST
def undo(request: OfficerRequest, pair_id: int) -> HttpResponse:
    pair = _pair(request, pair_id)
    refuse_onlookers(request)
    try:
        actions.reopen_pair(pair.pk, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The decision is undone. The pair waits for a decision again."))
    return redirect("pairs:pair", pair.pk)


def _page(request: OfficerRequest, pair: SuspectedPair, *, error: str = "") -> TemplateResponse:
    found, may_decide = pages.compare(pair, request.user), pages.may_decide(request.user)
    asked = None
    if pair.state == SuspectedPair.State.WAITING:
        both = [pair.household_a_id, pair.household_b_id]
        asked = MoveRequest.objects.visible_to(request.user).open().filter(household__in=both, into__in=both).first()
    context = {
        "pair": pair, "found": found, "sides": [found.line.first, found.line.second] if found.rows else [],
        "following": pages.next_after(pair, request.user), "error": error,
        "request_id": asked.pk if asked else None, "may_decide": may_decide,
        "may_take": may_decide and pair.state == SuspectedPair.State.OPEN and found.can_take,
        "reason_choices": pages.REASONS.items(), "chosen": request.POST.get("ly_do", "giay-to"),
        "note": request.POST.get("ghi_chu", ""), "just_decided": _just_decided(request),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/pair.html", context, status=422 if error else 200)


def _just_decided(request: OfficerRequest) -> pages.Line | None:
    """The pair that the officer decided on a moment ago; it can be taken back from here."""
    wanted = number_in(request.GET.get("vua"))
    if wanted is None or not pages.may_decide(request.user):
        return None
    decided = pages.pairs_of(request.user).exclude(state=SuspectedPair.State.OPEN).filter(pk=wanted)
    return next(iter(pages.lines_of(decided, request.user)), None)


def reason_given(request: OfficerRequest, choices: Mapping[str, str | Promise]) -> str:
    """The sentence that was chosen, and what was written beside it; a reason of one's own has to be written."""
    chosen, note = request.POST.get("ly_do", ""), request.POST.get("ghi_chu", "").strip()
    said = str(choices[chosen]) if chosen in choices and chosen != "khac" else ""
    return ". ".join(part for part in (said, note) if part)[:300]


def refuse_onlookers(request: OfficerRequest) -> None:
    if not pages.may_decide(request.user):
        raise PermissionDenied(_("Your role looks at suspected duplicates; the commune official decides on them."))


def _pair(request: OfficerRequest, pair_id: int) -> SuspectedPair:
    return get_object_or_404(pages.pairs_of(request.user), pk=pair_id)
