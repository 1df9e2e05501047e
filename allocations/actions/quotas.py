"""Giving out the quota of a round and taking a change back. Every change keeps its reason and is told to the unit."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.models import Quota, QuotaChange, Round, RoundSupport

Amounts = Mapping[int, Mapping[int, int]]  # support → unit → devices
Key = tuple[int, int]  # support, unit
Wanted = dict[Key, int | None]  # None: no quota at all
MOST_TOLD = 12  # numbers that the audit trail itself spells out; the rows of QuotaChange hold all of them


class QuotaChanged(NotPossible):
    """The quota was changed by somebody else while an officer was deciding on it."""


@transaction.atomic
def set_quota(
    round_id: int, amounts: Mapping[int, int], *, reason: str, seen: Mapping[int, int] | None = None,
    support: RoundSupport | None = None, by: Officer, at: datetime.datetime | None = None,
) -> int:  # fmt: skip
    """Sets the quota of units (number → devices) for one support of the round, its first when left out."""
    support = support or RoundSupport.objects.filter(round=round_id).first()
    if support is None:
        raise NotPossible(_("Say first what this round gives and who pays."))
    seen_of = None if seen is None else {support.pk: seen}
    return set_quotas(round_id, {support.pk: amounts}, reason=reason, seen=seen_of, by=by, at=at)


@transaction.atomic
def set_quotas(
    round_id: int, amounts: Amounts, *, reason: str, seen: Amounts | None = None, by: Officer,
    at: datetime.datetime | None = None,
) -> int:  # fmt: skip
    """Sets quotas of several supports as one change. Never below what is approved nor above the superior unit's quota.

    `seen`: the quotas on which the officer decided; raises QuotaChanged when they are others now.
    """
    if not reason.strip():
        raise NotPossible(_("Write the reason or the decision number for the change."))
    round = Round.objects.select_for_update(of=["self"]).select_related("programme").get(pk=round_id)
    supports = _supports(round, amounts)
    wanted: Wanted = {(pk, unit): n for pk, units in amounts.items() for unit, n in units.items()}
    held = _lock(round, supports, wanted)
    if seen is not None:
        _refuse_overtaken(held, {(pk, unit): n for pk, units in seen.items() for unit, n in units.items()}, wanted)
    return len(_apply(round, supports, held, wanted, reason=reason.strip(), by=by, at=at))


@transaction.atomic
def undo_quota_change(event_id: int, *, by: Officer, at: datetime.datetime | None = None) -> int:
    """Puts every number of one save back to what it was, as long as nobody has changed any of them since."""
    changes = list(QuotaChange.objects.filter(event=event_id).select_related("area").order_by("pk"))
    if not changes:
        raise NotPossible(_("This change of the quota is not known."))
    round_id, reason = changes[0].round_id, changes[0].reason
    round = Round.objects.select_for_update(of=["self"]).select_related("programme").get(pk=round_id)
    supports = {(s.source_id, s.form): s for s in round.supports.select_related("source")}
    by_key = {(supports[change.source_id, change.form].pk, change.area_id): change for change in changes}
    wanted: Wanted = {key: change.before for key, change in by_key.items()}
    by_id = {support.pk: support for support in supports.values()}
    held = _lock(round, by_id, wanted)
    is_undone = QuotaChange.objects.filter(undoes=event_id).exists()
    if is_undone or any(_allowed(held.get(key)) != change.after for key, change in by_key.items()):
        raise NotPossible(_("The quota has been changed again since then. Set the numbers by hand."))
    words = (_("Undone: %(reason)s") % {"reason": reason})[:300]
    return len(_apply(round, by_id, held, wanted, reason=words, by=by, at=at, undoes=event_id))


def _supports(round: Round, ids: Iterable[int]) -> dict[int, RoundSupport]:
    found = {support.pk: support for support in round.supports.select_related("source")}
    if not found or not set(ids) <= set(found):
        raise NotPossible(_("Say first what this round gives and who pays."))
    return found


def _lock(round: Round, supports: Mapping[int, RoundSupport], wanted: Iterable[Key]) -> dict[Key, Quota]:
    """The quotas there are for the wanted places, locked in one order for everybody."""
    ids = {(support.source_id, support.form): pk for pk, support in supports.items()}
    rows = Quota.objects.select_for_update(of=["self"]).select_related("area").filter(
        round=round, area__in={unit for _pk, unit in wanted}
    )  # fmt: skip
    found = {(ids[q.source_id, q.form], q.area_id): q for q in rows.order_by("source", "form", "area")}
    return {key: quota for key, quota in found.items() if key in set(wanted)}


def _allowed(quota: Quota | None) -> int | None:
    return quota.allowed if quota else None


def _refuse_overtaken(held: Mapping[Key, Quota], seen: Mapping[Key, int], wanted: Wanted) -> None:
    if {key: n for key, n in seen.items() if key in wanted} != {key: quota.allowed for key, quota in held.items()}:
        raise QuotaChanged(_("Somebody else has changed the quota since you opened this page."))


def _apply(
    round: Round, supports: Mapping[int, RoundSupport], held: Mapping[Key, Quota], wanted: Wanted, *, reason: str,
    by: Officer, at: datetime.datetime | None, undoes: int | None = None,
) -> list[QuotaChange]:  # fmt: skip
    changed = {key: n for key, n in wanted.items() if _allowed(held.get(key)) != n}
    for key in sorted(set(changed) & set(held)):
        _refuse_below_approved(held[key], changed[key] or 0)
    if not changed:
        return []
    with refusals_as_sentences():
        for key in _in_order(changed, held):
            _write(round, supports[key[0]], held.get(key), key[1], changed[key])
    event = _record(round, supports, held, changed, reason=reason, by=by, at=at)
    return QuotaChange.objects.bulk_create(
        QuotaChange(
            event=event.pk, undoes=undoes, round=round, area_id=unit, source_id=supports[pk].source_id,
            form=supports[pk].form, before=_allowed(held.get((pk, unit))), after=n, reason=reason, by=by, at=event.at,
        )
        for (pk, unit), n in sorted(changed.items())
    )  # fmt: skip


def _in_order(changed: Wanted, held: Mapping[Key, Quota]) -> list[Key]:
    """Gives back before handing out: units below first; then, in tree order, superior units first."""
    falling = sorted(key for key, n in changed.items() if (n or 0) < (_allowed(held.get(key)) or 0))
    return [*reversed(falling), *sorted(set(changed) - set(falling))]


def _write(round: Round, support: RoundSupport, quota: Quota | None, unit: int, n: int | None) -> None:
    if quota is None:
        Quota.objects.create(
            round=round, source_id=support.source_id, form=support.form, area_id=unit, allowed=n or 0
        )  # fmt: skip
    elif n is None:
        Quota.objects.filter(pk=quota.pk, used=0).delete()
    else:
        Quota.objects.filter(pk=quota.pk).update(allowed=n)


def _record(
    round: Round, supports: Mapping[int, RoundSupport], held: Mapping[Key, Quota], changed: Wanted, *, reason: str,
    by: Officer, at: datetime.datetime | None,
) -> AuditEvent:  # fmt: skip
    named = [str(supports[pk]) for pk in dict.fromkeys(pk for pk, _unit in sorted(changed))]
    told = [key for key in sorted(changed) if key in held][:MOST_TOLD]
    changes = [
        {"field": "quota", "person": str(held[key].area), "old": _allowed(held[key]), "new": changed[key]}
        for key in told
    ]  # fmt: skip
    return AuditEvent.record(
        Verb.QUOTA_SET, round, by=by, area=round.programme.province_id, at=at, reason=reason, count=len(changed),
        support="; ".join(named), changes=changes,
    )  # fmt: skip


def _refuse_below_approved(quota: Quota, amount: int) -> None:
    if amount < quota.used:
        raise NotPossible(
            _("%(unit)s: %(used)s are already approved, so the quota cannot be lower.")
            % {"unit": quota.area, "used": quota.used}
        )
