"""The papers of a public posting: the list on the wall (form 3), its closing record (form 3b), the complaints register
(form 4). In the language of official papers (reports.document).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils import timezone, translation

from administration.models import Area, Officer
from administration.templatetags.trao import masked
from allocations import models as allocations
from allocations.list_contents import ListRow, describe_lines
from allocations.models import Allocation, Complaint, Posting, Status
from allocations.posting_page import complaint_rows
from allocations.unit_quota import quota_of
from beneficiaries.models import Person
from reports.building import PAPER_LANGUAGE
from reports.document import Column, Document, Row, Signature, shown
from reports.letterhead import letterhead_of, signatures_of
from reports.official_forms import PostedHousehold, PostingList
from reports.paper import letterhead_data, typeset
from reports.single_papers import info_of, round_name

COMPLAINT_COLUMNS = (
    Column("number", "STT", "ordinal", 10),
    Column("received_on", "Ngày", "date", 20),
    Column("complainant", "Người phản ánh", "text", 35),
    Column("text", "Nội dung", "text", 60),
    Column("household", "Hộ liên quan", "text", 35),
    Column("answer", "Kết quả xác minh, trả lời", "text", 60),
    Column("answered_on", "Ngày trả lời", "date", 20),
    Column("by", "Người xử lý", "text", 30),
)
RECORD_HEAD = ("STT", "Ngày", "Người phản ánh", "Nội dung", "Trả lời")
RECORD_WIDTHS = (1, 2, 3, 5, 5)
NUMBER_TO_FILL_IN = "…/TB-UBND"


@dataclass(frozen=True)
class OnTheWall:
    """What is printed: from when until when, which posting (None: the list as it is now), one hamlet, large type."""

    since: datetime.date
    until: datetime.date
    posting: Posting | None = None
    hamlet: str = ""
    large_type: bool = False


def gather_posting_list(
    commune_list: allocations.CommuneList, wall: OnTheWall, *, by: Officer, at: datetime.datetime
) -> Document:
    """The live lines that hang, in the order of the list, in the columns that the round lets the public read.

    Five queries. Households of one hamlet keep their number on the whole list.
    """
    commune = commune_list.area
    committee = f"Ủy ban nhân dân {_in_running_text(commune)}"
    with translation.override(PAPER_LANGUAGE):
        everybody = _lines_on_the_wall(commune_list, wall.posting)
        numbered = [(n, line) for n, line in enumerate(everybody, start=1)
                    if not wall.hamlet or line.household.hamlet == wall.hamlet]  # fmt: skip
        rows = describe_lines([line for _n, line in numbered], commune_list.round)
        form = PostingList(
            letterhead=letterhead_of(commune, timezone.localdate(at), number=NUMBER_TO_FILL_IN),
            round_name=round_name(commune_list),
            posted_from=wall.since,
            posted_until=wall.until,
            complaint_address=committee,
            rows=[_posted(row, n) for row, (n, _line) in zip(rows, numbered, strict=True)],
            info=info_of(commune_list, by, at),
            signatures=signatures_of("")[-1:],
            recipients=(f"Niêm yết tại trụ sở {committee};", "Lưu: VT."),
            large_type=wall.large_type,
            shown=commune_list.round.posted_columns,
            part=wall.hamlet,
        )
        document = form.document()
    return replace(document, notes=(document.notes[0], *_turn(commune_list, len(everybody)), *document.notes[1:]))


def _lines_on_the_wall(commune_list: allocations.CommuneList, posting: Posting | None) -> list[Allocation]:
    lines = commune_list.lines.live().select_related("household").by_priority()
    return list(lines if posting is None else lines.filter(posting=posting))


def _posted(row: ListRow, number: int) -> PostedHousehold:
    head = row.head
    return PostedHousehold(
        head_name=head.full_name if head else "",
        birth_year=head.birth_year if head else None,
        hamlet=row.household.hamlet,
        category=row.line.get_category_display(),
        identity=masked(head.identity_number) if head and head.identity_number else "",
        group=row.line.priority_group,
        number=number,
    )


def _turn(commune_list: allocations.CommuneList, listed: int) -> list[str]:
    """Says that not everybody on the list gets a device at once, when that is so."""
    quota = quota_of(commune_list.round_id, commune_list.area_id)
    if quota is None or quota.allowed >= listed:
        return []
    allowed = shown(quota.allowed, "integer")
    return [f"Chỉ tiêu được giao: {allowed} máy, xét theo thứ tự trong danh sách; hộ chưa đến lượt vào danh sách chờ."]


def _in_running_text(area: Area) -> str:
    """The unit's kind begins small unless its name is a number (Nghị định 30/2020/NĐ-CP, Phụ lục II, mục III.1)."""
    return area.name if area.short_name.isdecimal() else area.name[:1].lower() + area.name[1:]


def gather_register(commune_list: allocations.CommuneList, *, by: Officer, at: datetime.datetime) -> Document:
    """Form 4: every complaint about the list in the order in which it was received."""
    rows = sorted(complaint_rows(commune_list, timezone.localdate(at)), key=lambda row: row.complaint.pk)
    heads = _heads([row.complaint for row in rows])
    with translation.override(PAPER_LANGUAGE):
        return Document(
            kind="complaint_register",
            title="Sổ tiếp nhận phản ánh, khiếu nại",
            subtitle=round_name(commune_list),
            letterhead=letterhead_of(commune_list.area, timezone.localdate(at)),
            columns=COMPLAINT_COLUMNS,
            rows=[_register_row(n, row.complaint, heads) for n, row in enumerate(rows, start=1)],
            totals_label="Tổng cộng: {count} phản ánh",
            signatures=(Signature(("NGƯỜI LẬP SỔ",), str(by)),),
            info=info_of(commune_list, by, at),
            watermark=str(by),
        )


def _register_row(number: int, one: Complaint, heads: dict[int, str]) -> Row:
    household = ""
    if one.allocation:
        household = f"{heads.get(one.allocation.household_id, '')} ({one.allocation.household.code})".strip()
    who = str(one.recorded_by)
    return Row((str(number), one.received_on, one.complainant, one.text, household, one.answer, one.answered_on, who))


def _heads(complaints: Sequence[Complaint]) -> dict[int, str]:
    households = [one.allocation.household_id for one in complaints if one.allocation]
    return dict(Person.objects.heads().filter(household__in=households).values_list("household_id", "full_name"))


def write_posting_record(posting: Posting, *, by: Officer, at: datetime.datetime) -> bytes:
    """Form 3b as the bytes of a PDF, with the complaints that came while the list hung. No household is named."""
    with translation.override(PAPER_LANGUAGE):
        return typeset("minutes.typ", _record_data(posting, by), at)


def _record_data(posting: Posting, by: Officer) -> dict[str, Any]:
    listed, area = posting.commune_list, posting.area
    ended = timezone.localtime(posting.ended_at)
    committee = f"trụ sở Ủy ban nhân dân {_in_running_text(area)}"
    head = letterhead_of(area, ended.date(), number=posting.record_no)
    present = [line.strip() for line in posting.present.splitlines() if line.strip()]
    complaints = _complaints_while(posting)
    return {
        "title": f"Biên bản kết thúc niêm yết {posting.record_no}",
        "author": str(posting.ended_by),
        "letterhead": letterhead_data(head),
        "subject": "Kết thúc niêm yết công khai danh sách hộ dự kiến được hỗ trợ thiết bị",
        "subtitle": round_name(listed),
        "opening": [
            f"Hôm nay, hồi {ended:%H} giờ {ended:%M} phút, ngày {ended:%d} tháng {ended:%m} năm {ended:%Y}, "
            f"tại {committee}, chúng tôi gồm:",
            *(f"- {person};" for person in [*present, f"{posting.ended_by} – người lập biên bản"]),
            "Cùng lập biên bản kết thúc việc niêm yết công khai như sau:",
        ],
        "sections": _sections(posting, complaints),
        "head": RECORD_HEAD,
        "widths": RECORD_WIDTHS,
        "rows": [
            [str(n), shown(it.received_on, "date"), it.complainant, it.text,
             f"{it.answer} ({shown(it.answered_on, 'date')})" if it.answered_on else "Đang xác minh"]
            for n, it in enumerate(complaints, start=1)
        ],
        "closing": [
            *([posting.findings] if posting.findings else []),
            "Biên bản được lập thành 02 bản có giá trị như nhau, đã đọc lại cho những người có tên trên cùng nghe, "
            "công nhận là đúng và ký tên./.",
        ],
        "signatures": [asdict(one) for one in _record_signatures(posting)],
        "footer": f"Mã kiểm tra danh sách niêm yết: {posting.content_hash[:16]} · Người in: {by}",
    }  # fmt: skip


def _sections(posting: Posting, complaints: Sequence[Complaint]) -> list[tuple[int, str, list[str]]]:
    open_ones = sum(one.answered_on is None for one in complaints)
    off = posting.lines.filter(status=Status.WITHDRAWN).count()
    said = [
        ("Danh sách niêm yết", [f"Gồm {shown(posting.households, 'integer')} hộ."]),
        ("Thời gian niêm yết", [
            f"Từ ngày {shown(posting.starts_on, 'date')} đến hết ngày {shown(posting.ends_on, 'date')}, "
            f"đủ {posting.working_days} ngày làm việc."]),
        ("Nơi niêm yết", [f"- {place};" for place in posting.places]),
        ("Phản ánh, khiếu nại trong thời gian niêm yết", [
            f"Tiếp nhận {len(complaints)}, đã trả lời {len(complaints) - open_ones}, đang xác minh {open_ones}. "
            "Hộ đang có phản ánh chưa trả lời không được trình phê duyệt." if complaints else "Không có."]),
        ("Kết quả", [
            f"Số hộ đưa ra khỏi danh sách: {shown(off, 'integer')}. "
            f"Số hộ còn lại: {shown(posting.households - off, 'integer')}."]),
    ]  # fmt: skip
    if complaints:  # the table of complaints stands right behind its paragraph
        said[3], said[4] = said[4], said[3]
    return [(number, heading, lines) for number, (heading, lines) in enumerate(said, start=1)]


def _complaints_while(posting: Posting) -> list[Complaint]:
    found = Complaint.objects.filter(commune_list=posting.commune_list_id)
    return list(
        found.filter(received_on__range=(posting.starts_on, timezone.localdate(posting.ended_at))).order_by("pk")
    )


def _record_signatures(posting: Posting) -> tuple[Signature, ...]:
    return (
        Signature(("NGƯỜI LẬP BIÊN BẢN",), str(posting.ended_by)),
        Signature(("ĐẠI DIỆN KHU DÂN CƯ",), ""),
        Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "", "(Ký tên, đóng dấu)"),
    )
