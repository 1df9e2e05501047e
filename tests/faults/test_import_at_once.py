"""The same file twice at once, and two files of one commune at once (reliability F17)."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from administration import jobs
from administration.scope import EVERYWHERE, scope_of, within
from beneficiaries.actions import import_files
from beneficiaries.models import Household, ImportFile
from tests.beneficiaries.lists import a_list, household, read, reloaded
from tests.factories import make_officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
AT_ONCE = 8


@pytest.fixture
def official():
    with within(*EVERYWHERE):
        return make_officer()


def upload_at_once(official) -> list[bool]:
    content = a_list([household(1)])

    def upload(_number: int) -> bool:
        try:
            with scope_of(official):
                return import_files.upload_file(io.BytesIO(content), "ds.xlsx", by=official).is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(upload, range(AT_ONCE)))


def test_one_file_sent_many_times_at_once_is_one_import(official):
    assert sorted(upload_at_once(official)) == [False] * (AT_ONCE - 1) + [True]
    with within(*EVERYWHERE):
        assert ImportFile.objects.count() == 1


def test_control_without_the_lock_one_file_becomes_many_imports(official, monkeypatch):
    """Negative control: everybody looks for the file before anybody has stored it."""
    barrier = threading.Barrier(AT_ONCE)
    monkeypatch.setattr(import_files, "_lock_name", lambda *_: barrier.wait(timeout=20))
    monkeypatch.setattr(import_files, "MOST_AT_ONCE", AT_ONCE)  # else the slow ones of the eight are turned away
    upload_at_once(official)
    with within(*EVERYWHERE):
        assert ImportFile.objects.count() > 1


def test_two_files_with_one_household_are_saved_one_after_the_other(official):
    with within(*EVERYWHERE):
        first = read(a_list([household(1), household(2)]), official)
        second = read(a_list([household(2), household(3)]), official)
    with scope_of(official):
        import_files.start_apply(first.pk, by=official)
        job = import_files.start_apply(second.pk, by=official)

    def save_second() -> None:
        try:
            jobs.run(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), scope_of(official):
            import_files.apply_file(first.pk, by=official, progress=lambda done, total: None)
            waiting = pool.submit(save_second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1)
        waiting.result(timeout=20)
    with within(*EVERYWHERE):
        assert (reloaded(second).added, reloaded(second).unchanged, reloaded(second).refusal) == (1, 1, "")
        assert Household.objects.count() == 3
