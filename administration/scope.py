"""The scope of one transaction: which units the database lets it see. Set per transaction, never per session.

The second fence behind `visible_to` (row-level security, administration.fences). Leaving a block puts the former scope
back, because a finished savepoint alone would leave the wider one in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from administration.models import Area, Officer

NOWHERE = ("", "")
EVERYWHERE = (0, 2_000_000_000)


@contextmanager
def within(low: int | str, high: int | str) -> Iterator[None]:
    """Opens a transaction that sees the units numbered low..high."""
    with transaction.atomic():
        before = _current()
        _set(str(low), str(high))
        yield
        if not connection.needs_rollback:  # a rollback puts the former scope back by itself
            _set(*before)


@contextmanager
def scope_of(officer: Officer) -> Iterator[None]:
    """What this officer may see right now; nothing without an area."""
    with within(*(interval(officer.area) if officer.area else NOWHERE)):
        yield


@contextmanager
def across(*areas: Area) -> Iterator[None]:
    """For the writing of one action on which all these units agree, and for nothing that is shown."""
    with within(min(area.number for area in areas), max(area.last for area in areas)):
        yield


@contextmanager
def snapshot_of(officer: Officer) -> Iterator[None]:
    """Like `scope_of`, reading one snapshot: every query inside sees the same moment (REPEATABLE READ)."""
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:  # in a test's outer transaction the level is fixed already
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with scope_of(officer):
            yield


@contextmanager
def everywhere() -> Iterator[None]:
    """For the machine's own work (nightly checks, the demo): never for a request."""
    with within(*EVERYWHERE):
        yield


def interval(area: Area) -> tuple[int, int]:
    return area.number, area.last


def _current() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.lo', true), ''), coalesce(current_setting('app.hi', true), '')"
        )
        low, high = cursor.fetchone()
    return low, high


def _set(low: str, high: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.lo', %s, true), set_config('app.hi', %s, true)", [low, high])
