"""Ninth step: what the register says about the households of a file. The number of queries does not grow with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from administration.models import Area
from beneficiaries.identity_rules import mask
from beneficiaries.intake.difference import (
    HOUSEHOLD_FIELDS,
    PERSON_FIELDS,
    Difference,
    Registered,
    RegisteredPerson,
    compare,
)
from beneficiaries.intake.household_rows import PersonRow
from beneficiaries.intake.register_problems import register_problem
from beneficiaries.intake.staged import DIFFERENT, Effect, Match, Staged
from beneficiaries.intake.temporary import array
from beneficiaries.models import Household, Person
from beneficiaries.names import fold
from beneficiaries.received_store import sources_of_hashes
from beneficiaries.sealing import fingerprint

_NUMBERS = ("cccd_hash", "cmnd_hash", "cccd_sealed", "cmnd_sealed")
_NAMESAKES = """
SELECT h.id
  FROM beneficiaries_person p JOIN beneficiaries_household h ON h.id = p.household_id
 WHERE p.area_no = %s AND p.is_head AND p.is_live AND h.delisted_on IS NULL
   AND (p.search_key, p.birth_year) IN (SELECT * FROM unnest(%s::text[], %s::int[]))
"""


@dataclass(slots=True)
class _Register:
    """What was found: holders of a number (area, household, code), and the own commune's households.

    `received`: number -> the lists of earlier programmes on which somebody has it.
    """

    holders: dict[bytes, list[tuple[int, int, str]]]
    households: dict[int, Registered]
    by_name: dict[tuple[str, int], list[Registered]] = field(default_factory=dict)
    areas: dict[int, str] = field(default_factory=dict)
    received: dict[bytes, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Sought:
    """A household of the file with what it is looked for by: the numbers of its people, its head's name and year."""

    one: Staged
    numbers: list[tuple[PersonRow, str, bytes]]
    key: tuple[str, int] | None


def match(staged: Sequence[Staged], area: Area, *, lock: bool = False) -> None:
    """Sets the match of every household. `lock` keeps the registered households as they are until the commit."""
    sought = [_Sought(one, list(_numbers(one)), _name_key(one)) for one in staged]
    register = _look_up(sought, area, lock=lock)
    by_number = [_by_number(one, area, register) for one in sought]
    claimed = {registered.id for registered in by_number if registered}
    names = Counter(one.key for one, found in zip(sought, by_number, strict=True) if not found)
    for one, found in zip(sought, by_number, strict=True):
        twins: list[Registered] = []
        if found is None:
            found, twins = _by_name(one, register, claimed, is_alone=names[one.key] == 1)
        one.one.match = _matched(one, found, twins, area, register)


def _numbers(one: Staged) -> Iterable[tuple[PersonRow, str, bytes]]:
    for person in one.household.people():
        for text in (person.identity_number, person.old_identity_number):
            if number := fingerprint(text):
                yield person, text, number


def _look_up(sought: Sequence[_Sought], area: Area, *, lock: bool) -> _Register:
    hashes = array(number for one in sought for _, _, number in one.numbers)
    keys = [one.key for one in sought if one.key]
    names, years = array(name for name, _ in keys), array(year for _, year in keys)
    decided = {one.one.decision for one in sought if one.one.decision}
    holders: dict[bytes, list[tuple[int, int, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registered_identities(%s::bytea[])", [hashes])
        for number, area_no, household_id, code in cursor.fetchall():
            holders[bytes(number)].append((area_no, household_id, code))
        cursor.execute(_NAMESAKES, [area.number, names, years])
        namesakes = {household_id for (household_id,) in cursor.fetchall()}
    found = [holder for held in holders.values() for holder in held]
    own = {household_id for area_no, household_id, _ in found if area_no == area.number}
    households = load_registered(own | namesakes | decided, area, lock=lock)
    listed = sources_of_hashes([number for one in sought for _, _, number in one.numbers])
    received = {number: [str(source) for source in sources] for number, sources in listed.items()}
    register = _Register(holders, households, received=received)
    for registered in households.values():
        if head := registered.head:
            key = (fold(head.values["full_name"]), head.values["birth_year"])
            register.by_name.setdefault(key, []).append(registered)
    if elsewhere := {area_no for area_no, _, _ in found} - {area.number}:
        register.areas = dict(Area.objects.filter(number__in=elsewhere).values_list("number", "name"))
    return register


def load_registered(ids: Iterable[int], area: Area, *, lock: bool = False) -> dict[int, Registered]:
    """Two queries: the commune's listed households of these ids with their people."""
    ids = list(ids)
    if not ids:
        return {}
    households = Household.objects.listed().filter(pk__in=ids, area=area).order_by("pk")
    if lock:
        households = households.select_for_update(of=["self"])
    found = {
        value["id"]: Registered(
            value["id"], value["code"], value["version"], value["updated_at"], {n: value[n] for n in HOUSEHOLD_FIELDS}
        )
        for value in households.values("id", "code", "version", "updated_at", *HOUSEHOLD_FIELDS)
    }
    people = Person.objects.filter(household_id__in=found, area=area).order_by("pk")
    for value in people.values("id", "household_id", "is_head", *_NUMBERS, *PERSON_FIELDS):
        cccd, cmnd, *sealed = (bytes(value[name]) if value[name] else None for name in _NUMBERS)
        known = {name: value[name] for name in PERSON_FIELDS}
        person = RegisteredPerson(value["id"], value["is_head"], known, cccd, cmnd, (sealed[0], sealed[1]))
        found[value["household_id"]].people.append(person)
    return found


def _name_key(one: Staged) -> tuple[str, int] | None:
    head = one.household.head
    return (fold(head.full_name), head.birth_year) if head.full_name and head.birth_year else None


def _by_number(sought: _Sought, area: Area, register: _Register) -> Registered | None:
    """The household whose head has the number of this row's head."""
    for person, _, number in sought.numbers:
        if person is not sought.one.household.head:
            continue
        for area_no, household_id, _ in register.holders.get(number, ()):
            registered = register.households.get(household_id) if area_no == area.number else None
            if registered and registered.head and number in (registered.head.cccd, registered.head.cmnd):
                return registered
    return None


def _by_name(
    sought: _Sought, register: _Register, claimed: set[int], *, is_alone: bool
) -> tuple[Registered | None, list[Registered]]:
    """The same name, birth year and hamlet, where only one household is meant; else those that look alike."""
    one, key = sought.one, sought.key
    alike = [registered for registered in register.by_name.get(key, ()) if registered.id not in claimed] if key else []
    if one.decision is not None:
        chosen = register.households.get(one.decision)
        return (chosen if chosen and chosen.id not in claimed else None), []
    twins = [registered for registered in alike if _may_be_one(one, registered)]
    same = [registered for registered in twins if _is_certain(one, registered)]
    if len(same) == 1 and is_alone:
        return same[0], []
    return None, twins


def _may_be_one(one: Staged, registered: Registered) -> bool:
    """Two different numbers in two hamlets are two people; in one hamlet a digit may be wrong."""
    return _same_hamlet(one, registered) or not _numbers_differ(one, registered)


def _is_certain(one: Staged, registered: Registered) -> bool:
    return _same_hamlet(one, registered) and not _numbers_differ(one, registered)


def _same_hamlet(one: Staged, registered: Registered) -> bool:
    return fold(one.household.hamlet) == fold(registered.values["hamlet"])


def _numbers_differ(one: Staged, registered: Registered) -> bool:
    head = registered.head
    cccd = fingerprint(one.household.head.identity_number)
    cmnd = fingerprint(one.household.head.old_identity_number)
    if head is None:
        return False
    return bool((cccd and head.cccd and cccd != head.cccd) or (cmnd and head.cmnd and cmnd != head.cmnd))


def _matched(
    sought: _Sought, found: Registered | None, twins: list[Registered], area: Area, register: _Register
) -> Match:
    one, result = sought.one, Match()
    result.problems = list(_conflicts(sought, found, area, register))
    if found is not None:
        difference = compare(one.household, found)
        result.household_id, result.code = found.id, found.code
        result.effect = Effect.CHANGED if difference else Effect.SAME
        result.difference, result.registered = difference, found
        result.shown = _shown(difference, found)
    elif twins and one.decision != DIFFERENT:
        result.twins = [_twin(registered) for registered in twins]
        _, code, name, year, hamlet = result.twins[0]
        result.problems.append(
            register_problem("V20", "full_name", one.row_no, one.sheet, name=name, year=year, hamlet=hamlet, code=code)
        )
    return result


def _conflicts(sought: _Sought, found: Registered | None, area: Area, register: _Register) -> Iterable[Any]:
    """Numbers that belong to another household: elsewhere, or in the own commune."""
    sheet = sought.one.sheet
    for person, text, number in sought.numbers:
        for area_no, household_id, code in register.holders.get(number, ()):
            if found is not None and household_id == found.id:
                continue
            name = "identity_number" if len(text) == 12 else "old_identity_number"
            if area_no == area.number:
                yield register_problem("V83", name, person.row_no, sheet, mask=mask(text), code=code)
            else:
                place = register.areas.get(area_no, "")
                yield register_problem("V18", name, person.row_no, sheet, mask=mask(text), commune=place)
        for source in register.received.get(number, ()):
            yield register_problem("V21", "identity_number", person.row_no, sheet, mask=mask(text), source=source)


def _twin(registered: Registered) -> list[Any]:
    head = registered.head
    name, year = (head.values["full_name"], head.values["birth_year"]) if head else ("", None)
    return [registered.id, registered.code, name, year, registered.values["hamlet"]]


def _shown(difference: Difference, registered: Registered) -> list[list[Any]]:
    """Old and new values as JSON, births as one text; numbers masked."""
    shown: list[list[Any]] = [[name, "", old, new] for name, (old, new) in difference.household.items()]
    people = {person.id: person for person in registered.people}
    for person_id, changes in difference.people.items():
        who = "" if people[person_id].is_head else people[person_id].values["full_name"]
        birth = {name: pair for name, pair in changes.items() if name.startswith("birth_")}
        if birth:
            new = {**people[person_id].values, **{name: value for name, (_, value) in birth.items()}}
            shown.append(["birth", who, birth_text(people[person_id].values), birth_text(new)])
        shown += [[name, who, old, new] for name, (old, new) in changes.items() if name not in birth]
    for person_id, person in difference.numbers.items():
        who = "" if people[person_id].is_head else people[person_id].values["full_name"]
        shown += [["identity_number", who, "", mask(text)] for text in _numbers_texts(person)]
    shown += [["member", "", "", person.full_name] for person in difference.added]
    return shown


def _numbers_texts(person: PersonRow) -> list[str]:
    return [text for text in (person.identity_number, person.old_identity_number) if text]


def birth_text(values: dict[str, Any]) -> str:
    """dd/mm/yyyy or yyyy, as precisely as it is known."""
    if values["birth_date"] and values["birth_precision"] == "day":
        return f"{values['birth_date']:%d/%m/%Y}"
    return str(values["birth_year"] or "")
