"""Whoever received from an earlier programme is not approved: lines are marked when a list names them, and refused.

A line that is not decided carries a flag; an approved one is looked at again before its device is handed over.
"""

from django.db import migrations

# A hit counts as its list says, unless the round says otherwise.
SAYS = """
CREATE FUNCTION received_before(household bigint, for_round bigint)
    RETURNS TABLE (source_id bigint, label text, stands boolean, blocks boolean)
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT s.id, s.name || ' (' || s.year || ')', h.stands, coalesce(e.effect, s.effect) = 'blocks'
      FROM beneficiaries_receivedhit h
      JOIN beneficiaries_exclusionsource s ON s.id = h.source_id
      LEFT JOIN allocations_roundeffect e ON e.source_id = s.id AND e.round_id = for_round
     WHERE h.household_id = household AND h.is_live AND h.state <> 'not_same'
$$;

CREATE FUNCTION received_flags(household bigint, for_round bigint) RETURNS text[]
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN bool_or(stands AND blocks) THEN ARRAY['received']
                WHEN count(*) > 0 THEN ARRAY['may_have_received'] ELSE ARRAY[]::text[] END
      FROM received_before(household, for_round)
$$;

CREATE FUNCTION received_difference(household bigint, for_round bigint) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_array(jsonb_build_object('field', 'already_received', 'old', NULL, 'new',
               string_agg(DISTINCT label, ', ') FILTER (WHERE stands AND blocks)))
      FROM received_before(household, for_round)
$$;
"""
NOT_SAYS = """
DROP FUNCTION received_difference(bigint, bigint); DROP FUNCTION received_flags(bigint, bigint);
DROP FUNCTION received_before(bigint, bigint);
"""

# Everything is computed from the row as it is when its lock is given: an approval that was waited for is seen.
MARK = """
CREATE FUNCTION mark_received(households bigint[]) RETURNS void LANGUAGE plpgsql
    SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    UPDATE allocations_allocation a
       SET flags = CASE WHEN a.status = 'approved' THEN a.flags
                        ELSE array_remove(array_remove(a.flags, 'received'), 'may_have_received')
                             || received_flags(a.household_id, a.round_id)::varchar[] END,
           recheck = CASE WHEN a.status = 'approved'
                          THEN merge_differences(a.recheck, received_difference(a.household_id, a.round_id))
                          ELSE a.recheck END,
           version = a.version + 1
     WHERE a.household_id = ANY (households)
       AND a.status IN ('draft', 'posted', 'submitted', 'returned', 'waiting', 'approved')
       AND CASE WHEN a.status = 'approved'
                THEN merge_differences(a.recheck, received_difference(a.household_id, a.round_id))
                     IS DISTINCT FROM a.recheck
                ELSE (SELECT coalesce(array_agg(f ORDER BY f), '{}') FROM unnest(a.flags) AS f
                       WHERE f IN ('received', 'may_have_received'))
                     IS DISTINCT FROM received_flags(a.household_id, a.round_id)::varchar[] END;
END $$;

CREATE FUNCTION mark_received_on_hit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT household_id) INTO touched FROM new_rows WHERE household_id IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT household_id) INTO touched FROM old_rows WHERE household_id IS NOT NULL;
    ELSE
        SELECT array_agg(DISTINCT household_id) INTO touched FROM (
            SELECT household_id FROM new_rows UNION SELECT household_id FROM old_rows) AS both_sides
         WHERE household_id IS NOT NULL;
    END IF;
    IF touched IS NOT NULL THEN
        PERFORM mark_received(touched);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER lines_are_marked_when_found AFTER INSERT ON beneficiaries_receivedhit
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_received_on_hit();
CREATE TRIGGER lines_are_marked_when_decided AFTER UPDATE ON beneficiaries_receivedhit
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_received_on_hit();
CREATE TRIGGER lines_are_marked_when_gone AFTER DELETE ON beneficiaries_receivedhit
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_received_on_hit();

CREATE FUNCTION mark_received_on_effect() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    IF TG_TABLE_NAME = 'beneficiaries_exclusionsource' THEN
        changed := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        changed := OLD.source_id;
    ELSE
        changed := NEW.source_id;
    END IF;
    PERFORM mark_received(array_agg(DISTINCT household_id)) FROM beneficiaries_receivedhit
      WHERE source_id = changed AND is_live AND household_id IS NOT NULL HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE TRIGGER lines_are_marked_anew AFTER UPDATE OF effect ON beneficiaries_exclusionsource
    FOR EACH ROW WHEN (OLD.effect <> NEW.effect) EXECUTE FUNCTION mark_received_on_effect();
CREATE TRIGGER lines_of_the_round_are_marked AFTER INSERT OR UPDATE OR DELETE ON allocations_roundeffect
    FOR EACH ROW EXECUTE FUNCTION mark_received_on_effect();
"""
NOT_MARK = """
DROP TRIGGER lines_of_the_round_are_marked ON allocations_roundeffect;
DROP TRIGGER lines_are_marked_anew ON beneficiaries_exclusionsource;
DROP FUNCTION mark_received_on_effect();
DROP TRIGGER lines_are_marked_when_gone ON beneficiaries_receivedhit;
DROP TRIGGER lines_are_marked_when_decided ON beneficiaries_receivedhit;
DROP TRIGGER lines_are_marked_when_found ON beneficiaries_receivedhit;
DROP FUNCTION mark_received_on_hit(); DROP FUNCTION mark_received(bigint[]);
"""

# Approved with nothing left to look at, or handed over: neither is entered by a household that received before. A device
# that is taken back leaves the line approved; what was found meanwhile is then looked at first.
REFUSE = """
CREATE FUNCTION refuse_who_received_before() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    entering bigint[];
    taken_back bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO entering FROM new_rows
         WHERE status = 'handed_over' OR status = 'approved' AND recheck IS NULL;
    ELSE
        SELECT array_agg(id) INTO entering FROM (
            (SELECT id FROM new_rows WHERE status = 'handed_over' OR status = 'approved' AND recheck IS NULL
             EXCEPT
             SELECT id FROM old_rows WHERE status = 'handed_over' OR status = 'approved' AND recheck IS NULL)
            UNION
            (SELECT id FROM new_rows WHERE status = 'handed_over'
             EXCEPT SELECT id FROM old_rows WHERE status = 'handed_over')) AS begins;
        SELECT array_agg(household_id) INTO taken_back FROM new_rows
         WHERE status = 'approved' AND id IN (SELECT id FROM old_rows WHERE status = 'handed_over');
    END IF;
    IF entering IS NOT NULL AND EXISTS (
        SELECT FROM allocations_allocation a
          JOIN beneficiaries_receivedhit h ON h.household_id = a.household_id AND h.stands
          JOIN beneficiaries_exclusionsource s ON s.id = h.source_id
          LEFT JOIN allocations_roundeffect e ON e.source_id = s.id AND e.round_id = a.round_id
         WHERE a.id = ANY (entering) AND coalesce(e.effect, s.effect) = 'blocks') THEN
        RAISE EXCEPTION 'a household received from an earlier programme'
        USING ERRCODE = '23514', CONSTRAINT = 'household_received_before';
    END IF;
    IF taken_back IS NOT NULL THEN
        PERFORM mark_received(taken_back);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER who_received_is_not_approved AFTER UPDATE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_who_received_before();
CREATE TRIGGER who_received_is_not_entered AFTER INSERT ON allocations_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_who_received_before();
"""
NOT_REFUSE = """
DROP TRIGGER who_received_is_not_entered ON allocations_allocation;
DROP TRIGGER who_received_is_not_approved ON allocations_allocation;
DROP FUNCTION refuse_who_received_before();
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0028_effects_of_earlier_programmes")]
    operations = [
        migrations.RunSQL(SAYS, NOT_SAYS),
        migrations.RunSQL(MARK, NOT_MARK),
        migrations.RunSQL(REFUSE, NOT_REFUSE),
    ]
