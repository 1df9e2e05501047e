"""Where a household's record went and came from: merged, moved to another commune, split. No row is ever lost."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer
from beneficiaries.models.households import Household


class HouseholdLinkQuerySet(models.QuerySet["HouseholdLink"]):
    def visible_to(self, officer: Officer) -> Self:
        """What has at least one side in the officer's area."""
        if officer.area is None:
            return self.none()
        scope = (officer.area.number, officer.area.last)
        return self.filter(Q(area__number__range=scope) | Q(other_area__number__range=scope))

    def in_force(self) -> Self:
        return self.filter(undone_at=None)


class HouseholdLink(models.Model):
    """One record that became (part of) another. `people` holds ids only.

    merged, moved: `source` is closed and continues in `target`. split: `target` was made of members of `source`.
    `people`: [[id of the person, id of the copy or None]] of those who went along; `same`: [[person of the source,
    person of the target, columns given]] of those who are one person. Fenced by both sides.
    """

    class Kind(models.TextChoices):
        MERGED = "merged", _("Merged")
        MOVED = "moved", _("Moved to another commune")
        SPLIT = "split", _("Split")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.ForeignKey(Household, models.PROTECT, related_name="links_onward")
    target = models.ForeignKey(Household, models.PROTECT, related_name="links_back")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    other_area = models.ForeignKey(Area, models.PROTECT, db_column="other_area_no", related_name="+")
    people = models.JSONField(default=list)
    same = models.JSONField(default=list)
    source_version = models.PositiveIntegerField()  # of both records right after the change: undo needs them untouched
    target_version = models.PositiveIntegerField()
    both_received = models.BooleanField(default=False)  # an irregularity for the province to look at
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = HouseholdLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between households")
        verbose_name_plural = _("links between households")
        indexes = [models.Index("area", name="link_of_area"), models.Index("other_area", name="link_of_other_area")]
        constraints = [
            models.CheckConstraint(name="link_has_two_sides", condition=~Q(source=F("target"))),
            models.UniqueConstraint(
                "source",
                name="record_continues_in_one_place",
                condition=Q(undone_at=None, kind__in=["merged", "moved"]),
                violation_error_message=_("This household has already been merged or moved."),
            ),
            models.CheckConstraint(
                name="undone_link_says_by_whom",
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id} ({self.kind})"


class MoveRequestQuerySet(models.QuerySet["MoveRequest"]):
    def visible_to(self, officer: Officer) -> Self:
        """Requests that one's area sends or gets."""
        if officer.area is None:
            return self.none()
        scope = (officer.area.number, officer.area.last)
        return self.filter(Q(area__number__range=scope) | Q(other_area__number__range=scope))

    def open(self) -> Self:
        return self.filter(state=MoveRequest.State.ASKED)

    def to_answer(self, officer: Officer) -> Self:
        """Open requests that wait for the officer's own commune."""
        if officer.area is None:
            return self.none()
        number = officer.area.number
        return self.open().filter(
            Q(area__number=number, asked_by_destination=True) | Q(other_area__number=number, asked_by_destination=False)
        )


class MoveRequest(models.Model):
    """One commune asks another to let a household go, or to take it over. Both must agree.

    `area` is where the household is, `other_area` where it goes. With `into` the destination has a record of the same
    household already, and the two become one.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", _("Taken back")

    household = models.ForeignKey(Household, models.PROTECT, related_name="move_requests")
    into = models.ForeignKey(Household, models.PROTECT, null=True, related_name="requests_into")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    other_area = models.ForeignKey(Area, models.PROTECT, db_column="other_area_no", related_name="+")
    asked_by_destination = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=300)
    # What the other side may know before it agrees; the record itself lies behind its fence.
    household_code = models.CharField(max_length=12)
    head_name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    link = models.ForeignKey(HouseholdLink, models.PROTECT, null=True, related_name="+")

    objects = MoveRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("move request")
        verbose_name_plural = _("move requests")
        indexes = [
            models.Index("area", "state", name="move_from_area"),
            models.Index("other_area", "state", name="move_to_area"),
        ]
        constraints = [
            models.UniqueConstraint(
                "household",
                name="household_is_asked_for_once",
                condition=Q(state="asked"),
                violation_error_message=_("Somebody has already asked to move this household."),
            ),
            models.CheckConstraint(
                name="move_changes_the_commune",
                condition=~Q(area=F("other_area")),
                violation_error_message=_("This household belongs to this commune already."),
            ),
            models.CheckConstraint(
                name="answered_request_says_by_whom",
                condition=Q(state="asked", answered_by=None) | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_code} → {self.other_area_id}"

    @property
    def answered_from(self) -> int:
        """The number of the commune that has to agree."""
        return self.area_id if self.asked_by_destination else self.other_area_id
