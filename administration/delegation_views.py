"""My absence: who stands in for me, and for whom I may stand in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from administration.access import OfficerRequest, Permission, may, requires
from administration.delegation_actions import (
    SESSION_KEY,
    current_delegations,
    delegate,
    end_delegation,
    looked_after,
    possible_takers,
)
from administration.forms import DelegationForm
from administration.models import Delegation
from administration.once import once
from administration.refusals import NotPossible


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.TASKS_VIEW)
@once
def delegations(request: OfficerRequest) -> HttpResponse:
    """POST gives the own role away for some days."""
    form = DelegationForm(
        request.POST if request.method == "POST" else None,
        takers=possible_takers(request.user), initial={"starts_on": timezone.localdate()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            delegate(said.pop("taker").pk, by=request.user, **said)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your role is given to your colleague for these days. It is on record."))
            return redirect("delegations")
    current = Delegation.objects.not_over().newest_first().select_related("giver__area", "taker")
    manages = may(request.user, Permission.ACCOUNTS_MANAGE)
    context = {
        "manages": manages, "everybodys": current_delegations(request.user) if manages else None,
        "form": form, "given": current.filter(giver=request.user.pk), "taken": current.filter(taker=request.user.pk),
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "administration/delegations.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNTS_MANAGE)
@once
def delegate_for(request: OfficerRequest, officer_id: int) -> HttpResponse:
    """The administrator gives away the work of somebody who is absent unexpectedly."""
    giver = get_object_or_404(looked_after(request.user), pk=officer_id)
    form = DelegationForm(
        request.POST if request.method == "POST" else None,
        takers=possible_takers(giver), initial={"starts_on": timezone.localdate()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            delegate(said.pop("taker").pk, giver_id=giver.pk, by=request.user, **said)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The work of %(name)s is given to a colleague. It is on record.") % {"name": giver}
            )
            return redirect("delegations")
    context = {"form": form, "giver": giver}
    return render(request, "administration/delegate_for.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.TASKS_VIEW)
def end(request: OfficerRequest, delegation_id: int) -> HttpResponse:
    """Takes the role back, or gives it back."""
    try:
        end_delegation(delegation_id, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The delegation is over."))
    return redirect("delegations")


@require_POST
@requires(Permission.TASKS_VIEW)
def stand_in(request: OfficerRequest, delegation_id: int = 0) -> HttpResponse:
    """Works from now on in the role of whom one stands in for; without a number, in one's own again."""
    mine = Delegation.objects.in_force().filter(pk=delegation_id, taker=request.user.pk)
    if delegation_id and mine.exists():
        request.session[SESSION_KEY] = delegation_id
    else:
        request.session.pop(SESSION_KEY, None)
        if delegation_id:
            messages.error(request, _("This delegation is not in force today."))
    return redirect("tasks")
