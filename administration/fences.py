"""Migration operations that make the database refuse: row-level security by area, and append-only tables.

The policy compares the row's `area_no` with the interval that the transaction's scope holds (administration.scope).
Without a scope `current_setting` is NULL or '', so no row is visible and none can be written: it fails closed.
"""

from django.conf import settings
from django.db import migrations

LOW = "nullif(current_setting('app.lo', true), '')::int"
HIGH = "nullif(current_setting('app.hi', true), '')::int"
WITHIN_SCOPE = f"area_no BETWEEN {LOW} AND {HIGH}"


FUNCTIONS = """
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Tone-less key of a name; equals beneficiaries.names.fold. unaccent() is only STABLE because its dictionary can be
-- changed, which nobody does; the wrapper may therefore be IMMUTABLE and feed stored columns.
CREATE FUNCTION fold_vi(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT trim(regexp_replace(
        translate(lower(public.unaccent('public.unaccent', normalize(value, NFC))), 'y', 'i'), '[^a-z0-9]+', ' ', 'g'))
$$;

-- 15 digits with a right Luhn check digit (3GPP TS 23.003, 6.2.1).
CREATE FUNCTION is_imei(value text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT value ~ '^[0-9]{15}$' AND (
        SELECT sum(CASE WHEN i % 2 = 1 THEN d ELSE d * 2 - CASE WHEN d > 4 THEN 9 ELSE 0 END END)
          FROM (SELECT i, substr(value, i, 1)::int AS d FROM generate_series(1, 15) AS i) AS digits) % 10 = 0
$$;
"""


def before_everything() -> list[migrations.RunSQL]:
    """What the first migration needs before its tables: functions, and the application role's rights."""
    drop = "DROP FUNCTION is_imei(text); DROP FUNCTION fold_vi(text);"
    return [migrations.RunSQL(FUNCTIONS, drop), grant_to_application()]


def scope_by_area(*tables: str) -> migrations.RunSQL:
    """Fences tables with an `area_no` column, for their owner too (FORCE)."""
    forward = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f" CREATE POLICY scope ON {table} USING ({WITHIN_SCOPE}) WITH CHECK ({WITHIN_SCOPE});"
        for table in tables
    ]
    backward = [
        f"DROP POLICY scope ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
        f" ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
        for table in tables
    ]
    return migrations.RunSQL("\n".join(forward), "\n".join(backward))


def append_only(*tables: str) -> migrations.RunSQL:
    """The application role may add rows but neither change nor remove them."""
    return migrations.RunSQL(
        [f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {settings.DATABASE_APP_ROLE};" for table in tables],
        [f"GRANT UPDATE, DELETE ON {table} TO {settings.DATABASE_APP_ROLE};" for table in tables],
    )


def grant_to_application() -> migrations.RunSQL:
    """What the application role may do with every table of the owner, present and future."""
    role = settings.DATABASE_APP_ROLE
    return migrations.RunSQL(
        [
            f"GRANT USAGE ON SCHEMA public TO {role};"
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};"
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};"
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};"
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};"
        ],
        migrations.RunSQL.noop,
    )
