"""Stock and IMEI: every device, where it lies and what became of it."""

from __future__ import annotations

import datetime
from collections import Counter
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.models import Device
from reports.by_unit import inside
from reports.definition import ReportDefinition, field, said
from reports.sources import Answer, Line, Question

State = Device.State
COLUMNS = (
    "area_id", "area__name", "imei", "imei2", "lot__model__name", "lot__code", "lot__received_on", "state", "moved_at",
)  # fmt: skip


class Box(NamedTuple):
    """One device; its state as three figures that add up, the same for the line of a unit and for the total."""

    imei: str
    imei2: str
    model: str
    lot: str
    received_on: datetime.date | None
    moved_on: datetime.date | None
    in_stock: int | None
    handed_over: int | None
    faulty: int | None


def _figures(states: Counter[str]) -> Box:
    return Box("", "", "", "", None, None, states[State.IN_STOCK], states[State.HANDED_OVER], states[State.FAULTY])


def _box(row: tuple[Any, ...]) -> Box:
    imei, imei2, model, lot, received_on, state, moved_at = row[2:]
    flags = [1 if state == wanted else None for wanted in (State.IN_STOCK, State.HANDED_OVER, State.FAULTY)]
    return Box(imei, imei2, model, lot, received_on, timezone.localdate(moved_at), *flags)


def devices(question: Question) -> Answer:
    """Every device in the area by the unit that holds it, lot and IMEI."""
    held = Device.objects.filter(area__number__range=inside(question))
    rows = held.order_by("area_id", "lot__code", "imei").values_list(*COLUMNS)
    lines: list[Line] = []
    number = 0
    for (_unit, name), found in groupby(rows, key=lambda row: row[:2]):
        boxes = list(found)
        states = Counter(row[7] for row in boxes)
        lines.append(Line("", f"{name}: {len(boxes)} máy", _figures(states), level=0, bold=True))
        for row in boxes:
            number += 1
            lines.append(Line(str(number), name, _box(row)))
    counted = Counter(dict(held.order_by().values_list("state").annotate(n=Count("pk"))))
    return Answer(lines, Line("", "", _figures(counted)), count=counted.total())


REPORT = ReportDefinition(
    key="stock",
    title=_("Stock and IMEI"),
    about=_("Every device with its lot, its place and whether it was handed over."),
    paper_title="Báo cáo kho và danh sách IMEI",
    source=devices,
    needs_round=False,
    fields=(
        field("number", "STT", "ordinal", 12, lambda line: line.number),
        field("unit", "Đơn vị giữ", "text", 44, lambda line: line.name),
        said("imei", "IMEI", "code", 32),
        said("imei2", "IMEI 2", "code", 32),
        said("model", "Thiết bị", "text", 30),
        said("lot", "Lô", "code", 20),
        said("received_on", "Ngày nhập", "date", 20),
        said("moved_on", "Ngày chuyển gần nhất", "date", 20),
        field("in_stock", "Trong kho", "integer", 14, lambda line: line.record.in_stock, total=True),
        field("handed_over", "Đã giao", "integer", 14, lambda line: line.record.handed_over, total=True),
        field("faulty", "Hỏng", "integer", 14, lambda line: line.record.faulty, total=True),
    ),
    totals_label="Tổng cộng: {count} máy",
    unit="máy",
    text_size=10,
    position=4,
)
