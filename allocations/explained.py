"""Lines with their reasons: the facts of today's register held against the rules under which each line was placed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.candidates import gather_candidates
from allocations.conditions import Candidate
from allocations.explanation import Explanation, explain
from allocations.models import Allocation, RuleVersion
from allocations.rule_book import read_books_of_versions


@dataclass(frozen=True)
class Explained:
    """Why a line stands where it stands. `is_decided`: the version is that of a decision and stays with it."""

    explanation: Explanation
    version: RuleVersion
    is_decided: bool = False

    @property
    def version_in_words(self) -> str:
        words = {"number": self.version.number, "round": self.version.round.name}
        if self.is_decided:
            return _("Decided under version %(number)s of the rules of %(round)s.") % words
        return _("Placed under version %(number)s of the rules of %(round)s.") % words

    @property
    def in_short(self) -> str:
        """What fails; or that everything holds and what places the household among its equals."""
        failing = [f"{finding.asked} – {finding.found}" for finding in self.explanation.findings if not finding.holds]
        if failing:
            return _("Does not hold: %(what)s") % {"what": "; ".join(failing)}
        n = len(self.explanation.findings)
        words = ngettext("The one condition holds", "All %(n)s conditions hold", n) % {"n": n}
        return " · ".join([words, *self.explanation.places])


def explain_lines(
    lines: Iterable[Allocation], area_id: int, *, with_helped: bool = True
) -> dict[int, Explained]:  # fmt: skip
    """Line → its reasons; lines of households that are in the register of this commune. At most eleven queries."""
    lines = list(lines)
    households = {line.household_id for line in lines}
    found = gather_candidates(area_id, households, with_helped=with_helped) if lines else []
    candidates = {candidate.household_id: candidate for candidate in found}
    days = {line.rule_version_id: timezone.localdate(line.listed_at) for line in lines}
    books = read_books_of_versions(days)
    explained = {}
    for line in lines:
        if candidate := candidates.get(line.household_id):
            version, book = books[line.rule_version_id]
            explanation = explain(_without_itself(candidate), book)
            explained[line.pk] = Explained(explanation, version, is_decided=line.decided_by_id is not None)
    return explained


def _without_itself(candidate: Candidate) -> Candidate:
    """The line that is explained does not stand in its own way."""
    return replace(candidate, has_live_allocation=False)
