"""The quota of a round, unit by unit and support by support: households, proposed, approved, what is left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from administration.models import Area, Level, Officer
from administration.templatetags.trao import Bar
from allocations.list_overview import existing_communes
from allocations.models import IN_QUOTA, LIVE, Allocation, Programme, Quota, Round, RoundSupport, Status
from allocations.proposal import Claimant, share_out, with_superiors
from beneficiaries.models import Household

PROPOSED = [Status.SUBMITTED, Status.WAITING, *IN_QUOTA]
LATER_GROUP = 3  # households that are neither of merit nor of social policy (TT 14/2022/TT-BTTTT, Điều 17)
Amounts = dict[int, dict[int, int]]  # support → unit → devices


@dataclass
class Figures:
    """Counts of households of a unit with everything below it; `allowed` is None where no quota has been set."""

    covered: int = 0
    listed: int = 0
    proposed: int = 0
    waiting: int = 0
    waiting_first: int = 0
    approved: int = 0
    approved_later: int = 0
    allowed: int | None = None
    given_below: int = 0

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else self.allowed - self.approved

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

    def add(self, counts: Mapping[str, int]) -> None:
        for name, n in counts.items():
            setattr(self, name, getattr(self, name) + n)


@dataclass
class QuotaRow:
    """One unit: its figures for each support of the round (by id), and for all of them together.

    `superior`: the number of the unit that shares out to this one.
    """

    area: Area
    depth: int
    superior: int | None = None
    whole: Figures = field(default_factory=Figures)
    cells: dict[int, Figures] = field(default_factory=dict)

    @property
    def unshared(self) -> int | None:
        """What a superior unit has not passed on yet."""
        whole = self.whole
        return None if whole.allowed is None or self.area.is_commune else whole.allowed - whole.given_below


@dataclass
class QuotaTable:
    """Rows in tree order, superior units before those below them; supports in the order of the round."""

    round: Round
    supports: list[RoundSupport] = field(default_factory=list)
    rows: list[QuotaRow] = field(default_factory=list)

    @property
    def amounts(self) -> Amounts:
        """The quotas that are set."""
        return {
            support.pk: {
                row.area.number: allowed
                for row in self.rows
                if (allowed := row.cells[support.pk].allowed) is not None
            }
            for support in self.supports
        }  # fmt: skip

    @property
    def fingerprint(self) -> str:
        """Changes with every change of a quota: what an officer saw when deciding."""
        return fingerprint_of(self.amounts)

    @property
    def top(self) -> QuotaRow | None:
        return self.rows[0] if self.rows else None

    @property
    def first_group_waits_at(self) -> set[int]:
        """Communes where the first group waits for a place while another commune gives places to later groups."""
        communes = [row for row in self.rows if row.area.is_commune]
        giving = {row.area.number for row in communes if row.whole.approved_later}
        return {row.area.number for row in communes if row.whole.waiting_first and giving - {row.area.number}}

    def proposal(self, total: int, support: RoundSupport) -> dict[int, int]:
        """Quota by unit for `total` devices of one support of the first row's unit. Raises TooFew."""
        communes = [(row.area.number, row.cells[support.pk]) for row in self.rows if row.area.is_commune]
        shares = share_out(total, [Claimant(unit, cell.weight, cell.approved) for unit, cell in communes])
        parents = {row.area.number: row.superior for row in self.rows}
        top = self.rows[0].area.number
        return with_superiors(shares, parents, top) | {top: total}


def fingerprint_of(amounts: Mapping[int, Mapping[int, int]]) -> str:
    text = ";".join(f"{pk}/{unit}={units[unit]}" for pk, units in sorted(amounts.items()) for unit in sorted(units))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_table(officer: Officer, round: Round) -> QuotaTable:
    """The officer's own part of the tree. Seven queries, whatever the number of units and supports."""
    supports = list(round.supports.select_related("source", "round"))
    communes = list(existing_communes(officer, round))
    rows = {row.area.number: row for row in _tree(officer, communes, round.programme)}
    for row in rows.values():
        row.cells = {support.pk: Figures() for support in supports}
    _add_covered(rows, round, supports, communes)
    _add_lines(rows, round, supports, communes)
    _add_quotas(rows, officer, round, supports)
    return QuotaTable(round, supports, list(rows.values()))


def _tree(officer: Officer, communes: Iterable[Area], programme: Programme) -> list[QuotaRow]:
    """The communes and every visible unit above them, in tree order, with their depth below the first.

    In a programme of two tiers the province shares out among its communes: districts are passed over.
    """
    inside = Area.objects.visible_to(officer)
    parents = {unit.number: unit for unit in inside.filter(pk__in={c.parent_id for c in communes if c.parent_id})}
    passed_over = set() if programme.has_districts else {n for n, u in parents.items() if u.level == Level.DISTRICT}
    grand = inside.filter(pk__in=[p.parent_id for p in parents.values() if p.parent_id is not None])
    units = {u.number: u for u in (*communes, *parents.values(), *grand) if u.number not in passed_over}
    rows: dict[int, QuotaRow] = {}
    for number in sorted(units):
        above = units[number].parent_id
        superior = parents[above].parent_id if above is not None and above in passed_over else above
        depth = rows[superior].depth + 1 if superior is not None and superior in rows else 0
        rows[number] = QuotaRow(units[number], depth, superior)
    return list(rows.values())


def _upwards(number: int, rows: Mapping[int, QuotaRow]) -> Iterable[QuotaRow]:
    unit: int | None = number
    while unit is not None and unit in rows:
        yield rows[unit]
        unit = rows[unit].superior


def _add_covered(
    rows: Mapping[int, QuotaRow], round: Round, supports: list[RoundSupport], communes: list[Area]
) -> None:
    """Households of the register whom the round covers: each support counts those for whom its source pays."""
    found = (
        Household.objects.listed()
        .filter(area__in=communes, category__in=round.categories)
        .values_list("area", "category")
        .annotate(n=Count("pk"))
        .order_by("area", "category")
    )
    for area, category, n in found:
        paying = [support.pk for support in supports if category in support.source.categories]
        for row in _upwards(area, rows):
            for pk in paying:
                row.cells[pk].covered += n
            row.whole.covered += n if paying else 0


def _add_lines(
    rows: Mapping[int, QuotaRow], round: Round, supports: list[RoundSupport], communes: list[Area]
) -> None:  # fmt: skip
    """Lines by commune and support: on the list, proposed, waiting, of those in the first group, approved."""
    ids = {(support.source_id, support.form): support.pk for support in supports}
    found = (
        Allocation.objects.filter(round=round, area__in=communes)
        .values("area", "source", "form")
        .annotate(
            listed=Count("pk", filter=Q(status__in=LIVE)),
            proposed=Count("pk", filter=Q(status__in=PROPOSED)),
            waiting=Count("pk", filter=Q(status=Status.WAITING)),
            waiting_first=Count("pk", filter=Q(status=Status.WAITING, priority_group=1)),
            approved=Count("pk", filter=Q(status__in=IN_QUOTA)),
            approved_later=Count("pk", filter=Q(status__in=IN_QUOTA, priority_group__gte=LATER_GROUP)),
        )
        .order_by("area", "source", "form")
    )
    for each in found:
        counts: dict[str, Any] = dict(each)
        area, pk = counts.pop("area"), ids[counts.pop("source"), counts.pop("form")]
        for row in _upwards(area, rows):
            row.cells[pk].add(counts)
            row.whole.add(counts)


def _add_quotas(
    rows: Mapping[int, QuotaRow], officer: Officer, round: Round, supports: list[RoundSupport]
) -> None:  # fmt: skip
    ids = {(support.source_id, support.form): support.pk for support in supports}
    for quota in Quota.objects.visible_to(officer).filter(round=round, area__in=rows):
        row = rows[quota.area_id]
        row.cells[ids[quota.source_id, quota.form]].allowed = quota.allowed
        row.whole.allowed = (row.whole.allowed or 0) + quota.allowed
        if parent := rows.get(row.superior or 0):
            parent.cells[ids[quota.source_id, quota.form]].given_below += quota.allowed
            parent.whole.given_below += quota.allowed
