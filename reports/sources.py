"""Where the lines of reports come from. Every source reads in the open snapshot and says what its totals must be."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from administration.access import Permission, may
from administration.models import Area, Officer
from administration.templatetags.trao import grouped, masked
from allocations.models import Allocation, Round, Status
from beneficiaries.models import Category
from beneficiaries.sealing import unseal
from reports.progress import CommuneProgress, GroupProgress, Progress, count_of, gather


@dataclass(frozen=True, slots=True)
class Question:
    """What a report is asked about: an area, a round (None: all of them), for whom, at which moment."""

    area: Area
    round: Round | None
    by: Officer
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line before its cells are chosen. A bold line groups those under it; its record may be their sum."""

    number: str
    name: str
    record: Any = None
    remark: str = ""
    level: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines, the record of the totals row (checked against the lines when printed) and the units without figures.

    `count`: how many lines there must be, by the roll-up; None when nothing is counted there.
    """

    lines: Sequence[Line]
    total: Line | None = None
    missing: tuple[str, ...] = ()
    count: int | None = None
    notes: tuple[str, ...] = field(default_factory=tuple)


def progress_by_commune(question: Question) -> Answer:
    """One line per commune, under a bold line of its superior unit where there is one between."""
    if question.round is None:
        raise ValueError("Progress is always that of one round.")
    progress = gather(question.area, question.round, at=question.at)
    total = Line("", "", progress)
    missing = tuple(commune.area.name for commune in progress.missing)
    return Answer(_lines_of(progress), total, missing)


def _lines_of(progress: Progress) -> list[Line]:
    lines = []
    for position, group in enumerate(progress.groups, start=1):
        prefix = f"{position}." if progress.has_groups else ""
        if progress.has_groups:
            lines.append(Line(str(position), group.area.name, group, _late_in(group), level=0, bold=True))
        for number, commune in enumerate(group.communes, start=1):
            lines.append(Line(f"{prefix}{number}", commune.area.name, commune, _why_late(commune)))
    return lines


def _late_in(group: GroupProgress) -> str:
    return _("%(count)d communes late") % {"count": group.late} if group.late else ""


def _why_late(commune: CommuneProgress) -> str:
    delay = commune.delay
    return _("%(step)s, %(days)d days late") % {"step": delay.step.label, "days": delay.days} if delay else ""


class Supported(NamedTuple):
    """One household that received a device; identity number and birth as far as the reader may see them."""

    birth_year: int
    identity: str
    hamlet: str
    category: str
    certificate: str
    model: str
    imei: str
    handed_on: datetime.date
    receiver: str


SUPPORTED_FIELDS = (
    "area_id", "area__name", "household__members__full_name", "household__members__birth_year",
    "household__members__cccd_sealed", "household__hamlet", "category", "household__certificate_no",
    "device__lot__model__name", "device__imei", "hand_over__handed_on", "hand_over__receiver_name",
    "paid_amount", "payment__paid_on", "payment__receiver_name",
)  # fmt: skip


def households_handed_over(question: Question) -> Answer:
    """Households with a device, by commune, hamlet and name. Who may not reveal identity numbers gets them masked."""
    reveals = may(question.by, Permission.IDENTITY_REVEAL)
    given = Allocation.objects.filter(
        status=Status.HANDED_OVER, household__members__is_head=True,
        area__number__range=(question.area.number, question.area.last),
        **({"round": question.round} if question.round else {}),
    ).order_by(
        "area_id", "household__hamlet", "household__members__given_name", "household__members__middle_name",
        "household__members__family_name", "pk",
    )  # fmt: skip
    lines: list[Line] = []
    number = 0
    for (_area, name), found in groupby(given.values_list(*SUPPORTED_FIELDS), key=lambda row: row[:2]):
        members = [_supported(row, reveals=reveals) for row in found]
        if not question.area.is_commune:
            lines.append(Line("", f"{name}: {len(members)} hộ", level=0, bold=True))
        for head, record in members:
            number += 1
            lines.append(Line(str(number), head, record))
    return Answer(lines, count=count_of(question.area, question.round, Status.HANDED_OVER))


def _supported(row: tuple[Any, ...], *, reveals: bool) -> tuple[str, Supported]:
    head, birth_year, sealed, hamlet, category, certificate, model, imei, handed_on, receiver = row[2:12]
    amount, paid_on, paid_to = row[12:]
    if amount is not None:
        model, imei, handed_on, receiver = f"Tiền, {grouped(amount)} đồng", "", paid_on, paid_to
    identity = unseal(sealed)
    shown = identity if reveals or not identity else masked(identity)
    label = str(Category(category).label)
    return head, Supported(birth_year, shown, hamlet, label, certificate, model, imei, handed_on, receiver)
