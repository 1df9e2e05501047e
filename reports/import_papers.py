"""The record of an import (biên bản nhập liệu): which file, who and when, what came of its rows, what is left and why.

In the language of official papers (reports.document). No household is named: rows are told by their number in the file.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils import timezone, translation

from administration.models import AuditEvent, Officer
from administration.verbs import Verb
from beneficiaries.import_pages import result_of
from beneficiaries.import_words import left_reason
from beneficiaries.models import ImportFile, StagedHousehold
from reports.building import PAPER_LANGUAGE
from reports.document import Signature, moment_text, shown
from reports.letterhead import letterhead_of
from reports.paper import letterhead_data, typeset

HEAD, WIDTHS = ("STT", "Trang tính", "Dòng", "Lý do chưa lưu"), (1, 4, 6, 8)
MOST_RANGES = 40  # of rows in one cell
REPEAT = "V44"


def write_import_record(file: ImportFile, *, by: Officer, at: datetime.datetime) -> bytes:
    """The record of an applied file as the bytes of a PDF."""
    with translation.override(PAPER_LANGUAGE):
        return typeset("minutes.typ", _record_data(file, by), at)


def _record_data(file: ImportFile, by: Officer) -> dict[str, Any]:
    saved = AuditEvent.objects.about(file).filter(verb=Verb.FILE_APPLIED).newest_first().first()
    saved_by = saved.officer_name if saved else str(file.uploaded_by)
    ended = timezone.localtime(file.applied_at or file.uploaded_at)
    left = left_rows(file)
    return {
        "title": f"Biên bản nhập liệu {file.original_name}",
        "author": saved_by,
        "letterhead": letterhead_data(letterhead_of(file.area, ended.date(), number="…/BB-UBND")),
        "subject": "Nhập danh sách hộ từ tệp vào sổ hộ",
        "subtitle": file.original_name,
        "opening": [
            f"Hồi {ended:%H} giờ {ended:%M} phút, ngày {ended:%d} tháng {ended:%m} năm {ended:%Y}, danh sách hộ trong "
            "tệp dưới đây được lưu vào sổ hộ với kết quả như sau:"
        ],
        "sections": _sections(file, saved_by, left),
        "head": HEAD,
        "widths": WIDTHS,
        "rows": [[str(n), *line] for n, line in enumerate(left, start=1)],
        "closing": ["Biên bản được lập thành 02 bản có giá trị như nhau./."],
        "signatures": [asdict(one) for one in _signatures(saved_by)],
        "footer": f"Mã băm SHA-256 của tệp: {file.sha256} · Người in: {by}",
    }


def left_rows(file: ImportFile) -> list[tuple[str, str, str]]:
    """What is not in the register, as (sheet, rows, reason) in the file's order: a line for each reason. One query."""
    rows = StagedHousehold.objects.filter(file=file).exclude(state=StagedHousehold.State.APPLIED).in_file_order()
    found: dict[tuple[str, str], list[int]] = {}
    for sheet, row_no, codes in rows.values_list("sheet", "row_no", "problem_codes"):
        if REPEAT not in codes:
            found.setdefault((sheet, left_reason(codes)), []).append(row_no)
    return [(sheet, _ranges(numbers), reason[:1].upper() + reason[1:]) for (sheet, reason), numbers in found.items()]


def _ranges(numbers: Sequence[int]) -> str:
    """3, 5–9, 12: at most MOST_RANGES of them, then how many rows more."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    told = [str(first) if first == last else f"{first}–{last}" for first, last in ranges[:MOST_RANGES]]
    more = sum(last - first + 1 for first, last in ranges[MOST_RANGES:])
    return ", ".join(told) + (f" và {shown(more, 'integer')} dòng khác" if more else "")


def _sections(file: ImportFile, saved_by: str, left: Sequence[object]) -> list[tuple[int, str, list[str]]]:
    came = result_of(file)
    sent = moment_text(file.uploaded_at)
    said = [
        ("Tệp", [
            f"- Tên tệp: {file.original_name}; dung lượng {shown(file.size, 'integer')} byte;",
            f"- Mã băm SHA-256: {' '.join(file.sha256[at:at + 16] for at in range(0, 64, 16))};",
            f"- Người gửi tệp: {file.uploaded_by}, lúc {sent};",
            f"- Người lưu: {saved_by}, lúc {moment_text(file.applied_at or file.uploaded_at)}."]),
        ("Kết quả", [
            f"- Số dòng hộ đọc được: {shown(came.counts.total, 'integer')};",
            f"- Thêm mới: {shown(file.added, 'integer')} hộ; cập nhật: {shown(file.updated, 'integer')} hộ; "
            f"không đổi: {shown(file.unchanged, 'integer')} hộ;",
            f"- Dòng trùng hoàn toàn dòng khác, chỉ tính một lần: {shown(came.repeats, 'integer')};",
            f"- Chưa lưu: {shown(came.later, 'integer')} dòng."]),
        ("Các dòng chưa lưu", [] if left else ["Không có."]),
    ]  # fmt: skip
    return [(number, heading, lines) for number, (heading, lines) in enumerate(said, start=1)]


def _signatures(saved_by: str) -> tuple[Signature, ...]:
    return (
        Signature(("NGƯỜI NHẬP LIỆU",), saved_by),
        Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "", "(Ký tên, đóng dấu)"),
    )
