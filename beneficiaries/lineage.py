"""What merging, moving and splitting do to the rows of two records. Part of the actions; the caller holds the locks.

Lock order of every action, in this order and inside each step by id: households, persons, commune list, quota, lines,
devices. Triggers touch claims only under a lock on their line. A new line locks its household by the foreign key; who
holds a list or a line waits for no household otherwise. Whoever changes a household locks its row first.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import F, Model
from django.db.models.functions import Now

from beneficiaries.household_values import HOUSEHOLD_FIELDS
from beneficiaries.models import Household, Person
from beneficiaries.names import fold

NUMBERS = (("cccd_hash", "cccd_sealed"), ("cmnd_hash", "cmnd_sealed"))
GENERATED = {"id", "given_name", "middle_name", "family_name", "search_key", "likeness_keys"}


def same_people(goes: Sequence[Person], stays: Sequence[Person], known: Mapping[int, int]) -> dict[int, int]:
    """Person of the one record -> the same person in the other: what people said, then name, birth year and gender."""
    free = {person.pk: person for person in stays if person.pk not in known.values()}
    found = {a: b for a, b in known.items() if a in {p.pk for p in goes} and b in {p.pk for p in stays}}
    for person in goes:
        if person.pk in found:
            continue
        alike = [other for other in free.values() if _key(other) == _key(person) and not _numbers_differ(other, person)]
        if len(alike) == 1:
            found[person.pk] = alike[0].pk
            del free[alike[0].pk]
    return found


def _key(person: Person) -> tuple[str, int, str]:
    return fold(person.full_name), person.birth_year, person.gender


def _numbers_differ(a: Person, b: Person) -> bool:
    return bool(a.cccd_hash and b.cccd_hash and bytes(a.cccd_hash) != bytes(b.cccd_hash))


def close(household: Household, *, into: Household | None, on: datetime.date, reason: str) -> None:
    """The record leaves the register and continues in another. The database refuses while it is on a list."""
    Household.objects.filter(pk=household.pk).update(
        delisted_on=on, delisting_reason=reason, continues_in=into, version=F("version") + 1, updated_at=Now()
    )


def reopen(household: Household) -> None:
    Household.objects.filter(pk=household.pk).update(
        delisted_on=None, delisting_reason="", continues_in=None, version=F("version") + 1, updated_at=Now()
    )


def move_people(people: Collection[Person], to: Household, *, leave_copies: bool) -> list[list[int | None]]:
    """The persons keep their ids and with them their history and claims; the record they leave keeps a copy of them.

    Returns [[person, copy or None]]. Nobody comes as head.
    """
    moved: list[list[int | None]] = []
    for person in sorted(people, key=lambda person: person.pk):
        Person.objects.filter(pk=person.pk).update(household=to, area_id=to.area_id, is_head=False)
        moved.append([person.pk, _copy(person) if leave_copies else None])
    return moved


def _copy(person: Person) -> int:
    """What the closed record shows: the person as they were, not living there any more."""
    values = {field.attname: getattr(person, field.attname) for field in _stored_fields(Person)}
    return Person.objects.create(**{**values, "is_live": False, "same_as_id": person.pk}).pk


def _stored_fields(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.name not in GENERATED and not field.generated]


def unite_people(
    same: Mapping[int, int], goes: Mapping[int, Person], stays: Mapping[int, Person]
) -> list[list[Any]]:  # fmt: skip
    """The person who goes is one with the one who stays, who gets the numbers they lack. Returns link.same."""
    united = []
    for gone_id, kept_id in sorted(same.items()):
        gone, kept = goes[gone_id], stays[kept_id]
        Person.objects.filter(pk=gone.pk).update(is_live=False, same_as=kept)
        given = {
            column: getattr(gone, column)
            for pair in NUMBERS
            for column in pair
            if getattr(kept, pair[0]) is None and getattr(gone, pair[0]) is not None
        }
        if given:
            Person.objects.filter(pk=kept.pk).update(**given)
        united.append([gone.pk, kept.pk, sorted(given)])
    return united


def separate_people(united: Sequence[Sequence[Any]]) -> None:
    """Undoes unite_people: the numbers go back before their owner lives again."""
    for gone_id, kept_id, given in united:
        if given:
            Person.objects.filter(pk=kept_id).update(**dict.fromkeys(given))
        Person.objects.filter(pk=gone_id).update(is_live=True, same_as=None)


def make_head(person_id: int) -> None:
    Person.objects.filter(pk=person_id).update(is_head=True)


def fill_in(kept: Household, gone: Household, take: Collection[str], people: int) -> None:
    """The record that stays gets what it lacks, and the fields that the officer chose from the other."""
    values: dict[str, Any] = {
        name: getattr(gone, name)
        for name in HOUSEHOLD_FIELDS
        if name in take or (getattr(kept, name) in ("", None, [], "unknown") and name != "member_count")
    }
    values["attributes"] = sorted({*kept.attributes, *gone.attributes})
    if kept.member_count is not None or "member_count" in take:
        values["member_count"] = max(people, values.get("member_count") or kept.member_count or 0)
    Household.objects.filter(pk=kept.pk).update(**values, version=F("version") + 1, updated_at=Now())


def let_go(household: Household, people: int) -> None:
    """Members have left; the number of members, where it is known, says so."""
    counted = household.member_count
    left = max(household.members.filter(is_live=True).count(), counted - people) if counted else None
    Household.objects.filter(pk=household.pk).update(member_count=left, version=F("version") + 1, updated_at=Now())


def restore(household: Household, version: int) -> None:
    """The fields as they were in an earlier version, kept by the history."""
    before = household.events.filter(version=version).order_by("-pgh_id").first()  # type: ignore[attr-defined]
    values = {name: getattr(before, name) for name in HOUSEHOLD_FIELDS} if before else {}
    Household.objects.filter(pk=household.pk).update(**values, version=F("version") + 1, updated_at=Now())
