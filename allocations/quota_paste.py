"""A table of quotas pasted from a spreadsheet: the unit's name or code first, then one number per form of support.

Pure: what could be read becomes amounts, and every row that could not be read says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from allocations.quota_table import Amounts, QuotaRow
from beneficiaries.names import fold

NUMBER = re.compile(r"\d{1,3}(?:[.,\s\u00a0]\d{3})*|\d+")
CODE = re.compile(r"\d{3}|\d{5}")


@dataclass
class Pasted:
    """`amounts`: support → unit → devices; `unread`: sentences, one for each row that was left out."""

    amounts: Amounts = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    read: int = 0


def read_pasted(text: str, rows: Sequence[QuotaRow], supports: Sequence[int]) -> Pasted:
    """A running number before the unit is passed over; empty cells change nothing."""
    pasted, district = Pasted({pk: {} for pk in supports}), None
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in re.split(r"\t|;", line)]
        if not any(cells):
            continue
        name, values = _split(cells)
        found = _units(name, rows, district)
        if len(found) != 1:
            pasted.unread.append(_why(number, name, found))
            continue
        district = found[0] if not found[0].area.is_commune else district
        _take(pasted, number, found[0], values[: len(supports)], supports)
    return pasted


def _split(cells: list[str]) -> tuple[str, list[str]]:
    """The unit and what stands behind it. A number in front of a name or of a code is the running number of the row."""
    first, second = [*cells, ""][:2]
    names_a_unit = any(sign.isalpha() for sign in second) or (not CODE.fullmatch(first) and CODE.fullmatch(second))
    if first.isdecimal() and names_a_unit:
        cells = cells[1:]
    return cells[0], cells[1:]


def _units(name: str, rows: Iterable[QuotaRow], district: QuotaRow | None) -> list[QuotaRow]:
    """Units of this code or name, with or without its kind; of namesakes the one in the district named last."""
    rows = list(rows)
    if CODE.fullmatch(name):
        return [row for row in rows if row.area.code == name]
    key = fold(name)
    found = [row for row in rows if key and key in (fold(row.area.name), fold(row.area.short_name))]
    exact = [row for row in found if fold(row.area.name) == key]
    found = exact or found
    inside = [row for row in found if district and row.area.parent_id == district.area.number]
    return inside if len(found) > 1 and inside else found


def _take(pasted: Pasted, number: int, row: QuotaRow, values: Sequence[str], supports: Sequence[int]) -> None:
    wrong = [value for value in values if value and not NUMBER.fullmatch(value)]
    if wrong:
        pasted.unread.append(
            _("Row %(row)s, %(unit)s: “%(text)s” is not a whole number.")
            % {"row": number, "unit": row.area.name, "text": wrong[0][:40]}
        )
        return
    pasted.read += 1
    for pk, value in zip(supports, values, strict=False):
        if value:
            pasted.amounts[pk][row.area.number] = int(re.sub(r"\D", "", value))


def _why(number: int, name: str, found: Sequence[QuotaRow]) -> str:
    said = {"row": number, "unit": name[:60]}
    if found:
        return _("Row %(row)s: several units are called “%(unit)s”. Write the unit's code instead.") % said
    return _("Row %(row)s: there is no unit “%(unit)s” here. Write its name or its code.") % said
