"""Looking at identity numbers: each look is written down (Luật 91/2025/QH15; ASVS 16.2)."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from administration.limits import refuse_too_many
from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from beneficiaries.identity_rules import mask
from beneficiaries.models import Person
from beneficiaries.sealing import fingerprint


@transaction.atomic
def reveal_identity(person_id: int, *, by: Officer, at: datetime.datetime | None = None) -> str:
    """The identity number of a person in clear: the 12-digit one, or the old 9-digit one when there is no other."""
    person = Person.objects.visible_to(by).select_related("household").get(pk=person_id)
    number = person.identity_number or person.old_identity_number
    if not number:
        raise NotPossible(_("No identity number is registered for this person."))
    refuse_too_many(Verb.IDENTITY_REVEALED, by=by, at=at)
    AuditEvent.record(
        Verb.IDENTITY_REVEALED, person.household, by=by, area=person.area_id, households=[person.household_id], at=at,
        person=person.full_name, number=mask(number),
    )  # fmt: skip
    return number


@transaction.atomic
def find_by_identity(number: str, *, by: Officer, at: datetime.datetime | None = None) -> int | None:
    """The id of the household whose member has this CCCD (12 digits) or CMND (9), inside the officer's area."""
    if by.area is None:
        return None
    refuse_too_many(Verb.IDENTITY_SEARCHED, by=by, at=at)
    sought = fingerprint(number)
    people = Person.objects.visible_to(by).filter(is_live=True)
    person = people.filter(Q(cccd_hash=sought) if len(number) == 12 else Q(cmnd_hash=sought)).first()
    households = [person.household_id] if person else []
    AuditEvent.record(
        Verb.IDENTITY_SEARCHED, person.household if person else by, by=by, area=person.area_id if person else by.area,
        households=households, at=at, number=mask(number), found=bool(person),
    )  # fmt: skip
    return person.household_id if person else None
