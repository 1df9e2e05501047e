"""The holiday calendar of a province: the days that come with Trao, and what the province says of its own."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from administration.models import Area
from allocations.models import CalendarDay
from allocations.working_days import Calendar

HOLIDAYS = Path(__file__).parent / "data" / "holidays.csv"


def calendar_of(days: Iterable[CalendarDay]) -> Calendar:
    """Later words win: the country's days first, then the province's own."""
    kinds = {day.day: day.kind for day in days}
    return Calendar(
        frozenset(day for day, kind in kinds.items() if kind == CalendarDay.Kind.OFF),
        frozenset(day for day, kind in kinds.items() if kind == CalendarDay.Kind.WORKED),
    )


def read_calendar(province: Area) -> Calendar:
    """One query."""
    return calendar_of(CalendarDay.objects.for_province(province))


def shipped_days() -> list[dict[str, str]]:
    """The public holidays that come with Trao: day, kind, name, source, confirmed (1 or 0)."""
    with HOLIDAYS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
