"""Opening a round and giving out its quota."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.models import Allocation, Quota, Round, RoundSupport, RuleVersion, Status
from beneficiaries.models import Category

RELEASED_AT_THE_END = [Status.DRAFT, Status.POSTED, Status.RETURNED, Status.WAITING]


class QuotaChanged(NotPossible):
    """The quota was changed by somebody else while an officer was deciding on it."""


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


@transaction.atomic
def set_quota(
    round_id: int, amounts: Mapping[int, int], *, reason: str, seen: Mapping[int, int] | None = None,
    support: RoundSupport | None = None, by: Officer, at: datetime.datetime | None = None,
) -> int:  # fmt: skip
    """Sets the quota of units (number → devices). Never below what is approved nor above the superior unit's quota.

    `support`: the form of support and its source that is shared out; the round's first when left out.
    `seen`: the quotas (number → devices) on which the officer decided; raises QuotaChanged when they are others now.
    """
    if not reason.strip():
        raise NotPossible(_("Write the reason or the decision number for the change."))
    round = Round.objects.select_for_update(of=["self"]).select_related("programme").get(pk=round_id)
    support = support or round.supports.first()
    if support is None or support.round_id != round_id:
        raise NotPossible(_("Say first what this round gives and who pays."))
    of_support: dict[str, Any] = {"round": round, "source_id": support.source_id, "form": support.form}
    quotas = {q.area_id: q for q in Quota.objects.select_for_update(of=["self"]).select_related("area")
              .filter(**of_support, area__in=amounts).order_by("area")}  # fmt: skip
    before = {area: quota.allowed for area, quota in quotas.items()}
    if seen is not None and {area: n for area, n in seen.items() if area in amounts} != before:
        raise QuotaChanged(_("Somebody else has changed the quota since you opened this page."))
    changed = {area: amount for area, amount in amounts.items() if before.get(area) != amount}
    for area in sorted(set(changed) & set(quotas)):
        _refuse_below_approved(quotas[area], changed[area])
    falling = sorted(a for a in changed if changed[a] < before.get(a, 0))  # give back before handing out
    rising = sorted(set(changed) - set(falling))  # in tree order: the superior unit first
    with refusals_as_sentences():
        for area in [*reversed(falling), *rising]:
            Quota.objects.update_or_create(**of_support, area_id=area, defaults={"allowed": changed[area]})
    if changed:
        details: dict[str, Any] = {
            "reason": reason, "from": before, "to": changed, "support": str(support), "support_id": support.pk,
        }  # fmt: skip
        AuditEvent.record(Verb.QUOTA_SET, round, by=by, area=round.programme.province_id, at=at, **details)
    return len(changed)


def _refuse_below_approved(quota: Quota, amount: int) -> None:
    if amount < quota.used:
        raise NotPossible(
            _("%(unit)s: %(used)s are already approved, so the quota cannot be lower.")
            % {"unit": quota.area, "used": quota.used}
        )
