"""Bundles of reports, schedules, and digests that freeze the files of a report."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from administration.fences import scope_by_area


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0005_area_classes"),
        ("reports", "0003_counts_by_source_and_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="reportrun",
            name="digests",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="reportrun",
            name="is_scheduled",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="ReportBundle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="report")),
                ("requested_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("runs", models.ManyToManyField(related_name="bundles", to="reports.reportrun")),
            ],
            options={
                "verbose_name": "bundle of reports",
                "verbose_name_plural": "bundles of reports",
            },
        ),
        migrations.CreateModel(
            name="ReportSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="report")),
                (
                    "every",
                    models.CharField(
                        choices=[("week", "Every Monday"), ("month", "On the first of every month")], max_length=5
                    ),
                ),
                ("next_on", models.DateField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "scheduled report",
                "verbose_name_plural": "scheduled reports",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("officer"), models.F("kind"), models.F("every"), name="report_is_scheduled_once"
                    )
                ],
            },
        ),
        scope_by_area("reports_reportbundle"),
    ]
