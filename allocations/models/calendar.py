"""Days on which offices are closed although it is a weekday, or open although it is a weekend."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from administration.models import Area


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def for_province(self, province: Area) -> Self:
        """The whole country's days and the province's own, which come later and win."""
        return self.filter(Q(province=None) | Q(province=province)).order_by(
            "day", models.F("province").asc(nulls_first=True)
        )


class CalendarDay(models.Model):
    """One day of the holiday calendar: of the whole country, or of one province, whose word wins there."""

    class Kind(models.TextChoices):
        OFF = "off", _("Day off")
        WORKED = "worked", _("Working day")

    province = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, db_column="province_no", related_name="+"
    )  # fmt: skip
    day = models.DateField(_("day"))
    kind = models.CharField(_("what it is"), max_length=6, choices=Kind.choices, default=Kind.OFF)
    name = models.CharField(_("occasion"), max_length=80)
    source = models.CharField(_("source"), max_length=160, blank=True)
    is_confirmed = models.BooleanField(_("officially announced"), default=True)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("days of the calendar")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                "day", "province", name="calendar_names_a_day_once", nulls_distinct=False,
                violation_error_message=_("This day is already in the calendar."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} – {self.name}"
