"""Household codes: the GSO code of the commune that numbered the household, then a serial that is never used again."""

from __future__ import annotations

from django.db import connection, transaction

from administration.models import Area

_NEXT = "UPDATE beneficiaries_householdnumber SET last = last + %s WHERE commune_code = %s RETURNING last"
_HOLD = "SELECT FROM beneficiaries_householdnumber WHERE commune_code = ANY (%s) ORDER BY commune_code FOR UPDATE"

# The first time, serials go on behind the codes that are there already (brought over from elsewhere).
_FIRST = """
INSERT INTO beneficiaries_householdnumber (commune_code, last)
SELECT %(code)s, %(count)s + coalesce(max(split_part(code, '-', 2)::int), 0)
  FROM beneficiaries_household WHERE starts_with(code, %(code)s || '-') AND code ~ '^[0-9]{5}-[0-9]+$'
ON CONFLICT (commune_code) DO UPDATE SET last = beneficiaries_householdnumber.last + %(count)s
RETURNING last
"""


def hold(*areas: Area) -> None:
    """For an action on two communes: their serials in one order, before the counts of either change (docs/locks.md)."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [[area.code for area in areas]])


@transaction.atomic
def next_codes(area: Area, count: int) -> list[str]:
    """`count` new codes of a commune in order, like "22915-00042". The row stays locked until the transaction ends."""
    if count < 1:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [count, area.code])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(_FIRST, {"code": area.code, "count": count})
            row = cursor.fetchone()
    last = row[0]
    return [f"{area.code}-{serial:05d}" for serial in range(last - count + 1, last + 1)]
