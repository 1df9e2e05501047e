"""What a household was promised, round by round, and why; or what keeps it off the list of a round that is open."""

from __future__ import annotations

from dataclasses import dataclass

from allocations.candidates import gather_candidates
from allocations.eligibility import Blocker, reasons_against, rule_for
from allocations.explained import Explained, explain_lines
from allocations.explanation import explain
from allocations.list_contents import ListRow, heads_of
from allocations.models import LIVE, Allocation, Complaint, HandOver, Payment, PriorityRule, Round, RuleVersion
from allocations.rule_book import read_rule_books, rules_of_lines
from beneficiaries.models import Household


@dataclass(frozen=True)
class Promise:
    """One line of the household with its reasons, and the hand-over or the payment, if there was one."""

    row: ListRow
    hand_over: HandOver | None
    explained: Explained | None = None
    payment: Payment | None = None


@dataclass(frozen=True)
class Prospect:
    """An open round in which the household is on no list: the rule that would place it, or every blocker."""

    round: Round
    rule: PriorityRule | None
    blockers: list[Blocker]
    explained: Explained | None = None


@dataclass(frozen=True)
class Support:
    household: Household
    promises: list[Promise]
    prospects: list[Prospect]


def support_of(household: Household) -> Support:
    """Newest first. At most twenty-two queries, whatever the number of rounds."""
    lines = list(
        Allocation.objects.filter(household=household)
        .select_related(
            "round__programme",
            "commune_list",
            "decided_by",
            "decided_for",
            "device__lot__model",
            "household",
            "source",
            "payment",
        )
        .order_by("-round__opens_on", "-pk")
    )
    rules = rules_of_lines(lines)
    handed = {h.allocation_id: h for h in HandOver.objects.filter(allocation__in=lines).select_related("by")}
    complained = set(Complaint.objects.open().filter(allocation__in=lines).values_list("allocation_id", flat=True))
    head = heads_of([household.pk]).get(household.pk)
    explained = explain_lines(lines, household.area_id)
    promises = [
        Promise(
            ListRow(
                n, household, head, rules.get((n.rule_version_id, n.priority_group)), has_complaint=n.pk in complained
            ),
            handed.get(n.pk),
            explained.get(n.pk),
            getattr(n, "payment", None),
        )
        for n in lines
    ]
    return Support(household, promises, _prospects(household, {n.round_id for n in lines if n.status in LIVE}))


def _prospects(household: Household, listed_in: set[int]) -> list[Prospect]:
    open_rounds = Round.objects.of_area(household.area).open().exclude(pk__in=listed_in).newest_first()
    rounds = list(open_rounds)
    candidates = gather_candidates(household.area_id, [household.pk]) if rounds else []
    found = []
    books = read_rule_books(rounds)
    versions = RuleVersion.objects.select_related("round").in_bulk([book.version for book in books.values()])
    for round in rounds:
        book = books[round.pk]
        version = versions.get(book.version or 0)
        for candidate in candidates:
            explained = Explained(explain(candidate, book), version) if version else None
            reasons = reasons_against(candidate, book)
            found.append(Prospect(round, rule_for(candidate, book.rules), reasons, explained))
    return found
