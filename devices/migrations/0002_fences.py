"""Fences of the stock: every device is seen by the unit that holds it and those above."""

from django.db import migrations

from administration.fences import scope_by_area


class Migration(migrations.Migration):
    dependencies = [("devices", "0001_initial"), ("administration", "0002_fences")]
    operations = [scope_by_area("devices_device")]
