"""A search for doubles takes hold of what it found without ever waiting for anybody, in whatever commune it is."""

from django.db import migrations

HOLD = """
CREATE FUNCTION hold_pair_sides(households bigint[], persons bigint[])
    RETURNS TABLE (household_id bigint, person_id bigint)
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT id, NULL::bigint FROM (
            SELECT id FROM beneficiaries_household WHERE id = ANY (households) AND delisted_on IS NULL
               FOR KEY SHARE SKIP LOCKED) AS h
        UNION ALL
        SELECT NULL, id FROM (
            SELECT id FROM beneficiaries_person WHERE id = ANY (persons) AND is_live FOR KEY SHARE SKIP LOCKED) AS p;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""
LET_GO = "DROP FUNCTION hold_pair_sides(bigint[], bigint[]);"


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0011_household_drafts")]
    operations = [migrations.RunSQL(HOLD, LET_GO)]
