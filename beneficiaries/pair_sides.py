"""What may be shown of the two households of a pair, also of the one in a commune that the officer cannot see."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from administration.models import Area
from beneficiaries.identity_rules import mask
from beneficiaries.sealing import unseal


@dataclass(frozen=True, slots=True)
class Side:
    """The name is in full where both sides bear it, else its initials; the number is masked ("" if there is none)."""

    household_id: int
    household_code: str
    area_no: int
    area_name: str
    name: str
    gender: str
    birth: str
    number: str
    hamlet: str
    category: str
    member_count: int | None
    is_listed: bool


def sides_of(pair_ids: Iterable[int]) -> dict[int, dict[str, Side]]:
    """Two queries: pair -> "a" and "b" -> its household, for pairs that the scope shows. Rows of files are absent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM other_sides(%s::bigint[])", [list(pair_ids)])
        rows = cursor.fetchall()
    areas = dict(Area.objects.filter(number__in={row[4] for row in rows}).values_list("number", "name"))
    found: dict[int, dict[str, Side]] = defaultdict(dict)
    for pair_id, side, pk, code, area_no, name, gender, year, date, precision, sealed, *more in rows:
        birth = _birth(year, date, precision)
        found[pair_id][side] = Side(
            pk, code, area_no, areas.get(area_no, ""), name, gender, birth, mask(unseal(sealed)), *more
        )
    return dict(found)


def _birth(year: int, date: datetime.date | None, precision: str) -> str:
    return f"{date:%d/%m/%Y}" if date and precision == "day" else str(year)
