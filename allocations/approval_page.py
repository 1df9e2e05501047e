"""What the page that asks for an approval says: how many, who is the last in and the first out, who is left alone."""

from __future__ import annotations

from dataclasses import dataclass

from allocations.actions import complained_lines
from allocations.decisions import Plan, plan_approval
from allocations.models import Allocation, PriorityRule, Selection
from allocations.review_contents import NamedLine, current_lines, name_lines, name_refused, passed_over
from allocations.rule_book import rules_of_lines
from allocations.unit_quota import UnitQuota, quota_of


@dataclass(frozen=True)
class ApprovalPage:
    """`gone`: chosen lines that others decided or the commune took back; `refused`: those that cannot be approved."""

    plan: Plan
    quota: UnitQuota | None
    last_in: NamedLine | None
    first_out: NamedLine | None
    last_rule: PriorityRule | None
    first_rule: PriorityRule | None
    refused: list[NamedLine]
    gone: list[NamedLine]
    passed_over: int

    @property
    def boundary(self) -> int:
        """The last line that will be approved, 0 when nobody will."""
        return self.plan.last_in.pk if self.plan.last_in else 0

    @property
    def changes_something(self) -> bool:
        return bool(self.plan.approved or self.plan.waiting)


def describe_approval(selection: Selection) -> ApprovalPage:
    """About ten queries, whatever the number of lines."""
    commune_list = selection.commune_list
    quota = quota_of(commune_list.round_id, commune_list.area_id)
    lines, gone = current_lines(selection)
    plan = plan_approval(lines, left=quota.left_by if quota else {}, complained=complained_lines(commune_list))
    names = {named.line.pk: named for named in name_lines(n.pk for n in (plan.last_in, plan.first_out) if n)}
    rules = rules_of_lines(n for n in (plan.last_in, plan.first_out) if n)

    def named(line: Allocation | None) -> NamedLine | None:
        return names[line.pk] if line else None

    return ApprovalPage(
        plan, quota, named(plan.last_in), named(plan.first_out),
        rules.get((plan.last_in.rule_version_id, plan.last_in.priority_group)) if plan.last_in else None,
        rules.get((plan.first_out.rule_version_id, plan.first_out.priority_group)) if plan.first_out else None,
        name_refused((line.pk, why) for line, why in plan.refused),
        name_refused((line.pk, why) for line, why in gone),
        passed_over(commune_list, plan),
    )  # fmt: skip
