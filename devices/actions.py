"""Devices on their way: received by the province, sent to a commune, given away there."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Area, AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from devices.demands import fit_of
from devices.models import Device, Lot


@transaction.atomic
def receive_lot(
    *, code: str, model_id: int, supplier: str, quantity: int, imeis: Sequence[str], received_on: datetime.date,
    province: Area, by: Officer, at: datetime.datetime | None = None,
) -> Lot:  # fmt: skip
    """Books a delivery into the province's stock. Fewer IMEIs than the delivery note says is shown as a difference."""
    if len(imeis) > quantity:
        raise NotPossible(_("There are more IMEIs than devices on the delivery note."))
    if len(set(imeis)) != len(imeis):
        raise NotPossible(_("An IMEI appears twice in this list."))
    with refusals_as_sentences():
        lot = Lot.objects.create(
            province=province,
            code=code,
            model_id=model_id,
            supplier=supplier,
            quantity=quantity,
            received_on=received_on,
        )
        Device.objects.bulk_create(
            (Device(imei=imei, lot=lot, area=province, moved_at=at or timezone.now()) for imei in imeis),
            batch_size=2000,
        )
    details: dict[str, Any] = {"lot": code, "quantity": quantity, "count": len(imeis)}
    AuditEvent.record(Verb.LOT_RECEIVED, lot, by=by, area=province, at=at, **details)
    return lot


@transaction.atomic
def dispatch(
    lot_id: int, commune_id: int, *, quantity: int, by: Officer, at: datetime.datetime | None = None
) -> list[Device]:
    """Sends devices of a lot from the province's stock to a commune. Two dispatchers never get the same device."""
    lot = Lot.objects.select_related("province", "model").get(pk=lot_id)
    commune = Area.objects.communes().filter(pk=commune_id).first()
    if commune is None or not lot.province.contains(commune_id):
        raise NotPossible(_("Devices are sent to a commune of the province that received the lot."))
    if quantity < 1:
        raise NotPossible(_("Send at least one device."))
    _refuse_too_weak(lot)
    available = Device.objects.in_stock().held_by(lot.province).filter(lot=lot)
    chosen = list(available.select_for_update(skip_locked=True).order_by("pk")[:quantity])
    if len(chosen) < quantity:
        raise NotPossible(
            _("Only %(left)d devices of lot %(lot)s are left in stock.") % {"left": len(chosen), "lot": lot.code}
        )
    ids = [device.pk for device in chosen]
    with refusals_as_sentences():
        Device.objects.filter(pk__in=ids).update(area_id=commune_id, moved_at=at or timezone.now())
    details: dict[str, Any] = {"lot": lot.code, "count": quantity}
    AuditEvent.record(Verb.DEVICES_DISPATCHED, lot, by=by, area=commune_id, at=at, **details)
    return chosen


def _refuse_too_weak(lot: Lot) -> None:
    """A commune is not sent what it may hand over to nobody."""
    fit = fit_of(lot.model, lot.province)
    if fit.suits_none:
        raise NotPossible(
            _("%(model)s can do less than any open round demands, so nobody may be given it. %(short)s")
            % {"model": lot.model.name, "short": "; ".join(fit.in_words)}
        )


@transaction.atomic
def report_faulty(device_id: int, *, note: str, by: Officer, at: datetime.datetime | None = None) -> Device:
    """Takes a device out of stock; it is not given to anybody."""
    if not note.strip():
        raise NotPossible(_("Write what is wrong with the device."))
    device = Device.objects.select_for_update().get(pk=device_id)
    if device.state != Device.State.IN_STOCK:
        raise NotPossible(_("Only a device in stock can be reported faulty."))
    device.state, device.moved_at = Device.State.FAULTY, at or timezone.now()
    device.save(update_fields=["state", "moved_at"])
    AuditEvent.record(Verb.DEVICE_FAULTY, device, by=by, area=device.area_id, at=at, imei=device.imei, note=note)
    return device


def give_away(imeis: Sequence[str], *, holder: Area, at: datetime.datetime) -> dict[str, Device]:
    """Part of a hand-over: locks the devices in the holder's stock and marks them given. Says which one cannot be."""
    devices = {d.imei: d for d in Device.objects.select_for_update().filter(imei__in=imeis).order_by("pk")}
    if len(set(imeis)) != len(imeis):
        raise NotPossible(_("An IMEI appears twice in this list."))
    for imei in imeis:
        _refuse_unless_in_stock(devices.get(imei), imei, holder)
    Device.objects.filter(imei__in=imeis).update(state=Device.State.HANDED_OVER, moved_at=at)
    return devices


def take_back(device_id: int, *, at: datetime.datetime) -> None:
    """Part of undoing a hand-over: the device is in the commune's stock again."""
    Device.objects.filter(pk=device_id).update(state=Device.State.IN_STOCK, moved_at=at)


def _refuse_unless_in_stock(device: Device | None, imei: str, holder: Area) -> None:
    if device is None or device.area_id != holder.number:
        raise NotPossible(
            _("IMEI %(imei)s is not in the stock of %(unit)s. Check the number on the box, or report a wrong delivery.")
            % {"imei": imei, "unit": holder.name}
        )
    if device.state == Device.State.HANDED_OVER:
        raise NotPossible(_("IMEI %(imei)s has already been given to another household.") % {"imei": imei})
    if device.state != Device.State.IN_STOCK:
        raise NotPossible(_("IMEI %(imei)s was reported faulty and may not be given.") % {"imei": imei})
