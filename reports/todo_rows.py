"""The rows of the to-do page and the words they share."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.models import Officer
from administration.templatetags.trao import grouped
from allocations.models import Round
from reports import links
from reports.delays import HOLDER, escalated_to
from reports.progress import CommuneProgress, Progress, gather

MOST_ROWS = 7


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the page; without a url it is plain text that says why."""

    title: str
    url: str = ""
    hint: str = ""
    amount: str = ""
    state: str = ""  # todo, doing, blocked, done, late


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under one heading, at most seven of them."""

    title: str
    tasks: list[Task] = field(default_factory=list)
    note: str = ""
    more_url: str = ""


def open_rounds(officer: Officer, at: datetime.datetime) -> Iterator[tuple[Round, Progress]]:
    """Open rounds of the officer's province with their progress in the officer's area, the most urgent first."""
    if officer.area is not None:
        for round in Round.objects.of_area(officer.area).open().select_related("programme").order_by("submit_by", "pk"):
            yield round, gather(officer.area, round, at=at)


def households(count: int) -> str:
    return ngettext("%(count)s household", "%(count)s households", count) % {"count": grouped(count)}


def deadline_words(label: str, due: datetime.date, today: datetime.date) -> str:
    """A deadline with the days that are left, or how many it is over."""
    day = date_format(due, "d/m/Y")
    left = (due - today).days
    if left < 0:
        return _("%(what)s %(day)s, %(days)d days over") % {"what": label, "day": day, "days": -left}
    if left == 0:
        return _("%(what)s today") % {"what": label}
    return _("%(what)s %(day)s, %(days)d days left") % {"what": label, "day": day, "days": left}


def escalated_tasks(round: Round, progress: Progress, role: str) -> list[Task]:
    """Steps below that are so late that this role has been told, the latest first."""
    return [
        Task(
            _("Escalated to you: %(commune)s") % {"commune": commune.area.name},
            links.list_of(commune.area, round) or links.page("reports:dashboard", dot=round.code),
            f"{commune.delay.step.label} · {households(commune.delay.households)}",
            ngettext("%(n)s day late", "%(n)s days late", commune.delay.days) % {"n": commune.delay.days}, "late",
        )
        for commune in progress.late
        if commune.delay and role in escalated_to(commune.delay)
    ][:MOST_ROWS]  # fmt: skip


def with_reminder(note: str, communes: Iterable[CommuneProgress], role: str) -> str:
    """The note, and when this role was last reminded of a late step that it holds."""
    reminders = [c.reminded_at for c in communes if c.delay and c.reminded_at and HOLDER[c.delay.step] == role]
    if not reminders:
        return note
    last = date_format(timezone.localtime(max(reminders)), "H:i, d/m/Y")
    return _("%(deadline)s · Reminded at %(time)s") % {"deadline": note, "time": last}
