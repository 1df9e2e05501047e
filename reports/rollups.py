"""Rebuilding the roll-ups from a full count, should they ever be in doubt."""

from __future__ import annotations

from django.db import connection, transaction

# Writers that have counted already finish before the lock is given; those that come later wait, then add their change
# to the rebuilt rows. Each statement sees what was committed before it (READ COMMITTED).
REBUILD = (
    "LOCK TABLE reports_allocationcount, reports_householdcount IN EXCLUSIVE MODE",
    "DELETE FROM reports_allocationcount",
    """
    INSERT INTO reports_allocationcount (round_id, area_no, category, status, n)
    SELECT round_id, area_no, category, status, count(*) FROM allocations_allocation GROUP BY 1, 2, 3, 4
    """,
    "DELETE FROM reports_householdcount",
    """
    INSERT INTO reports_householdcount (area_no, category, n)
    SELECT area_no, category, count(*) FROM beneficiaries_household WHERE delisted_on IS NULL GROUP BY 1, 2
    """,
)


@transaction.atomic
def rebuild() -> tuple[int, int]:
    """Counts everything in scope anew; how many rows of lines and of households it wrote. Call it in a scope that sees
    everything: what is out of scope would keep its old counts."""
    written = []
    with connection.cursor() as cursor:
        for statement in REBUILD:
            cursor.execute(statement)
            if "INSERT" in statement:
                written.append(cursor.rowcount)
    return written[0], written[1]
