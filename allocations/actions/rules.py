"""Versions of a round's rules: drafted, shown with their effect, published. What is published is never changed."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.effect import Effect, measure
from allocations.models import Condition, ConditionKind, PriorityRule, Round, RuleVersion

State = RuleVersion.State
LAW = "TT 14/2022/TT-BTTTT"
USUAL_ORDER = [
    ("Hộ nghèo, hộ cận nghèo là gia đình người có công với cách mạng", ["HN", "HCN"], ["NCC", "NCC_TC"]),
    ("Hộ nghèo, hộ cận nghèo là gia đình chính sách xã hội", ["HN", "HCN"], ["BTXH"]),
    ("Hộ nghèo", ["HN"], []),
    ("Hộ cận nghèo", ["HCN"], []),
]  # TT 14/2022/TT-BTTTT, Điều 17: what a first version begins with


@transaction.atomic
@refusals_as_sentences()
def draft_rules(round_id: int, *, by: Officer, at: datetime.datetime | None = None) -> RuleVersion:
    """The next version as a copy of the one in force, or with the order of the law when there is none yet."""
    round = Round.objects.select_for_update(of=["self"]).select_related("programme").get(pk=round_id)
    if round.state == Round.State.CLOSED:
        raise NotPossible(_("This round is closed; its rules stay as they are."))
    if draft := round.rule_versions.filter(state=State.DRAFT).first():
        return draft
    former = round.rule_versions.filter(state=State.PUBLISHED).first()
    number = (round.rule_versions.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = RuleVersion.objects.create(
        round=round, number=number, needs_two=round.programme.publishing_needs_two, drafted_by=by,
        legal_basis=former.legal_basis if former else LAW, **({"ties": former.ties} if former else {}),
    )  # fmt: skip
    _copy(former, draft) if former else _begin(draft)
    _record(Verb.RULES_DRAFTED, draft, by=by, at=at)
    return draft


@transaction.atomic
@refusals_as_sentences()
def write_rules(
    version_id: int, *, conditions: Sequence[Condition], priorities: Sequence[PriorityRule], ties: Sequence[str],
    legal_basis: str, reason: str, by: Officer, at: datetime.datetime | None = None,
) -> RuleVersion:  # fmt: skip
    """Replaces the rows of a draft. Rows come in their order; their places are numbered here."""
    draft = _lock_draft(version_id)
    draft.conditions.all().delete()
    draft.priorities.all().delete()
    _place(conditions, draft)
    _place(priorities, draft)
    Condition.objects.bulk_create(conditions)
    PriorityRule.objects.bulk_create(priorities)
    draft.ties, draft.legal_basis, draft.reason = list(ties), legal_basis, reason
    draft.drafted_by, draft.effect = by, {}
    draft.save(update_fields=["ties", "legal_basis", "reason", "drafted_by", "effect"])
    _record(Verb.RULES_WRITTEN, draft, by=by, at=at)
    return draft


@transaction.atomic
def drop_draft(version_id: int, *, by: Officer, at: datetime.datetime | None = None) -> None:
    """A draft that nobody wants any more leaves no version behind, only its event."""
    draft = _lock_draft(version_id)
    _record(Verb.RULES_DROPPED, draft, by=by, at=at)
    draft.delete()


@transaction.atomic
def show_effect(version_id: int, *, by: Officer, at: datetime.datetime | None = None) -> Effect:
    """Measures what publishing the draft would change, and keeps the figures with it: publishing needs them."""
    draft = _lock_draft(version_id)
    effect = measure(draft)
    draft.effect = effect.as_stored() | {"at": (at or timezone.now()).isoformat(), "by": str(by)}
    draft.save(update_fields=["effect"])
    _record(Verb.RULES_EFFECT_SHOWN, draft, by=by, at=at, count=effect.changed)
    return effect


@transaction.atomic
@refusals_as_sentences()
def publish_rules(version_id: int, *, by: Officer, at: datetime.datetime | None = None) -> RuleVersion:
    """Puts a draft in force. Its effect must have been shown; lines that were signed keep the version they had."""
    draft = _lock_draft(version_id)
    if not draft.priorities.exists():
        raise NotPossible(_("Define the order of priority first."))
    if not draft.reason.strip() or not draft.legal_basis.strip():
        raise NotPossible(_("Write the legal basis and why the rules are changed."))
    if not draft.effect:
        raise NotPossible(_("Look at the effect of these rules first."))
    if draft.needs_two and draft.drafted_by_id == by.pk:
        raise NotPossible(_("Who drafted the rules may not publish them."))
    RuleVersion.objects.filter(round=draft.round_id, state=State.PUBLISHED).update(state=State.SUPERSEDED)
    draft.state, draft.published_by, draft.published_at = State.PUBLISHED, by, at or timezone.now()
    draft.save(update_fields=["state", "published_by", "published_at"])
    _record(Verb.RULES_PUBLISHED, draft, by=by, at=at, reason=draft.reason, count=draft.effect.get("changed", 0))
    return draft


def _lock_draft(version_id: int) -> RuleVersion:
    draft = RuleVersion.objects.select_for_update(of=["self"]).select_related("round__programme").get(pk=version_id)
    if not draft.is_draft:
        raise NotPossible(_("These rules are published and stay as they are. Draft the next version."))
    return draft


def _place(rows: Sequence[Condition | PriorityRule], draft: RuleVersion) -> None:
    for position, row in enumerate(rows, start=1):
        row.pk, row.version, row.position = None, draft, position
        row._state.adding = True


def _copy(former: RuleVersion, draft: RuleVersion) -> None:
    conditions, priorities = list(former.conditions.all()), list(former.priorities.all())
    _place(conditions, draft)
    _place(priorities, draft)
    Condition.objects.bulk_create(conditions)
    PriorityRule.objects.bulk_create(priorities)


def _begin(draft: RuleVersion) -> None:
    Condition.objects.create(
        version=draft, position=1, kind=ConditionKind.NO_PRIOR_DEVICE, legal_basis=f"{LAW}, Điều 15"
    )
    for position, (label, categories, attributes) in enumerate(USUAL_ORDER, start=1):
        PriorityRule.objects.create(
            version=draft, position=position, label=label, categories=categories, attributes=attributes,
            legal_basis=f"{LAW}, Điều 17",
        )  # fmt: skip


def _record(verb: Verb, version: RuleVersion, *, by: Officer, at: datetime.datetime | None, **details: Any) -> None:
    round = version.round
    AuditEvent.record(
        verb, round, by=by, area=round.programme.province_id, at=at, round=round.name,
        rule_version=version.number, **details,
    )  # fmt: skip
