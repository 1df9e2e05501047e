"""`./trao check`: everything a machine can see in the code. Runs all checks and then says which failed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from config.embedded import ROOT, Cluster, data_folder, environment

BIN = Path(sys.executable).parent
DEPLOYED = {  # a made-up production environment: the settings of a real start, checked without one
    "TRAO_SECRET_KEY": "check-" + "0123456789abcdef" * 4,
    "TRAO_IDENTITY_KEY": "0123456789abcdef" * 4,
    "TRAO_HOSTS": "trao.example.vn",
    "TRAO_DEMO": "0",
    "TRAO_TLS": "1",
}


def main() -> int:
    cluster = Cluster(data_folder("test"), durable=False)
    was_running = cluster.is_running()
    cluster.start()
    try:
        env = {**os.environ, **environment(cluster), **DEPLOYED}
        failed = [name for name, check in checks(env).items() if not _passes(name, check)]
    finally:
        if not was_running:
            cluster.stop()
    _say(f"{len(failed)} failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def checks(env: dict[str, str]) -> dict[str, Callable[[], bool]]:
    templates = subprocess.run(
        ["git", "ls-files", "templates/*.html"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pages = templates.stdout.split()
    manage = [sys.executable, "manage.py"]
    demo = {**env, "TRAO_DEMO": "1", "TRAO_TLS": "0"}
    return {
        "ruff check": lambda: _run([str(BIN / "ruff"), "check", "."], env),
        "ruff format": lambda: _run([str(BIN / "ruff"), "format", "--check", "."], env),
        "mypy": lambda: _run([str(BIN / "mypy"), "--no-error-summary", *PACKAGES], demo),
        "import contracts": lambda: _run([str(BIN / "lint-imports")], demo),
        "templates": lambda: _run([str(BIN / "djade"), "--check", "--target-version", "5.2", *pages], env),
        "migrations": lambda: _run([*manage, "makemigrations", "--check", "--dry-run"], demo),
        "translations": lambda: _run([sys.executable, "-m", "config.translations", "missing"], env),
        "check --deploy": lambda: _run([*manage, "check", "--deploy", "--fail-level", "WARNING"], env),
    }


PACKAGES = ["config", "administration", "beneficiaries", "devices", "allocations", "reports", "demo"]


def _passes(name: str, check: Callable[[], bool]) -> bool:
    passed = check()
    _say(f"{'ok    ' if passed else 'FAILED'} {name}")
    return passed


def _run(command: list[str], env: dict[str, str]) -> bool:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        _say(done.stdout + done.stderr)
    return done.returncode == 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
