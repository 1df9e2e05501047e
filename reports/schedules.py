"""Reports that come by themselves: weekly on Mondays, monthly on the first. A row is the switch."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Area, AuditEvent, Officer
from administration.refusals import NotPossible
from administration.scope import scope_of
from administration.verbs import Verb
from allocations.models import Round
from reports.actions import ask_for_report
from reports.definition import ReportDefinition
from reports.definitions import REPORTS, reports_for, rounds_for
from reports.models import ReportRun, ReportSchedule

Every = ReportSchedule.Every


@dataclass(frozen=True, slots=True)
class Switch:
    """One report that can be scheduled, and whether it is."""

    definition: ReportDefinition
    every: str
    label: str
    next_on: datetime.date | None

    @property
    def is_on(self) -> bool:
        return self.next_on is not None


def schedulable(officer: Officer) -> list[ReportDefinition]:
    """Reports that need no reason: personal data is never taken out by itself."""
    return [
        definition
        for definition in reports_for(officer)
        if officer.area and not definition.has_personal_data and definition.is_for(officer, officer.area)
    ]


def switches_of(officer: Officer) -> list[tuple[ReportDefinition, list[Switch]]]:
    """Every report that can be scheduled with its switches, in the order in which reports are offered."""
    on = {(row.kind, row.every): row.next_on for row in ReportSchedule.objects.of(officer)}
    return [
        (one, [Switch(one, every.value, str(every.label), on.get((one.key, every.value))) for every in Every])
        for one in schedulable(officer)
    ]


def next_day(every: str, after: datetime.date) -> datetime.date:
    """The first Monday, or first of a month, after a day."""
    if every == Every.WEEK:
        return after + datetime.timedelta(days=7 - after.weekday())
    return (after.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


@transaction.atomic
def switch(kind: str, every: str, *, on: bool, by: Officer, at: datetime.datetime | None = None) -> None:
    """Turns the schedule of a report on or off for this officer; what is so already stays so."""
    if every not in Every.values or kind not in {one.key for one in schedulable(by)} or by.area is None:
        raise NotPossible(_("This report cannot be scheduled."))
    if on:
        day = next_day(every, timezone.localdate(at))
        row, changed = ReportSchedule.objects.get_or_create(
            officer=by, kind=kind, every=every, defaults={"next_on": day}
        )
    else:
        found = ReportSchedule.objects.of(by).filter(kind=kind, every=every).first()
        changed = found is not None
        if found is None:
            return
        row = found
    if changed:
        verb = Verb.REPORT_SCHEDULED if on else Verb.REPORT_UNSCHEDULED
        AuditEvent.record(verb, row, by=by, area=by.area, at=at, kind=kind, every=every)
    if not on:
        row.delete()


def ask_due(at: datetime.datetime | None = None) -> list[ReportRun]:
    """Asks for every scheduled report whose day has come; each once, however often and wherever this runs.

    Days that were missed while the machine was off are made up for by one report, not by one each.
    """
    today = timezone.localdate(at)
    due = ReportSchedule.objects.filter(next_on__lte=today, officer__is_active=True)
    asked = [_ask(pk, today, at) for pk in due.order_by("pk").values_list("pk", flat=True)]
    return [run for run in asked if run is not None]


def _ask(schedule_id: int, today: datetime.date, at: datetime.datetime | None) -> ReportRun | None:
    with transaction.atomic():
        row = (
            ReportSchedule.objects.select_for_update(of=["self"], skip_locked=True)
            .select_related("officer__area")
            .filter(pk=schedule_id, next_on__lte=today)
            .first()
        )
        if row is None:
            return None
        row.next_on = next_day(row.every, today)
        row.save(update_fields=["next_on"])
        with scope_of(row.officer):
            return _ask_for(row, at)


def _ask_for(row: ReportSchedule, at: datetime.datetime | None) -> ReportRun | None:
    """None where there is nothing to report about: no open round, or the officer may no longer have it."""
    definition, area = REPORTS.get(row.kind), row.officer.area
    if area is None or definition is None or not definition.is_for(row.officer, area):
        return None
    round = _current(area) if definition.needs_round else None
    if definition.needs_round and round is None:
        return None
    return ask_for_report(
        row.kind, area.pk, round_id=round.pk if round else None, is_scheduled=True, by=row.officer, at=at
    )


def _current(area: Area) -> Round | None:
    return next((round for round in rounds_for(area) if round.state == Round.State.OPEN), None)
