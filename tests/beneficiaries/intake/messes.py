"""Makes lists in every mess a commune keeps them in, with the answer key: row, household, values."""

import datetime
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from beneficiaries.intake.cells import DateCell, NumberCell, Sheet
from beneficiaries.intake.household_rows import HouseholdRow, PersonRow
from demo.make_lists import to_tcvn3
from demo.people import People, make_household

PEOPLES = {
    "01": "Kinh",
    "02": "Tày",
    "04": "Hoa",
    "07": "Nùng",
    "16": "K'Ho",
    "17": "Chăm",
    "21": "Raglai",
    "32": "Chơ-ro",
}
HEADERS = {
    "ordinal": ["STT", "TT", "Số TT", "Số thứ tự"],
    "full_name": [
        "Họ và tên chủ hộ",
        "Họ tên chủ hộ",
        "HỌ VÀ TÊN",
        "Chủ hộ",
        "Họ và tên người đại diện hộ",
        "Họ tên",
        "Tên chủ hộ",
    ],
    "birth": ["Ngày sinh", "Ngày, tháng, năm sinh", "NS", "Năm sinh", "Ngày tháng năm sinh", "Sinh ngày"],
    "gender": ["Giới tính", "Nam/Nữ", "Phái", "GIỚI TÍNH", "GT"],
    "ethnic_group": ["Dân tộc", "DT", "Thành phần dân tộc"],
    "identity_number": ["Số CCCD", "CCCD", "Số CMND/CCCD", "Số định danh cá nhân", "Số căn cước công dân", "Căn cước"],
    "phone": ["Số điện thoại", "SĐT", "Điện thoại", "ĐT", "Số ĐT liên hệ", "Điện thoại liên hệ"],
    "hamlet": ["Thôn", "Thôn/Khu phố", "Địa chỉ (thôn, khu phố)", "Thôn, khu phố", "Địa bàn thôn"],
    "member_count": ["Số khẩu", "Số nhân khẩu", "Nhân khẩu", "Tổng số khẩu", "Số người trong hộ"],
    "category": ["Loại hộ", "Diện hộ", "Đối tượng", "Hộ nghèo/cận nghèo", "Thuộc diện", "Phân loại hộ"],
    "poor_mark": ["Hộ nghèo", "HN", "Nghèo"],
    "near_poor_mark": ["Hộ cận nghèo", "HCN", "Cận nghèo", "CN"],
    "note": ["Ghi chú", "Ghi Chú", "GC"],
}
CATEGORY_WORDS = {
    "HN": ["Hộ nghèo", "HN", "hộ nghèo", "Nghèo"],
    "HCN": ["Hộ cận nghèo", "HCN", "CN", "Cận nghèo", "hộ cận nghèo"],
}
CATEGORY_TITLES = {"HN": "HỘ NGHÈO", "HCN": "HỘ CẬN NGHÈO"}
_TABLES = json.loads(
    (Path(__file__).parents[3] / "beneficiaries/intake/vn_legacy_tables.json").read_text(encoding="utf-8")
)


def to_vni(text: str) -> str:
    """Write Unicode text in VNI code, as its Latin-1 look-alike."""
    table = _TABLES["vni"]["encode"]
    return "".join(
        bytes.fromhex(table[letter].replace(" ", "")).decode("latin-1") if letter in table else letter
        for letter in text
    )


@dataclass
class Mess:
    """A list in some mess: its sheet, and by row of the file the household and the values a reader must find."""

    sheet: Sheet
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    planted: dict[int, tuple[str, str]] = field(default_factory=dict)
    description: list[str] = field(default_factory=list)


# Mistakes: which column, what it becomes, and which codes may tell of it. "dup" copies the number of the row before.
MISTAKES: dict[str, tuple[str, Any, str]] = {
    "digit lost": ("identity_number", lambda v: v["identity_number"][:7] + v["identity_number"][8:], "V03"),
    "digit too many": ("identity_number", lambda v: v["identity_number"] + "1", "V03"),
    "letter O": ("identity_number", lambda v: "O" + v["identity_number"][1:], "V03"),
    "scientific": ("identity_number", "6.02E+10", "V06"),
    "old CMND": ("identity_number", "260123456", "V04"),
    "old CMND without its zero": ("identity_number", "60123456", "V68"),
    "unknown province": ("identity_number", lambda v: "099" + v["identity_number"][3:], "V07"),
    "other gender": ("gender", lambda v: {"Nam": "Nữ", "Nữ": "Nam"}[v["gender"]], "V08 V05 V03"),
    "no such day": ("birth", "31/02/1968", "V13"),
    "month first": ("birth", "05/25/1968", "V13"),
    "words": ("birth", "khoảng 70", "V13"),
    "future": ("birth", "12/12/2068", "V10"),
    "long ago": ("birth", "1868", "V10"),
    "two digits": ("birth", "5/3/68", "V45"),
    "no name": ("full_name", "", "V01"),
    "digit in the name": ("full_name", "Nguyễn Văn 5", "V02"),
    "note in the name": ("full_name", "Trần Thị Tư (chết)", "V02"),
    "no gender": ("gender", "", "V47 V64"),
    "odd gender": ("gender", "Namm", "V54"),
    "odd people": ("ethnic_group", "Kihn", "V55"),
    "odd count": ("member_count", "bốn", "V56"),
    "count of 400": ("member_count", 400, "V56"),
    "short phone": ("phone", "09123456", "V15"),
    "wrong prefix": ("phone", "0212345678", "V15"),
    "no hamlet": ("hamlet", "", "V49"),
    "no category": ("category", "", "V50"),
    "odd category": ("category", "HNN", "V51"),
    "both words": ("category", "Hộ nghèo, hộ cận nghèo", "V51"),
    "odd mark": ("poor_mark", "?", "V74"),
    "error in the number": ("identity_number", "#REF!", "V46"),
    "error in the name": ("full_name", "#N/A", "V46"),
    "error in the birth": ("birth", "#VALUE!", "V46"),
    "error in the hamlet": ("hamlet", "#REF!", "V46"),
    "error in the phone": ("phone", "#NAME?", "V46"),
}  # fmt: skip


class Maker:
    """Draws one mess from a seed; with `mistakes` about every seventh row holds one."""

    def __init__(self, seed: int, size: int = 40, *, mistakes: bool = False) -> None:
        self.rng = Random(f"mess {seed}")
        self.size, self.mistakes = size, mistakes
        self.rows: list[list[Any]] = []
        self.mess = Mess(Sheet("Sheet1"))
        self.style = {
            "category": self.pick("words", "marks", "grouped marks", "sections", "title"),
            "hamlet": self.pick("column", "short", "sections", "column"),
            "birth": self.pick("text", "dashes", "dots", "real dates", "years", "mixed", "two columns", "no zeros"),
            "identity": self.pick("text", "number", "spaces", "apostrophe"),
            "phone": self.pick("text", "number", "spaces", "dots", "+84", "old"),
            "names": self.pick("as is", "as is", "capitals", "two columns", "spaces"),
            "encoding": self.pick("unicode", "unicode", "NFD", "tcvn3", "vni"),
            "header": self.pick(1, 1, 2),
            "pages": self.pick(False, False, True),
            "index": self.pick(False, True),
            "title": self.pick(0, 1, 4, 9),
            "bottom": self.pick("nothing", "total", "total and signature"),
            "blank rows": self.pick(False, True),
            "font": self.pick(False, True),
            "only text": self.rng.random() < 0.2,  # as in a .csv: no numbers, no real dates, no merges
        }
        if self.style["birth"] == "two columns":
            self.style["header"] = 2

    def pick(self, *choices: Any) -> Any:
        return self.rng.choice(choices)

    def make(self) -> Mess:
        self.households = self._households()
        self.columns = self._columns()
        self._title()
        self.header = self._header()
        self._add_header()
        self._body()
        self._bottom()
        self.mess.description = [f"{key}={value}" for key, value in self.style.items()]
        self.mess.sheet.rows = [[self._cell(value) for value in row] for row in self.rows]
        if self.style["encoding"] in ("tcvn3", "vni") and self.style["font"]:
            font = ".VnTime" if self.style["encoding"] == "tcvn3" else "VNI-Times"
            self.mess.sheet.fonts = dict.fromkeys(range(len(self.columns) + 3), font)
        return self.mess

    def _households(self) -> list[HouseholdRow]:
        people = People(self.pick("22915", "23065", "22987", "23020"), self.rng, 950_000)
        hamlets = (
            [f"Thôn {number}" for number in range(1, 5)]
            if self.pick(True, False)
            else [f"Khu phố {n}" for n in range(1, 5)]
        )
        households = [make_household(number, people, hamlets, self.rng) for number in range(1, self.size + 1)]
        for household in households:
            household.category = "HN" if self.style["category"] == "title" else self.pick("HN", "HCN")
        if self.style["hamlet"] == "sections":
            households.sort(key=lambda household: household.hamlet)
        if self.style["category"] == "sections":
            households.sort(key=lambda household: household.category)
        return households

    def _columns(self) -> list[str]:
        columns = ["birth", "gender", "identity_number", "phone", "ethnic_group", "member_count"]
        if self.style["birth"] == "two columns":
            columns[0:2] = ["birth_male", "birth_female"]
        if self.style["hamlet"] != "sections":
            columns.append("hamlet")
        if self.style["category"] == "words":
            columns.append("category")
        middle = columns
        if self.pick(True, False) and self.style["birth"] != "two columns":
            self.rng.shuffle(middle)
        if "marks" in self.style["category"]:
            middle = [*middle, "poor_mark", "near_poor_mark"]
        names = ["family_name", "given_name"] if self.style["names"] == "two columns" else ["full_name"]
        return ["ordinal", *names, *middle, "note"]

    def _title(self) -> None:
        kind = CATEGORY_TITLES["HN"] if self.style["category"] == "title" else "HỘ NGHÈO, HỘ CẬN NGHÈO"
        lines = [["UBND PHƯỜNG PHÚ HÀI", *[""] * 4, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], ["BAN CHỈ ĐẠO", *[""] * 4,
            "Độc lập - Tự do - Hạnh phúc"],
                 [], ["", f"DANH SÁCH {kind} NĂM 2024"], ["",
                 "(Kèm theo Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2024)"],
                 [], ["Đơn vị tính: hộ"], [], []]  # fmt: skip
        if self.style["category"] == "title" and self.style["title"] < 4:
            self.style["title"] = 4
        self.rows.extend(lines[: self.style["title"]])

    def _header(self) -> list[list[str]]:
        top, low = [], []
        for name in self.columns:
            group, leaf = "", ""
            if name in ("birth_male", "birth_female"):
                group, leaf = ("Năm sinh" if name == "birth_male" else ""), ("Nam" if name == "birth_male" else "Nữ")
            elif (
                name in ("poor_mark", "near_poor_mark")
                and self.style["category"] == "grouped marks"
                and self.style["header"] == 2
            ):
                group, leaf = ("Loại hộ" if name == "poor_mark" else ""), self.pick(*HEADERS[name])
            elif name == "family_name":
                group = "Họ và tên đệm"
            elif name == "given_name":
                group = "Tên"
            else:
                group = self.pick(*HEADERS[name])
            top.append(group)
            low.append(leaf)
        return [top, low] if self.style["header"] == 2 and any(low) else [top]

    def _add_header(self) -> None:
        first = len(self.rows) + 1
        self.rows.extend(list(row) for row in self.header)
        if len(self.header) == 2 and self.pick(True, False) and not self.style["only text"]:
            for column, name in enumerate(self.columns):
                if name in ("birth_male",) or (name == "poor_mark" and self.header[0][column] == "Loại hộ"):
                    self.mess.sheet.merges.append((first, column, first, column + 1))
                elif not self.header[1][column] and name not in ("birth_female", "near_poor_mark"):
                    self.mess.sheet.merges.append((first, column, first + 1, column))
        if self.style["index"]:
            letters = ["A", "B"] if self.pick(True, False) else []
            self.rows.append([*letters, *[str(n) for n in range(1, len(self.columns) + 1 - len(letters))]])

    def _body(self) -> None:
        hamlet = category = ""
        for number, household in enumerate(self.households, 1):
            if self.style["pages"] and number % 15 == 0:
                self.rows.extend(list(row) for row in self.header)
            if self.style["category"] == "sections" and household.category != category:
                category, hamlet = household.category, ""
                self.rows.append(
                    [
                        self.pick("A", "I", ""),
                        self.pick(f"{CATEGORY_TITLES[category]}", f"{CATEGORY_TITLES[category]}: 20 hộ"),
                    ]
                )
            if self.style["hamlet"] == "sections" and household.hamlet != hamlet:
                hamlet = household.hamlet
                self.rows.append(
                    [self.pick("1", "", "a"), self.pick(hamlet, f"{hamlet}: 12 hộ", hamlet.upper())]
                    if self.pick(True, False)
                    else [f"II. {hamlet}"]
                )
            if self.style["blank rows"] and number % 11 == 0:
                self.rows.append([])
            self._row(number, household)

    def _row(self, number: int, household: HouseholdRow) -> None:
        head = household.head
        born, shown = self._birth(household)
        name, parts = self._name(head.full_name)
        phone, phone_shown = self._phone(household.phone)
        values = {
            "ordinal": number, "full_name": parts, "family_name": " ".join(head.full_name.split()[:-1]),
            "given_name": head.full_name.split()[-1], "birth": shown,
            "birth_male": born[1] if head.gender == "M" else "", "birth_female": born[1] if head.gender == "F" else "",
            "gender": {"M": "Nam", "F": "Nữ"}[head.gender], "identity_number": self._identity(head.identity_number),
            "phone": phone_shown, "ethnic_group": PEOPLES[head.ethnic_group], "member_count": household.member_count,
            "hamlet": self._hamlet(household.hamlet), "category": self.pick(*CATEGORY_WORDS[household.category]),
            "poor_mark": "x" if household.category == "HN" else "",
            "near_poor_mark": "X" if household.category == "HCN" else "",
            "note": household.note,
        }  # fmt: skip
        self._last_values = values
        mistake = self._mistake(values, head) if self.mistakes and self.rng.random() < 0.15 else None
        self.rows.append([values[column] for column in self.columns])
        self.mess.answers[len(self.rows)] = {
            "full_name": name, "birth": born, "gender": head.gender, "identity_number": head.identity_number,
            "phone": phone,
            "ethnic_group": head.ethnic_group, "member_count": household.member_count, "hamlet": household.hamlet,
            "category": household.category,
        }  # fmt: skip

        if mistake:
            field_name, codes = mistake
            self.mess.planted[len(self.rows)] = (field_name, codes)
            spoilt = {"identity_number", field_name} if field_name in ("birth", "gender") else {field_name}
            for name in spoilt | ({"category"} if field_name.endswith("mark") else set()):
                self.mess.answers[len(self.rows)].pop(name, None)

    def _mistake(self, values: dict[str, Any], head: PersonRow) -> tuple[str, str] | None:
        kind = self.pick(*MISTAKES)
        column, change, codes = MISTAKES[kind]
        if column not in self.columns or (column == "birth" and not head.identity_number):
            return None
        if column in ("identity_number", "gender") and not head.identity_number:
            return None
        if callable(change):
            values = values if column != "identity_number" else values | {"identity_number": head.identity_number}
            value = change(values)
        else:
            value = change
        self._last_values[column] = value
        return column, codes

    def _name(self, name: str) -> tuple[str, str]:
        if self.style["names"] == "capitals":
            return name, name.upper()
        if self.style["names"] == "spaces":
            return name, f" {name.replace(' ', '  ', 1)} "
        return name, name

    def _birth(self, household: HouseholdRow) -> tuple[tuple[str | None, int], Any]:
        head, style = household.head, self.style["birth"]
        year = head.birth_year or 1960
        if style == "two columns":
            return (None, year), ""
        if head.birth_date is None or style == "years" or (style == "mixed" and self.pick(True, False)):
            return (None, year), self.pick(year, str(year))
        born = head.birth_date
        shown: Any = f"{born:%d/%m/%Y}"
        if style == "dashes":
            shown = f"{born:%d-%m-%Y}"
        elif style == "dots":
            shown = f"{born:%d.%m.%Y}"
        elif style == "no zeros":
            shown = f"{born.day}/{born.month}/{born.year}"
        elif style == "real dates":
            shown = born
        return (born.isoformat(), year), shown

    def _identity(self, number: str) -> Any:
        if not number:
            return ""
        if self.style["identity"] == "number":
            return int(number)
        if self.style["identity"] == "spaces":
            return f"{number[:3]} {number[3:6]} {number[6:]}"
        return f"'{number}" if self.style["identity"] == "apostrophe" else number

    def _phone(self, number: str) -> tuple[str, Any]:
        if not number:
            return "", ""
        style = self.style["phone"]
        if style == "number":
            return number, int(number)
        if style == "spaces":
            return number, f"{number[:4]} {number[4:7]} {number[7:]}"
        if style == "dots":
            return number, f"{number[:4]}.{number[4:7]}.{number[7:]}"
        if style == "+84":
            return number, f"+84{number[1:]}"
        if style == "old":
            return f"035{number[3:]}", f"0165{number[3:]}"
        return number, number

    def _hamlet(self, hamlet: str) -> str:
        if self.style["hamlet"] != "short":
            return hamlet
        number = hamlet.rpartition(" ")[2]
        return (
            self.pick(f"KP{number}", f"KP {number}", f"kp.{number}")
            if hamlet.startswith("Khu")
            else self.pick(f"T.{number}", f"T{number}", f"Thôn 0{number}")
        )

    def _bottom(self) -> None:
        if self.style["bottom"] == "nothing":
            return
        self.rows.append([self.pick("", "Tổng cộng"), "Tổng cộng", *[""] * 3, 120])
        if self.style["bottom"] == "total":
            return
        self.rows += [[], ["", "", "", "", "", "Phú Hài, ngày 05 tháng 01 năm 2024"], ["", "NGƯỜI LẬP BIỂU", "", "",
            "", "TM. ỦY BAN NHÂN DÂN"],
                      ["", "", "", "", "", "CHỦ TỊCH"], [], [], ["", "Lê Thị Hoa", "", "", "",
                      "Nguyễn Văn Bình"]]  # fmt: skip

    def _cell(self, value: Any) -> str:
        if self.style["only text"] and not isinstance(value, str):
            return f"{value:%d/%m/%Y}" if isinstance(value, datetime.date) else str(value)
        if isinstance(value, datetime.date):
            return DateCell(value.isoformat())
        if isinstance(value, int):
            return NumberCell(str(value))
        encode: dict[str, Callable[[str], str]] = {
            "NFD": lambda text: unicodedata.normalize("NFD", text), "tcvn3": to_tcvn3, "vni": to_vni,
        }  # fmt: skip
        return encode.get(self.style["encoding"], str)(str(value))
