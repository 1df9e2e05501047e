"""Terms in working days: weekends and holidays do not count, the first day neither."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.working_days import Calendar, add_working_days, is_working_day, working_days_left

THURSDAY = datetime.date(2026, 3, 5)
TET = frozenset(datetime.date(2026, 2, day) for day in range(16, 21))


@pytest.mark.parametrize(
    ("start", "number", "holidays", "last"),
    [
        (THURSDAY, 0, (), THURSDAY),
        (THURSDAY, 1, (), datetime.date(2026, 3, 6)),
        (THURSDAY, 5, (), datetime.date(2026, 3, 12)),
        (datetime.date(2026, 2, 13), 3, TET, datetime.date(2026, 2, 25)),  # the whole week of Tết lies between
        (datetime.date(2026, 3, 7), 1, (), datetime.date(2026, 3, 9)),  # posted on a Saturday
    ],
)
def test_a_term_ends_with_its_last_working_day(start, number, holidays, last):
    assert add_working_days(start, number, Calendar(off=frozenset(holidays))) == last


@given(st.dates(datetime.date(2024, 1, 1), datetime.date(2030, 1, 1)), st.integers(1, 40))
def test_what_is_left_on_the_first_day_is_the_whole_term(start, number):
    last = add_working_days(start, number)
    assert is_working_day(last)
    assert working_days_left(start, last) == number
    assert working_days_left(last, last) == 0
