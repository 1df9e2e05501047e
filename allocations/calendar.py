"""The holiday calendar of a province, and terms in working days. Pure but for `read_calendar`.

Terms count as in Bộ luật Dân sự 2015, Điều 147: the first day is not counted, and a term ends with its last day.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from administration.models import Area
from allocations.models import CalendarDay

DAY = datetime.timedelta(1)
SATURDAY = 5
HOLIDAYS = Path(__file__).parent / "data" / "holidays.csv"


@dataclass(frozen=True)
class Calendar:
    """`off`: weekdays without work. `worked`: weekend days with work, in exchange for a weekday."""

    off: frozenset[datetime.date] = frozenset()
    worked: frozenset[datetime.date] = frozenset()

    def is_working_day(self, day: datetime.date) -> bool:
        if day in self.worked:
            return True
        return day.weekday() < SATURDAY and day not in self.off

    def add(self, start: datetime.date, days: int) -> datetime.date:
        """The last day of a term of so many working days that begins on `start`; the start itself for 0."""
        day = start
        while days > 0:
            day += DAY
            days -= self.is_working_day(day)
        return day

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` lies before it."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_working_day(start + n * DAY) for n in range(1, (end - start).days + 1))


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
