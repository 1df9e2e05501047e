"""A version of the rules in sentences, for pages and for paper."""

from __future__ import annotations

from dataclasses import dataclass

from allocations.conditions import sentence
from allocations.models import PriorityRule, RuleVersion, Tie
from allocations.models.rules import Row


@dataclass(frozen=True)
class Told:
    """One row: the sentence, its article and the days on which it holds ("" when always)."""

    text: str
    article: str
    period: str
    position: int


@dataclass(frozen=True)
class VersionInWords:
    conditions: list[Told]
    priorities: list[Told]
    ties: list[str]


def describe_version(version: RuleVersion) -> VersionInWords:
    """Two queries."""
    return VersionInWords(
        [_told(condition, sentence(condition)) for condition in version.conditions.all()],
        [_told(rule, rule.label) for rule in version.priorities.all()],
        [str(Tie(tie).label) for tie in version.ties],
    )


def _told(row: Row, text: str) -> Told:
    since = f"{row.valid_from:%d/%m/%Y}" if row.valid_from else ""
    until = f"{row.valid_to:%d/%m/%Y}" if row.valid_to else ""
    return Told(text, row.legal_basis, f"{since}–{until}" if since or until else "", row.position)


def group_in_words(rules: list[PriorityRule], position: int | None) -> str:
    """The group and its words; "" for no group."""
    return next((str(rule) for rule in rules if rule.position == position), "")
