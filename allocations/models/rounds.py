"""Programme, rounds, the order of priority and the quota: configuration, the same for every unit of the province."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from administration.models import Area
from beneficiaries.models import Attribute, Category
from devices.models import DeviceKind

if TYPE_CHECKING:
    from administration.models import Officer


class FundingSource(models.TextChoices):
    """Who pays decides who is eligible."""

    FUND = "QUY", _("Vietnam public-utility telecommunication service fund")
    PROVINCE = "NST", _("Province budget")
    TELECOM = "DNVT", _("Telecommunication companies")
    DONATION = "XHH", _("Donations")


class Programme(models.Model):
    province = models.ForeignKey(Area, models.PROTECT, db_column="province_no", related_name="+")
    name = models.CharField(_("name"), max_length=200)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    reviewer_label = models.CharField(_("what the reviewing tier is called"), max_length=60)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.name


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> Self:
        return self.filter(state=Round.State.OPEN)

    def of_area(self, area: Area | None) -> Self:
        """Rounds of the province that holds the area."""
        if area is None:
            return self.none()
        return self.filter(programme__province__number__lte=area.number, programme__province__last__gte=area.last)

    def newest_first(self) -> Self:
        return self.order_by("-opens_on", "-pk")


class Round(models.Model):
    """One round (đợt). `categories` are those the funding source covers (who pays decides who is eligible)."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="rounds")
    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(_("funding source"), max_length=5, choices=FundingSource.choices)
    categories = ArrayField(models.CharField(max_length=5, choices=Category.choices), verbose_name=_("covers"))
    device_kind = models.CharField(_("device"), max_length=10, choices=DeviceKind.choices)
    refuses_smartphone_owners = models.BooleanField(_("not for households with a smartphone"), default=False)
    opens_on = models.DateField(_("opens on"))
    submit_by = models.DateField(_("commune lists due"))
    review_by = models.DateField(_("review due"))
    hand_over_by = models.DateField(_("hand-over due"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.CheckConstraint(
                name="round_deadlines_follow_one_another",
                condition=Q(
                    submit_by__gte=F("opens_on"), review_by__gte=F("submit_by"), hand_over_by__gte=F("review_by")
                ),
                violation_error_message=_("Each deadline must follow the one before it."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def days_late(self, today: datetime.date) -> int:
        """Days since lists were due; 0 while there is time."""
        return max(0, (today - self.submit_by).days)


class PriorityRule(models.Model):
    """One line of the order of priority: the first rule that fits a household gives its group.

    A rule fits when the category is one of `categories` and, unless `attributes` is empty, any of them holds.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="priority_rules")
    position = models.PositiveSmallIntegerField(_("group"))
    label = models.CharField(_("in words"), max_length=200)
    categories = ArrayField(models.CharField(max_length=5, choices=Category.choices), verbose_name=_("categories"))
    attributes = ArrayField(
        models.CharField(max_length=10, choices=Attribute.choices), verbose_name=_("any of"), default=list, blank=True
    )
    legal_basis = models.CharField(_("legal basis"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("priority rule")
        verbose_name_plural = _("priority rules")
        ordering = ["round", "position"]
        constraints = [models.UniqueConstraint("round", "position", name="priority_group_is_defined_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.label}"


class QuotaQuerySet(models.QuerySet["Quota"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))


class Quota(models.Model):
    """How many devices a unit may approve in a round. `used` is kept by the database (allocations migrations)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="quotas")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    allowed = models.PositiveIntegerField(_("quota"))
    used = models.PositiveIntegerField(_("approved"), default=0, editable=False)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint("round", "area", name="quota_is_set_once_per_unit"),
            models.CheckConstraint(
                name="quota_is_never_exceeded",
                condition=Q(used__lte=F("allowed")),
                violation_error_message=_("This is more than the quota."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stays_within_the_parent",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("allowed"),
                when=pgtrigger.After,
                declare=[("parent_no", "int"), ("ceiling", "int"), ("given", "bigint"), ("lo", "text"), ("hi", "text")],
                func="""
                    -- The superior unit's row may lie outside the scope of whoever writes; the ceiling holds anyway.
                    lo := coalesce(current_setting('app.lo', true), '');
                    hi := coalesce(current_setting('app.hi', true), '');
                    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
                    SELECT parent_id INTO parent_no FROM administration_area WHERE number = NEW.area_no;
                    SELECT allowed INTO ceiling FROM allocations_quota
                     WHERE round_id = NEW.round_id AND area_no = parent_no FOR UPDATE;
                    SELECT sum(q.allowed) INTO given FROM allocations_quota q
                      JOIN administration_area a ON a.number = q.area_no AND a.parent_id = parent_no
                     WHERE q.round_id = NEW.round_id;
                    IF given > ceiling THEN
                        RAISE EXCEPTION 'quota of % exceeds its parent', NEW.area_no
                        USING ERRCODE = '23514', CONSTRAINT = 'quota_stays_within_the_parent';
                    END IF;
                    SELECT sum(q.allowed) INTO given FROM allocations_quota q
                      JOIN administration_area a ON a.number = q.area_no AND a.parent_id = NEW.area_no
                     WHERE q.round_id = NEW.round_id;
                    IF given > NEW.allowed THEN
                        RAISE EXCEPTION 'quota of % is less than its parts', NEW.area_no
                        USING ERRCODE = '23514', CONSTRAINT = 'quota_covers_the_units_below';
                    END IF;
                    PERFORM set_config('app.lo', lo, true), set_config('app.hi', hi, true);
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.used}/{self.allowed}"

    @property
    def left(self) -> int:
        return self.allowed - self.used
