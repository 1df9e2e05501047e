"""What a household gets is what its round promises: cash on evidence, a device good enough, money from who pays for it."""

from django.conf import settings
from django.db import migrations

from administration.fences import scope_by_area

# A line counts as paid only over a payment of its own that keeps to what the round pays.
PAID = """
CREATE FUNCTION payment_stands_behind() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE p allocations_payment%ROWTYPE; s allocations_roundsupport%ROWTYPE; broken text;
BEGIN
    SELECT * INTO p FROM allocations_payment WHERE allocation_id = NEW.id;
    SELECT * INTO s FROM allocations_roundsupport
     WHERE round_id = NEW.round_id AND source_id = NEW.source_id AND form = NEW.form;
    broken := CASE WHEN p.id IS NULL OR p.area_no <> NEW.area_no OR p.amount <> NEW.paid_amount
                   THEN 'paid_line_has_its_payment'
                   WHEN s.amount IS NULL OR p.amount <> s.amount THEN 'payment_is_what_the_round_pays'
                   WHEN p.bought_on < s.bought_since THEN 'phone_was_bought_since_the_day'
                   WHEN p.paid_on < (NEW.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
                   THEN 'payment_follows_the_approval' END;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'line % is not paid like that: %', NEW.id, broken USING ERRCODE = '23514', CONSTRAINT = broken;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_stands_behind BEFORE INSERT OR UPDATE ON allocations_allocation FOR EACH ROW
    WHEN (NEW.paid_amount IS NOT NULL) EXECUTE FUNCTION payment_stands_behind();

CREATE FUNCTION paid_line_keeps_its_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM allocations_allocation WHERE id = OLD.allocation_id AND paid_amount IS NOT NULL) THEN
        RAISE EXCEPTION 'line % is paid', OLD.allocation_id
        USING ERRCODE = '23514', CONSTRAINT = 'paid_line_has_its_payment';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER paid_line_keeps_its_payment BEFORE DELETE ON allocations_payment
    FOR EACH ROW EXECUTE FUNCTION paid_line_keeps_its_payment();
"""
KEPT = f"REVOKE UPDATE, TRUNCATE ON allocations_payment FROM {settings.DATABASE_APP_ROLE};"

# The device is of the promised kind and not worse than the round demands. What nobody measured is not held against it.
DEVICE = """
CREATE FUNCTION device_is_what_was_promised() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE m devices_devicemodel%ROWTYPE; d allocations_demand%ROWTYPE; wanted text; broken text;
BEGIN
    SELECT model.* INTO m FROM devices_device device JOIN devices_lot lot ON lot.id = device.lot_id
      JOIN devices_devicemodel model ON model.id = lot.model_id WHERE device.id = NEW.device_id;
    SELECT CASE NEW.form WHEN 'MTB' THEN 'tablet' ELSE device_kind END INTO wanted
      FROM allocations_round WHERE id = NEW.round_id;
    SELECT * INTO d FROM allocations_demand WHERE round_id = NEW.round_id;
    broken := CASE WHEN m.kind <> wanted THEN 'device_is_of_the_promised_kind'
                   WHEN m.ram_gb < d.ram_gb OR m.storage_gb < d.storage_gb OR m.screen_inches < d.screen_inches
                        OR m.battery_mah < d.battery_mah OR (d.volte AND NOT m.volte AND m.kind = 'phone')
                   THEN 'device_is_good_enough_for_the_round' END;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'device % is not for line %', NEW.device_id, NEW.id
        USING ERRCODE = '23514', CONSTRAINT = broken;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER device_is_what_was_promised_new BEFORE INSERT ON allocations_allocation FOR EACH ROW
    WHEN (NEW.device_id IS NOT NULL) EXECUTE FUNCTION device_is_what_was_promised();
CREATE TRIGGER device_is_what_was_promised BEFORE UPDATE ON allocations_allocation FOR EACH ROW
    WHEN (NEW.device_id IS NOT NULL AND NEW.device_id IS DISTINCT FROM OLD.device_id)
    EXECUTE FUNCTION device_is_what_was_promised();
"""

# A source pays for its categories only: when a line is made, when it changes its source or category, when it is approved.
PAYS = """
CREATE FUNCTION source_does_not_pay(line bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF line IS NOT NULL THEN
        RAISE EXCEPTION 'the source of line % does not pay for its category', line
        USING ERRCODE = '23514', CONSTRAINT = 'source_pays_for_the_category';
    END IF;
END $$;

CREATE FUNCTION source_pays_for_new_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM source_does_not_pay((SELECT n.id FROM new_rows n JOIN allocations_fundingsource f ON f.id = n.source_id
                                  WHERE n.status <> 'withdrawn' AND n.category <> ALL (f.categories) LIMIT 1));
    RETURN NULL;
END $$;
CREATE TRIGGER source_pays_for_new_lines AFTER INSERT ON allocations_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION source_pays_for_new_lines();

CREATE FUNCTION source_pays_for_changed_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM source_does_not_pay(NEW.id) FROM allocations_fundingsource f
      WHERE f.id = NEW.source_id AND NEW.category <> ALL (f.categories);
    RETURN NEW;
END $$;
CREATE TRIGGER source_pays_for_changed_line BEFORE UPDATE ON allocations_allocation FOR EACH ROW
    WHEN (NEW.status <> 'withdrawn'
          AND (OLD.source_id, OLD.category) IS DISTINCT FROM (NEW.source_id, NEW.category))
    EXECUTE FUNCTION source_pays_for_changed_line();

CREATE FUNCTION source_pays_for_approved_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE approved bigint[];
BEGIN
    approved := ARRAY(SELECT id FROM new_rows WHERE status = 'approved'
                      EXCEPT SELECT id FROM old_rows WHERE status IN ('approved', 'handed_over'));
    PERFORM source_does_not_pay((SELECT n.id FROM new_rows n JOIN allocations_fundingsource f ON f.id = n.source_id
                                  WHERE n.id = ANY (approved) AND n.category <> ALL (f.categories) LIMIT 1));
    RETURN NULL;
END $$;
CREATE TRIGGER source_pays_for_approved_lines AFTER UPDATE ON allocations_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION source_pays_for_approved_lines();
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0025_cash")]
    operations = [
        scope_by_area("allocations_payment"),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (PAID, KEPT, DEVICE, PAYS)),
    ]
