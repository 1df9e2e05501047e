"""Next in line: when a household gives its place back, the first one on the waiting list takes it."""

from __future__ import annotations

import datetime

from django.db.models import F

from administration.models import AuditEvent, Officer
from administration.verbs import Verb
from allocations.actions.review import complained_lines
from allocations.decisions import plan_approval
from allocations.models import Allocation, Status
from allocations.unit_quota import quota_of, support_of_line


def promote_next(given_up: Allocation, *, by: Officer, at: datetime.datetime) -> Allocation | None:
    """Part of the action that frees a place, which has locked list and quota. Records the promotion beside its event.

    Whoever put the household on the waiting list has decided on it: the approval is theirs, up to the quota. Nobody is
    promoted who lacks the identity number or has an open complaint, nor somebody `by` has listed.
    """
    quota = quota_of(given_up.round_id, given_up.area_id)
    support = support_of_line(given_up)
    if quota is None or quota.left_by.get(support, 0) < 1:
        return None
    waiting = given_up.commune_list.lines.select_for_update(of=["self"]).filter(
        status=Status.WAITING, source=given_up.source_id, form=given_up.form
    )
    plan = plan_approval(waiting.order_by("pk"), left={support: 1}, complained=complained_lines(given_up.commune_list))
    if not plan.approved:
        return None
    line = plan.approved[0]
    Allocation.objects.filter(pk=line.pk).update(
        status=Status.APPROVED, decided_at=at, reason="", reason_note="", version=F("version") + 1
    )
    AuditEvent.record(
        Verb.PROMOTED, given_up.commune_list, by=by, area=line.area_id, households=[line.household_id], at=at,
        came_from={line.pk: Status.WAITING.value}, instead_of=given_up.household_id,
    )  # fmt: skip
    return line
