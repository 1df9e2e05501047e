"""Indexes that search uses under row-level security: only leakproof comparisons, or scans of the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0003_passwords_and_verbs"),
        ("beneficiaries", "0003_ethnic_groups"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["-updated_at", "-id"], name="household_lately"),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True),
                fields=["phone"],
                name="household_by_phone",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("is_head", True)),
                fields=["area", "search_key"],
                include=("household", "is_live"),
                name="head_by_key_in_area",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("cccd_hash", None), ("is_head", True)),
                fields=["area"],
                include=("household",),
                name="head_without_number",
            ),
        ),
    ]
