"""An applied file taken back: what it added goes, what it changed returns, as far as nobody has touched it since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import PROTECT, RESTRICT, QuerySet

from beneficiaries.intake.apply import HOUSEHOLD_TYPES, NUMBER_TYPES, PERSON_TYPES
from beneficiaries.intake.staged import Effect, State
from beneficiaries.intake.temporary import copied
from beneficiaries.models import Household, HouseholdDraft, ImportFile, Person, StagedHousehold
from beneficiaries.sealing import unseal_json

TOUCHED, GONE, LATER = "touched", "gone", "later"  # other reasons are the label of the model that holds the household


@dataclass(slots=True)
class Undone:
    """Household ids by what happened; `kept` are (code, reason) of those that stay as they are."""

    removed: list[int] = field(default_factory=list)
    restored: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    staged_id: int
    effect: str
    household_id: int | None
    before: dict[str, Any]


def undo(file: ImportFile) -> Undone:
    """Ten statements and one for each kind of thing that can hold a household, however many rows."""
    households = Household.objects.select_for_update(of=["self"])
    result = Undone()
    done, result.kept = _judged(file, households)
    _take_back(done, result)
    return result


def would_keep(file: ImportFile) -> list[tuple[str, str]]:
    """(code, reason) of the households that undoing now would leave as they are; changes and locks nothing."""
    return _judged(file, Household.objects.all())[1]


def _judged(file: ImportFile, households: QuerySet[Household]) -> tuple[list[_Row], list[tuple[str, str]]]:
    """Rows that can be taken back; households that stay, with the reason."""
    applied = StagedHousehold.objects.filter(file=file, state=State.APPLIED)
    rows = [
        _Row(pk, effect, household_id, unseal_json(before) if before else {})
        for pk, effect, household_id, before in applied.values_list("pk", "effect", "household_id", "before")
    ]
    ids = sorted({row.household_id for row in rows if row.household_id})
    now = {
        pk: (code, version, delisted)
        for pk, code, version, delisted in households.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "code", "version", "delisted_on")
    }
    added = [row.household_id for row in rows if row.effect == Effect.NEW and row.household_id]
    holders = {**_holders(added), **_in_other_files(file, added)}
    done, kept = [], []
    for row in rows:
        reason = _reason_to_keep(row, now, holders)
        if reason:
            kept.append((now[row.household_id][0] if row.household_id in now else "", reason))
        else:
            done.append(row)
    return done, kept


def _reason_to_keep(row: _Row, now: dict[int, tuple[str, int, Any]], holders: dict[int, str]) -> str:
    if row.effect == Effect.SAME:
        return ""
    if row.household_id not in now:
        return GONE
    _, version, delisted = now[row.household_id]
    expected = 1 if row.effect == Effect.NEW else row.before["version"] + 1
    if version != expected or delisted:
        return TOUCHED
    return holders.get(row.household_id, "")


def _holders(ids: Sequence[int]) -> dict[int, str]:
    """Who needs these households: the models of upper apps that protect them, found through Django's registry."""
    held: dict[int, str] = {}
    for relation in Household._meta.related_objects:
        if relation.on_delete not in (PROTECT, RESTRICT) or not ids:
            continue
        name = relation.field.attname
        rows = relation.related_model._default_manager.filter(**{f"{name}__in": list(ids)})
        for household_id in rows.values_list(name, flat=True).distinct():
            held.setdefault(household_id, relation.related_model._meta.label)
    return held


def _in_other_files(file: ImportFile, ids: Sequence[int]) -> dict[int, str]:
    """Households that a later file of the commune found in the register: it would point to nothing."""
    others = StagedHousehold.objects.filter(household_id__in=ids).exclude(file=file)
    return {household_id: LATER for household_id in others.values_list("household_id", flat=True) if household_id}


def _take_back(rows: Sequence[_Row], result: Undone) -> None:
    result.removed = [row.household_id for row in rows if row.effect == Effect.NEW and row.household_id]
    changed = [row for row in rows if row.effect == Effect.CHANGED]
    result.restored = [row.household_id for row in changed if row.household_id]
    result.unchanged = [row.household_id for row in rows if row.effect == Effect.SAME and row.household_id]
    StagedHousehold.objects.filter(pk__in=[row.staged_id for row in rows]).update(
        state=State.READY, household=None, before=None
    )
    with connection.cursor() as cursor:  # a link nobody thought of shows here and not at the commit
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    added = [person_id for row in changed for person_id in row.before["added"]]
    Person.objects.filter(household_id__in=result.removed)._raw_delete(Person.objects.db)
    Person.objects.filter(pk__in=added)._raw_delete(Person.objects.db)
    HouseholdDraft.objects.filter(household_id__in=result.removed).delete()
    Household.objects.filter(pk__in=result.removed)._raw_delete(Household.objects.db)
    _restore_people(changed)
    _restore_households(changed)


def _restore_people(changed: Sequence[_Row]) -> None:
    rows = [
        (person["id"], *(person[name] for name in PERSON_TYPES), *map(_bytes, (person[name] for name in NUMBER_TYPES)))
        for row in changed
        for person in row.before["people"]
    ]
    if not rows:
        return
    sets = ", ".join(f"{name} = n.{name}" for name in PERSON_TYPES | NUMBER_TYPES)
    with copied("person_before", {"id": "bigint", **PERSON_TYPES, **NUMBER_TYPES}, rows) as cursor:
        cursor.execute(
            f"UPDATE beneficiaries_person p SET {sets} FROM person_before n WHERE p.id = n.id"  # noqa: S608
        )


def _bytes(value: str | None) -> bytes | None:
    return bytes.fromhex(value) if value else None


def _restore_households(changed: Sequence[_Row]) -> None:
    rows = list(_household_rows(changed))
    if not rows:
        return
    types = {**HOUSEHOLD_TYPES, "version": "int", "updated_at": "timestamptz"}
    sets = ", ".join(f"{name} = n.{name}" for name in types)
    with copied("household_before", {"id": "bigint", **types}, rows) as cursor:
        cursor.execute(
            f"UPDATE beneficiaries_household h SET {sets} FROM household_before n WHERE h.id = n.id"  # noqa: S608
        )


def _household_rows(changed: Sequence[_Row]) -> Iterator[tuple[Any, ...]]:
    for row in changed:
        values = row.before["household"]
        yield (
            row.household_id, *(values[name] for name in HOUSEHOLD_TYPES), row.before["version"],
            row.before["updated_at"],
        )  # fmt: skip
