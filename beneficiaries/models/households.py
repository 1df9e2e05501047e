"""Households and their persons. The head is a person; what a list shows of the head is read from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer
from beneficiaries.models.categories import Attribute, BirthPrecision, Category, EthnicGroup, Gender, PhoneKind
from beneficiaries.sealing import unseal

if TYPE_CHECKING:
    from beneficiaries.models.imports import StagedHousehold

VIETNAMESE = "vi-x-icu"  # letters and tones in dictionary order


class Fold(models.Func):
    """Tone-less search key; the SQL function fold_vi equals beneficiaries.names.fold."""

    function = "fold_vi"
    output_field = models.TextField()


class LikenessKeys(models.Func):
    """Keys by which persons who may be one are found (migration 0007): name and year, birth, place and year."""

    function = "likeness_keys"
    output_field = ArrayField(models.BigIntegerField())


def _name_part(sql: str) -> models.Func:
    return models.Func(F("full_name"), template=sql, output_field=models.TextField())


class HouseholdQuerySet(models.QuerySet["Household"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def listed(self) -> Self:
        """Still in the register."""
        return self.filter(delisted_on=None)


@pghistory.track(
    pghistory.UpdateEvent("changed", row=pghistory.Old),
    pghistory.DeleteEvent("removed"),
    model_name="HouseholdVersion",
    exclude=["source"],
)
class Household(models.Model):
    """A household of one commune. `code` is permanent and public; it never holds personal data."""

    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", verbose_name=_("commune"), related_name="+")
    code = models.CharField(_("household code"), max_length=12, unique=True)
    hamlet = models.CharField(_("hamlet"), max_length=100, db_collation=VIETNAMESE)
    address = models.CharField(_("address"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=5, choices=Category.choices)
    attributes = ArrayField(
        models.CharField(max_length=10, choices=Attribute.choices), verbose_name=_("also"), default=list, blank=True
    )
    recognised_year = models.PositiveSmallIntegerField(_("year of recognition"), null=True, blank=True)
    certificate_no = models.CharField(_("certificate number"), max_length=60, blank=True)
    original_code = models.CharField(_("code in the commune's list"), max_length=30, blank=True)
    member_count = models.PositiveSmallIntegerField(_("members"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=15, blank=True)
    phone_kind = models.CharField(
        _("phone in use"), max_length=10, choices=PhoneKind.choices, default=PhoneKind.UNKNOWN
    )
    prior_device = models.CharField(_("device from another programme"), max_length=120, blank=True)
    prior_device_year = models.PositiveSmallIntegerField(_("in the year"), null=True, blank=True)
    income_score = models.PositiveSmallIntegerField(_("income score (B1)"), null=True, blank=True)
    deprivation_score = models.PositiveSmallIntegerField(_("deprivation score (B2)"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    source: models.ForeignKey[StagedHousehold | None, StagedHousehold | None] = models.ForeignKey(
        "beneficiaries.StagedHousehold", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    delisted_on = models.DateField(null=True, blank=True, editable=False)
    delisting_reason = models.CharField(max_length=200, blank=True, editable=False)
    continues_in = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="earlier_records", editable=False, db_index=False
    )

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        indexes = [
            models.Index("area", "category", name="household_of_area"),
            models.Index(fields=["area", "-updated_at"], name="household_of_area_lately"),
            models.Index(fields=["-updated_at", "-id"], name="household_lately"),
            models.Index(
                fields=["phone"], name="household_by_phone", opclasses=["varchar_pattern_ops"], condition=~Q(phone="")
            ),
            models.Index("continues_in", name="household_continued", condition=Q(continues_in__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint("id", "area", name="household_is_in_one_area"),  # target of the members' key
            models.CheckConstraint(
                name="household_has_a_known_category",
                condition=Q(category__in=Category.values),
                violation_error_message=_("Choose one of the categories."),
            ),
            models.CheckConstraint(
                name="household_has_members",
                condition=Q(member_count=None) | Q(member_count__gte=1),
                violation_error_message=_("A household has at least one member."),
            ),
            models.CheckConstraint(
                name="only_a_closed_record_continues_elsewhere",
                condition=Q(continues_in=None) | (Q(delisted_on__isnull=False) & ~Q(continues_in=F("id"))),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def heads(self) -> Self:
        return self.filter(is_head=True)

    def by_name(self) -> Self:
        """Given name, then middle, then family: the order in which Vietnamese people look for a name."""
        return self.order_by("given_name", "middle_name", "family_name", "pk")


@pghistory.track(
    pghistory.UpdateEvent("changed", row=pghistory.Old),
    pghistory.DeleteEvent("removed"),
    model_name="PersonVersion",
    exclude=["given_name", "middle_name", "family_name", "search_key", "likeness_keys"],
)
class Person(models.Model):
    """A member of a household, the head included. Identity numbers are stored sealed (beneficiaries.sealing)."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+", editable=False)
    is_head = models.BooleanField(default=False, editable=False)
    is_live = models.BooleanField(default=True, editable=False)
    full_name = models.CharField(_("full name"), max_length=80, db_collation=VIETNAMESE)
    gender = models.CharField(_("gender"), max_length=1, choices=Gender.choices)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"))
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    birth_precision = models.CharField(max_length=5, choices=BirthPrecision.choices, default=BirthPrecision.YEAR)
    ethnic_group = models.ForeignKey(EthnicGroup, models.PROTECT, null=True, blank=True, verbose_name=_("ethnic group"))
    relation = models.CharField(_("relation to the head"), max_length=40, blank=True)
    attends_school = models.BooleanField(_("attends school"), default=False)
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", editable=False, db_index=False)
    cccd_hash = models.BinaryField(max_length=32, null=True, editable=False)
    cccd_sealed = models.BinaryField(null=True, editable=False)
    cmnd_hash = models.BinaryField(max_length=32, null=True, editable=False)
    cmnd_sealed = models.BinaryField(null=True, editable=False)
    given_name = models.GeneratedField(
        expression=_name_part("split_part(%(expressions)s, ' ', -1)"),
        output_field=models.CharField(max_length=80, db_collation=VIETNAMESE),
        db_persist=True,
    )
    middle_name = models.GeneratedField(
        expression=_name_part("coalesce(substring(%(expressions)s from '^\\S+ (.*) \\S+$'), '')"),
        output_field=models.CharField(max_length=80, db_collation=VIETNAMESE),
        db_persist=True,
    )
    family_name = models.GeneratedField(
        expression=_name_part("split_part(%(expressions)s, ' ', 1)"),
        output_field=models.CharField(max_length=80, db_collation=VIETNAMESE),
        db_persist=True,
    )
    search_key = models.GeneratedField(expression=Fold("full_name"), output_field=models.TextField(), db_persist=True)
    likeness_keys = models.GeneratedField(
        expression=LikenessKeys("full_name", "birth_year", "birth_date", "birth_precision", "area"),
        output_field=ArrayField(models.BigIntegerField()),
        db_persist=True,
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes = [
            models.Index("household", name="person_of_household"),
            models.Index(
                "area",
                "given_name",
                "middle_name",
                "family_name",
                "id",
                name="head_by_name_in_area",
                condition=Q(is_head=True),
            ),
            models.Index(
                "given_name", "middle_name", "family_name", "id", name="head_by_name", condition=Q(is_head=True)
            ),
            models.Index("search_key", "birth_year", name="person_by_key_and_year"),
            models.Index(
                fields=["area", "search_key"],
                include=["household", "is_live"],
                name="head_by_key_in_area",
                condition=Q(is_head=True),
            ),
            models.Index(
                fields=["area"],
                include=["household"],
                name="head_without_number",
                condition=Q(is_head=True, cccd_hash=None),
            ),
            models.Index("same_as", name="person_same_as", condition=Q(same_as__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint("household", name="household_has_one_head", condition=Q(is_head=True)),
            models.UniqueConstraint(
                "cccd_hash",
                name="cccd_is_unique_among_the_living",
                condition=Q(is_live=True),
                violation_error_message=_("This identity number already belongs to somebody in the register."),
            ),
            models.UniqueConstraint(
                "cmnd_hash",
                name="cmnd_is_unique_among_the_living",
                condition=Q(is_live=True),
                violation_error_message=_("This old identity number already belongs to somebody in the register."),
            ),
            models.CheckConstraint(
                name="person_birth_year_is_plausible",
                condition=Q(birth_year__range=(1900, 2100)),
                violation_error_message=_("The year of birth lies between 1900 and this year."),
            ),
            models.CheckConstraint(
                name="person_birth_date_is_of_the_birth_year",
                condition=Q(birth_date=None) | Q(birth_date__year=F("birth_year")),
                violation_error_message=_("Date and year of birth differ."),
            ),
            models.CheckConstraint(name="person_has_a_name", condition=~Q(full_name="")),
            models.CheckConstraint(
                name="person_hash_and_seal_go_together",
                condition=Q(cccd_hash__isnull=True, cccd_sealed__isnull=True)
                | Q(cccd_hash__isnull=False, cccd_sealed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def identity_number(self) -> str:
        """The CCCD in clear (12 digits) or "". Show it only masked; revealing it is an audited action."""
        return unseal(self.cccd_sealed)

    @property
    def old_identity_number(self) -> str:
        """The CMND in clear (9 digits) or ""."""
        return unseal(self.cmnd_sealed)

    @property
    def birth_text(self) -> str:
        """dd/mm/yyyy, mm/yyyy or yyyy, as precisely as it is known."""
        if self.birth_date and self.birth_precision == BirthPrecision.DAY:
            return self.birth_date.strftime("%d/%m/%Y")
        if self.birth_date and self.birth_precision == BirthPrecision.MONTH:
            return self.birth_date.strftime("%m/%Y")
        return str(self.birth_year)


class HouseholdNumber(models.Model):
    """The last serial given out under one GSO code: the row lock that numbers households without gaps or clashes."""

    commune_code = models.CharField(max_length=5, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.commune_code}: {self.last}"
