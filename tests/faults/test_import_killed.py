"""Workers that die in the middle of an import: nothing is lost, nothing is doubled (reliability F1, F2, F4, F10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from administration.models import AuditEvent, Job
from administration.scope import EVERYWHERE, scope_of, within
from administration.verbs import Verb
from beneficiaries.actions import import_files
from beneficiaries.models import Household, ImportFile, Person, StagedHousehold
from tests.beneficiaries.lists import a_list, household, read, reloaded
from tests.conftest import owner_connection
from tests.factories import make_officer
from tests.faults.worker import RealWorker, end_lease

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
ROWS = 40
Kill = Callable[[RealWorker], None]


@pytest.fixture
def official():
    with within(*EVERYWHERE):
        return make_officer()


@pytest.fixture
def worker(tmp_path) -> Iterator[RealWorker]:
    with RealWorker(tmp_path) as running:
        yield running
    assert running.leftovers() == set()


def content() -> bytes:
    return a_list([household(i, **{"Số CCCD": "" if i % 9 == 0 else f"060170{i:06d}"}) for i in range(ROWS)])


def ready_file(official) -> ImportFile:
    with within(*EVERYWHERE):
        return read(content(), official)


def ask_to_save(file: ImportFile, official) -> Job:
    with scope_of(official):
        return import_files.start_apply(file.pk, by=official)


@contextmanager
def in_the_way(statement: str) -> Iterator[psycopg.Connection]:
    """Another session holds a lock that the job needs, until the block ends."""
    with owner_connection() as other, other.transaction():
        other.execute("SELECT set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true)")
        other.execute(statement)
        yield other


# The last statement of a saving: households and people are written by then, and not yet committed.
LAST_ROW = "SELECT 1 FROM beneficiaries_stagedhousehold ORDER BY id DESC LIMIT 1 FOR NO KEY UPDATE"
STAGING = "LOCK TABLE beneficiaries_stagedhousehold IN SHARE MODE"


def kill_the_child(worker: RealWorker) -> None:
    worker.kill_child()


def kill_the_worker(worker: RealWorker) -> None:
    worker.kill()
    worker.start()


def what_the_register_says() -> list[tuple]:
    with within(*EVERYWHERE):
        households = Household.objects.order_by("code").values_list(
            "code", "hamlet", "category", "member_count", "version", "source__row_no"
        )
        people = Person.objects.order_by("household__code", "pk").select_related("household")
        return [
            *households,
            *[(p.household.code, p.full_name, p.is_head, p.birth_text, p.identity_number) for p in people],
        ]


def invariants() -> None:
    """I5, I6 and I8 of the reliability page."""
    with within(*EVERYWHERE), connection.cursor() as cursor:
        for file in ImportFile.objects.all():
            applied = file.households.filter(state=StagedHousehold.State.APPLIED).count()
            in_register = Household.objects.filter(source__file=file).count()
            if file.state == ImportFile.State.APPLIED:
                assert file.summary["households"] == applied + file.left_out == file.households.count()
                assert in_register == file.added
            else:
                assert (applied, in_register) == (0, 0)
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM beneficiaries_importfile WHERE state = 'applied'"
            " GROUP BY area_no, sha256 HAVING count(*) > 1) twice"
        )
        assert cursor.fetchone() == (0,)
        assert not Job.objects.unfinished().exclude(kind="import.duplicates").exists()  # that one follows
        assert not ImportFile.objects.filter(state__in=["reading", "applying"]).exists()


def wipe() -> None:
    connection.close()
    with owner_connection() as owner:
        owner.execute(
            "TRUNCATE beneficiaries_household, beneficiaries_householdnumber, beneficiaries_importfile,"
            " administration_job, administration_auditevent, reports_householdcount CASCADE"
        )


def saved_without_a_fault(worker: RealWorker, official) -> list[tuple]:
    job = ask_to_save(ready_file(official), official)
    worker.ring(job)
    worker.wait_until(job, Job.State.DONE)
    said = what_the_register_says()
    wipe()
    return said


@pytest.mark.parametrize("kill", [kill_the_child, kill_the_worker], ids=["child", "worker"])
def test_a_saving_killed_in_the_middle_is_finished_by_the_next_worker(worker, official, kill):
    expected = saved_without_a_fault(worker, official)
    file = ready_file(official)
    job = ask_to_save(file, official)
    with in_the_way(LAST_ROW):
        worker.ring(job)
        worker.wait_until_blocked(job)
        kill(worker)
        worker.wait_until_gone()
        assert what_the_register_says() == []
        job.refresh_from_db()
        assert (job.state, job.attempts) == (Job.State.RUNNING, 1)
    end_lease(job)
    worker.sweep()
    worker.wait_until(job, Job.State.DONE)
    assert what_the_register_says() == expected
    with within(*EVERYWHERE):
        assert AuditEvent.objects.filter(verb=Verb.FILE_APPLIED).count() == 1
        assert (reloaded(file).added, Job.objects.get(pk=job.pk).attempts) == (ROWS, 2)
    invariants()


@pytest.mark.parametrize("kill", [kill_the_child, kill_the_worker], ids=["child", "worker"])
def test_a_reading_killed_in_the_middle_stages_every_row_once(worker, official, kill):
    with within(*EVERYWHERE):
        upload = import_files.upload_file(_stream(), "ds.xlsx", by=official)
    job = upload.file.job
    with in_the_way(STAGING):
        worker.ring(job)
        worker.wait_until_blocked(job)
        kill(worker)
        worker.wait_until_gone()
    end_lease(job)
    worker.sweep()
    worker.wait_until(job, Job.State.DONE)
    with within(*EVERYWHERE):
        file = reloaded(upload.file)
        assert (file.state, file.households.count(), file.households.ready().count()) == ("checked", ROWS, ROWS)
    invariants()


def test_a_job_that_always_kills_its_process_fails_after_three_attempts(worker, official):
    file = ready_file(official)
    job = ask_to_save(file, official)
    with in_the_way(LAST_ROW):
        for _attempt in range(3):
            worker.sweep_for(job)
            worker.wait_until_blocked(job)
            worker.kill_child()
            worker.wait_until_gone()
            end_lease(job)
        worker.sweep()
    with within(*EVERYWHERE):
        file = reloaded(file)
        assert (file.job.state, file.job.attempts, file.state) == (Job.State.FAILED, 3, ImportFile.State.CHECKED)
        assert file.refusal == file.job.error != ""
    invariants()
    with scope_of(official):  # and the officer can try again
        again = import_files.start_apply(file.pk, by=official)
    worker.ring(again)
    worker.wait_until(again, Job.State.DONE)
    invariants()


def test_five_messages_for_one_saving_save_once(worker, official):
    file = ready_file(official)
    job = ask_to_save(file, official)
    for _message in range(5):
        worker.ring(job)
    worker.wait_until(job, Job.State.DONE)
    worker.wait_until_idle()
    with within(*EVERYWHERE):
        assert (Household.objects.count(), Job.objects.get(pk=job.pk).attempts) == (ROWS, 1)
    invariants()


def test_control_without_a_second_sweep_a_killed_saving_stays_undone(worker, official):
    """Negative control: the kill does happen in the middle, and it is the sweep that repairs it."""
    job = ask_to_save(ready_file(official), official)
    with in_the_way(LAST_ROW):
        worker.ring(job)
        worker.wait_until_blocked(job)
        kill_the_child(worker)
        worker.wait_until_gone()
    worker.wait_until_idle()
    job.refresh_from_db()
    assert (job.state, what_the_register_says()) == (Job.State.RUNNING, [])


def _stream():
    import io

    return io.BytesIO(content())
