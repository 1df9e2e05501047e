"""Commune lists: one commune in one round. Who prepares a list never signs it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer
from allocations.models.rounds import Round


class CommuneListQuerySet(models.QuerySet["CommuneList"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))


class CommuneList(models.Model):
    """The list of one commune in one round. Who prepares it never signs it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        SUBMITTED = "submitted", _("Submitted")
        OPENED = "opened", _("Under review")
        DECIDED = "decided", _("Decided")

    round = models.ForeignKey(Round, models.PROTECT, related_name="lists")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    prepared_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(db_default=Now())
    signed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    document_no = models.CharField(_("document number"), max_length=40, blank=True)
    document_date = models.DateField(_("document date"), null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    submission_no = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)

    objects = CommuneListQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune list")
        verbose_name_plural = _("commune lists")
        constraints = [
            models.UniqueConstraint(
                "round",
                "area",
                name="commune_has_one_list_per_round",
                violation_error_message=_("This commune already has a list in this round."),
            ),
            models.CheckConstraint(
                name="list_is_signed_by_somebody_else",
                condition=~Q(signed_by=F("prepared_by")),
                violation_error_message=_("Who prepares the list may not sign it."),
            ),
            models.CheckConstraint(
                name="submitted_list_is_signed",
                condition=Q(state="draft") | Q(signed_by__isnull=False, submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} – {self.area}"
