"""Tenth step: the ready rows of a file go into the register. The caller's transaction makes it all or nothing."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.db import connection

from administration.models import Officer
from beneficiaries.intake import stage
from beneficiaries.intake.difference import (
    HOUSEHOLD_FIELDS,
    PERSON_FIELDS,
    Registered,
    household_values,
    person_values,
)
from beneficiaries.intake.household_rows import PersonRow
from beneficiaries.intake.match import match
from beneficiaries.intake.staged import Effect, Staged, State
from beneficiaries.intake.temporary import copied
from beneficiaries.models import ImportFile, StagedHousehold
from beneficiaries.numbering import next_codes
from beneficiaries.sealing import fingerprint, seal, seal_json

HOUSEHOLD_TYPES = {
    "hamlet": "text", "address": "text", "phone": "text", "certificate_no": "text", "original_code": "text",
    "prior_device": "text", "note": "text", "category": "text", "attributes": "varchar[]", "recognised_year": "int",
    "member_count": "int", "phone_kind": "text", "income_score": "int", "deprivation_score": "int",
}  # fmt: skip
PERSON_TYPES = {
    "full_name": "text", "gender": "text", "birth_year": "int", "birth_date": "date", "birth_precision": "text",
    "ethnic_group_id": "text", "relation": "text",
}  # fmt: skip
NUMBER_TYPES = {"cccd_hash": "bytea", "cccd_sealed": "bytea", "cmnd_hash": "bytea", "cmnd_sealed": "bytea"}
_STEPS = 4
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Applied:
    """What came of it. `refused` are rows that were ready and no longer are, because the register has moved on."""

    added: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: int = 0

    @property
    def household_ids(self) -> list[int]:
        return [*self.added, *self.updated, *self.unchanged]


def apply(file: ImportFile, *, by: Officer, progress: Progress, at: datetime.datetime) -> Applied:
    """Matches the ready rows once more against the register of this moment, then writes them."""
    _one_at_a_time(file.area_id)
    staged = stage.load(StagedHousehold.objects.ready().filter(file=file), with_cells=False)
    total = max(1, len(staged))

    def mark(step: int) -> None:
        progress(total * step // _STEPS, total)

    mark(0)
    match(staged, file.area, lock=True)
    mark(1)
    ready, refused = _sorted_out(staged)
    new, changed, same = (
        [one for one in ready if one.match.effect == effect] for effect in (Effect.NEW, Effect.CHANGED, Effect.SAME)
    )
    households = _insert_households(file, new, by, at)
    mark(2)
    added_people = _write_people(file, new, households, changed)
    mark(3)
    _update_households(changed)
    _mark_applied(new, households, changed, same, added_people)
    if refused:
        _rewrite(refused)
    return Applied([households[one.pk] for one in new], _matched_ids(changed), _matched_ids(same), len(refused))


def _sorted_out(staged: Sequence[Staged]) -> tuple[list[Staged], list[Staged]]:
    """Those that are still ready, and those that the register has moved away from."""
    ready: list[Staged] = []
    refused: list[Staged] = []
    for one in staged:
        (ready if one.state == State.READY else refused).append(one)
    return ready, refused


def _rewrite(refused: Sequence[Staged]) -> None:
    """With what the register says now; their cells are fetched, which the writing did without."""
    matches = {one.pk: one.match for one in refused}
    rows = stage.load(StagedHousehold.objects.filter(pk__in=list(matches)))
    for one in rows:
        one.match = matches[one.pk]
    stage.rewrite(rows)


def _one_at_a_time(area_no: int) -> None:
    """Two files of one commune: the second is matched only when the first is in the register."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 1)", [area_no])


def _matched_ids(staged: Sequence[Staged]) -> list[int]:
    return [one.match.household_id for one in staged if one.match.household_id]


def _insert_households(
    file: ImportFile, new: Sequence[Staged], by: Officer, at: datetime.datetime
) -> dict[int | None, int]:
    """The id of each new household by its staged row."""
    if not new:
        return {}
    codes = next_codes(file.area, len(new))
    in_order = itemgetter(*HOUSEHOLD_TYPES)
    rows = ((one.pk, code, *in_order(household_values(one.household))) for one, code in zip(new, codes, strict=True))
    names = ", ".join(HOUSEHOLD_TYPES)
    columns = {"source_id": "bigint", "code": "text", **HOUSEHOLD_TYPES}
    with copied("household_in", columns, rows, is_joined=False) as cursor:
        cursor.execute(
            f"""
            INSERT INTO beneficiaries_household (area_no, created_by_id, source_id, code, version, prior_device_year,
                                                 delisting_reason, created_at, updated_at, {names})
            SELECT %s, %s, source_id, code, 1, NULL, '', %s, %s, {names} FROM household_in ORDER BY code
            RETURNING source_id, id
            """,  # noqa: S608 - column names of this module
            [file.area_id, by.pk, at, at],
        )
        return dict(cursor.fetchall())


def _write_people(
    file: ImportFile, new: Sequence[Staged], households: dict[int | None, int], changed: Sequence[Staged]
) -> list[tuple[int, int]]:
    """Adds everybody who is new and changes who is known. Returns (household, person) of those added to old ones."""
    _update_people(changed)
    added = [
        person_row(household_id, person, is_head=is_head)
        for household_id, person, is_head in _newcomers(new, households, changed)
    ]
    if not added:
        return []
    names = ", ".join(PERSON_TYPES | NUMBER_TYPES)
    columns = {"household_id": "bigint", "is_head": "boolean", **PERSON_TYPES, **NUMBER_TYPES}
    with copied("person_in", columns, added, is_joined=False) as cursor:
        cursor.execute(
            f"""
            INSERT INTO beneficiaries_person (household_id, area_no, is_head, is_live, attends_school, {names})
            SELECT household_id, %s, is_head, true, false, {names} FROM person_in
            RETURNING household_id, id
            """,  # noqa: S608
            [file.area_id],
        )
        known = set(_matched_ids(changed))
        return [(household_id, person_id) for household_id, person_id in cursor.fetchall() if household_id in known]


def _newcomers(
    new: Sequence[Staged], households: dict[int | None, int], changed: Sequence[Staged]
) -> Iterator[tuple[int, PersonRow, bool]]:
    for one in new:
        for person in one.household.people():
            yield households[one.pk], person, person is one.household.head
    for one in changed:
        if one.match.difference and one.match.household_id:
            for person in one.match.difference.added:
                yield one.match.household_id, person, False


def person_row(household_id: int, person: PersonRow, *, is_head: bool) -> tuple[Any, ...]:
    values = person_values(person, is_head=is_head)
    return (household_id, is_head, *(values[name] for name in PERSON_TYPES), *_numbers(person))


def _numbers(person: PersonRow) -> tuple[bytes | None, ...]:
    cccd, cmnd = person.identity_number, person.old_identity_number
    return fingerprint(cccd), seal(cccd), fingerprint(cmnd), seal(cmnd)


def _update_people(changed: Sequence[Staged]) -> None:
    rows = [
        (person.id, *({**person.values, **changes}[name] for name in PERSON_TYPES), *numbers)
        for one in changed
        for person, changes, numbers in _people_changes(one)
    ]
    if not rows:
        return
    sets = ", ".join(f"{name} = n.{name}" for name in PERSON_TYPES)
    numbers = ", ".join(f"{name} = coalesce(n.{name}, p.{name})" for name in NUMBER_TYPES)
    with copied("person_change", {"id": "bigint", **PERSON_TYPES, **NUMBER_TYPES}, rows) as cursor:
        cursor.execute(
            f"UPDATE beneficiaries_person p SET {sets}, {numbers} FROM person_change n WHERE p.id = n.id"  # noqa: S608
        )


def _people_changes(one: Staged) -> Iterator[tuple[Any, dict[str, Any], tuple[bytes | None, ...]]]:
    difference, registered = one.match.difference, one.match.registered
    if difference is None or registered is None:
        return
    for person in registered.people:
        if person.id in difference.people or person.id in difference.numbers:
            changes = {name: new for name, (_, new) in difference.people.get(person.id, {}).items()}
            newcomer = difference.numbers.get(person.id)
            yield person, changes, _numbers(newcomer) if newcomer else (None,) * 4


def _update_households(changed: Sequence[Staged]) -> None:
    """Every changed household gets a new version, also where only its people changed."""
    rows = [
        (registered.id, *({**registered.values, **_new_values(one)}[name] for name in HOUSEHOLD_TYPES))
        for one in changed
        if (registered := one.match.registered)
    ]
    if not rows:
        return
    sets = ", ".join(f"{name} = n.{name}" for name in HOUSEHOLD_TYPES)
    with copied("household_change", {"id": "bigint", **HOUSEHOLD_TYPES}, rows) as cursor:
        cursor.execute(
            f"UPDATE beneficiaries_household h SET {sets}, version = version + 1, updated_at = now()"  # noqa: S608
            " FROM household_change n WHERE h.id = n.id"
        )


def _new_values(one: Staged) -> dict[str, Any]:
    difference = one.match.difference
    return {name: new for name, (_, new) in difference.household.items()} if difference else {}


def _mark_applied(
    new: Sequence[Staged],
    households: dict[int | None, int],
    changed: Sequence[Staged],
    same: Sequence[Staged],
    added_people: Sequence[tuple[int, int]],
) -> None:
    rows: list[tuple[Any, ...]] = [(one.pk, Effect.NEW.value, households[one.pk], None) for one in new]
    added_to: dict[int | None, list[int]] = defaultdict(list)
    for household_id, person_id in added_people:
        added_to[household_id].append(person_id)
    for one in changed:
        added = added_to[one.match.household_id]
        before = seal_json(_before(one, one.match.registered, added)) if one.match.registered else None
        rows.append((one.pk, Effect.CHANGED.value, one.match.household_id, before))
    rows += [(one.pk, Effect.SAME.value, one.match.household_id, None) for one in same]
    columns = {"id": "bigint", "effect": "text", "household_id": "bigint", "before": "bytea"}
    with copied("staged_done", columns, rows) as cursor:
        cursor.execute(
            """
            UPDATE beneficiaries_stagedhousehold s
               SET state = 'applied', effect = n.effect, household_id = n.household_id, before = n.before
              FROM staged_done n WHERE s.id = n.id
            """
        )


def _before(one: Staged, registered: Registered, added: list[int]) -> dict[str, Any]:
    """The former values, to go back to while nobody has touched the household since."""
    return {
        "version": registered.version,
        "updated_at": registered.updated_at.isoformat(),
        "household": {name: registered.values[name] for name in HOUSEHOLD_FIELDS},
        "people": [
            {
                "id": person.id,
                **{name: _plain(person.values[name]) for name in PERSON_FIELDS},
                **{name: value.hex() if value else None for name, value in _former_numbers(person)},
            }
            for person, _, _ in _people_changes(one)
        ],
        "added": added,
    }


def _former_numbers(person: Any) -> Iterator[tuple[str, bytes | None]]:
    cccd_sealed, cmnd_sealed = person.sealed
    yield from zip(NUMBER_TYPES, (person.cccd, cccd_sealed, person.cmnd, cmnd_sealed), strict=True)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
