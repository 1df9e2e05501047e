"""Looks for households in the lists of earlier programmes, and for the people of such a list in the register.

Both ways go through the same weighing as suspected duplicates (beneficiaries.pairing, beneficiaries.likeness).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from administration.models import Area
from beneficiaries.intake.temporary import copied
from beneficiaries.likeness import compare
from beneficiaries.merged_communes import merged_communes
from beneficiaries.models import ExclusionEntry, ExclusionSource
from beneficiaries.name_rarity import Rarity
from beneficiaries.pairing import (
    BATCH,
    CHOSEN,
    REGISTERED,
    SOUGHT,
    Found,
    Group,
    Person,
    SoughtRow,
    key_sought,
    people_in_register,
    search_listed,
    sought_people,
    weigh,
)
from beneficiaries.received_content import NOWHERE, Content, key_of, opened, record_of, sought_rows


@dataclass(frozen=True, slots=True)
class Hit:
    """A household and the row of a list that names it. `evidence` holds codes and ids only."""

    source_id: int
    entry_id: int
    member_no: int
    household_id: int
    person_id: int | None
    area_no: int
    key_entry: bytes
    key_person: bytes
    is_proved: bool
    score: int
    evidence: dict[str, Any]


def search_source(source: ExclusionSource, province: Area) -> Iterator[Hit]:
    """Everybody on the list against the whole register of the province. A few statements a thousand rows."""
    entries = ExclusionEntry.objects.filter(source=source).order_by("pk").values_list("pk", "commune_no", "content")
    rows = list(entries)  # sealed, a few hundred bytes each: nothing can be asked for while the people are copied
    for one in search_listed(_sought(rows)):
        if province.contains(one.b.record.area_no) and one.b.household_id and one.a.row_id:
            yield _hit(one, source.pk, entry=one.a, person=one.b)


def _sought(entries: Iterable[tuple[int, int | None, bytes | memoryview]]) -> Iterator[SoughtRow]:
    for unit, (pk, commune_no, content) in enumerate(entries, 1):
        yield from sought_rows(unit, pk, opened(content), commune_no)


def search_sources(household_ids: Sequence[int]) -> list[Hit]:
    """These households against the lists in use."""
    with copied("sought_in", SOUGHT, ()) as cursor:
        cursor.execute(REGISTERED.format(chosen=CHOSEN["ids"]), [list(household_ids)])
        units, hits = key_sought(cursor), []
        rarity, merged = Rarity(people_in_register()), merged_communes()
        for first in range(1, units + 1, BATCH):
            people = sought_people(cursor, first, first + BATCH - 1, rarity)
            for source_id, group in _groups(first, people, rarity):
                if found := weigh(group, rarity, merged):
                    hits.append(_hit(found, source_id, entry=found.b, person=found.a))
        cursor.execute("DROP TABLE sought")
    return hits


def _groups(first: int, people: dict[int, Person], rarity: Rarity) -> Iterator[tuple[int, Group]]:
    """All alike persons of a household and a row, with the source of the row."""
    groups: dict[tuple[int, int, int], Group] = defaultdict(Group)
    contents: dict[int, Content] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM likely_recipients(%s, %s)", [first, first + BATCH - 1])
        for no, entry_id, member_no, source_id, commune_no, content, _cccd, _cmnd in cursor:
            a = people[no]
            opened_content = contents.setdefault(entry_id, opened(content))
            b = Person(0, entry_id, member_no, None, None, record_of(opened_content, member_no, commune_no))
            groups[a.unit, entry_id, source_id].alike.append((compare(a.record, b.record, rarity), a, b))
    for (_unit, _entry, source_id), group in groups.items():
        yield source_id, group


def _hit(found: Found, source_id: int, *, entry: Person, person: Person) -> Hit:
    """People of the evidence: a is the register's, b the list's."""
    evidence = dict(found.evidence)
    if found.a is entry:
        evidence["people"] = [{**one, "a": one["b"], "b": one["a"]} for one in evidence["people"]]
    if entry.record.area_no == NOWHERE:
        evidence["place"] = ""
    return Hit(
        source_id, entry.row_id or 0, entry.member_no or 0, person.household_id or 0, person.person_id,
        person.record.area_no, key_of(entry.record), key_of(person.record), found.is_proved,
        max(0, min(32_000, round(found.bits))), evidence,
    )  # fmt: skip
