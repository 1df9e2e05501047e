"""Cash at the hand-over desk: recorded on evidence, shown, undone; and which form of support a household chooses."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from administration.access import OfficerRequest, Permission, requires
from administration.once import once
from administration.refusals import NotPossible
from allocations import actions
from allocations import handover_contents as contents
from allocations.actions.hand_over import UNDO_WITHIN
from allocations.forms.payments import PaymentForm, SupportForm, UndoPaymentForm
from allocations.models import Payment, RoundSupport, Status
from allocations.receiving import contradictions
from allocations.views.hand_over import find_line
from allocations.views.place import find_place
from beneficiaries.models import Household


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DEVICES_HAND_OVER)
@once
def pay(request: OfficerRequest, household_code: str) -> HttpResponse:
    """Records the payment of an approved household that bought its phone itself."""
    household, line = find_line(request, household_code)
    support = get_object_or_404(RoundSupport, round=line.round_id, source=line.source_id, form=line.form)
    if not line.is_cash:
        return redirect("handover:give", household.code)
    if line.status == Status.HANDED_OVER and request.method != "POST":
        return redirect("handover:payment", household.code)
    members = contents.members_of([household.pk]).get(household.pk, [])
    initial = {"paid_on": timezone.localdate()}
    form = PaymentForm(request.POST or None, line=line, members=members, support=support, initial=initial)
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.pay(line.pk, form.evidence, paid_on=form.cleaned_data["paid_on"], by=request.user)
        except NotPossible as refusal:
            conflict = str(refusal)
        else:
            messages.success(request, _("The payment is recorded."))
            return redirect("handover:payment", household.code)
    context = {
        "household": household, "line": line, "support": support, "members": members, "form": form,
        "conflict": conflict, "contradictions": contradictions(members[0]) if members else [],
        "may_pay": line.status == Status.APPROVED,
    }  # fmt: skip
    code = 409 if conflict else 422 if form.errors else 200
    return render(request, "allocations/payment_form.html", context, status=code)


@require_safe
@requires(Permission.DEVICES_HAND_OVER)
def payment(request: OfficerRequest, household_code: str) -> HttpResponse:
    """What was paid, on which evidence, to whom."""
    household, line = find_line(request, household_code)
    found = _payment(household)
    context = {
        "household": household, "line": line, "payment": found, "undo_until": found.recorded_at + UNDO_WITHIN,
        "may_undo": timezone.now() - found.recorded_at <= UNDO_WITHIN,
        "desk": contents.read_desk(request.user, timezone.localdate()),
    }  # fmt: skip
    return render(request, "allocations/payment_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DEVICES_HAND_OVER)
def undo(request: OfficerRequest, household_code: str) -> HttpResponse:
    """A payment recorded by mistake: within 30 minutes, with the reason."""
    household, line = find_line(request, household_code)
    found = _payment(household)
    form = UndoPaymentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo_payment(line.pk, reason=form.cleaned_data["reason"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The payment is undone; the household is approved and not paid."))
            return redirect("handover:pay", household.code)
    context = {"household": household, "payment": found, "form": form}
    return render(request, "allocations/payment_undo.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_PREPARE)
def choose_support(
    request: OfficerRequest, round_code: str, household_code: str, commune_code: str = ""
) -> HttpResponse:
    """The household's own choice among what the round gives, as long as the commune works on its line."""
    place = find_place(request.user, round_code, commune_code)
    line = get_object_or_404(
        place.own_list.lines.live().select_related("household", "round", "source"), household__code=household_code
    )
    supports = actions.supports_for(line)
    chosen = next((s.pk for s in supports if (s.source_id, s.form) == (line.source_id, line.form)), None)
    form = SupportForm(request.POST or None, supports=supports, initial={"support": chosen})
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_support(line.pk, form.cleaned_data["support"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(household)s: the choice is saved.") % {"household": line.household})
            return redirect(place.url())
    members = contents.members_of([line.household_id]).get(line.household_id, [])
    context = {"place": place, "line": line, "form": form, "name": str(members[0]) if members else ""}
    return render(request, "allocations/list_support.html", context, status=422 if form.errors else 200)


def _payment(household: Household) -> Payment:
    found = Payment.objects.filter(allocation__household=household).select_related(
        "allocation__round__programme", "allocation__source", "area__parent", "by"
    )
    payment = found.first()
    if payment is None:
        raise Http404
    return payment
