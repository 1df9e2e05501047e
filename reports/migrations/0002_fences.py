"""Roll-ups that the database keeps in the same transaction as the change, so that no path can forget them."""

from django.db import migrations

from administration.fences import scope_by_area

COUNT_LINES = """
-- Update first: an upsert would hold a negative change against the CHECK before it finds the row.
CREATE FUNCTION add_allocation_count(r bigint, a int, c text, s text, d bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reports_allocationcount SET n = n + d WHERE round_id = r AND area_no = a AND category = c AND status = s;
    IF NOT FOUND THEN
        INSERT INTO reports_allocationcount AS count (round_id, area_no, category, status, n) VALUES (r, a, c, s, d)
        ON CONFLICT (round_id, area_no, category, status) DO UPDATE SET n = count.n + excluded.n;
    END IF;
END $$;

CREATE FUNCTION count_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM add_allocation_count(round_id, area_no, category, status, n) FROM (
            SELECT round_id, area_no, category, status, count(*) AS n FROM new_rows
             GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4) AS changes;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM add_allocation_count(round_id, area_no, category, status, n) FROM (
            SELECT round_id, area_no, category, status, -count(*) AS n FROM old_rows
             GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4) AS changes;
    ELSE
        PERFORM add_allocation_count(round_id, area_no, category, status, n) FROM (
            SELECT round_id, area_no, category, status, sum(n) AS n FROM (
                SELECT round_id, area_no, category, status, 1 AS n FROM new_rows
                UNION ALL SELECT round_id, area_no, category, status, -1 FROM old_rows) AS both_sides
             GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4) AS changes;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER counts_new_lines AFTER INSERT ON allocations_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_lines();
CREATE TRIGGER counts_changed_lines AFTER UPDATE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_lines();
CREATE TRIGGER counts_removed_lines AFTER DELETE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_lines();
"""

COUNT_HOUSEHOLDS = """
CREATE FUNCTION add_household_count(a int, c text, d bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reports_householdcount SET n = n + d WHERE area_no = a AND category = c;
    IF NOT FOUND THEN
        INSERT INTO reports_householdcount AS count (area_no, category, n) VALUES (a, c, d)
        ON CONFLICT (area_no, category) DO UPDATE SET n = count.n + excluded.n;
    END IF;
END $$;

CREATE FUNCTION count_households() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM add_household_count(area_no, category, n) FROM (
            SELECT area_no, category, count(*) AS n FROM new_rows WHERE delisted_on IS NULL
             GROUP BY 1, 2 ORDER BY 1, 2) AS changes;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM add_household_count(area_no, category, n) FROM (
            SELECT area_no, category, -count(*) AS n FROM old_rows WHERE delisted_on IS NULL
             GROUP BY 1, 2 ORDER BY 1, 2) AS changes;
    ELSE
        PERFORM add_household_count(area_no, category, n) FROM (
            SELECT area_no, category, sum(n) AS n FROM (
                SELECT area_no, category, 1 AS n FROM new_rows WHERE delisted_on IS NULL
                UNION ALL SELECT area_no, category, -1 FROM old_rows WHERE delisted_on IS NULL) AS both_sides
             GROUP BY 1, 2 HAVING sum(n) <> 0 ORDER BY 1, 2) AS changes;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER counts_new_households AFTER INSERT ON beneficiaries_household
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_households();
CREATE TRIGGER counts_changed_households AFTER UPDATE ON beneficiaries_household
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_households();
CREATE TRIGGER counts_removed_households AFTER DELETE ON beneficiaries_household
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_households();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("allocations", "0003_fences")]
    operations = [
        scope_by_area("reports_allocationcount", "reports_householdcount", "reports_reportrun"),
        migrations.RunSQL(COUNT_LINES, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_HOUSEHOLDS, migrations.RunSQL.noop),
    ]
