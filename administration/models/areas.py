"""The tree of administrative units: where everything happens, before and after every reform."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from administration.models.officers import Officer


class Level(models.TextChoices):
    COUNTRY = "country", _("Country")
    PROVINCE = "province", _("Province")
    DISTRICT = "district", _("District")
    COMMUNE = "commune", _("Commune")


class Kind(models.TextChoices):
    """Official kinds of units (Luật Tổ chức chính quyền địa phương), old and new."""

    COUNTRY = "country", _("Country")
    PROVINCE = "province", _("Province (tỉnh)")
    MUNICIPALITY = "municipality", _("Municipality (thành phố trực thuộc trung ương)")
    CITY = "city", _("City (thành phố)")
    TOWN = "town", _("Town (thị xã)")
    URBAN_DISTRICT = "urban_district", _("Urban district (quận)")
    RURAL_DISTRICT = "rural_district", _("Rural district (huyện)")
    WARD = "ward", _("Ward (phường)")
    TOWNSHIP = "township", _("Township (thị trấn)")
    COMMUNE = "commune", _("Commune (xã)")
    SPECIAL_ZONE = "special_zone", _("Special zone (đặc khu)")


class AreaKind(models.TextChoices):
    """Area classes that rules may ask for (QĐ 861/QĐ-TTg, QĐ 353/QĐ-TTg; islands by geography)."""

    REGION_3 = "KV3", _("Commune of region III")
    REGION_2 = "KV2", _("Commune of region II")
    REGION_1 = "KV1", _("Commune of region I")
    POOR_COAST = "BNVB", _("Very difficult coastal or island commune")
    ISLAND = "DAO", _("Island commune")
    OTHER = "KHAC", _("Other commune")
    UNKNOWN = "unknown", _("Not known yet")


class AreaQuerySet(models.QuerySet["Area"]):
    def inside(self, area: Area) -> Self:
        """The area itself and everything below it."""
        return self.filter(number__range=(area.number, area.last))

    def visible_to(self, officer: Officer) -> Self:
        """An officer without an area sees nothing."""
        return self.inside(officer.area) if officer.area else self.none()

    def valid_on(self, day: datetime.date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def communes(self) -> Self:
        return self.filter(level=Level.COMMUNE)

    def districts(self) -> Self:
        return self.filter(level=Level.DISTRICT)

    def in_tree_order(self) -> Self:
        return self.order_by("number")


class Area(models.Model):
    """One unit during one validity. `number` orders the tree, so a subtree is the interval [number, last].

    A GSO code is used again for another unit after a merger (22918): a unit is (code, valid_from).
    """

    number = models.IntegerField(primary_key=True)
    last = models.IntegerField()
    code = models.CharField(_("GSO code"), max_length=5)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until (not included)"), null=True, blank=True)
    area_class = models.CharField(_("area class"), max_length=20, default="unknown")

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("administrative unit")
        verbose_name_plural = _("administrative units")
        constraints = [
            models.UniqueConstraint("code", "level", "valid_from", name="unit_is_known_by_code_and_date"),
            models.CheckConstraint(name="unit_interval_holds_the_unit", condition=Q(last__gte=F("number"))),
            models.CheckConstraint(
                name="unit_validity_is_a_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def contains(self, number: int) -> bool:
        return self.number <= number <= self.last

    @property
    def class_in_words(self) -> str:
        """The area class, as its decision calls it."""
        return str(dict(AreaKind.choices).get(self.area_class, AreaKind.UNKNOWN.label))

    @property
    def is_commune(self) -> bool:
        return self.level == Level.COMMUNE


class AreaClass(models.Model):
    """Which class a commune is of, from when to when, by which decision. The newest is the commune's `area_class`."""

    commune = models.ForeignKey(Area, models.CASCADE, db_column="commune_no", related_name="classes")
    kind = models.CharField(_("area class"), max_length=10, choices=AreaKind.choices)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    decision_no = models.CharField(_("decision"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("area class")
        verbose_name_plural = _("area classes")
        ordering = ["commune", "-valid_from"]
        constraints = [
            models.UniqueConstraint("commune", "valid_from", name="area_class_begins_once"),
            models.CheckConstraint(
                name="area_class_validity_is_a_period",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("A period ends on or after the day on which it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune}: {self.get_kind_display()}"


class AreaSuccessor(models.Model):
    """Where an old unit went. A split unit has several successors; `is_default` is where most people went."""

    class Extent(models.TextChoices):
        FULL = "full", _("the whole unit")
        PART = "part", _("a part of the unit")

    old = models.ForeignKey(Area, models.CASCADE, related_name="successors")
    new = models.ForeignKey(Area, models.CASCADE, related_name="predecessors")
    extent = models.CharField(max_length=4, choices=Extent.choices)
    is_default = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint("old", "new", name="successor_is_named_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
