"""A household changes commune: one side asks, the other agrees, and the record continues there."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Area, AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.scope import EVERYWHERE, across, within
from administration.verbs import Verb
from beneficiaries import numbering
from beneficiaries.actions.lineage import join
from beneficiaries.actions.received import find_received
from beneficiaries.models import Household, HouseholdLink, MoveRequest, Person, SuspectedPair

State = MoveRequest.State


@transaction.atomic
@refusals_as_sentences()
def ask_move(
    household_code: str, *, to_area_no: int, reason: str, into_id: int | None = None,
    by: Officer, at: datetime.datetime | None = None,
) -> MoveRequest:  # fmt: skip
    """Asks the other commune. Either side may ask: the one where the household is, or the one where it lives now.

    `into_id`: the destination's own record of the same household, with which it becomes one.
    """
    if not reason.strip():
        raise NotPossible(_("Say why the household moves."))
    to_area = Area.objects.communes().filter(pk=to_area_no).first()
    if by.area is None or to_area is None:
        raise NotPossible(_("Choose the commune to which the household moves."))
    household, into, head = _found(household_code, into_id, to_area)
    if household is None or household.delisted_on:
        raise NotPossible(_("No household in the register has this code."))
    if into_id and into is None:
        raise NotPossible(_("Both households must lie in your area and be in the register."))
    from_here = by.area.contains(household.area_id)
    if not from_here and not by.area.contains(to_area.number):
        raise NotPossible(_("This lies outside your area."))
    asked = MoveRequest.objects.create(
        household=household, into=into, area_id=household.area_id, other_area=to_area, asked_by=by,
        asked_by_destination=not from_here, reason=reason.strip(), household_code=household.code,
        head_name=head.full_name if head and from_here else "", asked_at=at or timezone.now(),
    )  # fmt: skip
    AuditEvent.record(
        Verb.MOVE_ASKED, asked, by=by, area=household.area_id if from_here else to_area.number,
        households=[household.pk, *([into.pk] if into else [])], at=at, reason=reason.strip(), gone=household.code,
        place=to_area.name,
    )  # fmt: skip
    return asked


@transaction.atomic
@refusals_as_sentences()
def accept_move(request_id: int, *, by: Officer, at: datetime.datetime | None = None) -> HouseholdLink:
    """The other side agrees: the record is closed where it was and continues in the destination."""
    at = at or timezone.now()
    asked = _to_answer(request_id, by=by)
    with across(asked.area, asked.other_area):
        source, target = _both(asked)
        numbering.hold(asked.area, asked.other_area)
        target = target or _new_record(source, asked.other_area, by=by)
        same = _known_same(source, target)
        link = join(target, source, HouseholdLink.Kind.MOVED, same=same, note=asked.reason, by=by, at=at)
        find_received([target.pk, source.pk])
        _answer(asked, State.ACCEPTED, "", by=by, at=at)
        MoveRequest.objects.filter(pk=asked.pk).update(link=link)
        _pairs(source, target).update(state=SuspectedPair.State.MERGED, decided_by=by, decided_at=at)
        AuditEvent.record(
            Verb.HOUSEHOLD_MOVED, target, by=by, area=target.area_id, households=[source.pk, target.pk], at=at,
            link=link.pk, kept=target.code, gone=source.code, both_received=link.both_received, reason=asked.reason,
        )  # fmt: skip
    return link


@transaction.atomic
def refuse_move(request_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> MoveRequest:
    """The other side does not agree, and says why."""
    if not reason.strip():
        raise NotPossible(_("Say why you do not agree."))
    asked = _to_answer(request_id, by=by)
    _answer(asked, State.REFUSED, reason.strip(), by=by, at=at or timezone.now())
    _let_pairs_go(asked)
    AuditEvent.record(
        Verb.MOVE_REFUSED, asked, by=by, area=asked.answered_from, households=[asked.household_id], at=at,
        reason=reason.strip(), gone=asked.household_code,
    )  # fmt: skip
    return asked


@transaction.atomic
def take_back_move(request_id: int, *, by: Officer, at: datetime.datetime | None = None) -> MoveRequest:
    """Who asked no longer wants it."""
    asked = _open_request(request_id, by=by)
    side = asked.other_area_id if asked.asked_by_destination else asked.area_id
    if by.area is None or not by.area.contains(side):
        raise NotPossible(_("Only the side that asked can take the request back."))
    _answer(asked, State.TAKEN_BACK, "", by=by, at=at or timezone.now())
    _let_pairs_go(asked)
    AuditEvent.record(
        Verb.MOVE_TAKEN_BACK, asked, by=by, area=side, households=[asked.household_id], at=at,
        gone=asked.household_code,
    )  # fmt: skip
    return asked


def _found(
    code: str, into_id: int | None, to_area: Area
) -> tuple[Household | None, Household | None, Person | None]:  # fmt: skip
    """The record by its public code, wherever it is, and the destination's own; the asker learns nothing from it."""
    with within(*EVERYWHERE):
        wanted = Household.objects.filter(Q(code=code.strip()) | Q(pk=into_id, area=to_area, delisted_on=None))
        both = list(wanted.select_for_update(of=["self"]).select_related("area").order_by("pk"))
        household = next((one for one in both if one.code == code.strip()), None)
        into = next((one for one in both if one.pk == into_id and one != household), None)
        head = Person.objects.heads().filter(household=household).first() if household else None
    return household, into, head


def _open_request(request_id: int, *, by: Officer) -> MoveRequest:
    """Households are locked before requests: this only reads; the row is locked when it is answered."""
    visible = MoveRequest.objects.visible_to(by).select_related("area", "other_area")
    asked = visible.filter(pk=request_id).first()
    if asked is None:
        raise NotPossible(_("There is no such request."))
    if asked.state != State.ASKED:
        raise NotPossible(_("This request has already been answered."))
    return asked


def _to_answer(request_id: int, *, by: Officer) -> MoveRequest:
    asked = _open_request(request_id, by=by)
    if by.area is None or not by.area.contains(asked.answered_from):
        raise NotPossible(_("The other commune answers this request."))
    return asked


def _answer(asked: MoveRequest, state: State, answer: str, *, by: Officer, at: datetime.datetime) -> None:
    """One answer: the second of two who answer at the same time finds it given."""
    changed = MoveRequest.objects.filter(pk=asked.pk, state=State.ASKED).update(
        state=state, answer=answer, answered_by=by, answered_at=at
    )
    if not changed:
        raise NotPossible(_("This request has already been answered."))
    asked.refresh_from_db()


def _both(asked: MoveRequest) -> tuple[Household, Household | None]:
    ids = [pk for pk in (asked.household_id, asked.into_id) if pk]
    found = {
        h.pk: h
        for h in Household.objects.select_for_update(of=["self"]).filter(pk__in=ids).order_by("pk")
        if not h.delisted_on
    }
    if len(found) != len(ids):
        raise NotPossible(_("One of the households has left the register since the request was made."))
    return found[asked.household_id], found.get(asked.into_id or 0)


def _new_record(source: Household, area: Area, *, by: Officer) -> Household:
    """The destination's record of a household that it did not have; its papers are the destination's to renew."""
    return Household.objects.create(
        area=area, code=numbering.next_codes(area, 1)[0], created_by=by, hamlet=source.hamlet, category=source.category,
        attributes=source.attributes, recognised_year=source.recognised_year, member_count=source.member_count,
    )  # fmt: skip


def _pairs(source: Household, target: Household) -> QuerySet[SuspectedPair]:
    both = [source.pk, target.pk]
    return SuspectedPair.objects.of_register().filter(household_a__in=both, household_b__in=both)


def _known_same(source: Household, target: Household) -> dict[int, int]:
    """The two persons that look most alike, when the pair of records was suspected."""
    pair = _pairs(source, target).first()
    if pair is None or pair.person_a_id is None or pair.person_b_id is None:
        return {}
    if pair.household_a_id == source.pk:
        return {pair.person_a_id: pair.person_b_id}
    return {pair.person_b_id: pair.person_a_id}


def _let_pairs_go(asked: MoveRequest) -> None:
    if asked.into_id:
        both = [asked.household_id, asked.into_id]
        waiting = SuspectedPair.objects.filter(household_a__in=both, household_b__in=both)
        waiting.filter(state=SuspectedPair.State.WAITING).update(state=SuspectedPair.State.OPEN)
