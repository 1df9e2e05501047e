"""The work on commune files in the background: reading, saving, undoing. One transaction each (administration.jobs)."""

from administration.jobs import JobRun, handles, when_failed
from administration.models import Officer
from beneficiaries.actions import import_files
from beneficiaries.actions.import_reading import read_file


@handles(import_files.READ)
def read(run: JobRun) -> None:
    read_file(run.subject_id, by=run.officer, progress=run.progress)


@handles(import_files.APPLY)
def apply(run: JobRun) -> None:
    import_files.apply_file(run.subject_id, by=run.officer, progress=run.progress)


@handles(import_files.UNDO)
def undo(run: JobRun) -> None:
    run.progress(0, 1)
    import_files.undo_file(run.subject_id, by=run.officer)
    run.progress(1, 1)


def _settle(kind: str) -> None:
    @when_failed(kind)
    def settle(file_id: int, officer: Officer, error: str) -> None:
        import_files.settle(kind, file_id, error)


for _kind in (import_files.READ, import_files.APPLY, import_files.UNDO):
    _settle(_kind)
