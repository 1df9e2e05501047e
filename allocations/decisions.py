"""What approving chosen lines would do. Pure: the page that asks and the action that does it read the same plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from allocations.eligibility import decision_blockers
from allocations.models import Allocation, Status
from allocations.unit_quota import SupportKey, support_of_line

Refusal = tuple[Allocation, str]


@dataclass(frozen=True)
class Plan:
    """Lines best first: approved while the quota lasts, then the waiting list; `refused` with the reason of each."""

    approved: list[Allocation] = field(default_factory=list)
    waiting: list[Allocation] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def last_in(self) -> Allocation | None:
        return self.approved[-1] if self.approved else None

    @property
    def first_out(self) -> Allocation | None:
        return self.waiting[0] if self.waiting else None

    def keeps_to(self, boundary: Allocation | None) -> bool:
        """Whether everybody up to the boundary is approved and nobody behind it; None: nobody is approved.

        Supports have quotas of their own: who waits for another one may stand before the boundary.
        """
        if boundary is None:
            return not self.approved
        place, support = in_rank_order(boundary), support_of_line(boundary)
        last = self.last_in
        first = next((line for line in self.waiting if support_of_line(line) == support), None)
        return (last is None or in_rank_order(last) <= place) and (first is None or in_rank_order(first) > place)


def in_rank_order(line: Allocation) -> tuple[int, int]:
    return line.rank, line.pk


def plan_approval(
    lines: Iterable[Allocation], *, left: Mapping[SupportKey, int], complained: Collection[int] = ()
) -> Plan:
    """`left`: what is still free of each support's quota; `complained`: ids of lines with an open complaint."""
    plan, rest = Plan(), dict(left)
    for line in sorted(lines, key=in_rank_order):
        if reason := _reason_against(line, complained):
            plan.refused.append((line, reason))
        elif rest.get(support_of_line(line), 0) > 0:
            rest[support_of_line(line)] -= 1
            plan.approved.append(line)
        elif line.status == Status.WAITING:
            plan.refused.append((line, _("The quota is used up; the household stays on the waiting list.")))
        else:
            plan.waiting.append(line)
    return plan


def _reason_against(line: Allocation, complained: Collection[int]) -> str:
    reasons = [str(blocker.message) for blocker in decision_blockers(line.flags)]
    if line.pk in complained:
        reasons.append(_("A complaint about this household has not been answered yet."))
    return " ".join(reasons)
