"""A commune's list from the command line: the same pipeline as the pages, for the province's IT desk."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from administration import jobs
from administration.models import Area, Level, Officer
from administration.refusals import NotPossible
from administration.scope import scope_of
from beneficiaries import tasks
from beneficiaries.actions import import_files, import_rows
from beneficiaries.intake import stage
from beneficiaries.intake.choices import remembered
from beneficiaries.intake.match import match
from beneficiaries.intake.parse import Choices, Parsed, parse_sheets
from beneficiaries.intake.place import place_of
from beneficiaries.intake.problems import NOTE
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.refusals import Refused
from beneficiaries.intake.register_problems import sentence
from beneficiaries.intake.staged import Staged, State
from beneficiaries.intake.vocabulary import FIELDS
from beneficiaries.models import ImportFile, StagedHousehold
from beneficiaries.names import fold

assert tasks  # noqa: S101 - importing it registers the work that `jobs.run` does here


@dataclass
class Outcome:
    """What is printed: counts, and every problem with the row it is in."""

    file: str
    state: str = "checked"
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)


class Command(BaseCommand):
    help = "Reads a commune's list of households, says what is wrong with it, and saves it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--commune", required=True, metavar="CODE", help="GSO code of the commune")
        parser.add_argument("--as", required=True, dest="username", metavar="USERNAME", help="who imports it")
        parser.add_argument("--sheet", action="append", metavar="NAME", help="only this sheet; may be given again")
        parser.add_argument("--header-row", type=int, metavar="N", help="the row that holds the column headings")
        parser.add_argument(
            "--map", action="append", default=[], metavar='"COLUMN=FIELD"', help=f"fields: {', '.join(FIELDS)}"
        )
        parser.add_argument("--skip-errors", action="store_true", help="save the rest and leave broken rows for later")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, save nothing")
        parser.add_argument("--json", action="store_true", help="print JSON instead of text")

    def handle(self, *arguments: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        officer = _officer(options["username"], options["commune"])
        try:
            with scope_of(officer):
                parsed, choices = _parse(path, officer, options)
                staged = _staged(parsed, officer)
            outcome = _outcome(path, staged)
            broken = outcome.counts["broken"] + outcome.counts["conflict"]
            if not options["dry_run"] and (not broken or options["skip_errors"]):
                _save(path, choices, officer, outcome)
        except (Refused, NotPossible) as refusal:
            raise CommandError(str(getattr(refusal, "message", refusal))) from refusal
        self._print(outcome, as_json=options["json"])
        if broken and not options["skip_errors"]:
            raise SystemExit(1)

    def _print(self, outcome: Outcome, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(vars(outcome), ensure_ascii=False))
            return
        for problem in outcome.problems:
            self.stdout.write(f"{problem['sheet']}:{problem['row']}  {problem['severity']}  {problem['message']}")
        self.stdout.write("  ".join(f"{name}: {number}" for name, number in outcome.counts.items()))
        self.stdout.write(outcome.state)


def _officer(username: str, code: str) -> Officer:
    officer = Officer.objects.select_related("area").filter(username=username, is_active=True).first()
    if officer is None:
        raise CommandError(_("There is no officer %(name)s.") % {"name": username})
    commune = Area.objects.filter(code=code, level=Level.COMMUNE, valid_to=None).order_by("-valid_from").first()
    commune = commune or Area.objects.filter(code=code, level=Level.COMMUNE).order_by("-valid_from").first()
    if commune is None:
        raise CommandError(_("There is no commune %(code)s.") % {"code": code})
    if officer.area_id != commune.pk:
        raise CommandError(_("%(name)s does not import for %(commune)s.") % {"name": username, "commune": commune})
    return officer


def _parse(path: Path, officer: Officer, options: dict[str, Any]) -> tuple[Parsed, Choices]:
    sheets = read_workbook(path, path.name)
    today = timezone.localdate()
    choices = Choices(sheets=options["sheet"])
    if options["header_row"]:
        names = options["sheet"] or [sheet.name for sheet in sheets if sheet.visible and sheet.rows][:1]
        choices.header_rows = dict.fromkeys(names, options["header_row"])
    parsed = parse_sheets(sheets, choices=choices, today=today)
    if officer.area and (better := remembered(parsed, officer.area, choices)):
        choices = better
    if options["map"]:
        choices.fields = {**choices.fields, **_mapped(parsed, options["map"])}
    return parse_sheets(sheets, choices=choices, today=today), choices


def _mapped(parsed: Parsed, pairs: list[str]) -> dict[str, dict[int, str]]:
    wanted: dict[str, str] = {}
    for pair in pairs:
        header, _sign, name = pair.rpartition("=")
        if name not in FIELDS or not header:
            raise CommandError(_('"%(pair)s" is not COLUMN=FIELD with a known field.') % {"pair": pair})
        wanted[fold(header)] = name
    fields: dict[str, dict[int, str]] = {}
    found = set()
    for table in parsed.tables:
        of_table = dict(table.mapping.fields)
        for column in table.layout.columns:
            for key in {fold(column.header), *(fold(label) for label in column.labels[-1:])} & set(wanted):
                of_table[column.index] = wanted[key]
                found.add(key)
        fields[table.sheet] = of_table
    if missing := set(wanted) - found:
        raise CommandError(_("No column is called %(names)s.") % {"names": ", ".join(sorted(missing))})
    return fields


def _staged(parsed: Parsed, officer: Officer) -> list[Staged]:
    if officer.area is None or not any(table.households for table in parsed.tables):
        raise CommandError(_("No list was found in the file. Choose the row that holds the column headings."))
    staged = stage.prepare(parsed, place_of(officer.area))
    match(staged, officer.area)
    return staged


def _outcome(path: Path, staged: list[Staged]) -> Outcome:
    states = Counter(one.state for one in staged)
    effects = Counter(one.match.effect for one in staged if one.state == State.READY)
    counts = {"rows": len(staged), **{str(state.value): states[state] for state in State if state != State.APPLIED}}
    counts.update(new=effects["new"], changed=effects["changed"], unchanged=effects["same"])
    problems = [
        {
            "sheet": one.sheet, "row": problem.row_no, "severity": problem.severity, "code": problem.code,
            "field": problem.field, "message": sentence(problem),
        }
        for one in staged for problem in one.all_problems if problem.severity != NOTE
    ]  # fmt: skip
    return Outcome(path.name, counts=counts, problems=problems)


def _save(path: Path, choices: Choices, officer: Officer, outcome: Outcome) -> None:
    """Through the same actions and jobs as the pages; what a job refuses is raised here."""
    with scope_of(officer), path.open("rb") as content:
        sent = import_files.upload_file(content, path.name, by=officer)
    if sent.file.state == ImportFile.State.APPLIED:
        outcome.state = _("This very file was saved before; nothing was done.")
        return
    _run(sent.file, officer)
    with scope_of(officer):
        import_files.choose_columns(sent.file.pk, choices, by=officer)
    _run(sent.file, officer)
    with scope_of(officer):
        import_rows.skip_rows(sent.file.pk, None, by=officer)
        if not StagedHousehold.objects.ready().filter(file=sent.file).exists():
            raise NotPossible(_("There is no row to save."))
        import_files.start_apply(sent.file.pk, by=officer)
    _run(sent.file, officer)
    with scope_of(officer):
        saved = ImportFile.objects.get(pk=sent.file.pk)
    outcome.state = str(saved.get_state_display())
    outcome.counts.update(added=saved.added, updated=saved.updated, same=saved.unchanged, left_out=saved.left_out)


def _run(file: ImportFile, officer: Officer) -> None:
    with scope_of(officer):
        job = ImportFile.objects.select_related("job").get(pk=file.pk).job
    if job is not None and job.is_open:
        jobs.run(job.pk)
        job.refresh_from_db()
        if job.error:
            raise NotPossible(job.error)
