"""What a reviewer chose is kept on the server; undoing gives back the waiting list; claims are taken in one order."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from administration.fences import scope_by_area

# Two communes that list the same two persons at once would wait for each other if each took them in its own order:
# the order of the identities is the same for both.
CLAIMS_IN_ORDER = """
CREATE OR REPLACE FUNCTION claim_on_line_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT n.id, n.area_no, p.id, p.cccd_hash
      FROM new_rows n JOIN beneficiaries_person p ON p.household_id = n.household_id AND p.is_live
     WHERE is_live_status(n.status) ORDER BY p.cccd_hash, p.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION claim_on_line_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations_claim c USING new_rows n JOIN old_rows o ON o.id = n.id
     WHERE c.allocation_id = n.id AND is_live_status(o.status) AND NOT is_live_status(n.status);
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT n.id, n.area_no, p.id, p.cccd_hash
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN beneficiaries_person p ON p.household_id = n.household_id AND p.is_live
     WHERE is_live_status(n.status) AND NOT is_live_status(o.status) ORDER BY p.cccd_hash, p.id;
    RETURN NULL;
END $$;
"""

# Where the device with this IMEI is, in whatever unit: an official who scans a box that belongs to another commune is
# told so. Nothing about people comes out. The scope is opened for the one query and put back.
WHERE_DEVICE_IS = """
CREATE FUNCTION where_device_is(wanted text) RETURNS TABLE (area_no int, state text, handed_on date)
    LANGUAGE plpgsql SET search_path = public SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT d.area_no, d.state::text, h.handed_on FROM devices_device d
          LEFT JOIN allocations_handover h ON h.device_id = d.id WHERE d.imei = wanted;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0003_passwords_and_verbs"),
        ("allocations", "0004_once_in_a_lifetime"),
        ("devices", "0002_fences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Selection",
            fields=[
                ("token", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("chip", models.CharField(max_length=20)),
                ("words", models.CharField(blank=True, max_length=80)),
                ("one_by_one", models.BooleanField(default=False)),
                ("line_ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "versions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=None),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(null=True)),
                ("outcome", models.JSONField(default=dict)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="allocation",
            name="moves_as_allowed",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="moves_as_allowed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:posted,draft:submitted,draft:withdrawn,posted:draft,posted:submitted,posted:withdrawn,submitted:approved,submitted:draft,submitted:rejected,submitted:returned,submitted:waiting,returned:draft,returned:submitted,returned:waiting,returned:withdrawn,waiting:approved,waiting:rejected,waiting:returned,waiting:submitted,waiting:withdrawn,approved:handed_over,approved:submitted,approved:waiting,approved:withdrawn,rejected:submitted,rejected:waiting,handed_over:approved}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="020376127328151501e9f1c46cc05ddd8ca34366",
                    operation="UPDATE",
                    pgid="pgtrigger_moves_as_allowed_4d6f7",
                    table="allocations_allocation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="area",
            field=models.ForeignKey(
                db_column="area_no",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="administration.area",
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="commune_list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="allocations.communelist"
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="selection",
            index=models.Index(models.F("officer"), models.F("created_at"), name="selection_of_officer"),
        ),
        scope_by_area("allocations_selection"),
        migrations.RunSQL(CLAIMS_IN_ORDER, migrations.RunSQL.noop),
        migrations.RunSQL(WHERE_DEVICE_IS, "DROP FUNCTION where_device_is(text);"),
    ]
