"""Roll-ups know the source, the form and the reason; a second one knows the day."""

import django.db.models.deletion
from django.db import migrations, models

from administration.fences import scope_by_area


FROM_NOW_ON = """
DROP FUNCTION add_allocation_count(bigint, int, text, text, bigint);

-- Update first: an upsert would hold a negative change against the CHECK before it finds the row.
CREATE FUNCTION add_allocation_count(r bigint, a int, c text, o bigint, f text, s text, w text, d bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reports_allocationcount SET n = n + d
     WHERE round_id = r AND area_no = a AND category = c AND source_id = o AND form = f AND status = s AND reason = w;
    IF NOT FOUND THEN
        INSERT INTO reports_allocationcount AS count (round_id, area_no, category, source_id, form, status, reason, n)
        VALUES (r, a, c, o, f, s, w, d)
        ON CONFLICT (round_id, area_no, category, source_id, form, status, reason)
        DO UPDATE SET n = count.n + excluded.n;
    END IF;
END $$;

CREATE FUNCTION add_day_count(r bigint, a int, s text, t date, d bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reports_daycount SET n = n + d WHERE round_id = r AND area_no = a AND step = s AND day = t;
    IF NOT FOUND THEN
        INSERT INTO reports_daycount AS count (round_id, area_no, step, day, n) VALUES (r, a, s, t, d)
        ON CONFLICT (round_id, area_no, step, day) DO UPDATE SET n = count.n + excluded.n;
    END IF;
END $$;
"""


def changes(columns: str, rows: str) -> dict[str, str]:
    """What a statement of each kind changes, as (columns, n) with n not zero, in the order in which rows are locked."""
    keys = ", ".join(str(i + 1) for i in range(columns.count(",") + 1))
    plus = f"SELECT {columns}, 1 AS n FROM {rows.format(rows='new_rows')} AS made"  # noqa: S608
    minus = f"SELECT {columns}, -1 AS n FROM {rows.format(rows='old_rows')} AS made"  # noqa: S608
    parts = {"INSERT": plus, "DELETE": minus, "UPDATE": f"{plus} UNION ALL {minus}"}
    return {
        kind: f"SELECT {columns}, sum(n) AS n FROM ({part}) AS sides GROUP BY {keys} HAVING sum(n) <> 0 ORDER BY {keys}"  # noqa: S608
        for kind, part in parts.items()
    }


def counting(function: str, *calls: tuple[str, str, str]) -> str:
    """A trigger function that performs `add(columns, n)` for every change of the rows made of the changed ones."""
    branches = []
    for kind in ("INSERT", "UPDATE", "DELETE"):
        done = [
            f"PERFORM {add}({columns}, n) FROM ({changes(columns, rows)[kind]}) AS c;" for add, columns, rows in calls
        ]
        branches.append(f"IF TG_OP = '{kind}' THEN\n        " + "\n        ".join(done) + "\n    END IF;")
    body = "\n    ".join(branches)
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {body}
    RETURN NULL;
END $$;
"""


LINE = "round_id, area_no, category, source_id, form, status, reason"
DAY = "round_id, area_no, step, day"
# The steps that a line has come to, as rows of (round, area, step, day).
STEPS = """(SELECT round_id, area_no, step, day FROM {rows}, LATERAL (VALUES
            ('listed', CASE WHEN status <> 'withdrawn' THEN (listed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END),
            ('granted', CASE WHEN status IN ('approved', 'handed_over')
                             THEN (decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END)) AS steps (step, day)
            WHERE day IS NOT NULL)"""
HANDED = """(SELECT a.round_id, h.area_no, 'handed_over' AS step, h.handed_on AS day
            FROM {rows} h JOIN allocations_allocation a ON a.id = h.allocation_id)"""

COUNT_LINES = counting("count_lines", ("add_allocation_count", LINE, "{rows}"), ("add_day_count", DAY, STEPS))
COUNT_HANDED = (
    counting("count_handed_over", ("add_day_count", DAY, HANDED))
    + """
CREATE TRIGGER counts_new_hand_overs AFTER INSERT ON allocations_handover
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_handed_over();
CREATE TRIGGER counts_changed_hand_overs AFTER UPDATE ON allocations_handover
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_handed_over();
CREATE TRIGGER counts_removed_hand_overs AFTER DELETE ON allocations_handover
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_handed_over();
"""
)
COUNT_ANEW = f"""
SELECT set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
INSERT INTO reports_allocationcount ({LINE}, n) SELECT {LINE}, count(*) FROM allocations_allocation
 GROUP BY {LINE};
INSERT INTO reports_daycount ({DAY}, n) SELECT {DAY}, count(*) FROM {STEPS.format(rows="allocations_allocation")} AS made
 GROUP BY {DAY};
INSERT INTO reports_daycount ({DAY}, n) SELECT {DAY}, count(*) FROM {HANDED.format(rows="allocations_handover")} AS made
 GROUP BY {DAY};
SELECT set_config('app.lo', '', true), set_config('app.hi', '', true);
"""  # noqa: S608 - constants of this module


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0004_audit_of_officer"),
        ("allocations", "0010_guards_of_supports"),
        ("reports", "0002_fences"),
    ]

    operations = [
        migrations.RunSQL("TRUNCATE reports_allocationcount", migrations.RunSQL.noop),  # counted anew below
        migrations.CreateModel(
            name="DayCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[("listed", "Listed"), ("granted", "Approved"), ("handed_over", "Handed over")],
                        max_length=12,
                    ),
                ),
                ("day", models.DateField()),
                ("n", models.IntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="allocationcount",
            name="allocation_count_is_one_row",
        ),
        migrations.AddField(
            model_name="allocationcount",
            name="form",
            field=models.CharField(
                choices=[
                    ("MAY", "Device in kind"),
                    ("GOI", "Device with a service package"),
                    ("TIEN", "Cash for a smartphone that was bought"),
                    ("MTB", "Tablet for pupils"),
                ],
                default=None,
                max_length=5,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="allocationcount",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("missing_evidence", "Evidence missing"),
                    ("wrong_identity", "Identity number wrong or missing"),
                    ("not_covered", "Category not covered"),
                    ("already_received", "Already received a device"),
                    ("duplicate", "The same as another household"),
                    ("moved_away", "Moved away"),
                    ("declined", "Household declined"),
                    ("other", "Other reason"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="allocationcount",
            name="source",
            field=models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="allocations.fundingsource",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="allocationcount",
            constraint=models.UniqueConstraint(
                models.F("round"),
                models.F("area"),
                models.F("category"),
                models.F("source"),
                models.F("form"),
                models.F("status"),
                models.F("reason"),
                name="allocation_count_is_one_row",
            ),
        ),
        migrations.AddField(
            model_name="daycount",
            name="area",
            field=models.ForeignKey(
                db_column="area_no",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="administration.area",
            ),
        ),
        migrations.AddField(
            model_name="daycount",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="allocations.round"
            ),
        ),
        migrations.AddConstraint(
            model_name="daycount",
            constraint=models.UniqueConstraint(
                models.F("round"), models.F("area"), models.F("step"), models.F("day"), name="day_count_is_one_row"
            ),
        ),
        migrations.AddConstraint(
            model_name="daycount",
            constraint=models.CheckConstraint(condition=models.Q(("n__gte", 0)), name="day_count_is_not_negative"),
        ),
        scope_by_area("reports_daycount"),
        migrations.RunSQL(FROM_NOW_ON, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_LINES, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_HANDED, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_ANEW, migrations.RunSQL.noop),
    ]
