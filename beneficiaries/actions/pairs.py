"""Deciding on two records that may be one household: the same, not the same, or a question to the other commune."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from beneficiaries.actions.lineage import merge_households, undo_link
from beneficiaries.actions.moves import ask_move, take_back_move
from beneficiaries.models import Household, HouseholdLink, MoveRequest, SuspectedPair
from beneficiaries.pair_sides import sides_of

State = SuspectedPair.State


@transaction.atomic
def declare_different(pair_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> SuspectedPair:
    """Not the same, for ever. What is certain by number is decided by an office above both communes only."""
    pair = _lock_open(pair_id, by=by)
    if not reason.strip():
        raise NotPossible(_("Say why they are not the same household."))
    if pair.certainty == SuspectedPair.Certainty.SAME and not sees_both(pair, by):
        raise NotPossible(
            _("The numbers say that this is one household. Correct the wrong number, or ask the reviewer.")
        )
    pair.state, pair.reason, pair.decided_by, pair.decided_at = State.NOT_SAME, reason.strip(), by, at or timezone.now()
    pair.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    AuditEvent.record(
        Verb.PAIR_NOT_SAME, pair, by=by, area=_side_of(pair, by), households=_households(pair), at=at,
        reason=reason.strip(),
    )  # fmt: skip
    return pair


@transaction.atomic
def declare_same(
    pair_id: int, *, keep_id: int, take: Collection[str] = (), by: Officer, at: datetime.datetime | None = None
) -> HouseholdLink | MoveRequest:  # fmt: skip
    """One household: merged at once when both records lie in the officer's area, else the other commune is asked."""
    at = at or timezone.now()
    _hold_sides(pair_id, by=by)
    pair = _lock_open(pair_id, by=by)
    sides = {pair.household_a_id: pair.person_a_id, pair.household_b_id: pair.person_b_id}
    if keep_id not in sides:
        raise NotPossible(_("Choose which of the two records stays."))
    gone_id = next(pk for pk in sides if pk is not None and pk != keep_id)
    if not sees_both(pair, by):
        return _ask(pair, keep_id, gone_id, by=by, at=at)
    persons = {sides[gone_id]: sides[keep_id]} if sides[gone_id] and sides[keep_id] else {}
    link = merge_households(keep_id, gone_id, same=persons, take=take, by=by, at=at)  # type: ignore[arg-type]
    SuspectedPair.objects.filter(pk=pair.pk).update(state=State.MERGED, decided_by=by, decided_at=at)
    return link


@transaction.atomic
def reopen_pair(pair_id: int, *, by: Officer, at: datetime.datetime | None = None) -> SuspectedPair:
    """Undoes the decision: "not the same" is asked again, a merging is taken apart, a question is taken back."""
    _hold_sides(pair_id, by=by)
    pair = SuspectedPair.objects.visible_to(by).select_for_update(of=["self"]).filter(pk=pair_id).first()
    if pair is None or pair.state == State.OPEN:
        raise NotPossible(_("There is no decision to undo."))
    if pair.state == State.MERGED:
        undo_link(_link_of(pair).pk, by=by, at=at)
    elif pair.state == State.WAITING:
        take_back_move(_request_of(pair).pk, by=by, at=at)
    else:
        AuditEvent.record(
            Verb.PAIR_REOPENED, pair, by=by, area=_side_of(pair, by), households=_households(pair), at=at
        )  # fmt: skip
    SuspectedPair.objects.filter(pk=pair.pk).update(state=State.OPEN, decided_by=None, decided_at=None, reason="")
    pair.refresh_from_db()
    return pair


def sees_both(pair: SuspectedPair, officer: Officer) -> bool:
    area = officer.area
    return area is not None and area.contains(pair.area_a_id) and area.contains(pair.area_b_id)


def _ask(pair: SuspectedPair, keep_id: int, gone_id: int, *, by: Officer, at: datetime.datetime) -> MoveRequest:
    codes = {side.household_id: side.household_code for side in sides_of([pair.pk]).get(pair.pk, {}).values()}
    if gone_id not in codes:
        raise NotPossible(_("One of the households has left the register since the request was made."))
    to_area_no = pair.area_a_id if keep_id == pair.household_a_id else pair.area_b_id
    asked = ask_move(
        codes[gone_id], to_area_no=to_area_no, into_id=keep_id,
        reason=_("The same household is registered in both communes."), by=by, at=at,
    )  # fmt: skip
    SuspectedPair.objects.filter(pk=pair.pk).update(state=State.WAITING)
    return asked


def _hold_sides(pair_id: int, *, by: Officer) -> None:
    """Households and the open request between them come before the pair (docs/locks.md), in whatever commune."""
    both = SuspectedPair.objects.visible_to(by).filter(pk=pair_id).values_list("household_a", "household_b").first()
    with within(*EVERYWHERE):
        households = Household.objects.select_for_update(of=["self"]).filter(pk__in=both or ()).order_by("pk")
        list(households.values_list("pk"))
        requests = MoveRequest.objects.open().filter(household__in=both or (), into__in=both or ())
        list(requests.select_for_update(of=["self"]).order_by("pk").values_list("pk"))


def _lock_open(pair_id: int, *, by: Officer) -> SuspectedPair:
    pairs = SuspectedPair.objects.visible_to(by).of_register().select_for_update(of=["self"])
    pair = pairs.filter(pk=pair_id).first()
    if pair is None:
        raise NotPossible(_("This pair is no longer there."))
    if pair.state != State.OPEN:
        raise NotPossible(
            _("%(officer)s has already decided on this pair: %(state)s.")
            % {"officer": pair.decided_by or "", "state": pair.get_state_display().lower()}
            if pair.decided_by
            else _("This pair is waiting for the other commune.")
        )
    return pair


def _side_of(pair: SuspectedPair, by: Officer) -> int:
    """The unit in whose record the decision is kept: one that the officer sees."""
    return pair.area_a_id if by.area and by.area.contains(pair.area_a_id) else pair.area_b_id


def _households(pair: SuspectedPair) -> list[int]:
    return [pk for pk in (pair.household_a_id, pair.household_b_id) if pk]


def _link_of(pair: SuspectedPair) -> HouseholdLink:
    both = _households(pair)
    return HouseholdLink.objects.in_force().filter(source__in=both, target__in=both).latest("pk")


def _request_of(pair: SuspectedPair) -> MoveRequest:
    both = _households(pair)
    return MoveRequest.objects.open().filter(household__in=both, into__in=both).latest("pk")
