"""Ten thousand decisions in one statement: history and moves are checked once a statement, claims without a join."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# Which lines came to life: a difference of sets, because a join of the two sides would be planned for the size of the
# first update of a session and be kept.
CLAIMS = """
CREATE OR REPLACE FUNCTION claim_on_line_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations_claim c USING new_rows n WHERE c.allocation_id = n.id AND NOT is_live_status(n.status);
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT line.id, line.area_no, p.id, p.cccd_hash
      FROM (SELECT id, area_no, household_id FROM new_rows WHERE is_live_status(status)
            EXCEPT SELECT id, area_no, household_id FROM old_rows WHERE is_live_status(status)) AS line
      JOIN beneficiaries_person p ON p.household_id = line.household_id AND p.is_live
     ORDER BY p.cccd_hash, p.id;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("allocations", "0005_selection"),
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
            model_name="allocation",
            name="moves_as_allowed",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="moves_as_allowed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE forbidden text;",
                    func="\n                    SELECT came_from || ':' || goes_to INTO forbidden FROM (\n                        SELECT max(status) FILTER (WHERE is_old) AS came_from,\n                               max(status) FILTER (WHERE NOT is_old) AS goes_to\n                          FROM (SELECT id, status, true AS is_old FROM old_values\n                                UNION ALL SELECT id, status, false FROM new_values) AS both_sides\n                         GROUP BY id) AS moves\n                     WHERE came_from <> goes_to\n                       AND came_from || ':' || goes_to <> ALL ('{draft:posted,draft:submitted,draft:withdrawn,posted:draft,posted:submitted,posted:withdrawn,submitted:approved,submitted:draft,submitted:rejected,submitted:returned,submitted:waiting,returned:draft,returned:submitted,returned:waiting,returned:withdrawn,waiting:approved,waiting:rejected,waiting:returned,waiting:submitted,waiting:withdrawn,approved:handed_over,approved:submitted,approved:waiting,approved:withdrawn,rejected:submitted,rejected:waiting,handed_over:approved}'::text[]) LIMIT 1;\n                    IF forbidden IS NOT NULL THEN\n                        RAISE EXCEPTION 'a line may not move %', forbidden\n                        USING ERRCODE = '23514', CONSTRAINT = 'line_moves_as_allowed';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="376da564006178170ee535add7b93b4c4c0b3f15",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_moves_as_allowed_4d6f7",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="allocations_allocation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "allocations_allocationversion" ("area_no", "category", "commune_list_id", "decided_at", "decided_by_id", "device_id", "flags", "household_id", "id", "listed_at", "listed_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority_group", "rank", "reason", "reason_note", "round_id", "signed_by_id", "status", "version") SELECT old_values."area_no", old_values."category", old_values."commune_list_id", old_values."decided_at", old_values."decided_by_id", old_values."device_id", old_values."flags", old_values."household_id", old_values."id", old_values."listed_at", old_values."listed_by_id", _pgh_attached_context.value, NOW(), \'changed\', old_values."id", old_values."priority_group", old_values."rank", old_values."reason", old_values."reason_note", old_values."round_id", old_values."signed_by_id", old_values."status", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="93fc3997c4981d2e1267db2ed868dbbadf209001",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "allocations_allocationversion" ("area_no", "category", "commune_list_id", "decided_at", "decided_by_id", "device_id", "flags", "household_id", "id", "listed_at", "listed_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority_group", "rank", "reason", "reason_note", "round_id", "signed_by_id", "status", "version") SELECT old_values."area_no", old_values."category", old_values."commune_list_id", old_values."decided_at", old_values."decided_by_id", old_values."device_id", old_values."flags", old_values."household_id", old_values."id", old_values."listed_at", old_values."listed_by_id", _pgh_attached_context.value, NOW(), \'removed\', old_values."id", old_values."priority_group", old_values."rank", old_values."reason", old_values."reason_note", old_values."round_id", old_values."signed_by_id", old_values."status", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f66b0a001160b71915e74a5564196f27af939bce",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_209b4",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="allocations_allocation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(CLAIMS, migrations.RunSQL.noop),
    ]
