"""What the database answers about a round, by commune: the roll-ups and the few small tables beside them.

One statement instead of eight: each costs a millisecond to put together and a turn to the database, and the dashboard
asks them all. Row-level security holds for each part of it.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from administration.models import Area
from administration.verbs import Verb
from allocations.models import LIVE, Round
from devices.models import Device

Lines = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything by the number of the commune; quota and stock also of units above it."""

    covered: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # by category
    lines: dict[int, Lines] = field(default_factory=lambda: defaultdict(Counter))  # by (category, status)
    lists: dict[int, tuple[str, datetime.datetime | None]] = field(default_factory=dict)  # (state, submitted at)
    quotas: dict[int, int] = field(default_factory=dict)
    stock: dict[int, int] = field(default_factory=dict)  # devices of the kinds that the round gives
    complaints: dict[int, int] = field(default_factory=dict)  # open ones
    reminders: dict[int, datetime.datetime] = field(default_factory=dict)  # the last
    cash: Counter[int] = field(default_factory=Counter)  # approved households that get cash


# Each part gives (what, unit, word, word, number, moment). A household counts as covered until an earlier round holds a
# live line of it: `taken` comes after `covered` and is taken off.
READ = """
SELECT 1, area_no, category, '', n::bigint, NULL::timestamptz FROM reports_householdcount
 WHERE area_no BETWEEN %(low)s AND %(high)s AND category = ANY(%(categories)s) AND n > 0
UNION ALL
SELECT 2, c.area_no, c.category, '', sum(c.n), NULL
  FROM reports_allocationcount c JOIN allocations_round r ON r.id = c.round_id
 WHERE c.area_no BETWEEN %(low)s AND %(high)s AND c.status = ANY(%(live)s) AND c.n > 0
   AND (r.opens_on, r.id) < (%(opens_on)s, %(round)s)
 GROUP BY c.area_no, c.category
UNION ALL
SELECT 3, area_no, category, status, sum(n), NULL FROM reports_allocationcount
 WHERE round_id = %(round)s AND area_no BETWEEN %(low)s AND %(high)s AND n > 0 GROUP BY area_no, category, status
UNION ALL
SELECT 4, area_no, state, '', 0, submitted_at FROM allocations_communelist
 WHERE round_id = %(round)s AND area_no BETWEEN %(low)s AND %(high)s
UNION ALL
SELECT 5, area_no, '', '', sum(allowed), NULL FROM allocations_quota
 WHERE round_id = %(round)s AND area_no BETWEEN %(low)s AND %(high)s GROUP BY area_no
UNION ALL
SELECT 6, d.area_no, '', '', count(*), NULL
  FROM devices_device d JOIN devices_lot l ON l.id = d.lot_id JOIN devices_devicemodel m ON m.id = l.model_id
 WHERE d.area_no BETWEEN %(low)s AND %(high)s AND d.state = %(in_stock)s
   AND m.kind IN (SELECT CASE s.form WHEN 'MTB' THEN 'tablet' ELSE %(kind)s END FROM allocations_roundsupport s
                   WHERE s.round_id = %(round)s AND s.form <> 'TIEN') GROUP BY d.area_no
UNION ALL
SELECT 7, c.area_no, '', '', count(*), NULL
  FROM allocations_complaint c JOIN allocations_communelist l ON l.id = c.commune_list_id
 WHERE c.area_no BETWEEN %(low)s AND %(high)s AND l.round_id = %(round)s AND c.answered_on IS NULL GROUP BY c.area_no
UNION ALL
SELECT 8, area_no, '', '', 0, max(at) FROM administration_auditevent
 WHERE subject_type = %(subject)s AND subject_id = %(round)s::text AND verb = %(reminded)s
   AND area_no BETWEEN %(low)s AND %(high)s GROUP BY area_no
UNION ALL
SELECT 9, area_no, '', '', sum(n), NULL FROM reports_allocationcount
 WHERE round_id = %(round)s AND area_no BETWEEN %(low)s AND %(high)s AND status = 'approved' AND form = 'TIEN' AND n > 0
 GROUP BY area_no
"""


def read_counts(area: Area, round: Round) -> Counts:
    """The counts of an area and everything below it, as the open transaction sees them."""
    said = {
        "low": area.number, "high": area.last, "round": round.pk, "opens_on": round.opens_on,
        "categories": round.categories, "live": [str(status) for status in LIVE], "kind": str(round.device_kind),
        "in_stock": str(Device.State.IN_STOCK), "reminded": str(Verb.REMINDED), "subject": Round._meta.label_lower,
    }  # fmt: skip
    return _sorted_out(rows_of(READ, said))


def rows_of(statement: str, said: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What a statement of this app's own answers. Its words are constants, all values are parameters."""
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        return cursor.fetchall()


def _sorted_out(rows: Sequence[tuple[Any, ...]]) -> Counts:
    counts = Counts()
    plain = {5: counts.quotas, 6: counts.stock, 7: counts.complaints, 9: counts.cash}
    for what, unit, first, second, n, at in rows:
        if what == 1:
            counts.covered[unit][first] = n
        elif what == 2:
            counts.covered[unit][first] = max(0, counts.covered[unit][first] - int(n))
        elif what == 3:
            counts.lines[unit][first, second] = int(n)
        elif what == 4:
            counts.lists[unit] = (first, at)
        elif what == 8:
            counts.reminders[unit] = at
        else:
            plain[what][unit] = int(n)
    return counts
