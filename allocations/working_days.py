"""Working days: Monday to Friday without public holidays, and days worked in exchange. Pure: the calendar is handed in.

Terms count as in Bộ luật Dân sự 2015, Điều 147: the first day is not counted, and a term ends with its last day.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

DAY = datetime.timedelta(1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """`off`: weekdays without work. `worked`: weekend days with work, in exchange for a weekday."""

    off: frozenset[datetime.date] = frozenset()
    worked: frozenset[datetime.date] = frozenset()


NO_HOLIDAYS = Calendar()


def is_working_day(day: datetime.date, calendar: Calendar = NO_HOLIDAYS) -> bool:
    return day in calendar.worked or (day.weekday() < SATURDAY and day not in calendar.off)


def add_working_days(start: datetime.date, number: int, calendar: Calendar = NO_HOLIDAYS) -> datetime.date:
    """The last day of a term of so many working days that begins on `start`; the start itself for 0."""
    day = start
    while number > 0:
        day += DAY
        number -= is_working_day(day, calendar)
    return day


def working_days_left(today: datetime.date, last: datetime.date, calendar: Calendar = NO_HOLIDAYS) -> int:
    """Working days after today up to and with the last day; 0 on the last day and behind it."""
    days = (last - today).days
    return sum(is_working_day(today + n * DAY, calendar) for n in range(1, days + 1))
