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
from beneficiaries.intake.choices import known_choices
from beneficiaries.intake.collecting import without_collecting
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.match import match
from beneficiaries.intake.parse import Choices, Parsed, parse_sheets
from beneficiaries.intake.place import Place, place_of
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.staged import Staged
from beneficiaries.intake.suspects import Pair, find_pairs
from beneficiaries.row_pairs import find_row_pairs


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


@without_collecting()
def read_list(path: Path, area: Area, choices: Choices, limits: Limits | None = None) -> ReadList:
    """Guard, read, recognise, check and match one file for a commune, a district or a province. Raises Refused.

    Must run in a scope that sees the area. The number of queries grows with the communes in the file, not the rows.
    """
    started, today = time.monotonic(), timezone.localdate()
    sheets = read_workbook(path, path.name, limits)
    place = place_of(area)
    known = known_choices(area) if area.is_commune else {}
    parsed = parse_sheets(sheets, choices=choices, today=today, communes=place.keys, known=known)
    read = ReadList(path, parsed.choices, parsed, place, stage.prepare(parsed, place, path.name))
    units = {unit.number: unit for unit in Area.objects.filter(number__in=read.by_commune())}
    for number, rows in read.by_commune().items():
        match(rows, units[number])
    read.pairs = _all_pairs(read, units)
    read.seconds = time.monotonic() - started
    return read


def _all_pairs(read: ReadList, units: dict[int, Area]) -> list[Pair]:
    """What is certain in the file, and what the weighing of likeness finds in the file and in the register."""
    pairs = find_pairs(read.staged)
    places = {(one.sheet, one.row_no): one for one in read.staged}
    known = {_key(pair): pair for pair in pairs}
    for number, rows in read.by_commune().items():
        for found in find_row_pairs(rows, units[number]):
            a = places[found.sheet, found.row_no]
            b = places.get((found.other_sheet, found.other_row_no or 0), found.household_code)
            pair = Pair(a, b, "same" if found.certainty == "same" else "likely", list(found.why))
            before = known.setdefault(_key(pair), pair)
            if before is pair:
                pairs.append(pair)
            elif found.certainty == "same":
                before.certainty = "same"
    return pairs


def _key(pair: Pair) -> frozenset[object]:
    b = pair.b if isinstance(pair.b, str) else (pair.b.sheet, pair.b.row_no)
    return frozenset({(pair.a.sheet, pair.a.row_no), b})


def peak_megabytes() -> float:
    """The most memory this process or one of its readers has held so far."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(most / 1024, 1)
