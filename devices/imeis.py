"""IMEIs as they come: pasted lines or a column of a sheet. Pure: text in, numbers and problems by line out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

DIGITS = 15
LOOKS_LIKE_ONE = re.compile(r"(?<!\d)\d{15}(?!\d)")


def is_imei(text: str) -> bool:
    """15 digits with a right Luhn check digit (3GPP TS 23.003, 6.2.1). The database's is_imei() says the same."""
    if len(text) != DIGITS or not (text.isascii() and text.isdigit()):
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(text))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


@dataclass
class ImeiList:
    """What was read. `imeis`: line number by IMEI, in order; `problems`: line number and sentence."""

    imeis: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_lines(lines: Iterable[tuple[int, str]]) -> ImeiList:
    """One IMEI a line; spaces, dots and hyphens in it do not matter, empty lines are passed over."""
    found = ImeiList()
    for number, text in lines:
        cleaned = re.sub(r"[\s.\-/'\u00a0]", "", text)
        if not cleaned:
            continue
        if not is_imei(cleaned):
            message = _("“%(text)s” is no IMEI: it has 15 digits and a right check digit.")
            found.problems.append((number, message % {"text": text.strip()[:40]}))
        elif cleaned in found.imeis:
            message = _("IMEI %(imei)s is also in line %(line)s.")
            found.problems.append((number, message % {"imei": cleaned, "line": found.imeis[cleaned]}))
        else:
            found.imeis[cleaned] = number
    return found


def numbered(text: str) -> list[tuple[int, str]]:
    """Pasted text as (line number from 1, line)."""
    return list(enumerate(text.splitlines(), start=1))


def imei_column(rows: Sequence[Sequence[str]], first_row: int = 1) -> list[tuple[int, str]] | None:
    """The cells of the column that holds most 15-digit numbers, by row number; None when no column holds any.

    What stands above the first of them is a heading and is left out.
    """
    width = max((len(row) for row in rows), default=0)
    hits = [sum(1 for row in rows if column < len(row) and _looks_right(row[column])) for column in range(width)]
    if not hits or max(hits) == 0:
        return None
    column = hits.index(max(hits))
    cells = [(number, row[column] if column < len(row) else "") for number, row in enumerate(rows, start=first_row)]
    first = next(place for place, (_number, cell) in enumerate(cells) if _looks_right(cell))
    return cells[first:]


def _looks_right(cell: str) -> bool:
    return bool(LOOKS_LIKE_ONE.fullmatch(re.sub(r"[\s.\-/'\u00a0]", "", cell)))
