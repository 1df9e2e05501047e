"""Once, also when records are merged, moved, split or closed: what was received counts for the record that goes on."""

from django.db import migrations

# A record may leave the register while its line is in the commune's own hands (it is held back there) or after the
# device was given, not while others decide on it or a device is promised. A line that is signed, waits or is approved
# has its household in the register. Who closes a record locks its lines, who signs has them locked, and a new line locks
# the household by its foreign key: whoever comes second sees the first.
CLOSED = """
CREATE FUNCTION is_under_way(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT status IN ('submitted', 'waiting', 'approved')
$$;

CREATE FUNCTION refuse_to_close_a_listed_household() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM allocations_allocation WHERE household_id = NEW.id OR counts_for_id = NEW.id ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT FROM allocations_allocation WHERE household_id = NEW.id AND is_under_way(status)) THEN
        RAISE EXCEPTION 'household % is on a list', NEW.code
        USING ERRCODE = '23514', CONSTRAINT = 'household_under_way_stays';
    END IF;
    IF NEW.continues_in_id IS NOT NULL AND EXISTS (
        SELECT FROM allocations_allocation WHERE household_id = NEW.id AND status IN ('draft', 'posted', 'returned')) THEN
        RAISE EXCEPTION 'household % is on a draft', NEW.code
        USING ERRCODE = '23514', CONSTRAINT = 'listed_household_is_taken_off_first';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER listed_household_stays AFTER UPDATE OF delisted_on ON beneficiaries_household
    FOR EACH ROW WHEN (OLD.delisted_on IS NULL AND NEW.delisted_on IS NOT NULL)
    EXECUTE FUNCTION refuse_to_close_a_listed_household();

CREATE FUNCTION refuse_a_line_of_a_closed_household() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entering bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(household_id ORDER BY household_id) INTO entering FROM new_rows WHERE is_live_status(status);
    ELSE
        SELECT array_agg(household_id ORDER BY household_id) INTO entering FROM (
            SELECT household_id FROM new_rows WHERE is_under_way(status)
            EXCEPT SELECT household_id FROM old_rows WHERE is_under_way(status)) AS begins;
    END IF;
    IF entering IS NULL THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM beneficiaries_household WHERE id = ANY (entering) AND delisted_on IS NOT NULL) THEN
        RAISE EXCEPTION 'a household is off the register'
        USING ERRCODE = '23514', CONSTRAINT = 'line_is_of_a_registered_household';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER a_new_lines_household_is_registered AFTER INSERT ON allocations_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_a_line_of_a_closed_household();
CREATE TRIGGER a_signed_lines_household_is_registered AFTER UPDATE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_a_line_of_a_closed_household();

CREATE FUNCTION keep_members_under_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM allocations_allocation WHERE household_id = OLD.household_id ORDER BY id FOR SHARE;
    IF EXISTS (SELECT FROM allocations_allocation
                WHERE household_id = OLD.household_id AND status IN ('submitted', 'waiting')) THEN
        RAISE EXCEPTION 'household % is being decided on', OLD.household_id
        USING ERRCODE = '23514', CONSTRAINT = 'members_stay_until_the_decision';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER members_stay_until_the_decision AFTER UPDATE OF household_id ON beneficiaries_person
    FOR EACH ROW WHEN (OLD.household_id <> NEW.household_id) EXECUTE FUNCTION keep_members_under_decision();
"""

# The device that a closed record received counts for the record it continues in, and comes back when that is undone.
# Where both had received, each keeps its own: that is a fact to be looked at, and no list can make it worse.
FOLLOW = """
CREATE FUNCTION counts_follow_the_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.continues_in_id IS NOT NULL THEN
        UPDATE allocations_allocation a SET counts_for_id = NEW.continues_in_id
         WHERE (a.counts_for_id = NEW.id OR a.household_id = NEW.id AND a.counts_for_id IS NULL) AND a.status = 'handed_over'
           AND NOT EXISTS (SELECT FROM allocations_allocation b
                            WHERE b.status = 'handed_over' AND b.id <> a.id
                              AND (b.household_id = NEW.continues_in_id AND b.counts_for_id IS NULL
                                   OR b.counts_for_id = NEW.continues_in_id));
    ELSE
        UPDATE allocations_allocation a SET counts_for_id = nullif(NEW.id, a.household_id)
         WHERE a.counts_for_id = OLD.continues_in_id
           AND a.household_id IN (
               WITH RECURSIVE before (id) AS (
                   SELECT NEW.id
                   UNION SELECT h.id FROM beneficiaries_household h JOIN before ON h.continues_in_id = before.id)
               SELECT id FROM before);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER what_was_received_counts_onward AFTER UPDATE OF continues_in_id ON beneficiaries_household
    FOR EACH ROW WHEN (OLD.continues_in_id IS DISTINCT FROM NEW.continues_in_id)
    EXECUTE FUNCTION counts_follow_the_lineage();
"""

# Claims look along the lineage, into whatever commune it leads; the scope is opened for the one statement and put back.
# A claim is only touched under a lock on its line: otherwise a member who joins while the line is rejected would stay
# claimed for ever.
CLAIMS = """
CREATE OR REPLACE FUNCTION claim_on_line_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations_claim c USING new_rows n WHERE c.allocation_id = n.id AND NOT is_live_status(n.status);
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT line.id, line.area_no, p.id, p.cccd_hash
      FROM (SELECT id, area_no, coalesce(counts_for_id, household_id) AS household_id, counts_for_id
              FROM new_rows WHERE is_live_status(status)
            EXCEPT SELECT id, area_no, coalesce(counts_for_id, household_id), counts_for_id
              FROM old_rows WHERE is_live_status(status)) AS line
      JOIN beneficiaries_person p ON p.household_id = line.household_id AND p.is_live
     WHERE NOT EXISTS (SELECT FROM allocations_claim c
                        WHERE c.allocation_id = line.id AND (c.person_id = p.id OR c.identity_hash = p.cccd_hash))
     ORDER BY p.cccd_hash, p.id;
    RETURN NULL;
END $$;

CREATE FUNCTION claim_persons(persons bigint[]) RETURNS void LANGUAGE plpgsql
    SET search_path = public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
    lines bigint[];
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    SELECT array_agg(id) INTO lines FROM (
        SELECT id FROM allocations_allocation
         WHERE coalesce(counts_for_id, household_id) IN (
               SELECT household_id FROM beneficiaries_person WHERE id = ANY (persons) AND is_live)
           AND status IN ('draft', 'posted', 'submitted', 'returned', 'waiting', 'approved', 'handed_over')
         ORDER BY id FOR SHARE) AS locked;
    IF lines IS NOT NULL THEN
        INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
        SELECT a.id, a.area_no, p.id, p.cccd_hash
          FROM allocations_allocation a
          JOIN beneficiaries_person p ON p.household_id = coalesce(a.counts_for_id, a.household_id)
         WHERE a.id = ANY (lines) AND is_live_status(a.status) AND p.id = ANY (persons) AND p.is_live
           AND NOT EXISTS (SELECT FROM allocations_claim c
                            WHERE c.allocation_id = a.id AND (c.person_id = p.id OR c.identity_hash = p.cccd_hash))
           AND NOT (a.status = 'handed_over' AND EXISTS (
               SELECT FROM allocations_claim c WHERE c.person_id = p.id OR c.identity_hash = p.cccd_hash))
         ORDER BY p.cccd_hash, p.id;
    END IF;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;

CREATE OR REPLACE FUNCTION claim_on_person_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM claim_persons(array_agg(id)) FROM new_rows WHERE is_live HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION claim_on_person_update() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
    moved bigint[];
    lines bigint[];
BEGIN
    SELECT array_agg(n.id) INTO moved FROM new_rows n JOIN old_rows o ON o.id = n.id
     WHERE (n.household_id, n.is_live, n.cccd_hash, n.same_as_id)
           IS DISTINCT FROM (o.household_id, o.is_live, o.cccd_hash, o.same_as_id);
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    SELECT array_agg(id) INTO lines FROM (
        SELECT allocation_id AS id FROM allocations_claim WHERE person_id = ANY (moved)
        UNION
        SELECT a.id FROM allocations_allocation a
          JOIN beneficiaries_person p ON p.household_id = coalesce(a.counts_for_id, a.household_id)
         WHERE p.id = ANY (moved)
           AND a.status IN ('draft', 'posted', 'submitted', 'returned', 'waiting', 'approved', 'handed_over')) AS all_lines;
    PERFORM FROM allocations_allocation WHERE id = ANY (lines) ORDER BY id FOR SHARE;
    DELETE FROM allocations_claim c USING allocations_allocation a
     WHERE c.person_id = ANY (moved) AND a.id = c.allocation_id AND a.status NOT IN ('approved', 'handed_over');
    UPDATE allocations_claim c SET identity_hash = n.cccd_hash FROM new_rows n
     WHERE c.person_id = n.id AND n.id = ANY (moved) AND n.cccd_hash IS NOT NULL
       AND c.identity_hash IS DISTINCT FROM n.cccd_hash
       AND NOT EXISTS (SELECT FROM allocations_claim d
                        WHERE d.allocation_id = c.allocation_id AND d.identity_hash = n.cccd_hash);
    UPDATE allocations_claim c SET person_id = n.same_as_id FROM new_rows n
     WHERE c.person_id = n.id AND n.same_as_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM allocations_claim d WHERE d.person_id = n.same_as_id);
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
    PERFORM claim_persons(moved);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION claim_on_person_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    PERFORM FROM allocations_allocation a WHERE id IN (
        SELECT allocation_id FROM allocations_claim WHERE person_id = OLD.id) ORDER BY id FOR SHARE;
    DELETE FROM allocations_claim c USING allocations_allocation a
     WHERE c.person_id = OLD.id AND a.id = c.allocation_id
       AND (a.status NOT IN ('approved', 'handed_over') OR c.identity_hash IS NULL);
    UPDATE allocations_claim SET person_id = NULL WHERE person_id = OLD.id;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
    RETURN OLD;
END $$;
"""

# Which of the caller's own households have received, or are promised, a device through another household or through an
# earlier record of their own.
HELPED = """
CREATE OR REPLACE FUNCTION households_with_helped_members(households bigint[]) RETURNS TABLE (household_id bigint)
    LANGUAGE plpgsql SET search_path = public SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    RETURN QUERY
        SELECT DISTINCT own.household_id
          FROM unnest(households) AS wanted (id)
          CROSS JOIN LATERAL (
              SELECT p.id, p.household_id, p.cccd_hash FROM beneficiaries_person p
               WHERE p.is_live AND p.household_id = wanted.id
                 AND p.area_no BETWEEN nullif(lo, '')::int AND nullif(hi, '')::int OFFSET 0) own
          CROSS JOIN LATERAL (
              (SELECT allocation_id FROM allocations_claim WHERE identity_hash = own.cccd_hash LIMIT 1)
              UNION
              (SELECT allocation_id FROM allocations_claim WHERE person_id = own.id LIMIT 1)) claimed
          CROSS JOIN LATERAL (
              SELECT household_id FROM allocations_allocation WHERE id = claimed.allocation_id LIMIT 1) a
         WHERE a.household_id <> own.household_id
        UNION
        SELECT h.id
          FROM beneficiaries_household h JOIN allocations_allocation a ON a.counts_for_id = h.id
         WHERE h.id = ANY (households) AND is_live_status(a.status)
           AND h.area_no BETWEEN nullif(lo, '')::int AND nullif(hi, '')::int;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0014_counts_for"), ("beneficiaries", "0009_lineage_fences")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (CLOSED, FOLLOW, CLAIMS, HELPED)]
