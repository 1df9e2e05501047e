"""One list on a page: title, header, sections, rows, totals, signatures, in every arrangement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.beneficiaries.intake.wild import spoiling, writing
from tests.beneficiaries.intake.wild.headings import Heading
from tests.beneficiaries.intake.wild.pages import Answer, Formula
from tests.beneficiaries.intake.wild.truth import COMMUNES, Truth

NOTES = [
    "",
    "",
    "",
    "",
    "già yếu",
    "Con đi làm xa",
    "Trưởng thôn xác nhận",
    "x",
    "0912345678",
    "chủ tịch xã đề nghị",
    "đã nhận máy",
    "Cộng tác viên",
    "ở với con",
    "2 khẩu",
    "tổng hợp sau",
]


class ListWriter(Heading):
    """Writes one list; `style` holds every choice by name, so that a failure can be understood."""

    def write(self, truths: list[Truth]) -> None:
        self.columns = self._columns()
        self._title()
        self._header()
        self._rows(truths)
        self._bottom(len(truths))

    # Columns

    def _columns(self) -> list[str]:
        style = self.style
        middle = {"under gender": ["year_male", "year_female"], "three columns": ["day", "month", "year"]}.get(
            style["birth"], ["birth_date"]
        )
        if style["birth"] != "under gender":
            middle += ["mark_male", "mark_female"] if style["gender"] == "marks" else ["gender"]
        groups = self._keep_together([[c] for c in [*middle, "ethnic_code", "id_number", "phone", "member_count"]])
        more = {
            "village": style["village"] == "column", "category": style["category"] == "words",
            "commune_code": style["commune"] == "column", "filler": style["filler"],
        }  # fmt: skip
        groups += [[name] for name, wanted in more.items() if wanted]
        if style["category"] == "marks":
            groups.append(["mark_poor", "mark_near"])
        if style["shuffle"]:
            self.rng.shuffle(groups)
        groups = [group for group in groups if group[0] not in style["leave out"]]
        names = ["family", "given"] if style["name columns"] else ["head_name"]
        return ["ordinal", *names, *[c for group in groups for c in group], *(["note"] if style["note"] else [])]

    def _keep_together(self, groups: list[list[str]]) -> list[list[str]]:
        kept: list[list[str]] = []
        for (column,) in groups:
            together = {"year_female": "year_male", "month": "day", "year": "month", "mark_female": "mark_male"}
            if column in together and kept and kept[-1][-1] == together[column]:
                kept[-1].append(column)
            else:
                kept.append([column])
        return kept

    # Rows

    def _rows(self, truths: list[Truth]) -> None:
        self.now: dict[str, Any] = {}
        self.number = self.in_section = 0
        for one in self._sorted(truths):
            for section in self.style["sections"]:
                if self.now.get(section) != getattr(one, section):
                    self._change_section(section, one)
            self.number += 1
            self.in_section += 1
            if self.style["pages"] and self.number % 12 == 0:
                self._repeat_header()
            if self.style["blanks"] and self.rng.random() < 0.08:
                self._put([])
            self._row(self.number, one)

    def _change_section(self, section: str, one: Truth) -> None:
        order = self.style["sections"]
        if self.now.get(section) is not None and self.style["subtotals"]:
            words = self.rng.choice(["Cộng", "Tổng cộng", f"Cộng {one.village}", "Tổng"])
            self._put(["", words, "", "", self.in_section])
        self.now = {key: kept for key, kept in self.now.items() if order.index(key) < order.index(section)}
        self.now[section], self.in_section = getattr(one, section), 0
        self._section(section, one)
        if self.style["restart"]:
            self.number = 0

    def _repeat_header(self) -> None:
        for row in self.header_rows:
            self._put(row)
        if self.style["index"] and self.rng.random() < 0.5:
            self._put(self.index)

    def _sorted(self, truths: list[Truth]) -> list[Truth]:
        keys = self.style["sections"]
        return sorted(truths, key=lambda one: [getattr(one, key) for key in keys]) if keys else truths

    def _section(self, section: str, one: Truth) -> None:
        rng = self.rng
        if section == "village":
            text = rng.choice(["{}", "{}", "{}: 12 hộ", "{} (12 hộ)"]).format(self._village_heading(one.village))
        elif section == "category":
            words = {"poor": "HỘ NGHÈO", "near_poor": "HỘ CẬN NGHÈO"}[one.category]
            text = rng.choice([words, words.capitalize(), f"{words}: 25 hộ", f"DANH SÁCH {words}"])
        else:
            full = COMMUNES[one.commune]
            text = rng.choice(
                [full, full.upper(), full.replace("Phường", "P.").replace("Xã", "X.").replace("Thị trấn", "TT.")]
            )
            if one.commune in ("23221", "23257"):
                text += {"23221": ", huyện Đức Linh", "23257": ", huyện Hàm Tân"}[one.commune]
        mark = rng.choice(["", "I", "A", "1", "II.", "*"])
        cells = rng.choice([[mark, text], [text], [f"{mark.strip('.') or 'I'}. {text}"], ["", text]])
        row = self._put(cells)
        if self.style["merges"] and rng.random() < 0.3 and len(cells) == 1:
            self.page.merges.append((row, self.left, row, self.left + len(self.columns) - 1))

    def _village_heading(self, village: str) -> str:
        return self.rng.choice([village, village.upper()])

    def _row(self, number: int, one: Truth) -> None:
        cells, answer = self._cells(number, one), Answer(one.values())
        if self.style["birth"] == "under gender":
            answer.values |= {"birth_date": None, "birth_precision": "year"}
        for name in self.style["leave out"]:
            for value in {
                "id_number": ("id_number", "id_kind"),
                "birth_date": ("birth_date", "birth_year", "birth_precision"),
            }.get(name, (name,)):
                answer.values[value] = None
        if self.rng.random() < self.style["mistakes"]:
            self._spoil(cells, answer, one)
        row = self._put([cells[column] for column in self.columns])
        self.page.answers[row] = answer

    def _spoil(self, cells: dict[str, Any], answer: Answer, one: Truth) -> None:
        columns = set(self.columns)
        columns |= {"marks"} if "mark_poor" in columns else set()
        columns |= {"years"} if "year_male" in columns else set()
        if self.style["name columns"]:
            columns.discard("head_name")
        drawn = spoiling.draw(self.rng, one, columns)
        if drawn is None:
            return
        kind, column, cell, fields, free = drawn
        if column == "marks":
            cells["mark_poor"], cells["mark_near"] = cell
        elif column == "years":
            cells["year_male"], cells["year_female"] = cell
        else:
            cells[column] = cell
        answer.planted.append((kind, fields))
        answer.free |= free

    def _cells(self, number: int, one: Truth) -> dict[str, Any]:
        rng, style = self.rng, self.style
        family, _, given = one.name.rpartition(" ")
        year = one.born.year
        poor = one.category == "poor"
        mark = rng.choice(writing.MARKS) if style["mess"] else "x"
        male = one.gender == "male"
        if style["birth"] == "three columns" and one.precision == "month":
            parts: list[Any] = ["", one.born.month, year]
        else:
            parts = [one.born.day, one.born.month, year] if one.precision == "day" else ["", "", year]
        word = "free" if style["mess"] else "plain"
        ordinal: Any = (
            rng.choice([number, number, str(number), Formula("=ROW()-9", number)]) if style["mess"] else number
        )
        return {
            "ordinal": ordinal,
            "head_name": writing.name(rng, one, style["name"]),
            "family": family or "",
            "given": given,
            "birth_date": writing.birth(rng, one, rng.choice(style["births"])),
            "day": parts[0],
            "month": parts[1],
            "year": parts[2],
            "year_male": rng.choice([year, str(year)]) if male else "",
            "year_female": "" if male else rng.choice([year, str(year)]),
            "gender": writing.gender(rng, one, word),
            "mark_male": mark if male else "",
            "mark_female": "" if male else mark,
            "ethnic_code": writing.ethnic(rng, one, word),
            "id_number": writing.number(rng, one, rng.choice(style["numbers"])),
            "phone": writing.phone(rng, one, rng.choice(style["phones"])),
            "member_count": writing.members(rng, one, word),
            "village": writing.village(rng, one, word),
            "category": writing.category(rng, one, word),
            "mark_poor": mark if poor else "",
            "mark_near": "" if poor else mark,
            "commune_code": self._commune_text(one),
            "note": rng.choice(NOTES) if style["mess"] else "",
            "filler": rng.choice(["", "12/GCN-HN.HCN", "Công an tỉnh"]),
        }

    def _commune_text(self, one: Truth) -> str:
        full = COMMUNES[one.commune]
        kind, _, bare = full.partition(" ") if not full.startswith("Thị") else ("Thị trấn", "", full[9:])
        if one.commune in ("23221", "23257"):
            return full + {"23221": ", H. Đức Linh", "23257": ", Huyện Hàm Tân"}[one.commune]
        short = {"Phường": "P.", "Xã": "X.", "Thị trấn": "TT."}[kind]
        ways: list[Callable[[], str]] = [
            lambda: full,
            lambda: bare,
            lambda: f"{short} {bare}",
            lambda: f"{short}{bare}",
            lambda: full.upper(),
            lambda: one.commune,
            lambda: f"{full}, tỉnh Bình Thuận",
        ]
        return self.rng.choice(ways)() if self.style["mess"] else full

    # Below

    def _bottom(self, count: int) -> None:
        rng, style = self.rng, self.style
        if "total" in style["bottom"]:
            self._put(
                rng.choice(
                    [
                        ["", "Tổng cộng", "", "", count],
                        ["Tổng cộng", count],
                        ["", f"Tổng số: {count} hộ"],
                        ["", "Cộng", count, "", "", count * 3],
                        ["TỔNG CỘNG", "", "", count, count * 4],
                        ["", "Tổng số hộ nghèo", count],
                    ]
                )
            )
        if "note" in style["bottom"]:
            self._put([f"(Danh sách này có {count} hộ./.)"])
            self._put(["Ghi chú: đánh dấu x vào ô tương ứng"])
        if "signature" in style["bottom"]:
            half = len(self.columns) // 2
            self._put([])
            self._put([*[""] * half, "Mũi Né, ngày 05 tháng 01 năm 2024"])
            self._put(["", "NGƯỜI LẬP BIỂU", *[""] * half, "TM. ỦY BAN NHÂN DÂN"])
            self._put(["", "(Ký, ghi rõ họ tên)", *[""] * half, "CHỦ TỊCH"])
            self._put([])
            self._put([])
            self._put(["", "Lê Thị Hoa", *[""] * half, "Nguyễn Văn Bình"])
