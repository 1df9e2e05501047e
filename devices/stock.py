"""Where the devices are: the equation of the stock, lot by lot and commune by commune, within an officer's area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from administration.models import Area, Officer
from devices.models import Device, Lot

PAGE_SIZE = 50
IN_STOCK, HANDED, FAULTY = Device.State.IN_STOCK, Device.State.HANDED_OVER, Device.State.FAULTY


@dataclass(frozen=True)
class Stock:
    """Numbers of devices. `received` is what delivery notes promise (province) or what has arrived below it.

    received = in_province + in_communes + handed_over + faulty + difference, and sent = what has left the province.
    """

    received: int
    booked: int
    sent: int
    in_province: int
    in_communes: int
    handed_over: int
    faulty: int

    @property
    def difference(self) -> int:
        return self.received - (self.in_province + self.in_communes + self.handed_over + self.faulty)


@dataclass(frozen=True)
class LotRow:
    """One lot with its own equation."""

    lot: Lot
    stock: Stock


@dataclass(frozen=True)
class UnitRow:
    """What one unit holds or has given of a lot."""

    area: Area
    sent: int
    in_stock: int
    handed_over: int
    faulty: int


def sees_province(officer: Officer) -> bool:
    """Whether the officer's stock is the province's, with its delivery notes, or only what has come down from it."""
    return officer.area is not None and officer.area.level == "province"


def lots_of(officer: Officer, number: Any = 1) -> tuple[Page[Lot], list[LotRow]]:
    """Lots of the province, or those of which something lies in the officer's area, newest first. Three queries."""
    lots = Lot.objects.select_related("model").order_by("-received_on", "-pk")
    if sees_province(officer):
        lots = lots.filter(province=officer.area)
    else:
        lots = lots.filter(pk__in=Device.objects.visible_to(officer).values("lot"))
    page = Paginator(lots, PAGE_SIZE).get_page(number)
    counts = {row["lot"]: row for row in _counted(Device.objects.visible_to(officer).filter(lot__in=list(page)), "lot")}
    return page, [LotRow(lot, _stock(counts.get(lot.pk, {}), officer, lot.quantity)) for lot in page]


def stock_of(officer: Officer) -> Stock:
    """All lots together. Two queries."""
    devices = Device.objects.visible_to(officer)
    counted = devices.aggregate(**_counters())
    promised = 0
    if sees_province(officer):
        promised = Lot.objects.filter(province=officer.area).aggregate(n=Coalesce(Sum("quantity"), 0))["n"]
    return _stock(counted, officer, promised)


def stock_of_lot(officer: Officer, lot: Lot) -> Stock:
    counted = Device.objects.visible_to(officer).filter(lot=lot).aggregate(**_counters())
    return _stock(counted, officer, lot.quantity)


def units_of_lot(officer: Officer, lot: Lot) -> list[UnitRow]:
    """Units that hold or gave devices of the lot, in tree order. Two queries."""
    devices = Device.objects.visible_to(officer).filter(lot=lot)
    counts = {row["area"]: row for row in _counted(devices, "area")}
    areas = Area.objects.filter(pk__in=counts).in_tree_order()
    return [
        UnitRow(
            area, counts[area.pk]["booked"], counts[area.pk]["in_province"] + counts[area.pk]["in_communes"],
            counts[area.pk]["handed_over"], counts[area.pk]["faulty"],
        )
        for area in areas
    ]  # fmt: skip


def devices_of_lot(
    officer: Officer, lot: Lot, *, state: str = "", digits: str = "", number: Any = 1
) -> Page[Device]:  # fmt: skip
    """One page of the lot's devices by IMEI; `digits` stand anywhere in the number."""
    return Paginator(_of_lot(officer, lot, state, digits), PAGE_SIZE).get_page(number)


def _of_lot(officer: Officer, lot: Lot, state: str, digits: str) -> QuerySet[Device]:
    devices = Device.objects.visible_to(officer).filter(lot=lot).select_related("area").order_by("imei")
    if state:
        devices = devices.filter(state=state)
    return devices.filter(imei__contains=digits) if digits else devices


def rows_of_lot(officer: Officer, lot: Lot, *, state: str, digits: str, most: int) -> list[tuple[Any, ...]]:
    """The same devices for a file: IMEI, IMEI 2, who holds it, state, since when."""
    found = _of_lot(officer, lot, state, digits)[:most]
    return [(one.imei, one.imei2, one.area.name, one.get_state_display(), one.moved_at) for one in found]


def find_devices(officer: Officer, digits: str, *, most: int = 50) -> list[Device]:
    """Devices whose IMEI begins or ends with the digits (at least four)."""
    if len(digits) < 4:
        return []
    devices = Device.objects.visible_to(officer).select_related("area", "lot__model")
    return list(devices.filter(Q(imei__startswith=digits) | Q(imei__endswith=digits)).order_by("imei")[:most])


def _counters() -> dict[str, Any]:
    here = Q(area=F("lot__province"))
    return {
        "booked": Count("pk"),
        "sent": Count("pk", filter=~here),
        "in_province": Count("pk", filter=here & Q(state=IN_STOCK)),
        "in_communes": Count("pk", filter=~here & Q(state=IN_STOCK)),
        "handed_over": Count("pk", filter=Q(state=HANDED)),
        "faulty": Count("pk", filter=Q(state=FAULTY)),
    }


def _counted(devices: Any, by: str) -> list[dict[str, Any]]:
    return list(devices.values(by).annotate(**_counters()).order_by(by))


def _stock(counted: dict[str, Any], officer: Officer, promised: int) -> Stock:
    numbers = {name: counted.get(name, 0) for name in _counters()}
    return Stock(received=promised if sees_province(officer) else numbers["booked"], **numbers)
