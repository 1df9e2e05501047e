"""A change, a removal, a late insertion or a cut of the audit trail shows, whoever made it (reliability.md T6)."""

import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# The lock waits for those who are just writing an event and keeps others out for an instant: ids are given after it is
# taken, so that no event with a smaller id can appear behind a seal. Call it in a scope that sees everything.
SEAL = """
CREATE FUNCTION audit_digest(e administration_auditevent) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(jsonb_build_array(e.id, extract(epoch FROM e.at), e.verb, e.area_no, e.officer_id,
        e.officer_name, e.subject_type, e.subject_id, to_jsonb(e.household_ids), e.details)::text, 'UTF8'))
$$;

CREATE FUNCTION seal_audit() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before administration_auditseal;
    chained bytea;
    newest bigint;
    n int;
BEGIN
    LOCK TABLE administration_auditevent IN SHARE MODE;
    LOCK TABLE administration_auditseal IN EXCLUSIVE MODE;
    SELECT * INTO before FROM administration_auditseal ORDER BY last_event_id DESC LIMIT 1;
    INSERT INTO administration_auditdigest (event_id, digest)
    SELECT e.id, audit_digest(e) FROM administration_auditevent e WHERE e.id > coalesce(before.last_event_id, 0);
    SELECT sha256(coalesce(before.digest, ''::bytea) || string_agg(digest, ''::bytea ORDER BY event_id)),
           max(event_id), count(*)
      INTO chained, newest, n
      FROM administration_auditdigest WHERE event_id > coalesce(before.last_event_id, 0);
    IF newest IS NULL THEN
        RETURN coalesce(encode(before.digest, 'hex'), '');
    END IF;
    INSERT INTO administration_auditseal (last_event_id, events, digest) VALUES (newest, n, chained);
    RETURN encode(chained, 'hex');
END $$;
"""
RIGHTS = f"""
REVOKE INSERT, UPDATE, DELETE ON administration_auditdigest, administration_auditseal FROM {settings.DATABASE_APP_ROLE};
REVOKE EXECUTE ON FUNCTION seal_audit() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit() TO {settings.DATABASE_APP_ROLE};
"""
UNSEAL = "DROP FUNCTION seal_audit(); DROP FUNCTION audit_digest(administration_auditevent);"


class Migration(migrations.Migration):
    dependencies = [("administration", "0006_delegation")]

    operations = [
        migrations.CreateModel(
            name="AuditDigest",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={"verbose_name": "digest of an audit event", "verbose_name_plural": "digests of audit events"},
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_event_id", models.BigIntegerField(unique=True)),
                ("events", models.IntegerField()),
                ("sealed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={"verbose_name": "seal of the audit trail", "verbose_name_plural": "seals of the audit trail"},
        ),
        migrations.RunSQL(SEAL, UNSEAL),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
