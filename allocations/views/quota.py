"""Who may approve how many: the quota of a round, its proposal and its changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from administration.access import OfficerRequest, Permission, may, requires
from administration.refusals import NotPossible
from allocations import actions
from allocations.forms.quota import ProposalForm, QuotaForm, RoundForm
from allocations.models import Round
from allocations.proposal import TooFew
from allocations.quota_table import QuotaTable, read_table
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
    proposal = ProposalForm(request.GET if "tong" in request.GET else None, initial={"tong": _total(table)})
    proposed = _propose(table, proposal) if proposal.is_bound and may(request.user, Permission.QUOTA_SET) else None
    form = QuotaForm(table=table, proposed=proposed)
    return _page(request, table, form, proposal, proposed=proposed)


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
            changed = actions.set_quota(round.pk, form.amounts, reason=reason, seen=seen, by=request.user)
        except actions.QuotaChanged:
            return _conflict(request, round)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("The quota of %(n)s unit was changed.", "The quotas of %(n)s units were changed.", changed)
            messages.success(request, words % {"n": changed})
            return redirect(_address(round))
    return _page(request, table, form, ProposalForm(initial={"tong": _total(table)}), status=422)


@require_POST
@requires(Permission.QUOTA_SET)
def totals(request: OfficerRequest, round_code: str) -> HttpResponse:
    """The sums of what is typed so far; nothing is saved."""
    round = find_round(request.user, round_code)
    form = QuotaForm(request.POST, table=read_table(request.user, round))
    form.is_valid()
    return render(request, "allocations/_quota_totals.html", _totals(form.table, form.amounts))


def _page(
    request: OfficerRequest, table: QuotaTable, form: QuotaForm, proposal: ProposalForm,
    *, proposed: dict[int, int] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    rounds = Round.objects.of_area(request.user.area).newest_first()
    context: dict[str, Any] = {
        "round": table.round, "table": table, "form": form, "proposal": proposal, "is_proposed": proposed is not None,
        "round_form": RoundForm({"dot": table.round.code}, rounds=rounds),
        "may_set": may(request.user, Permission.QUOTA_SET) and table.round.state != Round.State.CLOSED,
        **_totals(table, proposed or table.amounts),
    }  # fmt: skip
    return render(request, "allocations/quota_list.html", context, status=status)


def _totals(table: QuotaTable, amounts: dict[int, int]) -> dict[str, Any]:
    """Whole, shared out among communes and left, of the first row's unit."""
    shared = sum(amounts.get(row.area.number, 0) for row in table.rows if row.area.is_commune)
    total = amounts.get(table.rows[0].area.number) if table.rows else None
    return {"total": total, "shared": shared, "unshared": None if total is None else total - shared}


def _propose(table: QuotaTable, proposal: ProposalForm) -> dict[int, int] | None:
    if not proposal.is_valid():
        return None
    try:
        return table.proposal(proposal.cleaned_data["tong"])
    except TooFew as few:
        proposal.add_error("tong", _("%(n)s are already approved; it cannot be fewer.") % {"n": few.needed})
        return None


def _total(table: QuotaTable) -> int | None:
    return table.top.allowed if table.top else None


def _conflict(request: OfficerRequest, round: Round) -> HttpResponse:
    context = {
        "round": round, "url": _address(round),
        "reason": _("Somebody else has changed the quota since you opened this page."),
    }  # fmt: skip
    return render(request, "allocations/quota_conflict.html", context, status=409)


def _address(round: Round) -> str:
    return f"{reverse('quota:list')}?dot={round.code}"
