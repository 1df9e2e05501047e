"""Builds reports in the background: gathered on one snapshot, written to files, and both kept or neither."""

from __future__ import annotations

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from administration.jobs import JobRun, handles, prepares, when_failed
from administration.models import Officer
from administration.scope import everywhere
from administration.tasks import ring
from reports.actions import BUILD, keep_report
from reports.building import Gathered, gather, write
from reports.definitions import REPORTS
from reports.files import has_expired, remove_files_of, remove_unknown_files, shelf, stem_of
from reports.models import ReportRun
from reports.schedules import ask_due
from reports.sources import Question
from reports.verifying import verify_and_keep


@prepares(BUILD)
def gather_report(run: JobRun) -> Gathered:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (taken_at,) = cursor.fetchone()
    asked = ReportRun.objects.select_related("area__parent", "round").get(pk=run.subject_id)
    question = Question(asked.area, asked.round, run.officer, taken_at)
    snapshot_id = f"{asked.area.code}-{timezone.localtime(taken_at):%y%m%d-%H%M%S}-{asked.pk}"
    return gather(REPORTS[asked.kind], question, snapshot_id=snapshot_id, reason=asked.reason)


@handles(BUILD)
def build_report(run: JobRun, gathered: Gathered) -> None:
    total = 2 * len(gathered.rows) + 1
    written = write(
        gathered, shelf(), stem_of(run.subject_id, run.attempt), on_row=lambda row: run.progress(row + 1, total)
    )
    keep_report(run.subject_id, gathered, written, by=run.officer)
    # Not before the commit: an attempt that was taken over meanwhile must not touch the files of the other.
    transaction.on_commit(lambda: remove_files_of(run.subject_id, but=run.attempt))


@when_failed(BUILD)
def forget_report(run_id: int, officer: Officer, error: str) -> None:
    remove_files_of(run_id)


@shared_task(name="reports.tasks.ask_scheduled")
def ask_scheduled() -> None:
    """Often enough that a report of Monday is there on Monday; asking is exactly once (reports.schedules)."""
    for run in ask_due():
        if run.job is not None:
            ring(run.job)


@shared_task(name="reports.tasks.tidy_shelf")
def tidy_shelf() -> None:
    """Files with personal data lie about no longer than they may be downloaded, nor does what a lost worker left."""
    personal = [definition.key for definition in REPORTS.values() if definition.keeps_files_for]
    with everywhere():
        kept = list(ReportRun.objects.exclude(xlsx=""))
        expired = [run for run in kept if run.kind in personal and has_expired(run)]
        ReportRun.objects.filter(pk__in=[run.pk for run in expired]).update(xlsx="", pdf="")
    gone = {run.pk for run in expired}
    remove_unknown_files({str(file) for run in kept if run.pk not in gone for file in (run.xlsx, run.pdf) if file})


@shared_task(name="reports.tasks.verify_nightly")
def verify_nightly() -> None:
    """Whether the data keeps all its rules; the result is on the to-do page of province and administrator."""
    verify_and_keep()
