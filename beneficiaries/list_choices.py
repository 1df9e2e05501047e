"""What the command's options say about a file, as choices: sheets, header row, columns by their headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from administration.refusals import NotPossible
from beneficiaries.intake.parse import Choices, Parsed, parse_sheets
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.vocabulary import FIELDS
from beneficiaries.names import fold


def choices_of(path: Path, sheets: list[str] | None, header_row: int | None, pairs: Sequence[str]) -> Choices:
    """Reads the file only when header row or columns are named, because they are named as in the file."""
    choices = Choices(sheets=sheets)
    if header_row or pairs:
        found = read_workbook(path, path.name)
        if header_row:
            names = sheets or [sheet.name for sheet in found if sheet.visible and sheet.rows][:1]
            choices.header_rows = dict.fromkeys(names, header_row)
        if pairs:
            parsed = parse_sheets(found, choices=choices, today=timezone.localdate())
            _name_columns(parsed, _wanted(pairs), choices)
    return choices


def _name_columns(parsed: Parsed, wanted: dict[str, str], choices: Choices) -> None:
    seen = set()
    for table in parsed.tables:
        for column in table.layout.columns:
            for key in {fold(column.header), *(fold(label) for label in column.labels[-1:])} & set(wanted):
                lists = choices.fields.setdefault(table.sheet, {})
                lists.setdefault(table.layout.header_row or 0, {})[column.index] = wanted[key]
                seen.add(key)
    if missing := set(wanted) - seen:
        raise NotPossible(_("No column is called %(names)s.") % {"names": ", ".join(sorted(missing))})


def _wanted(pairs: Sequence[str]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for pair in pairs:
        header, _sign, name = pair.rpartition("=")
        if name not in FIELDS or not header:
            raise NotPossible(_('"%(pair)s" is not COLUMN=FIELD with a known field.') % {"pair": pair})
        wanted[fold(header)] = name
    return wanted
