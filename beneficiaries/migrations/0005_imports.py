"""Imports: sealed previews instead of plain keys; old CMND numbers are looked up across communes too."""

from django.db import migrations, models

# As in 0002, and it also finds the old nine-digit number. The scope is opened for the one query and put back.
ELSEWHERE = """
CREATE OR REPLACE FUNCTION registered_identities(hashes bytea[])
    RETURNS TABLE (identity_hash bytea, area_no int, household_id bigint, household_code text)
    LANGUAGE plpgsql SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT p.cccd_hash, p.area_no, h.id, h.code::text
          FROM beneficiaries_person p JOIN beneficiaries_household h ON h.id = p.household_id
         WHERE p.is_live AND p.cccd_hash = ANY (hashes)
     UNION ALL
        SELECT p.cmnd_hash, p.area_no, h.id, h.code::text
          FROM beneficiaries_person p JOIN beneficiaries_household h ON h.id = p.household_id
         WHERE p.is_live AND p.cmnd_hash = ANY (hashes);
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0004_search_indexes")]
    operations = [
        migrations.RemoveField("stagedhousehold", "head_birth_year"),
        migrations.RemoveField("stagedhousehold", "head_hash"),
        migrations.RemoveField("stagedhousehold", "head_key"),
        migrations.AddField("importfile", "preview", models.BinaryField(null=True)),
        migrations.AddField("stagedhousehold", "table_no", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField("stagedhousehold", "sheet", models.CharField(max_length=200)),
        migrations.RunSQL(ELSEWHERE, migrations.RunSQL.noop),
    ]
