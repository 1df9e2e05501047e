"""A commune's list: built by priority, signed by the leader, submitted; taken back while nobody has opened it."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations import eligibility
from allocations.candidates import gather_candidates, with_namesakes
from allocations.conditions import Candidate
from allocations.models import Allocation, CommuneList, Complaint, Round, Status
from allocations.models.allocations import AllocationQuerySet
from allocations.readiness import Readiness, assess
from allocations.rule_book import read_rule_book
from beneficiaries.models import Household

MAY_BE_TAKEN_OFF = [Status.DRAFT, Status.POSTED, Status.RETURNED]
TO_BE_SIGNED = [Status.DRAFT, Status.POSTED]
A_WHOLE_COMMUNE_IS_QUICKER = 300  # than asking the database for as many households by their ids


@transaction.atomic
def build_list(round_id: int, area_id: int, *, by: Officer, at: datetime.datetime | None = None) -> CommuneList:
    """Lists every eligible household of the commune in order. Again: adds the new ones and reorders drafts."""
    at = at or timezone.now()
    round = Round.objects.get(pk=round_id)
    if round.state != Round.State.OPEN:
        raise NotPossible(_("This round is not open."))
    commune_list, is_new = _lock_or_start(round, area_id, by=by, at=at)
    book = read_rule_book(round, on=timezone.localdate(at))
    candidates = gather_candidates(area_id)
    wanted = [c for c in candidates if not eligibility.reasons_against(c, book)]
    _hold(commune_list, wanted)
    added = _add_lines(commune_list, wanted, book, by=by, at=at)
    changed = _refresh_lines(commune_list, candidates, book)
    if is_new or added or changed:
        AuditEvent.record(
            Verb.LIST_BUILT, commune_list, by=by, area=area_id, households=added, at=at,
            round=round.name, count=len(added), changed=changed,
        )  # fmt: skip
    return commune_list


@transaction.atomic
def take_off(line_ids: Collection[int], *, reason: str, by: Officer, at: datetime.datetime | None = None) -> int:
    """Takes drafts and returned lines off the list; the households may be listed again later."""
    if not reason.strip():
        raise NotPossible(_("Write why the household is taken off the list."))
    lines = _lock_lines(line_ids, MAY_BE_TAKEN_OFF)
    if not lines:
        raise NotPossible(_("These lines can no longer be taken off: the list has been submitted."))
    Allocation.objects.filter(pk__in=[line.pk for line in lines]).update(
        status=Status.WITHDRAWN, reason_note=reason, version=F("version") + 1
    )
    _record(Verb.LIST_HOUSEHOLD_WITHDRAWN, lines, by=by, at=at, reason=reason)
    return len(lines)


@transaction.atomic
def put_back(line_ids: Collection[int], *, by: Officer, at: datetime.datetime | None = None) -> int:
    """Returned lines that have been completed go back to the draft, to be signed and submitted again."""
    lines = _lock_lines(line_ids, [Status.RETURNED])
    if not lines:
        raise NotPossible(_("None of these lines is waiting for completion."))
    Allocation.objects.filter(pk__in=[line.pk for line in lines]).update(
        status=Status.DRAFT,
        decided_by=None,
        decided_for=None,
        decided_at=None,
        reason="",
        reason_note="",
        version=F("version") + 1,
    )
    _record(Verb.LIST_BUILT, lines, by=by, at=at, completed=True)
    return len(lines)


@transaction.atomic
def submit_list(
    list_id: int, *, document_no: str, document_date: datetime.date, leave_unready: bool = True,
    by: Officer, at: datetime.datetime | None = None,
) -> int:  # fmt: skip
    """The leader signs: the drafts that are ready become submitted lines, frozen with the list's hash.

    Drafts that are not ready stay behind; with `leave_unready=False` one of them stops the whole submission.
    """
    at = at or timezone.now()
    commune_list = CommuneList.objects.select_for_update(of=["self"]).select_related("round").get(pk=list_id)
    drafts = list(_to_be_signed(commune_list).select_for_update(of=["self"]).order_by("pk"))
    _refuse_to_sign(commune_list, drafts, document_no, by=by, at=at)
    readiness = assess_list(commune_list, drafts)
    if readiness.held_back and not (leave_unready and readiness.ready):
        raise NotPossible(" ".join(readiness.sentences()))
    lines = [line for line in drafts if line.pk in set(readiness.ready)]
    _flag(lines, commune_list.round)
    _sign(commune_list, lines, document_no=document_no.strip(), document_date=document_date, by=by, at=at)
    days_late = commune_list.round.days_late(timezone.localdate(at))
    _record(
        Verb.LIST_SUBMITTED, lines, by=by, at=at, document_no=document_no.strip(), count=len(lines),
        **({"days_late": days_late} if days_late else {}),
    )  # fmt: skip
    return len(lines)


@transaction.atomic
def withdraw_list(list_id: int, *, by: Officer, at: datetime.datetime | None = None) -> int:
    """Takes what was submitted last back to the draft, while nobody has opened it."""
    commune_list = CommuneList.objects.select_for_update().get(pk=list_id)
    if commune_list.state == CommuneList.State.DRAFT:
        raise NotPossible(_("This list has not been submitted."))
    if commune_list.state != CommuneList.State.SUBMITTED:
        raise NotPossible(_("The review has begun; ask the reviewer to return the lines that you want to change."))
    lines = list(commune_list.lines.select_for_update().filter(status=Status.SUBMITTED).order_by("pk"))
    if not lines:
        raise NotPossible(_("There is nothing to take back: every line has been decided."))
    was_decided = commune_list.lines.filter(decided_by__isnull=False).exists()
    changes: dict[str, object] = {"status": Status.DRAFT, "version": F("version") + 1}
    if not was_decided:
        changes["signed_by"] = None  # nothing of this list has a place yet: all may be ranked anew
    with refusals_as_sentences():
        Allocation.objects.filter(pk__in=[line.pk for line in lines]).update(**changes)
    state = CommuneList.State.DECIDED if was_decided else CommuneList.State.DRAFT
    CommuneList.objects.filter(pk=list_id).update(state=state)
    _record(Verb.LIST_WITHDRAWN, lines, by=by, at=at, count=len(lines))
    return len(lines)


@transaction.atomic
def record_export(
    list_id: int, *, kind: str, with_identity: bool, by: Officer, at: datetime.datetime | None = None
) -> AuditEvent:
    """A list leaves the system as a file or on paper: who took it, in which form, with full identity numbers or not."""
    commune_list = CommuneList.objects.get(pk=list_id)
    households = commune_list.lines.live().values_list("household_id", flat=True) if with_identity else []
    return AuditEvent.record(
        Verb.LIST_EXPORTED, commune_list, by=by, area=commune_list.area_id, households=households, at=at,
        kind=kind, with_identity=with_identity,
    )  # fmt: skip


def assess_list(commune_list: CommuneList, drafts: Iterable[Allocation] | None = None) -> Readiness:
    """Which drafts of the list could be signed today."""
    if drafts is None:
        drafts = _to_be_signed(commune_list).order_by("rank", "pk")
    drafts = list(drafts)
    households = None if len(drafts) > A_WHOLE_COMMUNE_IS_QUICKER else [line.household_id for line in drafts]
    candidates = gather_candidates(commune_list.area_id, households)
    complained = set(Complaint.objects.open().filter(commune_list=commune_list).values_list("allocation_id", flat=True))
    book = read_rule_book(commune_list.round)
    return assess(
        drafts, {c.household_id: c for c in candidates}, book, complained=complained,
        demands_posting=commune_list.round.demands_posting,
    )  # fmt: skip


def _to_be_signed(commune_list: CommuneList) -> AllocationQuerySet:
    return commune_list.lines.filter(status__in=TO_BE_SIGNED).select_related("posting")


def _lock_or_start(round: Round, area_id: int, *, by: Officer, at: datetime.datetime) -> tuple[CommuneList, bool]:
    """Two officials who start the same list at once get the same list."""
    is_new = not CommuneList.objects.filter(round=round, area_id=area_id).exists()
    CommuneList.objects.bulk_create(
        [CommuneList(round=round, area_id=area_id, prepared_by=by, prepared_at=at)], ignore_conflicts=True
    )
    return CommuneList.objects.select_for_update().get(round=round, area_id=area_id), is_new


def _add_lines(
    commune_list: CommuneList, wanted: list[Candidate], book: eligibility.RuleBook,
    *, by: Officer, at: datetime.datetime,
) -> list[int]:  # fmt: skip
    version = book.version
    assert version is not None  # noqa: S101 - opening a round needs rules in force
    lines = [
        Allocation(
            **_support(candidate, book),
            rule_version_id=version,
            commune_list=commune_list,
            round_id=commune_list.round_id,
            area_id=commune_list.area_id,
            household_id=candidate.household_id,
            category=candidate.category,
            priority_group=rule.position,
            rank=rank,
            listed_by=by,
            listed_at=at,
        )
        for rank, (candidate, rule) in enumerate(eligibility.in_order(wanted, book.rules, book.ties), start=1)
    ]
    with refusals_as_sentences():
        Allocation.objects.bulk_create(lines)
    return [line.household_id for line in lines]


def _hold(commune_list: CommuneList, wanted: list[Candidate]) -> None:
    """Households, then lines, before new lines are counted (docs/locks.md)."""
    households = Household.objects.filter(pk__in=[c.household_id for c in wanted]).order_by("pk")
    list(households.select_for_update(of=["self"], no_key=True).values_list("pk"))
    list(_still_open(commune_list).values_list("pk"))


def _still_open(commune_list: CommuneList) -> AllocationQuerySet:
    """Lines that the commune still works on, locked."""
    return commune_list.lines.select_for_update(of=["self"]).filter(status__in=MAY_BE_TAKEN_OFF).order_by("pk")


def _refresh_lines(
    commune_list: CommuneList, candidates: list[Candidate], book: eligibility.RuleBook
) -> int:  # fmt: skip
    """Flags of all lines the commune still works on, as of today; rank of those that nobody has posted or signed yet.

    Those come behind the lines that were posted or signed, which keep their place.
    """
    unsigned = {"status": Status.DRAFT, "signed_by": None, "posting": None}
    open_lines = {line.household_id: line for line in _still_open(commune_list)}
    settled = commune_list.lines.exclude(**unsigned).exclude(status=Status.WITHDRAWN)
    first = (settled.aggregate(last=Max("rank"))["last"] or 0) + 1
    namesakes = with_namesakes(open_lines)
    before = {line.pk: _place(line) for line in open_lines.values()}
    for candidate in candidates:
        if line := open_lines.get(candidate.household_id):
            line.flags = eligibility.flags_of(candidate, book, has_namesake=candidate.household_id in namesakes)
    movable = {
        n.household_id: n
        for n in open_lines.values()
        if n.status == Status.DRAFT and n.signed_by_id is None and n.posting_id is None
    }
    placed = eligibility.in_order([c for c in candidates if c.household_id in movable], book.rules, book.ties)
    for rank, (candidate, rule) in enumerate(placed, start=first):
        line = movable[candidate.household_id]
        line.rank, line.priority_group, line.category = rank, rule.position, candidate.category
        line.rule_version_id = book.version or line.rule_version_id
        _keep_to_what_is_paid(line, candidate, book)
    changed = [n for n in open_lines.values() if before[n.pk] != _place(n)]
    Allocation.objects.bulk_update(changed, [*PLACE, "flags"], batch_size=500)
    return len(changed)


PLACE = ["rank", "priority_group", "category", "rule_version_id", "source_id", "form"]


def _place(line: Allocation) -> tuple[object, ...]:
    """What a rebuild of the list may change on a line."""
    return *(getattr(line, name) for name in PLACE), line.flags


def _support(candidate: Candidate, book: eligibility.RuleBook) -> dict[str, Any]:
    """Source and form of what the household is offered; nothing when nobody pays (the database then refuses)."""
    support = eligibility.support_for(candidate, book.supports)
    return {"source_id": support.source_id, "form": support.form} if support else {}


def _keep_to_what_is_paid(line: Allocation, candidate: Candidate, book: eligibility.RuleBook) -> None:
    """What the household chose stays as long as somebody still pays it for its category."""
    for support in book.supports:
        if (support.source_id, support.form) == (line.source_id, line.form):
            if eligibility.may_have(candidate, support):
                return
            break
    for name, value in _support(candidate, book).items():
        setattr(line, name, value)


def _refuse_to_sign(
    commune_list: CommuneList, drafts: list[Allocation], document_no: str, *, by: Officer, at: datetime.datetime
) -> None:
    if commune_list.round.state != Round.State.OPEN:
        raise NotPossible(_("This round is not open."))
    if by.pk == commune_list.prepared_by_id or any(line.listed_by_id == by.pk for line in drafts):
        raise NotPossible(_("Who prepares the list may not sign it."))
    if not drafts:
        raise NotPossible(_("There is no household to submit. Build the list first."))
    if not document_no.strip():
        raise NotPossible(_("Write the number of the document with which the list is submitted."))
    if late := commune_list.round.days_too_late(timezone.localdate(at)):
        raise NotPossible(
            ngettext(
                "The deadline passed %(n)s day ago and this round takes no late lists. Ask the province.",
                "The deadline passed %(n)s days ago and this round takes no late lists. Ask the province.", late,
            ) % {"n": late}
        )  # fmt: skip


def _sign(
    commune_list: CommuneList, lines: list[Allocation], *, document_no: str, document_date: datetime.date,
    by: Officer, at: datetime.datetime,
) -> None:  # fmt: skip
    """A list under review stays under review when completed lines are added to it."""
    state = CommuneList.State.SUBMITTED
    if commune_list.state == CommuneList.State.OPENED and commune_list.lines.awaiting_decision().exists():
        state = CommuneList.State.OPENED
    with refusals_as_sentences():
        Allocation.objects.filter(pk__in=[line.pk for line in lines]).update(
            status=Status.SUBMITTED, signed_by=by, version=F("version") + 1
        )
        CommuneList.objects.filter(pk=commune_list.pk).update(
            state=state, signed_by=by, submitted_at=at, document_no=document_no, document_date=document_date,
            content_hash=hash_of(lines), submission_no=F("submission_no") + 1, decided_at=None,
        )  # fmt: skip


def _flag(lines: list[Allocation], round: Round) -> None:
    """Flags as they are on the day of submission, namesakes in other communes included."""
    household_ids = [line.household_id for line in lines]
    candidates = {c.household_id: c for c in gather_candidates(lines[0].area_id, household_ids)}
    namesakes, book = with_namesakes(household_ids), read_rule_book(round)
    changed = []
    for line in lines:
        candidate = candidates.get(line.household_id)
        if candidate is None:
            raise NotPossible(_("A household of this list has just left the register. Look at the list again."))
        flags = eligibility.flags_of(candidate, book, has_namesake=line.household_id in namesakes)
        if line.flags != flags:
            line.flags = flags
            changed.append(line)
    Allocation.objects.bulk_update(changed, ["flags"], batch_size=500)


def _lock_lines(line_ids: Collection[int], statuses: list[Status]) -> list[Allocation]:
    locked = Allocation.objects.select_for_update(of=["self"]).select_related("commune_list")
    lines = list(locked.filter(pk__in=line_ids, status__in=statuses).order_by("pk"))
    if len({line.commune_list_id for line in lines}) > 1:
        raise NotPossible(_("Choose households of one list."))
    return lines


def _record(
    verb: Verb, lines: list[Allocation], *, by: Officer, at: datetime.datetime | None, **details: object
) -> None:
    commune_list = lines[0].commune_list
    AuditEvent.record(
        verb, commune_list, by=by, area=lines[0].area_id, households=[line.household_id for line in lines],
        at=at, **details,
    )  # fmt: skip


def hash_of(lines: Iterable[Allocation]) -> str:
    """SHA-256 over (rank, household, category, group), best first: what was posted, what a signature stands for."""
    ordered = sorted(lines, key=lambda line: (line.rank, line.pk))
    text = "\n".join(f"{n.rank};{n.household_id};{n.category};{n.priority_group}" for n in ordered)
    return hashlib.sha256(text.encode()).hexdigest()
