"""The register of complaints (form 4)."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from allocations.models import Complaint
from reports.by_unit import inside
from reports.definition import ReportDefinition, field, said
from reports.sources import Answer, Line, Question


class Heard(NamedTuple):
    """One complaint."""

    received_on: datetime.date
    complainant: str
    text: str
    household: str
    answer: str
    answered_on: datetime.date | None
    officer: str


def complaints(question: Question) -> Answer:
    """Complaints of the area by commune and day; the totals line counts the answered ones, too."""
    found = Complaint.objects.filter(area__number__range=inside(question))
    if question.round is not None:
        found = found.filter(commune_list__round=question.round)
    rows = found.order_by("area_id", "received_on", "pk").values_list(
        "area__name", "received_on", "complainant", "text", "allocation__household__code", "answer", "answered_on",
        "recorded_by__full_name",
    )  # fmt: skip
    lines = [Line(str(number), row[0], Heard(*row[1:])) for number, row in enumerate(rows, start=1)]
    return Answer(lines, count=found.count())


REPORT = ReportDefinition(
    key="complaints",
    title=_("Complaints"),
    about=_("The register of complaints with findings and answers (form 4). Holds personal data."),
    paper_title="Sổ tiếp nhận phản ánh, kiến nghị",
    source=complaints,
    has_personal_data=True,
    needs_round=False,
    fields=(
        field("number", "STT", "ordinal", 12, lambda line: line.number),
        field("unit", "Xã, phường", "text", 34, lambda line: line.name),
        said("received_on", "Ngày", "date", 20),
        said("complainant", "Người phản ánh", "text", 36),
        said("text", "Nội dung", "text", 60),
        said("household", "Hộ liên quan", "code", 24),
        said("answer", "Kết quả xác minh", "text", 50),
        said("answered_on", "Ngày trả lời", "date", 20),
        said("officer", "Người xử lý", "text", 32),
    ),
    totals_label="Tổng cộng: {count} phản ánh",
    text_size=10,
    position=7,
)
