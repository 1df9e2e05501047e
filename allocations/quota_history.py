"""The changes of a round's quota as people read them: one entry a save, newest first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from administration.models import Officer
from allocations.models import QuotaChange, Round

SHOWN = 5
A_PAGE = 20


@dataclass
class Entry:
    """One save: who, when, why, and every number that it changed."""

    event: int
    at: datetime.datetime
    by: str
    reason: str
    is_undo: bool
    changes: list[QuotaChange] = field(default_factory=list)


@dataclass
class History:
    entries: list[Entry]
    has_more: bool = False
    last_event: int | None = None  # the newest save of the round, the only one that can be undone


def read_history(officer: Officer, round: Round, *, most: int = SHOWN, before: int | None = None) -> History:
    """The newest saves that touch the officer's units; `before`: older than this event. Two queries."""
    changes = QuotaChange.objects.visible_to(officer).filter(round=round)
    older = changes.filter(event__lt=before) if before else changes
    events = list(older.order_by("-event").values_list("event", flat=True).distinct()[: most + 1])
    if not events:
        return History([])
    last = None if before else events[0]
    rows = changes.filter(event__in=events[:most]).select_related("area", "source", "by").newest_first()
    return History(_entries(rows), len(events) > most, last)


def changes_of_unit(officer: Officer, *, since: datetime.datetime) -> list[QuotaChange]:
    """What others have changed in the quota of the officer's own unit, newest first."""
    if officer.area is None:
        return []
    changes = QuotaChange.objects.filter(area=officer.area, at__gte=since).exclude(by=officer)
    return list(changes.select_related("round", "source", "by").order_by("-event", "-pk"))


def _entries(rows: Iterable[QuotaChange]) -> list[Entry]:
    entries = []
    for event, group in groupby(rows, key=lambda change: change.event):
        changes = list(group)
        first = changes[0]
        entries.append(Entry(event, first.at, str(first.by), first.reason, first.undoes is not None, changes))
    return entries
