"""Every household that received a device."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.definition import ReportDefinition, field
from reports.sources import households_handed_over

REPORT = ReportDefinition(
    key="households_supported",
    title=_("Households supported"),
    about=_("Every household that received a device, with IMEI and date. Holds personal data."),
    paper_title="Danh sách hộ đã nhận thiết bị thông minh",
    source=households_handed_over,
    has_personal_data=True,
    needs_round=False,
    fields=(
        field("number", "STT", "ordinal", 12, lambda line: line.number),
        field("head", "Họ và tên chủ hộ", "text", 42, lambda line: line.name),
        field("birth_year", "Năm sinh", "year", 14, lambda line: line.record and line.record.birth_year),
        field("identity", "Số CCCD", "code", 28, lambda line: line.record and line.record.identity),
        field("hamlet", "Thôn, khu phố", "text", 28, lambda line: line.record and line.record.hamlet),
        field("category", "Diện hộ", "text", 22, lambda line: line.record and line.record.category),
        field("certificate", "Số GCN", "text", 20, lambda line: line.record and line.record.certificate),
        field("model", "Thiết bị", "text", 26, lambda line: line.record and line.record.model),
        field("imei", "IMEI", "code", 32, lambda line: line.record and line.record.imei),
        field("handed_on", "Ngày nhận", "date", 20, lambda line: line.record and line.record.handed_on),
        field("receiver", "Người nhận", "text", 34, lambda line: line.record and line.record.receiver),
    ),
    totals_label="Tổng cộng: {count} hộ",
    position=3,
)
