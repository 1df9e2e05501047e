"""Is it getting faster? Households a day from the roll-up of days, as lines of SVG with a sentence and a table."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.models import Area
from administration.templatetags.trao import grouped
from allocations.models import Round
from reports.counts import rows_of
from reports.models import DayCount

SHORT, LONG = 14, 30
WIDTH, HEIGHT = 280, 48
SPARK_WIDTH, SPARK_HEIGHT = 56, 14
BY_STEP = """
SELECT step, day, sum(n) FROM reports_daycount
 WHERE round_id = %(round)s AND area_no BETWEEN %(low)s AND %(high)s AND day BETWEEN %(first)s AND %(today)s
 GROUP BY step, day
"""
BY_COMMUNE = """
SELECT area_no, day, n FROM reports_daycount
 WHERE round_id = %(round)s AND area_no BETWEEN %(low)s AND %(high)s AND day BETWEEN %(first)s AND %(today)s
   AND step = %(step)s AND n > 0
"""


@dataclass(frozen=True, slots=True)
class Series:
    """One step over the days: `values` oldest first, `points` for an SVG polyline in WIDTH x HEIGHT."""

    step: str
    label: str
    values: Sequence[int]
    points: str

    @property
    def total(self) -> int:
        return sum(self.values)

    @property
    def reading(self) -> str:
        """The last seven days against the seven before."""
        now, before = sum(self.values[-7:]), sum(self.values[-14:-7])
        change = now - before
        words = ngettext("%(n)s household in the last 7 days", "%(n)s households in the last 7 days", now)
        delta = _("%(sign)s%(n)s against the 7 days before") % {
            "sign": "+" if change >= 0 else "−",
            "n": grouped(abs(change)),
        }
        return f"{words % {'n': grouped(now)}}, {delta}"


@dataclass(frozen=True, slots=True)
class Trend:
    """The steps over so many days, ending today."""

    days: Sequence[datetime.date]
    series: Sequence[Series]

    @property
    def rows(self) -> list[tuple[datetime.date, list[int]]]:
        """The table twin, newest day first."""
        found = [(day, [one.values[i] for one in self.series]) for i, day in enumerate(self.days)]
        return found[::-1]

    @property
    def is_empty(self) -> bool:
        return not any(one.total for one in self.series)


def _last(days: int, today: datetime.date) -> list[datetime.date]:
    return [today - datetime.timedelta(days=back) for back in range(days - 1, -1, -1)]


def trend_of(area: Area, round: Round, today: datetime.date, days: int = SHORT) -> Trend:
    """Households a day that came to each step in the area, one query whose size is that of the period."""
    span = _last(days, today)
    said = {"round": round.pk, "low": area.number, "high": area.last, "first": span[0], "today": today}
    found = {(step, day): int(n) for step, day, n in rows_of(BY_STEP, said)}
    series = []
    for step in DayCount.Step:
        values = [found.get((step.value, day), 0) for day in span]
        series.append(Series(step.value, str(step.label), values, polyline(values, WIDTH, HEIGHT)))
    return Trend(span, series)


def sparks_of(area: Area, round: Round, today: datetime.date) -> dict[int, list[int]]:
    """Households handed over on each of the last 14 days, by the number of the commune; without one, none."""
    span = _last(SHORT, today)
    places = {day: i for i, day in enumerate(span)}
    said = {
        "round": round.pk, "low": area.number, "high": area.last, "first": span[0], "today": today,
        "step": str(DayCount.Step.HANDED_OVER),
    }  # fmt: skip
    found: dict[int, list[int]] = defaultdict(lambda: [0] * SHORT)
    for number, day, n in rows_of(BY_COMMUNE, said):
        found[number][places[day]] += n
    return dict(found)


def added(many: Sequence[Sequence[int]]) -> list[int]:
    """Day by day; nothing where there is nothing."""
    return [sum(day) for day in zip(*many, strict=True)]


def polyline(values: Sequence[int], width: int, height: int) -> str:
    """The points of a line over the whole width, its largest value at the top."""
    if not values:
        return ""
    largest = max(values) or 1
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{i * step:.1f},{height - 1 - value / largest * (height - 2):.1f}" for i, value in enumerate(values)
    )
