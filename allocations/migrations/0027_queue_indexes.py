"""The queue of reviewers counts from indexes alone."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0007_audit_seals"),
        ("allocations", "0026_guards_of_what_is_given"),
        ("beneficiaries", "0012_pairs_never_wait"),
        ("devices", "0003_specification"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                models.F("commune_list"),
                models.F("status"),
                condition=models.Q(("status__in", ["submitted", "waiting", "returned"])),
                include=("area", "flags"),
                name="allocation_in_review",
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                models.F("commune_list"),
                condition=models.Q(("recheck__isnull", False), ("status", "approved")),
                name="allocation_changed",
            ),
        ),
    ]
