"""Lists of earlier programmes: fenced to the province, asked from any commune; what they name follows the household."""

from django.db import migrations

from administration.fences import scope_by_area

HIT = "beneficiaries_receivedhit"
# Households and people are removed by the thousand when an import is taken back, past Django; a decision outlives them.
LINKS = {
    "hit_is_where_the_household_is": "(household_id, area_no) REFERENCES beneficiaries_household (id, area_no)"
    " ON UPDATE CASCADE ON DELETE SET NULL (household_id)",
    "person_of_hit": "(person_id) REFERENCES beneficiaries_person (id) ON DELETE SET NULL",
}
LINK = [f"ALTER TABLE {HIT} ADD CONSTRAINT {name} FOREIGN KEY {link};" for name, link in LINKS.items()]
UNLINK = [f"ALTER TABLE {HIT} DROP CONSTRAINT {name};" for name in LINKS]

INDEXES = """
CREATE INDEX hit_of_person ON beneficiaries_receivedhit (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX recipient_by_likeness_1 ON beneficiaries_exclusionperson ((likeness_keys[1]));
CREATE INDEX recipient_by_likeness_2 ON beneficiaries_exclusionperson ((likeness_keys[2]));
CREATE INDEX recipient_by_likeness_3 ON beneficiaries_exclusionperson ((likeness_keys[3]));
"""
NO_INDEXES = """
DROP INDEX recipient_by_likeness_1, recipient_by_likeness_2, recipient_by_likeness_3; DROP INDEX hit_of_person;
"""

# The lists lie behind the fence of the province. The scope is opened for the one question and put back; what comes out is
# sealed, and the application shows of it what a decision needs. `sought` holds whom is asked about (beneficiaries.pairing).
ASK = """
CREATE FUNCTION received_numbers(hashes bytea[]) RETURNS TABLE (identity_hash bytea, source_id bigint)
    LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT DISTINCT found.hash, found.source_id
          FROM (SELECT cccd_hash AS hash, source_id FROM beneficiaries_exclusionperson WHERE cccd_hash = ANY (hashes)
                UNION
                SELECT cmnd_hash, source_id FROM beneficiaries_exclusionperson WHERE cmnd_hash = ANY (hashes)) AS found
          JOIN beneficiaries_exclusionsource s ON s.id = found.source_id AND s.state = 'active';
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;

CREATE FUNCTION likely_recipients(first_unit int, last_unit int)
    RETURNS TABLE (no int, entry_id bigint, member_no int, source_id bigint, commune_no int, content bytea,
                   cccd_hash bytea, cmnd_hash bytea)
    LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        WITH found AS MATERIALIZED (
            SELECT DISTINCT s.no, c.id
              FROM sought s
              CROSS JOIN LATERAL (
                  (SELECT id FROM beneficiaries_exclusionperson r WHERE r.cccd_hash = s.cccd_hash LIMIT 50)
                  UNION ALL
                  (SELECT id FROM beneficiaries_exclusionperson r WHERE r.cmnd_hash = s.cmnd_hash LIMIT 50)
                  UNION ALL
                  (SELECT id FROM beneficiaries_exclusionperson r WHERE r.likeness_keys[1] = s.keys[1] LIMIT 200)
                  UNION ALL
                  (SELECT id FROM beneficiaries_exclusionperson r WHERE r.likeness_keys[2] = s.keys[2] LIMIT 200)
                  UNION ALL
                  (SELECT id FROM beneficiaries_exclusionperson r WHERE r.likeness_keys[3] = s.keys[3] LIMIT 200)) AS c
             WHERE s.unit BETWEEN first_unit AND last_unit)
        SELECT f.no, e.id, r.member_no::int, r.source_id, e.commune_no, e.content, r.cccd_hash, r.cmnd_hash
          FROM found f
          CROSS JOIN LATERAL (SELECT * FROM beneficiaries_exclusionperson WHERE id = f.id OFFSET 0) r
          CROSS JOIN LATERAL (SELECT * FROM beneficiaries_exclusionentry WHERE id = r.entry_id OFFSET 0) e
          JOIN beneficiaries_exclusionsource s ON s.id = r.source_id AND s.state IN ('active', 'matching')
         ORDER BY f.no;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;

CREATE FUNCTION entries_of_hits(hits bigint[])
    RETURNS TABLE (hit_id bigint, member_no int, commune_no int, row_no int, content bytea)
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
    allowed bigint[] := ARRAY(SELECT id FROM beneficiaries_receivedhit WHERE id = ANY (hits));
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT h.id, h.member_no::int, e.commune_no, e.row_no::int, e.content
          FROM beneficiaries_receivedhit h JOIN beneficiaries_exclusionentry e ON e.id = h.entry_id
         WHERE h.id = ANY (allowed);
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""
NO_ASK = """
DROP FUNCTION entries_of_hits(bigint[]); DROP FUNCTION likely_recipients(int, int);
DROP FUNCTION received_numbers(bytea[]);
"""


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0013_already_received")]
    operations = [
        scope_by_area("beneficiaries_exclusionentry", "beneficiaries_exclusionperson", "beneficiaries_receivedhit"),
        migrations.RunSQL(LINK, UNLINK),
        migrations.RunSQL(INDEXES, NO_INDEXES),
        migrations.RunSQL(ASK, NO_ASK),
    ]
