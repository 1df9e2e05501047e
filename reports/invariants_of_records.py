"""Rules of what was recorded: the audit trail and its seals, finished reports, moves, and suspected pairs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.invariant import Invariant

INVARIANTS_OF_RECORDS = (
    Invariant(
        "I10",
        _("No sealed event of the audit trail was changed, removed or slipped in, and the chain of seals is whole"),
        """
        SELECT 'changed' AS what, e.id AS event
          FROM administration_auditdigest d JOIN administration_auditevent e ON e.id = d.event_id
         WHERE d.digest <> audit_digest(e)
        UNION ALL
        SELECT 'removed', d.event_id FROM administration_auditdigest d
         WHERE NOT EXISTS (SELECT FROM administration_auditevent e WHERE e.id = d.event_id)
        UNION ALL
        SELECT 'slipped in', e.id FROM administration_auditevent e
         WHERE e.id <= (SELECT max(last_event_id) FROM administration_auditseal)
           AND NOT EXISTS (SELECT FROM administration_auditdigest d WHERE d.event_id = e.id)
        UNION ALL
        SELECT 'seal up to', s.last_event_id
          FROM (SELECT *, lag(last_event_id, 1, 0::bigint) OVER w AS since, lag(digest, 1, ''::bytea) OVER w AS before
                  FROM administration_auditseal WINDOW w AS (ORDER BY last_event_id)) s
         CROSS JOIN LATERAL (
            SELECT count(*) AS events, string_agg(digest, ''::bytea ORDER BY event_id) AS digests
              FROM administration_auditdigest WHERE event_id > s.since AND event_id <= s.last_event_id) d
         WHERE d.events <> s.events OR s.digest IS DISTINCT FROM sha256(s.before || d.digests)
        UNION ALL
        SELECT 'seal of check', v.id FROM reports_verification v
         WHERE v.seal <> ''
           AND NOT EXISTS (SELECT FROM administration_auditseal s WHERE encode(s.digest, 'hex') = v.seal)
        """,
    ),
    Invariant(
        "I12-event",
        _("A finished report says what its event recorded when it was built"),
        """
        SELECT r.id AS report, r.kind, r.snapshot_id
          FROM reports_reportrun r
         WHERE r.checksum <> ''
           AND NOT EXISTS (SELECT FROM administration_auditevent e
                            WHERE e.subject_type = 'reports.reportrun' AND e.subject_id = r.id::text
                              AND e.verb = 'report.built' AND e.details ->> 'checksum' = r.checksum
                              AND e.details ->> 'snapshot' = r.snapshot_id AND e.details -> 'totals' = r.totals)
        """,
    ),
    # A line's status at the moment of the snapshot is the first one that history kept behind it, else today's. Reports
    # on whose round somebody was writing in these two minutes cannot be judged: history knows when a change began, not
    # when others saw it.
    Invariant(
        "I12-figures",
        _("The figures of a progress report of the last two days are those of the lines at its moment"),
        """
        SELECT r.id AS report, (r.totals ->> 'granted')::int AS granted, facts.granted AS granted_facts,
               (r.totals ->> 'handed_over')::int AS handed_over, facts.handed_over AS handed_over_facts
          FROM reports_reportrun r
          JOIN administration_area unit ON unit.number = r.area_no
           AND (unit.valid_to IS NULL OR unit.valid_to NOT BETWEEN r.taken_at::date - 1 AND current_date + 1)
         CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE status IN ('approved', 'handed_over')) AS granted,
                   count(*) FILTER (WHERE status = 'handed_over') AS handed_over
              FROM (SELECT coalesce((SELECT v.status FROM allocations_allocationversion v
                                      WHERE v.pgh_obj_id = a.id AND v.pgh_created_at > r.taken_at
                                      ORDER BY v.pgh_id LIMIT 1), a.status) AS status
                      FROM allocations_allocation a
                     WHERE a.round_id = r.round_id AND a.area_no BETWEEN unit.number AND unit.last
                       AND a.listed_at <= r.taken_at) AS lines) facts
         WHERE r.kind = 'progress' AND r.checksum <> '' AND r.taken_at > now() - interval '2 days'
           AND NOT EXISTS (
               SELECT FROM allocations_allocationversion v
                WHERE v.round_id = r.round_id AND v.area_no BETWEEN unit.number AND unit.last
                  AND v.pgh_created_at BETWEEN r.taken_at - interval '2 minutes' AND r.taken_at)
           AND (facts.granted <> (r.totals ->> 'granted')::int
                OR facts.handed_over <> (r.totals ->> 'handed_over')::int)
        """,
    ),
    Invariant(
        "moves",
        _("An accepted request moved its household where it said, and links name the communes of their records"),
        """
        SELECT 'request' AS what, m.id, m.state, m.household_id AS household, m.link_id AS link
          FROM beneficiaries_moverequest m
          LEFT JOIN beneficiaries_householdlink l ON l.id = m.link_id
         WHERE (m.state = 'accepted') <> (m.link_id IS NOT NULL)
            OR m.link_id IS NOT NULL
               AND (l.kind <> 'moved' OR l.source_id <> m.household_id OR m.into_id <> l.target_id
                    OR l.area_no <> m.area_no OR l.other_area_no <> m.other_area_no)
        UNION ALL
        SELECT 'link', l.id, l.kind, l.source_id, l.target_id
          FROM beneficiaries_householdlink l
          JOIN beneficiaries_household s ON s.id = l.source_id
          JOIN beneficiaries_household t ON t.id = l.target_id
         WHERE l.area_no <> s.area_no OR l.other_area_no <> t.area_no
        """,
    ),
    Invariant(
        "copies",
        _("Who is kept in a closed record as a picture of the past lives in one other record"),
        """
        SELECT p.id AS person, p.same_as_id AS same_as, p.household_id AS household
          FROM beneficiaries_person p
         WHERE p.same_as_id IS NOT NULL AND p.is_live
        """,
    ),
    Invariant(
        "pairs",
        _("A pair that was merged is one record, one that waits for the other commune has a request there"),
        """
        SELECT p.id AS pair, p.state, p.household_a_id AS a, p.household_b_id AS b
          FROM beneficiaries_suspectedpair p
         WHERE p.state = 'waiting'
           AND NOT EXISTS (SELECT FROM beneficiaries_moverequest m
                            WHERE m.state = 'asked' AND m.household_id IN (p.household_a_id, p.household_b_id)
                              AND m.into_id IN (p.household_a_id, p.household_b_id))
            OR p.state = 'merged'
           AND NOT EXISTS (SELECT FROM beneficiaries_householdlink l
                            WHERE l.undone_at IS NULL AND l.source_id IN (p.household_a_id, p.household_b_id)
                              AND l.target_id IN (p.household_a_id, p.household_b_id))
        """,
    ),
)
