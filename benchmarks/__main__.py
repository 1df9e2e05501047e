"""`./trao bench [name ...]`: runs benchmarks in an embedded cluster of their own and prints their tables.

Every figure is a median, beside a peer measured in the same run. Keep the last result in benchmarks/README.md.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import django

from config.embedded import Cluster, data_folder, environment

NAMES = ["households_page", "importing", "approving", "review_queue", "dashboard", "reports", "matching"]
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "TRAO_SECRET_KEY": "bench-" + "x" * 60,
    "TRAO_IDENTITY_KEY": "00" * 32,
    "TRAO_DEMO": "1",
    "TRAO_TLS": "0",
    "TRAO_HASHED_STATIC": "0",
    "TRAO_HOSTS": "testserver",
    "TRAO_LOG_LEVEL": "ERROR",
    "TRAO_FILES": str(data_folder("bench") / "files"),
}


def main() -> int:
    cluster = Cluster(data_folder("bench"), durable=True)
    cluster.start()
    try:
        os.environ.update(environment(cluster))
        os.environ.update(SETTINGS)
        _migrate()
        django.setup()
        for name in sys.argv[1:] or NAMES:
            importlib.import_module(f"benchmarks.{name}").run()
    finally:
        cluster.stop()
    return 0


def _migrate() -> None:
    for command in (["migrate", "-v0"], ["load_areas", "--province", "60", "--as-of", "2024-12-01", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
