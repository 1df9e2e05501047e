"""Adding, changing and delisting one household. Numbers are refused by the database, in words by these actions."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Area, AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from beneficiaries.actions.duplicates import find_among
from beneficiaries.actions.received import find_received
from beneficiaries.differences import household_differences
from beneficiaries.household_values import (
    KEEP,
    HouseholdValues,
    PersonValues,
    columns_of,
    person_columns_of,
)
from beneficiaries.identity_rules import mask
from beneficiaries.models import Household, Person
from beneficiaries.numbering import next_codes
from beneficiaries.registered import holders_of
from beneficiaries.sealing import fingerprint, seal


class NoLongerThere(NotPossible, Household.DoesNotExist):
    """The household was taken back together with its file a moment ago, or lies outside the officer's area."""


class ChangedMeanwhile(NotPossible):
    """Somebody changed the household after this officer had opened it."""


@transaction.atomic
def add_household(values: HouseholdValues, *, by: Officer, at: datetime.datetime | None = None) -> Household:
    """A new household gets the next code of its commune."""
    area = Area.objects.get(pk=values.area_no)
    if by.area is None or not by.area.contains(area.number) or not area.is_commune:
        raise NotPossible(_("This lies outside your area."))
    _refuse_taken_numbers(values, {}, household_id=None)
    with refusals_as_sentences():
        household = Household.objects.create(
            area=area, code=next_codes(area, 1)[0], created_by=by, **columns_of(values)
        )
        Person.objects.bulk_create(_new_person(household, p, is_head=p is values.head) for p in values.people())
    AuditEvent.record(
        Verb.HOUSEHOLD_ADDED, household, by=by, area=area, households=[household.pk], at=at,
        head=values.head.full_name, people=1 + len(values.members),
    )  # fmt: skip
    find_among([household.pk])
    return household


@transaction.atomic
def change_household(
    household_id: int, values: HouseholdValues, *, version: int, by: Officer, at: datetime.datetime | None = None
) -> Household:
    """Changes what differs from the register; says so in one event. Nothing different: nothing happens."""
    household = lock_household(household_id, by=by)
    if household.version != version:
        raise ChangedMeanwhile(_("Somebody else has changed this household since you opened it."))
    people = {person.pk: person for person in household.members.all()}
    _refuse_taken_numbers(values, people, household_id=household.pk)
    changes = household_differences(household, people, values)
    if not changes:
        return household
    with refusals_as_sentences():
        _write_people(household, people, values)
        Household.objects.filter(pk=household.pk).update(
            **columns_of(values), version=F("version") + 1, updated_at=Now()
        )
    AuditEvent.record(
        Verb.HOUSEHOLD_CHANGED, household, by=by, area=household.area_id, households=[household.pk], at=at,
        changes=changes,
    )  # fmt: skip
    find_among([household.pk])
    household.refresh_from_db()
    return household


@transaction.atomic
def delist_household(household_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> Household:
    """Takes a household off the register; its numbers become free, its record stays."""
    household = lock_household(household_id, by=by)
    if not reason.strip():
        raise NotPossible(_("Say why the household leaves the register."))
    with refusals_as_sentences():
        household.members.update(is_live=False)
        Household.objects.filter(pk=household.pk).update(
            delisted_on=timezone.localdate(at),
            delisting_reason=reason.strip(),
            version=F("version") + 1,
            updated_at=Now(),
        )
    AuditEvent.record(
        Verb.HOUSEHOLD_DELISTED, household, by=by, area=household.area_id, households=[household.pk], at=at,
        reason=reason.strip(),
    )  # fmt: skip
    find_among([household.pk])  # who is off the register is nobody's double: nothing is left to decide
    household.refresh_from_db()
    return household


@transaction.atomic
def relist_household(household_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> Household:
    """Takes a household that had left into the register again, with its members, as far as their numbers are free."""
    household = Household.objects.visible_to(by).select_for_update().filter(pk=household_id).first()
    if household is None or household.delisted_on is None:
        raise NoLongerThere(_("This household has not left the register."))
    if not reason.strip():
        raise NotPossible(_("Say why the household is taken into the register again."))
    if household.continues_in_id:
        raise NotPossible(_("This record was merged or moved. Undo that instead."))
    if household.members.exclude(same_as=None).exists():
        raise NotPossible(_("This record was closed when a move or splitting was undone; its members live elsewhere."))
    with refusals_as_sentences():
        household.members.update(is_live=True)
        Household.objects.filter(pk=household.pk).update(
            delisted_on=None, delisting_reason="", version=F("version") + 1, updated_at=Now()
        )
    AuditEvent.record(
        Verb.HOUSEHOLD_RELISTED, household, by=by, area=household.area_id, households=[household.pk], at=at,
        reason=reason.strip(),
    )  # fmt: skip
    find_received([household.pk])
    household.refresh_from_db()
    return household


def lock_household(household_id: int, *, by: Officer) -> Household:
    """The household as it is until the commit. Raises NoLongerThere, or NotPossible when it is off the register."""
    household = Household.objects.visible_to(by).select_for_update().filter(pk=household_id).first()
    if household is None:
        raise NoLongerThere(_("This household is no longer in the register."))
    if household.delisted_on:
        raise NotPossible(_("This household is off the register; it can no longer be changed."))
    return household


def _refuse_taken_numbers(values: HouseholdValues, people: dict[int, Person], *, household_id: int | None) -> None:
    """One number, one person: not twice in the household, not in another household of the country."""
    numbers = [number for number in (_number_after(p, people) for p in values.people()) if number]
    for number in numbers:
        if numbers.count(number) > 1:
            raise NotPossible(_("The identity number %(number)s is given to two members.") % {"number": mask(number)})
    for number, holder in holders_of(numbers).items():
        if holder.household_id != household_id:
            raise NotPossible(holder.sentence(number))


def _number_after(given: PersonValues, people: dict[int, Person]) -> str:
    if given.identity_number is not KEEP:
        return given.identity_number
    return people[given.person_id].identity_number if given.person_id in people else ""


def _new_person(household: Household, values: PersonValues, *, is_head: bool) -> Person:
    person = Person(household=household, area_id=household.area_id, is_head=is_head, **person_columns_of(values))
    _set_numbers(person, values)
    return person


def _write_people(household: Household, people: dict[int, Person], values: HouseholdValues) -> None:
    """Removed members go first, and every number that moves is freed before it is given to somebody else."""
    kept = {p.person_id for p in values.people() if p.person_id}
    gone = [pk for pk, person in people.items() if pk not in kept and not person.is_head]
    Person.objects.filter(pk__in=gone).delete()
    _free_moving_numbers(people, values)
    for given in values.people():
        if given.person_id is None:
            _new_person(household, given, is_head=False).save()
        else:
            _write_person(people[given.person_id], given)


def _write_person(person: Person, given: PersonValues) -> None:
    before = {name: getattr(person, name) for name in person_columns_of(given)}
    changed: dict[str, Any] = {k: v for k, v in person_columns_of(given).items() if before[k] != v}
    for name, value in changed.items():
        setattr(person, name, value)
    numbers = _set_numbers(person, given)
    if changed or numbers:
        person.save(update_fields=[*(name.removesuffix("_id") for name in changed), *numbers])


def _free_moving_numbers(people: dict[int, Person], values: HouseholdValues) -> None:
    for kind, name in (("cccd", "identity_number"), ("cmnd", "old_identity_number")):
        given = {fingerprint(number): p.person_id for p in values.people() if (number := getattr(p, name))}
        for person in people.values():
            held = getattr(person, f"{kind}_hash")
            if held and given.get(bytes(held), person.pk) != person.pk:
                columns = {f"{kind}_hash": None, f"{kind}_sealed": None}
                Person.objects.filter(pk=person.pk).update(**columns)
                for column in columns:
                    setattr(person, column, None)


def _set_numbers(person: Person, given: PersonValues) -> list[str]:
    """Puts typed numbers on the person; the columns that change. An unchanged number is not sealed anew."""
    columns: list[str] = []
    for kind, number in (("cccd", given.identity_number), ("cmnd", given.old_identity_number)):
        held = getattr(person, f"{kind}_hash")
        if number is KEEP or fingerprint(number) == (bytes(held) if held else None):
            continue
        setattr(person, f"{kind}_hash", fingerprint(number))
        setattr(person, f"{kind}_sealed", seal(number))
        columns += [f"{kind}_hash", f"{kind}_sealed"]
    return columns
