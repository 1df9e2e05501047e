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

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from administration.models import Area, AuditEvent, Level, Officer, Role
from administration.verbs import Verb
from allocations.models import LIVE, CommuneList, Complaint, Quota, Round, Status
from devices.models import Device, DeviceKind
from reports.delays import HOLDER, Delay, Step, Wait, delay_of, waits_of
from reports.figures import Figures
from reports.models import AllocationCount, HouseholdCount


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

    def has_wait_at(self, *steps: Step) -> bool:
        return any(wait.step in steps for wait in self.waits)


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
    read = _read(area, round)
    today = timezone.localdate(at)
    contacts = None
    communes = []
    for unit in _taking_part(area, round, read):
        figures = _figures(unit.number, read)
        state, submitted_at = read.lists.get(unit.number, (None, None))
        waits = waits_of(figures, round)
        delay = delay_of(waits, today)
        if delay and contacts is None:
            contacts = _contacts(area)
        called = _holders(contacts or [], unit, delay) if delay else ()
        reminded_at = read.reminders.get(unit.number)
        communes.append(CommuneProgress(unit, figures, state, submitted_at, tuple(waits), delay, called, reminded_at))
    groups = _grouped(area, read, communes)
    return Progress(area, round, at, groups, Figures.total(group.figures for group in groups))


class _Read(NamedTuple):
    """What the database answered, by number of the commune."""

    units: dict[int, Area]
    targets: dict[int, Counter[str]]
    lines: dict[int, Counter[tuple[str, str]]]
    lists: dict[int, tuple[str, datetime.datetime | None]]
    quotas: dict[int, int]
    stock: dict[int, int]
    complaints: dict[int, int]
    reminders: dict[int, datetime.datetime]


def _read(area: Area, round: Round) -> _Read:
    inside = (area.number, area.last)
    lines: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    moved = AllocationCount.objects.filter(area__number__range=inside, round=round, n__gt=0)
    for number, category, status, n in moved.values_list("area_id", "category", "status", "n"):
        lines[number][category, status] += n
    lists = CommuneList.objects.filter(area__number__range=inside, round=round)
    quotas = Quota.objects.filter(area__number__range=inside, round=round)
    complaints = Complaint.objects.open().filter(area__number__range=inside, commune_list__round=round)
    reminders = AuditEvent.objects.about(round).filter(verb=Verb.REMINDED, area_no__range=inside)
    return _Read(
        units=Area.objects.inside(area).in_bulk(),
        targets=_targets(inside, round),
        lines=lines,
        lists={number: (state, at) for number, state, at in lists.values_list("area_id", "state", "submitted_at")},
        quotas=dict(quotas.order_by().values_list("area_id").annotate(n=Sum("allowed"))),
        stock=stock_of(inside, DeviceKind(round.device_kind)),
        complaints=dict(complaints.order_by().values_list("area_id").annotate(n=Count("pk"))),
        reminders=dict(reminders.order_by().values_list("area_no").annotate(last=Max("at"))),
    )


def _targets(inside: tuple[int, int], round: Round) -> dict[int, Counter[str]]:
    """Households that the round is for, by category. Who has a live line in an earlier round is helped there."""
    targets: dict[int, Counter[str]] = defaultdict(Counter)
    counted = HouseholdCount.objects.filter(area__number__range=inside, category__in=round.categories, n__gt=0)
    for number, category, n in counted.values_list("area_id", "category", "n"):
        targets[number][category] = n
    earlier = Q(round__opens_on__lt=round.opens_on) | Q(round__opens_on=round.opens_on, round__lt=round.pk)
    taken = AllocationCount.objects.filter(earlier, area__number__range=inside, status__in=LIVE, n__gt=0)
    for number, category, n in taken.values_list("area_id", "category").annotate(total=Sum("n")).order_by():
        targets[number][category] = max(0, targets[number][category] - n)
    return targets


def stock_of(inside: tuple[int, int], kind: DeviceKind) -> dict[int, int]:
    """Devices of a kind in stock, by the number of the unit that holds them (also the province's own store)."""
    devices = Device.objects.in_stock().filter(area__number__range=inside, lot__model__kind=kind)
    return dict(devices.order_by().values_list("area_id").annotate(n=Count("pk")))


def count_of(area: Area, round: Round | None, *statuses: Status) -> int:
    """Lines in an area that are in one of the statuses, of one round or of all, from the roll-up."""
    counts = AllocationCount.objects.filter(area__number__range=(area.number, area.last), status__in=statuses)
    if round is not None:
        counts = counts.filter(round=round)
    return counts.aggregate(n=Sum("n"))["n"] or 0


def _taking_part(area: Area, round: Round, read: _Read) -> list[Area]:
    communes = sorted((unit for unit in read.units.values() if unit.is_commune), key=lambda unit: unit.number)
    expected = _with_quota(communes, read.quotas)
    if expected is None:
        expected = _existing(communes, round.opens_on)
    wanted = expected | read.lists.keys() | read.lines.keys()
    return [unit for unit in communes if unit.number in wanted]


def _with_quota(communes: list[Area], quotas: dict[int, int]) -> set[int] | None:
    """Communes whose own quota, or that of their superior unit where they have none yet, is not zero.

    None when no commune and no unit right above one has a quota.
    """
    nearest = {unit.number: quotas.get(unit.number, quotas.get(unit.parent_id or 0)) for unit in communes}
    if all(allowed is None for allowed in nearest.values()):
        return None
    return {number for number, allowed in nearest.items() if allowed}


def _existing(communes: list[Area], day: datetime.date) -> set[int]:
    """Communes that had not ended on a day; all of them when all had."""
    return {u.number for u in communes if u.valid_to is None or u.valid_to > day} or {u.number for u in communes}


def _figures(number: int, read: _Read) -> Figures:
    lines = read.lines.get(number, Counter())
    stock = read.stock.get(number, 0)
    to_hand_over = sum(n for (_, status), n in lines.items() if status == Status.APPROVED)
    return Figures(
        targets=read.targets.get(number, Counter()),
        lines=lines,
        stock=stock,
        ready=min(stock, to_hand_over),
        quota=read.quotas.get(number, 0),
        complaints=read.complaints.get(number, 0),
    )


def _grouped(area: Area, read: _Read, communes: list[CommuneProgress]) -> tuple[GroupProgress, ...]:
    """Communes under their superior unit; those directly under the area, and an area that is a commune, under it."""
    groups = []
    for parent, members in groupby(communes, key=lambda commune: commune.area.parent_id):
        found = tuple(members)
        head = read.units.get(parent or -1, area)
        groups.append(GroupProgress(head, found, Figures.total(commune.figures for commune in found)))
    return tuple(groups)


def _contacts(area: Area) -> list[tuple[Contact, int, int]]:
    """Active officers of the area, below it and above it, with the interval of their own area; narrowest first."""
    officers = Officer.objects.filter(
        is_active=True, role__in=set(HOLDER.values()) | {Role.COMMUNE_LEADER},
        area__number__lte=area.last, area__last__gte=area.number,
    ).exclude(area__level=Level.COUNTRY)  # fmt: skip
    found = officers.order_by("pk").values_list("full_name", "phone", "role", "area__number", "area__last")
    contacts = [(Contact(name, phone, role), low, high) for name, phone, role, low, high in found]
    return sorted(contacts, key=lambda contact: contact[2] - contact[1])


def _holders(contacts: list[tuple[Contact, int, int]], unit: Area, delay: Delay) -> tuple[Contact, ...]:
    """Everybody who holds the ball in the narrowest area; the commune's leader where it has nobody else."""
    wanted = HOLDER[delay.step]
    able = [(c, low, high) for c, low, high in contacts if low <= unit.number <= high]
    holding = [one for one in able if one[0].role == wanted] or [
        one for one in able if wanted == Role.COMMUNE_OFFICIAL and one[0].role == Role.COMMUNE_LEADER
    ]
    return tuple(contact for contact, low, high in holding if (low, high) == holding[0][1:])


def _share_handed_over(commune: CommuneProgress) -> float:
    return commune.figures.handed_over / commune.figures.target if commune.figures.target else 0.0
