"""The public posting of a commune list: from when until when, where, and the record that closes it."""

from __future__ import annotations

import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer
from allocations.models.lists import CommuneList

TAKEN_DOWN_AT = datetime.time(17)  # until when complaints are received on the last day


class PostingQuerySet(models.QuerySet["Posting"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def running(self) -> Self:
        return self.filter(state=Posting.State.RUNNING)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Posting(models.Model):
    """Lines of one list that hang in public together (form 3), from `starts_on` until the end of `ends_on`.

    `working_days` as the round demanded when it began. It is closed by a record (form 3b), or stopped with a reason.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Being posted")
        CLOSED = "closed", _("Closed with a record")
        STOPPED = "stopped", _("Stopped")

    commune_list = models.ForeignKey(CommuneList, models.PROTECT, related_name="postings")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    starts_on = models.DateField(_("posted from"))
    ends_on = models.DateField(_("posted until the end of"))
    working_days = models.PositiveSmallIntegerField(_("working days"))
    places = ArrayField(models.CharField(max_length=120), verbose_name=_("where"))
    households = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    posted_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()
    ended_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    record_no = models.CharField(_("number of the record"), max_length=40, blank=True)
    present = models.TextField(_("who was present"), blank=True)
    findings = models.TextField(_("what the record says"), blank=True)
    stop_reason = models.CharField(max_length=300, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("public posting")
        verbose_name_plural = _("public postings")
        constraints = [
            models.UniqueConstraint(
                "commune_list",
                name="one_posting_at_a_time",
                condition=Q(state="running"),
                violation_error_message=_("This list is being posted already."),
            ),
            models.CheckConstraint(
                name="posting_hangs_somewhere",
                condition=Q(places__len__gt=0),
                violation_error_message=_("Write where the list is posted."),
            ),
            models.CheckConstraint(
                # Working days are never fewer than days, so this holds whatever the holidays are.
                name="posting_lasts_its_days",
                condition=Q(ends_on__gte=ExpressionWrapper(F("starts_on") + F("working_days"), models.DateField())),
                violation_error_message=_("The posting ends before its working days are over."),
            ),
            models.CheckConstraint(
                name="posting_ends_with_somebody_behind_it",
                condition=Q(state="running", ended_by=None, ended_at=None)
                | (~Q(state="running") & Q(ended_by__isnull=False, ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="posting_is_closed_by_a_record",
                condition=~Q(state="closed") | ~Q(record_no=""),
                violation_error_message=_("Write the number of the record that closes the posting."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_list}: {self.starts_on:%d/%m/%Y}–{self.ends_on:%d/%m/%Y}"

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED
