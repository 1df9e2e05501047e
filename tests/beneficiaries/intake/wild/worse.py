"""What grows in a commune's file over the years: other people's columns, hidden old ones, dittos, merged values."""

from __future__ import annotations

import datetime
from typing import Any

from tests.beneficiaries.intake.wild.lists import ListWriter
from tests.beneficiaries.intake.wild.truth import FEMALE, MALE, Truth

# Columns about somebody or something else: their labels, and what stands in them.
STRANGERS: dict[str, list[str]] = {
    "spouse name": ["Họ và tên vợ (chồng)", "Họ tên vợ/chồng", "Tên vợ hoặc chồng"],
    "spouse number": ["Số CCCD vợ (chồng)", "CCCD của vợ/chồng"],
    "spouse year": ["Năm sinh vợ (chồng)", "Năm sinh của vợ/chồng"],
    "issued on": ["Ngày cấp", "Ngày cấp CCCD"],
    "issued by": ["Nơi cấp", "Nơi cấp CCCD"],
    "age": ["Tuổi"],
    "relative phone": ["SĐT người thân", "Điện thoại người thân"],
    "account": ["Số tài khoản", "STK ngân hàng"],
    "women": ["Số khẩu nữ", "Trong đó: nữ"],
    "children": ["Số trẻ em", "Số con dưới 16 tuổi"],
    "decided on": ["Ngày quyết định", "Ngày công nhận hộ nghèo"],
    "guardian": ["Họ tên người giám hộ", "Người giám hộ"],
    "signature": ["Ký nhận", "Chữ ký"],
    "money": ["Số tiền hỗ trợ", "Mức hỗ trợ (đồng)"],
    "head of hamlet": ["Trưởng thôn", "Người rà soát"],
}
DITTOS = ["nt", "NT", '"', "''", "-nt-", "như trên", "//", "nt."]
UNDER_NAMES = ["(hộ mới phát sinh)", "(chuyển từ xã khác đến)", "(vợ: Lê Thị Hai)", "(đã mất năm 2020)", "- con nuôi"]
PHONES = ["{} - {}", "{}/{}", "{}\n{}", "{}; {}", "{} , {}", "{} hoặc {}"]
FOOTERS: list[list[list[Any]]] = [
    [["Danh sách này có 45 hộ./."]],
    [["", "Danh sách này có 45 hộ, 180 khẩu"]],
    [["", "Tổng số: 45 hộ (Bốn mươi lăm hộ)"], ["", "Trong đó:"], ["", "- Hộ nghèo:", 20], ["", "- Hộ cận nghèo:", 25]],
    [["", "Tổng: 45 hộ", "", 180], ["", "Bằng chữ: Bốn mươi lăm hộ"]],
    [["Tổng số hộ nghèo: 20 hộ; hộ cận nghèo: 25 hộ"]],
    [["Ấn định danh sách: 45 hộ"]],
    [["", "Cộng toàn thôn", "", "", 45, 180]],
    [["*", "Những hộ có dấu (*) đã nhận hỗ trợ năm 2023"]],
    [["Người lập: Nguyễn Văn Bảy - SĐT: 0912345678"]],
    [["Ngày in: 05/01/2024 08:30", "", "", "Trang 1/3"]],
]
SIGNATURES: list[list[list[Any]]] = [
    [["", "", "", "Mũi Né, ngày 05/01/2024"], ["", "Người lập", "", "", "Chủ tịch"], [],
     ["", "Lê Thị Hoa", "", "", "Bùi Văn Lộc"]],
    [["", "Ngày 5 tháng 1 năm 2024", "", "Ngày 6 tháng 1 năm 2024"], ["", "TRƯỞNG THÔN", "", "XÁC NHẬN CỦA UBND XÃ"],
     ["", "(đã ký)", "", "(đã ký)"], ["", "Trần Văn Năm", "", "Nguyễn Thị Lý"]],
    [["", "CÔNG CHỨC VĂN HÓA - XÃ HỘI", "", "", "TRƯỞNG BAN CHỈ ĐẠO"], ["", "Nguyễn Văn Hai", "", "", "Phạm Ba"]],
]  # fmt: skip
MESSES = [
    "strangers",
    "old column",
    "dittos",
    "merged",
    "under names",
    "phones",
    "footer",
    "lists aside",
    "pages",
    "empty numbers",
]


class WorseWriter(ListWriter):
    """A list with some of these messes, each named in style["worse"]."""

    def write(self, truths: list[Truth]) -> None:
        rng = self.rng
        self.worse = set(rng.sample(MESSES, rng.randint(1, 4)))
        if self.style["merges"] is False:
            self.worse.discard("merged")
        self.style["worse"] = sorted(self.worse | set(self.style.get("worse", [])))
        if "pages" in self.worse:
            self.style["pages"] = True
        self._before: dict[str, Any] = {}
        self._first = len(self.page.rows)
        self._runs: dict[str, list[int]] = {}
        super().write(truths)
        if "merged" in self.worse:
            self._merge_runs()
        if "lists aside" in self.worse:
            self._lists_aside()

    # Columns

    def _columns(self) -> list[str]:
        columns = super()._columns()
        self._strangers: dict[str, str] = {}
        if "strangers" in self.worse:
            for name in self.rng.sample(list(STRANGERS), self.rng.randint(1, 4)):
                at = self.rng.randint(2 + (self.style["name columns"]), len(columns))
                while columns[at : at + 1] and columns[at] in (
                    "given",
                    "month",
                    "year",
                    "year_female",
                    "mark_female",
                    "mark_near",
                ):
                    at -= 1
                at = max(at, 3 if self.style["name columns"] else 2)
                columns.insert(at, f"stranger {name}")
        if "old column" in self.worse and not self.style["name columns"] and not self.style["text"]:
            named = [c for c in columns if c in ("id_number", "phone", "head_name", "member_count", "village")]
            self._old = self.rng.choice(named)
            at = columns.index(self._old) + self.rng.choice([0, 1])
            if self._old != "head_name":
                columns.insert(at, f"old {self._old}")
                self._old_at = at
            else:
                self.worse.discard("old column")
        else:
            self.worse.discard("old column")
        return columns

    def _labels(self) -> list[tuple[str, ...]]:
        columns = self.columns
        known = [c for c in columns if not c.startswith(("stranger ", "old "))]
        self.columns = known
        labels = dict(zip(known, super()._labels(), strict=True))
        self.columns = columns
        for column in columns:
            if column.startswith("stranger "):
                labels[column] = (self.rng.choice(STRANGERS[column.removeprefix("stranger ")]),)
            elif column.startswith("old "):
                labels[column] = labels[column.removeprefix("old ")]
        if "old column" in self.worse:
            self.page.hidden_columns.add(self.left + columns.index(f"old {self._old}"))
        return [labels[column] for column in columns]

    # Cells

    def _cells(self, number: int, one: Truth) -> dict[str, Any]:
        rng = self.rng
        cells = super()._cells(number, one)
        for name in STRANGERS:
            cells[f"stranger {name}"] = self._stranger(name, one)
        for name in ("id_number", "phone", "member_count", "village"):
            cells[f"old {name}"] = self._old_value(name, one)
        if "phones" in self.worse and one.phone and rng.random() < 0.4:
            cells["phone"] = rng.choice(PHONES).format(
                one.phone, f"0{rng.choice('389')}{rng.randint(10000000, 99999999)}"
            )
        if "dittos" in self.worse:
            for name, value in (("village", one.village), ("ethnic_code", one.ethnic), ("category", one.category)):
                if self._before.get(name) == value and rng.random() < 0.5:
                    cells[name] = rng.choice(DITTOS)
                self._before[name] = value
        return cells

    def _stranger(self, name: str, one: Truth) -> Any:
        rng = self.rng
        other = rng.choice(FEMALE if one.gender == "male" else MALE)
        year = one.born.year + rng.randint(-4, 4)
        number = f"060{1 if one.gender == 'male' else 0}{year % 100:02}{rng.randint(100000, 999999)}"
        if rng.random() < 0.25:
            return ""
        return {
            "spouse name": other, "spouse number": number, "spouse year": year,
            "issued on": rng.choice(["10/05/2021", datetime.date(2021, 5, 10), "2021"]),
            "issued by": rng.choice(["Cục CS QLHC về TTXH", "CA Bình Thuận"]), "age": 2024 - one.born.year,
            "relative phone": f"09{rng.randint(10000000, 99999999)}", "account": f"6200{rng.randint(10**8, 10**9 - 1)}",
            "women": rng.randint(0, one.members), "children": rng.randint(0, 3),
            "decided on": rng.choice(["20/12/2023", datetime.date(2023, 12, 20)]), "guardian": rng.choice(MALE),
            "signature": "", "money": rng.choice([500000, "1.500.000"]), "head of hamlet": rng.choice(MALE),
        }[name]  # fmt: skip

    def _old_value(self, name: str, one: Truth) -> Any:
        rng = self.rng
        if rng.random() < 0.2:
            return ""
        if name == "id_number":
            return rng.choice([one.number, f"26{rng.randint(1000000, 9999999)}"])
        if name == "phone":
            return f"03{rng.randint(10000000, 99999999)}"
        return rng.randint(1, 9) if name == "member_count" else f"Thôn {rng.randint(1, 9)}"

    # Rows

    def _row(self, number: int, one: Truth) -> None:
        super()._row(number, one)
        row = len(self.page.rows)
        for name in ("village", "category"):
            run = self._runs.setdefault(name, [])
            run.append(row)
        if "under names" in self.worse and self.rng.random() < 0.1:
            self._put(["", self.rng.choice(UNDER_NAMES)])

    def _merge_runs(self) -> None:
        """Equal values of rows that follow each other stand once, merged over them."""
        for name in ("village", "category"):
            if name not in self.columns or self.rng.random() < 0.3:
                continue
            column = self.left + self.columns.index(name)
            rows = [row for row in self._runs.get(name, []) if not self.page.answers[row].planted]
            run: list[int] = []
            for row in [*rows, 0]:
                same = run and row == run[-1] + 1 and self._truth(row, name) == self._truth(run[0], name)
                if not same:
                    self._merge_run(run, column)
                    run = []
                run.append(row)

    def _truth(self, row: int, name: str) -> Any:
        return self.page.answers[row].values[name] if row else None

    def _merge_run(self, run: list[int], column: int) -> None:
        if len(run) < 2 or str(self.page.rows[run[0] - 1][column]) in DITTOS:
            return
        for row in run[1:]:
            self.page.rows[row - 1][column] = ""
        self.page.merges.append((run[0], column, run[-1], column))

    # Around

    def _repeat_header(self) -> None:
        if "pages" in self.worse:
            self._put([])
            self._put(
                ["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024 (tiếp theo)"] if self.rng.random() < 0.5 else ["Trang 2"]
            )
        super()._repeat_header()

    def _bottom(self, count: int) -> None:
        if "empty numbers" in self.worse:
            for more in range(1, 6):
                self._put([count + more])
        if "footer" not in self.worse:
            return super()._bottom(count)
        for row in self.rng.choice(FOOTERS):
            self._put(row)
        for row in self.rng.choice(SIGNATURES):
            self._put(row)
        return None

    def _lists_aside(self) -> None:
        """The words of a drop-down list, kept to the right of the list."""
        words = self.rng.choice(
            [["Nam", "Nữ"], ["Hộ nghèo", "Hộ cận nghèo"], ["Thôn 1", "Thôn 2", "Thôn 3"], ["Kinh", "Chăm"]]
        )
        at = self.left + len(self.columns) + self.rng.choice([1, 3, 8])
        start = self._first + self.rng.randint(0, 6)
        for index, word in enumerate(words):
            if start + index < len(self.page.rows):
                row = self.page.rows[start + index]
                row.extend([""] * (at + 1 - len(row)))
                row[at] = word
