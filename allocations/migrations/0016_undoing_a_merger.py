"""A merging that is undone gives the claims back; one where both had received is noted as such.

The lines of earlier records may lie in communes that the officer does not see: the scope is opened for the statements.
"""

from django.db import migrations

FOLLOW = """
CREATE OR REPLACE FUNCTION counts_follow_the_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
    lines bigint[];
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    PERFORM FROM allocations_allocation WHERE household_id = NEW.id OR counts_for_id = NEW.id ORDER BY id FOR UPDATE;
    IF NEW.continues_in_id IS NOT NULL THEN
        UPDATE allocations_allocation a SET counts_for_id = NEW.continues_in_id
         WHERE (a.counts_for_id = NEW.id OR a.household_id = NEW.id AND a.counts_for_id IS NULL)
           AND a.status = 'handed_over'
           AND NOT EXISTS (SELECT FROM allocations_allocation b
                            WHERE b.status = 'handed_over' AND b.id <> a.id
                              AND (b.household_id = NEW.continues_in_id AND b.counts_for_id IS NULL
                                   OR b.counts_for_id = NEW.continues_in_id));
        UPDATE beneficiaries_householdlink SET both_received = true
         WHERE source_id = NEW.id AND undone_at IS NULL AND EXISTS (
               SELECT FROM allocations_allocation a
                WHERE (a.counts_for_id = NEW.id OR a.household_id = NEW.id AND a.counts_for_id IS NULL)
                  AND a.status = 'handed_over');
        PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
        RETURN NULL;
    END IF;
    SELECT array_agg(id) INTO lines FROM (
        SELECT a.id FROM allocations_allocation a
         WHERE a.counts_for_id = OLD.continues_in_id
           AND a.household_id IN (
               WITH RECURSIVE before (id) AS (
                   SELECT NEW.id
                   UNION SELECT h.id FROM beneficiaries_household h JOIN before ON h.continues_in_id = before.id)
               SELECT id FROM before)
         ORDER BY a.id FOR UPDATE OF a) AS locked;
    DELETE FROM allocations_claim c USING beneficiaries_person p
     WHERE c.allocation_id = ANY (lines) AND p.id = c.person_id AND p.household_id = OLD.continues_in_id;
    UPDATE allocations_allocation SET counts_for_id = nullif(NEW.id, household_id) WHERE id = ANY (lines);
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0015_once_along_the_lineage"), ("beneficiaries", "0009_lineage_fences")]
    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
