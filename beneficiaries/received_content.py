"""What is kept of a row of an earlier programme's list: as JSON for sealing and back, and as what is compared."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from beneficiaries.intake.household_rows import HouseholdRow, PersonRow
from beneficiaries.likeness import Record
from beneficiaries.names import fold
from beneficiaries.pairing import SoughtRow
from beneficiaries.sealing import fingerprint, seal, unseal_json

NOWHERE = 0  # the number of no unit: the row does not say where its people live


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of a row as the list names it."""

    full_name: str
    gender: str
    birth_year: int | None
    birth_date: datetime.date | None
    birth_precision: str
    cccd: str
    cmnd: str
    relation: str = ""

    @property
    def can_be_matched(self) -> bool:
        """A number, or at least a name and a year: less than that is found with everybody or with nobody."""
        return bool(self.cccd or self.cmnd or (self.full_name and self.birth_year))

    @property
    def birth_text(self) -> str:
        if self.birth_date and self.birth_precision == "day":
            return f"{self.birth_date:%d/%m/%Y}"
        return str(self.birth_year or "")


@dataclass(frozen=True, slots=True)
class Content:
    """A row: its people, where they lived and what they were given, in the words of the list."""

    people: tuple[Recipient, ...]
    hamlet: str = ""
    address: str = ""
    commune: str = ""
    phone: str = ""
    device: str = ""


def content_of(row: HouseholdRow) -> dict[str, Any]:
    """What is sealed of a household of the file."""
    return {
        "people": [_to_json(person) for person in row.people()],
        "hamlet": row.hamlet, "address": row.address, "commune": row.commune_text, "phone": row.phone,
        "device": row.prior_device,
    }  # fmt: skip


def _to_json(person: PersonRow) -> list[Any]:
    return [
        person.full_name, person.gender, person.birth_year, person.birth_date and person.birth_date.isoformat(),
        person.birth_precision or "year", person.identity_number, person.old_identity_number, person.relation,
    ]  # fmt: skip


def opened(sealed: bytes | memoryview) -> Content:
    value = unseal_json(sealed)
    people = tuple(
        Recipient(name, gender, year, datetime.date.fromisoformat(date) if date else None, *more)
        for name, gender, year, date, *more in value.pop("people")
    )
    return Content(people, **value)


def recipients_of(row: HouseholdRow) -> list[Recipient]:
    return [
        Recipient(
            p.full_name, p.gender, p.birth_year, p.birth_date, p.birth_precision or "year", p.identity_number,
            p.old_identity_number, p.relation,
        )
        for p in row.people()
    ]  # fmt: skip


def record_of(content: Content, member_no: int, commune_no: int | None) -> Record:
    """One person of a row as it is compared."""
    person = content.people[member_no]
    return Record(
        key=fold(person.full_name), full_name=person.full_name, gender=person.gender, birth_year=person.birth_year,
        birth_date=person.birth_date, birth_precision=person.birth_precision, cccd_hash=fingerprint(person.cccd),
        cmnd_hash=fingerprint(person.cmnd), number=lambda: person.cccd, area_no=commune_no or NOWHERE,
        hamlet_key=fold(content.hamlet), phone=content.phone, is_head=member_no == 0,
    )  # fmt: skip


def sought_rows(unit: int, entry_id: int, content: Content, commune_no: int | None) -> Iterator[SoughtRow]:
    """The people of a row in the order of pairing.SOUGHT."""
    for member_no, person in enumerate(content.people):
        if person.can_be_matched:
            yield (
                unit, entry_id, member_no, None, None, commune_no or NOWHERE, member_no == 0, person.full_name or "?",
                person.gender, person.birth_year, person.birth_date, person.birth_precision, fingerprint(person.cccd),
                seal(person.cccd), fingerprint(person.cmnd), content.hamlet, content.phone,
            )  # fmt: skip


def key_of(record: Record) -> bytes:
    """32 bytes that stand for a person wherever it lives: the fingerprint of the number, else of name and birth."""
    where = f"received|{record.key}|{record.birth_year}|{record.birth_date}"
    return record.cccd_hash or record.cmnd_hash or fingerprint(where) or b""
