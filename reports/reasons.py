"""Why households were refused or sent back, and duplicates that were found: small tables of the dashboard."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Q, Sum

from administration.models import Area
from allocations.models import Reason, Round, Status
from beneficiaries.models import SuspectedPair
from reports import links
from reports.models import AllocationCount


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


def reasons_of(area: Area, round: Round) -> list[ReasonRow]:
    """From the roll-up, the most frequent first; lines without a reason are not named."""
    counts = AllocationCount.objects.filter(
        round=round, area__number__range=(area.number, area.last), n__gt=0,
        status__in=[Status.REJECTED, Status.RETURNED, Status.WITHDRAWN],
    ).exclude(reason="")  # fmt: skip
    sums = {
        status.value: Sum("n", filter=Q(status=status), default=0)
        for status in (Status.REJECTED, Status.RETURNED, Status.WITHDRAWN)
    }
    found = counts.order_by().values_list("reason").annotate(**sums)
    rows = [ReasonRow(str(Reason(reason).label), *numbers) for reason, *numbers in found]
    return sorted(rows, key=lambda row: (-row.total, row.label))


def duplicates_of(area: Area) -> list[PairRow]:
    """Pairs of households that look alike, by what became of them; a pair of two communes counts in the first."""
    pairs = SuspectedPair.objects.of_register().filter(area_a__number__range=(area.number, area.last))
    found = dict(pairs.order_by().values_list("state").annotate(n=Count("pk")))
    url = links.page("pairs:list")
    return [
        PairRow(str(state.label), found[state.value], url) for state in SuspectedPair.State if found.get(state.value)
    ]
