"""Which drafts of a list can be signed today, and what keeps the others back. Pure: facts in, reasons out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.conditions import Candidate
from allocations.eligibility import Blocker, RuleBook, find_blockers
from allocations.models import Allocation


@dataclass
class Readiness:
    """Drafts by what stands in their way, as ids of lines. A line is named once, for the gravest reason."""

    ready: list[int] = field(default_factory=list)
    without_identity: list[int] = field(default_factory=list)
    with_complaint: list[int] = field(default_factory=list)
    not_posted: list[int] = field(default_factory=list)
    in_posting: list[int] = field(default_factory=list)
    disqualified: dict[int, list[Blocker]] = field(default_factory=dict)

    @property
    def held_back(self) -> int:
        return sum(map(len, (self.without_identity, self.with_complaint, self.disqualified, self.not_posted,
                             self.in_posting)))  # fmt: skip

    @property
    def unfit(self) -> int:
        """Lines that posting alone would not make ready."""
        return len(self.without_identity) + len(self.with_complaint) + len(self.disqualified)

    @property
    def postable(self) -> list[int]:
        """Nothing stands in the way of showing them to the public; a complaint is answered while they hang."""
        return [*self.ready, *self.not_posted]

    def unfit_sentences(self) -> list[str]:
        """What keeps lines back whatever the posting, in words."""
        return replace(self, not_posted=[], in_posting=[]).sentences()

    def sentences(self) -> list[str]:
        """What keeps lines back, in words; empty when nothing does."""
        n, m, k = len(self.disqualified), len(self.without_identity), len(self.with_complaint)
        new, hanging = len(self.not_posted), len(self.in_posting)
        found = [
            (n, ngettext("%(n)s household no longer qualifies: take it off the list.",
                         "%(n)s households no longer qualify: take them off the list.", n) % {"n": n}),
            (m, ngettext("%(n)s household lacks the identity number of its head.",
                         "%(n)s households lack the identity number of their head.", m) % {"n": m}),
            (k, ngettext("%(n)s household has a complaint that is not answered yet.",
                         "%(n)s households have a complaint that is not answered yet.", k) % {"n": k}),
            (new, ngettext("%(n)s household has not been posted in public yet.",
                           "%(n)s households have not been posted in public yet.", new) % {"n": new}),
            (hanging, ngettext("%(n)s household is still being posted: close the posting with its record first.",
                               "%(n)s households are still being posted: close the posting with its record first.",
                               hanging) % {"n": hanging}),
        ]  # fmt: skip
        return [sentence for number, sentence in found if number]


def assess(
    drafts: Iterable[Allocation],
    candidates: Mapping[int, Candidate],
    book: RuleBook,
    *,
    complained: Collection[int] = (),
    demands_posting: bool = False,
) -> Readiness:
    """Sorts drafts (with their postings) out. `candidates` by household; `complained`: lines with an open complaint."""
    found = Readiness()
    for line in drafts:
        candidate = candidates.get(line.household_id)
        if reasons := disqualification(candidate, book):
            found.disqualified[line.pk] = reasons
        elif candidate is not None and not candidate.has_identity:
            found.without_identity.append(line.pk)
        elif line.pk in complained:
            found.with_complaint.append(line.pk)
        elif line.posting is not None and not line.posting.is_closed:
            found.in_posting.append(line.pk)
        elif demands_posting and line.posting is None:
            found.not_posted.append(line.pk)
        else:
            found.ready.append(line.pk)
    return found


def disqualification(candidate: Candidate | None, book: RuleBook) -> list[Blocker]:
    """Why a household that is on the list no longer belongs there. Its own place on the list is no reason."""
    if candidate is None:
        return [Blocker("CHUYEN_DI", _("The household is no longer in the register."))]
    return find_blockers(replace(candidate, has_live_allocation=False), book)
