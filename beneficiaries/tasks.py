"""The work on commune files in the background: reading, saving, undoing. One transaction each (administration.jobs)."""

from celery import shared_task
from django.core.management import call_command

from administration.jobs import JobRun, handles, when_failed
from administration.models import Officer
from administration.tasks import ring
from beneficiaries.actions import duplicates, import_files, sources
from beneficiaries.actions.import_reading import read_file


@handles(import_files.READ)
def read(run: JobRun) -> None:
    read_file(run.subject_id, by=run.officer, progress=run.progress)
    if job := duplicates.ask_in_file(run.subject_id, by=run.officer):
        ring(job)


@handles(duplicates.FIND)
def find_duplicates_in_file(run: JobRun) -> None:
    """After the reading and not within it, so that nobody waits for it: pairs are asked about two pages later."""
    duplicates.find_in_file(run.subject_id, by=run.officer)


@handles(import_files.APPLY)
def apply(run: JobRun) -> None:
    import_files.apply_file(run.subject_id, by=run.officer, progress=run.progress)


@handles(import_files.UNDO)
def undo(run: JobRun) -> None:
    run.progress(0, 1)
    import_files.undo_file(run.subject_id, by=run.officer)
    run.progress(1, 1)


@handles(sources.READ)
def read_source(run: JobRun) -> None:
    sources.read_source(run.subject_id, by=run.officer, progress=run.progress)


@handles(sources.MATCH)
def match_source(run: JobRun) -> None:
    sources.match_source(run.subject_id, by=run.officer, progress=run.progress)


def _settle_source(kind: str) -> None:
    @when_failed(kind)
    def settle(source_id: int, officer: Officer, error: str) -> None:
        sources.settle_source(kind, source_id, error)


for _source_kind in (sources.READ, sources.MATCH):
    _settle_source(_source_kind)


def _settle(kind: str) -> None:
    @when_failed(kind)
    def settle(file_id: int, officer: Officer, error: str) -> None:
        import_files.settle(kind, file_id, error)


for _kind in (import_files.READ, import_files.APPLY, import_files.UNDO):
    _settle(_kind)


@shared_task(name="beneficiaries.tasks.find_duplicates")
def find_duplicates() -> None:
    """Every night, for what changed."""
    call_command("find_duplicates")
