"""Fences of lineage: both communes see a link and a request; a closed record has no living members."""

from django.db import migrations

from administration.fences import HIGH, LOW

EITHER_SIDE = f"(area_no BETWEEN {LOW} AND {HIGH}) OR (other_area_no BETWEEN {LOW} AND {HIGH})"
TABLES = ("beneficiaries_householdlink", "beneficiaries_moverequest")
FENCE = [
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
    f" CREATE POLICY scope ON {table} USING ({EITHER_SIDE}) WITH CHECK ({EITHER_SIDE});"
    for table in TABLES
]
UNFENCE = [
    f"DROP POLICY scope ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
    f" ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table in TABLES
]


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0008_lineage")]
    operations = [migrations.RunSQL(FENCE, UNFENCE)]
