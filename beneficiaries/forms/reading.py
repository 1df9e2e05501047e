"""Reads what was typed into the household form with the readers of the import, into the same row that a file gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from beneficiaries.identity_rules import agrees, parse_cccd
from beneficiaries.intake.household_rows import Doubt, HouseholdRow, PersonRow
from beneficiaries.intake.value_words import read_ethnic_group, read_hamlet
from beneficiaries.intake.values import read_birth, read_count, read_identity, read_name, read_phone
from beneficiaries.models import Person


@dataclass(slots=True)
class TypedPerson:
    """The cleaned texts of one person's fields, and the registered person they are about."""

    said: Mapping[str, Any]
    registered: Person | None = None


@dataclass(slots=True)
class Reader:
    """Fills a HouseholdRow; rows are numbered like the people of the form: 0 the head, then the members."""

    row: HouseholdRow = field(default_factory=lambda: HouseholdRow(0, "", PersonRow(0)))

    def read(self, said: Mapping[str, Any], head: TypedPerson, members: Sequence[TypedPerson]) -> HouseholdRow:
        row = self.row
        self._person(row.head, head)
        for number, member in enumerate(members, start=1):
            row.members.append(PersonRow(number, relation=member.said["relation"]))
            self._person(row.members[-1], member)
        row.category, row.attributes = said["category"], tuple(said["attributes"])
        row.hamlet, row.address = read_hamlet(said["hamlet"]), said["address"]
        row.certificate_no, row.recognised_year = said["certificate_no"], said["recognised_year"]
        row.phone_kind, row.prior_device, row.note = said["phone_kind"], said["prior_device"], said["note"]
        self._phone(said["phone"])
        self._count(said["member_count"])
        return row

    def _person(self, person: PersonRow, typed: TypedPerson) -> None:
        said = typed.said
        name = read_name(said["full_name"])
        person.full_name = name.value
        for code, params, fix in name.doubts:
            self._doubt(code, "full_name", person, params, fix)
        person.gender = said["gender"]
        birth = read_birth(said["birth"])
        person.birth_date, person.birth_year, person.birth_precision = birth.on, birth.year, birth.precision
        if birth.doubt:
            self._doubt(birth.doubt, "birth", person, {"v": said["birth"]})
        self._identity(person, typed)
        if birth.change == "two_digit_year" and not self._is_confirmed(person):
            self._doubt("V45", "birth", person, {"v": said["birth"], "a": str(birth.year)})
        group = read_ethnic_group(said.get("ethnic_group", ""))
        person.ethnic_group = group or ""
        if group is None:
            self._doubt("V55", "ethnic_group", person, {"v": said["ethnic_group"]})

    def _identity(self, person: PersonRow, typed: TypedPerson) -> None:
        for name in ("identity_number", "old_identity_number"):
            text = typed.said.get(name, "")
            if not text and typed.registered:
                self._keep(person, name, getattr(typed.registered, name))
                continue
            reading = read_identity(_scanned(text), gender=person.gender, birth_year=person.birth_year)
            person.identity_number = reading.number or person.identity_number
            person.old_identity_number = reading.old_number or person.old_identity_number
            if reading.doubt and not (name == "old_identity_number" and reading.doubt == "V04"):
                self._doubt(reading.doubt, name, person, reading.params, reading.fix)
        identity = parse_cccd(person.identity_number)
        if identity and not person.gender and self._is_confirmed(person):
            person.gender = identity.gender

    @staticmethod
    def _keep(person: PersonRow, name: str, registered: str) -> None:
        if not getattr(person, name):
            setattr(person, name, registered)

    @staticmethod
    def _is_confirmed(person: PersonRow) -> bool:
        """Whether the identity number says the same year of birth."""
        return person.birth_year is not None and agrees(
            person.identity_number, gender=None, birth_year=person.birth_year
        )

    def _phone(self, text: str) -> None:
        reading = read_phone(text)
        self.row.phone = reading.value
        for code, params, fix in reading.doubts:
            self._doubt(code, "phone", self.row.head, params, fix)

    def _count(self, text: str) -> None:
        self.row.member_count, doubt = read_count(text)
        if doubt:
            self._doubt(doubt, "member_count", self.row.head, {"v": text})

    def _doubt(self, code: str, name: str, person: PersonRow, params: dict[str, Any], fix: str | None = None) -> None:
        self.row.doubts.append(Doubt(code, name, person.row_no, params, fix))


def _scanned(text: str) -> str:
    """A card scanner types everything that is on the card: the number comes first, the rest may be mangled."""
    return text.split("|", 1)[0]
