"""How a household differs from what an officer says about it: old and new for the audit trail and the conflict panel.

One difference is {"field", "old", "new"} and, for a member, "person". Values are codes (HN, M, 2024, true), turned into
words by `beneficiaries.timeline`; identity numbers are masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beneficiaries.household_values import (
    KEEP,
    HouseholdValues,
    PersonValues,
    columns_of,
    household_columns,
    person_columns,
    person_columns_of,
)
from beneficiaries.identity_rules import mask
from beneficiaries.models import BirthPrecision, Household, Person

Difference = dict[str, Any]


def household_differences(
    household: Household, people: Mapping[int, Person], values: HouseholdValues
) -> list[Difference]:
    """From the register to the values, in the order of the form. `people` are the members by id, the head included."""
    found = between(household_columns(household), columns_of(values))
    for given in values.people():
        if given.person_id is None:
            found.append({"field": "member_added", "old": "", "new": given.full_name})
        else:
            found += person_differences(people[given.person_id], given)
    kept = {given.person_id for given in values.people()}
    for person in people.values():
        if person.pk not in kept and not person.is_head:
            found.append({"field": "member_removed", "old": person.full_name, "new": ""})
    return found


def person_differences(person: Person, given: PersonValues) -> list[Difference]:
    old, new = with_birth(person_columns(person)), with_birth(person_columns_of(given))
    found = between(old, new)
    for name in ("identity_number", "old_identity_number"):
        typed = getattr(given, name)
        held = getattr(person, name) if typed is not KEEP else ""
        if typed is not KEEP and typed != held:
            found.append({"field": name, "old": mask(held), "new": mask(typed)})
    return [{**difference, "person": person.full_name} for difference in found]


def between(old: Mapping[str, object], new: Mapping[str, object]) -> list[Difference]:
    """The columns that differ, in the order of `old`."""
    pairs = [(name, _plain(old[name]), _plain(new[name])) for name in old]
    return [{"field": name, "old": before, "new": after} for name, before, after in pairs if before != after]


def _plain(value: object) -> object:
    if value is None:
        return ""
    return sorted(value) if isinstance(value, list) else value


def with_birth(columns: dict[str, Any]) -> dict[str, object]:
    """Year, date and precision become the one text that people read."""
    year, day, precision = (columns.pop(name) for name in ("birth_year", "birth_date", "birth_precision"))
    text = str(year)
    if day and precision == BirthPrecision.DAY:
        text = f"{day:%d/%m/%Y}"
    elif day and precision == BirthPrecision.MONTH:
        text = f"{day:%m/%Y}"
    return {**columns, "birth": text}
