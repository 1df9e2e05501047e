"""A real Celery worker in its own process, on the test's database and a Valkey of its own, to be killed.

    with RealWorker(tmp_path) as worker:
        worker.ring(job)                       # as a doorway does
        worker.wait_until_blocked(job)         # the job waits for a lock that the test holds: it is in the middle
        worker.kill_child()                    # kill -9 of the pool child; the main process starts another
        worker.kill()                          # kill -9 of everything; start() starts afresh

Leaving the block ends the worker and the server; `leftovers()` tells which of their processes are still there.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from administration import jobs
from administration.models import Job
from administration.scope import EVERYWHERE, within
from config.embedded import ROOT, start_valkey

PATIENCE = 30.0
_WAITING = """
SELECT pid FROM pg_stat_activity
 WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
   AND wait_event_type = 'Lock' AND state = 'active'
"""


class RealWorker:
    """One worker with one pool child."""

    def __init__(self, folder: Path, *, lock_timeout: str = "60s") -> None:
        self.folder = folder
        self.lock_timeout = lock_timeout
        self.process: subprocess.Popen[bytes] | None = None
        self.seen: set[int] = set()

    def __enter__(self) -> RealWorker:
        self.sockets = Path(tempfile.mkdtemp(prefix="trao-w-"))  # a socket path must stay short
        self.server, self.broker = start_valkey(self.folder, self.sockets)
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()
        self.server.stop()
        for left in self.sockets.iterdir():
            left.unlink()
        self.sockets.rmdir()

    def start(self) -> None:
        """Starts the worker and waits until its child is there."""
        command = [
            sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "prefork", "--concurrency", "1",
            "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
        ]  # fmt: skip
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )
        wait_for(lambda: bool(self.children()), "the worker's child", self.log)

    def _environment(self) -> dict[str, str]:
        place = connection.get_connection_params()
        host = f"host={place['host']}&port={place.get('port') or 5432}"
        address = f"postgres://{settings.DATABASE_APP_ROLE}@/{place['dbname']}?{host}"
        return {
            **os.environ,
            "DATABASE_URL": address,
            "DATABASE_OWNER_URL": address.replace(settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE, 1),
            "CELERY_BROKER_URL": self.broker,
            "TRAO_LOCK_TIMEOUT": self.lock_timeout,
            "TRAO_STATEMENT_TIMEOUT": "120s",
            "TRAO_SECRET_KEY": settings.SECRET_KEY,
            "TRAO_IDENTITY_KEY": settings.IDENTITY_KEY,
            "TRAO_FILES": str(_files_folder()),
            "PYTHONWARNINGS": "",
        }

    def ring(self, job: Job) -> None:
        """Puts the job's id on the queue, as `administration.tasks.ring` does."""
        from config.celery import app

        with app.connection_for_write(self.broker) as broker:
            app.send_task("administration.tasks.run_job", [str(job.pk)], connection=broker)

    def sweep(self) -> None:
        """What the beat does every 30 seconds."""
        for job_id in jobs.sweep():
            self.ring(Job(pk=job_id))

    def children(self) -> list[int]:
        """The pool's processes."""
        main = self.process.pid if self.process and self.process.poll() is None else 0
        found = [pid for pid, parent in _parents() if parent == main and main]
        self.seen.update(found, [main] if main else [])
        return found

    def kill_child(self) -> None:
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        """kill -9 of the whole process group."""
        if self.process is None:
            return
        self.children()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def leftovers(self) -> set[int]:
        """Processes of this worker that still run."""
        return {pid for pid in self.seen if Path(f"/proc/{pid}").exists() and not _is_zombie(pid)}

    def log(self) -> str:
        return (self.folder / "worker.log").read_text(errors="replace")[-3000:]

    def wait_until_blocked(self, job: Job) -> int:
        """Until this job runs and a statement of the application waits for a lock. Returns the backend's pid."""
        return wait_for(lambda: _waiting_backend() if _state(job) == Job.State.RUNNING else None, "the lock", self.log)

    def wait_until_gone(self) -> None:
        """Until nothing of the killed process is left: its session ended, and the worker has a child again.

        A session that waits for a lock notices its dead client only when the wait ends (lock_timeout, 5 seconds in
        production and a minute here), so that is cut short.
        """
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM ({_WAITING}) waiting")
        wait_for(lambda: _waiting_backend() is None, "the session to end", self.log)
        wait_for(lambda: bool(self.children()), "a new child", self.log)

    def wait_until_idle(self) -> None:
        """Until a job that is rung for now has been looked at: every message before it has been, too."""
        with within(*EVERYWHERE):
            officer = Job.objects.order_by("created_at").values_list("requested_by_id", flat=True).last()
            marker = Job.objects.create(kind="nothing", subject_id=0, requested_by_id=officer)
        self.ring(marker)
        wait_for(lambda: _state(marker) != Job.State.QUEUED or _attempts(marker), "the marker", self.log)
        Job.objects.filter(pk=marker.pk).delete()

    def sweep_for(self, job: Job) -> None:
        """Rings for a job as its first message or as the sweep would."""
        self.sweep()
        if _state(job) == Job.State.QUEUED:
            self.ring(job)

    def wait_until(self, job: Job, state: str) -> None:
        wait_for(lambda: _state(job) == state, f"the job to be {state}", lambda: f"it is {_state(job)}\n{self.log()}")


def wait_for(condition: Callable[[], Any], what: str, explain: Callable[[], str], patience: float = PATIENCE) -> Any:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {patience:.0f} s in vain for {what}: {explain()}")


def end_lease(job: Job) -> None:
    """As if the dead worker's lease had run out; leases are compared by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE administration_job SET lease_until = now() - interval '1 second' WHERE id = %s", [job.pk]
        )


def _state(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def _attempts(job: Job) -> int:
    return Job.objects.values_list("attempts", flat=True).get(pk=job.pk)


def _waiting_backend() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        row = cursor.fetchone()
    return row[0] if row else None


def _files_folder() -> Path:
    from django.core.files.storage import storages

    return Path(storages["default"].location)  # type: ignore[attr-defined]


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError, IndexError, ValueError):
                yield int(entry.name), int((entry / "stat").read_text().rsplit(") ", 1)[1].split()[1])


def _is_zombie(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][:1] == "Z"
    return False
