"""Summary of results by category (annex)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from allocations.models import Status
from reports.definition import (
    NUMBER,
    SEVERAL_COMMUNES,
    UNIT,
    ReportDefinition,
    by_category,
    counted,
    field,
    of,
    ratio,
    targeted,
)
from reports.sources import progress_by_commune

REPORT = ReportDefinition(
    key="summary",
    title=_("Summary of results"),
    about=_("Quota, households covered, approved and helped by category (annex)."),
    paper_title="Tổng hợp kết quả hỗ trợ thiết bị thông minh",
    source=progress_by_commune,
    levels=SEVERAL_COMMUNES,
    fields=(
        NUMBER,
        UNIT,
        field("quota", "Chỉ tiêu", "integer", 15, of(lambda f: f.quota), total=True),
        *by_category("target", "Hộ mục tiêu", targeted),
        *by_category("granted", "Hộ được duyệt", counted(Status.APPROVED, Status.HANDED_OVER)),
        *by_category("handed_over", "Hộ đã nhận thiết bị", counted(Status.HANDED_OVER)),
        ratio("of_granted", "Tỷ lệ giao (%)", "handed_over", "granted"),
    ),
    unit="hộ, thiết bị",
    text_size=10,
    position=2,
)
