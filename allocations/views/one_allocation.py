"""S9: one household in the programme, with everything that happened to it and what can be done about it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from administration.access import OfficerRequest, Permission, may, requires
from administration.verbs import Verb
from allocations.household_support import support_of
from allocations.models import Status
from beneficiaries.models import Household
from beneficiaries.timeline import events_of

DECISIONS = "quyet-dinh"
WITH_THE_COMMUNE = [Status.DRAFT, Status.POSTED, Status.WITHDRAWN]
DECIDING = [
    Verb.LIST_SUBMITTED, Verb.LIST_WITHDRAWN, Verb.APPROVED, Verb.WAITLISTED, Verb.RETURNED, Verb.REJECTED,
    Verb.PROMOTED, Verb.APPROVAL_CONFIRMED, Verb.DECISION_REOPENED, Verb.DECISION_UNDONE, Verb.DECLINED,
    Verb.HANDED_OVER, Verb.HAND_OVER_UNDONE, Verb.SUPPORT_CHOSEN, Verb.PAID, Verb.PAYMENT_UNDONE,
]  # fmt: skip


@require_safe
@requires(Permission.ALLOCATIONS_VIEW)
def show(request: OfficerRequest, household_code: str) -> HttpResponse:
    """Rank, reasons, decision, device; the timeline, whole or only its decisions (?xem=quyet-dinh)."""
    households = Household.objects.visible_to(request.user).select_related("area")
    household = get_object_or_404(households, code=household_code)
    support, only = support_of(household), request.GET.get("xem") == DECISIONS
    line = support.promises[0].row.line if support.promises else None
    context = {
        "support": support, "line": line, "name": support.promises[0].row.name if line else household.code,
        "events": events_of(household, verbs=DECIDING if only else None), "only_decisions": only, "explains": True,
        "may_decide": may(request.user, Permission.ALLOCATIONS_DECIDE) and line and line.status not in WITH_THE_COMMUNE,
        "may_print": may(request.user, Permission.DEVICES_HAND_OVER) and line and line.tag == Status.HANDED_OVER,
    }  # fmt: skip
    return render(request, "allocations/one_allocation.html", context)
