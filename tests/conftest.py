"""Fixtures of the whole suite. Tests run as the application role, in a database that the owner made by migrations."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from administration.scope import EVERYWHERE, within
from tests.browser import browser  # noqa: F401 - one Chromium for the whole suite

KEPT = {"django_migrations", "django_content_type", "auth_permission", "administration_area",
        "administration_areasuccessor", "beneficiaries_ethnicgroup", "allocations_calendarday"}  # fmt: skip
AS_OF = datetime.date(2024, 12, 15)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Creates and migrates as the owner, loads the units of Bình Thuận, then continues as the application role."""
    application = settings.DATABASES["default"]["USER"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _sign_in_as(settings.DATABASE_OWNER_ROLE)
        made = setup_databases(verbosity=0, interactive=False)
        call_command("load_areas", province=["60"], as_of=AS_OF.isoformat(), verbosity=0, stdout=_Nowhere())
        connection.close()
        _sign_in_as(application)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connection.close()
        _sign_in_as(settings.DATABASE_OWNER_ROLE)
        _end_other_sessions()
        teardown_databases(made, verbosity=0)


def _end_other_sessions() -> None:
    """A server's thread may still hold a connection to the database that is about to go."""
    with owner_connection() as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IN (current_user, %s)",
            [settings.DATABASE_APP_ROLE],
        )


class _Nowhere:
    def write(self, text: str) -> None: ...


def _sign_in_as(role: str) -> None:
    connection.settings_dict["USER"] = role


def owner_connection() -> psycopg.Connection:
    """A connection of the tables' owner: for emptying tables and for planting defects."""
    place = {k: v for k, v in connection.get_connection_params().items() if k in ("host", "port", "dbname", "password")}
    return psycopg.connect(**place, user=settings.DATABASE_OWNER_ROLE, autocommit=True)


def _empty_tables(self: TransactionTestCase) -> None:
    """The application role may not TRUNCATE, so tests with real transactions are cleaned by the owner."""
    connection.close()
    with owner_connection() as owner:
        owner.execute("SET lock_timeout = '10s'")
        tables = {name for (name,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        owner.execute("TRUNCATE " + ", ".join(sorted(tables - KEPT)) + " RESTART IDENTITY CASCADE")


TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]


@pytest.fixture
def everywhere(db: None) -> Iterator[None]:
    """The test's own transaction sees the whole country; requests made in it still get their officer's scope."""
    with within(*EVERYWHERE):
        yield


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uploads and reports of this test go to a folder of its own."""
    from django.core.files.storage import storages

    monkeypatch.setattr(storages["default"], "_location", str(tmp_path))
    for cached in ("base_location", "location"):
        storages["default"].__dict__.pop(cached, None)
    return tmp_path


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Actions speak the source language in tests; requests speak Vietnamese, as they do in life."""
    with translation.override("en"):
        yield
