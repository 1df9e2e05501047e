"""What a reviewer chose, kept on the server: the confirm page acts on exactly these lines, as they were then."""

from __future__ import annotations

import datetime
import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from administration.models import Area, Officer
from allocations.models.lists import CommuneList

VALID_FOR = datetime.timedelta(minutes=30)
KEPT_FOR = datetime.timedelta(days=1)  # the page with the result can be opened again


class SelectionQuerySet(models.QuerySet["Selection"]):
    def visible_to(self, officer: Officer) -> Self:
        """One's own, inside one's own area."""
        if officer.area is None:
            return self.none()
        return self.filter(officer=officer, area__number__range=(officer.area.number, officer.area.last))

    def outdated(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT_FOR)


class Selection(models.Model):
    """Lines of one list, best first, with the version each had when it was chosen. It is acted on once.

    `chip` and `words`: the filter under which they were chosen. `outcome`: what became of them (Outcome.as_stored).
    """

    token = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    commune_list = models.ForeignKey(CommuneList, models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    chip = models.CharField(max_length=20)
    words = models.CharField(max_length=80, blank=True)
    one_by_one = models.BooleanField(default=False)
    line_ids = ArrayField(models.BigIntegerField())
    versions = ArrayField(models.PositiveIntegerField())
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)

    objects = SelectionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("officer", "created_at", name="selection_of_officer")]

    def __str__(self) -> str:
        return str(self.token)

    @property
    def seen(self) -> dict[int, int]:
        """Line → the version on which the officer decides."""
        return dict(zip(self.line_ids, self.versions, strict=True))

    @property
    def is_outdated(self) -> bool:
        return timezone.now() - self.created_at > VALID_FOR
