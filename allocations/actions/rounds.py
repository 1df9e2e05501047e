"""Opening a round and closing it."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.models import Allocation, Round, RuleVersion, Status
from beneficiaries.models import Category

RELEASED_AT_THE_END = [Status.DRAFT, Status.POSTED, Status.RETURNED, Status.WAITING]


@transaction.atomic
def open_round(round_id: int, *, by: Officer, at: datetime.datetime | None = None) -> Round:
    """Communes may now list households."""
    round = Round.objects.select_for_update().select_related("programme").get(pk=round_id)
    if round.state != Round.State.PLANNED:
        raise NotPossible(_("This round is already open or closed."))
    _refuse_to_open(round)
    round.state = Round.State.OPEN
    round.save(update_fields=["state"])
    AuditEvent.record(Verb.ROUND_OPENED, round, by=by, area=round.programme.province_id, at=at, round=round.name)
    return round


def _refuse_to_open(round: Round) -> None:
    version = round.rule_versions.filter(state=RuleVersion.State.PUBLISHED).first()
    if version is None or not version.priorities.exists():
        raise NotPossible(_("Define the order of priority first."))
    paid = {category for support in round.supports.select_related("source") for category in support.source.categories}
    unpaid = [str(label) for code, label in Category.choices if code in round.categories and code not in paid]
    if unpaid:
        raise NotPossible(_("No source of this round pays for: %(categories)s.") % {"categories": ", ".join(unpaid)})


@transaction.atomic
def close_round(round_id: int, *, by: Officer, at: datetime.datetime | None = None) -> int:
    """Ends listing and review. Who is still waiting is free for the next round; approved devices are still given."""
    round = Round.objects.select_for_update().select_related("programme").get(pk=round_id)
    if round.state != Round.State.OPEN:
        raise NotPossible(_("This round is not open."))
    undecided = Allocation.objects.awaiting_decision().filter(round=round).count()
    if undecided:
        raise NotPossible(
            _("%(count)d households still wait for a decision. Decide on them first.") % {"count": undecided}
        )
    released = list(
        Allocation.objects.select_for_update().filter(round=round, status__in=RELEASED_AT_THE_END).order_by("pk")
    )
    Allocation.objects.filter(pk__in=[line.pk for line in released]).update(
        status=Status.WITHDRAWN, reason_note=_("The round has ended."), version=F("version") + 1
    )
    round.state = Round.State.CLOSED
    round.save(update_fields=["state"])
    households = [line.household_id for line in released]
    details: dict[str, Any] = {"round": round.name, "count": len(released)}
    AuditEvent.record(
        Verb.ROUND_CLOSED, round, by=by, area=round.programme.province_id, households=households, at=at, **details
    )
    return len(released)
