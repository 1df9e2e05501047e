"""Decisions on submitted lines: approved up to the quota, the rest waits; returned or rejected; undone."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations import eligibility
from allocations.models import Allocation, CommuneList, Quota, Reason, Status

UNDO_WITHIN = datetime.timedelta(minutes=15)
DECIDABLE = [Status.SUBMITTED, Status.WAITING]
RESULT_OF = {
    Verb.APPROVED: Status.APPROVED,
    Verb.WAITLISTED: Status.WAITING,
    Verb.RETURNED: Status.RETURNED,
    Verb.REJECTED: Status.REJECTED,
}


@dataclass(frozen=True)
class Outcome:
    """What became of the chosen lines, line by line. `event` can be undone for 15 minutes."""

    decided: list[Allocation] = field(default_factory=list)
    waiting: list[Allocation] = field(default_factory=list)
    refused: list[tuple[Allocation, str]] = field(default_factory=list)
    event: AuditEvent | None = None


@transaction.atomic
def approve(
    list_id: int, line_ids: Collection[int], *, document_no: str = "", by: Officer, at: datetime.datetime | None = None
) -> Outcome:
    """Approves the chosen lines in order of priority while the quota lasts; the others go to the waiting list."""
    commune_list = _open(list_id, by=by, at=at)
    quota = Quota.objects.select_for_update().filter(round=commune_list.round_id, area=commune_list.area_id).first()
    if quota is None:
        raise NotPossible(_("This unit has no quota in this round yet. Ask the province to set it."))
    able, refused = _able_to_be_approved(_lock(commune_list, line_ids), line_ids)
    within, over = able[: quota.left], [line for line in able[quota.left :] if line.status != Status.WAITING]
    event = _decide(within, Verb.APPROVED, by=by, at=at, document_no=document_no)
    _decide(over, Verb.WAITLISTED, by=by, at=at)
    _close_when_decided(commune_list, at=at)
    return Outcome(within, over, refused, event)


@transaction.atomic
def send_back(
    list_id: int,
    line_ids: Collection[int],
    *,
    reason: Reason,
    note: str = "",
    by: Officer,
    at: datetime.datetime | None = None,
) -> Outcome:
    """Returns lines to the commune for completion; the households keep their place."""
    return _refuse(list_id, line_ids, Verb.RETURNED, reason=reason, note=note, by=by, at=at)


@transaction.atomic
def reject(
    list_id: int,
    line_ids: Collection[int],
    *,
    reason: Reason,
    note: str = "",
    by: Officer,
    at: datetime.datetime | None = None,
) -> Outcome:
    """Declares households not eligible in this round."""
    return _refuse(list_id, line_ids, Verb.REJECTED, reason=reason, note=note, by=by, at=at)


@transaction.atomic
def undo_decision(event_id: int, *, by: Officer, at: datetime.datetime | None = None) -> int:
    """Puts the lines of one's own decision back as they were; lines that moved on meanwhile stay where they are."""
    at = at or timezone.now()
    event = AuditEvent.objects.get(pk=event_id)
    if event.officer_id != by.pk or event.verb not in RESULT_OF:
        raise NotPossible(_("Only your own decision can be undone."))
    if at - event.at > UNDO_WITHIN:
        raise NotPossible(_("A decision can be undone for 15 minutes. After that, ask for a new decision."))
    came_from = {int(pk): status for pk, status in event.details["came_from"].items()}
    lines = list(
        Allocation.objects.select_for_update(of=["self"])
        .filter(pk__in=came_from, status=RESULT_OF[Verb(event.verb)])
        .order_by("pk")
    )
    if not lines:
        raise NotPossible(_("There is nothing left to undo: these lines have moved on."))
    for status in set(came_from.values()):
        chosen = [line.pk for line in lines if came_from[line.pk] == status]
        cleared = {} if status == Status.WAITING else {"decided_by": None, "decided_at": None}
        Allocation.objects.filter(pk__in=chosen).update(
            status=status, reason="", reason_note="", version=F("version") + 1, **cleared
        )
    CommuneList.objects.filter(pk=lines[0].commune_list_id).update(state=CommuneList.State.OPENED, decided_at=None)
    AuditEvent.record(
        Verb.DECISION_UNDONE, lines[0].commune_list, by=by, area=event.area_no,
        households=[line.household_id for line in lines], at=at, undone=event.pk, count=len(lines),
    )  # fmt: skip
    return len(lines)


def _refuse(
    list_id: int,
    line_ids: Collection[int],
    verb: Verb,
    *,
    reason: Reason,
    note: str,
    by: Officer,
    at: datetime.datetime | None,
) -> Outcome:
    if reason == Reason.OTHER and not note.strip():
        raise NotPossible(_("Write what the other reason is, so that the commune can act on it."))
    commune_list = _open(list_id, by=by, at=at)
    lines = _lock(commune_list, line_ids)
    event = _decide(lines, verb, by=by, at=at, reason=reason, note=note)
    _close_when_decided(commune_list, at=at)
    return Outcome(lines, [], _decided_by_others(lines, line_ids), event)


def _open(list_id: int, *, by: Officer, at: datetime.datetime | None) -> CommuneList:
    commune_list = CommuneList.objects.select_for_update().get(pk=list_id)
    if commune_list.state == CommuneList.State.DRAFT:
        raise NotPossible(_("The commune has taken this list back or has not submitted it yet."))
    if by.pk in (commune_list.prepared_by_id, commune_list.signed_by_id):
        raise NotPossible(_("Who prepared or signed the list may not decide on it."))
    if commune_list.state == CommuneList.State.SUBMITTED:
        commune_list.state = CommuneList.State.OPENED
        commune_list.save(update_fields=["state"])
    return commune_list


def _lock(commune_list: CommuneList, line_ids: Collection[int]) -> list[Allocation]:
    """The chosen lines that still can be decided, best first (locked in the order of their ids)."""
    lines = (
        commune_list.lines.select_for_update(of=["self"]).filter(pk__in=line_ids, status__in=DECIDABLE).order_by("pk")
    )
    return sorted(lines, key=lambda line: (line.rank, line.pk))


def _able_to_be_approved(
    lines: list[Allocation], line_ids: Collection[int]
) -> tuple[list[Allocation], list[tuple[Allocation, str]]]:
    able, refused = [], _decided_by_others(lines, line_ids)
    for line in lines:
        blockers = eligibility.decision_blockers(line.flags)
        if blockers:
            refused.append((line, " ".join(str(blocker.message) for blocker in blockers)))
        else:
            able.append(line)
    return able, refused


def _decided_by_others(lines: list[Allocation], line_ids: Collection[int]) -> list[tuple[Allocation, str]]:
    gone = set(line_ids) - {line.pk for line in lines}
    others = Allocation.objects.filter(pk__in=gone).select_related("decided_by", "household").order_by("rank", "pk")
    return [(line, _already(line)) for line in others]


def _already(line: Allocation) -> str:
    if line.decided_by is None:
        return _("This line is %(status)s.") % {"status": line.get_status_display().lower()}
    return _("%(officer)s has already decided: %(status)s.") % {
        "officer": line.decided_by, "status": line.get_status_display().lower(),
    }  # fmt: skip


def _decide(
    lines: list[Allocation], verb: Verb, *, by: Officer, at: datetime.datetime | None,
    reason: str = "", note: str = "", document_no: str = "",
) -> AuditEvent | None:  # fmt: skip
    if not lines:
        return None
    at = at or timezone.now()
    with refusals_as_sentences():
        Allocation.objects.filter(pk__in=[line.pk for line in lines]).update(
            status=RESULT_OF[verb],
            decided_by=by,
            decided_at=at,
            reason=reason,
            reason_note=note,
            version=F("version") + 1,
        )
    details = {"came_from": {line.pk: line.status for line in lines}, "count": len(lines)}
    for key, value in (("reason", reason), ("note", note), ("document_no", document_no)):
        if value:
            details[key] = value
    return AuditEvent.record(
        verb, lines[0].commune_list, by=by, area=lines[0].area_id,
        households=[line.household_id for line in lines], at=at, **details,
    )  # fmt: skip


def _close_when_decided(commune_list: CommuneList, *, at: datetime.datetime | None) -> None:
    if not commune_list.lines.awaiting_decision().exists():
        commune_list.state, commune_list.decided_at = CommuneList.State.DECIDED, at or timezone.now()
        commune_list.save(update_fields=["state", "decided_at"])
