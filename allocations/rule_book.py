"""Reads versions of the rules, with everything that decides on a household; many rounds cost what one does."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from django.utils import timezone

from allocations.eligibility import RuleBook
from allocations.models import Allocation, Condition, PriorityRule, Round, RoundEffect, RoundSupport, RuleVersion
from allocations.models.rules import Row

AnyRow = TypeVar("AnyRow", bound=Row)


def read_rule_book(round: Round, *, on: datetime.date | None = None, version: RuleVersion | None = None) -> RuleBook:
    """The version in force (before the first is published: the draft), or the one given; rows that hold on the day."""
    day = on or timezone.localdate()
    if version is None:
        return read_rule_books([round], on=day)[round.pk]
    supports = round.supports.select_related("source").order_by("position", "pk")
    return _book(
        round, list(supports), version, list(version.conditions.all()), list(version.priorities.all()), day,
        _effects([round]).get(round.pk, {}),
    )  # fmt: skip


def read_rule_books(rounds: Sequence[Round], *, on: datetime.date | None = None) -> dict[int, RuleBook]:
    """The book in force of every round. Five queries."""
    day = on or timezone.localdate()
    versions: dict[int, RuleVersion] = {}
    for version in RuleVersion.objects.filter(round__in=rounds).in_force():
        versions.setdefault(version.round_id, version)
    supports: dict[int, list[RoundSupport]] = {}
    found = RoundSupport.objects.filter(round__in=rounds).select_related("source").order_by("position", "pk")
    for support in found:
        supports.setdefault(support.round_id, []).append(support)
    conditions = list(Condition.objects.filter(version__in=versions.values()))
    priorities = list(PriorityRule.objects.filter(version__in=versions.values()))
    effects = _effects(rounds)
    return {
        round.pk: _book(
            round, supports.get(round.pk, []), versions.get(round.pk), conditions, priorities, day,
            effects.get(round.pk, {}),
        )
        for round in rounds
    }  # fmt: skip


def _effects(rounds: Sequence[Round]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    for round_id, source_id, effect in RoundEffect.objects.filter(round__in=rounds).values_list(
        "round", "source", "effect"
    ):
        found.setdefault(round_id, {})[source_id] = effect
    return found


def read_books_of_versions(days: Mapping[int, datetime.date]) -> dict[int, tuple[RuleVersion, RuleBook]]:
    """Version (id) → itself with its round, and its book with the rows that held on the day. Five queries."""
    versions = list(RuleVersion.objects.filter(pk__in=days).select_related("round"))
    supports: dict[int, list[RoundSupport]] = {}
    rounds = {version.round_id for version in versions}
    found = RoundSupport.objects.filter(round__in=rounds).select_related("source").order_by("position", "pk")
    for support in found:
        supports.setdefault(support.round_id, []).append(support)
    conditions = list(Condition.objects.filter(version__in=versions))
    priorities = list(PriorityRule.objects.filter(version__in=versions))
    effects = _effects([n.round for n in versions])
    return {
        n.pk: (
            n,
            _book(
                n.round, supports.get(n.round_id, []), n, conditions, priorities, days[n.pk],
                effects.get(n.round_id, {}),
            ),
        )
        for n in versions
    }  # fmt: skip


def _book(
    round: Round, supports: Sequence[RoundSupport], version: RuleVersion | None,
    conditions: Iterable[Condition], priorities: Iterable[PriorityRule], day: datetime.date, effects: Mapping[int, str],
) -> RuleBook:  # fmt: skip
    if version is None:
        return RuleBook(None, round.categories, supports, effects=effects)
    return RuleBook(
        version.pk, round.categories, supports,
        _rows(conditions, version, day), _rows(priorities, version, day), version.ties, effects,
    )  # fmt: skip


def _rows(rows: Iterable[AnyRow], version: RuleVersion, day: datetime.date) -> list[AnyRow]:
    own = (row for row in rows if getattr(row, "version_id") == version.pk and holds_on(row, day))  # noqa: B009
    return sorted(own, key=lambda row: row.position)


def holds_on(row: Row, day: datetime.date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day <= row.valid_to)


def rules_of_lines(lines: Iterable[Allocation]) -> dict[tuple[int, int], PriorityRule]:
    """The rule that placed each line, by version and group: the words under which the household was placed."""
    rules = PriorityRule.objects.filter(version__in={line.rule_version_id for line in lines})
    return {(rule.version_id, rule.position): rule for rule in rules}
