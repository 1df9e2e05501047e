"""Another member becomes the head of a household: after a death, a marriage, a move, or a mistake of the list."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from beneficiaries.actions.duplicates import find_among
from beneficiaries.actions.households import ChangedMeanwhile, lock_household
from beneficiaries.models import Household, Person


@transaction.atomic
def change_head(
    household_id: int, person_id: int, *, relation: str, version: int, by: Officer,
    at: datetime.datetime | None = None,
) -> Household:  # fmt: skip
    """Makes a member the head. `relation` is the former head's to the new one; "" when that person left the household.

    A device is promised to the household, not to its head: lists and decisions stay, and say that the head changed.
    """
    household = lock_household(household_id, by=by)
    if household.version != version:
        raise ChangedMeanwhile(_("Somebody else has changed this household since you opened it."))
    members = {person.pk: person for person in household.members.filter(is_live=True)}
    former = next((person for person in members.values() if person.is_head), None)
    chosen = members.get(person_id)
    if chosen is None or former is None or chosen.is_head:
        raise NotPossible(_("Choose another member of this household as its head."))
    with refusals_as_sentences():
        _swap(former, chosen, relation.strip())
        Household.objects.filter(pk=household.pk).update(version=F("version") + 1, updated_at=Now())
    AuditEvent.record(
        Verb.HOUSEHOLD_HEAD_CHANGED, household, by=by, area=household.area_id, households=[household.pk], at=at,
        head=chosen.full_name, former_head=former.full_name, relation=relation.strip(),
    )  # fmt: skip
    find_among([household.pk])
    household.refresh_from_db()
    return household


def _swap(former: Person, chosen: Person, relation: str) -> None:
    """One head at any moment: the former one steps down, or leaves, before the new one steps up."""
    if relation:
        Person.objects.filter(pk=former.pk).update(is_head=False, relation=relation)
    else:
        Person.objects.filter(pk=former.pk).delete()
    Person.objects.filter(pk=chosen.pk).update(is_head=True, relation="")
