"""One household: everything that is known about it, and a look at an identity number."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from administration.access import OfficerRequest, Permission, may, requires
from administration.event_words import value_in_words
from administration.refusals import NotPossible
from beneficiaries import actions
from beneficiaries.hit_pages import received_of
from beneficiaries.lineage_pages import lineage_of, requests_of, with_lineage
from beneficiaries.models import Household, HouseholdLink, Person
from beneficiaries.timeline import events_of, versions_of
from beneficiaries.views.pairs import refuse_onlookers


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def household_detail(request: OfficerRequest, code: str) -> HttpResponse:
    return _page(request, _visible(request, code))


@requires(Permission.IDENTITY_REVEAL)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def identity(request: OfficerRequest, code: str, person_id: int) -> HttpResponse:
    """POST shows the number once and records it; GET is the masked cell that comes back after a minute."""
    household = _visible(request, code)
    person = get_object_or_404(household.members.all(), pk=person_id)
    number, error = "", ""
    if request.method == "POST":
        try:
            number = actions.reveal_identity(person.pk, by=request.user)
        except NotPossible as refusal:
            error = str(refusal)
    if not request.htmx:
        return _page(request, household, revealed=person, number=number, error=error)
    context = {"household": household, "person": person, "number": number, "error": error, "may_reveal": True}
    return TemplateResponse(request, "beneficiaries/_identity.html", context)


@requires(Permission.HOUSEHOLDS_VIEW)
@require_POST
def undo_link(request: OfficerRequest, code: str, link_id: int) -> HttpResponse:
    """Takes a merging, a move or a split apart again, from the page of either household."""
    household = _visible(request, code)
    refuse_onlookers(request)
    links = HouseholdLink.objects.visible_to(request.user)
    link = get_object_or_404(links.filter(source=household) | links.filter(target=household), pk=link_id)
    try:
        actions.undo_link(link.pk, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is undone: both records are as they were."))
    return redirect("households:detail", code)


def _visible(request: OfficerRequest, code: str) -> Household:
    households = with_lineage(Household.objects.visible_to(request.user))
    return get_object_or_404(households.select_related("area__parent", "created_by", "source__file"), code=code)


def _page(
    request: OfficerRequest, household: Household, *, revealed: Person | None = None, number: str = "", error: str = ""
) -> TemplateResponse:
    members = household.members.select_related("ethnic_group").order_by("-is_head", "pk")
    context: dict[str, Any] = {
        "household": household,
        "members": members,
        "head": members[0] if members else None,
        "attribute_words": [value_in_words("attributes", code) for code in household.attributes],
        "received": received_of([household.pk]).get(household.pk, []),
        "lineage": lineage_of(household, request.user),
        "move_requests": requests_of(household),
        "events": events_of(household),
        "versions": versions_of(household),
        "revealed_id": revealed.pk if revealed else None,
        "number": number,
        "error": error,
        "may_edit": may(request.user, Permission.HOUSEHOLDS_EDIT) and not household.delisted_on,
        "may_reveal": may(request.user, Permission.IDENTITY_REVEAL),
    }
    return TemplateResponse(request, "beneficiaries/household_detail.html", context)
