"""Communes whose list has not been submitted, with whom to call."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from allocations.models import CommuneList
from reports.definition import NUMBER, SEVERAL_COMMUNES, UNIT, ReportDefinition, field, said
from reports.progress import CommuneProgress, Progress, gather
from reports.sources import Answer, Line, Question


class Missing(NamedTuple):
    """One commune that has submitted nothing, or the sum of them."""

    state: str
    target: int
    listed: int
    due: datetime.date | None
    days: int | None
    holder: str
    phone: str


def communes_without_list(question: Question) -> Answer:
    """The latest first. The totals are what all communes have less what those that submitted have."""
    if question.round is None:
        raise ValueError("Missing lists are always those of one round.")
    progress = gather(question.area, question.round, at=question.at)
    order = {commune.area.number: position for position, commune in enumerate(progress.latest_first)}
    missing = sorted(progress.missing, key=lambda commune: order[commune.area.number])
    lines = [
        Line(str(n), commune.area.name, _described(commune, progress)) for n, commune in enumerate(missing, start=1)
    ]
    submitted = [commune.figures for commune in progress.communes if commune.has_submitted]
    target = progress.figures.target - sum(figures.target for figures in submitted)
    listed = progress.figures.listed - sum(figures.listed for figures in submitted)
    return Answer(lines, Line("", "", Missing("", target, listed, None, None, "", "")), count=len(missing))


def _described(commune: CommuneProgress, progress: Progress) -> Missing:
    state = CommuneList.State(commune.list_state).label if commune.list_state else "Chưa lập danh sách"
    holder = commune.contacts[0] if commune.contacts else None
    return Missing(
        state=str(state),
        target=commune.figures.target,
        listed=commune.figures.listed,
        due=progress.round.submit_by,
        days=commune.delay.days if commune.delay else 0,
        holder=holder.name if holder else "",
        phone=holder.phone if holder else "",
    )


REPORT = ReportDefinition(
    key="lists_missing",
    title=_("Commune lists missing"),
    about=_("Communes that have not submitted their list: how late, and whom to call."),
    paper_title="Các xã chưa gửi danh sách",
    source=communes_without_list,
    levels=SEVERAL_COMMUNES,
    fields=(
        NUMBER,
        UNIT,
        said("state", "Tình trạng danh sách", "text", 36),
        field("target", "Hộ mục tiêu", "integer", 18, lambda line: line.record.target, total=True),
        field("listed", "Đã lập", "integer", 18, lambda line: line.record.listed, total=True),
        said("due", "Hạn gửi", "date", 22),
        said("days", "Số ngày chậm", "integer", 18),
        said("holder", "Người phụ trách", "text", 40),
        said("phone", "Điện thoại", "code", 26),
    ),
    totals_label="Tổng cộng: {count} xã",
    unit="hộ, ngày",
    position=9,
)
