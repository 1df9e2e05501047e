"""Rebuilding the roll-ups from a full count, should they ever be in doubt."""

from __future__ import annotations

from django.db import connection, transaction

LINES = """
SELECT round_id, area_no, category, source_id, form, status, reason, count(*) AS n FROM allocations_allocation
 GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
HOUSEHOLDS = """
SELECT area_no, category, count(*) AS n FROM beneficiaries_household WHERE delisted_on IS NULL GROUP BY 1, 2
"""
DAYS = """
SELECT round_id, area_no, step, day, count(*) AS n FROM (
    SELECT round_id, area_no, 'listed' AS step, (listed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
      FROM allocations_allocation WHERE status <> 'withdrawn'
    UNION ALL
    SELECT round_id, area_no, 'granted', (decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
      FROM allocations_allocation WHERE status IN ('approved', 'handed_over') AND decided_at IS NOT NULL
    UNION ALL
    SELECT a.round_id, h.area_no, 'handed_over', h.handed_on
      FROM allocations_handover h JOIN allocations_allocation a ON a.id = h.allocation_id
    UNION ALL
    SELECT a.round_id, p.area_no, 'handed_over', p.paid_on
      FROM allocations_payment p JOIN allocations_allocation a ON a.id = p.allocation_id) AS steps
 GROUP BY 1, 2, 3, 4
"""
# Writers that have counted already finish before the lock is given; those that come later wait, then add their change
# to the rebuilt rows. Each statement sees what was committed before it (READ COMMITTED).
REBUILD = (
    "LOCK TABLE reports_allocationcount, reports_householdcount, reports_daycount IN EXCLUSIVE MODE",
    "DELETE FROM reports_allocationcount",
    f"INSERT INTO reports_allocationcount (round_id, area_no, category, source_id, form, status, reason, n) {LINES}",
    "DELETE FROM reports_householdcount",
    f"INSERT INTO reports_householdcount (area_no, category, n) {HOUSEHOLDS}",
    "DELETE FROM reports_daycount",
    f"INSERT INTO reports_daycount (round_id, area_no, step, day, n) {DAYS}",
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
