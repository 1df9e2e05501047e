"""Looks for people who are in the register twice, or in a file and in the register. A few statements a batch, any size.

The people asked about go into the temporary table `sought`; the SQL function `likely_persons` answers across communes;
what it finds is weighed here (beneficiaries.likeness) and only the households worth a look are kept.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from beneficiaries.intake.temporary import copied
from beneficiaries.likeness import (
    PHONE_BITS,
    PLACE_BITS,
    Likeness,
    Record,
    compare,
    compare_places,
    needed_bits,
)
from beneficiaries.merged_communes import merged_communes
from beneficiaries.name_rarity import Rarity
from beneficiaries.names import fold
from beneficiaries.sealing import fingerprint, unseal

BATCH = 1_000  # households at a time: what bounds the memory
_FURTHER_PERSON, _FURTHER_PEOPLE = 0.5, 12.0  # how much more people alike add: half of their bits, so much at most
SOUGHT = {
    "unit": "int", "row_id": "bigint", "member_no": "int", "household_id": "bigint", "person_id": "bigint",
    "area_no": "int", "is_head": "boolean", "full_name": "text", "gender": "text", "birth_year": "int",
    "birth_date": "date", "birth_precision": "text", "cccd_hash": "bytea", "cccd_sealed": "bytea",
    "cmnd_hash": "bytea", "hamlet": "text", "phone": "text",
}  # fmt: skip
SoughtRow = tuple[
    Any, ...
]  # in the order of SOUGHT; `unit` counts households from 1, `member_no` the people of a row from 0

_KEYED = """
CREATE TEMPORARY TABLE sought ON COMMIT DROP AS
SELECT *, left(name, half) AS left_half, right(name, half) AS right_half, split_part(name, ' ', 1) AS first_word,
       split_part(name, ' ', -1) AS last_word
  FROM (SELECT *, length(name) / 2 AS half
          FROM (SELECT row_number() OVER (ORDER BY unit)::int AS no, *, fold_vi(full_name) AS name,
                       likeness_keys(full_name, birth_year, birth_date, birth_precision, area_no) AS keys
                  FROM sought_in) AS keyed) AS halved
"""
REGISTERED = """
INSERT INTO sought_in
SELECT dense_rank() OVER (ORDER BY h.id)::int, NULL, NULL, h.id, p.id, p.area_no, p.is_head, p.full_name, p.gender,
       p.birth_year, p.birth_date, p.birth_precision, p.cccd_hash, p.cccd_sealed, p.cmnd_hash, h.hamlet,
       h.phone
  FROM beneficiaries_household h JOIN beneficiaries_person p ON p.household_id = h.id
 WHERE p.is_live AND h.delisted_on IS NULL AND {chosen}
"""
CHOSEN = {"ids": "h.id = ANY(%s)", "area": "h.area_no = %s"}
# Two rows of one file; the row that comes later asks.
_IN_FILE = """
CREATE TEMPORARY TABLE sought_pair ON COMMIT DROP AS
WITH k AS MATERIALIZED (
    SELECT no, unit, true AS is_sure, ('x' || left(encode(cccd_hash, 'hex'), 16))::bit(64)::bigint AS key
      FROM sought WHERE cccd_hash IS NOT NULL
    UNION ALL
    SELECT no, unit, true, ('x' || left(encode(cmnd_hash, 'hex'), 16))::bit(64)::bigint
      FROM sought WHERE cmnd_hash IS NOT NULL
    UNION ALL SELECT no, unit, true, keys[1] FROM sought WHERE keys[1] IS NOT NULL
    UNION ALL SELECT no, unit, false, keys[2] FROM sought WHERE keys[2] IS NOT NULL
    UNION ALL SELECT no, unit, false, keys[3] FROM sought WHERE keys[3] IS NOT NULL)
SELECT DISTINCT a.unit, a.no AS a, b.no AS b
  FROM k a JOIN k b ON b.key = a.key JOIN sought x ON x.no = a.no JOIN sought y ON y.no = b.no
 WHERE b.unit < a.unit
   AND (a.is_sure OR left(y.name, x.half) = x.left_half OR right(y.name, x.half) = x.right_half
        OR (y.first_word = x.first_word AND y.last_word = x.last_word))
"""


@dataclass(frozen=True, slots=True)
class Person:
    """One person on either side: where it comes from, and what is compared."""

    unit: int
    row_id: int | None
    member_no: int | None
    household_id: int | None
    person_id: int | None
    record: Record

    @property
    def key(self) -> bytes:
        """32 bytes that stand for the person when its row has gone: the number's fingerprint, else name and place."""
        record = self.record
        where = f"{record.key}|{record.birth_year}|{record.birth_date}|{record.area_no}|{record.hamlet_key}"
        return record.cccd_hash or record.cmnd_hash or fingerprint(where) or b""


@dataclass(frozen=True, slots=True)
class Found:
    """Two households that may be one, by the two persons most alike. `evidence` holds codes and ids only."""

    a: Person
    b: Person
    bits: float
    is_proved: bool
    evidence: dict[str, Any]


@dataclass(slots=True)
class Group:
    """All alike persons of two households."""

    alike: list[tuple[Likeness, Person, Person]] = field(default_factory=list)


def search_rows(rows: Iterable[SoughtRow]) -> list[Found]:
    """People of a file against each other and against the register of every commune."""
    with copied("sought_in", SOUGHT, rows):
        return list(_search(in_file=True))


def search_listed(rows: Iterable[SoughtRow]) -> Iterator[Found]:
    """People of a list (side a) against the register of every commune, not against each other."""
    with copied("sought_in", SOUGHT, rows):
        yield from _search(in_file=False)


def search_households(ids: Sequence[int]) -> list[Found]:
    """Registered households against the register; each pair once."""
    return _search_register("ids", list(ids))


def search_commune(area_no: int) -> list[Found]:
    """Every listed household of a commune against the register; pairs inside it once."""
    return _search_register("area", area_no)


def _search_register(chosen: str, value: Any) -> list[Found]:
    with copied("sought_in", SOUGHT, ()) as cursor:
        cursor.execute(REGISTERED.format(chosen=CHOSEN[chosen]), [value])
        found: dict[tuple[int | None, int | None], Found] = {}
        for one in _search(in_file=False):
            pair = (one.a.household_id, one.b.household_id)
            if (pair[1], pair[0]) not in found:
                found[pair] = one
    return list(found.values())


def key_sought(cursor: Any) -> int:
    """Makes `sought` of what stands in `sought_in`; how many units there are."""
    cursor.execute(_KEYED)
    cursor.execute("CREATE UNIQUE INDEX ON sought (no); CREATE INDEX ON sought (unit); ANALYZE sought")
    cursor.execute("SELECT coalesce(max(unit), 0) FROM sought")
    (units,) = cursor.fetchone()
    return int(units)


def _search(*, in_file: bool) -> Iterator[Found]:
    with connection.cursor() as cursor:
        units = key_sought(cursor)
        if in_file:
            cursor.execute(_IN_FILE)
            cursor.execute("CREATE INDEX ON sought_pair (unit)")
        rarity, merged = Rarity(people_in_register()), merged_communes()
        for first in range(1, units + 1, BATCH):
            batch = (first, first + BATCH - 1)
            sought = sought_people(cursor, *batch, rarity)
            groups = _register_groups(cursor, batch, sought, rarity)
            if in_file:
                _add_file_groups(cursor, batch, sought, rarity, groups)
            for group in groups.values():
                if found := weigh(group, rarity, merged):
                    yield found
        cursor.execute("DROP TABLE IF EXISTS sought, sought_pair")


def people_in_register() -> int:
    """As counted by the last `count_names`, 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people FROM beneficiaries_namefrequency WHERE name = ''")
        row = cursor.fetchone()
    return row[0] if row else 0


_SOUGHT_BY_UNIT = """
SELECT s.no, s.unit, s.row_id, s.member_no, s.household_id, s.person_id, s.area_no, s.is_head, s.full_name, s.gender,
       s.birth_year, s.birth_date, s.birth_precision, s.cccd_hash, s.cccd_sealed, s.cmnd_hash, s.hamlet, s.phone,
       n.people
  FROM sought s LEFT JOIN beneficiaries_namefrequency n ON n.name = replace(s.name, ' ', '')
"""


def sought_people(cursor: Any, first: int, last: int, rarity: Rarity) -> dict[int, Person]:
    cursor.execute(f"{_SOUGHT_BY_UNIT} WHERE s.unit BETWEEN %s AND %s", [first, last])
    return _persons(cursor, rarity)


def _persons(cursor: Any, rarity: Rarity) -> dict[int, Person]:
    found = {}
    for no, unit, row_id, member_no, household_id, person_id, *values, people in cursor:
        record = record_of(*values)
        rarity.learn(record.key, people)
        found[no] = Person(unit, row_id, member_no, household_id, person_id, record)
    return found


def record_of(
    area_no: int, is_head: bool, full_name: str, gender: str, birth_year: int | None,  # noqa: FBT001 - a row
    birth_date: datetime.date | None, birth_precision: str, cccd_hash: bytes | None, cccd_sealed: bytes | None,
    cmnd_hash: bytes | None, hamlet: str, phone: str,
) -> Record:  # fmt: skip
    return Record(
        key=fold(full_name), full_name=full_name, gender=gender, birth_year=birth_year, birth_date=birth_date,
        birth_precision=birth_precision, cccd_hash=_bytes(cccd_hash), cmnd_hash=_bytes(cmnd_hash),
        number=lambda: unseal(cccd_sealed), area_no=area_no, hamlet_key=fold(hamlet), phone=phone, is_head=is_head,
    )  # fmt: skip


def _bytes(value: Any) -> bytes | None:
    return bytes(value) if value else None


_Groups = dict[tuple[int, int, int], Group]


def _register_groups(cursor: Any, batch: tuple[int, int], sought: dict[int, Person], rarity: Rarity) -> _Groups:
    """(unit, 0, household of the register) -> the persons alike."""
    groups: _Groups = defaultdict(Group)
    cursor.execute("SELECT * FROM likely_persons(%s, %s)", batch)
    for row in cursor:
        no, person_id, household_id, _code, area_no, is_head, name, gender, year, date, precision, *rest = row
        cccd_hash, cccd_sealed, cmnd_hash, hamlet, phone, people = rest
        record = record_of(
            area_no, is_head, name, gender, year, date, precision, cccd_hash, cccd_sealed, cmnd_hash, hamlet, phone
        )
        rarity.learn(record.key, people)
        a, b = sought[no], Person(0, None, None, household_id, person_id, record)
        groups[a.unit, 0, household_id].alike.append((compare(a.record, record, rarity), a, b))
    return groups


def _add_file_groups(
    cursor: Any, batch: tuple[int, int], sought: dict[int, Person], rarity: Rarity, groups: _Groups
) -> None:
    """(unit, earlier unit, 0) -> the persons alike."""
    cursor.execute("SELECT a, b FROM sought_pair WHERE unit BETWEEN %s AND %s", batch)
    pairs = cursor.fetchall()
    missing = sorted({b for _, b in pairs} - sought.keys())
    if missing:
        cursor.execute(f"{_SOUGHT_BY_UNIT} WHERE s.no = ANY(%s)", [missing])
    others = {**(_persons(cursor, rarity) if missing else {}), **sought}
    for no, other in pairs:
        a, b = sought[no], others[other]
        groups[a.unit, b.unit, 0].alike.append((compare(a.record, b.record, rarity), a, b))


def weigh(group: Group, rarity: Rarity, merged: Any) -> Found | None:
    """One suggestion for two households, or None where the evidence is not enough."""
    chosen = _one_to_one(sorted(group.alike, key=lambda one: (one[0].is_proved, one[0].bits), reverse=True))
    likeness, a, b = chosen[0]
    place = compare_places(a.record, b.record, merged)
    has_phone = bool(a.record.phone) and a.record.phone == b.record.phone
    further = sum(max(0.0, one.bits) * _FURTHER_PERSON for one, _, _ in chosen[1:])
    bits = likeness.bits + min(further, _FURTHER_PEOPLE) + PLACE_BITS[place] + (PHONE_BITS if has_phone else 0.0)
    is_proved = any(one.is_proved for one, _, _ in chosen)
    if not is_proved and (bits < needed_bits(rarity.people) or likeness.bits <= 0):
        return None
    people = [{"a": _who(x), "b": _who(y), **one.codes()} for one, x, y in chosen if one.is_proved or one.bits > 0]
    is_rare = rarity.bits(b.record.key) >= _RARE_BITS
    evidence = {"people": people, "place": place.value, "phone": has_phone, "rare_name": is_rare}
    return Found(a, b, bits, is_proved, evidence)


def _who(person: Person) -> dict[str, Any]:
    """Which member, without a word about who it is."""
    return {"person": person.person_id, "member": person.member_no, "is_head": person.record.is_head}


_RARE_BITS = 14.0  # one in 16,000


def _one_to_one(alike: Iterable[tuple[Likeness, Person, Person]]) -> list[tuple[Likeness, Person, Person]]:
    """The best partner for everybody, nobody twice; best first."""
    taken_a: set[int] = set()
    taken_b: set[Any] = set()
    chosen = []
    for one in alike:
        key = one[2].person_id or id(one[2])
        if id(one[1]) in taken_a or key in taken_b:
            continue
        taken_a.add(id(one[1]))
        taken_b.add(key)
        chosen.append(one)
    return chosen


_COUNT = """
INSERT INTO beneficiaries_namefrequency (name, people)
SELECT replace(search_key, ' ', ''), count(*) FROM beneficiaries_person WHERE is_live AND search_key <> ''
 GROUP BY 1 HAVING count(*) >= %s
UNION ALL SELECT '', count(*) FROM beneficiaries_person WHERE is_live
"""
SEVERAL = 4


def count_names() -> None:
    """Counts how many people bear each name, in the whole register: the caller sees everything (scope.everywhere)."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM beneficiaries_namefrequency")
        cursor.execute(_COUNT, [SEVERAL])
