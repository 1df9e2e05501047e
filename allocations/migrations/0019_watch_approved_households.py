"""After an approval nothing changes silently: the database writes on the line what changed in the register since."""

from django.db import migrations

from administration.fences import scope_by_area

# The joins are planned for the rows of the statement at hand: a plan kept from a session's first update of one household
# would visit every pair of an import's thousands.
# Differences as everywhere: {"field", "old", "new"}. Of two changes of a field the first old value stays; a field that
# is as it was at the approval is no difference any more.
MERGE = """
CREATE FUNCTION merge_differences(earlier jsonb, later jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_agg(jsonb_build_object('field', field, 'old', was, 'new', becomes) ORDER BY field) FROM (
        SELECT coalesce(e.field, l.field) AS field,
               CASE WHEN e.field IS NULL THEN l.was ELSE e.was END AS was,
               CASE WHEN l.field IS NULL THEN e.becomes ELSE l.becomes END AS becomes
          FROM (SELECT x->>'field' AS field, x->'old' AS was, x->'new' AS becomes
                  FROM jsonb_array_elements(coalesce(earlier, '[]')) AS x) AS e
          FULL JOIN (SELECT x->>'field' AS field, x->'old' AS was, x->'new' AS becomes
                  FROM jsonb_array_elements(coalesce(later, '[]')) AS x) AS l ON l.field = e.field) AS fields
     WHERE was IS DISTINCT FROM becomes
$$;
"""
HOUSEHOLDS = """
CREATE FUNCTION recheck_on_household_update() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM new_rows n JOIN allocations_allocation a
                    ON a.household_id = n.id AND a.status = 'approved') THEN
        RETURN NULL;
    END IF;
    UPDATE allocations_allocation a
       SET recheck = merge_differences(a.recheck, d.differences), version = a.version + 1
      FROM (SELECT n.id, jsonb_agg(jsonb_build_object('field', f.field, 'old', f.was, 'new', f.becomes)) AS differences
              FROM new_rows n JOIN old_rows o ON o.id = n.id
             CROSS JOIN LATERAL (VALUES
                ('category', to_jsonb(o.category), to_jsonb(n.category)),
                ('attributes', to_jsonb(o.attributes), to_jsonb(n.attributes)),
                ('recognised_year', to_jsonb(o.recognised_year), to_jsonb(n.recognised_year)),
                ('certificate_no', to_jsonb(o.certificate_no), to_jsonb(n.certificate_no)),
                ('phone_kind', to_jsonb(o.phone_kind), to_jsonb(n.phone_kind)),
                ('prior_device', to_jsonb(o.prior_device), to_jsonb(n.prior_device)),
                ('delisted_on', to_jsonb(o.delisted_on), to_jsonb(n.delisted_on))) AS f (field, was, becomes)
             WHERE f.was IS DISTINCT FROM f.becomes GROUP BY n.id) AS d
     WHERE a.household_id = d.id AND a.status = 'approved';
    RETURN NULL;
END $$;
CREATE TRIGGER approved_households_are_watched AFTER UPDATE ON beneficiaries_household
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION recheck_on_household_update();
"""
# Of the people the head counts: who it is. Numbers are secrets of the application: only that they changed is written.
HEADS = """
CREATE FUNCTION recheck_on_head_update() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM new_rows n JOIN allocations_allocation a
                    ON a.household_id = n.household_id AND a.status = 'approved') THEN
        RETURN NULL;
    END IF;
    UPDATE allocations_allocation a
       SET recheck = merge_differences(a.recheck, d.differences), version = a.version + 1
      FROM (SELECT household_id, jsonb_agg(jsonb_build_object('field', field, 'old', was, 'new', becomes)) AS differences
              FROM (SELECT n.household_id, f.field, f.was, f.becomes
                      FROM new_rows n JOIN old_rows o ON o.id = n.id
                     CROSS JOIN LATERAL (VALUES
                        ('full_name', to_jsonb(o.full_name), to_jsonb(n.full_name)),
                        ('gender', to_jsonb(o.gender), to_jsonb(n.gender)),
                        ('birth', to_jsonb(coalesce(o.birth_date::text, o.birth_year::text)),
                                  to_jsonb(coalesce(n.birth_date::text, n.birth_year::text))),
                        ('identity_number', to_jsonb(left(encode(o.cccd_hash, 'hex'), 0)),
                                  CASE WHEN o.cccd_hash IS DISTINCT FROM n.cccd_hash THEN to_jsonb('≠'::text)
                                       ELSE to_jsonb(left(encode(o.cccd_hash, 'hex'), 0)) END)
                        ) AS f (field, was, becomes)
                     WHERE n.is_head AND o.is_head AND f.was IS DISTINCT FROM f.becomes
                    UNION ALL
                    SELECT coalesce(n.household_id, o.household_id), 'head', to_jsonb(o.full_name), to_jsonb(n.full_name)
                      FROM (SELECT household_id, full_name FROM new_rows WHERE is_head
                            EXCEPT SELECT household_id, full_name FROM old_rows WHERE is_head) AS n
                      FULL JOIN (SELECT household_id, full_name FROM old_rows WHERE is_head
                            EXCEPT SELECT household_id, full_name FROM new_rows WHERE is_head) AS o
                        ON o.household_id = n.household_id
                     WHERE NOT EXISTS (SELECT 1 FROM new_rows same JOIN old_rows was ON was.id = same.id
                            WHERE same.is_head AND was.is_head AND same.household_id = was.household_id
                              AND same.household_id = coalesce(n.household_id, o.household_id))
                   ) AS changed GROUP BY household_id) AS d
     WHERE a.household_id = d.household_id AND a.status = 'approved';
    RETURN NULL;
END $$;
CREATE TRIGGER approved_heads_are_watched AFTER UPDATE ON beneficiaries_person
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION recheck_on_head_update();
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0018_changed_after_approval")]
    operations = [
        scope_by_area("allocations_look"),
        migrations.RunSQL(MERGE, migrations.RunSQL.noop),
        migrations.RunSQL(HOUSEHOLDS, migrations.RunSQL.noop),
        migrations.RunSQL(HEADS, migrations.RunSQL.noop),
    ]
