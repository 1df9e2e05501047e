"""Officers can be asked for a new password; a new verb of the audit trail needs no migration."""

import administration.verbs
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0002_fences"),
    ]

    operations = [
        migrations.AddField(
            model_name="officer",
            name="must_change_password",
            field=models.BooleanField(default=False, editable=False, verbose_name="must choose a new password"),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="verb",
            field=models.CharField(choices=administration.verbs.verb_choices, max_length=40),
        ),
    ]
