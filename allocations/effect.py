"""What publishing a version of the rules would change: household by household, old place against new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from administration.models import Area
from allocations.candidates import gather_candidates
from allocations.conditions import Candidate
from allocations.eligibility import RuleBook
from allocations.explanation import placing
from allocations.models import Allocation, Round, RuleVersion, Status
from allocations.rule_book import read_rule_book

COMES_IN, FALLS_OUT, RISES, SINKS = "in", "out", "up", "down"
STILL_OPEN = [Status.DRAFT, Status.RETURNED]


@dataclass(frozen=True)
class Change:
    """One household whose place changes: group before and after (None: not eligible)."""

    household_id: int
    before: int | None
    after: int | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return COMES_IN
        if self.after is None:
            return FALLS_OUT
        return RISES if self.after < self.before else SINKS


@dataclass
class Effect:
    """Counts of households. `communes`: number of the commune → changes by kind. `decided`: lines that keep theirs."""

    looked_at: int = 0
    decided: int = 0
    communes: dict[int, Counter[str]] = field(default_factory=dict)

    @property
    def kinds(self) -> Counter[str]:
        return sum(self.communes.values(), Counter())

    @property
    def changed(self) -> int:
        return self.kinds.total()

    def as_stored(self) -> dict[str, Any]:
        return {
            "looked_at": self.looked_at, "decided": self.decided, "changed": self.changed, "kinds": dict(self.kinds),
            "communes": {str(number): dict(counts) for number, counts in self.communes.items() if counts},
        }  # fmt: skip


def measure(draft: RuleVersion) -> Effect:
    """All communes of the round's province that are in scope. Three queries a commune."""
    before, after = books(draft)
    effect = Effect()
    for commune in communes_of(draft.round):
        decided, free = _free(draft.round, commune.pk)
        changes = find_changes(free, before, after)
        effect.looked_at += len(free)
        effect.decided += decided
        if changes:
            effect.communes[commune.pk] = Counter(change.kind for change in changes)
    return effect


def changes_in(draft: RuleVersion, commune: Area) -> list[Change]:
    """The households of one commune whose place changes, those that fall out first."""
    before, after = books(draft)
    order = {FALLS_OUT: 0, COMES_IN: 1, SINKS: 2, RISES: 3}
    changes = find_changes(_free(draft.round, commune.pk)[1], before, after)
    return sorted(changes, key=lambda change: (order[change.kind], change.household_id))


def books(draft: RuleVersion) -> tuple[RuleBook, RuleBook]:
    """What is in force now (nothing, for a first version) and the draft."""
    round = draft.round
    former = round.rule_versions.filter(state=RuleVersion.State.PUBLISHED).first()
    after = read_rule_book(round, version=draft)
    before = read_rule_book(round, version=former) if former else replace(after, version=None, rules=[], conditions=[])
    return before, after


def find_changes(candidates: Iterable[Candidate], before: RuleBook, after: RuleBook) -> list[Change]:
    """Pure. Whether somebody was helped is the same under both versions, so it is left aside."""
    found = (
        Change(candidate.household_id, placing(candidate, before), placing(candidate, after))
        for candidate in candidates
    )
    return [change for change in found if change.before != change.after]


def communes_of(round: Round) -> Iterable[Area]:
    return Area.objects.inside(round.programme.province).communes().in_tree_order()


def _free(round: Round, area_id: int) -> tuple[int, list[Candidate]]:
    """How many households have a line that rules no longer touch, and the facts of all others."""
    lines: Mapping[int, str] = dict(
        Allocation.objects.live().filter(area=area_id).values_list("household_id", "status")
    )
    settled = {household for household, status in lines.items() if status not in STILL_OPEN}
    facts = [
        replace(candidate, has_live_allocation=False, has_helped_member=False)
        for candidate in gather_candidates(area_id, with_helped=False)
        if candidate.household_id not in settled
    ]
    return len(settled), facts
