"""The reports that can be asked for, by key (see reports.shipped), and the rounds they can be about."""

from __future__ import annotations

from administration.access import may
from administration.models import Area, Officer
from allocations.models import Round
from reports.definition import ReportDefinition
from reports.shipped import found

REPORTS: dict[str, ReportDefinition] = {one.key: one for one in found()}


def reports_for(officer: Officer) -> list[ReportDefinition]:
    """The reports that an officer's role may ask for."""
    return [definition for definition in REPORTS.values() if may(officer, definition.permission)]


def rounds_for(area: Area | None) -> list[Round]:
    """Rounds of the area's province that have begun, newest first."""
    begun = Round.objects.of_area(area).exclude(state=Round.State.PLANNED)
    return list(begun.select_related("programme").newest_first())
