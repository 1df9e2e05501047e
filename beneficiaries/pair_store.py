"""Keeps what a search for doubles found. What people decided is never asked again, under whatever row or household."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import F, Q

from beneficiaries.intake.temporary import copied
from beneficiaries.models import ImportFile, StagedHousehold, SuspectedPair
from beneficiaries.pairing import Found

_OPEN, _NOT_SAME = SuspectedPair.State.OPEN, SuspectedPair.State.NOT_SAME
_TYPES = {
    "area_no": "int", "other_area_no": "int", "household_a_id": "bigint", "household_b_id": "bigint",
    "person_a_id": "bigint", "person_b_id": "bigint", "row_a_id": "bigint", "row_b_id": "bigint", "key_a": "bytea",
    "key_b": "bytea", "certainty": "text", "score": "int", "evidence": "jsonb",
}  # fmt: skip
_NAMES = ", ".join(_TYPES)
_SIDES = ("household_a_id", "household_b_id", "row_a_id", "row_b_id")
_SAME_SIDES = " AND ".join(f"p.{name} IS NOT DISTINCT FROM n.{name}" for name in _SIDES)
_CHANGES = ["certainty", "score", "evidence", "person_a_id", "person_b_id", "key_a", "key_b"]
_REFRESH = f"""
UPDATE beneficiaries_suspectedpair p SET {", ".join(f"{name} = n.{name}" for name in _CHANGES)}
  FROM pair_found n WHERE p.state = 'open' AND {_SAME_SIDES}
"""  # noqa: S608 - names of this module
# A side that has gone meanwhile (a file read again, an import taken back) takes its pair with it.
_INSERT = f"""
INSERT INTO beneficiaries_suspectedpair ({_NAMES}, found_in_id, state, reason)
SELECT {_NAMES}, %s, 'open', '' FROM pair_found n
 WHERE (n.row_a_id IS NULL OR EXISTS (SELECT FROM beneficiaries_stagedhousehold s WHERE s.id = n.row_a_id))
   AND NOT EXISTS (SELECT FROM beneficiaries_suspectedpair p WHERE {_SAME_SIDES})
 ORDER BY {", ".join(_SIDES)}
    ON CONFLICT DO NOTHING
"""  # noqa: S608


def keep_pairs_of_file(file: ImportFile, found: Sequence[Found]) -> int:
    """Makes the open pairs of the file's rows those of this search. Returns how many are open."""
    pairs = SuspectedPair.objects.filter(found_in=file, household_a=None)
    return _keep(pairs, found, found_in=file.pk)


def keep_pairs_of_households(household_ids: Collection[int], found: Sequence[Found]) -> int:
    """Makes the open pairs of these registered households those of this search. Returns how many are open."""
    among = list(household_ids)
    pairs = SuspectedPair.objects.of_register().filter(Q(household_a__in=among) | Q(household_b__in=among))
    return _keep(pairs, [_in_order(one) for one in found], found_in=None)


def _keep(pairs: Any, found: Sequence[Found], *, found_in: int | None) -> int:
    kept = _still_there(list(_not_decided(found)))
    sides = {_sides(one) for one in kept}
    old = pairs.filter(state=_OPEN).select_for_update(of=["self"]).order_by("pk").values_list("pk", *_SIDES)
    gone = [pk for pk, *known in old if tuple(known) not in sides]
    if gone:
        SuspectedPair.objects.filter(pk__in=gone).delete()
    if kept:
        with copied("pair_found", _TYPES, map(_as_row, kept)) as cursor:
            cursor.execute(_REFRESH)
            cursor.execute(_INSERT, [found_in])
    return len(kept)


def _still_there(found: list[Found]) -> list[Found]:
    """Without households and persons that have left or that somebody is just changing: the next search finds those.

    Whoever searches holds rows that others wait for (the serial of the commune, its counts), so it never waits itself:
    the sides are locked with SKIP LOCKED, and behind that no foreign key of a pair has to wait.
    """
    households = {side.household_id for one in found for side in (one.a, one.b) if side.household_id}
    persons = {side.person_id for one in found for side in (one.a, one.b) if side.person_id}
    if not households:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT household_id, person_id FROM hold_pair_sides(%s, %s)", [[*households], [*persons]])
        held = cursor.fetchall()
    gone = (households - {household for household, _ in held}, persons - {person for _, person in held})
    return [
        one for one in found
        if not any(side.household_id in gone[0] or side.person_id in gone[1] for side in (one.a, one.b))
    ]  # fmt: skip


def _in_order(one: Found) -> Found:
    """The household that came first is side a, so that one pair found from both sides is one pair."""
    if (one.a.household_id or 0) < (one.b.household_id or 0):
        return one
    people = [{**pair, "a": pair["b"], "b": pair["a"]} for pair in one.evidence["people"]]
    return replace(one, a=one.b, b=one.a, evidence={**one.evidence, "people": people})


def _sides(one: Found) -> tuple[int | None, ...]:
    """As stored: a row of a file has no household yet."""
    row_a, row_b = one.a.row_id, one.b.row_id
    return (None if row_a else one.a.household_id, None if row_b else one.b.household_id, row_a, row_b)


def _as_row(one: Found) -> tuple[Any, ...]:
    household_a, household_b, row_a, row_b = _sides(one)
    certainty = SuspectedPair.Certainty.SAME if one.is_proved else SuspectedPair.Certainty.LIKELY
    return (
        one.a.record.area_no, one.b.record.area_no, household_a, household_b, one.a.person_id, one.b.person_id,
        row_a, row_b, one.a.key, one.b.key, certainty.value, max(0, round(one.bits)), json.dumps(one.evidence),
    )  # fmt: skip


def _not_decided(found: Sequence[Found]) -> Iterator[Found]:
    """Without those of whom somebody said that they are not the same, also when they live elsewhere by now."""
    keys = {key for one in found for key in (one.a.key, one.b.key)}
    people = {pk for one in found for pair in _people(one.evidence) for pk in pair}
    decided = SuspectedPair.objects.filter(state=_NOT_SAME).filter(
        Q(key_a__in=keys) | Q(person_a__in=people) | Q(person_b__in=people)
    )
    by_person: set[frozenset[int]] = set()
    by_key: set[frozenset[bytes]] = set()
    values = decided.values_list("person_a_id", "person_b_id", "key_a", "key_b", "evidence")
    for person_a, person_b, key_a, key_b, evidence in values:
        by_person |= set(_people(evidence))
        if person_a and person_b:
            by_person.add(frozenset((person_a, person_b)))
        else:
            by_key.add(frozenset((bytes(key_a), bytes(key_b))))
    for one in found:
        is_known = frozenset((one.a.key, one.b.key)) in by_key
        if not is_known and by_person.isdisjoint(_people(one.evidence)):
            yield one


def _people(evidence: dict[str, Any]) -> Iterable[frozenset[int]]:
    """The pairs of registered persons an evidence is about."""
    for pair in evidence.get("people", ()):
        a, b = pair["a"]["person"], pair["b"]["person"]
        if a and b:
            yield frozenset((a, b))


_LINK = """
UPDATE beneficiaries_suspectedpair p SET household_{side}_id = s.household_id
  FROM beneficiaries_stagedhousehold s
 WHERE s.id = p.row_{side}_id AND s.file_id = %s AND s.state = 'applied' AND p.household_{side}_id IS NULL
"""


def link_applied_rows(file: ImportFile) -> None:
    """After the rows went into the register their pairs are pairs of households. Four statements."""
    _drop_settled(file)
    with connection.cursor() as cursor:
        for side in "ab":
            cursor.execute(_LINK.format(side=side), [file.pk])


def _drop_settled(file: ImportFile) -> None:
    """Pairs of a row and the very household it went into, and those that the register already has as a pair."""
    applied = StagedHousehold.objects.filter(file=file, state=StagedHousehold.State.APPLIED)
    pairs = SuspectedPair.objects.filter(found_in=file, household_a=None, row_a__in=applied)
    same = pairs.filter(
        Q(household_b=F("row_a__household")) | Q(row_b__isnull=False, row_b__household=F("row_a__household"))
    )
    same.delete()
    known = _registered_pairs(pairs)
    pairs.filter(pk__in=known).delete()


def _registered_pairs(pairs: Any) -> list[int]:
    values = list(pairs.values_list("pk", "row_a__household", "household_b", "row_b__household"))
    sides = {pk: frozenset((a, b or other)) for pk, a, b, other in values if a and (b or other)}
    households = {pk for pair in sides.values() for pk in pair}
    registered = SuspectedPair.objects.of_register().filter(household_a__in=households, household_b__in=households)
    known = {frozenset(pair) for pair in registered.values_list("household_a", "household_b")}
    doubled = []
    for pk, pair in sides.items():
        if pair in known:
            doubled.append(pk)
        known.add(pair)
    return doubled
