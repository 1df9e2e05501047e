"""What officers do with reports: ask for one, give it up, download it; and remind a commune that is late."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from administration import jobs
from administration.models import Area, AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.models import Round
from reports.building import Gathered, Written
from reports.definition import ReportDefinition
from reports.definitions import REPORTS
from reports.files import has_expired, is_untouched, stored_name
from reports.models import ReportRun
from reports.progress import CommuneProgress, gather

BUILD = "report.build"  # the kind of its job
SHORTEST_REASON = 10


@transaction.atomic
def ask_for_report(
    kind: str,
    area_id: int,
    *,
    round_id: int | None,
    reason: str = "",
    is_scheduled: bool = False,
    by: Officer,
    at: datetime.datetime | None = None,
) -> ReportRun:
    """Asks a worker for a report. Asked again while the same one is being built, it is that one."""
    definition, area = REPORTS.get(kind), Area.objects.visible_to(by).filter(pk=area_id).first()
    if definition is None or area is None or not definition.is_for(by, area):
        raise NotPossible(_("This report is not available for this area."))
    round = _round_for(definition, area, round_id)
    reason = reason.strip()
    if definition.has_personal_data and len(reason) < SHORTEST_REASON:
        raise NotPossible(_("Write what the personal data is needed for, in a few words."))
    Officer.objects.select_for_update(no_key=True).get(pk=by.pk)  # two clicks wait for one another
    same = ReportRun.objects.visible_to(by).filter(kind=kind, area=area, round=round, reason=reason)
    if under_way := same.filter(job__state__in=["queued", "running"]).first():
        return under_way
    with refusals_as_sentences():
        run = ReportRun.objects.create(
            kind=kind, area=area, round=round, requested_by=by, requested_at=at or timezone.now(), reason=reason,
            is_scheduled=is_scheduled,
        )  # fmt: skip
    run.job = jobs.ask(BUILD, run.pk, by=by)
    run.save(update_fields=["job"])
    AuditEvent.record(Verb.REPORT_ASKED, run, by=by, area=area, at=at, **_described(run))
    return run


@transaction.atomic
def ask_again(run_id: int, *, by: Officer, at: datetime.datetime | None = None) -> ReportRun:
    """The same report with the figures of now; in a bundle it takes the place of one that failed."""
    run = ReportRun.objects.visible_to(by).get(pk=run_id)
    again = ask_for_report(run.kind, run.area_id, round_id=run.round_id, reason=run.reason, by=by, at=at)
    if not run.is_built:
        for bundle in run.bundles.all():
            bundle.runs.remove(run)
            bundle.runs.add(again)
    return again


@transaction.atomic
def cancel_report(run_id: int, *, by: Officer, at: datetime.datetime | None = None) -> ReportRun:
    """Gives up a report that is waiting or being built."""
    run = ReportRun.objects.visible_to(by).select_related("job").get(pk=run_id)
    if run.job is None or not jobs.cancel(run.job):
        raise NotPossible(_("This report is no longer being built."))
    AuditEvent.record(Verb.REPORT_CANCELLED, run, by=by, area=run.area_id, at=at, **_described(run))
    return run


@transaction.atomic
def keep_report(
    run_id: int, gathered: Gathered, written: Written, *, by: Officer, at: datetime.datetime | None = None
) -> ReportRun:
    """A worker's last step: the run points to its finished files."""
    run = ReportRun.objects.select_for_update(of=["self"]).get(pk=run_id)
    run.taken_at = gathered.document.info.taken_at
    run.snapshot_id = gathered.document.info.snapshot_id
    run.totals, run.checksum = gathered.totals, gathered.checksum
    run.xlsx, run.pdf = stored_name(written.xlsx), stored_name(written.pdf) if written.pdf else ""
    run.digests = written.digests
    run.save(update_fields=["taken_at", "snapshot_id", "totals", "checksum", "xlsx", "pdf", "digests"])
    details = {**_described(run), "snapshot": run.snapshot_id, "checksum": run.checksum, "totals": run.totals}
    AuditEvent.record(Verb.REPORT_BUILT, run, by=by, area=run.area_id, at=at, **details)
    return run


@transaction.atomic
def download_report(run_id: int, extension: str, *, by: Officer, at: datetime.datetime | None = None) -> ReportRun:
    """Records that a file leaves the system, or says why it cannot."""
    run = ReportRun.objects.visible_to(by).select_related("area", "round").get(pk=run_id)
    if has_expired(run, at):
        raise NotPossible(_("The files of this report have expired, because they hold personal data. Build it again."))
    stored = getattr(run, extension)
    if not stored or not stored.storage.exists(stored.name):
        raise NotPossible(_("This report has no such file."))
    if not is_untouched(run, extension):
        raise NotPossible(
            _("The stored file is not the one that was built. It is not given out; tell the administrator.")
        )
    details = {**_described(run), "format": extension, "snapshot": run.snapshot_id}
    AuditEvent.record(Verb.REPORT_DOWNLOADED, run, by=by, area=run.area_id, at=at, **details)
    return run


@transaction.atomic
def remind(round_id: int, commune_id: int, *, by: Officer, at: datetime.datetime | None = None) -> CommuneProgress:
    """Reminds whoever holds a late commune's ball; once a day, whoever does it."""
    at = at or timezone.now()
    round = Round.objects.get(pk=round_id)
    commune = Area.objects.communes().visible_to(by).select_for_update(no_key=True).get(pk=commune_id)
    found = next((c for c in gather(commune, round, at=at).late if c.area == commune), None)
    if found is None or found.delay is None:
        raise NotPossible(_("%(commune)s is not late in this round.") % {"commune": commune.name})
    if found.reminded_at and timezone.localdate(found.reminded_at) == timezone.localdate(at):
        when = date_format(timezone.localtime(found.reminded_at), "H:i")
        raise NotPossible(
            _("A reminder was already sent to %(commune)s today at %(time)s.") % {"commune": commune.name, "time": when}
        )
    delay = found.delay
    AuditEvent.record(
        Verb.REMINDED, round, by=by, area=commune, at=at, step=delay.step.value, days=delay.days,
        households_left=delay.households, round=round.name, to=[contact.name for contact in found.contacts],
    )  # fmt: skip
    return found


def _round_for(definition: ReportDefinition, area: Area, round_id: int | None) -> Round | None:
    round = Round.objects.of_area(area).filter(pk=round_id).first() if round_id else None
    if round is None and (definition.needs_round or round_id):
        raise NotPossible(_("Choose a round of this province."))
    return round


def _described(run: ReportRun) -> dict[str, Any]:
    details: dict[str, Any] = {"kind": run.kind, "round": run.round.name if run.round else ""}
    if run.reason:
        details["reason"] = run.reason
    return details
