"""A list read, checked and compared with the register without being stored: what the command and the benchmarks do."""

from __future__ import annotations

import resource
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from administration.models import Area
from beneficiaries.intake import stage
from beneficiaries.intake.choices import remembered
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.match import match
from beneficiaries.intake.parse import Choices, Parsed, parse_sheets
from beneficiaries.intake.place import Place, place_of
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.staged import Staged
from beneficiaries.intake.suspects import Pair, find_pairs


@dataclass(slots=True)
class ReadList:
    """One file after reading: `staged` in the file's order, `choices` as they were used."""

    path: Path
    choices: Choices
    parsed: Parsed
    place: Place
    staged: list[Staged]
    pairs: list[Pair] = field(default_factory=list)
    seconds: float = 0.0

    def by_commune(self) -> dict[int, list[Staged]]:
        """The rows whose commune is known, by its number."""
        rows: dict[int, list[Staged]] = defaultdict(list)
        for one in self.staged:
            if one.commune:
                rows[one.commune.number].append(one)
        return dict(rows)


def read_list(path: Path, area: Area, choices: Choices, limits: Limits | None = None) -> ReadList:
    """Guard, read, recognise, check and match one file for a commune, a district or a province. Raises Refused.

    Must run in a scope that sees the area. The number of queries grows with the communes in the file, not the rows.
    """
    started, today = time.monotonic(), timezone.localdate()
    sheets = read_workbook(path, path.name, limits)
    place = place_of(area)
    parsed = parse_sheets(sheets, choices=choices, today=today, communes=place.keys)
    if area.is_commune and (better := remembered(parsed, area, choices)):
        choices = better
        parsed = parse_sheets(sheets, choices=choices, today=today, communes=place.keys)
    read = ReadList(path, choices, parsed, place, stage.prepare(parsed, place, path.name))
    units = {unit.number: unit for unit in Area.objects.filter(number__in=read.by_commune())}
    for number, rows in read.by_commune().items():
        match(rows, units[number])
    read.pairs = find_pairs(read.staged)
    read.seconds = time.monotonic() - started
    return read


def peak_megabytes() -> float:
    """The most memory this process or one of its readers has held so far."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(most / 1024, 1)
