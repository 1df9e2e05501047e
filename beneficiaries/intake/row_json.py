"""A household of a file as JSON and back: what the sealed payload of a staged row holds."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any

from beneficiaries.intake.household_rows import Change, HouseholdRow, PersonRow
from beneficiaries.intake.problems import Problem
from beneficiaries.intake.row_kinds import Section
from beneficiaries.intake.source import Mend, SourceRow, cells_from_json, cells_to_json

_PERSON_TEXTS = ("full_name", "gender", "ethnic_group", "identity_number", "old_identity_number", "relation")
_TEXTS = (
    "category", "hamlet", "address", "phone", "certificate_no", "original_code", "phone_kind", "prior_device", "note",
    "commune_text", "repeat_sheet",
)  # fmt: skip
_NUMBERS = ("member_count", "recognised_year", "income_score", "deprivation_score", "repeat_of")
_DEFAULTS: dict[str, Any] = {**dict.fromkeys(_TEXTS, ""), "phone_kind": "unknown", **dict.fromkeys(_NUMBERS)}

_OWN, _EMPTY = attrgetter(*_DEFAULTS), tuple(_DEFAULTS.items())
_SECTION = attrgetter(*(field.name for field in fields(Section)))


def household_to_json(row: HouseholdRow) -> dict[str, Any]:
    """Only what differs from an empty household; doubts are in the problems, originals in the source rows."""
    own = zip(_EMPTY, _OWN(row), strict=True)
    value: dict[str, Any] = {name: given for (name, empty), given in own if given != empty}
    value["people"] = [_person_to_json(person) for person in row.people()]
    value["attributes"] = list(row.attributes)
    value["changes"] = [[c.field, c.original, c.value, c.code, c.row_no] for c in row.changes]
    return value


def household_from_json(value: dict[str, Any], sheet: str) -> HouseholdRow:
    head, *members = (_person_from_json(person) for person in value["people"])
    row = HouseholdRow(head.row_no, sheet, head, members)
    for name in _DEFAULTS:
        if name in value:
            setattr(row, name, value[name])
    row.attributes = tuple(value["attributes"])
    row.changes = [Change(*change) for change in value["changes"]]
    return row


def _person_to_json(person: PersonRow) -> dict[str, Any]:
    value: dict[str, Any] = {name: given for name in _PERSON_TEXTS if (given := getattr(person, name))}
    value["row"] = person.row_no
    if person.birth_year is not None:
        day = person.birth_date.isoformat() if person.birth_date else None
        value["birth"] = [person.birth_year, day, person.birth_precision]
    return value


def _person_from_json(value: dict[str, Any]) -> PersonRow:
    person = PersonRow(value["row"], **{name: value.get(name, "") for name in _PERSON_TEXTS})
    if "birth" in value:
        year, day, precision = value["birth"]
        person.birth_year, person.birth_precision = year, precision
        person.birth_date = date.fromisoformat(day) if day else None
    return person


def problems_to_json(problems: Iterable[Problem]) -> list[list[Any]]:
    return [[p.code, p.severity, p.field, p.row_no, p.params, p.fix] for p in problems]


def problems_from_json(values: Iterable[list[Any]], sheet: str) -> list[Problem]:
    return [
        Problem(code, severity, field, row_no, params, fix, sheet=sheet)
        for code, severity, field, row_no, params, fix in values
    ]


def rows_to_json(rows: Iterable[SourceRow]) -> list[list[Any]]:
    return [[row.row_no, cells_to_json(row.cells), _SECTION(row.section)] for row in rows]


def rows_from_json(values: Iterable[list[Any]]) -> list[SourceRow]:
    return [SourceRow(row_no, cells_from_json(cells), Section(*section)) for row_no, cells, section in values]


def mends_to_json(mends: Iterable[Mend]) -> list[list[Any]]:
    return [[mend.step, mend.row_no, mend.field, mend.value] for mend in mends]


def mends_from_json(values: Iterable[list[Any]]) -> list[Mend]:
    return [Mend(*value) for value in values]
