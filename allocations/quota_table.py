"""The quota of a round, unit by unit: households, what was proposed and approved, what is left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from administration.models import Area, Officer
from administration.templatetags.trao import Bar
from allocations.list_overview import existing_communes
from allocations.models import IN_QUOTA, LIVE, Allocation, Quota, Round, RoundSupport, Status
from allocations.proposal import Claimant, share_out, with_superiors
from beneficiaries.models import Household

PROPOSED = [Status.SUBMITTED, Status.WAITING, *IN_QUOTA]


@dataclass
class QuotaRow:
    """One unit with everything below it. Counts of households; `allowed` is None where no quota has been set."""

    area: Area
    depth: int
    covered: int = 0
    listed: int = 0
    proposed: int = 0
    waiting: int = 0
    waiting_first: int = 0
    approved: int = 0
    allowed: int | None = None
    given_below: int = 0

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else self.allowed - self.approved

    @property
    def unshared(self) -> int | None:
        """What a superior unit has not passed on yet."""
        return None if self.allowed is None or self.area.is_commune else self.allowed - self.given_below

    @property
    def weight(self) -> int:
        """Households that could receive a device: those listed, or covered as long as there is no list."""
        return self.listed or self.covered

    @property
    def bars(self) -> list[Bar]:
        """Approved, proposed within the quota, free."""
        if not self.allowed:
            return []
        approved = min(100.0, self.approved / self.allowed * 100)
        proposed = min(100.0 - approved, max(0, self.proposed - self.approved) / self.allowed * 100)
        bars = [Bar("0.00", f"{approved:.2f}", "quota-done")]
        return [*bars, Bar(f"{approved:.2f}", f"{proposed:.2f}", "quota-selected")]


@dataclass
class QuotaTable:
    """Rows in tree order, superior units before those below them."""

    round: Round
    support: RoundSupport | None = None
    rows: list[QuotaRow] = field(default_factory=list)

    @property
    def amounts(self) -> dict[int, int]:
        return {row.area.number: row.allowed for row in self.rows if row.allowed is not None}

    @property
    def fingerprint(self) -> str:
        """Changes with every change of a quota: what an officer saw when deciding."""
        return fingerprint_of(self.amounts)

    @property
    def top(self) -> QuotaRow | None:
        return self.rows[0] if self.rows else None

    def proposal(self, total: int) -> dict[int, int]:
        """Quota by unit for `total` devices of the first row's unit. Raises TooFew."""
        communes = [row for row in self.rows if row.area.is_commune]
        shares = share_out(total, [Claimant(row.area.number, row.weight, row.approved) for row in communes])
        parents = {row.area.number: row.area.parent_id for row in self.rows}
        top = self.rows[0].area.number
        return with_superiors(shares, parents, top) | {top: total}


def fingerprint_of(amounts: Mapping[int, int]) -> str:
    text = ";".join(f"{area}={amounts[area]}" for area in sorted(amounts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_table(officer: Officer, round: Round, support: RoundSupport | None = None) -> QuotaTable:
    """The officer's own part of the tree, for one support (the first, if none is named).

    Six queries, whatever the number of units.
    """
    support = support or round.supports.select_related("source").first()
    communes = list(existing_communes(officer, round))
    rows = {area.number: QuotaRow(area, depth) for area, depth in _tree(officer, communes)}
    covered = _covered(round, support, communes)
    counts = _lines(round, support, communes)
    for commune in communes:
        n = counts.get(commune.number, {})
        facts = {"covered": covered.get(commune.number, 0), **n}
        for unit in _upwards(commune.number, rows):
            for name, amount in facts.items():
                setattr(rows[unit], name, getattr(rows[unit], name) + amount)
    for quota in _quotas(officer, round, support).filter(area__in=rows):
        rows[quota.area_id].allowed = quota.allowed
    for row in rows.values():
        parent = row.area.parent_id
        if parent in rows and row.allowed is not None:
            rows[parent].given_below += row.allowed
    return QuotaTable(round, support, list(rows.values()))


def _tree(officer: Officer, communes: Iterable[Area]) -> list[tuple[Area, int]]:
    """The communes and every visible unit above them, in tree order, with their depth below the first."""
    above = {commune.parent_id for commune in communes if commune.parent_id is not None}
    inside = Area.objects.visible_to(officer)
    parents = list(inside.filter(pk__in=above))
    grand = inside.filter(pk__in=[p.parent_id for p in parents if p.parent_id is not None])
    units = sorted({u.number: u for u in (*communes, *parents, *grand)}.values(), key=lambda u: u.number)
    depths: dict[int, int] = {}
    for unit in units:
        depths[unit.number] = depths[unit.parent_id] + 1 if unit.parent_id in depths else 0
    return [(unit, depths[unit.number]) for unit in units]


def _upwards(number: int, rows: Mapping[int, QuotaRow]) -> Iterable[int]:
    unit: int | None = number
    while unit is not None and unit in rows:
        yield unit
        unit = rows[unit].area.parent_id


def _quotas(officer: Officer, round: Round, support: RoundSupport | None) -> QuerySet[Quota]:
    quotas = Quota.objects.visible_to(officer).filter(round=round)
    return quotas.filter(source=support.source_id, form=support.form) if support else quotas.none()


def _covered(round: Round, support: RoundSupport | None, communes: list[Area]) -> dict[int, int]:
    """Households of the register whom the round covers and the funding source pays for, by commune."""
    paid = set(support.source.categories) if support else set()
    found = (
        Household.objects.listed()
        .filter(area__in=communes, category__in=paid.intersection(round.categories))
        .values_list("area")
        .annotate(n=Count("pk"))
        .order_by("area")
    )
    return dict(found)


def _lines(round: Round, support: RoundSupport | None, communes: list[Area]) -> dict[int, dict[str, int]]:
    """Lines of the support by commune: on the list, proposed, waiting, of those in the first group, approved."""
    of_support = Q(source=support.source_id, form=support.form) if support else Q(pk=None)
    lines = Allocation.objects.filter(of_support)
    found = (
        lines.filter(round=round, area__in=communes)
        .values("area")
        .annotate(
            listed=Count("pk", filter=Q(status__in=LIVE)),
            proposed=Count("pk", filter=Q(status__in=PROPOSED)),
            waiting=Count("pk", filter=Q(status=Status.WAITING)),
            waiting_first=Count("pk", filter=Q(status=Status.WAITING, priority_group=1)),
            approved=Count("pk", filter=Q(status__in=IN_QUOTA)),
        )
        .order_by("area")
    )

    rows: list[dict[str, Any]] = [dict(row) for row in found]
    return {row.pop("area"): row for row in rows}
