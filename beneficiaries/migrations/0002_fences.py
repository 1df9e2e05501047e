"""Fences of the register: scope by area, members where their household is, and what may be asked across communes."""

from django.db import migrations

from administration.fences import append_only, scope_by_area

# A household and its members are always of the same unit; moving the household moves them.
MEMBERS_FOLLOW = """
ALTER TABLE beneficiaries_person ADD CONSTRAINT person_is_where_the_household_is
    FOREIGN KEY (household_id, area_no) REFERENCES beneficiaries_household (id, area_no) ON UPDATE CASCADE;
"""

# Cross-commune facts: only "this number is taken, over there". The scope is opened for the one query and put back.
ELSEWHERE = """
CREATE FUNCTION registered_identities(hashes bytea[])
    RETURNS TABLE (identity_hash bytea, area_no int, household_id bigint, household_code text)
    LANGUAGE plpgsql SET search_path = public SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT p.cccd_hash, p.area_no, h.id, h.code::text
          FROM beneficiaries_person p JOIN beneficiaries_household h ON h.id = p.household_id
         WHERE p.is_live AND p.cccd_hash = ANY (hashes);
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;

CREATE FUNCTION namesakes_elsewhere(households bigint[])
    RETURNS TABLE (household_id bigint, other_area_no int)
    LANGUAGE plpgsql SET search_path = public SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT DISTINCT a.household_id, b.area_no
          FROM unnest(households) AS wanted (id)
          CROSS JOIN LATERAL (
              SELECT * FROM beneficiaries_person
               WHERE household_id = wanted.id AND is_head AND is_live AND birth_precision = 'day' LIMIT 1) a
          CROSS JOIN LATERAL (
              SELECT area_no FROM beneficiaries_person
               WHERE search_key = a.search_key AND birth_year = a.birth_year AND birth_date = a.birth_date
                 AND birth_precision = 'day' AND gender = a.gender AND is_live AND household_id <> a.household_id
              OFFSET 0) b;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0001_initial"), ("administration", "0002_fences")]
    operations = [
        scope_by_area(
            "beneficiaries_household",
            "beneficiaries_householdversion",
            "beneficiaries_person",
            "beneficiaries_personversion",
            "beneficiaries_importfile",
            "beneficiaries_stagedhousehold",
            "beneficiaries_columnchoice",
        ),
        append_only("beneficiaries_householdversion", "beneficiaries_personversion"),
        migrations.RunSQL(
            MEMBERS_FOLLOW, "ALTER TABLE beneficiaries_person DROP CONSTRAINT person_is_where_the_household_is;"
        ),
        migrations.RunSQL(
            ELSEWHERE,
            "DROP FUNCTION namesakes_elsewhere(bigint[]); DROP FUNCTION registered_identities(bytea[]);",
        ),
    ]
