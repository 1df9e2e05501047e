"""After an approval: what changed in the register is looked at again, line by line; a decision can be opened anew."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.models import Allocation, CommuneList, Quota, Round, Status
from allocations.tiers import refuse_unless_decides

CAN_BE_REOPENED = [Status.APPROVED, Status.REJECTED]


@transaction.atomic
@refusals_as_sentences()
def confirm_approval(
    line_id: int, *, seen: int | None = None, by: Officer, at: datetime.datetime | None = None
) -> Allocation:
    """The household still qualifies as it is now: its approval stands again, in the name of who looked at it.

    `seen`: the version of the line on which the officer decides.
    """
    line = _lock(line_id, seen)
    if line.status != Status.APPROVED or not line.recheck:
        raise NotPossible(_("Nothing about this household has changed since its approval."))
    _refuse_own_change(line, by)
    at, changes = at or timezone.now(), line.recheck
    stands_in_for = by.stands_in.giver_id if by.stands_in else None
    _update(line, recheck=None, decided_by=by, decided_for=stands_in_for, decided_at=at)
    _record(Verb.APPROVAL_CONFIRMED, line, by=by, at=at, changes=changes)
    return line


@transaction.atomic
@refusals_as_sentences()
def reopen(
    line_id: int, *, reason: str, seen: int | None = None, by: Officer, at: datetime.datetime | None = None
) -> Allocation:
    """An approved or rejected household waits for a decision again; an approved one gives its place back."""
    if not reason.strip():
        raise NotPossible(_("Write why the decision is opened again."))
    line = _lock(line_id, seen)
    if line.status not in CAN_BE_REOPENED:
        raise NotPossible(_("Only an approved or rejected household without a device can be decided on again."))
    if line.commune_list.round.state != Round.State.OPEN:
        raise NotPossible(_("This round is closed; its decisions stand."))
    refuse_unless_decides(by, line.commune_list)
    changes, came_from = line.recheck or [], line.status
    _update(
        line, status=Status.SUBMITTED, recheck=None, decided_by=None, decided_for=None, decided_at=None, reason="",
        reason_note="",
    )  # fmt: skip
    CommuneList.objects.filter(pk=line.commune_list_id).update(state=CommuneList.State.OPENED, decided_at=None)
    details: dict[str, Any] = {"came_from": {line.pk: came_from}, "reason": reason.strip()}
    _record(Verb.DECISION_REOPENED, line, by=by, at=at, **details, **({"changes": changes} if changes else {}))
    return line


def _lock(line_id: int, seen: int | None) -> Allocation:
    """List, quota, line: the lock order of every decision."""
    of_list = Allocation.objects.values("commune_list").filter(pk=line_id)
    commune_list = CommuneList.objects.select_for_update(of=["self"]).get(pk__in=of_list)
    quotas = Quota.objects.select_for_update(of=["self"]).filter(round=commune_list.round_id, area=commune_list.area_id)
    list(quotas.order_by("pk"))
    lines = Allocation.objects.select_for_update(of=["self"]).select_related("commune_list__round__programme")
    line = lines.get(pk=line_id)
    if seen is not None and line.version != seen:
        raise NotPossible(_("This line has changed since you opened it. Look at it again."))
    return line


def _refuse_own_change(line: Allocation, by: Officer) -> None:
    """Four eyes: whoever changed the record does not confirm the approval."""
    refuse_unless_decides(by, line.commune_list)
    changed = AuditEvent.objects.about_household(line.household_id).filter(
        verb__in=[Verb.HOUSEHOLD_CHANGED, Verb.FILE_APPLIED], at__gt=line.decided_at or line.listed_at
    )
    if changed.filter(officer_id=by.pk).exists():
        raise NotPossible(_("You changed this household yourself. Somebody else confirms the approval."))


def _update(line: Allocation, **values: object) -> None:
    Allocation.objects.filter(pk=line.pk).update(version=F("version") + 1, **values)
    line.refresh_from_db()


def _record(verb: Verb, line: Allocation, *, by: Officer, at: datetime.datetime | None, **details: Any) -> None:
    AuditEvent.record(
        verb, line.commune_list, by=by, area=line.area_id, households=[line.household_id], at=at, **details
    )
