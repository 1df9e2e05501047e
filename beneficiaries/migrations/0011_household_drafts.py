import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from administration.fences import scope_by_area


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0005_area_classes"),
        ("beneficiaries", "0010_hidden_holders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HouseholdDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("saved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "area",
                    models.ForeignKey(
                        db_column="area_no",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="administration.area",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="beneficiaries.household",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a household",
                "verbose_name_plural": "drafts of households",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("officer", "household"), name="one_draft_for_a_form", nulls_distinct=False
                    )
                ],
            },
        ),
        scope_by_area("beneficiaries_householddraft"),
    ]
