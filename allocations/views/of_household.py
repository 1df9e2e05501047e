"""The support of one household, as a page and as the part that the household's own page shows."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from administration.access import OfficerRequest, Permission, requires
from allocations.household_support import support_of
from beneficiaries.models import Household


@require_safe
@requires(Permission.ALLOCATIONS_VIEW)
def of_household(request: OfficerRequest, household_code: str) -> HttpResponse:
    """Rounds, rank, reasons, decision and device; with htmx only the fragment."""
    households = Household.objects.visible_to(request.user).select_related("area")
    household = get_object_or_404(households, code=household_code)
    template = "allocations/_list_of_household.html" if request.htmx else "allocations/list_of_household.html"
    return render(request, template, {"support": support_of(household), "explains": not request.htmx})
