"""Jobs as rows: one effect per job, whatever happens to messages and workers."""

import pytest
from django.db import connection
from django.utils import timezone

from administration import jobs
from administration.models import AuditEvent, Job
from administration.refusals import NotPossible
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from tests.factories import LIEN_HUONG, commune, make_household, make_officer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    with within(*EVERYWHERE):
        return make_officer()


@pytest.fixture(autouse=True)
def own_handlers(monkeypatch):
    for registry in ("HANDLERS", "PREPARATIONS", "ON_FAILURE"):
        monkeypatch.setattr(jobs, registry, {})


def worked(run):
    AuditEvent.record(Verb.FILE_APPLIED, run.officer, by=run.officer, area=run.officer.area)


def effects() -> int:
    with within(*EVERYWHERE):
        return AuditEvent.objects.count()


def expire(job):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE administration_job SET lease_until = now() - interval '1 second' WHERE id = %s", [job.pk]
        )


def test_a_job_runs_once_however_often_it_is_delivered(officer):
    jobs.handles("test")(worked)
    job = jobs.ask("test", 1, by=officer)
    assert [jobs.run(job.pk) for _ in range(5)] == [True, False, False, False, False]
    assert effects() == 1
    job.refresh_from_db()
    assert (job.state, job.percent) == (Job.State.DONE, 100)


def test_a_job_sees_only_what_its_officer_may_see(officer):
    with within(*EVERYWHERE):
        make_household(commune())
        make_household(commune(LIEN_HUONG))
    seen = []

    @jobs.handles("test")
    def look(run):
        from beneficiaries.models import Household

        seen.append(Household.objects.count())

    jobs.run(jobs.ask("test", 1, by=officer).pk)
    assert seen == [1]


def test_an_error_rolls_the_work_back_and_the_job_is_tried_again_three_times(officer):
    settled = []

    @jobs.handles("test")
    def fail(run):
        worked(run)
        raise RuntimeError("boom")

    jobs.when_failed("test")(lambda subject_id, by, error: settled.append((subject_id, error)))
    job = jobs.ask("test", 7, by=officer)
    for expected in (Job.State.QUEUED, Job.State.QUEUED, Job.State.FAILED):
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == expected
    assert effects() == 0
    assert job.error
    assert [subject for subject, _ in settled] == [7]


def test_a_refusal_fails_at_once_with_its_sentence(officer):
    @jobs.handles("test")
    def refuse(run):
        raise NotPossible("Hết chỉ tiêu.")

    job = jobs.ask("test", 1, by=officer)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (Job.State.FAILED, "Hết chỉ tiêu.", 1)


def test_a_worker_that_was_overtaken_leaves_no_effect(officer):
    """Fencing: while the first worker works, its lease runs out and a second one finishes the job."""

    @jobs.handles("test")
    def overtaken(run):
        worked(run)
        if run.attempt == 1:
            from concurrent.futures import ThreadPoolExecutor

            def second_worker():
                try:
                    expire(job)
                    return jobs.run(job.pk)
                finally:
                    connection.close()

            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(second_worker).result(timeout=20)

    job = jobs.ask("test", 1, by=officer)
    jobs.run(job.pk)
    assert effects() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 2)


def test_control_without_the_fence_the_overtaken_worker_would_count_twice(officer, monkeypatch):
    monkeypatch.setattr(jobs, "_mine", lambda claimed: Job.objects.filter(pk=claimed.job_id))
    ran = []

    @jobs.handles("test")
    def overtaken(run):
        worked(run)
        ran.append(run.attempt)
        if run.attempt == 1:
            from concurrent.futures import ThreadPoolExecutor

            def second_worker():
                try:
                    expire(job)
                    return jobs.run(job.pk)
                finally:
                    connection.close()

            with ThreadPoolExecutor(1) as pool:
                pool.submit(second_worker).result(timeout=20)

    job = jobs.ask("test", 1, by=officer)
    jobs.run(job.pk)
    assert effects() == 2


def test_a_lost_message_and_a_dead_worker_are_swept_up(officer):
    jobs.handles("test")(worked)
    lost, dead, fresh = (jobs.ask("test", number, by=officer) for number in (1, 2, 3))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE administration_job SET rung_at = now() - interval '1 hour' WHERE id = %s", [lost.pk])
    assert jobs._claim(dead.pk) is not None
    expire(dead)
    assert set(jobs.sweep()) == {lost.pk, dead.pk}
    assert fresh.pk not in jobs.sweep()
    assert jobs.run(dead.pk)
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (Job.State.DONE, 2)


def test_a_job_that_kills_its_worker_every_time_ends_as_failed(officer):
    settled = []
    jobs.handles("test")(worked)
    jobs.when_failed("test")(lambda subject_id, by, error: settled.append(error))
    job = jobs.ask("test", 1, by=officer)
    for _ in range(3):
        assert jobs._claim(job.pk) is not None
        expire(job)
    assert jobs.sweep() == []
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert len(settled) == 1
    assert not jobs.run(job.pk)


def test_cancelling_a_waiting_job_and_a_running_one(officer):
    @jobs.handles("test")
    def cancelled_midway(run):
        worked(run)
        from concurrent.futures import ThreadPoolExecutor

        def other_request():
            try:
                return jobs.cancel(Job.objects.get(pk=run.job_id))
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(other_request).result(timeout=20)

    waiting, running = jobs.ask("test", 1, by=officer), jobs.ask("test", 2, by=officer)
    assert jobs.cancel(waiting)
    assert not jobs.run(waiting.pk)
    jobs.run(running.pk)
    running.refresh_from_db()
    assert running.state == Job.State.CANCELLED
    assert effects() == 0


def test_the_same_work_is_not_asked_for_twice_at_once(officer):
    jobs.handles("test")(worked)
    job = jobs.ask("test", 1, by=officer)
    with pytest.raises(NotPossible):
        jobs.ask("test", 1, by=officer)
    jobs.run(job.pk)
    jobs.ask("test", 1, by=officer)


def test_preparation_reads_one_snapshot_while_others_write(officer):
    counts = []

    @jobs.prepares("test")
    def read(run):
        from concurrent.futures import ThreadPoolExecutor

        from beneficiaries.models import Household

        def somebody_writes():
            try:
                with within(*EVERYWHERE):
                    make_household(commune())
            finally:
                connection.close()

        counts.append(Household.objects.count())
        with ThreadPoolExecutor(1) as pool:
            pool.submit(somebody_writes).result(timeout=20)
        counts.append(Household.objects.count())
        return timezone.now()

    @jobs.handles("test")
    def write(run, prepared):
        from beneficiaries.models import Household

        counts.append(Household.objects.count())

    jobs.run(jobs.ask("test", 1, by=officer).pk)
    assert counts == [0, 0, 1]
