"""The shelf of built reports: private files by run and attempt, which expire when they hold personal data."""

from __future__ import annotations

import datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

from beneficiaries.names import fold
from reports.building import digest_of
from reports.definitions import REPORTS
from reports.models import ReportRun

FOLDER = "reports"
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def shelf() -> Path:
    """The folder of the files; outside everything that a web server serves."""
    return Path(default_storage.path(FOLDER))


def stem_of(run_id: int, attempt: int) -> str:
    """The name of one attempt's files; two attempts never write to the same file."""
    return f"{run_id:08d}-{attempt}"


def stored_name(path: Path) -> str:
    """The path of a file on the shelf as a file field keeps it."""
    return f"{FOLDER}/{path.name}"


def remove_files_of(run_id: int, *, but: int | None = None) -> None:
    """Removes what attempts left behind; `but` is the attempt whose files are the report."""
    for path in [*shelf().glob(f"{run_id:08d}-*"), *shelf().glob(f".{run_id:08d}-*")]:
        if but is None or not path.name.startswith(f"{stem_of(run_id, but)}."):
            path.unlink(missing_ok=True)


def remove_unknown_files(known: set[str], *, older_than: datetime.timedelta = datetime.timedelta(days=1)) -> int:
    """Removes every file that no run points to (`known`: stored names); one being written now is younger."""
    limit = (timezone.now() - older_than).timestamp()
    unknown = [path for path in shelf().glob("*") if stored_name(path) not in known and path.stat().st_mtime < limit]
    for path in unknown:
        path.unlink(missing_ok=True)
    return len(unknown)


def expires_at(run: ReportRun) -> datetime.datetime | None:
    """Until when the files may be downloaded; None for ever."""
    definition = REPORTS.get(run.kind)
    kept = definition.keeps_files_for if definition else None
    return run.taken_at + kept if kept is not None and run.taken_at else None


def has_expired(run: ReportRun, at: datetime.datetime | None = None) -> bool:
    until = expires_at(run)
    return until is not None and until <= (at or timezone.now())


def is_untouched(run: ReportRun, extension: str) -> bool:
    """Whether the stored file is, byte for byte, the one that was built (a file older than the digests passes)."""
    expected = run.digests.get(extension)
    return expected is None or digest_of(Path(getattr(run, extension).path)) == expected


def download_name(run: ReportRun, extension: str) -> str:
    """A name that says what the file is, in letters every computer can store."""
    definition = REPORTS.get(run.kind)
    title = definition.paper_title if definition else run.kind
    taken = timezone.localtime(run.taken_at) if run.taken_at else timezone.localtime()
    parts = [title, run.area.name, run.round.name if run.round else "", f"{taken:%Y-%m-%d %Hh%M}"]
    return f"{fold(' '.join(parts)).replace(' ', '-')}.{extension}"
