"""Doorway: builds one report at once, as an officer would get it, and puts its files into a folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from administration import jobs
from administration.models import Area, Officer, Role
from administration.refusals import NotPossible
from administration.scope import scope_of
from allocations.models import Round
from reports.actions import ask_for_report
from reports.definitions import REPORTS, rounds_for
from reports.files import FORMATS, download_name
from reports.models import ReportRun
from reports.tasks import build_report, gather_report

assert callable(gather_report) and callable(build_report)  # noqa: S101, PT018 - importing them registers the job's work


class Command(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _("Builds one report now and writes its Excel and PDF files into a folder.")
        parser.add_argument("kind", choices=sorted(REPORTS), help=_("which report"))
        parser.add_argument(
            "--area", required=True, metavar="CODE", help=_("GSO code of the province, district or commune")
        )
        parser.add_argument("--round", metavar="CODE", help=_("code of the round; the newest open one if left out"))
        parser.add_argument("--out", required=True, metavar="DIR", type=Path, help=_("folder for the files"))
        parser.add_argument(
            "--as", dest="officer", metavar="USERNAME", help=_("for this officer; the province's first if left out")
        )
        parser.add_argument("--reason", default="", help=_("what personal data is needed for"))

    def handle(self, *args: Any, kind: str, area: str, out: Path, **options: Any) -> None:
        unit = _unit(area)
        officer = _officer(unit, options["officer"])
        with scope_of(officer):
            try:
                run = ask_for_report(
                    kind, unit.pk, round_id=_round_id(unit, options["round"]), reason=options["reason"], by=officer
                )
            except NotPossible as refusal:
                raise CommandError(str(refusal)) from refusal
        if run.job_id is not None:
            jobs.run(run.job_id)
        with scope_of(officer):
            self._deliver(ReportRun.objects.select_related("area", "round", "job").get(pk=run.pk), out)

    def _deliver(self, run: ReportRun, out: Path) -> None:
        if not run.is_built:
            error = run.job.error if run.job else ""
            raise CommandError(error or _("The report could not be built; the log says why."))
        out.mkdir(parents=True, exist_ok=True)
        for extension in FORMATS:
            stored = getattr(run, extension)
            if stored:
                target = out / download_name(run, extension)
                with stored.open() as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                self.stdout.write(str(target))
        for key in ["rows", *(column.key for column in REPORTS[run.kind].columns if column.key in run.totals)]:
            self.stdout.write(f"{key} = {run.totals[key]}")
        self.stdout.write(f"snapshot = {run.snapshot_id}")
        self.stdout.write(f"sha256 = {run.checksum}")


def _unit(code: str) -> Area:
    """The unit of that code that is or was last valid; codes are used again after a reform."""
    unit = Area.objects.select_related("parent").filter(code=code).order_by("-valid_from").first()
    if unit is None:
        raise CommandError(_("There is no unit with the code %(code)s.") % {"code": code})
    return unit


def _officer(unit: Area, username: str | None) -> Officer:
    officers = Officer.objects.filter(is_active=True).select_related("area")
    if username:
        found = officers.filter(username=username).first()
    else:
        above = officers.filter(role=Role.PROVINCE_STAFF, area__number__lte=unit.number, area__last__gte=unit.last)
        found = above.order_by("pk").first()
    if found is None:
        raise CommandError(_("There is no officer who could ask for this report. Name one with --as."))
    return found


def _round_id(unit: Area, code: str | None) -> int | None:
    if code:
        round = Round.objects.of_area(unit).filter(code=code).first()
        if round is None:
            raise CommandError(_("There is no round with the code %(code)s here.") % {"code": code})
        return round.pk
    rounds = rounds_for(unit)
    newest = next((round for round in rounds if round.state == Round.State.OPEN), rounds[0] if rounds else None)
    return newest.pk if newest else None
