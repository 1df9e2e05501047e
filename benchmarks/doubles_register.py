"""Puts a made-up province into the register and its later lists before the search, and measures what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from administration.models import Officer
from benchmarks.doubles import Listed, Province, Somebody, everybody
from beneficiaries.intake.temporary import copied
from beneficiaries.pairing import Found, SoughtRow
from beneficiaries.sealing import fingerprint, seal

_HOUSEHOLD = {"no": "int", "area_no": "int", "hamlet": "text", "phone": "text"}
_PERSON = {
    "no": "int", "is_head": "boolean", "full_name": "text", "gender": "text", "birth_year": "int", "birth_date": "date",
    "birth_precision": "text", "cccd_hash": "bytea", "cccd_sealed": "bytea", "cmnd_hash": "bytea",
    "cmnd_sealed": "bytea",
}  # fmt: skip
_INSERT_HOUSEHOLDS = """
INSERT INTO beneficiaries_household (area_no, code, hamlet, address, category, attributes, certificate_no,
       original_code, phone, phone_kind, prior_device, note, created_by_id, version, delisting_reason, member_count)
SELECT area_no, %s || lpad(no::text, 8, '0'), hamlet, '', 'HN', '{}', '', '', phone, 'basic', '', '', %s, 1, '', 1
  FROM household_in ORDER BY no RETURNING id
"""
_INSERT_PEOPLE = """
INSERT INTO beneficiaries_person (household_id, area_no, is_head, is_live, full_name, gender, birth_year, birth_date,
       birth_precision, relation, attends_school, cccd_hash, cccd_sealed, cmnd_hash, cmnd_sealed)
SELECT h.id, h.area_no, is_head, true, full_name, gender, birth_year, birth_date, birth_precision, '', false,
       p.cccd_hash, p.cccd_sealed, p.cmnd_hash, p.cmnd_sealed
  FROM person_in p JOIN beneficiaries_household h ON h.code = %s || lpad(p.no::text, 8, '0')
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares of what there was to find, and what was suggested for nothing."""

    provable_recall: float
    same_precision: float
    likely_recall: float
    needless_per_100: float
    pairs: int


def fill_register(households: Sequence[Listed], *, by: Officer, prefix: str = "D") -> list[int]:
    """Ids of the households in the register, in their order. A number that somebody else has is left out."""
    rows = ((no, one.area, one.hamlet, one.phone) for no, one in enumerate(households))
    with copied("household_in", _HOUSEHOLD, rows) as cursor:
        cursor.execute(_INSERT_HOUSEHOLDS, [prefix, by.pk])
        ids = sorted(pk for (pk,) in cursor.fetchall())
    with copied("person_in", _PERSON, _people(households)) as cursor:
        cursor.execute(_INSERT_PEOPLE, [prefix])
    return ids


def _people(households: Sequence[Listed]) -> Iterator[tuple[object, ...]]:
    taken: set[str] = set()
    for no, member, person in everybody(households):
        number = "" if person.number in taken else person.number
        old = "" if person.old_number in taken else person.old_number
        taken |= {number, old}
        yield (no, member == 0, *_facts(person), *_numbers(number, old))


def _facts(person: Somebody) -> tuple[object, ...]:
    date = person.born if person.precision == "day" else None
    return person.name, person.gender, person.born.year, date, person.precision


def _numbers(number: str, old: str) -> tuple[bytes | None, ...]:
    return fingerprint(number), seal(number), fingerprint(old), seal(old)


def sought_rows(households: Sequence[Listed]) -> Iterator[SoughtRow]:
    """The people of later lists as `pairing.search_rows` takes them; `row_id` is the index of the household."""
    for no, member, person in everybody(households):
        one = households[no]
        cccd, sealed, cmnd, _ = _numbers(person.number, person.old_number)
        yield (
            no + 1, no, member, None, None, one.area, member == 0, *_facts(person), cccd, sealed, cmnd, one.hamlet,
            one.phone,
        )  # fmt: skip


def measure(province: Province, found: Sequence[Found], ids: Sequence[int]) -> Measured:
    """`ids` as `fill_register` gave them."""
    index = {pk: no for no, pk in enumerate(ids)}
    pairs = {(one.a.row_id, index.get(one.b.household_id or 0)): one.is_proved for one in found}
    same = {pair for pair, is_proved in pairs.items() if is_proved}
    likely = province.truth - province.provable
    needless = [pair for pair in pairs if pair not in province.truth]
    return Measured(
        len(province.provable & same) / max(1, len(province.provable)),
        len(province.truth & same) / max(1, len(same)),
        len(likely & pairs.keys()) / max(1, len(likely)),
        100 * len(needless) / max(1, province.clean),
        len(pairs),
    )
