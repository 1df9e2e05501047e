"""What a household of a file would change in the register. An import never empties a value and never deletes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from beneficiaries.intake.household_rows import HouseholdRow, PersonRow
from beneficiaries.names import fold
from beneficiaries.sealing import fingerprint

_TEXTS = ("address", "phone", "certificate_no", "original_code", "prior_device", "note", "category")
HOUSEHOLD_FIELDS = (
    "hamlet", *_TEXTS, "attributes", "recognised_year", "member_count", "phone_kind", "income_score",
    "deprivation_score",
)  # fmt: skip
PERSON_FIELDS = (
    "full_name", "gender", "birth_year", "birth_date", "birth_precision", "ethnic_group_id", "relation",
)  # fmt: skip


@dataclass(slots=True)
class RegisteredPerson:
    """A person as the register has it; `values` by PERSON_FIELDS, numbers as fingerprints."""

    id: int
    is_head: bool
    values: dict[str, Any]
    cccd: bytes | None
    cmnd: bytes | None
    sealed: tuple[bytes | None, bytes | None] = (None, None)


@dataclass(slots=True)
class Registered:
    """A household as the register has it; `values` by HOUSEHOLD_FIELDS."""

    id: int
    code: str
    version: int
    updated_at: datetime
    values: dict[str, Any]
    people: list[RegisteredPerson] = field(default_factory=list)

    @property
    def head(self) -> RegisteredPerson | None:
        return next((person for person in self.people if person.is_head), None)


@dataclass(slots=True)
class Difference:
    """Fields with (old, new); for people by id, `numbers` those who get a number; and who is new."""

    household: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    people: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    numbers: dict[int, PersonRow] = field(default_factory=dict)
    added: list[PersonRow] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.household or self.people or self.numbers or self.added)


def compare(row: HouseholdRow, registered: Registered) -> Difference:
    """What saving the row would change. Empty values of the file say nothing; the register keeps its own."""
    difference = Difference(household=dict(_household_changes(row, registered.values)))
    left = {person.id: person for person in registered.people}
    for person in row.people():
        known = registered.head if person is row.head else _find(person, left)
        if known is None:
            difference.added.append(person)
            continue
        left.pop(known.id, None)
        if changes := dict(_person_changes(person, known)):
            difference.people[known.id] = changes
        if _brings_a_number(person, known):
            difference.numbers[known.id] = person
    return difference


def household_values(row: HouseholdRow) -> dict[str, Any]:
    """The columns of a new household."""
    values = {name: getattr(row, name) for name in HOUSEHOLD_FIELDS}
    values["attributes"] = list(row.attributes)
    values["income_score"], values["deprivation_score"] = _whole(row.income_score), _whole(row.deprivation_score)
    return values


def person_values(person: PersonRow, *, is_head: bool) -> dict[str, Any]:
    """The columns of a new person, numbers apart."""
    return {
        "full_name": person.full_name,
        "gender": person.gender,
        "birth_year": person.birth_year,
        "birth_date": person.birth_date,
        "birth_precision": person.birth_precision or "year",
        "ethnic_group_id": person.ethnic_group or None,
        "relation": "" if is_head else person.relation,
    }


def _household_changes(row: HouseholdRow, old: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if row.hamlet and fold(row.hamlet) != fold(old["hamlet"]):
        yield "hamlet", (old["hamlet"], row.hamlet)
    for name in _TEXTS:
        new = getattr(row, name)
        if new and new != old[name]:
            yield name, (old[name], new)
    for name in ("recognised_year", "member_count", "income_score", "deprivation_score"):
        number = _whole(getattr(row, name))
        if number is not None and number != old[name]:
            yield name, (old[name], number)
    if row.phone_kind not in ("unknown", old["phone_kind"]):
        yield "phone_kind", (old["phone_kind"], row.phone_kind)
    if more := [attribute for attribute in row.attributes if attribute not in old["attributes"]]:
        yield "attributes", (list(old["attributes"]), [*old["attributes"], *more])


def _person_changes(person: PersonRow, known: RegisteredPerson) -> Iterator[tuple[str, tuple[Any, Any]]]:
    old = known.values
    new = person_values(person, is_head=known.is_head)
    for name in ("full_name", "gender", "ethnic_group_id", "relation"):
        if new[name] and new[name] != old[name]:
            yield name, (old[name], new[name])
    if _says_more(person, old):
        for name in ("birth_year", "birth_date", "birth_precision"):
            if new[name] != old[name]:
                yield name, (old[name], new[name])


def _says_more(person: PersonRow, old: dict[str, Any]) -> bool:
    """A year alone doesn't replace a full date of that year."""
    if person.birth_year is None:
        return False
    if person.birth_date is not None:
        return person.birth_date != old["birth_date"]
    return person.birth_year != old["birth_year"]


def _brings_a_number(person: PersonRow, known: RegisteredPerson) -> bool:
    new_cccd, new_cmnd = fingerprint(person.identity_number), fingerprint(person.old_identity_number)
    return bool((new_cccd and new_cccd != known.cccd) or (new_cmnd and new_cmnd != known.cmnd))


def _find(person: PersonRow, left: dict[int, RegisteredPerson]) -> RegisteredPerson | None:
    """A member by number, else by name and year; someone with two different numbers is two people."""
    cccd, cmnd = fingerprint(person.identity_number), fingerprint(person.old_identity_number)
    for known in left.values():
        if (cccd and known.cccd == cccd) or (cmnd and known.cmnd == cmnd):
            return known
    key = fold(person.full_name)
    for known in left.values():
        same_year = person.birth_year in (None, known.values["birth_year"])
        is_namesake = not known.is_head and same_year and fold(known.values["full_name"]) == key
        if is_namesake and not (cccd and known.cccd):
            return known
    return None


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
