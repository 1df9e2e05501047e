"""A hand-over that is undone claims whoever joined the household meanwhile; a member helped elsewhere forbids it."""

from django.db import migrations

CLAIMS = """
CREATE OR REPLACE FUNCTION claim_on_line_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations_claim c USING new_rows n WHERE c.allocation_id = n.id AND NOT is_live_status(n.status);
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
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0020_fewer_indexes")]
    operations = [migrations.RunSQL(CLAIMS, migrations.RunSQL.noop)]
