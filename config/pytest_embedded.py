"""A pytest plugin that starts the test cluster before Django reads its settings, and stops it afterwards."""

from __future__ import annotations

import os
import signal

import pytest

from config.embedded import Cluster, broker_url, data_folder, environment

_started: list[Cluster] = []


def _test_environment() -> None:
    if "DATABASE_URL" not in os.environ:
        cluster = Cluster(data_folder("test"), durable=False)
        if not cluster.is_running():
            cluster.start()
            _started.append(cluster)
        else:
            cluster.start()
        os.environ.update(environment(cluster))
        os.environ.setdefault("CELERY_BROKER_URL", broker_url(cluster.sockets))  # started by the tests that need it
    os.environ.setdefault("TRAO_SECRET_KEY", "only-for-tests-" + "x" * 50)
    os.environ.setdefault("TRAO_IDENTITY_KEY", "00112233445566778899aabbccddeeff" * 2)
    os.environ.setdefault("TRAO_TLS", "0")
    os.environ.setdefault("TRAO_DEMO", "1")
    os.environ.setdefault("TRAO_HASHED_STATIC", "0")
    static = data_folder("test") / "static"  # empty: pages of tests load static files from their sources
    static.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("TRAO_STATIC", str(static))
    os.environ.setdefault("TRAO_FILES", str(data_folder("test") / "files"))


signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped either way, the servers are stopped, too
_test_environment()  # at import: pytest-django reads the settings before any hook of ours


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    for cluster in _started:
        cluster.stop()
