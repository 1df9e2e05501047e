"""Who is taken out of a household leaves the copy that an earlier household keeps, though another commune holds it."""

from django.db import migrations

# Django's SET_NULL reaches only the rows that the officer's scope shows. The copy's history is written as of any change.
RELEASE = """
CREATE FUNCTION let_copies_of_a_person_stand() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lo text := coalesce(current_setting('app.lo', true), '');
    hi text := coalesce(current_setting('app.hi', true), '');
BEGIN
    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
    UPDATE beneficiaries_person SET same_as_id = NULL WHERE same_as_id = OLD.id;
    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
    RETURN OLD;
END $$;
CREATE TRIGGER let_copies_of_a_person_stand BEFORE DELETE ON beneficiaries_person
    FOR EACH ROW EXECUTE FUNCTION let_copies_of_a_person_stand();
"""
UNDO = """
DROP TRIGGER let_copies_of_a_person_stand ON beneficiaries_person;
DROP FUNCTION let_copies_of_a_person_stand();
"""


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0014_received_fences")]

    operations = [migrations.RunSQL(RELEASE, UNDO)]
