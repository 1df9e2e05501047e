"""What the page of a draft's effect shows: the figures by commune, and the households of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from administration.models import Area
from allocations.candidates import gather_candidates
from allocations.effect import COMES_IN, FALLS_OUT, RISES, SINKS, books, changes_in
from allocations.eligibility import find_blockers
from allocations.list_contents import heads_of
from allocations.models import RuleVersion
from allocations.rules_in_words import group_in_words
from beneficiaries.models import Household, Person

KINDS = [
    (FALLS_OUT, _("no longer eligible")), (COMES_IN, _("newly eligible")),
    (SINKS, _("to a lower group")), (RISES, _("to a higher group")),
]  # fmt: skip


@dataclass(frozen=True)
class CommuneEffect:
    commune: Area
    counts: list[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class EffectPage:
    """`kinds`: (words, number of households). `communes`: those where something changes, in tree order."""

    at: Any
    by: str
    looked_at: int
    decided: int
    changed: int
    kinds: list[tuple[Any, int]]
    communes: list[CommuneEffect]


def describe_effect(version: RuleVersion) -> EffectPage:
    """From the figures kept with the draft. One query."""
    stored = version.effect
    by_commune: dict[str, dict[str, int]] = stored.get("communes", {})
    areas = Area.objects.filter(pk__in=[int(number) for number in by_commune]).select_related("parent").in_tree_order()
    return EffectPage(
        parse_datetime(stored["at"]), stored["by"], stored["looked_at"], stored["decided"], stored["changed"],
        [(label, stored["kinds"].get(kind, 0)) for kind, label in KINDS],
        [CommuneEffect(area, [by_commune[str(area.pk)].get(kind, 0) for kind, _label in KINDS]) for area in areas],
    )  # fmt: skip


@dataclass(frozen=True)
class ChangeRow:
    """One household: its group before and after in words; `why`: what forbids it under the new rules."""

    household: Household
    head: Person | None
    kind: Any
    before: str
    after: str
    why: list[str]

    @property
    def name(self) -> str:
        return self.head.full_name if self.head else self.household.code


def describe_changes(version: RuleVersion, commune: Area) -> list[ChangeRow]:
    changes = changes_in(version, commune)
    before, after = books(version)
    ids = [change.household_id for change in changes]
    households = Household.objects.in_bulk(ids)
    heads = heads_of(ids)
    facts = {c.household_id: c for c in gather_candidates(commune.pk, ids, with_helped=False)}
    words = dict(KINDS)
    return [
        ChangeRow(
            households[change.household_id], heads.get(change.household_id), words[change.kind],
            group_in_words(list(before.rules), change.before), group_in_words(list(after.rules), change.after),
            [str(b.message) for b in find_blockers(facts[change.household_id], after) if b.code != "TRUNG"],
        )
        for change in changes
    ]  # fmt: skip
