"""Giving one's role to a colleague for some days, taking it back, and standing in. Four eyes hold: it is the person
who acts, not the role, that may not sign or approve their own work.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Delegation, Officer, Role
from administration.refusals import NotPossible, refusals_as_sentences
from administration.scope import within
from administration.verbs import Verb

SESSION_KEY = "stands_in"


@transaction.atomic
def delegate(
    taker_id: int, *, starts_on: datetime.date, ends_on: datetime.date, reason: str, giver_id: int | None = None,
    by: Officer, at: datetime.datetime | None = None,
) -> Delegation:  # fmt: skip
    """The work of a role and area is given away for these days, both included: by its officer, or by an administrator
    for the officer `giver_id`, who is absent without having given it.
    """
    at = at or timezone.now()
    giver = by if giver_id is None or giver_id == by.pk else _absent(giver_id, by)
    if not reason.strip():
        raise NotPossible(_("Write the reason or the decision number."))
    if by.stands_in is not None:
        raise NotPossible(_("A role that was given to you cannot be passed on. Go back to your own role first."))
    if starts_on < timezone.localdate(at):
        raise NotPossible(_("A delegation begins today or later."))
    taker = possible_takers(giver).select_for_update(of=["self"]).filter(pk=taker_id).first()
    if taker is None:
        raise NotPossible(_("This colleague cannot stand in for %(name)s.") % {"name": giver})
    with refusals_as_sentences():
        made = Delegation.objects.create(
            giver_id=giver.pk, taker=taker, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(),
            made_by_id=by.pk, made_at=at,
        )  # fmt: skip
    _record(Verb.ROLE_DELEGATED, made, by=by, at=at)
    return made


@transaction.atomic
def end_delegation(delegation_id: int, *, by: Officer, at: datetime.datetime | None = None) -> Delegation:
    """Back earlier than planned: from the next request on nobody stands in. Either of the two may end it, and an
    administrator.
    """
    found = Delegation.objects.select_for_update(of=["self"]).select_related("giver__area", "taker").not_over()
    made = found.filter(pk=delegation_id).first()
    if made is None or not (by.pk in (made.giver_id, made.taker_id) or _looks_after(by, made.giver)):
        raise NotPossible(_("This delegation is over."))
    made.ended_at = at or timezone.now()
    made.save(update_fields=["ended_at"])
    _record(Verb.DELEGATION_ENDED, made, by=by, at=made.ended_at)
    return made


def _absent(officer_id: int, by: Officer) -> Officer:
    """The officer for whom an administrator acts."""
    found = Officer.objects.select_related("area").filter(pk=officer_id, is_active=True).first()
    if found is None or not _looks_after(by, found):
        raise NotPossible(_("Only an administrator gives the work of somebody else away."))
    return found


def _looks_after(by: Officer, officer: Officer) -> bool:
    """An administrator of the whole country, or of a unit that holds the officer's; never while standing in."""
    if by.role != Role.ADMINISTRATOR or by.stands_in is not None or officer.area is None:
        return False
    return by.area is None or by.area.contains(officer.area.number)


def looked_after(by: Officer) -> QuerySet[Officer]:
    """Active officers whose work the administrator may give away."""
    found = Officer.objects.filter(is_active=True).exclude(role=Role.ADMINISTRATOR).select_related("area")
    return found.filter(area__number__range=(by.area.number, by.area.last)) if by.area else found


def current_delegations(by: Officer) -> QuerySet[Delegation]:
    """Delegations that are not over, of the officers whom the administrator looks after; newest first."""
    found = Delegation.objects.not_over().newest_first().select_related("giver__area", "taker", "made_by")
    return found.filter(giver__area__number__range=(by.area.number, by.area.last)) if by.area else found


def possible_takers(giver: Officer) -> QuerySet[Officer]:
    """Active colleagues of the same branch of the tree: at, above or below the giver's unit. Never an administrator."""
    if giver.area is None or giver.role == Role.ADMINISTRATOR:
        return Officer.objects.none()
    low, high = giver.area.number, giver.area.last
    others = Officer.objects.filter(is_active=True, is_demo=giver.is_demo).exclude(pk=giver.pk)
    others = others.exclude(role=Role.ADMINISTRATOR)
    inside = others.filter(area__number__range=(low, high))
    above = others.filter(area__number__lte=low, area__last__gte=high)
    beside = others.filter(area__parent=giver.area.parent_id)
    return (inside | above | beside).select_related("area").order_by("full_name", "pk")


def standing_in(officer: Officer, delegation_id: object) -> Officer:
    """The officer as they work now: in the role and area of whom they stand in for, as long as that is in force."""
    if not isinstance(delegation_id, int):
        return officer
    found = Delegation.objects.in_force().filter(pk=delegation_id, taker=officer.pk).select_related("giver__area")
    made = found.first()
    if made is None:
        return officer
    officer.stands_in, officer.own_role = made, officer.role
    officer.role, officer.area = made.giver.role, made.giver.area
    return officer


def _record(verb: Verb, made: Delegation, *, by: Officer, at: datetime.datetime) -> None:
    area = made.giver.area
    assert area is not None  # noqa: S101 - only officers with an area give their role away
    with within(area.number, area.last):
        AuditEvent.record(
            verb, made, by=by, area=area, at=at, officer=str(made.taker), role=made.giver.role, place=str(area),
            giver=str(made.giver), starts_on=made.starts_on.isoformat(), ends_on=made.ends_on.isoformat(),
            reason=made.reason,
        )  # fmt: skip
