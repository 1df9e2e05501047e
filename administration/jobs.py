"""Runs jobs exactly once in effect: claim by lease, heartbeat, fencing, sweep (see Job; all clocks are the database's).

A handler is registered under its kind by the tasks module of its app and gets a JobRun. It works inside one transaction
in the scope of the officer who asked; that transaction also finishes the job row, so both happen or neither does.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from administration.models import Job, Officer
from administration.models.jobs import MAX_ATTEMPTS
from administration.refusals import NotPossible, refusals_as_sentences
from administration.scope import scope_of, snapshot_of

log = logging.getLogger(__name__)
LEASE_SECONDS = 60
HEARTBEAT_SECONDS = 1.0  # also how often the progress that the page shows is written


class Superseded(Exception):
    """Another worker holds this job now: whatever this one did must not count."""


class CancelledByOfficer(Exception):
    """The officer cancelled the job while it ran."""


@dataclass
class JobRun:
    """What a handler sees of its job."""

    job_id: uuid.UUID
    subject_id: int
    officer: Officer
    attempt: int
    done: int = 0
    total: int = 0
    _lost: threading.Event = field(default_factory=threading.Event)
    _cancelled: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, total: int) -> None:
        """Tells the page how far it is, and stops here when the job was cancelled or taken over."""
        self.done, self.total = done, total
        if self._cancelled.is_set():
            raise CancelledByOfficer
        if self._lost.is_set():
            raise Superseded


Preparation = Callable[[JobRun], Any]
HANDLERS: dict[str, Callable[..., None]] = {}
PREPARATIONS: dict[str, Preparation] = {}
ON_FAILURE: dict[str, Callable[[int, Officer, str], None]] = {}


def handles(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def register(handler: Callable[..., None]) -> Callable[..., None]:
        HANDLERS[kind] = handler
        return handler

    return register


def prepares(kind: str) -> Callable[[Preparation], Preparation]:
    """Registers a reading step that runs first, on one snapshot (REPEATABLE READ) in the officer's scope.

    What it returns is handed to the handler as second argument.
    """

    def register(preparation: Preparation) -> Preparation:
        PREPARATIONS[kind] = preparation
        return preparation

    return register


def when_failed(kind: str) -> Callable[[Callable[[int, Officer, str], None]], Callable[[int, Officer, str], None]]:
    """Registers what happens to the subject when its job failed or was cancelled: (subject_id, officer, error)."""

    def register(handler: Callable[[int, Officer, str], None]) -> Callable[[int, Officer, str], None]:
        ON_FAILURE[kind] = handler
        return handler

    return register


def ask(kind: str, subject_id: int, *, by: Officer) -> Job:
    """Writes the job's row inside the action's transaction. The doorway rings (`tasks.ring`) after the commit."""
    with refusals_as_sentences():
        return Job.objects.create(kind=kind, subject_id=subject_id, requested_by=by)


def cancel(job: Job) -> bool:
    """A waiting job ends at once; a running one ends at its next progress mark."""
    return bool(
        Job.objects.unfinished().filter(pk=job.pk).update(state=Job.State.CANCELLED, finished_at=Now())
    )  # fmt: skip


def run(job_id: uuid.UUID | str) -> bool:
    """Claims and runs one job; False when there was nothing to claim (a doubled message, or done already)."""
    claimed = _claim(job_id)
    if claimed is None:
        return False
    with _heartbeat(claimed):
        try:
            _work(claimed)
        except Superseded:
            log.warning("job %s: attempt %s was superseded", job_id, claimed.attempt)
        except CancelledByOfficer:
            _settle_subject(claimed, "")
        except NotPossible as refusal:
            _fail(claimed, str(refusal))
        except Exception:
            log.exception("job %s failed in attempt %s", job_id, claimed.attempt)
            _retry_or_fail(claimed)
    return True


def sweep() -> list[uuid.UUID]:
    """Jobs to ring for again. A job whose last attempt died too often fails here, which ends poison loops."""
    for job in Job.objects.waiting().filter(attempts__gte=MAX_ATTEMPTS).select_related("requested_by__area"):
        _fail(JobRun(job.pk, job.subject_id, job.requested_by, job.attempts), _("The work stopped three times."))
    waiting = list(Job.objects.waiting().filter(attempts__lt=MAX_ATTEMPTS).values_list("pk", flat=True))
    Job.objects.filter(pk__in=waiting).update(rung_at=Now())
    return waiting


def _claim(job_id: uuid.UUID | str) -> JobRun | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE administration_job
               SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()),
                   lease_until = now() + make_interval(secs => %s), progress_done = 0, progress_total = 0, error = ''
             WHERE id = %s AND attempts < %s
               AND (state = 'queued' OR (state = 'running' AND lease_until < now()))
         RETURNING subject_id, requested_by_id, attempts
            """,
            [LEASE_SECONDS, str(job_id), MAX_ATTEMPTS],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    officer = Officer.objects.select_related("area").get(pk=row[1])
    return JobRun(uuid.UUID(str(job_id)), row[0], officer, row[2])


def _work(claimed: JobRun) -> None:
    kind = Job.objects.values_list("kind", flat=True).get(pk=claimed.job_id)
    prepared = []
    if preparation := PREPARATIONS.get(kind):
        with snapshot_of(claimed.officer):
            prepared.append(preparation(claimed))
    with scope_of(claimed.officer):
        HANDLERS[kind](claimed, *prepared)
        finished = _mine(claimed).update(
            state=Job.State.DONE, finished_at=Now(), progress_done=F("progress_total"), lease_until=None
        )
        if not finished:
            cancelled = Job.objects.filter(pk=claimed.job_id, state=Job.State.CANCELLED).exists()
            raise CancelledByOfficer if cancelled else Superseded


def _mine(claimed: JobRun) -> QuerySet[Job]:
    return Job.objects.filter(pk=claimed.job_id, attempts=claimed.attempt, state=Job.State.RUNNING)


def _retry_or_fail(claimed: JobRun) -> None:
    if claimed.attempt >= MAX_ATTEMPTS:
        _fail(
            claimed,
            _("An error was recorded. Read this code when you call for help: %(code)s")
            % {"code": str(claimed.job_id)[:8]},
        )
    else:
        _mine(claimed).update(state=Job.State.QUEUED, lease_until=None, rung_at=Now())


def _fail(claimed: JobRun, error: str) -> None:
    if _mine(claimed).update(state=Job.State.FAILED, error=error, finished_at=Now(), lease_until=None):
        _settle_subject(claimed, error)


def _settle_subject(claimed: JobRun, error: str) -> None:
    kind = Job.objects.values_list("kind", flat=True).get(pk=claimed.job_id)
    if settle := ON_FAILURE.get(kind):
        with scope_of(claimed.officer):
            settle(claimed.subject_id, claimed.officer, error)


class _heartbeat:  # noqa: N801 - reads as a block: `with _heartbeat(run):`
    """Renews the lease and writes the progress from a connection of its own, beside the work's open transaction."""

    def __init__(self, claimed: JobRun) -> None:
        self.claimed = claimed
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._beat, name=f"heartbeat-{claimed.job_id}", daemon=True)

    def __enter__(self) -> None:
        if not connection.in_atomic_block:  # inside a test's transaction another connection could not see the row
            self.thread.start()

    def __exit__(self, *exception: object) -> None:
        self.stop.set()
        if self.thread.is_alive():
            self.thread.join(timeout=10)

    def _beat(self) -> None:
        try:
            while not self.stop.wait(HEARTBEAT_SECONDS):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        run = self.claimed
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE administration_job SET lease_until = now() + make_interval(secs => %s), progress_done = %s,"
                " progress_total = %s WHERE id = %s AND attempts = %s AND state = 'running'",
                [LEASE_SECONDS, run.done, run.total, str(run.job_id), run.attempt],
            )
            if cursor.rowcount == 0 and not self.stop.is_set():
                cursor.execute("SELECT state FROM administration_job WHERE id = %s", [str(run.job_id)])
                state = cursor.fetchone()
                (run._cancelled if state and state[0] == "cancelled" else run._lost).set()
