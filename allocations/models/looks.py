"""Who is looking at a list or a household right now: told to the others, never a lock."""

from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.utils import timezone

from administration.models import Area, Officer
from allocations.models.allocations import Allocation
from allocations.models.lists import CommuneList

LOOKS_FOR = datetime.timedelta(seconds=60)


class LookQuerySet(models.QuerySet["Look"]):
    def fresh(self, at: datetime.datetime | None = None) -> Self:
        return self.filter(at__gt=(at or timezone.now()) - LOOKS_FOR)


class Look(models.Model):
    """What one officer had open last; one row an officer. `line` is None for the list as a whole."""

    officer = models.OneToOneField(Officer, models.CASCADE, primary_key=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    commune_list = models.ForeignKey(CommuneList, models.CASCADE, related_name="+")
    line = models.ForeignKey(Allocation, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()

    objects = LookQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.officer}: {self.commune_list_id}"
