"""Delegation during absence: an officer gives the work of their role and area to a colleague for some days."""

from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from administration.models.officers import Officer

MOST_DAYS = 90


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self, today: datetime.date | None = None) -> Self:
        day = today or timezone.localdate()
        return self.filter(
            starts_on__lte=day, ends_on__gte=day, ended_at=None, giver__is_active=True, taker__is_active=True
        )

    def not_over(self, today: datetime.date | None = None) -> Self:
        return self.filter(ends_on__gte=today or timezone.localdate(), ended_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Delegation(models.Model):
    """`taker` may work in the role and area of `giver` on these days; what they do is recorded in their own name."""

    giver = models.ForeignKey(Officer, models.PROTECT, related_name="given", verbose_name=_("who is absent"))
    taker = models.ForeignKey(Officer, models.PROTECT, related_name="taken", verbose_name=_("who stands in"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason or decision number"), max_length=200)
    made_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        indexes = [models.Index("taker", "ends_on", name="delegation_of_taker")]
        constraints = [
            models.CheckConstraint(
                name="nobody_stands_in_for_themselves",
                condition=~Q(giver=F("taker")),
                violation_error_message=_("Choose a colleague: nobody stands in for themselves."),
            ),
            models.CheckConstraint(
                name="delegation_has_an_end",
                condition=Q(ends_on__gte=F("starts_on"))
                & Q(ends_on__lte=ExpressionWrapper(F("starts_on") + MOST_DAYS, models.DateField())),
                violation_error_message=_("A delegation ends after it begins, and within 90 days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}, {self.starts_on:%d/%m/%Y}–{self.ends_on:%d/%m/%Y}"
