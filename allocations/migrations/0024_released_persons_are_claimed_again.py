"""Whoever a line lets go of belongs to what their household has received meanwhile.

Somebody who was helped in one household and joined another that has received is claimed once, by the first line. When
that line ends (the hand-over was undone and the household declined), the other one claims them: otherwise they could
leave and be helped as if their household had never received.
"""

from django.db import migrations

CLAIMS = """
CREATE FUNCTION claim_released(persons bigint[], hashes bytea[]) RETURNS void LANGUAGE plpgsql
    SET search_path = public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
    released bigint[];
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    SELECT array_agg(id) INTO released FROM (
        SELECT id FROM beneficiaries_person WHERE id = ANY (persons) AND is_live
        UNION SELECT id FROM beneficiaries_person WHERE cccd_hash = ANY (hashes) AND is_live) AS alive;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
    IF released IS NOT NULL THEN
        PERFORM claim_persons(released);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION claim_on_line_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    persons bigint[];
    hashes bytea[];
BEGIN
    WITH gone AS (
        DELETE FROM allocations_claim c USING new_rows n
         WHERE c.allocation_id = n.id AND NOT is_live_status(n.status) RETURNING c.person_id, c.identity_hash)
    SELECT array_agg(person_id), array_agg(identity_hash) INTO persons, hashes FROM gone;
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT line.id, line.area_no, p.id, p.cccd_hash
      FROM (SELECT id, area_no, coalesce(counts_for_id, household_id) AS household_id, counts_for_id,
                   status = 'handed_over' AS is_given
              FROM new_rows WHERE is_live_status(status)
            EXCEPT SELECT id, area_no, coalesce(counts_for_id, household_id), counts_for_id, status = 'handed_over'
              FROM old_rows WHERE is_live_status(status)) AS line
      JOIN beneficiaries_person p ON p.household_id = line.household_id AND p.is_live
     WHERE NOT EXISTS (SELECT FROM allocations_claim c
                        WHERE c.allocation_id = line.id AND (c.person_id = p.id OR c.identity_hash = p.cccd_hash))
       AND NOT (line.is_given AND EXISTS (
           SELECT FROM allocations_claim c WHERE c.person_id = p.id OR c.identity_hash = p.cccd_hash))
     ORDER BY p.cccd_hash, p.id;
    IF persons IS NOT NULL THEN
        PERFORM claim_released(persons, hashes);
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0023_tiers_that_decide")]
    operations = [migrations.RunSQL(CLAIMS, migrations.RunSQL.noop)]
