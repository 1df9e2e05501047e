"""Rules as data: versions of conditions and of the order of priority. A published version never changes."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Officer
from allocations.models.rounds import Round
from beneficiaries.models import Attribute, Category


class Tie(models.TextChoices):
    """What decides between households of the same group."""

    POORER_CATEGORY = "category", _("poor before near-poor, then social-policy, then other policy households")
    DEPRIVATION = "deprivation", _("higher deprivation score")
    NO_PHONE = "phone", _("without a smartphone first")
    PUPIL = "pupil", _("with a school pupil first")
    MORE_MEMBERS = "members", _("more members")
    OLDER_HEAD = "age", _("older head of household")
    REGISTERED = "registered", _("earlier registration")


def usual_ties() -> list[str]:
    """The procedure's order (the number of the household decides last)."""
    return [Tie.POORER_CATEGORY, Tie.DEPRIVATION, Tie.MORE_MEMBERS, Tie.OLDER_HEAD, Tie.REGISTERED]


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    def in_force(self) -> Self:
        """The published version first; before there is one, the draft."""
        published_first = models.Case(models.When(state="published", then=0), default=1)
        return self.exclude(state=RuleVersion.State.SUPERSEDED).order_by(published_first, "-number")


class RuleVersion(models.Model):
    """Conditions and order of one round. Drafted, shown with its effect, published; later replaced by the next one."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("In force")
        SUPERSEDED = "superseded", _("Replaced")

    round = models.ForeignKey(Round, models.CASCADE, related_name="rule_versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    reason = models.CharField(_("why it was changed"), max_length=300, blank=True)
    ties = ArrayField(models.CharField(max_length=12, choices=Tie.choices), default=usual_ties)
    needs_two = models.BooleanField(default=False)
    drafted_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    effect = models.JSONField(default=dict)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the rules")
        verbose_name_plural = _("versions of the rules")
        ordering = ["round", "-number"]
        constraints = [
            models.UniqueConstraint("round", "number", name="rule_version_is_numbered_once"),
            models.UniqueConstraint(
                "round", name="one_version_is_drafted", condition=Q(state="draft"),
                violation_error_message=_("A draft of the next version already exists."),
            ),
            models.UniqueConstraint("round", name="one_version_is_in_force", condition=Q(state="published")),
            models.CheckConstraint(
                name="rules_are_published_by_a_second_officer",
                condition=Q(needs_two=False) | Q(published_by=None) | ~Q(published_by=F("drafted_by")),
                violation_error_message=_("Who drafted the rules may not publish them."),
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Trigger(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__in=["published", "superseded"]),
                func="""
                    IF TG_OP = 'DELETE' OR NOT (OLD.state = 'published' AND NEW.state = 'superseded')
                       OR to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' THEN
                        RAISE EXCEPTION 'version % is published', OLD.number
                        USING ERRCODE = '23514', CONSTRAINT = 'published_rules_stay';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.round} – {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


def rows_of_a_draft() -> pgtrigger.Trigger:
    """Rows of a version may be written while it is a draft, never later."""
    return pgtrigger.Trigger(
        name="written_in_a_draft",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        declare=[("broken", "int")],
        func="""
            SELECT number INTO broken FROM allocations_ruleversion
             WHERE state <> 'draft' AND id IN (
                 CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.version_id END,
                 CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.version_id END) LIMIT 1;
            IF broken IS NOT NULL THEN
                RAISE EXCEPTION 'version % is published', broken
                USING ERRCODE = '23514', CONSTRAINT = 'published_rules_stay';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class Row(models.Model):
    """What every row of a version has: its place, the article it rests on and the days on which it holds."""

    position = models.PositiveSmallIntegerField(_("group"))
    legal_basis = models.CharField(_("legal basis"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        abstract = True


class ConditionKind(models.TextChoices):
    """The sentences that staff can choose. Each is one question to the facts of a household."""

    CATEGORY = "category", _("The category is one of")
    RECOGNISED = "recognised", _("Recognised for the year, or a later one")
    NO_PRIOR_DEVICE = "no_prior_device", _("Has not received a device from another programme")
    PHONE = "phone", _("The phone in use is one of")
    ANY_OF = "any_of", _("At least one of these is true of the household")
    NONE_OF = "none_of", _("None of these is true of the household")
    AREA_CLASS = "area_class", _("The commune is one of")
    CERTIFICATE = "certificate", _("Has a certificate number")
    MEMBERS = "members", _("Has at least this many members")


class Condition(Row):
    """One condition; a household is eligible when all conditions of the version hold. `values` as its kind asks."""

    version = models.ForeignKey(RuleVersion, models.CASCADE, related_name="conditions")
    kind = models.CharField(_("condition"), max_length=20, choices=ConditionKind.choices)
    values = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint("version", "position", name="condition_has_its_place")]
        triggers = [rows_of_a_draft()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.values}"


class PriorityRule(Row):
    """One line of the order of priority: the first rule that fits a household gives its group.

    A rule fits when the category is one of `categories` and, unless they are empty, any of `attributes` holds and the
    commune is of one of `area_classes`.
    """

    version = models.ForeignKey(RuleVersion, models.CASCADE, related_name="priorities")
    label = models.CharField(_("in words"), max_length=200)
    categories = ArrayField(models.CharField(max_length=5, choices=Category.choices), verbose_name=_("categories"))
    attributes = ArrayField(
        models.CharField(max_length=10, choices=Attribute.choices), verbose_name=_("any of"), default=list, blank=True
    )
    area_classes = ArrayField(
        models.CharField(max_length=10), verbose_name=_("in communes of"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("priority rule")
        verbose_name_plural = _("priority rules")
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint("version", "position", name="priority_group_is_defined_once")]
        triggers = [rows_of_a_draft()]

    def __str__(self) -> str:
        return f"{self.position}. {self.label}"
