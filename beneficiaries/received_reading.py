"""A list of an earlier programme through the pipeline of the imports: what was read, what is in doubt, what is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

from beneficiaries.intake import stage
from beneficiaries.intake.choices import choices_from_json, choices_to_json
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.parse import Choices, Parsed, parse_sheets
from beneficiaries.intake.place import place_of
from beneficiaries.intake.preview import SURE, seen_of, summary_of
from beneficiaries.intake.problems import ERROR, NOTE, Problem
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.row_json import problems_to_json
from beneficiaries.intake.staged import Staged
from beneficiaries.intake.temporary import copied
from beneficiaries.models import ExclusionEntry, ExclusionSource
from beneficiaries.received_content import content_of, recipients_of
from beneficiaries.sealing import fingerprint, seal_json

LIMITS = Limits(rows=60_000, highest_row=80_000, bytes=20 * 1024 * 1024)
MOST_SHOWN = 200  # rows with problems; the numbers count all of them
_FIELDS = {"full_name", "identity_number", "old_identity_number", "birth"}
_MISSING = {"V48", "V53"}  # what a list of recipients may lack: its people are known by something else
UNUSABLE = "nobody"  # neither a number nor a name with a year

_ENTRY = {"no": "int", "commune_no": "int", "sheet": "text", "row_no": "int", "content": "bytea"}
_PERSON = {
    "no": "int", "member_no": "int", "full_name": "text", "birth_year": "int", "birth_date": "date",
    "birth_precision": "text", "commune_no": "int", "cccd_hash": "bytea", "cmnd_hash": "bytea",
}  # fmt: skip
_INSERT_ENTRIES = """
INSERT INTO beneficiaries_exclusionentry (source_id, area_no, commune_no, sheet, row_no, content)
SELECT %s, %s, commune_no, sheet, row_no, content FROM entries_in ORDER BY no
    ON CONFLICT DO NOTHING
"""
_INSERT_PEOPLE = """
INSERT INTO beneficiaries_exclusionperson (entry_id, source_id, area_no, member_no, cccd_hash, cmnd_hash, likeness_keys)
SELECT e.id, e.source_id, e.area_no, p.member_no, p.cccd_hash, p.cmnd_hash,
       likeness_keys(p.full_name, p.birth_year, p.birth_date, p.birth_precision, coalesce(p.commune_no, 0))
  FROM people_in p JOIN entries_in n ON n.no = p.no
  JOIN beneficiaries_exclusionentry e ON e.source_id = %s AND e.sheet = n.sheet AND e.row_no = n.row_no
"""


@dataclass(slots=True)
class Reading:
    """The file as read: rows that name somebody, and rows that name nobody who could be found again."""

    parsed: Parsed
    choices: Choices
    usable: list[Staged] = field(default_factory=list)
    unusable: list[Staged] = field(default_factory=list)


def read(source: ExclusionSource) -> Reading:
    """Guards and reads the file. Raises Refused."""
    place, choices, today = place_of(source.province), choices_from_json(source.choices), timezone.localdate()
    sheets = read_workbook(Path(source.file.path), source.original_name, LIMITS)
    parsed = parse_sheets(sheets, choices=choices, today=today, communes=place.keys)
    reading = Reading(parsed, choices)
    for one in stage.prepare(parsed, place, source.original_name):
        if one.is_skipped:
            continue
        names_somebody = any(person.can_be_matched for person in recipients_of(one.household))
        (reading.usable if names_somebody else reading.unusable).append(one)
    return reading


def keep(source: ExclusionSource, reading: Reading) -> None:
    """Stores the rows, sealed, in place of those of an earlier reading; numbers and problems go onto the source."""
    ExclusionEntry.objects.filter(source=source).delete()
    with (
        copied("entries_in", _ENTRY, _entries(reading.usable)),
        copied("people_in", _PERSON, _people(reading.usable)) as cursor,
    ):
        cursor.execute(_INSERT_ENTRIES, [source.pk, source.province_id])
        cursor.execute(_INSERT_PEOPLE, [source.pk])
    problems = [(one, problem) for one in [*reading.unusable, *reading.usable] for problem in problems_of(one)]
    source.choices = choices_to_json(reading.choices)
    source.summary = _summary(reading, problems)
    shown = [problem for _one, problem in problems][:MOST_SHOWN]
    source.seen = {
        **seen_of(reading.parsed),
        "problems": [[problem.sheet, *packed] for problem, packed in zip(shown, problems_to_json(shown), strict=True)],
        "nobody": [[one.sheet, one.row_no] for one in reading.unusable][:MOST_SHOWN],
    }


def _entries(usable: Sequence[Staged]) -> Iterator[tuple[Any, ...]]:
    for no, one in enumerate(usable):
        number = one.commune.number if one.commune else None
        yield no, number, one.sheet, one.row_no, seal_json(content_of(one.household))


def _people(usable: Sequence[Staged]) -> Iterator[tuple[Any, ...]]:
    for no, one in enumerate(usable):
        for member_no, person in enumerate(recipients_of(one.household)):
            if person.can_be_matched:
                yield (
                    no, member_no, person.full_name or "?", person.birth_year, person.birth_date,
                    person.birth_precision, one.commune.number if one.commune else None, fingerprint(person.cccd),
                    fingerprint(person.cmnd),
                )  # fmt: skip


def problems_of(one: Staged) -> list[Problem]:
    """What is in doubt about who is meant; what a register would ask beyond that is no matter here."""
    return [
        problem
        for problem in [*one.problems, *one.between]
        if problem.field in _FIELDS and problem.code not in _MISSING and problem.severity != NOTE
    ]


def _summary(reading: Reading, problems: Sequence[tuple[Staged, Problem]]) -> dict[str, Any]:
    people = [person for one in reading.usable for person in recipients_of(one.household) if person.can_be_matched]
    wrong = {(one.sheet, one.row_no) for one, problem in problems if problem.severity == ERROR}
    return {
        **summary_of(reading.parsed),
        "rows": len(reading.usable),
        "unusable": len(reading.unusable),
        "with_number": sum(bool(person.cccd or person.cmnd) for person in people),
        "without_number": sum(not (person.cccd or person.cmnd) for person in people),
        "without_commune": sum(one.commune is None for one in reading.usable),
        "with_errors": len(wrong),
        "codes": dict(Counter(problem.code for _one, problem in problems).most_common()),
        "unsure": any(
            table.mapping.confidence.get(index, 0) < SURE
            for table in reading.parsed.tables
            for index, name in table.mapping.fields.items()
            if name in _FIELDS
        ),
    }
