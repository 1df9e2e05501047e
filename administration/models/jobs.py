"""Jobs as rows: the queue of record. Redis is only the doorbell; losing a message loses time, doubling it nothing."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models.officers import Officer

if TYPE_CHECKING:
    from administration.models.officers import Officer as OfficerType

MAX_ATTEMPTS = 3
PUBLISH_GRACE = datetime.timedelta(seconds=30)  # a message on its way is not rung again


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, officer: OfficerType) -> Self:
        return self.filter(requested_by=officer)

    def waiting(self) -> Self:
        """Queued for a while without a worker, or running with a lease that ran out (database clock)."""
        return self.filter(
            Q(state=Job.State.QUEUED, rung_at__lt=Now() - models.Value(PUBLISH_GRACE))
            | Q(state=Job.State.RUNNING, lease_until__lt=Now())
        )

    def unfinished(self) -> Self:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


class Job(models.Model):
    """One piece of background work. `attempts` is the fencing token: only the newest attempt may finish it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    requested_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(db_default=Now())
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("state", "lease_until", name="job_waiting", condition=Q(state__in=["queued", "running"])),
            models.Index("kind", "subject_id", name="job_of_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                "kind", "subject_id", name="one_open_job_per_subject", condition=Q(state__in=["queued", "running"]),
                violation_error_message=_("This work is already under way."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        if self.state == self.State.DONE:
            return 100
        return min(99, self.progress_done * 100 // self.progress_total) if self.progress_total else 0


class Submission(models.Model):
    """The key of one form sent once (hidden field `khoa_lan_gui`): a second click finds the first one's answer."""

    key = models.UUIDField(primary_key=True)
    officer_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    location = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return str(self.key)
