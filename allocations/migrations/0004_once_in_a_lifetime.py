"""What is promised once is promised for ever: claims outlive the register; signer and quota checked from both sides."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# A person who is taken out of the register, moved to another household or deleted stays claimed by a line that was
# approved; a line that is only proposed lets go of the person.
CLAIMS = """
CREATE OR REPLACE FUNCTION claim_on_person_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations_claim c USING new_rows n, old_rows o, allocations_allocation a
     WHERE o.id = n.id AND c.person_id = n.id AND a.id = c.allocation_id
       AND a.status NOT IN ('approved', 'handed_over')
       AND (n.household_id, n.is_live, n.cccd_hash) IS DISTINCT FROM (o.household_id, o.is_live, o.cccd_hash);
    UPDATE allocations_claim c SET identity_hash = n.cccd_hash FROM new_rows n
     WHERE c.person_id = n.id AND n.cccd_hash IS NOT NULL AND c.identity_hash IS DISTINCT FROM n.cccd_hash;
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT a.id, a.area_no, n.id, n.cccd_hash
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN allocations_allocation a ON a.household_id = n.household_id AND is_live_status(a.status)
     WHERE n.is_live
       AND (n.household_id, n.is_live, n.cccd_hash) IS DISTINCT FROM (o.household_id, o.is_live, o.cccd_hash)
       AND NOT EXISTS (SELECT FROM allocations_claim c WHERE c.person_id = n.id AND c.allocation_id = a.id)
     ORDER BY n.id;
    RETURN NULL;
END $$;

CREATE FUNCTION claim_on_person_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations_claim c USING allocations_allocation a
     WHERE c.person_id = OLD.id AND a.id = c.allocation_id
       AND (a.status NOT IN ('approved', 'handed_over') OR c.identity_hash IS NULL);
    UPDATE allocations_claim SET person_id = NULL WHERE person_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER claims_of_deleted_persons BEFORE DELETE ON beneficiaries_person
    FOR EACH ROW EXECUTE FUNCTION claim_on_person_delete();
"""

# Which of the caller's own households have a member who is claimed through another household, wherever that is.
# The scope is opened for the one query and put back.
HELPED = """
CREATE FUNCTION households_with_helped_members(households bigint[]) RETURNS TABLE (household_id bigint)
    LANGUAGE plpgsql SET search_path = public SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT DISTINCT own.household_id
          FROM unnest(households) AS wanted (id)
          CROSS JOIN LATERAL (
              SELECT p.id, p.household_id, p.cccd_hash FROM beneficiaries_person p
               WHERE p.is_live AND p.household_id = wanted.id
                 AND p.area_no BETWEEN nullif(lo, '')::int AND nullif(hi, '')::int OFFSET 0) own
          CROSS JOIN LATERAL (
              (SELECT allocation_id FROM allocations_claim WHERE identity_hash = own.cccd_hash LIMIT 1)
              UNION
              (SELECT allocation_id FROM allocations_claim WHERE person_id = own.id LIMIT 1)) claimed
          CROSS JOIN LATERAL (
              SELECT household_id FROM allocations_allocation WHERE id = claimed.allocation_id LIMIT 1) a
         WHERE a.household_id <> own.household_id;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("allocations", "0003_fences"),
        ("beneficiaries", "0002_fences"),
    ]
    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="quota",
            name="stays_within_the_parent",
        ),
        migrations.AlterField(
            model_name="claim",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="beneficiaries.person"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quota",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_within_the_parent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE parent_no int; ceiling int; given bigint; lo text; hi text;",
                    func="\n                    -- The superior unit's row may lie outside the scope of whoever writes; the ceiling holds anyway.\n                    lo := coalesce(current_setting('app.lo', true), '');\n                    hi := coalesce(current_setting('app.hi', true), '');\n                    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);\n                    SELECT parent_id INTO parent_no FROM administration_area WHERE number = NEW.area_no;\n                    SELECT allowed INTO ceiling FROM allocations_quota\n                     WHERE round_id = NEW.round_id AND area_no = parent_no FOR UPDATE;\n                    SELECT sum(q.allowed) INTO given FROM allocations_quota q\n                      JOIN administration_area a ON a.number = q.area_no AND a.parent_id = parent_no\n                     WHERE q.round_id = NEW.round_id;\n                    IF given > ceiling THEN\n                        RAISE EXCEPTION 'quota of % exceeds its parent', NEW.area_no\n                        USING ERRCODE = '23514', CONSTRAINT = 'quota_stays_within_the_parent';\n                    END IF;\n                    SELECT sum(q.allowed) INTO given FROM allocations_quota q\n                      JOIN administration_area a ON a.number = q.area_no AND a.parent_id = NEW.area_no\n                     WHERE q.round_id = NEW.round_id;\n                    IF given > NEW.allowed THEN\n                        RAISE EXCEPTION 'quota of % is less than its parts', NEW.area_no\n                        USING ERRCODE = '23514', CONSTRAINT = 'quota_covers_the_units_below';\n                    END IF;\n                    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);\n                    RETURN NULL;\n                ",
                    hash="489d721b98c393304ee6ddc8c1f5254a5deddf1a",
                    operation='INSERT OR UPDATE OF "allowed"',
                    pgid="pgtrigger_stays_within_the_parent_bd2f5",
                    table="allocations_quota",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_by", models.F("listed_by")), _negated=True),
                name="line_is_signed_by_somebody_else",
                violation_error_message="Who prepares the list may not sign it.",
            ),
        ),
        migrations.RunSQL(CLAIMS, migrations.RunSQL.noop),
        migrations.RunSQL(HELPED, "DROP FUNCTION households_with_helped_members(bigint[]);"),
    ]
