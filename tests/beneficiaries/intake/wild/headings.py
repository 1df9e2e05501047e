"""What stands above the rows of a list: title, labels in one to four rows, merges, the row of column numbers."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.beneficiaries.intake.wild.pages import Page

HEADERS: dict[str, list[str]] = {
    "ordinal": ["STT", "TT", "Số TT", "Số thứ tự", "S\nT\nT", "Stt"],
    "head_name": [
        "Họ và tên chủ hộ",
        "HỌ VÀ TÊN",
        "Chủ hộ",
        "Họ tên chủ hộ",
        "Họ và tên",
        "Tên chủ hộ",
        "HỌ TÊN CHỦ HỘ",
        "Họ, tên chủ hộ",
        "Họ và tên (chủ hộ)",
        "Họ và tên người đại diện hộ",
    ],
    "birth_date": ["Ngày sinh", "Ngày, tháng, năm sinh", "Năm sinh", "NGÀY SINH", "Sinh ngày", "Ngày tháng năm sinh"],
    "gender": ["Giới tính", "GT", "Nam/Nữ", "Phái", "GIỚI TÍNH", "Giới tính (Nam/Nữ)"],
    "ethnic_code": ["Dân tộc", "DÂN TỘC", "Thành phần dân tộc", "DT"],
    "id_number": [
        "Số CCCD",
        "CCCD",
        "Số CMND/CCCD",
        "Số định danh cá nhân",
        "Căn cước công dân",
        "SỐ CCCD/CMND",
        "CMND/ CCCD",
    ],
    "phone": ["Số điện thoại", "SĐT", "Điện thoại", "ĐT", "Số ĐT", "Điện thoại liên hệ"],
    "member_count": ["Số khẩu", "Số nhân khẩu", "Nhân khẩu", "Số người", "Tổng số nhân khẩu", "Số khẩu trong hộ"],
    "village": ["Thôn", "Thôn/Khu phố", "Địa chỉ (thôn, khu phố)", "Thôn, khu phố", "Khu phố/Thôn", "Tên thôn"],
    "category": [
        "Loại hộ",
        "Diện hộ",
        "Đối tượng",
        "Hộ nghèo/cận nghèo",
        "Thuộc diện",
        "Phân loại hộ",
        "Kết quả rà soát",
    ],
    "commune_code": ["Xã", "Xã/Phường", "Xã, phường, thị trấn", "Tên xã"],
    "note": ["Ghi chú", "GHI CHÚ", "GC"],
    "address": ["Địa chỉ", "Nơi thường trú"],
    "filler": ["Số sổ hộ nghèo", "Ký nhận", "Nơi cấp"],
}


class Heading:
    """The upper part of a list; the rows are written by its heir."""

    def __init__(self, page: Page, rng: Random, style: dict[str, Any], left: int = 0) -> None:
        self.page, self.rng, self.style, self.left = page, rng, style, left
        self.columns: list[str] = []
        self.header_rows: list[list[Any]] = []
        self.index: list[Any] = []

    def _put(self, cells: list[Any]) -> int:
        return self.page.add([""] * self.left + cells)

    def _title(self) -> None:
        rng, wide = self.rng, len(self.columns)
        for _ in range(self.style["blank top"]):
            self.page.add()
        kind = {"poor": "HỘ NGHÈO", "near_poor": "HỘ CẬN NGHÈO"}.get(
            self.style["title category"], "HỘ NGHÈO, HỘ CẬN NGHÈO"
        )
        if self.style["title"] > 2:
            self._put(
                [
                    f"UBND {self.style['commune name'].upper()}",
                    *[""] * (wide // 2),
                    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                ]
            )
            self._put(["BAN CHỈ ĐẠO GIẢM NGHÈO", *[""] * (wide // 2), "Độc lập - Tự do - Hạnh phúc"])
            self._put(["Số: 12/DS-UBND", *[""] * (wide // 2), "Mũi Né, ngày 05 tháng 01 năm 2024"])
        if self.style["title"] > 0 or self.style["title category"]:
            row = self._put([f"DANH SÁCH {kind} NĂM 2024"])
            if rng.random() < 0.5 and self.style["merges"]:
                self.page.merges.append((row, self.left, row, self.left + wide - 1))
        if self.style["title"] > 1:
            self._put(["", "(Kèm theo Quyết định số 12/QĐ-UBND ngày 05/01/2024 của UBND xã)"])
        if self.style["title"] > 3:
            self._put([])
            self._put(["Tổng số hộ:", 125, "", "Tổng số khẩu:", 480])
            self._put(["Đơn vị tính: hộ, khẩu"])

    def _labels(self) -> list[tuple[str, ...]]:
        """Each column's labels from the top."""
        rng = self.rng
        grouped = {
            "year_male": ("Năm sinh", "Nam"),
            "year_female": ("Năm sinh", "Nữ"),
            "day": ("Ngày tháng năm sinh", "Ngày"),
            "month": ("Ngày tháng năm sinh", "Tháng"),
            "year": ("Ngày tháng năm sinh", "Năm"),
            "mark_male": ("Giới tính", "Nam"),
            "mark_female": ("Giới tính", "Nữ"),
        }
        poor, near = rng.choice(
            [("Hộ nghèo", "Hộ cận nghèo"), ("HN", "HCN"), ("Nghèo", "Cận nghèo"), ("Hộ nghèo", "Cận nghèo")]
        )
        group = rng.choice(["Loại hộ", "Diện", "Đối tượng", "Thuộc diện"])
        grouped["mark_poor"], grouped["mark_near"] = (group, poor), (group, near)
        if self.style["marks alone"]:
            grouped["mark_poor"], grouped["mark_near"] = (poor,), (near,)
        grouped["family"], grouped["given"] = rng.choice(
            [(("Họ và tên đệm",), ("Tên",)), (("Họ",), ("Tên",)), (("Họ và tên", "Họ, chữ đệm"), ("Họ và tên", "Tên"))]
        )
        birth = rng.choice(HEADERS["birth_date"])
        return [grouped.get(c) or ((birth,) if c == "birth_date" else (rng.choice(HEADERS[c]),)) for c in self.columns]

    def _header(self) -> None:
        labels = self._labels()
        height = max(map(len, labels))
        grid = [[self._shown(labels, level, column) for column in range(len(labels))] for level in range(height)]
        if self.style["tall header"]:
            remarks = [
                ("(ghi rõ)" if len(parts) == 1 else "(năm)") if self.rng.random() < 0.3 else "" for parts in labels
            ]
            grid += [remarks] if any(remarks) else []
        first = len(self.page.rows) + 1
        for row in grid:
            self._put(row)
        if self.style["merges"]:
            self._merge_header(labels, first, height)
        self.header_rows = grid
        if self.style["index"]:
            count = len(labels)
            ways = [[str(i + 1) for i in range(count)], [*range(1, count + 1)], ["A", "B", *range(1, count - 1)]]
            self.index = self.rng.choice([*ways, [f"({i})" for i in range(1, count + 1)]])
            self._put(self.index)

    def _shown(self, labels: list[tuple[str, ...]], level: int, column: int) -> str:
        """A group's label stands over its first column only."""
        parts = labels[column]
        if level >= len(parts):
            return ""
        before = labels[column - 1] if column else ()
        is_group = level < len(parts) - 1
        is_same = is_group and len(before) > level + 1 and before[: level + 1] == parts[: level + 1]
        return "" if is_same else parts[level]

    def _merge_header(self, labels: list[tuple[str, ...]], first: int, height: int) -> None:
        column = 0
        while column < len(labels):
            parts, stop = labels[column], column + 1
            if len(parts) == 1:
                if height > 1:
                    self.page.merges.append((first, self.left + column, first + height - 1, self.left + column))
            else:
                while stop < len(labels) and labels[stop][:1] == parts[:1] and len(labels[stop]) > 1:
                    stop += 1
                if stop - column > 1:
                    self.page.merges.append((first, self.left + column, first, self.left + stop - 1))
            column = stop
