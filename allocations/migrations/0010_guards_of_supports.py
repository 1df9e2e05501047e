"""A line and a quota name a support that their round gives; the counter counts support by support."""

from django.db import migrations

# What is left empty is filled here, so that no path can write a line without a support and a version of the rules.
DEFAULTS = """
CREATE FUNCTION support_of_new_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.source_id IS NULL THEN
        SELECT s.source_id, coalesce(nullif(NEW.form, ''), s.form) INTO NEW.source_id, NEW.form
          FROM allocations_roundsupport s JOIN allocations_fundingsource f ON f.id = s.source_id
         WHERE s.round_id = NEW.round_id AND (nullif(NEW.form, '') IS NULL OR s.form = NEW.form)
         ORDER BY NEW.category = ANY (f.categories) DESC, s.form <> 'TIEN' DESC, s.position, s.id LIMIT 1;
    END IF;
    IF NEW.rule_version_id IS NULL THEN
        SELECT id INTO NEW.rule_version_id FROM allocations_ruleversion
         WHERE round_id = NEW.round_id AND state <> 'superseded' ORDER BY state = 'published' DESC, number DESC LIMIT 1;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_support_of_new_line BEFORE INSERT ON allocations_allocation FOR EACH ROW
    WHEN (NEW.source_id IS NULL OR NEW.rule_version_id IS NULL) EXECUTE FUNCTION support_of_new_line();

CREATE FUNCTION support_of_new_quota() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.source_id, s.form INTO NEW.source_id, NEW.form FROM allocations_roundsupport s
     WHERE s.round_id = NEW.round_id ORDER BY s.position, s.id LIMIT 1;
    RETURN NEW;
END $$;
CREATE TRIGGER a_support_of_new_quota BEFORE INSERT ON allocations_quota FOR EACH ROW
    WHEN (NEW.source_id IS NULL) EXECUTE FUNCTION support_of_new_quota();
"""

REFERENCES = """
ALTER TABLE allocations_ruleversion ADD CONSTRAINT version_is_of_one_round UNIQUE (id, round_id);
ALTER TABLE allocations_roundsupport ADD CONSTRAINT support_is_of_one_round UNIQUE (round_id, source_id, form);
ALTER TABLE allocations_allocation ADD CONSTRAINT line_rests_on_rules_of_its_round
    FOREIGN KEY (rule_version_id, round_id) REFERENCES allocations_ruleversion (id, round_id);
ALTER TABLE allocations_allocation ADD CONSTRAINT line_gets_what_its_round_gives
    FOREIGN KEY (round_id, source_id, form) REFERENCES allocations_roundsupport (round_id, source_id, form);
ALTER TABLE allocations_quota ADD CONSTRAINT quota_is_for_what_its_round_gives
    FOREIGN KEY (round_id, source_id, form) REFERENCES allocations_roundsupport (round_id, source_id, form);
"""

# quota.used = lines of the support that are approved or handed over, as before; only per support.
QUOTA = """
DROP FUNCTION move_quota(bigint, int, bigint);
CREATE FUNCTION move_quota(of_round bigint, of_area int, of_source bigint, of_form text, n bigint) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE allocations_quota SET used = used + n
     WHERE round_id = of_round AND area_no = of_area AND source_id = of_source AND form = of_form;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unit % has no quota in round %', of_area, of_round
        USING ERRCODE = '23514', CONSTRAINT = 'unit_has_a_quota';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION count_quota_on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM move_quota(round_id, area_no, source_id, form, n) FROM (
        SELECT round_id, area_no, source_id, form, count(*) AS n FROM new_rows
         WHERE status IN ('approved', 'handed_over') GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4) AS changes;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_quota_on_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM move_quota(round_id, area_no, source_id, form, n) FROM (
        SELECT round_id, area_no, source_id, form, sum(n) AS n FROM (
            SELECT round_id, area_no, source_id, form, 1 AS n FROM new_rows WHERE status IN ('approved', 'handed_over')
            UNION ALL
            SELECT round_id, area_no, source_id, form, -1 FROM old_rows WHERE status IN ('approved', 'handed_over')
            ) AS both_sides
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4) AS changes;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_quota_on_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM move_quota(round_id, area_no, source_id, form, n) FROM (
        SELECT round_id, area_no, source_id, form, -count(*) AS n FROM old_rows
         WHERE status IN ('approved', 'handed_over') GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4) AS changes;
    RETURN NULL;
END $$;
"""

# A decision keeps the rules and the support it was made under.
DECIDED = """
CREATE FUNCTION decision_keeps_its_grounds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'line % has been decided', OLD.id
    USING ERRCODE = '23514', CONSTRAINT = 'decision_keeps_its_rules';
END $$;
CREATE TRIGGER decision_keeps_its_grounds BEFORE UPDATE OF rule_version_id, source_id, form ON allocations_allocation
    FOR EACH ROW WHEN (OLD.status IN ('approved', 'waiting', 'rejected', 'handed_over') AND
        (OLD.rule_version_id, OLD.source_id, OLD.form) IS DISTINCT FROM
        (NEW.rule_version_id, NEW.source_id, NEW.form))
    EXECUTE FUNCTION decision_keeps_its_grounds();
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0009_rules_are_kept")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (DEFAULTS, REFERENCES, QUOTA, DECIDED)]
