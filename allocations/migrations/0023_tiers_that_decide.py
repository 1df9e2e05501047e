"""The tier that a programme names decides, in one's own right or standing in for one of that tier; quota by tier."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# A decision is looked at when it is made. Who had put a household on the waiting list stays behind its promotion, and
# an undone decision brings an earlier one back: neither is a new decision. A line that nobody decided is refused
# by a constraint.
GUARD = """
CREATE FUNCTION may_decide(officer bigint, giver bigint, round bigint, unit int, at timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM administration_officer o
          JOIN administration_area a ON a.number = o.area_id
          JOIN allocations_round r ON r.id = round
          JOIN allocations_programme p ON p.id = r.programme_id
         WHERE o.id = coalesce(giver, officer) AND o.role = 'reviewer' AND unit BETWEEN a.number AND a.last
           AND a.level = CASE p.profile WHEN 'HAI_CAP' THEN 'province' ELSE 'district' END)
       AND (giver IS NULL OR EXISTS (
        SELECT FROM administration_delegation d
         WHERE d.giver_id = giver AND d.taker_id = officer AND (d.ended_at IS NULL OR d.ended_at >= at)
           AND (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN d.starts_on AND d.ends_on))
$$;

CREATE FUNCTION tier_decides_on_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    -- Both sides in one aggregate, as where moves are looked at. Thousands of lines are a handful of decisions.
    FOR wrong IN
        SELECT DISTINCT officer, giver, round, unit, at FROM (
            SELECT max(round_id) AS round, max(area_no) AS unit,
                   max(status) FILTER (WHERE is_old) AS came_from, max(status) FILTER (WHERE NOT is_old) AS goes_to,
                   max(decided_by_id) FILTER (WHERE is_old) AS officer_before,
                   max(decided_by_id) FILTER (WHERE NOT is_old) AS officer,
                   max(decided_for_id) FILTER (WHERE is_old) AS giver_before,
                   max(decided_for_id) FILTER (WHERE NOT is_old) AS giver,
                   max(decided_at) FILTER (WHERE is_old) AS at_before, max(decided_at) FILTER (WHERE NOT is_old) AS at
              FROM (SELECT id, round_id, area_no, status, decided_by_id, decided_for_id, decided_at, true AS is_old
                      FROM old_values
                    UNION ALL
                    SELECT id, round_id, area_no, status, decided_by_id, decided_for_id, decided_at, false
                      FROM new_values) AS both_sides
             GROUP BY id) AS changes
         WHERE goes_to IN ('approved', 'waiting', 'returned', 'rejected') AND officer IS NOT NULL
           AND (officer, giver, at, came_from) IS DISTINCT FROM (officer_before, giver_before, at_before, goes_to)
           AND NOT (goes_to = 'waiting' AND came_from IN ('approved', 'returned', 'rejected'))
           AND NOT (came_from = 'waiting' AND goes_to = 'approved'
                    AND (officer, giver) IS NOT DISTINCT FROM (officer_before, giver_before))
           -- a hand-over that is undone brings no decision
           AND NOT (came_from = 'handed_over'
                    AND (officer, giver, at) IS NOT DISTINCT FROM (officer_before, giver_before, at_before))
    LOOP
        IF NOT may_decide(wrong.officer, wrong.giver, wrong.round, wrong.unit, coalesce(wrong.at, now())) THEN
            RAISE EXCEPTION 'officer % may not decide in unit %', wrong.officer, wrong.unit
            USING ERRCODE = '23514', CONSTRAINT = 'tier_may_decide';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER tier_decides_on_changed_lines AFTER UPDATE ON allocations_allocation
    REFERENCING OLD TABLE AS old_values NEW TABLE AS new_values
    FOR EACH STATEMENT EXECUTE FUNCTION tier_decides_on_update();

CREATE FUNCTION tier_decides_on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    FOR wrong IN
        SELECT DISTINCT decided_by_id AS officer, decided_for_id AS giver, round_id AS round, area_no AS unit,
               coalesce(decided_at, now()) AS at
          FROM new_values WHERE status IN ('approved', 'waiting', 'returned', 'rejected', 'handed_over')
           AND decided_by_id IS NOT NULL
    LOOP
        IF NOT may_decide(wrong.officer, wrong.giver, wrong.round, wrong.unit, wrong.at) THEN
            RAISE EXCEPTION 'officer % may not decide in unit %', wrong.officer, wrong.unit
            USING ERRCODE = '23514', CONSTRAINT = 'tier_may_decide';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER tier_decides_on_new_lines AFTER INSERT ON allocations_allocation
    REFERENCING NEW TABLE AS new_values
    FOR EACH STATEMENT EXECUTE FUNCTION tier_decides_on_insert();
"""
AWAY = """
DROP TRIGGER tier_decides_on_new_lines ON allocations_allocation;
DROP TRIGGER tier_decides_on_changed_lines ON allocations_allocation;
DROP FUNCTION tier_decides_on_insert(); DROP FUNCTION tier_decides_on_update();
DROP FUNCTION may_decide(bigint, bigint, bigint, int, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0006_delegation"),
        ("allocations", "0022_quota_changes"),
        ("beneficiaries", "0011_household_drafts"),
        ("devices", "0003_specification"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="allocation",
            name="changed_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="allocation",
            name="removed_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="quota",
            name="stays_within_the_parent",
        ),
        migrations.AddField(
            model_name="allocation",
            name="decided_for",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="allocationversion",
            name="decided_for",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="reviewer_label",
            field=models.CharField(
                blank=True,
                help_text="For example the name of the unit that reviews. Left empty: district level or province level.",
                max_length=60,
                verbose_name="what the reviewing tier is called",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "allocations_allocationversion" ("area_no", "category", "commune_list_id", "counts_for_id", "decided_at", "decided_by_id", "decided_for_id", "device_id", "flags", "form", "household_id", "id", "listed_at", "listed_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "posting_id", "priority_group", "rank", "reason", "reason_note", "recheck", "round_id", "rule_version_id", "signed_by_id", "source_id", "status", "version") SELECT old_values."area_no", old_values."category", old_values."commune_list_id", old_values."counts_for_id", old_values."decided_at", old_values."decided_by_id", old_values."decided_for_id", old_values."device_id", old_values."flags", old_values."form", old_values."household_id", old_values."id", old_values."listed_at", old_values."listed_by_id", _pgh_attached_context.value, NOW(), \'changed\', old_values."id", old_values."posting_id", old_values."priority_group", old_values."rank", old_values."reason", old_values."reason_note", old_values."recheck", old_values."round_id", old_values."rule_version_id", old_values."signed_by_id", old_values."source_id", old_values."status", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="d936bdca72a89b4ee5051880d1d93a41d83cf121",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_3a178",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="allocations_allocation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "allocations_allocationversion" ("area_no", "category", "commune_list_id", "counts_for_id", "decided_at", "decided_by_id", "decided_for_id", "device_id", "flags", "form", "household_id", "id", "listed_at", "listed_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "posting_id", "priority_group", "rank", "reason", "reason_note", "recheck", "round_id", "rule_version_id", "signed_by_id", "source_id", "status", "version") SELECT old_values."area_no", old_values."category", old_values."commune_list_id", old_values."counts_for_id", old_values."decided_at", old_values."decided_by_id", old_values."decided_for_id", old_values."device_id", old_values."flags", old_values."form", old_values."household_id", old_values."id", old_values."listed_at", old_values."listed_by_id", _pgh_attached_context.value, NOW(), \'removed\', old_values."id", old_values."posting_id", old_values."priority_group", old_values."rank", old_values."reason", old_values."reason_note", old_values."recheck", old_values."round_id", old_values."rule_version_id", old_values."signed_by_id", old_values."source_id", old_values."status", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="10557a97fc40f3a447eaed6f38b9383c76125494",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_209b4",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="allocations_allocation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quota",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_within_the_parent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE flat bool; parent_no int; ceiling int; given bigint; lo text; hi text;",
                    func="\n                    -- The superior unit's row may lie outside the scope of whoever writes; the ceiling holds anyway.\n                    lo := coalesce(current_setting('app.lo', true), '');\n                    hi := coalesce(current_setting('app.hi', true), '');\n                    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);\n                    -- In a programme of two tiers no district has a quota: the province shares out among its communes.\n                    SELECT p.profile = 'HAI_CAP' INTO flat FROM allocations_round r\n                      JOIN allocations_programme p ON p.id = r.programme_id WHERE r.id = NEW.round_id;\n                    SELECT CASE WHEN NOT flat THEN a.parent_id WHEN a.level = 'district' THEN NULL\n                                WHEN above.level = 'district' THEN above.parent_id ELSE a.parent_id END\n                      INTO parent_no FROM administration_area a\n                      LEFT JOIN administration_area above ON above.number = a.parent_id WHERE a.number = NEW.area_no;\n                    SELECT allowed INTO ceiling FROM allocations_quota\n                     WHERE round_id = NEW.round_id AND source_id = NEW.source_id AND form = NEW.form\n                       AND area_no = parent_no FOR UPDATE;\n                    SELECT sum(q.allowed) INTO given FROM allocations_quota q\n                      JOIN administration_area a ON a.number = q.area_no AND NOT (flat AND a.level = 'district')\n                      LEFT JOIN administration_area above ON above.number = a.parent_id\n                     WHERE parent_no = CASE WHEN flat AND above.level = 'district' THEN above.parent_id\n                                            ELSE a.parent_id END\n                       AND q.round_id = NEW.round_id AND q.source_id = NEW.source_id AND q.form = NEW.form;\n                    IF given > ceiling THEN\n                        RAISE EXCEPTION 'quota of % exceeds its parent', NEW.area_no\n                        USING ERRCODE = '23514', CONSTRAINT = 'quota_stays_within_the_parent';\n                    END IF;\n                    SELECT sum(q.allowed) INTO given FROM allocations_quota q\n                      JOIN administration_area a ON a.number = q.area_no AND NOT (flat AND a.level = 'district')\n                      LEFT JOIN administration_area above ON above.number = a.parent_id\n                     WHERE NEW.area_no = CASE WHEN flat AND above.level = 'district' THEN above.parent_id\n                                              ELSE a.parent_id END\n                       AND q.round_id = NEW.round_id AND q.source_id = NEW.source_id AND q.form = NEW.form;\n                    IF given > NEW.allowed THEN\n                        RAISE EXCEPTION 'quota of % is less than its parts', NEW.area_no\n                        USING ERRCODE = '23514', CONSTRAINT = 'quota_covers_the_units_below';\n                    END IF;\n                    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);\n                    RETURN NULL;\n                ",
                    hash="5cc87d47459884cd198c378775b3daeba74c406b",
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
                condition=models.Q(
                    ("decided_for", None),
                    models.Q(
                        models.Q(("decided_for", models.F("listed_by")), _negated=True),
                        models.Q(("decided_for", models.F("signed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="nobody_decides_for_who_listed",
                violation_error_message="Nobody decides in the place of who prepared or signed the list.",
            ),
        ),
        migrations.RunSQL(GUARD, AWAY),
    ]
