"""What province and district want to know: counters kept by the database, and reports that were asked for."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Job, Officer
from allocations.models import FundingSource, Reason, Round, Status, SupportForm
from beneficiaries.models import Category


class AllocationCount(models.Model):
    """How many lines of a round, commune, category, source and form are in a status, for a reason where it has one.

    Kept by triggers, never by code.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    category = models.CharField(max_length=5, choices=Category.choices)
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="+")
    form = models.CharField(max_length=5, choices=SupportForm.choices)
    status = models.CharField(max_length=12, choices=Status.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "round", "area", "category", "source", "form", "status", "reason", name="allocation_count_is_one_row"
            ),
            models.CheckConstraint(name="allocation_count_is_not_negative", condition=models.Q(n__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.category} {self.status}: {self.n}"


class DayCount(models.Model):
    """How many households of a round and commune came to a step on a day, as far as it still holds.

    A line that is taken off, a decision or hand-over that is undone is counted no longer. Kept by triggers.
    """

    class Step(models.TextChoices):
        LISTED = "listed", _("Listed")
        GRANTED = "granted", _("Approved")
        HANDED_OVER = "handed_over", _("Handed over")

    round = models.ForeignKey(Round, models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    step = models.CharField(max_length=12, choices=Step.choices)
    day = models.DateField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("round", "area", "step", "day", name="day_count_is_one_row"),
            models.CheckConstraint(name="day_count_is_not_negative", condition=models.Q(n__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.step} {self.day}: {self.n}"


class HouseholdCount(models.Model):
    """How many listed households of a category a commune has. Kept by triggers, never by code."""

    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    category = models.CharField(max_length=5, choices=Category.choices)
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("area", "category", name="household_count_is_one_row"),
            models.CheckConstraint(name="household_count_is_not_negative", condition=models.Q(n__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.category}: {self.n}"


class ReportRunQuerySet(models.QuerySet["ReportRun"]):
    def visible_to(self, officer: Officer) -> Self:
        return self.filter(requested_by=officer)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class ReportBundleQuerySet(models.QuerySet["ReportBundle"]):
    def visible_to(self, officer: Officer) -> Self:
        return self.filter(requested_by=officer)


class ReportBundle(models.Model):
    """The same report for every unit below an area, asked for in one click. Each is a run, and a job, of its own."""

    kind = models.CharField(_("report"), max_length=40)
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    requested_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    runs = models.ManyToManyField("reports.ReportRun", related_name="bundles")

    objects = ReportBundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("bundle of reports")
        verbose_name_plural = _("bundles of reports")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def of(self, officer: Officer) -> Self:
        return self.filter(officer=officer)


class ReportSchedule(models.Model):
    """A report that an officer gets by itself. A row is the switch: who wants it no more deletes it."""

    class Every(models.TextChoices):
        WEEK = "week", _("Every Monday")
        MONTH = "month", _("On the first of every month")

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="+")
    kind = models.CharField(_("report"), max_length=40)
    every = models.CharField(max_length=5, choices=Every.choices)
    next_on = models.DateField()

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        constraints = [models.UniqueConstraint("officer", "kind", "every", name="report_is_scheduled_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.every} {self.next_on}"


class ReportRun(models.Model):
    """One report that was asked for: its scope, its snapshot and its files.

    The files are frozen: their digests are kept, and what is downloaded later under the same snapshot id is the very
    same bytes or nothing. Those with personal data expire; their totals and digests remain.
    """

    kind = models.CharField(_("report"), max_length=40)
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="+")
    requested_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(_("what the personal data is needed for"), max_length=200, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    is_scheduled = models.BooleanField(default=False)
    taken_at = models.DateTimeField(null=True)  # moment of the snapshot
    snapshot_id = models.CharField(max_length=40, blank=True)
    totals = models.JSONField(default=dict)
    checksum = models.CharField(max_length=64, blank=True)
    xlsx = models.FileField(upload_to="reports", max_length=200, blank=True)
    pdf = models.FileField(upload_to="reports", max_length=200, blank=True)
    digests = models.JSONField(default=dict)  # SHA-256 of each file, by its extension

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["requested_by", "-requested_at"], name="report_of_officer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_built(self) -> bool:
        return bool(self.checksum)


class Verification(models.Model):
    """One check of all rules of the data (reports.invariants): what was broken, and the seal of the audit trail."""

    began_at = models.DateTimeField(db_default=Now())
    seconds = models.FloatField(default=0)
    rules = models.PositiveSmallIntegerField()
    broken = models.JSONField(default=list)  # of {"rule", "count", "first"}: ids only, never personal data
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("check of the data")
        verbose_name_plural = _("checks of the data")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.began_at:%d/%m/%Y %H:%M}: {len(self.broken)}"

    @property
    def offenders(self) -> int:
        return sum(one["count"] for one in self.broken)
