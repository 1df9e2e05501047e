"""How many households each unit may approve, support by support, and every change of it with its reason."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer
from allocations.models.rounds import FundingSource, Round, SupportForm


class QuotaQuerySet(models.QuerySet["Quota"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))


class Quota(models.Model):
    """How many households a unit may approve for one support of a round. The database keeps `used` (migrations).

    `source` and `form` name the support; left empty, the database takes the round's first.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="quotas")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="+", verbose_name=_("funding source"))
    form = models.CharField(_("form of support"), max_length=5, choices=SupportForm.choices)
    allowed = models.PositiveIntegerField(_("quota"))
    used = models.PositiveIntegerField(_("approved"), default=0, editable=False)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint("round", "source", "form", "area", name="quota_is_set_once_per_unit"),
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
                declare=[
                    ("flat", "bool"),
                    ("parent_no", "int"),
                    ("ceiling", "int"),
                    ("given", "bigint"),
                    ("lo", "text"),
                    ("hi", "text"),
                ],
                func="""
                    -- The superior unit's row may lie outside the scope of whoever writes; the ceiling holds anyway.
                    lo := coalesce(current_setting('app.lo', true), '');
                    hi := coalesce(current_setting('app.hi', true), '');
                    PERFORM set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);
                    -- In a programme of two tiers no district has a quota: the province shares out among its communes.
                    SELECT p.profile = 'HAI_CAP' INTO flat FROM allocations_round r
                      JOIN allocations_programme p ON p.id = r.programme_id WHERE r.id = NEW.round_id;
                    SELECT CASE WHEN NOT flat THEN a.parent_id WHEN a.level = 'district' THEN NULL
                                WHEN above.level = 'district' THEN above.parent_id ELSE a.parent_id END
                      INTO parent_no FROM administration_area a
                      LEFT JOIN administration_area above ON above.number = a.parent_id WHERE a.number = NEW.area_no;
                    SELECT allowed INTO ceiling FROM allocations_quota
                     WHERE round_id = NEW.round_id AND source_id = NEW.source_id AND form = NEW.form
                       AND area_no = parent_no FOR UPDATE;
                    SELECT sum(q.allowed) INTO given FROM allocations_quota q
                      JOIN administration_area a ON a.number = q.area_no AND NOT (flat AND a.level = 'district')
                      LEFT JOIN administration_area above ON above.number = a.parent_id
                     WHERE parent_no = CASE WHEN flat AND above.level = 'district' THEN above.parent_id
                                            ELSE a.parent_id END
                       AND q.round_id = NEW.round_id AND q.source_id = NEW.source_id AND q.form = NEW.form;
                    IF given > ceiling THEN
                        RAISE EXCEPTION 'quota of % exceeds its parent', NEW.area_no
                        USING ERRCODE = '23514', CONSTRAINT = 'quota_stays_within_the_parent';
                    END IF;
                    SELECT sum(q.allowed) INTO given FROM allocations_quota q
                      JOIN administration_area a ON a.number = q.area_no AND NOT (flat AND a.level = 'district')
                      LEFT JOIN administration_area above ON above.number = a.parent_id
                     WHERE NEW.area_no = CASE WHEN flat AND above.level = 'district' THEN above.parent_id
                                              ELSE a.parent_id END
                       AND q.round_id = NEW.round_id AND q.source_id = NEW.source_id AND q.form = NEW.form;
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


class QuotaChangeQuerySet(models.QuerySet["QuotaChange"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def newest_first(self) -> Self:
        return self.order_by("-event", "area", "pk")


class QuotaChange(models.Model):
    """One number that was changed: what stood there (None: nothing), what stands there now, who, when and why.

    `event`: the audit event of the save that it belongs to; `undoes`: the event whose changes it takes back.
    """

    event = models.BigIntegerField()
    undoes = models.BigIntegerField(null=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="quota_changes")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="+", verbose_name=_("funding source"))
    form = models.CharField(_("form of support"), max_length=5, choices=SupportForm.choices)
    before = models.PositiveIntegerField(_("before"), null=True)
    after = models.PositiveIntegerField(_("after"), null=True)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects = QuotaChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of quota")
        verbose_name_plural = _("changes of quota")
        indexes = [models.Index("round", "event", name="quota_change_of_round")]
        constraints = [
            models.CheckConstraint(
                name="quota_change_has_a_reason",
                condition=~Q(reason__regex=r"^\s*$"),
                violation_error_message=_("Write the reason or the decision number for the change."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.before} → {self.after}"
