"""The holiday calendar and terms in working days: pure arithmetic, and the days that come with Trao."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.calendar import calendar_of, read_calendar, shipped_days
from allocations.models import CalendarDay
from allocations.working_days import add_working_days, is_working_day, working_days_left
from tests.factories import commune, province

D = datetime.date
SHIPPED = calendar_of(CalendarDay(day=D.fromisoformat(row["day"]), kind=row["kind"]) for row in shipped_days())
DAYS = st.dates(D(2023, 1, 1), D(2027, 12, 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (D(2024, 2, 9), False), (D(2024, 2, 15), True),  # Tết 2024
        (D(2024, 4, 29), False), (D(2024, 5, 4), True), (D(2024, 5, 11), False),  # a Monday against a Saturday
        (D(2025, 4, 26), True), (D(2025, 5, 2), False), (D(2026, 1, 10), True), (D(2026, 8, 31), False),
        (D(2026, 8, 22), True), (D(2023, 5, 3), False), (D(2026, 11, 25), True),
    ],
)  # fmt: skip
def test_public_holidays_and_days_worked_in_exchange_are_known(day, works):
    assert is_working_day(day, SHIPPED) is works


def test_a_term_that_meets_a_holiday_ends_later():
    assert add_working_days(D(2024, 4, 26), 5, SHIPPED) == D(2024, 5, 7)  # Thu, Fri, a Saturday worked, Mon, Tue
    assert add_working_days(D(2024, 4, 26), 5) == D(2024, 5, 3)
    assert add_working_days(D(2024, 4, 26), 0, SHIPPED) == D(2024, 4, 26)


def test_every_shipped_day_says_what_it_rests_on_and_an_exchange_comes_in_pairs():
    rows = shipped_days()
    assert {row["day"][:4] for row in rows} == {"2023", "2024", "2025", "2026", "2027"}
    assert all(row["source"] for row in rows)
    assert len({row["day"] for row in rows}) == len(rows)
    weekend = {row["day"] for row in rows if D.fromisoformat(row["day"]).weekday() >= 5}
    assert weekend == {row["day"] for row in rows if row["kind"] == "worked"}


@given(DAYS, st.integers(0, 60))
def test_adding_and_counting_agree(start, days):
    end = add_working_days(start, days, SHIPPED)
    assert working_days_left(start, end, SHIPPED) == days
    assert days == 0 or is_working_day(end, SHIPPED)


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_the_provinces_own_word_wins_at_home_only():
    CalendarDay.objects.create(province=province(), day=D(2026, 11, 24), kind="worked", name="Không nghỉ")
    assert is_working_day(D(2026, 11, 24), read_calendar(province()))
    assert not is_working_day(D(2026, 11, 24), read_calendar(commune()))
