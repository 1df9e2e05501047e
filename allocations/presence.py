"""Soft presence: who else has a list or a household open. Nobody is kept out; the version decides who was first."""

from __future__ import annotations

import datetime

from django.utils import timezone

from administration.models import Officer
from allocations.models import CommuneList, Look


def look_at(officer: Officer, commune_list: CommuneList, line_id: int | None, at: datetime.datetime) -> None:
    """Remembers what the officer has open; one row an officer, so nothing grows."""
    Look.objects.bulk_create(
        [Look(officer_id=officer.pk, area_id=commune_list.area_id, commune_list=commune_list, line_id=line_id, at=at)],
        update_conflicts=True, unique_fields=["officer"], update_fields=["area", "commune_list", "line", "at"],
    )  # fmt: skip


def others_looking(officer: Officer, commune_list: CommuneList, line_id: int | None) -> list[Officer]:
    """Officers who had the same household open within the last minute; without a line: the same list."""
    fresh = Look.objects.fresh(timezone.now()).filter(commune_list=commune_list).exclude(officer=officer.pk)
    if line_id is not None:
        fresh = fresh.filter(line=line_id)
    return [look.officer for look in fresh.select_related("officer").order_by("officer__full_name")]
