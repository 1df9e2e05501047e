"""The database refuses what the procedure forbids: signing without a closed posting, late, or over an open complaint."""

from django.conf import settings
from django.db import migrations

from administration.fences import scope_by_area

# Sets instead of joins: a join of the two sides would be planned for the size of the first update of a session.
PROCEDURE = """
CREATE FUNCTION keep_to_the_procedure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signed bigint[]; approved bigint[]; broken text;
BEGIN
    signed := ARRAY(SELECT id FROM old_rows WHERE status IN ('draft', 'posted', 'returned')
                    INTERSECT SELECT id FROM new_rows WHERE status = 'submitted');
    approved := ARRAY(SELECT id FROM old_rows WHERE status IN ('submitted', 'waiting')
                      INTERSECT SELECT id FROM new_rows WHERE status = 'approved');
    SELECT CASE WHEN p.id IS NULL THEN 'line_was_posted'
                WHEN p.state <> 'closed' OR p.working_days < r.posting_days THEN 'posting_was_closed'
                ELSE 'list_is_in_time' END
      INTO broken
      FROM new_rows n JOIN allocations_round r ON r.id = n.round_id
      LEFT JOIN allocations_posting p ON p.id = n.posting_id AND p.commune_list_id = n.commune_list_id
     WHERE n.id = ANY (signed)
       AND ((r.demands_posting AND p.id IS NULL)
            OR (p.id IS NOT NULL AND (p.state <> 'closed' OR p.working_days < r.posting_days))
            OR (NOT r.accepts_late_lists
                AND (statement_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date > r.submit_by))
     LIMIT 1;
    IF broken IS NULL AND EXISTS (
        SELECT 1 FROM (SELECT id, posting_id, commune_list_id, status FROM new_rows WHERE posting_id IS NOT NULL
                       EXCEPT SELECT id, posting_id, commune_list_id, status FROM old_rows) AS n
         WHERE n.status = 'posted' AND NOT EXISTS (SELECT 1 FROM allocations_posting p WHERE p.id = n.posting_id
               AND p.commune_list_id = n.commune_list_id AND p.state = 'running')) THEN
        broken := 'line_was_posted';
    END IF;
    IF broken IS NULL AND EXISTS (
        SELECT id, posting_id FROM new_rows WHERE posting_id IS NOT NULL AND status <> 'posted'
        EXCEPT SELECT id, posting_id FROM old_rows) THEN
        broken := 'line_was_posted';
    END IF;
    IF broken IS NULL AND EXISTS (SELECT 1 FROM allocations_complaint c
        WHERE c.answered_on IS NULL AND c.allocation_id = ANY (signed || approved)) THEN
        broken := 'complaint_is_answered_first';
    END IF;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'the procedure forbids this: %', broken USING ERRCODE = '23514', CONSTRAINT = broken;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER lines_keep_to_the_procedure AFTER UPDATE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_to_the_procedure();
"""

# What hung in public stays as it was: only its end is written, once.
HANGS_AS_IT_IS = """
CREATE FUNCTION posting_hangs_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'running'
       OR (OLD.commune_list_id, OLD.area_no, OLD.starts_on, OLD.ends_on, OLD.working_days, OLD.households,
           OLD.content_hash, OLD.posted_by_id, OLD.posted_at)
          IS DISTINCT FROM
          (NEW.commune_list_id, NEW.area_no, NEW.starts_on, NEW.ends_on, NEW.working_days, NEW.households,
           NEW.content_hash, NEW.posted_by_id, NEW.posted_at) THEN
        RAISE EXCEPTION 'a posting is not rewritten' USING ERRCODE = '23514', CONSTRAINT = 'posting_hangs_as_it_is';
    END IF;
    IF NEW.state = 'closed'
       AND (statement_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date < OLD.ends_on THEN
        RAISE EXCEPTION 'the posting lasts longer' USING ERRCODE = '23514', CONSTRAINT = 'posting_lasts_until_its_end';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posting_hangs_as_it_is BEFORE UPDATE ON allocations_posting
    FOR EACH ROW EXECUTE FUNCTION posting_hangs_as_it_is();
"""
KEPT = f"REVOKE DELETE, TRUNCATE ON allocations_posting FROM {settings.DATABASE_APP_ROLE};"


class Migration(migrations.Migration):
    dependencies = [("allocations", "0011_public_posting")]
    operations = [
        scope_by_area("allocations_posting"),
        migrations.RunSQL(PROCEDURE, migrations.RunSQL.noop),
        migrations.RunSQL(HANGS_AS_IT_IS, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
