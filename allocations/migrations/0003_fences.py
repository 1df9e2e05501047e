"""Fences of the promise: scope by area, the quota counter and the claims of persons, all kept by the database."""

from django.db import migrations

from administration.fences import append_only, scope_by_area

# A line belongs to the unit of its household and of its list; moving the household moves its lines.
SAME_UNIT = """
ALTER TABLE allocations_communelist ADD CONSTRAINT list_is_of_one_unit_and_round UNIQUE (id, area_no, round_id);
ALTER TABLE allocations_allocation ADD CONSTRAINT line_is_of_its_list
    FOREIGN KEY (commune_list_id, area_no, round_id) REFERENCES allocations_communelist (id, area_no, round_id);
ALTER TABLE allocations_allocation ADD CONSTRAINT line_is_where_the_household_is
    FOREIGN KEY (household_id, area_no) REFERENCES beneficiaries_household (id, area_no);
"""

# quota.used = lines that are approved or handed over. The row update locks the quota; its CHECK refuses the last one too
# many. A unit without a quota row may approve nothing.
QUOTA = """
CREATE FUNCTION move_quota(changed_round bigint, changed_area int, n bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE allocations_quota SET used = used + n WHERE round_id = changed_round AND area_no = changed_area;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unit % has no quota in round %', changed_area, changed_round
        USING ERRCODE = '23514', CONSTRAINT = 'unit_has_a_quota';
    END IF;
END $$;

CREATE FUNCTION count_quota_on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM move_quota(round_id, area_no, n) FROM (
        SELECT round_id, area_no, count(*) AS n FROM new_rows WHERE status IN ('approved', 'handed_over')
         GROUP BY round_id, area_no ORDER BY round_id, area_no) AS changes;
    RETURN NULL;
END $$;

CREATE FUNCTION count_quota_on_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM move_quota(round_id, area_no, n) FROM (
        SELECT round_id, area_no, sum(n) AS n FROM (
            SELECT round_id, area_no, 1 AS n FROM new_rows WHERE status IN ('approved', 'handed_over')
            UNION ALL
            SELECT round_id, area_no, -1 FROM old_rows WHERE status IN ('approved', 'handed_over')) AS both_sides
         GROUP BY round_id, area_no HAVING sum(n) <> 0 ORDER BY round_id, area_no) AS changes;
    RETURN NULL;
END $$;

CREATE FUNCTION count_quota_on_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM move_quota(round_id, area_no, n) FROM (
        SELECT round_id, area_no, -count(*) AS n FROM old_rows WHERE status IN ('approved', 'handed_over')
         GROUP BY round_id, area_no ORDER BY round_id, area_no) AS changes;
    RETURN NULL;
END $$;

CREATE TRIGGER quota_counts_new_lines AFTER INSERT ON allocations_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_quota_on_insert();
CREATE TRIGGER quota_counts_changed_lines AFTER UPDATE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_quota_on_update();
CREATE TRIGGER quota_counts_removed_lines AFTER DELETE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_quota_on_delete();
"""

# Every living member of a household with a live line is claimed by it; two unique keys refuse a second claim.
CLAIMS = """
CREATE FUNCTION is_live_status(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT status NOT IN ('rejected', 'withdrawn')
$$;

CREATE FUNCTION claim_on_line_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT n.id, n.area_no, p.id, p.cccd_hash
      FROM new_rows n JOIN beneficiaries_person p ON p.household_id = n.household_id AND p.is_live
     WHERE is_live_status(n.status) ORDER BY p.id;
    RETURN NULL;
END $$;

CREATE FUNCTION claim_on_line_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations_claim c USING new_rows n JOIN old_rows o ON o.id = n.id
     WHERE c.allocation_id = n.id AND is_live_status(o.status) AND NOT is_live_status(n.status);
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT n.id, n.area_no, p.id, p.cccd_hash
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN beneficiaries_person p ON p.household_id = n.household_id AND p.is_live
     WHERE is_live_status(n.status) AND NOT is_live_status(o.status) ORDER BY p.id;
    RETURN NULL;
END $$;

CREATE FUNCTION claim_on_person_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT a.id, a.area_no, n.id, n.cccd_hash
      FROM new_rows n JOIN allocations_allocation a ON a.household_id = n.household_id AND is_live_status(a.status)
     WHERE n.is_live ORDER BY n.id;
    RETURN NULL;
END $$;

CREATE FUNCTION claim_on_person_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM allocations_claim c USING new_rows n JOIN old_rows o ON o.id = n.id
     WHERE c.person_id = n.id
       AND (n.household_id, n.is_live, n.cccd_hash) IS DISTINCT FROM (o.household_id, o.is_live, o.cccd_hash);
    INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)
    SELECT a.id, a.area_no, n.id, n.cccd_hash
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN allocations_allocation a ON a.household_id = n.household_id AND is_live_status(a.status)
     WHERE n.is_live
       AND (n.household_id, n.is_live, n.cccd_hash) IS DISTINCT FROM (o.household_id, o.is_live, o.cccd_hash)
     ORDER BY n.id;
    RETURN NULL;
END $$;

CREATE TRIGGER claims_of_new_lines AFTER INSERT ON allocations_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION claim_on_line_insert();
CREATE TRIGGER claims_of_changed_lines AFTER UPDATE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION claim_on_line_update();
CREATE TRIGGER claims_of_new_persons AFTER INSERT ON beneficiaries_person
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION claim_on_person_insert();
CREATE TRIGGER claims_of_changed_persons AFTER UPDATE ON beneficiaries_person
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION claim_on_person_update();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("allocations", "0002_initial"),
        ("beneficiaries", "0002_fences"),
        ("devices", "0002_fences"),
    ]
    operations = [
        scope_by_area(
            "allocations_communelist",
            "allocations_allocation",
            "allocations_allocationversion",
            "allocations_quota",
            "allocations_claim",
            "allocations_handover",
            "allocations_complaint",
        ),
        append_only("allocations_allocationversion"),
        migrations.RunSQL(SAME_UNIT, migrations.RunSQL.noop),
        migrations.RunSQL(QUOTA, migrations.RunSQL.noop),
        migrations.RunSQL(CLAIMS, migrations.RunSQL.noop),
    ]
