"""How far a round is: figures per commune, per superior unit and in total, read from the roll-ups only.

The one query layer of dashboard, home page and reports. Every function reads in the scope that is open; the number of
queries does not grow with the number of units.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.db.models import Sum
from django.utils import timezone

from administration.models import Area, Level, Role
from allocations.models import Round, Status
from reports.counts import Counts, read_counts, rows_of
from reports.delays import HOLDER, Delay, Wait, delay_of, waits_of
from reports.figures import Figures
from reports.models import AllocationCount


class Contact(NamedTuple):
    """An officer to call."""

    name: str
    phone: str
    role: str


@dataclass(frozen=True, slots=True)
class CommuneProgress:
    """One commune in the round."""

    area: Area
    figures: Figures
    list_state: str | None = None  # None: no list yet
    submitted_at: datetime.datetime | None = None
    waits: tuple[Wait, ...] = ()
    delay: Delay | None = None
    contacts: tuple[Contact, ...] = ()  # who holds the ball, when the commune is late
    reminded_at: datetime.datetime | None = None

    @property
    def has_submitted(self) -> bool:
        return self.figures.sent > 0


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """The communes under one superior unit (a district; the province itself where there are none)."""

    area: Area
    communes: tuple[CommuneProgress, ...]
    figures: Figures

    @property
    def late(self) -> int:
        return sum(commune.delay is not None for commune in self.communes)


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole round in one area at one moment."""

    area: Area
    round: Round
    taken_at: datetime.datetime
    groups: tuple[GroupProgress, ...]
    figures: Figures

    @property
    def today(self) -> datetime.date:
        return timezone.localdate(self.taken_at)

    @property
    def communes(self) -> list[CommuneProgress]:
        """In the order of the tree."""
        return [commune for group in self.groups for commune in group.communes]

    @property
    def late(self) -> list[CommuneProgress]:
        """The latest first; of two equally late ones that with more households."""
        late = [(commune.delay, commune) for commune in self.communes if commune.delay]
        return [commune for _, commune in sorted(late, key=lambda pair: (-pair[0].days, -pair[0].households))]

    @property
    def latest_first(self) -> list[CommuneProgress]:
        """All communes, the late ones first, then those with the smallest part handed over."""
        return self.late + sorted((c for c in self.communes if not c.delay), key=_share_handed_over)

    @property
    def due_soon(self) -> list[CommuneProgress]:
        """Not late yet; a deadline ends within three days."""
        return [c for c in self.communes if not c.delay and any(wait.is_due_soon(self.today) for wait in c.waits)]

    @property
    def missing(self) -> list[CommuneProgress]:
        """Communes that have not submitted anything."""
        return [commune for commune in self.communes if not commune.has_submitted]

    @property
    def has_groups(self) -> bool:
        """Whether there is a level between the area and its communes."""
        return any(group.area.number != self.area.number for group in self.groups) and not self.area.is_commune

    @property
    def funnel(self) -> list[int]:
        """Households that came so far: register, list, submitted, approved, device at the commune, handed over."""
        f = self.figures
        return [f.target, f.listed, f.sent, f.granted, f.arrived, f.handed_over]


def gather(area: Area, round: Round, *, at: datetime.datetime) -> Progress:
    """The progress of a round in an area and everything below it, as the open transaction sees it at `at`.

    Communes take part that have a quota, or none yet under a superior unit that has one, or a line; while no quota is
    in sight at all, every commune that had not ended when the round opened.
    """
    read, units = read_counts(area, round), Area.objects.inside(area).in_bulk()
    today = timezone.localdate(at)
    contacts: _Callable | None = None
    communes = []
    for unit in _taking_part(units, round, read):
        figures = _figures(unit.number, read)
        state, submitted_at = read.lists.get(unit.number, (None, None))
        waits = waits_of(figures, round)
        delay = delay_of(waits, today)
        if delay and contacts is None:
            contacts = _contacts(area, round)
        called = _holders(contacts, unit, delay) if delay and contacts else ()
        reminded_at = read.reminders.get(unit.number)
        communes.append(CommuneProgress(unit, figures, state, submitted_at, tuple(waits), delay, called, reminded_at))
    groups = _grouped(area, units, communes, round)
    return Progress(area, round, at, groups, Figures.total(group.figures for group in groups))


def count_of(area: Area, round: Round | None, *statuses: Status) -> int:
    """Lines in an area that are in one of the statuses, of one round or of all, from the roll-up."""
    counts = AllocationCount.objects.filter(area__number__range=(area.number, area.last), status__in=statuses)
    if round is not None:
        counts = counts.filter(round=round)
    return counts.aggregate(n=Sum("n"))["n"] or 0


def _taking_part(units: dict[int, Area], round: Round, read: Counts) -> list[Area]:
    communes = sorted((unit for unit in units.values() if unit.is_commune), key=lambda unit: unit.number)
    expected = _with_quota(communes, read.quotas, superiors(units, round))
    if expected is None:
        expected = _existing(communes, round.opens_on)
    wanted = expected | read.lists.keys() | read.lines.keys()
    return [unit for unit in communes if unit.number in wanted]


def superiors(units: dict[int, Area], round: Round) -> dict[int, int | None]:
    """The unit right above each one; in a programme of two tiers districts are passed over."""
    found = {unit.number: unit.parent_id for unit in units.values()}
    if round.programme.has_districts:
        return found
    districts = {unit.number: unit.parent_id for unit in units.values() if unit.level == Level.DISTRICT}
    return {number: districts.get(above or 0, above) for number, above in found.items()}


def _with_quota(
    communes: list[Area], quotas: dict[int, int], above: dict[int, int | None]
) -> set[int] | None:  # fmt: skip
    """Communes whose own quota, or that of their superior unit where they have none yet, is not zero.

    None when no commune and no unit right above one has a quota.
    """
    nearest = {unit.number: quotas.get(unit.number, quotas.get(above[unit.number] or 0)) for unit in communes}
    if all(allowed is None for allowed in nearest.values()):
        return None
    return {number for number, allowed in nearest.items() if allowed}


def _existing(communes: list[Area], day: datetime.date) -> set[int]:
    """Communes that had not ended on a day; all of them when all had."""
    return {u.number for u in communes if u.valid_to is None or u.valid_to > day} or {u.number for u in communes}


def _figures(number: int, read: Counts) -> Figures:
    lines = read.lines.get(number, Counter())
    stock = read.stock.get(number, 0)
    to_hand_over = sum(n for (_, status), n in lines.items() if status == Status.APPROVED)
    cash = read.cash[number]  # needs no device
    return Figures(
        targets=read.covered.get(number, Counter()),
        lines=lines,
        stock=stock,
        ready=min(stock, to_hand_over - cash) + cash,
        quota=read.quotas.get(number, 0),
        complaints=read.complaints.get(number, 0),
    )


def _grouped(
    area: Area, units: dict[int, Area], communes: list[CommuneProgress], round: Round
) -> tuple[GroupProgress, ...]:  # fmt: skip
    """Communes under their superior unit; those directly under the area, and an area that is a commune, under it."""
    groups = []
    above = superiors(units, round)
    for parent, members in groupby(communes, key=lambda commune: above[commune.area.number]):
        found = tuple(members)
        head = units.get(parent or -1, area)
        groups.append(GroupProgress(head, found, Figures.total(commune.figures for commune in found)))
    return tuple(groups)


class _Callable(NamedTuple):
    """Active officers by the interval of their own area; `wide` are those of superior units, narrowest first."""

    by_span: dict[tuple[int, int], list[Contact]]
    wide: list[tuple[int, int]]


CONTACTS = """
SELECT o.full_name, o.phone, o.role, a.number, a.last, a.level
  FROM administration_officer o JOIN administration_area a ON a.number = o.area_id
 WHERE o.is_active AND o.role = ANY(%(roles)s) AND a.number <= %(high)s AND a.last >= %(low)s AND a.level <> %(country)s
   AND (o.role <> 'reviewer' OR a.level = %(deciding)s)
 ORDER BY o.id
"""


def _contacts(area: Area, round: Round) -> _Callable:
    """Officers of the area, below it and above it; of the reviewing ones those of the tier that decides."""
    roles = {str(role) for role in (*HOLDER.values(), Role.COMMUNE_LEADER)}
    said = {
        "roles": sorted(roles),
        "low": area.number,
        "high": area.last,
        "country": str(Level.COUNTRY),
        "deciding": str(round.programme.deciding_level),
    }
    by_span: dict[tuple[int, int], list[Contact]] = defaultdict(list)
    wide = set()
    for name, phone, role, low, high, level in rows_of(CONTACTS, said):
        by_span[low, high].append(Contact(name, phone, role))
        if level != Level.COMMUNE:
            wide.add((low, high))
    return _Callable(by_span, sorted(wide, key=lambda span: span[1] - span[0]))


def _holders(contacts: _Callable, unit: Area, delay: Delay) -> tuple[Contact, ...]:
    """Everybody who holds the ball in the narrowest area; the commune's leader where it has nobody else."""
    wanted = HOLDER[delay.step]
    spans = [(unit.number, unit.last), *(span for span in contacts.wide if span[0] <= unit.number <= span[1])]
    for role in (wanted, Role.COMMUNE_LEADER) if wanted == Role.COMMUNE_OFFICIAL else (wanted,):
        for span in spans:
            if found := tuple(one for one in contacts.by_span.get(span, ()) if one.role == role):
                return found
    return ()


def _share_handed_over(commune: CommuneProgress) -> float:
    return commune.figures.handed_over / commune.figures.target if commune.figures.target else 0.0
