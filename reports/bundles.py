"""The same report for every unit below an area: asked for in one click, built side by side, taken away as one zip."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from administration.models import Area, AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from reports.actions import ask_for_report
from reports.definitions import REPORTS
from reports.files import FORMATS, download_name, has_expired, is_untouched
from reports.models import ReportBundle, ReportRun

SAME_DAY = (2000, 1, 1, 0, 0, 0)  # in every zip, so that the same files make the same bytes


def units_below(area: Area) -> list[Area]:
    """The units of which a bundle has a report each: those directly below."""
    return list(Area.objects.filter(parent=area).in_tree_order())


@transaction.atomic
def ask_for_bundle(
    kind: str,
    area_id: int,
    *,
    round_id: int | None,
    reason: str = "",
    by: Officer,
    at: datetime.datetime | None = None,
) -> ReportBundle:
    """Asks for one report per unit below the area; one that is under way already is not built twice."""
    area = Area.objects.visible_to(by).filter(pk=area_id).first()
    definition = REPORTS.get(kind)
    units = units_below(area) if area else []
    wanted = [unit for unit in units if definition and definition.is_for(by, unit)]
    if area is None or not wanted:
        raise NotPossible(_("There is no unit below this one for which this report is made."))
    bundle = ReportBundle.objects.create(kind=kind, area=area, requested_by=by)
    runs = [ask_for_report(kind, unit.pk, round_id=round_id, reason=reason, by=by, at=at) for unit in wanted]
    bundle.runs.set(runs)
    AuditEvent.record(
        Verb.REPORT_BUNDLE_ASKED, bundle, by=by, area=area, at=at, kind=kind, units=len(runs), reason=reason
    )
    return bundle


def runs_of(bundle: ReportBundle) -> list[ReportRun]:
    return list(bundle.runs.select_related("area", "round", "job").order_by("area_id"))


@transaction.atomic
def download_bundle(bundle_id: int, *, by: Officer, at: datetime.datetime | None = None) -> Sequence[ReportRun]:
    """Records that all files leave the system. Refused while one is missing: a bundle is whole or not at all."""
    bundle = ReportBundle.objects.visible_to(by).get(pk=bundle_id)
    runs = runs_of(bundle)
    if any(has_expired(run, at) for run in runs):
        raise NotPossible(_("The files of this report have expired, because they hold personal data. Build it again."))
    if not runs or not all(run.is_built for run in runs):
        raise NotPossible(_("Not all of these reports are built yet."))
    AuditEvent.record(
        Verb.REPORT_BUNDLE_DOWNLOADED, bundle, by=by, area=bundle.area_id, at=at,
        kind=bundle.kind, snapshots=[run.snapshot_id for run in runs],
    )  # fmt: skip
    return runs


def zip_of(runs: Sequence[ReportRun]) -> IO[bytes]:
    """All files of the runs in one zip, on disk; the same runs give the same bytes."""
    spool: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_STORED) as archive:  # xlsx and pdf are compressed already
        for run in runs:
            for extension in FORMATS:
                stored = getattr(run, extension)
                if not stored:
                    continue
                if not is_untouched(run, extension):
                    raise NotPossible(_("A stored file is not the one that was built. Build these reports again."))
                name = f"{run.area.code}-{download_name(run, extension)}"
                with stored.open() as file, archive.open(zipfile.ZipInfo(name, SAME_DAY), "w") as member:
                    while chunk := file.read(1 << 20):
                        member.write(chunk)
    spool.seek(0)
    return spool
