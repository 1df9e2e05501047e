"""Who did what, when and where. Append-only; no foreign keys, so that the record never depends on live data."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from administration.verbs import Verb, verb_choices

if TYPE_CHECKING:
    from administration.models.areas import Area
    from administration.models.officers import Officer


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area_no__range=(officer.area.number, officer.area.last))

    def about_household(self, household_id: int) -> Self:
        return self.filter(household_ids__contains=[household_id])

    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class AuditEvent(models.Model):
    """One action. A bulk action is one event that names all its households."""

    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=40, choices=verb_choices)
    area_no = models.IntegerField()
    officer_id = models.BigIntegerField(null=True)
    officer_name = models.CharField(max_length=120)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    household_ids = ArrayField(models.BigIntegerField(), default=list)
    details = models.JSONField(default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["area_no", "-at"], name="audit_of_area"),
            models.Index("subject_type", "subject_id", name="audit_of_subject"),
            models.Index(fields=["officer_id", "verb", "-at"], name="audit_of_officer"),
            GinIndex(fields=["household_ids"], name="audit_of_household", fastupdate=True),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.get_verb_display()} – {self.officer_name}"

    @classmethod
    def record(
        cls,
        verb: Verb,
        subject: models.Model,
        *,
        by: Officer | None,
        area: Area | int,
        households: Iterable[int] = (),
        at: datetime.datetime | None = None,
        **details: Any,
    ) -> AuditEvent:
        """Writes the one event of an action, inside its transaction. `by=None` is the machine itself.

        Who stands in for somebody is recorded in their own name, with whom they stood in for.
        """
        if by is not None and by.stands_in is not None:
            details["stands_in_for"] = str(by.stands_in.giver)
        return cls.objects.create(
            at=at or timezone.now(),
            verb=verb,
            area_no=area if isinstance(area, int) else area.number,
            officer_id=by.pk if by else None,
            officer_name=str(by) if by else "",
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            household_ids=list(households),
            details=details,
        )
