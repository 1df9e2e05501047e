"""Every change of a quota is kept with its reason, for the unit that it concerns."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from administration.fences import append_only, scope_by_area


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0006_delegation"),
        ("allocations", "0021_undone_hand_over_is_claimed_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QuotaChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.BigIntegerField()),
                ("undoes", models.BigIntegerField(null=True)),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("MAY", "Device in kind"),
                            ("GOI", "Device with a service package"),
                            ("TIEN", "Cash for a smartphone that was bought"),
                            ("MTB", "Tablet for pupils"),
                        ],
                        max_length=5,
                        verbose_name="form of support",
                    ),
                ),
                ("before", models.PositiveIntegerField(null=True, verbose_name="before")),
                ("after", models.PositiveIntegerField(null=True, verbose_name="after")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "area",
                    models.ForeignKey(
                        db_column="area_no",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="administration.area",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quota_changes",
                        to="allocations.round",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="allocations.fundingsource",
                        verbose_name="funding source",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of quota",
                "verbose_name_plural": "changes of quota",
                "indexes": [models.Index(models.F("round"), models.F("event"), name="quota_change_of_round")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__regex", "^\\s*$"), _negated=True),
                        name="quota_change_has_a_reason",
                        violation_error_message="Write the reason or the decision number for the change.",
                    )
                ],
            },
        ),
        scope_by_area("allocations_quotachange"),
        append_only("allocations_quotachange"),
    ]
