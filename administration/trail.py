"""Reading the audit trail: which events an officer may see, and those that a filter asks for."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from administration.event_words import Entry, in_words
from administration.models import AuditEvent, Officer
from administration.scope import EVERYWHERE, within

PER_PAGE = 100
NAMED = 3  # households of one event that are named; of a bulk action only the number is told


@dataclass
class Households:
    """How the trail knows households by their codes. The app that has households fills it (its event_details)."""

    id_of: Callable[[str], int | None] = lambda code: None
    codes_of: Callable[[Iterable[int]], dict[int, str]] = lambda ids: {}


HOUSEHOLDS = Households()


@dataclass
class Line:
    """One event of the audit page: the sentence, and which households it is about."""

    entry: Entry
    codes: list[str] = field(default_factory=list)
    count: int = 0


@dataclass
class Page:
    lines: list[Line]
    number: int
    has_next: bool


def read(said: dict[str, Any], *, officer: Officer, number: int = 1) -> Page:
    """One page, newest first; `said` are the cleaned fields of AuditFilterForm.

    An administrator without an area looks after accounts everywhere and sees what happened to them, and nothing else.
    """
    if officer.area is not None:
        return _page(AuditEvent.objects.visible_to(officer), said, number)
    with within(*EVERYWHERE):
        return _page(AuditEvent.objects.filter(subject_type=Officer._meta.label_lower), said, number)


def rows(said: dict[str, Any], *, officer: Officer, most: int) -> list[tuple[Any, ...]]:
    """The same events as flat rows for a file: when, what, who, households, reason; at most so many."""
    if officer.area is None:
        with within(*EVERYWHERE):
            events = AuditEvent.objects.filter(subject_type=Officer._meta.label_lower)
            return _flat(_asked_for(events, said), most)
    return _flat(_asked_for(AuditEvent.objects.visible_to(officer), said), most)


def _flat(events: QuerySet[AuditEvent], most: int) -> list[tuple[Any, ...]]:
    found = list(events.order_by("-at", "-pk")[:most])
    codes = HOUSEHOLDS.codes_of({pk for event in found for pk in event.household_ids[:NAMED]})
    lines = [_line(event, codes) for event in found]
    return [
        (line.entry.at, line.entry.title, line.entry.by, ", ".join(line.codes), line.count, line.entry.reason)
        for line in lines
    ]


def _page(events: QuerySet[AuditEvent], said: dict[str, Any], number: int) -> Page:
    start = (number - 1) * PER_PAGE
    rows = list(_asked_for(events, said).order_by("-at", "-pk")[start : start + PER_PAGE + 1])
    shown = rows[:PER_PAGE]
    codes = HOUSEHOLDS.codes_of({pk for event in shown for pk in event.household_ids[:NAMED]})
    return Page([_line(event, codes) for event in shown], number, has_next=len(rows) > PER_PAGE)


def _line(event: AuditEvent, codes: dict[int, str]) -> Line:
    ids = event.household_ids
    named = [codes[pk] for pk in ids if pk in codes] if len(ids) <= NAMED else []
    return Line(in_words(event), named, len(ids))


def _asked_for(events: QuerySet[AuditEvent], said: dict[str, Any]) -> QuerySet[AuditEvent]:
    if said.get("nguoi"):
        events = events.filter(officer_name__icontains=said["nguoi"])
    if said.get("viec"):
        events = events.filter(verb=said["viec"])
    if said.get("ho"):
        household_id = HOUSEHOLDS.id_of(said["ho"])
        events = events.filter(household_ids__contains=[household_id]) if household_id else events.none()
    if said.get("tu"):
        events = events.filter(at__gte=_midnight(said["tu"]))
    if said.get("den"):
        events = events.filter(at__lt=_midnight(said["den"] + datetime.timedelta(1)))
    return events


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
