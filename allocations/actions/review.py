"""Decisions on submitted lines: approved up to the quota, the rest waits; returned or rejected; undone."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.candidates import gather_candidates
from allocations.decisions import Refusal, in_rank_order, plan_approval
from allocations.models import Allocation, CommuneList, Complaint, Quota, Reason, Round, Status
from allocations.tiers import refuse_unless_decides
from allocations.unit_quota import UnitQuota, together

UNDO_WITHIN = datetime.timedelta(minutes=15)
DECIDABLE = [Status.SUBMITTED, Status.WAITING]
READ = (
    "status",
    "rank",
    "flags",
    "version",
    "household_id",
    "area_id",
    "round_id",
    "commune_list_id",
    "source_id",
    "form",
)
RESULT_OF = {
    Verb.APPROVED: Status.APPROVED,
    Verb.WAITLISTED: Status.WAITING,
    Verb.RETURNED: Status.RETURNED,
    Verb.REJECTED: Status.REJECTED,
}


class PlanChanged(NotPossible):
    """Who would be approved and who would wait is no longer what the officer agreed to."""


@dataclass(frozen=True)
class Outcome:
    """What became of the chosen lines, line by line. `event` can be undone for 15 minutes."""

    decided: list[Allocation] = field(default_factory=list)
    waiting: list[Allocation] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    event: AuditEvent | None = None


@transaction.atomic
@refusals_as_sentences()
def approve(
    list_id: int, line_ids: Collection[int], *, document_no: str = "", reason: str = "",
    seen: Mapping[int, int] | None = None, agreed_last: int | None = None,
    by: Officer, at: datetime.datetime | None = None,
) -> Outcome:  # fmt: skip
    """Approves the chosen lines in order of priority while the quota lasts; the others go to the waiting list.

    `reason`: why better placed households were passed over. `seen`: line → version on which the officer decides; a
    line that has changed since is left alone. `agreed_last`: the last line that the officer was told would be approved
    (0: none); raises PlanChanged when the quota no longer ends there.
    """
    at = at or timezone.now()
    commune_list = _open(list_id, by=by)
    quota = _lock_quota(commune_list)
    if quota is None:
        raise NotPossible(_("This unit has no quota in this round yet. Ask the province to set it."))
    lines, gone = _lock(commune_list, line_ids, seen)
    plan = plan_approval(lines, left=quota.left_by, complained=complained_lines(commune_list))
    if agreed_last is not None and not plan.keeps_to(commune_list.lines.filter(pk=agreed_last).first()):
        raise PlanChanged(_("The quota or the list has changed since you opened this page. Look again, then confirm."))
    waitlisted = _decide(plan.waiting, Verb.WAITLISTED, by=by, at=at)
    together: dict[str, Any] = {"together_with": waitlisted.pk} if waitlisted and plan.approved else {}
    approved = _decide(plan.approved, Verb.APPROVED, by=by, at=at, document_no=document_no, reason=reason, **together)
    _close_when_decided(commune_list, at=at)
    return Outcome(plan.approved, plan.waiting, plan.refused + gone, approved or waitlisted)


@transaction.atomic
@refusals_as_sentences()
def send_back(
    list_id: int, line_ids: Collection[int], *, reason: Reason, note: str = "",
    seen: Mapping[int, int] | None = None, by: Officer, at: datetime.datetime | None = None,
) -> Outcome:  # fmt: skip
    """Returns lines to the commune for completion; the households keep their place."""
    return _refuse(list_id, line_ids, Verb.RETURNED, reason=reason, note=note, seen=seen, by=by, at=at)


@transaction.atomic
@refusals_as_sentences()
def reject(
    list_id: int, line_ids: Collection[int], *, reason: Reason, note: str = "",
    seen: Mapping[int, int] | None = None, by: Officer, at: datetime.datetime | None = None,
) -> Outcome:  # fmt: skip
    """Declares households not eligible in this round."""
    return _refuse(list_id, line_ids, Verb.REJECTED, reason=reason, note=note, seen=seen, by=by, at=at)


@transaction.atomic
@refusals_as_sentences()
def undo_decision(event_id: int, *, by: Officer, at: datetime.datetime | None = None) -> int:
    """Puts the lines of one's own decision back as they were; lines that moved on meanwhile stay where they are."""
    at = at or timezone.now()
    event = AuditEvent.objects.get(pk=event_id)
    if event.officer_id != by.pk or event.verb not in RESULT_OF:
        raise NotPossible(_("Only your own decision can be undone."))
    if at - event.at > UNDO_WITHIN:
        raise NotPossible(_("A decision can be undone for 15 minutes. After that, ask for a new decision."))
    commune_list = CommuneList.objects.select_for_update(of=["self"]).select_related("round").get(pk=event.subject_id)
    if commune_list.round.state != Round.State.OPEN:
        raise NotPossible(_("This round is closed; its decisions stand."))
    _lock_quota(commune_list)
    came_from = _came_from(event)
    lines = _lock_decided(commune_list, came_from, event, by)
    if not lines:
        raise NotPossible(_("There is nothing left to undo: these lines have moved on."))
    _put_back(lines, came_from)
    if commune_list.lines.awaiting_decision().exists():
        CommuneList.objects.filter(pk=commune_list.pk).update(state=CommuneList.State.OPENED, decided_at=None)
    AuditEvent.record(
        Verb.DECISION_UNDONE, commune_list, by=by, area=event.area_no,
        households=[line.household_id for line in lines], at=at, undone=event.pk, count=len(lines),
    )  # fmt: skip
    return len(lines)


def complained_lines(commune_list: CommuneList) -> set[int]:
    """Lines of the list with a complaint that nobody has answered."""
    of_lines = Complaint.objects.open().filter(commune_list=commune_list).values_list("allocation_id", flat=True)
    return {pk for pk in of_lines if pk is not None}


def _refuse(
    list_id: int, line_ids: Collection[int], verb: Verb, *, reason: Reason, note: str,
    seen: Mapping[int, int] | None, by: Officer, at: datetime.datetime | None,
) -> Outcome:  # fmt: skip
    at = at or timezone.now()
    if reason == Reason.OTHER and not note.strip():
        raise NotPossible(_("Write what the other reason is, so that the commune can act on it."))
    commune_list = _open(list_id, by=by)
    lines, gone = _lock(commune_list, line_ids, seen)
    event = _decide(lines, verb, by=by, at=at, reason=reason, note=note)
    _close_when_decided(commune_list, at=at)
    return Outcome(lines, [], gone, event)


def _open(list_id: int, *, by: Officer) -> CommuneList:
    lists = CommuneList.objects.select_for_update(of=["self"]).select_related("round__programme")
    commune_list = lists.get(pk=list_id)
    if commune_list.state == CommuneList.State.DRAFT:
        raise NotPossible(_("The commune has taken this list back or has not submitted it yet."))
    refuse_unless_decides(by, commune_list)
    if commune_list.state == CommuneList.State.SUBMITTED:
        commune_list.state = CommuneList.State.OPENED
        commune_list.save(update_fields=["state"])
    return commune_list


def _lock_quota(commune_list: CommuneList) -> UnitQuota | None:
    quotas = Quota.objects.select_for_update(of=["self"]).filter(
        round=commune_list.round_id, area=commune_list.area_id
    )  # fmt: skip
    return together(quotas.order_by("pk"))


def _lock(
    commune_list: CommuneList, line_ids: Collection[int], seen: Mapping[int, int] | None
) -> tuple[list[Allocation], list[Refusal]]:
    """The chosen lines that still can be decided, best first (locked in the order of their ids), and the others.

    Of ten thousand lines every column counts: only those that a decision looks at are read.
    """
    undecided = commune_list.lines.select_for_update(of=["self"]).filter(status__in=DECIDABLE)
    found = list(undecided.among(line_ids).only(*READ).order_by("pk"))
    lines = [line for line in found if seen is None or seen.get(line.pk) == line.version]
    lines.sort(key=in_rank_order)
    gone = set(line_ids) - {line.pk for line in lines}
    others = commune_list.lines.among(gone).select_related("decided_by").by_priority() if gone else []
    return lines, [(line, why_not_decidable(line)) for line in others]


def why_not_decidable(line: Allocation) -> str:
    """Why a line that was chosen is left alone; with `decided_by`."""
    if line.status in DECIDABLE:
        return _("This line has changed since you chose it.")
    if line.status == Status.DRAFT:
        return _("The commune has taken this line back.")
    if line.decided_by is None or line.decided_at is None:
        return _("This line is %(status)s.") % {"status": line.get_status_display().lower()}
    return _("%(officer)s has already decided at %(time)s: %(status)s.") % {
        "officer": line.decided_by, "status": line.get_status_display().lower(),
        "time": date_format(timezone.localtime(line.decided_at), "DATETIME_FORMAT"),
    }  # fmt: skip


def _decide(
    lines: list[Allocation], verb: Verb, *, by: Officer, at: datetime.datetime,
    reason: str = "", note: str = "", document_no: str = "", **more: Any,
) -> AuditEvent | None:  # fmt: skip
    if not lines:
        return None
    refused = verb in (Verb.RETURNED, Verb.REJECTED)  # the reason of an approval is a matter of the whole list
    Allocation.objects.among([line.pk for line in lines]).update(
        status=RESULT_OF[verb],
        decided_by=by,
        decided_for=by.stands_in.giver_id if by.stands_in else None,
        decided_at=at,
        reason=reason if refused else "",
        reason_note=note,
        recheck=None,
        version=F("version") + 1,
    )
    details: dict[str, Any] = {"came_from": {line.pk: line.status for line in lines}, "count": len(lines), **more}
    given = {"reason": reason, "note": note, "document_no": document_no}
    details |= {key: value for key, value in given.items() if value}
    return AuditEvent.record(
        verb, lines[0].commune_list, by=by, area=lines[0].area_id,
        households=[line.household_id for line in lines], at=at, **details,
    )  # fmt: skip


def _close_when_decided(commune_list: CommuneList, *, at: datetime.datetime) -> None:
    if not commune_list.lines.awaiting_decision().exists():
        commune_list.state, commune_list.decided_at = CommuneList.State.DECIDED, at
        commune_list.save(update_fields=["state", "decided_at"])


def _came_from(event: AuditEvent) -> dict[int, str]:
    """Line → status before the decision, for the event and for the waiting list that was recorded with it."""
    events = [event]
    if companion := event.details.get("together_with"):
        events.append(AuditEvent.objects.get(pk=companion))
    return {int(pk): status for one in events for pk, status in one.details["came_from"].items()}


def _lock_decided(
    commune_list: CommuneList, came_from: Mapping[int, str], event: AuditEvent, by: Officer
) -> list[Allocation]:
    """Lines that are still as that very decision left them and that may come back to life."""
    decided = (
        commune_list.lines.among(came_from)
        .select_for_update(of=["self"])
        .filter(status__in=RESULT_OF.values(), decided_by=by, decided_at=event.at)
    )
    lines = list(decided.order_by("pk"))
    rejected = [line.household_id for line in lines if line.status == Status.REJECTED]
    candidates = gather_candidates(commune_list.area_id, rejected) if rejected else []
    able = {c.household_id for c in candidates if not c.has_live_allocation and not c.has_helped_member}
    return [line for line in lines if line.status != Status.REJECTED or line.household_id in able]


def _put_back(lines: list[Allocation], came_from: Mapping[int, str]) -> None:
    """One statement. Who had put a line on the waiting list, when and why comes back from its history."""
    waiting = [line.pk for line in lines if came_from[line.pk] == Status.WAITING]
    versions = apps.get_model("allocations", "AllocationVersion").objects
    before = versions.filter(pgh_obj_id=OuterRef("pk"), status=Status.WAITING).order_by("-pgh_id")
    was_waiting = Q(pk__in=waiting)

    def former(column: str, otherwise: str | None) -> Case:
        return Case(When(was_waiting, then=Subquery(before.values(column)[:1])), default=Value(otherwise))

    Allocation.objects.among([line.pk for line in lines]).update(
        status=Case(When(was_waiting, then=Value(Status.WAITING)), default=Value(Status.SUBMITTED)),
        decided_by=former("decided_by", None),
        decided_for=former("decided_for", None),
        decided_at=former("decided_at", None),
        reason=former("reason", ""),
        reason_note=former("reason_note", ""),
        recheck=None,
        version=F("version") + 1,
    )
