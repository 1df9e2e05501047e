"""The local default: starts what Trao needs on one machine and stops it again (`./trao demo`, `./trao manage`).

Nothing here is used in production, where DATABASE_URL and CELERY_BROKER_URL come from the environment.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from config.embedded import ROOT, Cluster, data_folder, environment, start_valkey

PYTHON = sys.executable


def main() -> int:
    verb, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if verb == "demo":
        return demo(rest)
    if verb == "manage":
        return manage(rest)
    return sys.exit("usage: python -m config.local demo|manage ...") or 2


def manage(arguments: list[str]) -> int:
    """Any management command, with the embedded database unless DATABASE_URL names another."""
    with _database(data_folder("demo")) as addresses:
        return subprocess.call([PYTHON, "manage.py", *arguments], cwd=ROOT, env=_env(data_folder("demo"), addresses))


def demo(arguments: list[str]) -> int:
    options = _demo_options(arguments)
    data = data_folder("demo")
    if options.reset or _was_interrupted(data):
        _forget(data)
    for number in (signal.SIGTERM, signal.SIGINT):  # SIGINT too: a shell that starts it in the background ignores it
        signal.signal(number, _as_interrupt)
    began = time.monotonic()
    try:
        with _database(data) as addresses, _broker(data, addresses) as broker:
            env = _env(data, {**addresses, **broker})
            _prepare(env, data, options.households, options.tiers)
            port = options.port or _free_port()
            with _services(env, port):
                _wait_for_page(port)
                _announce(port, time.monotonic() - began, _tiers_of(data))
                _serve_until_stopped()
    except KeyboardInterrupt:
        pass
    print("Trao đã dừng. / Trao has stopped.", flush=True)  # noqa: T201
    return 0


def _demo_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./trao demo", description="Trao with a made-up province, on this machine only."
    )
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away and start afresh")
    parser.add_argument(
        "--port", type=int, default=0, help="port of the web server (default: 8000 or the next free one)"
    )
    parser.add_argument("--households", type=int, help="a smaller province, for a slow machine (default: 24000)")
    parser.add_argument(
        "--tiers", type=int, choices=(2, 3), default=3,
        help="3: communes, districts, province (default); 2: without districts, the province reviews",
    )  # fmt: skip
    return parser.parse_args(arguments)


def _forget(data: Path) -> None:
    import shutil  # noqa: PLC0415

    cluster = Cluster(data)
    cluster.stop()
    for folder in (cluster.pgdata, data):
        shutil.rmtree(folder, ignore_errors=True)


def _was_interrupted(data: Path) -> bool:
    """The province was being made up when the power went: begin again rather than show half of it."""
    return (data / "begun").exists() and not (data / "prepared").exists()


def _tiers_of(data: Path) -> str:
    """Which of the two provinces stands in the database; asked for when it was made."""
    return (data / "prepared").read_text() or "3"


def _prepare(env: dict[str, str], data: Path, households: int | None, tiers: int = 3) -> None:
    """Tables, units and people; each step is skipped when it has been done."""
    done = data / "prepared"
    if done.exists():
        _manage(env, "migrate", "--verbosity", "0")
        return
    (data / "begun").touch()
    _say("Đang tạo cơ sở dữ liệu… / Creating the database…")
    _manage(env, "migrate", "--verbosity", "0")
    _say("Đang tạo tỉnh mẫu với người hư cấu… / Making up the demo province…")
    _manage(env, "demo_data", "--tiers", str(tiers), *(["--households", str(households)] if households else []))
    done.write_text(str(tiers))


def _manage(env: dict[str, str], *arguments: str) -> None:
    if subprocess.call([PYTHON, "manage.py", *arguments], cwd=ROOT, env=env):
        raise SystemExit(f"manage.py {' '.join(arguments)} failed")


@contextmanager
def _database(data: Path) -> Iterator[dict[str, str]]:
    if "DATABASE_URL" in os.environ:
        yield {}
        return
    cluster = Cluster(data)
    was_running = cluster.is_running()
    cluster.start()
    try:
        yield environment(cluster)
    finally:
        if not was_running:
            cluster.stop()


@contextmanager
def _broker(data: Path, addresses: dict[str, str]) -> Iterator[dict[str, str]]:
    if "CELERY_BROKER_URL" in os.environ:
        yield {}
        return
    server, url = start_valkey(data, Cluster(data).sockets)
    try:
        yield {"CELERY_BROKER_URL": url}
    finally:
        server.stop()


def _env(data: Path, addresses: dict[str, str]) -> dict[str, str]:
    keep = data / "secrets.json"
    if not keep.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep.write_text(
            json.dumps({"TRAO_SECRET_KEY": secrets.token_urlsafe(50), "TRAO_IDENTITY_KEY": secrets.token_hex(32)})
        )
        keep.chmod(0o600)
    defaults = {"TRAO_DEMO": "1", "TRAO_HASHED_STATIC": "0", "TRAO_DEBUG": "0", "TRAO_FILES": str(data / "files")}
    return {**defaults, **json.loads(keep.read_text()), **addresses, **os.environ, "PYTHONUNBUFFERED": "1"}


@contextmanager
def _services(env: dict[str, str], port: int) -> Iterator[None]:
    """Web server, worker and beat; all end together."""
    celery = [PYTHON, "-m", "celery", "-A", "config", "--quiet"]
    schedule = str(data_folder("demo") / "beat")
    commands = [
        [PYTHON, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4",
         "--log-level", "warning", "--preload"],
        [*celery, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip", "--loglevel", "warning"],
        [*celery, "beat", "--schedule", schedule, "--pidfile=", "--loglevel", "warning"],
    ]  # fmt: skip
    log = (data_folder("demo") / "services.log").open("ab")
    running = [subprocess.Popen(c, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True) for c in commands]
    try:
        yield
    finally:
        for process in running:
            _end_group(process, signal.SIGTERM)
        for process in running:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                _end_group(process, signal.SIGKILL)
        log.close()


def _end_group(process: subprocess.Popen[bytes], with_signal: signal.Signals) -> None:
    try:
        os.killpg(process.pid, with_signal)
    except ProcessLookupError:
        return


def _wait_for_page(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/suc-khoe/", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                log = data_folder("demo") / "services.log"
                raise SystemExit(f"The page does not answer; see {log}") from None
        time.sleep(0.2)


def _free_port() -> int:
    for port in range(8000, 8100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise SystemExit("No free port between 8000 and 8099; choose one with --port.")


def _announce(port: int, seconds: float, tiers: str) -> None:
    from demo import accounts  # noqa: PLC0415 - the demo app exists only in the demo

    logins = accounts.LOGINS_OF_TWO_TIERS if tiers == "2" else accounts.LOGINS
    lines = [f"  {name:<18} {who}" for name, who in logins]
    _say(
        f"\nTrao đang chạy (sau {seconds:.0f} giây): http://localhost:{port}/\n"
        f"Mật khẩu của mọi tài khoản mẫu: {accounts.PASSWORD}\n"
        + "\n".join(lines)
        + "\nCtrl-C để dừng. / Ctrl-C stops everything.\n"
    )


def _serve_until_stopped() -> None:
    while True:
        time.sleep(3600)


def _as_interrupt(number: int, frame: FrameType | None) -> Any:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
