"""What an officer says about one household: the input of the actions that add and change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from beneficiaries.models import BirthPrecision, Household, Person, PhoneKind

KEEP = None  # an identity number that is not typed again stays as it is


@dataclass(slots=True, kw_only=True)
class PersonValues:
    """One person. `person_id` is the registered member, None for a new one.

    `identity_number` (12 digits) and `old_identity_number` (9 digits): KEEP leaves what is registered, "" removes it.
    `ethnic_group` is the two-digit code or "".
    """

    full_name: str
    gender: str
    birth_year: int
    birth_date: date | None = None
    birth_precision: str = BirthPrecision.YEAR
    ethnic_group: str = ""
    relation: str = ""
    attends_school: bool = False
    identity_number: str | None = KEEP
    old_identity_number: str | None = KEEP
    person_id: int | None = None


@dataclass(slots=True, kw_only=True)
class HouseholdValues:
    """One household of the unit numbered `area_no`, its head and its other members."""

    area_no: int
    head: PersonValues
    members: list[PersonValues] = field(default_factory=list)
    hamlet: str
    category: str
    address: str = ""
    attributes: list[str] = field(default_factory=list)
    recognised_year: int | None = None
    certificate_no: str = ""
    member_count: int | None = None
    phone: str = ""
    phone_kind: str = PhoneKind.UNKNOWN
    prior_device: str = ""
    prior_device_year: int | None = None
    note: str = ""

    def people(self) -> Iterator[PersonValues]:
        yield self.head
        yield from self.members


HOUSEHOLD_FIELDS = (
    "hamlet", "address", "category", "attributes", "recognised_year", "certificate_no", "member_count", "phone",
    "phone_kind", "prior_device", "prior_device_year", "note",
)  # fmt: skip
PERSON_FIELDS = (
    "full_name", "gender", "birth_year", "birth_date", "birth_precision", "ethnic_group_id", "relation",
    "attends_school",
)  # fmt: skip


def columns_of(values: HouseholdValues) -> dict[str, object]:
    """Column -> value of the household's own row."""
    return {name: getattr(values, name) for name in HOUSEHOLD_FIELDS}


def person_columns_of(values: PersonValues) -> dict[str, object]:
    """Column -> value of a person's row, identity numbers apart."""
    columns = {name: getattr(values, name) for name in PERSON_FIELDS if name != "ethnic_group_id"}
    return {**columns, "ethnic_group_id": values.ethnic_group or None}


def household_columns(household: Household) -> dict[str, object]:
    return {name: getattr(household, name) for name in HOUSEHOLD_FIELDS}


def person_columns(person: Person) -> dict[str, object]:
    return {name: getattr(person, name) for name in PERSON_FIELDS}
