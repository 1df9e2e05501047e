"""What an officer has to do, by role (S2). Counts come from the roll-ups; a page that is not there gives no link."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

from django.utils import timezone

from administration.models import Area, Officer, Role
from allocations.models import Round
from reports.todo_above import for_administrator, for_province_staff, for_reviewer
from reports.todo_commune import for_commune_leader, for_commune_official
from reports.todo_quota import changes_of_quota
from reports.todo_rows import MOST_ROWS, Block

_BY_ROLE: dict[Role, Callable[[Officer, datetime.datetime], Iterator[Block]]] = {
    Role.COMMUNE_OFFICIAL: for_commune_official,
    Role.COMMUNE_LEADER: for_commune_leader,
    Role.REVIEWER: for_reviewer,
    Role.PROVINCE_STAFF: for_province_staff,
    Role.ADMINISTRATOR: for_administrator,
}


def blocks_for(officer: Officer, *, at: datetime.datetime) -> list[Block]:
    """Everything the officer has to do, in blocks that have at least one row."""
    found = [*_BY_ROLE[Role(officer.role)](officer, at), changes_of_quota(officer, at)]
    blocks = [Block(b.title, b.tasks[:MOST_ROWS], b.note, b.more_url) for b in found]
    return [block for block in blocks if block.tasks]


def next_round(area: Area | None, *, at: datetime.datetime) -> Round | None:
    """The next round that will open in the area's province, for a day without work."""
    planned = Round.objects.of_area(area).filter(state=Round.State.PLANNED, opens_on__gt=timezone.localdate(at))
    return planned.order_by("opens_on").first()
