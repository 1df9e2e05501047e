"""The reports as data: an entry says what a report is called, who may have it, where its lines come from, its columns.

A new report is one entry of REPORTS. What stands on paper is Vietnamese (see reports.document); what the officer reads
on the screen goes through gettext.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from administration.access import Permission, may
from administration.models import Area, Level, Officer
from allocations.models import Round, Status
from reports.document import Cell, Column, Kind
from reports.figures import NAMED, Figures
from reports.sources import Answer, Line, Question, households_handed_over, progress_by_commune

PERSONAL_FILES_EXPIRE_AFTER = datetime.timedelta(days=7)
EVERY_LEVEL = frozenset({Level.PROVINCE, Level.DISTRICT, Level.COMMUNE})
SEVERAL_COMMUNES = frozenset({Level.PROVINCE, Level.DISTRICT})


@dataclass(frozen=True, slots=True)
class Field:
    """One column and where its value comes from."""

    column: Column
    value: Callable[[Line], Cell]


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """One kind of report."""

    key: str
    title: str | Promise
    about: str | Promise
    paper_title: str
    source: Callable[[Question], Answer]
    fields: tuple[Field, ...]
    levels: frozenset[str] = EVERY_LEVEL
    has_personal_data: bool = False  # asks for a reason, carries the officer's name, expires
    needs_round: bool = True
    permission: Permission = Permission.REPORTS_BUILD
    totals_label: str = "Tổng cộng"
    unit: str = ""
    notes: tuple[str, ...] = ()
    text_size: float = 11

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(field.column for field in self.fields)

    def cells(self, line: Line) -> tuple[Cell, ...]:
        return tuple(field.value(line) for field in self.fields)

    def is_for(self, officer: Officer, area: Area) -> bool:
        """Whether this officer may have it and it says something about this area."""
        return area.level in self.levels and may(officer, self.permission)

    @property
    def keeps_files_for(self) -> datetime.timedelta | None:
        return PERSONAL_FILES_EXPIRE_AFTER if self.has_personal_data else None


def _field(key: str, heading: str, kind: Kind, width_mm: float, value: Callable[[Line], Cell], **more: Any) -> Field:
    return Field(Column(key, heading, kind, width_mm, **more), value)


def _of(read: Callable[[Figures], int]) -> Callable[[Line], Cell]:
    """A figure of the unit that the line stands for."""
    return lambda line: read(line.record.figures)


def _ratio(key: str, heading: str, part: str, whole: str) -> Field:
    """A percentage of two other columns; the document fills it in."""
    return _field(key, heading, "percent", 21, lambda line: None, ratio=(part, whole))


def _by_category(key: str, group: str, read: Callable[[Figures, Iterable[str] | None], int]) -> tuple[Field, ...]:
    """Five columns under one heading: all households, then by category."""

    def column(suffix: str, heading: str, categories: tuple[str, ...] | None, width: float) -> Field:
        return _field(
            f"{key}{suffix}", heading, "integer", width, _of(lambda f: read(f, categories)), group=group, total=True
        )

    def rest(figures: Figures) -> int:
        return read(figures, None) - read(figures, tuple(NAMED))

    return (
        column("", "Tổng số", None, 15),
        column("_poor", "Hộ nghèo", (NAMED[0],), 14),
        column("_near_poor", "Hộ cận nghèo", (NAMED[1],), 14),
        column("_social_policy", "CSXH", (NAMED[2],), 13),
        _field(f"{key}_other", "Khác", "integer", 13, _of(rest), group=group, total=True),
    )


def _targeted(figures: Figures, categories: Iterable[str] | None) -> int:
    return figures.target if categories is None else figures.targeted(categories)


def _counted(*statuses: str) -> Callable[[Figures, Iterable[str] | None], int]:
    return lambda figures, categories: figures.count(statuses, categories)


NUMBER = _field("number", "TT", "ordinal", 12, lambda line: line.number)
UNIT = _field("unit", "Đơn vị", "text", 44, lambda line: line.name)
REMARK = _field("remark", "Ghi chú", "text", 50, lambda line: line.remark)

PROGRESS = ReportDefinition(
    key="progress",
    title=_("Progress by commune"),
    about=_("Households covered, listed, submitted, approved and helped, commune by commune (form 8)."),
    paper_title="Báo cáo tiến độ hỗ trợ thiết bị thông minh",
    source=progress_by_commune,
    fields=(
        NUMBER,
        UNIT,
        *_by_category("target", "Hộ mục tiêu", _targeted),
        _field("listed", "Đã lập danh sách", "integer", 15, _of(lambda f: f.listed), total=True),
        _field("sent", "Đã gửi thẩm định", "integer", 15, _of(lambda f: f.sent), total=True),
        _field("granted", "Được duyệt", "integer", 16, _of(lambda f: f.granted), total=True),
        _field("handed_over", "Đã bàn giao", "integer", 16, _of(lambda f: f.handed_over), total=True),
        _field("rejected", "Không đủ điều kiện", "integer", 16, _of(lambda f: f.rejected), total=True),
        _field("to_hand_over", "Chưa nhận", "integer", 15, _of(lambda f: f.to_hand_over), total=True),
        _ratio("of_granted", "Tỷ lệ giao (%)", "handed_over", "granted"),
        _ratio("of_target", "Tỷ lệ hộ được hỗ trợ (%)", "handed_over", "target"),
        REMARK,
    ),
    unit="hộ",
    text_size=10,
)

SUMMARY = ReportDefinition(
    key="summary",
    title=_("Summary of results"),
    about=_("Quota, households covered, approved and helped by category (annex)."),
    paper_title="Tổng hợp kết quả hỗ trợ thiết bị thông minh",
    source=progress_by_commune,
    levels=SEVERAL_COMMUNES,
    fields=(
        NUMBER,
        UNIT,
        _field("quota", "Chỉ tiêu", "integer", 15, _of(lambda f: f.quota), total=True),
        *_by_category("target", "Hộ mục tiêu", _targeted),
        *_by_category("granted", "Hộ được duyệt", _counted(Status.APPROVED, Status.HANDED_OVER)),
        *_by_category("handed_over", "Hộ đã nhận thiết bị", _counted(Status.HANDED_OVER)),
        _ratio("of_granted", "Tỷ lệ giao (%)", "handed_over", "granted"),
    ),
    unit="hộ, thiết bị",
    text_size=10,
)

HOUSEHOLDS_SUPPORTED = ReportDefinition(
    key="households_supported",
    title=_("Households supported"),
    about=_("Every household that received a device, with IMEI and date. Holds personal data."),
    paper_title="Danh sách hộ đã nhận thiết bị thông minh",
    source=households_handed_over,
    has_personal_data=True,
    needs_round=False,
    fields=(
        _field("number", "STT", "ordinal", 12, lambda line: line.number),
        _field("head", "Họ và tên chủ hộ", "text", 42, lambda line: line.name),
        _field("birth_year", "Năm sinh", "year", 14, lambda line: line.record and line.record.birth_year),
        _field("identity", "Số CCCD", "code", 28, lambda line: line.record and line.record.identity),
        _field("hamlet", "Thôn, khu phố", "text", 28, lambda line: line.record and line.record.hamlet),
        _field("category", "Diện hộ", "text", 22, lambda line: line.record and line.record.category),
        _field("certificate", "Số GCN", "text", 20, lambda line: line.record and line.record.certificate),
        _field("model", "Thiết bị", "text", 26, lambda line: line.record and line.record.model),
        _field("imei", "IMEI", "code", 32, lambda line: line.record and line.record.imei),
        _field("handed_on", "Ngày nhận", "date", 20, lambda line: line.record and line.record.handed_on),
        _field("receiver", "Người nhận", "text", 34, lambda line: line.record and line.record.receiver),
    ),
    totals_label="Tổng cộng: {count} hộ",
)

REPORTS: dict[str, ReportDefinition] = {one.key: one for one in (PROGRESS, SUMMARY, HOUSEHOLDS_SUPPORTED)}


def reports_for(officer: Officer) -> list[ReportDefinition]:
    """The reports that an officer's role may ask for."""
    return [definition for definition in REPORTS.values() if may(officer, definition.permission)]


def rounds_for(area: Area | None) -> list[Round]:
    """Rounds of the area's province that have begun, newest first."""
    begun = Round.objects.of_area(area).exclude(state=Round.State.PLANNED)
    return list(begun.select_related("programme").newest_first())
