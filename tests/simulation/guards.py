"""Controls: the same simulation with one guard taken away, and the window of its race held open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model, QuerySet

from tests.simulation.cluster import SimulatedServer

WIDENED = 0.1  # seconds between looking and writing

# guard -> (table, constraint or unique index) that go
TAKEN = {
    "living": [("beneficiaries_person", "cccd_is_unique_among_the_living")],
    "claims": [("allocations_claim", "person_is_helped_once"), ("allocations_claim", "identity_is_helped_once")],
    "live line": [
        ("allocations_allocation", "household_has_one_live_allocation"),
        ("allocations_claim", "person_is_helped_once"),
        ("allocations_claim", "identity_is_helped_once"),
    ],
    "quota": [("allocations_quota", "quota_is_never_exceeded")],
    "key": [],
}
GUARDS = tuple(TAKEN)
# What officers do more often, so that those whom only this guard keeps apart meet soon.
OFTEN = {
    "living": {"register": 60},
    "claims": {"build": 20, "change": 20},
    "live line": {"build": 60},
    "quota": {"build": 30, "submit": 30, "approve": 120, "undo": 60, "decline": 40},
    "key": {},
}


@contextmanager
def taken(server: SimulatedServer, guard: str) -> Iterator[None]:
    """The guard's constraints are gone until the block ends; what has to come back is written down first."""
    with server.superuser() as c:
        c.execute("CREATE SCHEMA control")  # outside the tables that are emptied
        c.execute("CREATE TABLE control.taken (no int GENERATED ALWAYS AS IDENTITY, statement text)")
        for table, name in TAKEN[guard]:
            sql = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass"
            if found := c.execute(sql, [name, table]).fetchone():
                drop, again = (
                    f"ALTER TABLE {table} DROP CONSTRAINT",
                    f"ALTER TABLE {table} ADD CONSTRAINT {name} {found[0]}",
                )
            else:
                drop = "DROP INDEX"
                (again,) = c.execute("SELECT pg_get_indexdef(%s::regclass)", [name]).fetchone()  # type: ignore[misc]
            c.execute("INSERT INTO control.taken (statement) VALUES (%s)", [again])
            c.execute(f"{drop} {name}")
    try:
        yield
    finally:
        server.repair()


def widen(guard: str) -> None:
    """In an officer's process: what only the lost guard stops may now happen, and takes its time."""
    from allocations.models import CommuneList, Quota

    if guard == "quota":
        _without_locks(CommuneList, Quota)
        _slowly("allocations.actions.review", "plan_approval")
    if guard == "living":
        _slowly("beneficiaries.actions.households", "holders_of")
    if guard in ("claims", "live line"):
        _slowly("allocations.actions.lists", "gather_candidates")


def _slowly(module_name: str, name: str) -> None:
    from importlib import import_module

    module = import_module(module_name)
    original: Callable[..., Any] = getattr(module, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        time.sleep(WIDENED)
        return result

    setattr(module, name, wrapped)


def _without_locks(*models: type[Model]) -> None:
    original = QuerySet.select_for_update

    def plain(self: QuerySet[Any], *args: Any, **kwargs: Any) -> QuerySet[Any]:
        return self.all() if self.model in models else original(self, *args, **kwargs)

    QuerySet.select_for_update = plain  # type: ignore[method-assign]
