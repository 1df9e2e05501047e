"""Fences of the ground floor: the audit trail is append-only and scoped; units are not deleted by the application."""

from django.conf import settings
from django.db import migrations

from administration.fences import append_only, scope_by_area


class Migration(migrations.Migration):
    dependencies = [("administration", "0001_initial")]
    operations = [
        scope_by_area("administration_auditevent"),
        append_only("administration_auditevent"),
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
                USING ERRCODE = '42501', CONSTRAINT = 'audit_is_append_only';
            END $$;
            CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON administration_auditevent
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER audit_is_append_only ON administration_auditevent; DROP FUNCTION refuse_change();",
        ),
        migrations.RunSQL(
            f"REVOKE DELETE ON administration_area FROM {settings.DATABASE_APP_ROLE};",
            f"GRANT DELETE ON administration_area TO {settings.DATABASE_APP_ROLE};",
        ),
        migrations.RunSQL(
            """
            CREATE TABLE administration_cache (
                cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
            CREATE INDEX administration_cache_expires ON administration_cache (expires);
            """,
            "DROP TABLE administration_cache;",
        ),
    ]
