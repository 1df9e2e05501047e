"""Who has received before: looking households up in the lists in use, and what people decide about what was found."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from beneficiaries.models import ReceivedHit
from beneficiaries.models.received import ReceivedHitQuerySet
from beneficiaries.received_search import search_sources
from beneficiaries.received_store import any_source_in_use, keep_hits_of_households

State, Certainty = ReceivedHit.State, ReceivedHit.Certainty


class DecidedMeanwhile(NotPossible):
    """Somebody else, or a new search, changed the hit after this officer had opened it."""


@transaction.atomic
def find_received(household_ids: Collection[int]) -> None:
    """Looks for these households in every list in use. One query while there is no list."""
    if household_ids and any_source_in_use():
        keep_hits_of_households(household_ids, search_sources(list(household_ids)))


@transaction.atomic
def confirm_received(hit_id: int, *, version: int, by: Officer, at: datetime.datetime | None = None) -> ReceivedHit:
    """The same person: the household has received. No line of it is approved any more."""
    hit = _lock_open(hit_id, version, by=by)
    return _decide(hit, State.RECEIVED, Verb.RECEIVED_CONFIRMED, reason="", by=by, at=at)


@transaction.atomic
def declare_not_received(
    hit_id: int, *, reason: str, version: int, by: Officer, at: datetime.datetime | None = None
) -> ReceivedHit:
    """Not the same, for ever. What a number says is decided by an office above the commune only."""
    hit = _lock_open(hit_id, version, by=by)
    if not reason.strip():
        raise NotPossible(_("Say why this is not the same person."))
    if hit.certainty == Certainty.SAME and not sees_more_than(hit, by):
        raise NotPossible(
            _("The number says that this is the same person. Correct a wrong number, or ask the reviewer.")
        )
    return _decide(hit, State.NOT_SAME, Verb.RECEIVED_DENIED, reason=reason.strip(), by=by, at=at)


@transaction.atomic
def reopen_received(hit_id: int, *, by: Officer, at: datetime.datetime | None = None) -> ReceivedHit:
    """Undoes a decision: it is asked again."""
    hit = _visible(by).filter(pk=hit_id).first()
    if hit is None or hit.state == State.OPEN:
        raise NotPossible(_("There is no decision to undo."))
    if hit.certainty == Certainty.SAME and not sees_more_than(hit, by):
        raise NotPossible(_("An office above the commune decided on this. Ask the reviewer."))
    hit.state, hit.decided_by, hit.decided_at, hit.reason = State.OPEN, None, None, ""
    hit.version += 1
    hit.save(update_fields=["state", "decided_by", "decided_at", "reason", "version"])
    _record(Verb.RECEIVED_REOPENED, hit, by=by, at=at)
    return hit


def sees_more_than(hit: ReceivedHit, officer: Officer) -> bool:
    """Whether the officer's area is above the household's commune."""
    return officer.area is not None and officer.area.pk != hit.area_id and officer.area.contains(hit.area_id)


def _decide(
    hit: ReceivedHit, state: ReceivedHit.State, verb: Verb, *, reason: str, by: Officer, at: datetime.datetime | None
) -> ReceivedHit:  # fmt: skip
    hit.state, hit.reason, hit.decided_by, hit.decided_at = state, reason, by, at or timezone.now()
    hit.version += 1
    hit.save(update_fields=["state", "reason", "decided_by", "decided_at", "version"])
    _record(verb, hit, by=by, at=at, **({"reason": reason} if reason else {}))
    return hit


def _visible(by: Officer) -> ReceivedHitQuerySet:
    return ReceivedHit.objects.visible_to(by).in_force().select_for_update(of=["self"])


def _lock_open(hit_id: int, version: int, *, by: Officer) -> ReceivedHit:
    hit = _visible(by).select_related("source").filter(pk=hit_id).first()
    if hit is None:
        raise NotPossible(_("This is no longer there: the list was withdrawn, or the records have changed."))
    if hit.state != State.OPEN:
        decided = {"officer": hit.decided_by or "", "state": hit.get_state_display().lower()}
        raise DecidedMeanwhile(_("%(officer)s has already decided on this: %(state)s.") % decided)
    if hit.version != version:
        raise DecidedMeanwhile(_("What is known has changed since you opened this page. Look again, then decide."))
    return hit


def _record(verb: Verb, hit: ReceivedHit, *, by: Officer, at: datetime.datetime | None, **details: object) -> None:
    AuditEvent.record(
        verb, hit, by=by, area=hit.area_id, households=[hit.household_id] if hit.household_id else [], at=at,
        programme=str(hit.source), **details,
    )  # fmt: skip
