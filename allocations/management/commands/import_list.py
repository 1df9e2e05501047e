"""Doorway: lists from the command line, for the province's IT desk. The pages' own pipeline.

See docs/import_list.md. Without --apply nothing is stored. Exit code 0: every file was read; 2: a file was refused.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from administration.models import Area, Officer
from administration.refusals import NotPossible
from administration.scope import everywhere
from allocations.models import Round
from allocations.round_fit import add_round_problems
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.refusals import Refused
from beneficiaries.intake.vocabulary import FIELDS
from beneficiaries.list_choices import choices_of
from beneficiaries.list_reading import ReadList, read_list
from beneficiaries.list_records import (
    Record,
    file_record,
    pair_records,
    refused_record,
    row_records,
    summary_record,
)
from beneficiaries.list_saving import officer_for, save_list

REFUSED = 2
_SAVED = gettext_lazy(
    "Saved: %(added)s new, %(updated)s changed, %(unchanged)s unchanged; left for later: %(left_out)s."
)


class Command(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _("Reads lists of households, says what is wrong with them, and saves them with --apply.")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--area", required=True, metavar="CODE", help=_("GSO code of a commune, a district or a province")
        )
        parser.add_argument("--round", metavar="CODE", help=_("check the rows against this round, too"))
        parser.add_argument("--apply", action="store_true", help=_("save the rows that have no errors"))
        parser.add_argument("--json", metavar="OUT", help=_("write JSON Lines to this file, - for standard output"))
        parser.add_argument(
            "--as", dest="username", metavar="USERNAME",
            help=_("in whose name rows are saved; an administrator of the area, else its province's staff"),
        )  # fmt: skip
        parser.add_argument("--sheet", action="append", metavar="NAME", help=_("only this sheet; repeatable"))
        parser.add_argument("--header-row", type=int, metavar="N", help=_("the row that holds the column headings"))
        parser.add_argument(
            "--map", action="append", default=[], metavar="COLUMN=FIELD",
            help=_("what a column is; fields: %(fields)s") % {"fields": ", ".join(FIELDS)},
        )  # fmt: skip

    def handle(self, *arguments: Any, **options: Any) -> None:
        area, round = _area(options["area"]), _round(options["round"])
        by = _officer(options["username"], area) if options["apply"] else None
        with _output(options["json"], self.stdout) as out:
            desk = _Desk(area, round, by, options, out, is_json=bool(options["json"]))
            refused = [desk.take(path) for path in options["files"]].count(False)
        if refused:
            raise SystemExit(REFUSED)


class _Desk:
    """Takes one file after the other; what is found is written as records or as sentences."""

    def __init__(
        self, area: Area, round: Round | None, by: Officer | None, options: dict[str, Any], out: Any, *, is_json: bool
    ) -> None:
        self._area, self._round, self._by, self._options, self._out = area, round, by, options, out
        self._is_json = is_json

    def take(self, path: Path) -> bool:
        """Whether the file was read."""
        try:
            read = self._read(path)
        except Refused as refusal:
            return self._refuse(refused_record(path.name, refusal))
        told = file_record(read)
        if told["status"] == "refused":
            return self._refuse(told)
        self._tell(read, told)
        if self._by is not None:
            try:
                counts = save_list(read, by=self._by)
            except NotPossible as refusal:
                raise CommandError(str(refusal)) from refusal
            self._tell_saved(counts)
        return True

    def _read(self, path: Path) -> ReadList:
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        options = self._options
        try:
            choices = choices_of(path, options["sheet"], options["header_row"], options["map"])
        except NotPossible as refusal:
            raise CommandError(str(refusal)) from refusal
        with everywhere():
            read = read_list(path, self._area, choices, Limits())
        if self._round is not None:
            add_round_problems(read.staged, self._round)
        return read

    def _refuse(self, record: Record) -> bool:
        if self._is_json:
            self._write(record)
            self._write(summary_record([], 0))
        else:
            self._say(f"{record['file']}: {record['message']}")
        return False

    def _tell(self, read: ReadList, told: Record) -> None:
        summary = summary_record(read.staged, read.seconds)
        if self._is_json:
            for record in (told, *row_records(read), *pair_records(read.pairs), summary):
                self._write(record)
            return
        self._say(f"{told['file']}: " + ", ".join(_sheet_words(sheet) for sheet in told["sheets"]))
        for record in row_records(read):
            for problem in record["problems"] if record["status"] != "ok" else ():
                self._say(f"  {record['sheet']}:{record['row']}  {problem['code']}  {problem['message']}")
        for pair in pair_records(read.pairs):
            self._say("  " + _pair_words(pair))
        self._say(_summary_words(summary))

    def _tell_saved(self, counts: Counter[str]) -> None:
        if not self._is_json:
            if counts["same_file"]:
                self._say(_("This very file was saved before; nothing was done."))
            else:
                names = ("added", "updated", "unchanged", "left_out")
                self._say(str(_SAVED) % {name: counts[name] for name in names})

    def _write(self, record: Record) -> None:
        self._out.write(json.dumps(record, ensure_ascii=False) + "\n")

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")


def _sheet_words(sheet: Record) -> str:
    rows = ", ".join(map(str, sheet["header_rows"]))
    return _("sheet “%(name)s”, headings in row %(rows)s") % {"name": sheet["name"], "rows": rows}


def _pair_words(pair: Record) -> str:
    b = pair["b"]
    other = b["household"] if "household" in b else f"{b['sheet']}:{b['row']}"
    words = (
        _("%(a)s and %(b)s are the same household.")
        if pair["certainty"] == "same"
        else _("%(a)s and %(b)s may be the same household.")
    )
    return words % {"a": f"{pair['a']['sheet']}:{pair['a']['row']}", "b": other}


def _summary_words(summary: Record) -> str:
    return (
        _(
            "%(rows)s households: %(ok)s in order, %(warning)s to look at, %(error)s with errors;"
            " %(new)s new, %(changed)s changed, %(unchanged)s unchanged. %(seconds)s s, %(peak_mb)s MB."
        )
        % summary
    )


@contextmanager
def _output(target: str | None, standard: Any) -> Iterator[TextIO]:
    """Where the words go: a file in UTF-8, or standard output, which then is UTF-8 too."""
    if target and target != "-":
        with Path(target).open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    plain = getattr(standard, "_out", standard)
    if plain is sys.stdout and hasattr(plain, "reconfigure"):
        plain.reconfigure(encoding="utf-8")
    yield plain


def _area(code: str) -> Area:
    """The unit of today with this code, else the last one that had it."""
    units = Area.objects.filter(code=code).exclude(level="country")
    found = units.filter(valid_to=None).order_by("-valid_from").first() or units.order_by("-valid_to").first()
    if found is None:
        raise CommandError(_("There is no commune, district or province %(code)s.") % {"code": code})
    return found


def _round(code: str | None) -> Round | None:
    if code is None:
        return None
    found = Round.objects.filter(code=code).first()
    if found is None:
        raise CommandError(_("There is no round %(code)s.") % {"code": code})
    return found


def _officer(username: str | None, area: Area) -> Officer:
    if username is None:
        try:
            return officer_for(area)
        except NotPossible as refusal:
            raise CommandError(str(refusal)) from refusal
    officer = Officer.objects.select_related("area").filter(username=username, is_active=True).first()
    if officer is None:
        raise CommandError(_("There is no officer %(name)s.") % {"name": username})
    if officer.area is None or not (officer.area.contains(area.number) and officer.area.contains(area.last)):
        raise CommandError(_("%(name)s does not import for %(area)s.") % {"name": username, "area": area})
    return officer
