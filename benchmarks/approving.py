"""Ten thousand approvals under a quota in one action, beside a loop of the ORM; then eight reviewers at once."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable

from django.db import connection, connections
from django.utils import timezone

from administration.models import AuditEvent, Officer, Role
from administration.scope import everywhere
from administration.verbs import Verb
from allocations.actions import approve
from allocations.models import Allocation, Quota, Status
from tests.allocations.scenes import Scene, submitted
from tests.conftest import KEPT, owner_connection
from tests.factories import make_officer

LINES = 10_000
REVIEWERS = 8
EACH = 1_250
PLACES = 6_000


class Rolled(Exception):
    """Ends a measured transaction without keeping it."""


def run() -> None:
    empty()
    with everywhere():
        scene = submitted(LINES, quota=LINES)
    vacuum()
    actions = [_rolled_back(lambda: _in_one_action(scene)) for _ in range(6)][1:]
    loop = _rolled_back(lambda: _row_by_row(scene))
    print(f"\nApproving {LINES:,} lines of one list under a quota of {LINES:,} (seconds)")
    print(f"{'one action, median of 5':44s} {statistics.median(actions):8.2f}")
    print(f"{'one action, worst of 5':44s} {max(actions):8.2f}")
    print(f"{'loop: get, check, save and record each row':44s} {loop:8.2f}")
    print(f"{'ratio':44s} {loop / statistics.median(actions):8.0f}")
    _all_at_once(scene)


def _in_one_action(scene: Scene) -> None:
    outcome = approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)
    assert len(outcome.decided) == LINES, len(outcome.decided)


def _row_by_row(scene: Scene) -> None:
    """As one writes it first: every line is looked up, held against the quota, saved and recorded by itself."""
    for line_id in scene.ids:
        line = Allocation.objects.select_for_update().get(pk=line_id)
        quota = Quota.objects.select_for_update().get(pk=scene.quota.pk)
        if quota.used >= quota.allowed or line.status != Status.SUBMITTED:
            continue
        line.status, line.decided_by, line.decided_at = Status.APPROVED, scene.reviewer, timezone.now()
        line.version += 1
        line.save()
        AuditEvent.record(
            Verb.APPROVED, scene.commune_list, by=scene.reviewer, area=line.area_id, households=[line.household_id]
        )  # fmt: skip


def _rolled_back(work: Callable[[], object]) -> float:
    """Seconds of the work with everything the database does for it; its rows are as they were afterwards."""
    began = took = 0.0
    try:
        with everywhere():
            began = time.perf_counter()
            work()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            took = time.perf_counter() - began
            raise Rolled
    except Rolled:
        return took


def _all_at_once(scene: Scene) -> None:
    """Eight reviewers, a lot of lines each, one quota that holds too few places for all of them."""
    with everywhere():
        Quota.objects.filter(pk=scene.quota.pk).update(allowed=PLACES)
        reviewers = [make_officer(Role.REVIEWER, scene.commune_list.area.parent) for _ in range(REVIEWERS)]
    start = threading.Barrier(REVIEWERS)
    took: list[float] = []

    def one(reviewer: Officer, ids: list[int]) -> None:
        start.wait()
        began = time.perf_counter()
        with everywhere():
            approve(scene.commune_list.pk, ids, by=reviewer)
        took.append(time.perf_counter() - began)
        connections.close_all()

    parts = [scene.ids[n * EACH : (n + 1) * EACH] for n in range(REVIEWERS)]
    threads = [threading.Thread(target=one, args=pair) for pair in zip(reviewers, parts, strict=True)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - began
    with everywhere():
        approved = Allocation.objects.filter(commune_list=scene.commune_list, status=Status.APPROVED).count()
        waiting = Allocation.objects.filter(commune_list=scene.commune_list, status=Status.WAITING).count()
        used = Quota.objects.get(pk=scene.quota.pk).used
    print(f"\n{REVIEWERS} reviewers at once, {EACH:,} lines each, {PLACES:,} places")
    print(f"{'all done after (s)':44s} {whole:8.2f}")
    print(f"{'slowest reviewer (s)':44s} {max(took):8.2f}")
    print(f"{'approved / waiting / counter of the quota':44s} {approved:,} / {waiting:,} / {used:,}")
    assert (approved, used, approved + waiting) == (PLACES, PLACES, REVIEWERS * EACH)


def empty() -> None:
    """Nothing but the units is left of earlier benchmarks."""
    with owner_connection() as owner:
        tables = {name for (name,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        owner.execute("TRUNCATE " + ", ".join(sorted(tables - KEPT)) + " RESTART IDENTITY CASCADE")


def vacuum() -> None:
    """As autovacuum would have by the time anybody decides."""
    connection.close()
    with owner_connection() as owner:
        owner.execute("VACUUM ANALYZE")
