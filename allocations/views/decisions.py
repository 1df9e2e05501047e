"""Confirming what was chosen: approve, return, reject. Each page says exactly what will happen, then what did."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from administration.access import OfficerRequest, Permission, requires
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations import actions
from allocations import review_contents as contents
from allocations.approval_page import describe_approval
from allocations.forms.review import ApproveForm, RefusalForm
from allocations.models import CommuneList, Selection, Status
from allocations.views.review_place import find_list, list_url, standing
from allocations.views.selection import find_selection

MOST_NAMED = 10


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ALLOCATIONS_DECIDE)
def approve(request: OfficerRequest, round_code: str, commune_code: str, token: uuid.UUID) -> HttpResponse:
    """Who will be approved, who will wait; then does it. 409 when that is no longer what the page said."""
    commune_list = find_list(request.user, round_code, commune_code)
    selection = find_selection(request.user, commune_list, token)
    if selection.done_at:
        return redirect(list_url(commune_list, "result", token))
    page = describe_approval(selection)
    form = ApproveForm(request.POST or None, passed_over=page.passed_over, initial={"den_ho": page.boundary})
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_selection(selection, Verb.APPROVED, by=request.user, **form.chosen)
        except NotPossible as refusal:
            conflict = refusal
            page = describe_approval(selection)
            form = _ask_again(request, page.passed_over, page.boundary)
        else:
            return redirect(list_url(commune_list, "result", token))
    context = {"page": page, "form": form, **_shared(request, commune_list, selection, conflict)}
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "allocations/review_approve.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ALLOCATIONS_DECIDE)
def send_back(request: OfficerRequest, round_code: str, commune_code: str, token: uuid.UUID) -> HttpResponse:
    """Asks why the chosen lines go back to the commune, shows what it will read, then returns them."""
    return _refuse(request, find_list(request.user, round_code, commune_code), token, Verb.RETURNED)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ALLOCATIONS_DECIDE)
def reject(request: OfficerRequest, round_code: str, commune_code: str, token: uuid.UUID) -> HttpResponse:
    """Asks why the chosen households are not eligible, shows what the commune will read, then rejects them."""
    return _refuse(request, find_list(request.user, round_code, commune_code), token, Verb.REJECTED)


@require_safe
@requires(Permission.ALLOCATIONS_DECIDE)
def result(request: OfficerRequest, round_code: str, commune_code: str, token: uuid.UUID) -> HttpResponse:
    """What became of the chosen lines, line by line, and the way back for 15 minutes."""
    commune_list = find_list(request.user, round_code, commune_code)
    selection = find_selection(request.user, commune_list, token)
    if not selection.done_at:
        return redirect(list_url(commune_list))
    outcome = selection.outcome
    recent = {event.pk for event in contents.recent_decisions(commune_list, request.user, timezone.now())}
    context = {
        "commune_list": commune_list, "selection": selection, "outcome": outcome, "verb": outcome["verb"],
        "decided": contents.name_lines(outcome["decided"], most=MOST_NAMED),
        "waiting": contents.name_lines(outcome["waiting"], most=MOST_NAMED),
        "refused": contents.name_refused(outcome["refused"]),
        "more_decided": max(0, len(outcome["decided"]) - MOST_NAMED),
        "more_waiting": max(0, len(outcome["waiting"]) - MOST_NAMED),
        "may_undo": outcome["event"] in recent, "undo_until": selection.done_at + actions.UNDO_WITHIN,
    }  # fmt: skip
    return render(request, "allocations/review_result.html", context)


def _refuse(request: OfficerRequest, commune_list: CommuneList, token: uuid.UUID, verb: Verb) -> HttpResponse:
    selection = find_selection(request.user, commune_list, token)
    if selection.done_at:
        return redirect(_after(request, commune_list, selection))
    previews = "xem" in request.POST
    form = RefusalForm(request.POST or None, rejects=verb == Verb.REJECTED)
    conflict = None
    if request.method == "POST" and not previews and form.is_valid():
        try:
            selection = actions.decide_selection(selection, verb, by=request.user, **form.chosen)
        except NotPossible as refusal:
            conflict = refusal
        else:
            return redirect(_after(request, commune_list, selection))
    lines, gone = contents.current_lines(selection)
    context = {
        "form": RefusalForm(initial=request.POST.dict(), rejects=verb == Verb.REJECTED) if previews else form,
        "rejects": verb == Verb.REJECTED, "lines": lines, "gone": contents.name_refused(_stored(gone)),
        "named": contents.name_lines([line.pk for line in lines], most=10), "more": max(0, len(lines) - 10),
        "status": Status.REJECTED if verb == Verb.REJECTED else Status.RETURNED, "in_words": form.in_words,
        **_shared(request, commune_list, selection, conflict),
    }  # fmt: skip
    if previews and request.htmx:
        return render(request, "allocations/_review_preview.html", context)
    code = 409 if conflict else 422 if form.errors and not previews else 200
    return render(request, "allocations/review_refuse.html", context, status=code)


def _after(request: OfficerRequest, commune_list: CommuneList, selection: Selection) -> str:
    """Where a decision leads: the result, or the next household of those who look at them one by one."""
    if not selection.one_by_one:
        return list_url(commune_list, "result", selection.pk)
    messages.success(request, _("Done. This is the next household."))
    return f"{list_url(commune_list)}?che-do=tung-ho&loc={selection.chip}&sau={selection.line_ids[0]}"


def _ask_again(request: OfficerRequest, passed_over: int, boundary: int) -> ApproveForm:
    """The same form with what was typed, agreeing to what would happen now."""
    return ApproveForm(passed_over=passed_over, initial={**request.POST.dict(), "den_ho": boundary})


def _stored(refused: list[Any]) -> list[tuple[int, str]]:
    return [(line.pk, why) for line, why in refused]


def _shared(
    request: OfficerRequest, commune_list: CommuneList, selection: Selection, conflict: NotPossible | None
) -> dict[str, Any]:
    rows = _stored(conflict.refused) if isinstance(conflict, actions.NothingDecided) else []
    return {
        "commune_list": commune_list, "selection": selection, **standing(request.user, commune_list),
        "conflict": str(conflict or ""), "conflict_rows": contents.name_refused(rows),
        "back_url": list_url(commune_list),
    }  # fmt: skip
