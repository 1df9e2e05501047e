import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("administration", "0007_audit_seals"), ("reports", "0004_bundles_and_schedules")]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("seconds", models.FloatField(default=0)),
                ("rules", models.PositiveSmallIntegerField()),
                ("broken", models.JSONField(default=list)),
                ("seal", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "check of the data",
                "verbose_name_plural": "checks of the data",
                "ordering": ("-pk",),
            },
        ),
    ]
