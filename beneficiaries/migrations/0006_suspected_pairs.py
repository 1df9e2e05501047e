"""Pairs of records that may be one household. Fenced by both sides; links are kept by the database."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from administration.fences import HIGH, LOW

TABLE = "beneficiaries_suspectedpair"
EITHER_SIDE = f"(area_no BETWEEN {LOW} AND {HIGH}) OR (other_area_no BETWEEN {LOW} AND {HIGH})"
FENCE = f"""
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY; ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY;
CREATE POLICY scope ON {TABLE} USING ({EITHER_SIDE}) WITH CHECK ({EITHER_SIDE});
"""
UNFENCE = f"""
DROP POLICY scope ON {TABLE}; ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY;
"""
# A household that moves takes its side of the pair along. Rows are removed by the thousand when an import is read again
# or taken back, past Django; a decision outlives them.
LINKS = {
    "pair_is_where_household_a_is": "(household_a_id, area_no) REFERENCES beneficiaries_household (id, area_no)"
    " ON UPDATE CASCADE ON DELETE SET NULL (household_a_id)",
    "pair_is_where_household_b_is": "(household_b_id, other_area_no) REFERENCES beneficiaries_household (id, area_no)"
    " ON UPDATE CASCADE ON DELETE SET NULL (household_b_id)",
    "person_a_of_pair": "(person_a_id) REFERENCES beneficiaries_person (id) ON DELETE SET NULL",
    "person_b_of_pair": "(person_b_id) REFERENCES beneficiaries_person (id) ON DELETE SET NULL",
    "row_a_of_pair": "(row_a_id) REFERENCES beneficiaries_stagedhousehold (id) ON DELETE SET NULL",
    "row_b_of_pair": "(row_b_id) REFERENCES beneficiaries_stagedhousehold (id) ON DELETE SET NULL",
}
LINK = [f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} FOREIGN KEY {link};" for name, link in LINKS.items()]
UNLINK = [f"ALTER TABLE {TABLE} DROP CONSTRAINT {name};" for name in LINKS]


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0003_passwords_and_verbs"),
        ("beneficiaries", "0005_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SuspectedPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_a", models.BinaryField(max_length=32)),
                ("key_b", models.BinaryField(max_length=32)),
                (
                    "certainty",
                    models.CharField(
                        choices=[("same", "Certainly the same"), ("likely", "Probably the same")], max_length=10
                    ),
                ),
                ("score", models.PositiveSmallIntegerField(default=0)),
                ("evidence", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To be decided"),
                            ("waiting", "Waiting for the other commune"),
                            ("not_same", "Not the same"),
                            ("same", "The same household"),
                            ("merged", "Merged"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "area_a",
                    models.ForeignKey(
                        db_column="area_no",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="administration.area",
                    ),
                ),
                (
                    "area_b",
                    models.ForeignKey(
                        db_column="other_area_no",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="administration.area",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "found_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pairs",
                        to="beneficiaries.importfile",
                    ),
                ),
                (
                    "household_a",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="beneficiaries.household",
                    ),
                ),
                (
                    "household_b",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="beneficiaries.household",
                    ),
                ),
                (
                    "person_a",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="beneficiaries.person",
                    ),
                ),
                (
                    "person_b",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="beneficiaries.person",
                    ),
                ),
                (
                    "row_a",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="beneficiaries.stagedhousehold",
                    ),
                ),
                (
                    "row_b",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="beneficiaries.stagedhousehold",
                    ),
                ),
            ],
            options={
                "verbose_name": "suspected duplicate",
                "verbose_name_plural": "suspected duplicates",
                "indexes": [
                    models.Index(models.F("area_a"), models.F("state"), models.F("certainty"), name="pair_of_area"),
                    models.Index(
                        models.F("area_b"), models.F("state"), models.F("certainty"), name="pair_of_other_area"
                    ),
                    models.Index(models.F("key_a"), models.F("key_b"), name="pair_by_keys"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Least("household_a", "household_b"),
                        django.db.models.functions.comparison.Greatest("household_a", "household_b"),
                        condition=models.Q(("household_a__isnull", False), ("household_b__isnull", False)),
                        name="two_households_are_one_pair",
                        violation_error_message="These two households are already waiting for a decision.",
                    ),
                    models.UniqueConstraint(
                        models.F("row_a"),
                        models.F("household_b"),
                        condition=models.Q(("household_a", None)),
                        name="row_and_household_are_one_pair",
                    ),
                    models.UniqueConstraint(models.F("row_a"), models.F("row_b"), name="two_rows_are_one_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("household_a", models.F("household_b")), _negated=True),
                        name="pair_has_two_sides",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "waiting"]),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="decided_pair_says_by_whom",
                    ),
                ],
            },
        ),
        migrations.RunSQL(LINK, UNLINK),
        migrations.RunSQL(FENCE, UNFENCE),
    ]
