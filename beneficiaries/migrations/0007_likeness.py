"""Finding persons who may be one: keys that survive the usual mistakes, and one question asked across communes."""

import django.contrib.postgres.fields
import django.db.models.fields.generated
from django.db import migrations, models

from beneficiaries.models.households import LikenessKeys

KEYS = """
-- How a word begins, for ears that do not tell s from x, tr from ch, d from gi, l from n, c from k.
CREATE FUNCTION first_sound(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN word ~ '^(ch|tr)' THEN 'c' WHEN word ~ '^gi' THEN 'd' WHEN word ~ '^(ph|f)' THEN 'f'
                WHEN word ~ '^qu' THEN 'q' ELSE translate(left(word, 1), 'xnrvzk', 'slddd' || 'q') END
$$;

-- 1: the name without spaces, and the year. 2: the birth whichever way round, and how the first and the last word begin.
-- 3: these beginnings, the year and the commune. Equality of bigint is what an index may use behind a fence.
CREATE FUNCTION likeness_keys(full_name text, birth_year int, birth_date date, birth_precision text, area_no int)
    RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    words text[] := string_to_array(public.fold_vi(full_name), ' ');
    ends text := public.first_sound(words[1]) || public.first_sound(words[array_length(words, 1)]);
    d int := extract(day FROM birth_date);
    m int := extract(month FROM birth_date);
BEGIN
    RETURN ARRAY[
        hashtextextended(array_to_string(words, ''), birth_year),
        CASE WHEN birth_precision = 'day'
             THEN hashtextextended(ends, birth_year * 10000 + least(d, m) * 100 + greatest(d, m)) END,
        hashtextextended(ends, area_no::bigint * 10000 + birth_year)];
END $$;
"""
NO_KEYS = "DROP FUNCTION likeness_keys(text, int, date, text, int); DROP FUNCTION first_sound(text);"

INDEXES = """
CREATE INDEX person_by_likeness_1 ON beneficiaries_person ((likeness_keys[1]));
CREATE INDEX person_by_likeness_2 ON beneficiaries_person ((likeness_keys[2]));
CREATE INDEX person_by_likeness_3 ON beneficiaries_person ((likeness_keys[3]));
"""
NO_INDEXES = "DROP INDEX person_by_likeness_1, person_by_likeness_2, person_by_likeness_3;"

# The persons asked about stand in the temporary table `sought` (beneficiaries.pairing). The scope is opened for the one
# question and put back. Lateral joins, so that each person costs a few index look-ups however large the register is; a
# name that hundreds of one year bear proves nothing, so that key stops at 200. Keys 2 and 3 hold many strangers: one
# wrong letter leaves one half of a name intact, a lost middle name its ends. Two full dates that agree in neither day nor
# month, whichever way round, are those of two people: that alone leaves out most namesakes.
LIKELY = """
CREATE FUNCTION days_agree(a date, a_precision text, b date, b_precision text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT a_precision <> 'day' OR b_precision <> 'day' OR extract(day FROM a) = extract(day FROM b)
        OR extract(month FROM a) = extract(month FROM b)
        OR (extract(day FROM a) = extract(month FROM b) AND extract(month FROM a) = extract(day FROM b))
$$;

CREATE FUNCTION likely_persons(first_unit int, last_unit int)
    RETURNS TABLE (no int, person_id bigint, household_id bigint, household_code text, area_no int, is_head boolean,
                   full_name text, gender text, birth_year int, birth_date date, birth_precision text,
                   cccd_hash bytea, cccd_sealed bytea, cmnd_hash bytea, hamlet text, phone text, namesakes int)
    LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        WITH found AS MATERIALIZED (
            SELECT DISTINCT s.no, s.name, c.id
              FROM sought s
              CROSS JOIN LATERAL (
                  (SELECT id, household_id FROM beneficiaries_person p
                    WHERE p.cccd_hash = s.cccd_hash AND p.is_live LIMIT 1)
                  UNION ALL
                  (SELECT id, household_id FROM beneficiaries_person p
                    WHERE p.cmnd_hash = s.cmnd_hash AND p.is_live LIMIT 1)
                  UNION ALL
                  (SELECT id, household_id FROM beneficiaries_person p
                    WHERE p.likeness_keys[1] = s.keys[1] AND p.is_live
                      AND days_agree(p.birth_date, p.birth_precision, s.birth_date, s.birth_precision)
                    LIMIT 200)
                  UNION ALL
                  (SELECT id, household_id FROM beneficiaries_person p
                    WHERE p.likeness_keys[2] = s.keys[2] AND p.is_live
                      AND (left(p.search_key, s.half) = s.left_half OR right(p.search_key, s.half) = s.right_half
                           OR (split_part(p.search_key, ' ', 1) = s.first_word
                               AND split_part(p.search_key, ' ', -1) = s.last_word))
                   OFFSET 0)
                  UNION ALL
                  (SELECT id, household_id FROM beneficiaries_person p
                    WHERE p.likeness_keys[3] = s.keys[3] AND p.is_live
                      AND days_agree(p.birth_date, p.birth_precision, s.birth_date, s.birth_precision)
                      AND (left(p.search_key, s.half) = s.left_half OR right(p.search_key, s.half) = s.right_half
                           OR (split_part(p.search_key, ' ', 1) = s.first_word
                               AND split_part(p.search_key, ' ', -1) = s.last_word))
                   OFFSET 0)
                  UNION ALL
                  (SELECT id, household_id FROM beneficiaries_person p
                    WHERE s.is_head AND p.is_head AND p.area_no = s.area_no AND p.search_key = s.name AND p.is_live
                    LIMIT 50)) AS c
             WHERE s.unit BETWEEN first_unit AND last_unit AND c.household_id IS DISTINCT FROM s.household_id)
        SELECT f.no, p.id, p.household_id, h.code::text, p.area_no, p.is_head, p.full_name::text, p.gender::text,
               p.birth_year::int, p.birth_date, p.birth_precision::text, p.cccd_hash, p.cccd_sealed, p.cmnd_hash,
               h.hamlet::text, h.phone::text, n.people
          FROM found f
          CROSS JOIN LATERAL (SELECT * FROM beneficiaries_person WHERE id = f.id OFFSET 0) p
          CROSS JOIN LATERAL (SELECT code, hamlet, phone FROM beneficiaries_household WHERE id = p.household_id
                              OFFSET 0) h
          LEFT JOIN beneficiaries_namefrequency n ON n.name = replace(p.search_key, ' ', '')
         ORDER BY f.no;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""
# What an officer may see of both sides of a pair. Only of pairs that the scope shows; the name in full only where both
# sides have it anyway (else its initials), the number sealed, to be shown masked.
SIDES = """
CREATE FUNCTION initials(full_name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(left(word, 1) || '.', ' ' ORDER BY place)
      FROM unnest(string_to_array(full_name, ' ')) WITH ORDINALITY AS words (word, place)
$$;

CREATE FUNCTION other_sides(pairs bigint[])
    RETURNS TABLE (pair_id bigint, side text, household_id bigint, household_code text, area_no int, name text,
                   gender text, birth_year int, birth_date date, birth_precision text, cccd_sealed bytea, hamlet text,
                   category text, member_count int, is_listed boolean)
    LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
    allowed bigint[] := ARRAY(SELECT id FROM beneficiaries_suspectedpair WHERE id = ANY (pairs));
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT p.id, s.side, h.id, h.code::text, h.area_no,
               CASE WHEN p.evidence #>> '{people,0,name}' IN ('equal', 'marks', 'spacing') THEN who.full_name::text
                    ELSE initials(who.full_name::text) END,
               who.gender::text, who.birth_year::int, who.birth_date, who.birth_precision::text, who.cccd_sealed,
               h.hamlet::text, h.category::text, h.member_count::int, h.delisted_on IS NULL
          FROM beneficiaries_suspectedpair p
          CROSS JOIN LATERAL (VALUES ('a', household_a_id, person_a_id), ('b', household_b_id, person_b_id))
                     AS s (side, household, person)
          CROSS JOIN LATERAL (SELECT * FROM beneficiaries_household WHERE id = s.household OFFSET 0) h
          CROSS JOIN LATERAL (
              SELECT * FROM beneficiaries_person
               WHERE household_id = h.id AND (id = s.person OR is_head) ORDER BY id = s.person DESC LIMIT 1) who
         WHERE p.id = ANY (allowed);
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;

CREATE FUNCTION household_codes(households bigint[]) RETURNS TABLE (id bigint, code text)
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY SELECT h.id, h.code::text FROM beneficiaries_household h WHERE h.id = ANY (households);
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""
NO_SIDES = """
DROP FUNCTION household_codes(bigint[]); DROP FUNCTION other_sides(bigint[]); DROP FUNCTION initials(text);
"""
NOT_LIKELY = "DROP FUNCTION likely_persons(int, int); DROP FUNCTION days_agree(date, text, date, text);"


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0006_suspected_pairs")]
    operations = [
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.CreateModel(
            name="NameFrequency",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("people", models.PositiveIntegerField()),
            ],
            options={"verbose_name": "frequent name", "verbose_name_plural": "frequent names"},
        ),
        migrations.AddField("importfile", "pairs_found_at", models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="person",
            name="likeness_keys",
            field=models.GeneratedField(
                expression=LikenessKeys("full_name", "birth_year", "birth_date", "birth_precision", "area"),
                output_field=django.contrib.postgres.fields.ArrayField(models.BigIntegerField()),
                db_persist=True,
            ),
        ),
        migrations.RunSQL(INDEXES, NO_INDEXES),
        migrations.RunSQL(LIKELY, NOT_LIKELY),
        migrations.RunSQL(SIDES, NO_SIDES),
    ]
