"""What a report is, as data: what it is called, who may have it, where its lines come from, its columns.

What stands on paper is Vietnamese (see reports.document); what the officer reads on the screen goes through gettext.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from administration.access import Permission, may
from administration.models import Area, Level, Officer
from reports.document import Cell, Column, Kind
from reports.figures import NAMED, Figures
from reports.sources import Answer, Line, Question

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
    position: int = 50  # in the list of reports

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


def field(key: str, heading: str, kind: Kind, width_mm: float, value: Callable[[Line], Cell], **more: Any) -> Field:
    return Field(Column(key, heading, kind, width_mm, **more), value)


def of(read: Callable[[Figures], int]) -> Callable[[Line], Cell]:
    """A figure of the unit that the line stands for."""
    return lambda line: read(line.record.figures)


def ratio(key: str, heading: str, part: str, whole: str, *, group: str = "") -> Field:
    """A percentage of two other columns; the document fills it in."""
    return field(key, heading, "percent", 21, lambda line: None, ratio=(part, whole), group=group)


def by_category(key: str, group: str, read: Callable[[Figures, Iterable[str] | None], int]) -> tuple[Field, ...]:
    """Five columns under one heading: all households, then by category."""

    def column(suffix: str, heading: str, categories: tuple[str, ...] | None, width: float) -> Field:
        return field(
            f"{key}{suffix}", heading, "integer", width, of(lambda f: read(f, categories)), group=group, total=True
        )

    def rest(figures: Figures) -> int:
        return read(figures, None) - read(figures, tuple(NAMED))

    return (
        column("", "Tổng số", None, 15),
        column("_poor", "Hộ nghèo", (NAMED[0],), 14),
        column("_near_poor", "Hộ cận nghèo", (NAMED[1],), 14),
        column("_social_policy", "CSXH", (NAMED[2],), 13),
        field(f"{key}_other", "Khác", "integer", 13, of(rest), group=group, total=True),
    )


def targeted(figures: Figures, categories: Iterable[str] | None) -> int:
    return figures.target if categories is None else figures.targeted(categories)


def counted(*statuses: str) -> Callable[[Figures, Iterable[str] | None], int]:
    return lambda figures, categories: figures.count(statuses, categories)


def figure(key: str, heading: str, width_mm: float, **more: Any) -> Field:
    """A counted column of a line whose record is a Counter, summed in the totals row."""
    return field(key, heading, "integer", width_mm, lambda line: line.record[key], **{"total": True, **more})


def said(key: str, heading: str, kind: Kind, width_mm: float) -> Field:
    """A column of a line whose record is a tuple with this name; lines without a record leave it empty."""
    return field(key, heading, kind, width_mm, lambda line: line.record and getattr(line.record, key))


NUMBER = field("number", "TT", "ordinal", 12, lambda line: line.number)
UNIT = field("unit", "Đơn vị", "text", 44, lambda line: line.name)
REMARK = field("remark", "Ghi chú", "text", 50, lambda line: line.remark)
