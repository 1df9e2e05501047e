"""Commune files and their rows on the way into the register. Nothing is real before it is applied."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Job, Officer
from beneficiaries.sealing import seal_json, unseal_json


def _upload_name(instance: ImportFile, filename: str) -> str:
    """A stored name never comes from the user (ASVS 5.3.2)."""
    return f"imports/{instance.sha256[:2]}/{instance.sha256}-{instance.area_id}"


def _file_store() -> Any:
    return storages["default"]


class ImportFileQuerySet(models.QuerySet["ImportFile"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def unfinished(self) -> Self:
        state = ImportFile.State
        return self.exclude(state__in=[state.APPLIED, state.UNDONE, state.ABANDONED, state.REFUSED])


class ImportFile(models.Model):
    """One file of one commune and what became of it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")  # stored; columns not confirmed
        MAPPED = "mapped", _("Columns confirmed")
        READING = "reading", _("Being read")
        CHECKED = "checked", _("To be mended and saved")
        APPLYING = "applying", _("Being saved")
        APPLIED = "applied", _("Saved")
        UNDONE = "undone", _("Undone")
        ABANDONED = "abandoned", _("Given up")
        REFUSED = "refused", _("Could not be read")

    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    uploaded_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    original_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to=_upload_name, storage=_file_store, max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    choices = models.JSONField(default=dict)  # sheet, header row, column -> field, encodings: intake.parse.Choices
    summary = models.JSONField(default=dict)  # what was recognised, in numbers and codes; no personal data
    preview = models.BinaryField(null=True, editable=False)  # sealed: headers, samples, first rows, ignored rows
    refusal = models.TextField(blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    pairs_found_at = models.DateTimeField(null=True)  # NULL: rows were changed since doubles were last looked for
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune file")
        verbose_name_plural = _("commune files")
        indexes = [models.Index(fields=["area", "-uploaded_at"], name="import_of_area")]
        constraints = [
            models.UniqueConstraint(
                "area", "sha256", name="file_is_applied_once", condition=Q(state__in=["applying", "applied"]),
                violation_error_message=_("This very file has already been imported for this commune."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.original_name

    @property
    def may_be_mended(self) -> bool:
        """Rows that are not in the register yet can be worked on, also those an applied file left for later."""
        return self.state in (self.State.CHECKED, self.State.APPLIED)

    @property
    def seen(self) -> dict[str, Any]:
        """What the columns page shows: headers, samples, first rows (beneficiaries.intake.preview)."""
        return unseal_json(self.preview) if self.preview else {}

    @seen.setter
    def seen(self, value: dict[str, Any]) -> None:
        self.preview = seal_json(value)


class StagedHouseholdQuerySet(models.QuerySet["StagedHousehold"]):
    def ready(self) -> Self:
        return self.filter(state=StagedHousehold.State.READY)

    def broken(self) -> Self:
        return self.filter(state=StagedHousehold.State.BROKEN)

    def open(self) -> Self:
        """Neither in the register nor left for later."""
        state = StagedHousehold.State
        return self.filter(state__in=[state.READY, state.BROKEN, state.CONFLICT])

    def in_file_order(self) -> Self:
        return self.order_by("table_no", "row_no")


class StagedHousehold(models.Model):
    """One household of a file. `payload` (sealed) holds the values, the original cells and every change made."""

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        BROKEN = "broken", _("To be mended")
        CONFLICT = "conflict", _("Already registered elsewhere")
        SKIPPED = "skipped", _("Left out")
        APPLIED = "applied", _("Saved")

    class Effect(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Unchanged")

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="households")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    table_no = models.PositiveSmallIntegerField(default=0)  # which list of the file, from 0
    sheet = models.CharField(max_length=200)
    row_no = models.PositiveIntegerField()  # the row in the official's own file, from 1
    state = models.CharField(max_length=10, choices=State.choices)
    effect = models.CharField(max_length=10, choices=Effect.choices, blank=True)
    payload = models.BinaryField()
    problem_codes = ArrayField(models.CharField(max_length=20), default=list)  # errors and warnings, no values
    person_hashes = ArrayField(models.BinaryField(), default=list)  # CCCD and CMND of every member
    household = models.ForeignKey(
        "beneficiaries.Household", models.SET_NULL, null=True, related_name="+", db_constraint=True
    )
    before = models.BinaryField(null=True)  # sealed former values of a changed household, for undo

    objects = StagedHouseholdQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("file", "sheet", "row_no", name="row_of_a_file_is_staged_once")]
        indexes = [models.Index("file", "state", "row_no", name="staged_of_file")]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.row_no}"

    @property
    def values(self) -> dict[str, Any]:
        return unseal_json(self.payload)


class ColumnChoice(models.Model):
    """How a commune once matched the columns of a header: the next file with that header needs no question."""

    area = models.ForeignKey(Area, models.CASCADE, db_column="area_no", related_name="+")
    fingerprint = models.CharField(max_length=64)
    choices = models.JSONField()
    chosen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("area", "fingerprint", name="header_is_remembered_once_per_commune")]

    def __str__(self) -> str:
        return self.fingerprint[:8]
