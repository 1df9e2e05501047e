"""Rounds of a commune, and all communes of a round: who has listed, who is late, what is left of the quota."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count, Q, QuerySet

from administration.models import Area, Officer
from allocations.list_states import ListState
from allocations.models import LIVE, Allocation, CommuneList, Quota, Round, Status
from allocations.unit_quota import by_round_and_unit
from beneficiaries.names import fold


def rounds_of_commune(commune: Area, today: datetime.date) -> list[ListState]:
    """Every round of the province, newest first, with the commune's own list in it. Four queries."""
    rounds = list(Round.objects.of_area(commune).newest_first().select_related("programme"))
    lists = {n.round_id: n for n in CommuneList.objects.filter(area=commune, round__in=rounds)}
    quotas = by_round_and_unit(Quota.objects.filter(area=commune, round__in=rounds))
    states = [ListState(r, commune, lists.get(r.pk), quotas.get((r.pk, commune.pk)), today) for r in rounds]
    return with_counts(states)


def communes_of_round(
    officer: Officer, round: Round, *, today: datetime.date, state: str = "", words: str = "", only_late: bool = False
) -> list[ListState]:
    """The officer's communes in tree order, filtered; counts only for the shown page. Three queries."""
    communes = existing_communes(officer, round).select_related("parent")
    lists = {n.area_id: n for n in CommuneList.objects.visible_to(officer).filter(round=round)}
    quotas = by_round_and_unit(Quota.objects.visible_to(officer).filter(round=round))
    key = fold(words)
    rows = (ListState(round, c, lists.get(c.pk), quotas.get((round.pk, c.pk)), today) for c in communes)
    return [
        row
        for row in rows
        if (not state or row.state == state)
        and (not only_late or row.is_overdue)
        and (not key or key in fold(row.commune.name) or row.commune.code == words.strip())
    ]


def existing_communes(officer: Officer, round: Round) -> QuerySet[Area]:
    """Communes that had not ended when the round opened (or, for a province that has ended, when it did)."""
    province = round.programme.province
    day = round.opens_on
    if province.valid_to:
        day = min(day, province.valid_to - datetime.timedelta(1))
    still_there = Q(valid_to=None) | Q(valid_to__gt=day)
    return Area.objects.visible_to(officer).inside(province).communes().filter(still_there).in_tree_order()


def with_counts(states: Iterable[ListState]) -> list[ListState]:
    """The same rows with their numbers of lines. One query for all of them."""
    states = list(states)
    lists = [row.commune_list.pk for row in states if row.commune_list]
    counts = {row["commune_list"]: row for row in count_lines(lists)}
    return [_with(row, counts) for row in states]


def count_lines(list_ids: Sequence[int]) -> list[dict[str, Any]]:
    found = (
        Allocation.objects.filter(commune_list__in=list_ids)
        .values("commune_list")
        .annotate(
            lines=Count("pk", filter=Q(status__in=LIVE)),
            drafts=Count("pk", filter=Q(status__in=[Status.DRAFT, Status.POSTED])),
            returned=Count("pk", filter=Q(status=Status.RETURNED)),
        )
        .order_by("commune_list")
    )
    return [dict(row) for row in found]


def _with(row: ListState, counts: dict[int, dict[str, Any]]) -> ListState:
    found = counts.get(row.commune_list.pk) if row.commune_list else None
    if found is None:
        return row
    return replace(row, lines=found["lines"], drafts=found["drafts"], returned=found["returned"])
