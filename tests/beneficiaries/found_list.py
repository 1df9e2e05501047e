"""A made-up list as found in a commune: 312 rows, 247 of them clean, each kind of trouble in a known number of rows."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from demo.make_lists import to_tcvn3
from tests.beneficiaries.lists import GIVEN

HEADER_ROW, FIRST_ROW = 7, 8  # as Excel counts
COLUMNS = ("STT", "Họ và tên chủ hộ", "Số CMND/CCCD", "NS", "Đối tượng", "Thôn/bản", "Xã/phường", "Ghi chú")
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đặng", "Võ", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
MIDDLES = ("Thị", "Thị Kim", "Thị Ngọc", "Thị Minh", "Thị Thu", "Thị Hồng")
OLD_COMMUNE = "Phường Hàm Tiến cũ"  # a name that no list of units knows


@dataclass
class FoundList:
    """The file, and which rows hold what (row numbers as Excel counts)."""

    content: bytes = b""
    rows: dict[str, list[int]] = field(default_factory=dict)


def head_name(number: int) -> str:
    """Different for every number up to 792, and not one syllable apart from each other only."""
    return f"{FAMILIES[number % 12]} {MIDDLES[number // 12 % 6]} {GIVEN[number // 72 % 11]}"


def identity(number: int) -> str:
    """Of a woman of Bình Thuận, born from 1950 to 1989."""
    return f"0601{year(number) % 100:02d}{number:06d}"


def year(number: int) -> int:
    return 1950 + number % 40


def _row(number: int) -> dict[str, Any]:
    return {
        "Họ và tên chủ hộ": head_name(number),
        "Số CMND/CCCD": identity(number),
        "NS": f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/{year(number)}",
        "Đối tượng": ("HN", "CN")[number % 2],
        "Thôn/bản": f"Khu phố {number % 9 + 1}",
        "Xã/phường": "Mũi Né",
        "Ghi chú": "",
    }


def _untidy(row: dict[str, Any], number: int) -> None:
    """Spaces, letters in two parts, spaces that do not break: nothing anybody needs to be asked about."""
    name = row["Họ và tên chủ hộ"]
    row["Họ và tên chủ hộ"] = (
        unicodedata.normalize("NFD", name), f"{name}  ", name.replace(" ", "\u00a0"), name.replace(" ", "  ")
    )[number % 4]  # fmt: skip


# What is planted, over rows of its own: kind -> what stands in the row.
PLANTED: dict[str, list[dict[str, Any]]] = {
    "lost_zero": [{}] * 20,
    "old_commune": [{"Xã/phường": OLD_COMMUNE}] * 11,
    "tcvn3": [{}] * 4,
    "unclear_word": [{"Đối tượng": "HN-ĐB"}] * 3,
    "dates": [
        {"NS": "31/02/1968", "Số CMND/CCCD": "060168900001"}, {"NS": "3/5/68", "Số CMND/CCCD": "060168900002"},
        {"NS": "1968", "Số CMND/CCCD": "060168900003"}, {"NS": "không rõ", "Số CMND/CCCD": "060168900004"},
        {"NS": 24902, "Số CMND/CCCD": "060168900005"},
    ],
    "numbers": [
        {"Số CMND/CCCD": "0601680123"}, {"Số CMND/CCCD": "1.11E+10"}, {"Số CMND/CCCD": "O6O168O00345"},
    ],
    "missing": [
        {"Họ và tên chủ hộ": ""}, {"Họ và tên chủ hộ": ""}, {"Số CMND/CCCD": "", "NS": ""},
        {"Số CMND/CCCD": "", "NS": ""},
    ],
}  # fmt: skip


def found_list(duplicates: dict[str, list[dict[str, Any]]] | None = None) -> FoundList:
    """`duplicates`: kind -> values of rows that double others; the caller knows what is in the register."""
    found = FoundList()
    lines: list[dict[str, Any]] = []
    number = 0
    for kind, planted in {"clean": [{}] * 247, **PLANTED, **(duplicates or {})}.items():
        for over in planted:
            number += 1
            row = _row(number) | over
            if kind == "clean" and number % 4 == 0 and number <= 240:
                _untidy(row, number // 4)
            if kind == "lost_zero":
                row["Số CMND/CCCD"] = int(row["Số CMND/CCCD"])
            if kind == "tcvn3":
                row["Họ và tên chủ hộ"] = to_tcvn3(row["Họ và tên chủ hộ"])
            found.rows.setdefault(kind, []).append(FIRST_ROW + len(lines))
            lines.append(row)
    found.content = _workbook(lines)
    return found


def _workbook(lines: list[dict[str, Any]]) -> bytes:
    """A title in merged rows, a header of two merged lines, a hidden column, an empty second sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        sheet = workbook.add_worksheet("Hộ nghèo")
        middle = workbook.add_format({"align": "center", "bold": True})
        for index, text in enumerate(
            ("ỦY BAN NHÂN DÂN PHƯỜNG MŨI NÉ", "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO", "Năm 2024", "", "(Rà soát cuối năm)")
        ):
            sheet.merge_range(index, 0, index, len(COLUMNS) - 1, text, middle)
        for column, header in enumerate(COLUMNS):
            sheet.merge_range(HEADER_ROW - 2, column, HEADER_ROW - 1, column, header, middle)
        for index, line in enumerate(lines):
            for column, header in enumerate(COLUMNS):
                value = line.get(header, index + 1)
                if value != "":
                    sheet.write(FIRST_ROW - 1 + index, column, value)
        sheet.set_column(COLUMNS.index("Ghi chú"), COLUMNS.index("Ghi chú"), 20, None, {"hidden": True})
        workbook.add_worksheet("Sheet2")
    return out.getvalue()
