"""A PostgreSQL of the simulation's own, with the tables made by the product's migrations: the server that crashes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from config.embedded import APP, OWNER, PORT, ROOT, Cluster, data_folder

KEPT = {"django_migrations", "django_content_type", "auth_permission", "administration_area",
        "administration_areasuccessor", "beneficiaries_ethnicgroup", "administration_cache"}  # fmt: skip


# A commit is answered after its log was written, as in production. What was written outlives the server's processes
# without fsync, and a start after a crash takes one second instead of ten.
SETTINGS = {"synchronous_commit": "on", "fsync": "off", "log_lock_waits": "on"}


class SimulatedServer:
    """The cluster and its one database, named after the migrations that made it."""

    def __init__(self) -> None:
        self.cluster = Cluster(data_folder("simulation"), settings=SETTINGS)
        self.database = f"sim_{_digest_of_migrations()}"

    def start(self) -> None:
        """Running, migrated and empty."""
        self.cluster.start()
        with self.superuser("postgres") as c:
            there = {
                name for (name,) in c.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'sim_')")
            }
            for old in there - {self.database}:
                c.execute(f"DROP DATABASE {old} WITH (FORCE)")
            if self.database not in there:
                c.execute(f"CREATE DATABASE {self.database}_new OWNER {OWNER}")
                self._migrate(f"{self.database}_new")
                c.execute(f"ALTER DATABASE {self.database}_new RENAME TO {self.database}")
        self.repair()
        self.empty()

    def stop(self) -> None:
        self.cluster.stop()

    def crash(self) -> None:
        """No checkpoint, every process dies where it is, the log is replayed at the start."""
        cluster = self.cluster
        cluster._run("pg_ctl", "-D", cluster.pgdata, "-m", "immediate", "-w", "stop")
        cluster.start()

    def empty(self) -> None:
        with self.superuser() as c:
            tables = {name for (name,) in c.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
            c.execute("TRUNCATE " + ", ".join(sorted(tables - KEPT)) + " RESTART IDENTITY CASCADE")

    def deadlocks(self, since: int) -> list[str]:
        """What the server's log says of each deadlock behind this length of it: who waited for whom, doing what."""
        told = self.log.read_bytes()[since:].decode(errors="replace").split("ERROR:  deadlock detected")[1:]
        return [" ".join(one.split("\n20")[1].split()) + one.partition("STATEMENT:")[2][:600] for one in told]

    @property
    def log(self) -> Path:
        return self.cluster.pgdata.parent / "pg.log"

    def superuser(self, database: str | None = None) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.cluster.sockets), port=PORT, user="postgres", dbname=database or self.database,
            autocommit=True,
        )  # fmt: skip

    def environment(self, database: str | None = None) -> dict[str, str]:
        name = database or self.database
        return {
            "DATABASE_URL": self.cluster.url(APP, name),
            "DATABASE_OWNER_URL": self.cluster.url(OWNER, name),
            "TRAO_SECRET_KEY": "only-for-the-simulation-" + "x" * 50,
            "TRAO_IDENTITY_KEY": "00112233445566778899aabbccddeeff" * 2,
            "TRAO_TLS": "0",
            "TRAO_DEMO": "1",
            "TRAO_HASHED_STATIC": "0",
            "TRAO_FILES": str(data_folder("simulation") / "files"),
            "TRAO_STATIC": str(data_folder("simulation") / "static"),
        }

    def repair(self) -> None:
        """Puts back the constraints that an interrupted control took away; whoever still works for it is sent home."""
        with self.superuser() as c:
            if c.execute("SELECT to_regclass('control.taken')").fetchone()[0] is None:  # type: ignore[index]
                return
            c.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            self.empty()
            for (statement,) in c.execute("SELECT statement FROM control.taken ORDER BY no").fetchall():
                c.execute(statement)
            c.execute("DROP SCHEMA control CASCADE")

    def _migrate(self, database: str) -> None:
        environment = {**os.environ, **self.environment(database)}
        for command in (["migrate", "-v0"], ["load_areas", "--province", "60", "--as-of", "2024-12-15", "-v0"]):
            done = subprocess.run(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, check=False
            )
            if done.returncode:
                raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])


def _digest_of_migrations() -> str:
    files = sorted(Path(ROOT).glob("*/migrations/*.py")) + sorted(Path(ROOT).glob("administration/units/*.csv"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:16]
