"""What waits for a reviewer: submitted lists, oldest first; who has not submitted; waiting lists that could go on."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils import timezone

from administration.models import Area, Officer
from allocations.list_overview import existing_communes
from allocations.models import Allocation, CommuneList, Quota, Round, Status
from allocations.tiers import decides
from allocations.unit_quota import UnitQuota, by_round_and_unit

UNSETTLED: dict[str, str] = {  # by status, what the row of the queue calls it
    Status.SUBMITTED: "undecided", Status.WAITING: "waiting", Status.RETURNED: "returned",
}  # fmt: skip

COUNTED = (*UNSETTLED.values(), "unflagged")


@dataclass(frozen=True)
class QueueRow:
    """One list. `undecided` = `unflagged` + `flagged`; `waiting`: its waiting list; `returned`: with the commune;
    `changed`: approved households that changed since.
    """

    commune_list: CommuneList
    quota: UnitQuota | None
    today: datetime.date
    undecided: int
    unflagged: int
    waiting: int
    returned: int
    changed: int = 0

    @property
    def flagged(self) -> int:
        return self.undecided - self.unflagged

    @property
    def quota_left(self) -> int | None:
        return self.quota.left if self.quota else None

    @property
    def submitted_late(self) -> int:
        """Days after the deadline for communes, 0 when in time."""
        submitted_at = self.commune_list.submitted_at
        return self.commune_list.round.days_late(timezone.localdate(submitted_at)) if submitted_at else 0

    @property
    def days_left(self) -> int:
        """Days until the review is due, negative when it is overdue."""
        return (self.commune_list.round.review_by - self.today).days

    @property
    def can_go_on(self) -> bool:
        """Nobody is undecided, but somebody waits and there are devices again."""
        return not self.undecided and self.waiting > 0 and (self.quota_left or 0) > 0


@dataclass(frozen=True)
class NotSubmitted:
    """Communes of one open round whose list has not come."""

    round: Round
    communes: list[Area]
    days_late: int


@dataclass(frozen=True)
class Queue:
    rows: list[QueueRow]
    waiting_lists: list[QueueRow]
    changed: list[QueueRow]
    with_communes: list[QueueRow]
    missing: list[NotSubmitted]
    elsewhere: list[Round] = field(default_factory=list)  # another tier decides

    @property
    def undecided(self) -> int:
        return sum(row.undecided for row in self.rows)


def read_queue(officer: Officer, today: datetime.date) -> Queue:
    """At most six queries and two for each open round, whatever the number of lists."""
    every = Round.objects.of_area(officer.area).open().newest_first().select_related("programme__province")
    rounds = [round for round in every if decides(officer, round.programme)]
    lists = list(
        CommuneList.objects.visible_to(officer)
        .filter(round__in=rounds)
        .exclude(state=CommuneList.State.DRAFT)
        .select_related("area")
        .order_by("submitted_at", "pk")
    )
    by_id = {round.pk: round for round in rounds}
    for found in lists:
        found.round = by_id[found.round_id]  # one object a round, not one a list
    rows = _rows(lists, today)
    return Queue(
        [row for row in rows if row.undecided],
        [row for row in rows if row.can_go_on],
        [row for row in rows if row.changed],
        [row for row in rows if row.returned and not row.undecided],
        [missing for round in rounds if (missing := _missing(officer, round, today)).communes],
        [round for round in every if round not in rounds],
    )


def _rows(lists: Sequence[CommuneList], today: datetime.date) -> list[QueueRow]:
    counted = _counts(lists)
    areas, rounds = {n.area_id for n in lists}, {n.round_id for n in lists}
    quotas = by_round_and_unit(Quota.objects.filter(area__in=areas, round__in=rounds))
    rows = []
    for found in lists:
        if counts := counted.get(found.pk):
            rows.append(QueueRow(found, quotas.get((found.round_id, found.area_id)), today, **counts))
    return rows


def _counts(lists: Sequence[CommuneList]) -> dict[int, dict[str, int]]:
    """What is not settled, by list. Two queries that partial indexes answer alone."""
    counts: dict[int, dict[str, int]] = {}
    open_lines = Allocation.objects.filter(commune_list__in=lists, status__in=UNSETTLED)
    found = (
        open_lines.annotate(is_clean=ExpressionWrapper(Q(flags=[]), BooleanField()))
        .values_list("commune_list", "status", "is_clean").annotate(n=Count("*")).order_by()
    )  # fmt: skip
    for pk, status, is_clean, n in found:
        of_list = counts.setdefault(pk, dict.fromkeys(COUNTED, 0))
        of_list[UNSETTLED[status]] += n
        of_list["unflagged"] += n if is_clean and status == Status.SUBMITTED else 0
    changed = Allocation.objects.filter(commune_list__in=lists, status=Status.APPROVED, recheck__isnull=False)
    for pk, n in changed.values_list("commune_list").annotate(n=Count("*")).order_by():
        counts.setdefault(pk, dict.fromkeys(COUNTED, 0))["changed"] = n
    return counts


def _missing(officer: Officer, round: Round, today: datetime.date) -> NotSubmitted:
    submitted = CommuneList.objects.visible_to(officer).filter(round=round).exclude(state=CommuneList.State.DRAFT)
    communes = existing_communes(officer, round).exclude(pk__in=submitted.values("area"))
    return NotSubmitted(round, list(communes), round.days_late(today))
