"""One report as a page shows it: state, files, figures, what may be done with it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from administration.models import Job
from administration.templatetags.trao import grouped
from reports.definitions import REPORTS
from reports.files import FORMATS, expires_at, has_expired
from reports.models import ReportRun

EXTENSION_WORDS = {"xlsx": "Excel", "pdf": "PDF"}
KILOBYTE = 1024


class FileLink(NamedTuple):
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    """A run with its words."""

    run: ReportRun
    title: str | Promise
    state: str
    ahead: int
    files: list[FileLink]
    expires_at: datetime.datetime | None
    has_expired: bool
    totals: list[tuple[str, int]]
    has_personal_data: bool

    @property
    def is_open(self) -> bool:
        return self.state in (Job.State.QUEUED, Job.State.RUNNING)

    @property
    def is_too_long_for_paper(self) -> bool:
        return self.run.is_built and not self.run.pdf and not self.has_expired

    @property
    def label(self) -> str:
        """What stands over the progress bar."""
        words = f"{self.title} – {self.run.area.name}"
        return f"{words}, {self.run.round.name}" if self.run.round else words


def describe(run: ReportRun) -> Report:
    """A run as its page shows it; a kind that is no longer offered keeps its key as title."""
    definition = REPORTS.get(run.kind)
    state = run.job.state if run.job else (Job.State.DONE if run.is_built else Job.State.CANCELLED)
    return Report(
        run=run,
        title=definition.title if definition else run.kind,
        state=state,
        ahead=_ahead_of(run) if state == Job.State.QUEUED else 0,
        files=_files(run),
        expires_at=expires_at(run),
        has_expired=has_expired(run),
        totals=_totals(run),
        has_personal_data=bool(definition and definition.has_personal_data),
    )


def _ahead_of(run: ReportRun) -> int:
    """Jobs of any kind that were asked for earlier and are not finished."""
    assert run.job is not None  # noqa: S101 - a queued run has one
    return Job.objects.unfinished().filter(created_at__lt=run.job.created_at).count()


def _files(run: ReportRun) -> list[FileLink]:
    if has_expired(run):
        return []
    links = []
    for extension in FORMATS:
        stored = getattr(run, extension)
        if stored and stored.storage.exists(stored.name):
            size = grouped(max(1, round(stored.size / KILOBYTE)))
            url = reverse("reports:download", args=[run.pk, extension])
            links.append(FileLink(f"{EXTENSION_WORDS[extension]} {size} KB", url))
    return links


def _totals(run: ReportRun) -> list[tuple[str, int]]:
    """The totals row in words; "rows" is how many lines the report has."""
    definition = REPORTS.get(run.kind)
    if definition is None or not run.totals:
        return []
    shown = [(_("Lines"), run.totals["rows"])] if "rows" in run.totals else []
    for column in definition.columns:
        if column.key in run.totals:
            words = f"{column.group}: {column.heading}" if column.group else column.heading
            shown.append((words, run.totals[column.key]))
    return shown
