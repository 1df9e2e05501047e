"""What must be true of the data at every moment, as SQL: each query returns the rows that break the rule, ideally none.

Run by `manage.py verify` (whenever somebody doubts), every night (reports.verifying) and after every test of a fault,
in a scope that sees everything. The ids I1 ... are those of the threat model; the others follow from the data model.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports import rollups
from reports.invariant import Breach, Invariant, breaches_of
from reports.invariants_of_records import INVARIANTS_OF_RECORDS

__all__ = ["INVARIANTS", "Breach", "Invariant", "breaches_of"]

INVARIANTS = (
    Invariant(
        "I1",
        _("An identity number belongs to one living person"),
        """
        SELECT array_agg(id ORDER BY id) AS persons, array_agg(household_id ORDER BY id) AS households
          FROM beneficiaries_person WHERE is_live AND cccd_hash IS NOT NULL GROUP BY cccd_hash HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I2-household",
        _("A household has at most one live allocation, in whatever round"),
        """
        SELECT coalesce(counts_for_id, household_id) AS household, array_agg(id ORDER BY id) AS allocations
          FROM allocations_allocation WHERE status NOT IN ('rejected', 'withdrawn')
         GROUP BY 1 HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I2-person",
        _("A person is helped by at most one live allocation, whatever household they are in"),
        """
        SELECT array_agg(DISTINCT p.id) AS persons, array_agg(DISTINCT a.id) AS allocations
          FROM allocations_allocation a
          JOIN beneficiaries_person p ON p.household_id = coalesce(a.counts_for_id, a.household_id) AND p.is_live
         WHERE a.status NOT IN ('rejected', 'withdrawn') AND p.cccd_hash IS NOT NULL
         GROUP BY p.cccd_hash HAVING count(DISTINCT a.id) > 1
        """,
    ),
    Invariant(
        "I2-claims",
        _("A person and an identity number are claimed by one live allocation, wherever the person is now"),
        """
        SELECT array_agg(DISTINCT person_id) AS persons, array_agg(DISTINCT allocation_id) AS allocations
          FROM allocations_claim WHERE identity_hash IS NOT NULL
         GROUP BY identity_hash HAVING count(DISTINCT allocation_id) > 1
        UNION ALL
        SELECT array_agg(DISTINCT person_id), array_agg(DISTINCT allocation_id)
          FROM allocations_claim WHERE person_id IS NOT NULL
         GROUP BY person_id HAVING count(DISTINCT allocation_id) > 1
        """,
    ),
    Invariant(
        "I3-counter",
        _("The used quota of a unit is the number of its approved lines, and no line is approved without a quota"),
        """
        SELECT coalesce(q.round_id, a.round_id) AS round, coalesce(q.area_no, a.area_no) AS area,
               coalesce(q.source_id, a.source_id) AS source, coalesce(q.form, a.form) AS form,
               q.used AS counter, coalesce(a.n, 0) AS facts
          FROM allocations_quota q
          FULL JOIN (SELECT round_id, area_no, source_id, form, count(*) AS n FROM allocations_allocation
                      WHERE status IN ('approved', 'handed_over') GROUP BY round_id, area_no, source_id, form) a
            ON a.round_id = q.round_id AND a.area_no = q.area_no AND a.source_id = q.source_id AND a.form = q.form
         WHERE q.used IS DISTINCT FROM coalesce(a.n, 0)
        """,
    ),
    Invariant(
        "I3-limit",
        _("No unit uses more than its quota, and units below never have more than their superior unit"),
        """
        SELECT 'used' AS what, round_id AS round, area_no AS area, used AS has, allowed AS may
          FROM allocations_quota WHERE used > allowed
        UNION ALL
        SELECT 'given on', up.round_id, up.area_no, sum(below.allowed), up.allowed
          FROM allocations_quota up
          JOIN allocations_round r ON r.id = up.round_id JOIN allocations_programme p ON p.id = r.programme_id
          JOIN allocations_quota below ON below.round_id = up.round_id
           AND below.source_id = up.source_id AND below.form = up.form
          JOIN administration_area unit ON unit.number = below.area_no
           AND NOT (p.profile = 'HAI_CAP' AND unit.level = 'district')
          LEFT JOIN administration_area above ON above.number = unit.parent_id
         WHERE up.area_no = CASE WHEN p.profile = 'HAI_CAP' AND above.level = 'district' THEN above.parent_id
                                 ELSE unit.parent_id END
         GROUP BY up.id HAVING sum(below.allowed) > up.allowed
        """,
    ),
    Invariant(
        "I4-decisions",
        _("Every decision and hand-over has its event"),
        """
        WITH recorded AS (
            SELECT DISTINCT unnest(household_ids) AS household_id, verb FROM administration_auditevent
             WHERE starts_with(verb, 'allocation.'))
        SELECT a.id AS allocation, a.household_id AS household, a.status
          FROM allocations_allocation a
         WHERE a.status IN ('approved', 'waiting', 'returned', 'rejected', 'handed_over')
           AND NOT EXISTS (SELECT 1 FROM recorded r
                            WHERE r.household_id = a.household_id
                              AND (r.verb = 'allocation.' || a.status
                                   OR a.status = 'approved' AND r.verb = 'allocation.promoted'))
        """,
    ),
    Invariant(
        "I4-events",
        _("Every event of a decision is about a household that is or was on a list"),
        """
        SELECT e.id AS event, e.verb, e.household_id AS household
          FROM (SELECT id, verb, unnest(household_ids) AS household_id FROM administration_auditevent
                 WHERE starts_with(verb, 'allocation.')) e
         WHERE NOT EXISTS (SELECT 1 FROM allocations_allocation a WHERE a.household_id = e.household_id)
        """,
    ),
    Invariant(
        "I5-counts",
        _("An imported file counts exactly the rows that were saved, and those that were left out"),
        """
        SELECT f.id AS file, f.added, f.updated, f.unchanged, f.left_out, s.new, s.changed, s.same, s.others
          FROM beneficiaries_importfile f
          JOIN LATERAL (
            SELECT count(*) FILTER (WHERE state = 'applied' AND effect = 'new') AS new,
                   count(*) FILTER (WHERE state = 'applied' AND effect = 'changed') AS changed,
                   count(*) FILTER (WHERE state = 'applied' AND effect = 'same') AS same,
                   count(*) FILTER (WHERE state <> 'applied') AS others
              FROM beneficiaries_stagedhousehold WHERE file_id = f.id) s ON true
         WHERE (f.added, f.updated, f.unchanged) IS DISTINCT FROM (s.new, s.changed, s.same)
            OR f.state = 'applied' AND f.undone_at IS NULL AND f.left_out <> s.others
        """,
    ),
    Invariant(
        "I5-rows",
        _("A saved row of a file has its household, and a file that was never saved has none"),
        """
        SELECT s.id AS staged, s.file_id AS file, f.state, s.household_id AS household
          FROM beneficiaries_stagedhousehold s JOIN beneficiaries_importfile f ON f.id = s.file_id
         WHERE s.state = 'applied' AND (s.household_id IS NULL OR f.applied_at IS NULL)
        """,
    ),
    Invariant(
        "I6",
        _("The same file is saved at most once in a commune"),
        """
        SELECT area_no AS area, sha256, array_agg(id ORDER BY id) AS files
          FROM beneficiaries_importfile WHERE state = 'applied' GROUP BY area_no, sha256 HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I8-jobs",
        _("No job waits or is stuck for longer than ten minutes"),
        """
        SELECT id AS job, kind, state, attempts, rung_at, lease_until FROM administration_job
         WHERE state = 'queued' AND rung_at < now() - interval '10 minutes'
            OR state = 'running' AND lease_until < now() - interval '10 minutes'
        """,
    ),
    Invariant(
        "I8-halves",
        _("Nothing is half-way without a job that works on it"),
        """
        SELECT 'file' AS what, f.id, f.state::text
          FROM beneficiaries_importfile f
         WHERE f.state IN ('reading', 'applying')
           AND NOT EXISTS (SELECT 1 FROM administration_job j
                            WHERE j.id = f.job_id AND j.state IN ('queued', 'running'))
        UNION ALL
        SELECT 'report', r.id, j.state
          FROM reports_reportrun r JOIN administration_job j ON j.id = r.job_id
         WHERE (j.state = 'done') <> (r.checksum <> '')
        """,
    ),
    Invariant(
        "I9",
        _("Household, members, list, line, claim, hand-over and row of a file are of one commune"),
        """
        SELECT 'person' AS what, p.id, p.area_no AS area, h.area_no AS of_household
          FROM beneficiaries_person p JOIN beneficiaries_household h ON h.id = p.household_id
         WHERE p.area_no <> h.area_no
        UNION ALL
        SELECT 'line', a.id, a.area_no, h.area_no
          FROM allocations_allocation a JOIN beneficiaries_household h ON h.id = a.household_id
          JOIN allocations_communelist l ON l.id = a.commune_list_id
         WHERE a.area_no <> h.area_no OR a.area_no <> l.area_no OR a.round_id <> l.round_id
        UNION ALL
        SELECT 'claim', c.id, c.area_no, a.area_no
          FROM allocations_claim c JOIN allocations_allocation a ON a.id = c.allocation_id WHERE c.area_no <> a.area_no
        UNION ALL
        SELECT 'hand-over', g.id, g.area_no, a.area_no
          FROM allocations_handover g JOIN allocations_allocation a ON a.id = g.allocation_id
         WHERE g.area_no <> a.area_no
        UNION ALL
        SELECT 'payment', p.id, p.area_no, a.area_no
          FROM allocations_payment p JOIN allocations_allocation a ON a.id = p.allocation_id
         WHERE p.area_no <> a.area_no
        UNION ALL
        SELECT 'row of a file', s.id, s.area_no, f.area_no
          FROM beneficiaries_stagedhousehold s JOIN beneficiaries_importfile f ON f.id = s.file_id
         WHERE s.area_no <> f.area_no
        UNION ALL
        SELECT 'household', h.id, h.area_no, NULL
          FROM beneficiaries_household h JOIN administration_area unit ON unit.number = h.area_no
         WHERE unit.level <> 'commune'
        """,
    ),
    Invariant(
        "I11",
        _("A device is on one line, its hand-over names the same one, and its state says so; cash has its payment"),
        """
        SELECT 'line' AS what, a.id, a.status, a.device_id AS device, g.device_id AS handed_over, d.state
          FROM allocations_allocation a
          LEFT JOIN allocations_handover g ON g.allocation_id = a.id
          LEFT JOIN devices_device d ON d.id = a.device_id
         WHERE a.status = 'handed_over' AND a.form <> 'TIEN'
           AND (g.id IS NULL OR d.id IS NULL OR g.device_id <> a.device_id OR d.state <> 'handed_over'
                OR d.area_no <> a.area_no)
            OR a.status <> 'handed_over' AND (g.id IS NOT NULL OR a.device_id IS NOT NULL)
        UNION ALL
        SELECT 'device', d.id, d.state, d.id, NULL, NULL
          FROM devices_device d
         WHERE d.state = 'handed_over'
           AND (SELECT count(*) FROM allocations_allocation a WHERE a.device_id = d.id) <> 1
        UNION ALL
        SELECT 'payment', a.id, a.status, p.id, NULL, p.method
          FROM allocations_allocation a FULL JOIN allocations_payment p ON p.allocation_id = a.id
         WHERE (p.id IS NOT NULL OR a.paid_amount IS NOT NULL OR a.form = 'TIEN' AND a.status = 'handed_over')
           AND (a.status, a.form, a.paid_amount) IS DISTINCT FROM ('handed_over', 'TIEN', p.amount)
        """,
    ),
    Invariant(
        "claims",
        _("Every living member of a household with a live line is claimed by it, and only live lines claim anybody"),
        """
        SELECT 'member' AS what, p.id AS person, a.id AS allocation, NULL::bigint AS claim
          FROM allocations_allocation a
          JOIN beneficiaries_person p ON p.household_id = coalesce(a.counts_for_id, a.household_id) AND p.is_live
         WHERE a.status NOT IN ('rejected', 'withdrawn')
           AND NOT EXISTS (SELECT FROM allocations_claim c WHERE c.allocation_id = a.id
                              AND (c.identity_hash = p.cccd_hash OR c.person_id = p.id AND p.cccd_hash IS NULL))
           AND NOT (a.status = 'handed_over' AND EXISTS (
               SELECT FROM allocations_claim c WHERE c.allocation_id <> a.id
                  AND (c.identity_hash = p.cccd_hash OR c.person_id = p.id)))
        UNION ALL
        SELECT 'claim', c.person_id, a.id, c.id
          FROM allocations_claim c JOIN allocations_allocation a ON a.id = c.allocation_id
         WHERE a.status IN ('rejected', 'withdrawn')
        """,
    ),
    Invariant(
        "register",
        _("A household in the register has one living head, one that left has no living member and no line under way"),
        """
        SELECT 'member' AS what, p.id, p.household_id AS household, h.code
          FROM beneficiaries_person p JOIN beneficiaries_household h ON h.id = p.household_id
         WHERE p.is_live AND h.delisted_on IS NOT NULL
        UNION ALL
        SELECT 'head', h.id, h.id, h.code FROM beneficiaries_household h
         WHERE h.delisted_on IS NULL
           AND NOT EXISTS (SELECT FROM beneficiaries_person p WHERE p.household_id = h.id AND p.is_head AND p.is_live)
        UNION ALL
        SELECT 'line', a.id, a.household_id, h.code
          FROM allocations_allocation a JOIN beneficiaries_household h ON h.id = a.household_id
         WHERE a.status IN ('submitted', 'waiting', 'approved') AND h.delisted_on IS NOT NULL
        """,
    ),
    Invariant(
        "lineage",
        _("A merged or moved record continues where its link says, and what it received counts there"),
        """
        WITH onward AS (
            SELECT id, source_id, target_id, both_received FROM beneficiaries_householdlink
             WHERE undone_at IS NULL AND kind IN ('merged', 'moved'))
        SELECT 'record' AS what, h.id AS household, h.continues_in_id AS continues_in, l.target_id AS link
          FROM beneficiaries_household h FULL JOIN onward l ON l.source_id = h.id
         WHERE h.continues_in_id IS DISTINCT FROM l.target_id
        UNION ALL
        SELECT 'device', a.household_id, a.counts_for_id, l.id
          FROM allocations_allocation a
          JOIN onward l ON l.source_id = coalesce(a.counts_for_id, a.household_id) AND NOT l.both_received
         WHERE a.status = 'handed_over'
        """,
    ),
    Invariant(
        "hands",
        _("Nobody decides on a list that they prepared or signed, and nobody signs what they prepared"),
        """
        SELECT 'line' AS what, id, decided_by_id AS officer FROM allocations_allocation
         WHERE decided_by_id IN (listed_by_id, signed_by_id) OR decided_for_id IN (listed_by_id, signed_by_id)
            OR signed_by_id = listed_by_id
        UNION ALL
        SELECT 'list', id, signed_by_id FROM allocations_communelist WHERE signed_by_id = prepared_by_id
        """,
    ),
    Invariant(
        "roll-up-lines",
        _("The roll-up of lines equals a full count"),
        """
        SELECT round_id AS round, area_no AS area, category, source_id AS source, form, status, reason,
               coalesce(c.n, 0) AS roll_up, coalesce(a.n, 0) AS facts
          FROM reports_allocationcount c
          FULL JOIN (SELECT round_id, area_no, category, source_id, form, status, reason, count(*) AS n
                       FROM allocations_allocation GROUP BY 1, 2, 3, 4, 5, 6, 7) a
         USING (round_id, area_no, category, source_id, form, status, reason)
         WHERE coalesce(c.n, 0) <> coalesce(a.n, 0)
        """,
    ),
    Invariant(
        "roll-up-days",
        _("The roll-up by day equals a full count"),
        f"""
        SELECT round_id AS round, area_no AS area, step, day, coalesce(c.n, 0) AS roll_up, coalesce(a.n, 0) AS facts
          FROM reports_daycount c FULL JOIN ({rollups.DAYS}) a USING (round_id, area_no, step, day)
         WHERE coalesce(c.n, 0) <> coalesce(a.n, 0)
        """,  # noqa: S608 - a constant query
    ),
    Invariant(
        "roll-up-households",
        _("The roll-up of households equals a full count"),
        """
        SELECT coalesce(c.area_no, h.area_no) AS area, coalesce(c.category, h.category) AS category,
               coalesce(c.n, 0) AS roll_up, coalesce(h.n, 0) AS facts
          FROM reports_householdcount c
          FULL JOIN (SELECT area_no, category, count(*) AS n FROM beneficiaries_household WHERE delisted_on IS NULL
                      GROUP BY 1, 2) h ON (h.area_no, h.category) = (c.area_no, c.category)
         WHERE coalesce(c.n, 0) <> coalesce(h.n, 0)
        """,
    ),
    *INVARIANTS_OF_RECORDS,
)
