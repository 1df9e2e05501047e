"""One household at a time with the same three verbs: for duplicates, missing evidence, and telephones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.access import OfficerRequest
from administration.refusals import NotPossible
from administration.typed import number_in
from allocations import actions
from allocations import review_contents as contents
from allocations.models import CommuneList
from allocations.one_household import OneHousehold, find_household
from allocations.unit_quota import UnitQuota, quota_of, support_of_line
from allocations.views.review_place import list_url, presence_on, standing

CONFIRM, REOPEN = "xac-nhan", "mo-lai"
REASON_PAGES = {"tra-lai": "send_back", "tu-choi": "reject"}


def one_by_one(request: OfficerRequest, commune_list: CommuneList) -> HttpResponse:
    """Called by the view of the list, which has checked who may see it."""
    if request.method == "POST":
        return _decide(request, commune_list)
    return render(request, "allocations/review_one.html", _context(request, commune_list))


def _context(request: OfficerRequest, commune_list: CommuneList, asked: int = 0) -> dict[str, Any]:
    chips = contents.count_chips(commune_list, request.GET.get("loc", ""))
    chip = next(one for one in chips if one.current)
    found = find_household(
        commune_list, chip.key, asked=asked or _number(request.GET.get("dong")), after=_number(request.GET.get("sau"))
    )  # fmt: skip
    quota = quota_of(commune_list.round_id, commune_list.area_id)
    return {
        "commune_list": commune_list, "chips": chips, "chip": chip, "found": found, "quota": quota,
        **standing(request.user, commune_list), "has_room": _has_room(found, quota),
        "recent": contents.recent_decisions(commune_list, request.user, timezone.now()),
        **presence_on(request, commune_list, found.row.line.pk if found else None),
    }  # fmt: skip


def _has_room(found: OneHousehold | None, quota: UnitQuota | None) -> bool:
    """Whether the quota of what the household is to get is not used up."""
    if found is None or quota is None:
        return False
    return quota.left_by.get(support_of_line(found.row.line), 0) > 0


def _decide(request: OfficerRequest, commune_list: CommuneList) -> HttpResponse:
    line, verb = _number(request.POST.get("dong")), request.POST.get("lam", "")
    if verb in REASON_PAGES:
        chosen = actions.select_lines(
            commune_list.pk, [line], chip=request.GET.get("loc", ""), one_by_one=True, by=request.user
        )  # fmt: skip
        return redirect(list_url(commune_list, REASON_PAGES[verb], chosen.pk))
    try:
        _carry_out(request, commune_list, line, verb)
    except NotPossible as refusal:
        context = _context(request, commune_list, asked=line) | {"conflict": str(refusal)}
        return render(request, "allocations/review_one.html", context, status=409)
    messages.success(request, _("Done. This is the next household."))
    query = request.GET.copy()
    query.pop("dong", None)
    query["sau"] = str(line)
    return redirect(f"{list_url(commune_list)}?{query.urlencode()}")


def _carry_out(request: OfficerRequest, commune_list: CommuneList, line: int, verb: str) -> None:
    if verb not in (CONFIRM, REOPEN):
        _approve(request, commune_list, line)
        return
    get_object_or_404(commune_list.lines, pk=line)
    seen = _number(request.POST.get("phien_ban"))
    if verb == CONFIRM:
        actions.confirm_approval(line, seen=seen, by=request.user)
    else:
        actions.reopen(line, reason=request.POST.get("ly_do", "")[:300], seen=seen, by=request.user)


def _approve(request: OfficerRequest, commune_list: CommuneList, line: int) -> None:
    """What the button said: `den_ho` is the line itself when it was to be approved, 0 when it was to wait."""
    outcome = actions.approve(
        commune_list.pk, [line], seen={line: _number(request.POST.get("phien_ban"))},
        agreed_last=_number(request.POST.get("den_ho")), by=request.user,
    )  # fmt: skip
    if outcome.event is None:
        raise NotPossible(" ".join(why for _line, why in outcome.refused) or _("This line has changed."))


def _number(text: str | None) -> int:
    return number_in(text) or 0
