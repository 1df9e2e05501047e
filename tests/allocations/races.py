"""Two and more transactions at the same time, on purpose: hold a lock and look, instead of hoping for a race.

`Second` runs in a thread with a connection of its own. `broken()` counts in SQL what must never be; the guards can be
taken away one by one to see that each of them is needed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.db.models import Model, QuerySet

from administration.models import Officer
from administration.refusals import NotPossible
from administration.scope import EVERYWHERE, scope_of
from tests.conftest import _empty_tables, owner_connection

PATIENCE = 4.0  # shorter than lock_timeout, so that a hanging test fails as itself
SEES_ALL = f"SELECT set_config('app.lo', '{EVERYWHERE[0]}', false), set_config('app.hi', '{EVERYWHERE[1]}', false)"

INVARIANTS = {
    "one live line per household": """
        SELECT 1 FROM allocations_allocation WHERE status NOT IN ('rejected', 'withdrawn')
         GROUP BY household_id HAVING count(*) > 1""",
    "one living claim per identity": """
        SELECT 1 FROM allocations_claim WHERE identity_hash IS NOT NULL GROUP BY identity_hash HAVING count(*) > 1""",
    "quota is kept": """
        SELECT 1 FROM allocations_quota q WHERE used > allowed OR used <> (SELECT count(*) FROM allocations_allocation a
         WHERE a.round_id = q.round_id AND a.area_no = q.area_no AND a.source_id = q.source_id
           AND a.form = q.form AND status IN ('approved', 'handed_over'))""",
    "a device goes to one household": """
        SELECT 1 FROM allocations_allocation WHERE device_id IS NOT NULL GROUP BY device_id HAVING count(*) > 1""",
    "one hand-over per household": "SELECT 1 FROM allocations_handover GROUP BY allocation_id HAVING count(*) > 1",
    "a device that was given is not in stock": """
        SELECT 1 FROM devices_device d JOIN allocations_allocation a ON a.device_id = d.id
         WHERE d.state <> 'handed_over'""",
    "one decision per line": """
        SELECT 1 FROM administration_auditevent, unnest(household_ids) AS household
         WHERE verb IN ('allocation.approved', 'allocation.waiting', 'allocation.returned', 'allocation.rejected',
                        'list.withdrawn') GROUP BY household HAVING count(*) > 1""",
    "one event per hand-over": """
        SELECT 1 FROM administration_auditevent WHERE verb = 'allocation.handed_over'
         GROUP BY household_ids HAVING count(*) > 1""",
}


def broken() -> set[str]:
    """The invariants that do not hold, by name."""
    with owner_connection() as owner:
        owner.execute(SEES_ALL)
        return {name for name, sql in INVARIANTS.items() if owner.execute(sql).fetchone()}


def outcome_of(work: Callable[[], Any], officer: Officer | None = None) -> tuple[str, Any]:
    """("done", value) or ("refused", sentence); any other error is the test's failure."""
    try:
        if officer is None:
            return "done", work()
        with scope_of(officer):
            return "done", work()
    except NotPossible as refusal:
        return "refused", str(refusal)
    finally:
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()


def one_after_the_other(
    first: Callable[[], Any], first_officer: Officer, second: Callable[[], Any], second_officer: Officer,
    *, waits: bool = True,
) -> tuple[str, Any]:  # fmt: skip
    """The first is done but not yet committed when the second begins. Returns the outcome of the second.

    `waits=False` is for controls: without its guard the second does not wait for anybody.
    """
    with ThreadPoolExecutor(1) as pool:
        with scope_of(first_officer):
            first()
            running = pool.submit(outcome_of, second, second_officer)
            assert _is_waiting(running) == waits, "whether the second waited for the first"
        return running.result(timeout=2 * PATIENCE)


def at_once(works: list[Callable[[], Any]], officers: list[Officer]) -> list[tuple[str, Any]]:
    """All of them, each in a transaction of its own, from one starting shot."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any], officer: Officer) -> tuple[str, Any]:
        start.wait(timeout=PATIENCE)
        return outcome_of(work, officer)

    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(run, work, officer) for work, officer in zip(works, officers, strict=True)]
        return [future.result(timeout=5 * PATIENCE) for future in running]


def is_free(row: Model) -> bool:
    """Whether nobody has locked the row."""
    with owner_connection() as owner:
        owner.execute(SEES_ALL)
        try:
            owner.execute(f"SELECT 1 FROM {row._meta.db_table} WHERE id = %s FOR UPDATE NOWAIT", [row.pk])
        except psycopg.errors.LockNotAvailable:
            return False
        return True


@contextmanager
def held(row: Model) -> Iterator[None]:
    """Somebody else has locked the row."""
    with owner_connection() as owner:
        owner.execute(SEES_ALL)
        owner.execute("BEGIN")
        owner.execute(f"SELECT 1 FROM {row._meta.db_table} WHERE id = %s FOR UPDATE", [row.pk])
        yield
        owner.execute("ROLLBACK")


@contextmanager
def blocked_by(row: Model, work: Callable[[], Any], officer: Officer) -> Iterator[Future[tuple[str, Any]]]:
    """The work waits for somebody who has locked the row, and goes on behind the block."""
    with ThreadPoolExecutor(1) as pool:
        with held(row):
            running = pool.submit(outcome_of, work, officer)
            assert _is_waiting(running), "it did not wait for the lock"
            yield running
        running.result(timeout=2 * PATIENCE)


def _is_waiting(running: Future[Any]) -> bool:
    with owner_connection() as owner:
        sql = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        for _ in range(int(PATIENCE / 0.02)):
            if running.done():
                return False
            if owner.execute(sql).fetchone()[0]:  # type: ignore[index]
                return True
            time.sleep(0.02)
    return False


# --- Taking guards away -----------------------------------------------------------------------------------------------
def without_locks(monkeypatch: pytest.MonkeyPatch, *models: type[Model]) -> None:
    """SELECT … FOR UPDATE becomes SELECT, for all models or for these."""
    original = QuerySet.select_for_update

    def plain(self: QuerySet[Any], *args: Any, **kwargs: Any) -> QuerySet[Any]:
        if models and self.model not in models:
            return original(self, *args, **kwargs)
        return self.all()

    monkeypatch.setattr(QuerySet, "select_for_update", plain)


def meet_behind(monkeypatch: pytest.MonkeyPatch, *places: tuple[Any, str], parties: int = 2) -> None:
    """Failpoint: who has passed one of these functions waits there until all have: all have read, nobody written."""
    barrier = threading.Barrier(parties)
    for module, name in places:
        original = getattr(module, name)

        def wrapped(*args: Any, _original: Callable[..., Any] = original, **kwargs: Any) -> Any:
            result = _original(*args, **kwargs)
            barrier.wait(timeout=PATIENCE)
            return result

        monkeypatch.setattr(module, name, wrapped)


@contextmanager
def without_constraints(table: str, *names: str) -> Iterator[None]:
    """Drops constraints or unique indexes of a table and makes them again, on empty tables."""
    with owner_connection() as owner:
        again = [_drop(owner, table, name) for name in names]
    try:
        yield
    finally:
        _empty_tables(None)  # type: ignore[arg-type]
        with owner_connection() as owner:
            for statement in again:
                owner.execute(statement)


def _drop(owner: psycopg.Connection[Any], table: str, name: str) -> str:
    sql = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass"
    if found := owner.execute(sql, [name, table]).fetchone():
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        return f"ALTER TABLE {table} ADD CONSTRAINT {name} {found[0]}"
    (definition,) = owner.execute("SELECT pg_get_indexdef(%s::regclass)", [name]).fetchone()  # type: ignore[misc]
    owner.execute(f"DROP INDEX {name}")
    return str(definition)


@contextmanager
def without_trigger(table: str, name: str) -> Iterator[None]:
    """A trigger whose name begins so does not fire."""
    with owner_connection() as owner:
        sql = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND starts_with(tgname, %s)"
        (full,) = owner.execute(sql, [table, name]).fetchone()  # type: ignore[misc]
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {full}")
    try:
        yield
    finally:
        with owner_connection() as owner:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER {full}")
