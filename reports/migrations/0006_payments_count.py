"""Cash that is paid counts like a device that is handed over, on the day of the payment. Payments are never changed."""

from django.db import migrations

PAYMENTS = """
CREATE FUNCTION count_payments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_day_count(round_id, area_no, 'handed_over', paid_on, n) FROM (
        SELECT a.round_id, p.area_no, p.paid_on, count(*) * CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END AS n
          FROM rows p JOIN allocations_allocation a ON a.id = p.allocation_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3) AS c;
    RETURN NULL;
END $$;
CREATE TRIGGER counts_new_payments AFTER INSERT ON allocations_payment
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION count_payments();
CREATE TRIGGER counts_removed_payments AFTER DELETE ON allocations_payment
    REFERENCING OLD TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION count_payments();
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0026_guards_of_what_is_given"), ("reports", "0005_verification")]
    operations = [migrations.RunSQL(PAYMENTS, migrations.RunSQL.noop)]
