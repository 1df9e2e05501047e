"""Progress commune by commune (form 8)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.definition import NUMBER, REMARK, UNIT, ReportDefinition, by_category, field, of, ratio, targeted
from reports.sources import progress_by_commune

REPORT = ReportDefinition(
    key="progress",
    title=_("Progress by commune"),
    about=_("Households covered, listed, submitted, approved and helped, commune by commune (form 8)."),
    paper_title="Báo cáo tiến độ hỗ trợ thiết bị thông minh",
    source=progress_by_commune,
    fields=(
        NUMBER,
        UNIT,
        *by_category("target", "Hộ mục tiêu", targeted),
        field("listed", "Đã lập danh sách", "integer", 15, of(lambda f: f.listed), total=True),
        field("sent", "Đã gửi thẩm định", "integer", 15, of(lambda f: f.sent), total=True),
        field("granted", "Được duyệt", "integer", 16, of(lambda f: f.granted), total=True),
        field("handed_over", "Đã bàn giao", "integer", 16, of(lambda f: f.handed_over), total=True),
        field("rejected", "Không đủ điều kiện", "integer", 16, of(lambda f: f.rejected), total=True),
        field("to_hand_over", "Chưa nhận", "integer", 15, of(lambda f: f.to_hand_over), total=True),
        ratio("of_granted", "Tỷ lệ giao (%)", "handed_over", "granted"),
        ratio("of_target", "Tỷ lệ hộ được hỗ trợ (%)", "handed_over", "target"),
        REMARK,
    ),
    unit="hộ",
    text_size=10,
    position=1,
)
