"""The 54 ethnic groups with their spellings, from the package's own list."""

import csv
from pathlib import Path

from django.db import migrations

LIST = Path(__file__).resolve().parent.parent / "intake" / "ethnic_groups.csv"


def load(apps, schema_editor):
    groups = apps.get_model("beneficiaries", "EthnicGroup")
    with LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            variants = [v for v in row["variants"].split("|") if v]
            groups.objects.update_or_create(code=row["code"], defaults={"name": row["name"], "variants": variants})


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0002_fences")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
