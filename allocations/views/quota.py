"""Who may approve how many: the quota of a round, its proposal, its changes and their history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from administration.access import OfficerRequest, Permission, may, requires
from administration.refusals import NotPossible
from administration.typed import number_in
from allocations import actions
from allocations.forms.quota import ProposalForm, QuotaForm, RoundForm
from allocations.models import QuotaChange, Round
from allocations.proposal import TooFew
from allocations.quota_history import A_PAGE, read_history
from allocations.quota_paste import read_pasted
from allocations.quota_table import Amounts, QuotaTable, read_table
from allocations.views.place import find_round


@require_safe
@requires(Permission.QUOTA_VIEW)
def quota_list(request: OfficerRequest) -> HttpResponse:
    """The table of one round; with `tong` a proposal fills the boxes, which a person then saves."""
    rounds = Round.objects.of_area(request.user.area).newest_first().select_related("programme__province")
    chosen = rounds.filter(code=request.GET.get("dot", "")).first() or rounds.open().first() or rounds.first()
    if chosen is None:
        return render(request, "allocations/quota_list.html", {"round": None})
    table = read_table(request.user, chosen)
    proposal = ProposalForm(request.GET, table=table) if "tong" in request.GET else None
    proposed = _propose(table, proposal) if proposal and may(request.user, Permission.QUOTA_SET) else None
    form = QuotaForm(table=table, proposed=proposed)
    return _page(request, form, proposal=proposal, proposed=proposed)


@require_POST
@requires(Permission.QUOTA_SET)
def set_quota(request: OfficerRequest, round_code: str) -> HttpResponse:
    """Saves the grid as one change with one reason."""
    round = find_round(request.user, round_code)
    table = read_table(request.user, round)
    form = QuotaForm(request.POST, table=table)
    if form.is_valid() and form.cleaned_data["seen"] != table.fingerprint:
        return _conflict(request, round)
    if form.is_valid():
        reason, seen = form.cleaned_data["reason"], table.amounts
        try:
            changed = actions.set_quotas(round.pk, form.amounts, reason=reason, seen=seen, by=request.user)
        except actions.QuotaChanged:
            return _conflict(request, round)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            _say_what_changed(request, changed)
            return redirect(_address(round))
    return _page(request, form, status=422)


@require_POST
@requires(Permission.QUOTA_SET)
def paste(request: OfficerRequest, round_code: str) -> HttpResponse:
    """Fills the boxes from rows copied out of a spreadsheet; what is typed elsewhere stays, nothing is saved."""
    table = read_table(request.user, find_round(request.user, round_code))
    typed = QuotaForm(request.POST, table=table)
    typed.is_valid()
    pasted = read_pasted(request.POST.get("bang", ""), table.rows, [support.pk for support in table.supports])
    filled = {pk: typed.amounts.get(pk, {}) | pasted.amounts[pk] for pk in pasted.amounts}
    initial = {"reason": request.POST.get("reason", ""), "seen": request.POST.get("seen", "")}
    form = QuotaForm(table=table, proposed=filled, initial=initial)
    return _page(request, form, proposed=filled, pasted=pasted)


@require_POST
@requires(Permission.QUOTA_SET)
def undo(request: OfficerRequest, round_code: str, event_id: int) -> HttpResponse:
    """Takes one save back, as long as nothing has been changed since."""
    round = find_round(request.user, round_code)
    get_object_or_404(QuotaChange.objects.visible_to(request.user).filter(round=round, event=event_id)[:1])
    try:
        changed = actions.undo_quota_change(event_id, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        _say_what_changed(request, changed)
    return redirect(_address(round))


@require_safe
@requires(Permission.QUOTA_VIEW)
def history(request: OfficerRequest, round_code: str) -> HttpResponse:
    """Every change of the round's quota, newest first; `truoc` continues behind an event."""
    round = find_round(request.user, round_code)
    before = number_in(request.GET.get("truoc"))
    found = read_history(request.user, round, most=A_PAGE, before=before)
    return render(request, "allocations/quota_history.html", {"round": round, "history": found})


@require_POST
@requires(Permission.QUOTA_SET)
def totals(request: OfficerRequest, round_code: str) -> HttpResponse:
    """The sums of what is typed so far; nothing is saved."""
    form = QuotaForm(request.POST, table=read_table(request.user, find_round(request.user, round_code)))
    form.is_valid()
    return render(request, "allocations/_quota_totals.html", {"totals": _totals(form.table, form.amounts)})


def _page(
    request: OfficerRequest, form: QuotaForm, *, proposal: ProposalForm | None = None,
    proposed: Amounts | None = None, status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    table = form.table
    rounds = Round.objects.of_area(request.user.area).newest_first()
    context: dict[str, Any] = {
        "round": table.round, "table": table, "form": form, "is_proposed": proposed is not None,
        "proposal": proposal or ProposalForm(table=table, initial={"tong": _total(table)}),
        "round_form": RoundForm({"dot": table.round.code}, rounds=rounds),
        "may_set": may(request.user, Permission.QUOTA_SET) and table.round.state != Round.State.CLOSED,
        "totals": _totals(table, _shown(table, form, proposed)), "history": read_history(request.user, table.round),
        **more,
    }  # fmt: skip
    return render(request, "allocations/quota_list.html", context, status=status)


def _shown(table: QuotaTable, form: QuotaForm, proposed: Amounts | None) -> Amounts:
    """The numbers that stand in the boxes."""
    if form.is_bound:
        return form.amounts
    return {pk: units | (proposed or {}).get(pk, {}) for pk, units in table.amounts.items()}


def _totals(table: QuotaTable, amounts: Amounts) -> list[dict[str, Any]]:
    """Whole, shared out among communes and left, of the first row's unit, support by support."""
    totals = []
    for support in table.supports:
        units = amounts.get(support.pk, {})
        shared = sum(units.get(row.area.number, 0) for row in table.rows if row.area.is_commune)
        total = units.get(table.rows[0].area.number) if table.rows else None
        left = None if total is None else total - shared
        over = max(0, -(left or 0))
        totals.append({"support": support, "total": total, "shared": shared, "unshared": left, "over": over})
    return totals


def _propose(table: QuotaTable, proposal: ProposalForm) -> Amounts | None:
    if not proposal.is_valid() or proposal.support is None:
        return None
    try:
        return {proposal.support.pk: table.proposal(proposal.cleaned_data["tong"], proposal.support)}
    except TooFew as few:
        proposal.add_error("tong", _("%(n)s are already approved; it cannot be fewer.") % {"n": few.needed})
        return None


def _total(table: QuotaTable) -> int | None:
    return table.top.cells[table.supports[0].pk].allowed if table.top and table.supports else None


def _say_what_changed(request: OfficerRequest, changed: int) -> None:
    if not changed:
        messages.info(request, _("Nothing was changed: the numbers are what they were."))
        return
    words = ngettext(
        "%(n)s number of the quota was changed. The unit concerned is told on its to-do page.",
        "%(n)s numbers of the quota were changed. The units concerned are told on their to-do pages.", changed,
    )  # fmt: skip
    messages.success(request, words % {"n": changed})


def _conflict(request: OfficerRequest, round: Round) -> HttpResponse:
    context = {
        "round": round, "url": _address(round),
        "reason": _("Somebody else has changed the quota since you opened this page."),
    }  # fmt: skip
    return render(request, "allocations/quota_conflict.html", context, status=409)


def _address(round: Round) -> str:
    return f"{reverse('quota:list')}?dot={round.code}"
