"""Why households were refused or sent back, and duplicates that were found: small tables of the dashboard."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count

from administration.models import Area
from allocations.models import Reason, Round, Status
from beneficiaries.models import SuspectedPair
from reports import links
from reports.counts import rows_of


class ReasonRow(NamedTuple):
    """How many lines have a reason now."""

    label: str
    rejected: int
    returned: int
    withdrawn: int

    @property
    def total(self) -> int:
        return self.rejected + self.returned + self.withdrawn


class PairRow(NamedTuple):
    label: str
    n: int
    url: str


REASONS = """
SELECT reason, coalesce(sum(n) FILTER (WHERE status = %(rejected)s), 0),
       coalesce(sum(n) FILTER (WHERE status = %(returned)s), 0),
       coalesce(sum(n) FILTER (WHERE status = %(withdrawn)s), 0)
  FROM reports_allocationcount
 WHERE round_id = %(round)s AND area_no BETWEEN %(low)s AND %(high)s AND n > 0 AND reason <> ''
   AND status IN (%(rejected)s, %(returned)s, %(withdrawn)s)
 GROUP BY reason
"""


def reasons_of(area: Area, round: Round) -> list[ReasonRow]:
    """From the roll-up, the most frequent first; lines without a reason are not named."""
    said = {
        "round": round.pk, "low": area.number, "high": area.last, "rejected": str(Status.REJECTED),
        "returned": str(Status.RETURNED), "withdrawn": str(Status.WITHDRAWN),
    }  # fmt: skip
    rows = [ReasonRow(str(Reason(reason).label), *map(int, numbers)) for reason, *numbers in rows_of(REASONS, said)]
    return sorted(rows, key=lambda row: (-row.total, row.label))


def duplicates_of(area: Area) -> list[PairRow]:
    """Pairs of households that look alike, by what became of them; a pair of two communes counts in the first."""
    pairs = SuspectedPair.objects.of_register().filter(area_a__number__range=(area.number, area.last))
    found = dict(pairs.order_by().values_list("state").annotate(n=Count("pk")))
    url = links.page("pairs:list")
    return [
        PairRow(str(state.label), found[state.value], url) for state in SuspectedPair.State if found.get(state.value)
    ]
