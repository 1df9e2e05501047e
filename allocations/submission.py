"""What a leader reads before signing a list: how many households of which group, what is held back, what forbids it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from administration.models import Officer
from allocations.actions import TO_BE_SIGNED, assess_list
from allocations.models import CommuneList, PriorityRule, Round
from allocations.readiness import Readiness
from allocations.unit_quota import UnitQuota, quota_of


@dataclass(frozen=True)
class SubmissionSummary:
    """`groups`: (rule, number of ready lines). `obstacles`: sentences that forbid signing, if any."""

    commune_list: CommuneList
    readiness: Readiness
    groups: list[tuple[PriorityRule, int]]
    quota: UnitQuota | None
    obstacles: list[str]

    @property
    def code(self) -> str:
        """What the submission is called on the telephone, for example dot-2/22915/1."""
        this = self.commune_list
        return f"{this.round.code}/{this.area.code}/{this.submission_no + 1}"

    @property
    def ready(self) -> int:
        return len(self.readiness.ready)


def summarise(commune_list: CommuneList, *, by: Officer) -> SubmissionSummary:
    drafts = list(commune_list.lines.filter(status__in=TO_BE_SIGNED).select_related("posting").order_by("rank", "pk"))
    readiness = assess_list(commune_list, drafts)
    ready = set(readiness.ready)
    numbers = Counter(line.priority_group for line in drafts if line.pk in ready)
    rules = commune_list.round.priority_rules.order_by("position")
    quota = quota_of(commune_list.round_id, commune_list.area_id)
    obstacles = []
    if commune_list.round.state != Round.State.OPEN:
        obstacles.append(_("This round is not open."))
    if by.pk == commune_list.prepared_by_id or any(line.listed_by_id == by.pk for line in drafts):
        obstacles.append(_("Who prepares the list may not sign it. Ask another leader of the commune to sign."))
    if not drafts:
        obstacles.append(_("There is no household to submit. The commune official builds the list first."))
    elif not ready and readiness.in_posting:
        obstacles.append(_("The households are being posted in public. The record of its end comes first."))
    elif not ready and readiness.not_posted:
        obstacles.append(_("This round demands that the list is posted in public before it is submitted."))
    elif not ready:
        obstacles.append(_("None of the households is ready. Complete them or take them off the list first."))
    groups = [(rule, numbers[rule.position]) for rule in rules if numbers[rule.position]]
    return SubmissionSummary(commune_list, readiness, groups, quota, obstacles)
