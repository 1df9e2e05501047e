"""A commune's list: built by priority, signed by the leader, submitted; taken back while nobody has opened it."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations import eligibility
from allocations.models import Allocation, CommuneList, Round, Status
from beneficiaries.models import Household, Person

MAY_BE_RANKED = [Status.DRAFT, Status.RETURNED]


@transaction.atomic
def build_list(round_id: int, area_id: int, *, by: Officer, at: datetime.datetime | None = None) -> CommuneList:
    """Lists every eligible household of the commune in order. Again: adds the new ones and reorders drafts."""
    round = Round.objects.get(pk=round_id)
    if round.state != Round.State.OPEN:
        raise NotPossible(_("This round is not open."))
    commune_list = _lock_or_start(round, area_id, by=by, at=at)
    candidates = gather_candidates(area_id)
    eligible = [c for c in candidates if not eligibility.find_blockers(c, round)]
    added = _add_lines(commune_list, eligible, by=by, at=at)
    _rank_drafts(commune_list, candidates)
    if added:
        AuditEvent.record(
            Verb.LIST_BUILT,
            commune_list,
            by=by,
            area=area_id,
            households=added,
            at=at,
            round=round.name,
            count=len(added),
        )
    return commune_list


@transaction.atomic
def take_off(line_ids: Collection[int], *, reason: str, by: Officer, at: datetime.datetime | None = None) -> int:
    """Takes drafts and returned lines off the list; the households may be listed again later."""
    if not reason.strip():
        raise NotPossible(_("Write why the household is taken off the list."))
    lines = _lock_lines(line_ids, MAY_BE_RANKED)
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
        status=Status.DRAFT, decided_by=None, decided_at=None, reason="", reason_note="", version=F("version") + 1
    )
    _record(Verb.LIST_BUILT, lines, by=by, at=at, completed=True)
    return len(lines)


@transaction.atomic
def submit_list(
    list_id: int, *, document_no: str, document_date: datetime.date, by: Officer, at: datetime.datetime | None = None
) -> int:
    """The leader signs: all drafts of the list become submitted lines, frozen with the list's hash."""
    at = at or timezone.now()
    commune_list = CommuneList.objects.select_for_update().select_related("round").get(pk=list_id)
    if commune_list.round.state != Round.State.OPEN:
        raise NotPossible(_("This round is not open."))
    if commune_list.prepared_by_id == by.pk:
        raise NotPossible(_("Who prepares the list may not sign it."))
    lines = list(commune_list.lines.select_for_update().filter(status=Status.DRAFT).order_by("pk"))
    if not lines:
        raise NotPossible(_("There is no household to submit. Build the list first."))
    _flag(commune_list.area_id, lines)
    with refusals_as_sentences():
        Allocation.objects.filter(pk__in=[line.pk for line in lines]).update(
            status=Status.SUBMITTED, signed_by=by, version=F("version") + 1
        )
        CommuneList.objects.filter(pk=list_id).update(
            state=CommuneList.State.SUBMITTED,
            signed_by=by,
            submitted_at=at,
            document_no=document_no,
            document_date=document_date,
            content_hash=_hash(lines),
            submission_no=F("submission_no") + 1,
            decided_at=None,
        )
    _record(Verb.LIST_SUBMITTED, lines, by=by, at=at, document_no=document_no, count=len(lines))
    return len(lines)


@transaction.atomic
def withdraw_list(list_id: int, *, by: Officer, at: datetime.datetime | None = None) -> int:
    """Takes a submitted list back while nobody has opened it."""
    commune_list = CommuneList.objects.select_for_update().get(pk=list_id)
    if commune_list.state != CommuneList.State.SUBMITTED:
        raise NotPossible(_("The review has begun; ask the reviewer to return the lines that you want to change."))
    lines = list(commune_list.lines.select_for_update().filter(status=Status.SUBMITTED).order_by("pk"))
    Allocation.objects.filter(pk__in=[line.pk for line in lines]).update(
        status=Status.DRAFT, signed_by=None, version=F("version") + 1
    )
    CommuneList.objects.filter(pk=list_id).update(state=CommuneList.State.DRAFT)
    AuditEvent.record(
        Verb.LIST_WITHDRAWN,
        commune_list,
        by=by,
        area=commune_list.area_id,
        households=[line.household_id for line in lines],
        at=at,
        count=len(lines),
    )
    return len(lines)


def gather_candidates(area_id: int) -> list[eligibility.Candidate]:
    """The facts about every listed household of a commune, in three queries whatever its size."""
    live = set(Allocation.objects.live().filter(area_id=area_id).values_list("household_id", flat=True))
    heads = dict(Person.objects.heads().filter(area_id=area_id).values_list("household_id", "birth_year"))
    with_identity = set(
        Person.objects.heads().filter(area_id=area_id, cccd_hash__isnull=False).values_list("household_id", flat=True)
    )
    households = (
        Household.objects.listed()
        .filter(area_id=area_id)
        .values_list(
            "pk",
            "category",
            "attributes",
            "phone_kind",
            "prior_device",
            "certificate_no",
            "member_count",
            "deprivation_score",
            "created_at",
        )
    )
    return [
        eligibility.Candidate(
            household_id=pk,
            category=category,
            attributes=frozenset(attributes),
            phone_kind=phone_kind,
            prior_device=prior_device,
            has_identity=pk in with_identity,
            has_certificate=bool(certificate),
            member_count=members or 1,
            head_birth_year=heads.get(pk, 9999),
            deprivation_score=deprivation or 0,
            registered_at=created_at,
            has_live_allocation=pk in live,
        )
        for pk, category, attributes, phone_kind, prior_device, certificate, members, deprivation, created_at in households
    ]


def _lock_or_start(round: Round, area_id: int, *, by: Officer, at: datetime.datetime | None) -> CommuneList:
    """Two officials who start the same list at once get the same list."""
    CommuneList.objects.bulk_create(
        [CommuneList(round=round, area_id=area_id, prepared_by=by, prepared_at=at or timezone.now())],
        ignore_conflicts=True,
    )
    return CommuneList.objects.select_for_update().get(round=round, area_id=area_id)


def _add_lines(
    commune_list: CommuneList, eligible: list[eligibility.Candidate], *, by: Officer, at: datetime.datetime | None
) -> list[int]:
    rules = list(commune_list.round.priority_rules.order_by("position"))
    placed = eligibility.in_order(eligible, rules)
    lines = [
        Allocation(
            commune_list=commune_list,
            round=commune_list.round,
            area_id=commune_list.area_id,
            household_id=candidate.household_id,
            category=candidate.category,
            priority_group=rule.position,
            rank=rank,
            flags=eligibility.flags_of(candidate, has_namesake=False),
            listed_by=by,
            listed_at=at or timezone.now(),
        )
        for rank, (candidate, rule) in enumerate(placed, start=1)
    ]
    with refusals_as_sentences():
        Allocation.objects.bulk_create(lines)
    return [line.household_id for line in lines]


def _rank_drafts(commune_list: CommuneList, candidates: list[eligibility.Candidate]) -> None:
    """Renumbers all lines that are not yet submitted, behind those that are."""
    rules = list(commune_list.round.priority_rules.order_by("position"))
    drafts = {
        line.household_id: line
        for line in commune_list.lines.select_for_update().filter(status__in=MAY_BE_RANKED).order_by("pk")
    }
    first = commune_list.lines.exclude(status__in=[*MAY_BE_RANKED, Status.WITHDRAWN]).count() + 1
    placed = eligibility.in_order([c for c in candidates if c.household_id in drafts], rules)
    changed = []
    for rank, (candidate, rule) in enumerate(placed, start=first):
        line = drafts[candidate.household_id]
        wanted = (rank, rule.position, candidate.category, eligibility.flags_of(candidate, has_namesake=False))
        if (line.rank, line.priority_group, line.category, line.flags) != wanted:
            line.rank, line.priority_group, line.category, line.flags = wanted
            changed.append(line)
    Allocation.objects.bulk_update(changed, ["rank", "priority_group", "category", "flags"], batch_size=500)


def _flag(area_id: int, lines: list[Allocation]) -> None:
    """Flags as they are on the day of submission, namesakes in other communes included."""
    candidates = {candidate.household_id: candidate for candidate in gather_candidates(area_id)}
    namesakes = _with_namesakes([line.household_id for line in lines])
    changed = []
    for line in lines:
        flags = eligibility.flags_of(candidates[line.household_id], has_namesake=line.household_id in namesakes)
        if line.flags != flags:
            line.flags = flags
            changed.append(line)
    Allocation.objects.bulk_update(changed, ["flags"], batch_size=500)


def _with_namesakes(household_ids: list[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT household_id FROM namesakes_elsewhere(%s)", [household_ids])
        return {household_id for (household_id,) in cursor.fetchall()}


def _lock_lines(line_ids: Collection[int], statuses: list[Status]) -> list[Allocation]:
    lines = Allocation.objects.select_for_update(of=["self"]).select_related("commune_list")
    return list(lines.filter(pk__in=line_ids, status__in=statuses).order_by("pk"))


def _record(
    verb: Verb, lines: list[Allocation], *, by: Officer, at: datetime.datetime | None, **details: object
) -> None:
    commune_list = lines[0].commune_list
    AuditEvent.record(
        verb,
        commune_list,
        by=by,
        area=lines[0].area_id,
        households=[line.household_id for line in lines],
        at=at,
        **details,
    )


def _hash(lines: list[Allocation]) -> str:
    """SHA-256 over (rank, household, category, group) of the submitted lines: what the signature stands for."""
    ordered = sorted(lines, key=lambda line: (line.rank, line.pk))
    text = "\n".join(f"{n.rank};{n.household_id};{n.category};{n.priority_group}" for n in ordered)
    return hashlib.sha256(text.encode()).hexdigest()
