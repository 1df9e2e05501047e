"""What the page of a list's public posting shows: what hangs and until when, what could be posted, complaints."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.utils import timezone

from allocations.actions import assess_list
from allocations.actions.postings import days_to_wait, is_over
from allocations.calendar import read_calendar
from allocations.models import CommuneList, Complaint, Posting, Status
from allocations.readiness import Readiness
from allocations.working_days import add_working_days

SHOWN = 10


@dataclass(frozen=True)
class ComplaintRow:
    """One line of the register and the last day for its answer."""

    complaint: Complaint
    due: datetime.date
    is_overdue: bool


@dataclass(frozen=True)
class PostingPage:
    """`running`: what hangs now; `earlier`: what ended, newest first; `days_left`: working days it must still hang."""

    running: Posting | None
    earlier: list[Posting]
    readiness: Readiness
    hamlets: list[str]
    days_left: int = 0
    may_be_closed: bool = False
    complaints: list[ComplaintRow] = field(default_factory=list)

    @property
    def open_complaints(self) -> int:
        return sum(row.complaint.answered_on is None for row in self.complaints)

    @property
    def last_closed(self) -> Posting | None:
        return next((posting for posting in self.earlier if posting.is_closed), None)


def read_posting_page(commune_list: CommuneList, *, at: datetime.datetime) -> PostingPage:
    """About eight queries, whatever the list holds."""
    found = list(commune_list.postings.newest_first().select_related("posted_by", "ended_by")[:SHOWN])
    running = next((posting for posting in found if posting.state == Posting.State.RUNNING), None)
    drafts = commune_list.lines.filter(status=Status.DRAFT, posting=None).select_related("posting")
    readiness = assess_list(commune_list, drafts.order_by("rank", "pk")) if running is None else Readiness()
    return PostingPage(
        running,
        [posting for posting in found if posting != running],
        readiness,
        hamlets_of(commune_list),
        days_to_wait(running, at) if running else 0,
        running is not None and is_over(running, at),
        complaint_rows(commune_list, timezone.localdate(at)),
    )


def complaint_rows(commune_list: CommuneList | None, today: datetime.date) -> list[ComplaintRow]:
    """The register of the list, open ones first (the oldest of them on top), then the newest answers."""
    if commune_list is None:
        return []
    found = Complaint.objects.filter(commune_list=commune_list).select_related("allocation__household", "recorded_by")
    days = commune_list.round.complaint_days
    calendar = read_calendar(commune_list.round.programme.province)
    rows = [
        ComplaintRow(one, due, one.answered_on is None and due < today)
        for one in found
        for due in [add_working_days(one.received_on, days, calendar)]
    ]
    return sorted(rows, key=_open_ones_first)


def _open_ones_first(row: ComplaintRow) -> tuple[bool, int, int]:
    one = row.complaint
    if one.answered_on is None:
        return False, one.received_on.toordinal(), one.pk
    return True, -one.answered_on.toordinal(), -one.pk


def hamlets_of(commune_list: CommuneList) -> list[str]:
    """Hamlets of the households on the list, by name."""
    names = commune_list.lines.live().order_by("household__hamlet").values_list("household__hamlet", flat=True)
    return [name for name in names.distinct() if name]
