"""Working days: Monday to Friday without public holidays. Pure: the holidays are handed in.

Terms count as in Bộ luật Dân sự 2015, Điều 147: the first day is not counted, and a term ends with its last day.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection

DAY = datetime.timedelta(1)
NO_HOLIDAYS: frozenset[datetime.date] = frozenset()
SATURDAY = 5


def is_working_day(day: datetime.date, holidays: Collection[datetime.date] = NO_HOLIDAYS) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(
    start: datetime.date, number: int, holidays: Collection[datetime.date] = NO_HOLIDAYS
) -> datetime.date:
    """The last day of a term of so many working days that begins on `start`; the start itself for 0."""
    day = start
    while number > 0:
        day += DAY
        number -= is_working_day(day, holidays)
    return day


def working_days_left(
    today: datetime.date, last: datetime.date, holidays: Collection[datetime.date] = NO_HOLIDAYS
) -> int:
    """Working days after today up to and with the last day; 0 on the last day and behind it."""
    days = (last - today).days
    return sum(is_working_day(today + n * DAY, holidays) for n in range(1, days + 1))
