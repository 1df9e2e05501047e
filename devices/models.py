"""Devices: models, lots and every single device with the unit that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area

if TYPE_CHECKING:
    from administration.models import Officer


class DeviceKind(models.TextChoices):
    PHONE = "phone", _("Smartphone")
    TABLET = "tablet", _("Tablet")


class Network(models.TextChoices):
    G2 = "2G", "2G"
    G3 = "3G", "3G"
    G4 = "4G", "4G"
    G5 = "5G", "5G"


class Specification(models.Model):
    """What a device can do; as a demand: at least that. None: not known, or not demanded."""

    ram_gb = models.PositiveSmallIntegerField(_("memory (GB)"), null=True, blank=True)
    storage_gb = models.PositiveSmallIntegerField(_("storage (GB)"), null=True, blank=True)
    screen_inches = models.DecimalField(_("screen (inches)"), max_digits=3, decimal_places=1, null=True, blank=True)
    battery_mah = models.PositiveIntegerField(_("battery (mAh)"), null=True, blank=True)
    volte = models.BooleanField(_("calls over 4G (VoLTE)"), default=True)

    class Meta:
        abstract = True


class DeviceModel(Specification):
    """A device of the catalogue. One without 4G or 5G may not be given (TT 43/2020/TT-BTTTT)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=DeviceKind.choices)
    networks = ArrayField(models.CharField(max_length=2, choices=Network.choices), verbose_name=_("networks"))
    price = models.PositiveIntegerField(_("value (đồng)"), null=True, blank=True)
    warranty_months = models.PositiveSmallIntegerField(_("warranty (months)"), default=12)

    class Meta:
        verbose_name = _("device model")
        verbose_name_plural = _("device models")
        constraints = [
            models.CheckConstraint(
                name="device_model_works_without_2g",
                condition=Q(networks__overlap=["4G", "5G"]),
                violation_error_message=_("The device supports neither 4G nor 5G and may not be given."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def short_of(self, demand: Specification) -> list[str]:
        """What the model lacks of a demand. What is not known about it is not held against it; tablets do not call."""
        measured = ("ram_gb", "storage_gb", "screen_inches", "battery_mah")
        lacking = [name for name in measured if _is_less(getattr(self, name), getattr(demand, name))]
        if demand.volte and not self.volte and self.kind == DeviceKind.PHONE:
            lacking.append("volte")
        words = {field.name: str(field.verbose_name) for field in DeviceModel._meta.fields}
        return [words[name] for name in lacking]


def _is_less(has: Any, needs: Any) -> bool:
    return has is not None and needs is not None and has < needs


class Lot(models.Model):
    """One delivery of one model to the province."""

    province = models.ForeignKey(Area, models.PROTECT, db_column="province_no", related_name="+")
    code = models.CharField(_("lot"), max_length=20, unique=True)
    model = models.ForeignKey(DeviceModel, models.PROTECT, related_name="lots")
    supplier = models.CharField(_("supplier"), max_length=80)
    quantity = models.PositiveIntegerField(_("quantity on the delivery note"))
    received_on = models.DateField(_("received on"))

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")

    def __str__(self) -> str:
        return self.code


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def in_stock(self) -> Self:
        return self.filter(state=Device.State.IN_STOCK)

    def held_by(self, area: Area) -> Self:
        """Exactly this unit's stock, not that of units below it."""
        return self.filter(area=area)


class Device(models.Model):
    """One device. `area` is the unit that holds it: the province, then a commune, where it is handed over."""

    class State(models.TextChoices):
        IN_STOCK = "in_stock", _("In stock")
        HANDED_OVER = "handed_over", _("Handed over")
        FAULTY = "faulty", _("Faulty")

    imei = models.CharField("IMEI", max_length=15)
    imei2 = models.CharField("IMEI 2", max_length=15, blank=True)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="devices")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.IN_STOCK)
    moved_at = models.DateTimeField(db_default=Now())

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        indexes = [models.Index("area", "state", name="device_of_area")]
        constraints = [
            models.UniqueConstraint(
                "imei", name="imei_is_known_once", violation_error_message=_("This IMEI is already in the books.")
            ),
            models.CheckConstraint(
                name="imei_has_15_digits_and_a_right_check_digit",
                condition=Q(models.Func(F("imei"), function="is_imei", output_field=models.BooleanField())),
                violation_error_message=_(
                    "An IMEI has 15 digits and a right check digit. Scan the code on the box again."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.imei
