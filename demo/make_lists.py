"""Writes demo/lists: six commune files as officials really keep them, each with mistakes that really happen.

Run `python -m demo.make_lists`. The same files come out every time; `expected.json` says what is in them, row by row.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from beneficiaries.intake.household_rows import HouseholdRow
from demo.list_grid import Grid, Value, write_xls, write_xlsx
from demo.people import RESERVED_SERIALS, People, make_household, make_identity

FOLDER = Path(__file__).parent / "lists"
_SERIALS_PER_LIST = 2_250
_PEOPLE_NAMES = {
    "01": "Kinh",
    "02": "Tày",
    "04": "Hoa",
    "07": "Nùng",
    "16": "K'Ho",
    "17": "Chăm",
    "21": "Raglai",
    "32": "Chơ-ro",
}
_GENDERS = {"M": "Nam", "F": "Nữ"}


@dataclass(slots=True)
class Planted:
    """What a list holds: the rows of its households, and the problems put (or naturally lying) in them."""

    households: list[int] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)

    def note(self, row: int, code: str, field_name: str) -> None:
        """Row as in the file, counted from 1."""
        self.problems.append((row, code, field_name))


@dataclass(frozen=True, slots=True)
class DemoList:
    """One file: its name, the commune it belongs to, how many households, and what writes it."""

    file: str
    commune_code: str
    commune: str
    size: int
    build: "Callable[[DemoList, Path], Planted]"
    number: int

    def rng(self) -> Random:
        """The list's own source of chance."""
        return Random(f"demo list {self.commune_code}")

    def households(self, rng: Random, hamlets: list[str]) -> list[HouseholdRow]:
        """Made-up households of the commune with numbers that no one in the demo province has."""
        people = People(self.commune_code, rng, RESERVED_SERIALS + self.number * _SERIALS_PER_LIST)
        rows = [make_household(number, people, hamlets, rng) for number in range(1, self.size + 1)]
        for row in rows:
            if row.category not in ("HN", "HCN"):
                row.category = rng.choice(("HN", "HCN"))
        return rows


def _letterhead(grid: Grid, commune: str, title: str, width: int) -> int:
    """The block above a list; the next free row."""
    half = width // 2
    grid.merge(0, 0, 0, half - 2, f"ỦY BAN NHÂN DÂN {commune.upper()}", "letterhead")
    grid.merge(0, half, 0, width - 1, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "letterhead")
    grid.merge(1, 0, 1, half - 2, "BAN CHỈ ĐẠO GIẢM NGHÈO", "letterhead")
    grid.merge(1, half, 1, width - 1, "Độc lập - Tự do - Hạnh phúc", "letterhead")
    grid.merge(3, 0, 3, width - 1, title, "title")
    grid.merge(4, 0, 4, width - 1, "(Kèm theo Báo cáo số 118/BC-UBND ngày 04 tháng 10 năm 2024)", "italic")
    return 6


def _signatures(grid: Grid, row: int, commune: str, width: int) -> None:
    half = width // 2
    grid.merge(row + 1, half, row + 1, width - 1, f"{commune.split(' ', 1)[1]}, ngày 04 tháng 10 năm 2024", "italic")
    grid.merge(row + 2, 1, row + 2, half - 2, "NGƯỜI LẬP BIỂU", "sign")
    grid.merge(row + 2, half, row + 2, width - 1, "TM. ỦY BAN NHÂN DÂN", "sign")
    grid.merge(row + 3, half, row + 3, width - 1, "CHỦ TỊCH", "sign")
    grid.merge(row + 7, 1, row + 7, half - 2, "Lê Thị Mỹ Hạnh", "sign")
    grid.merge(row + 7, half, row + 7, width - 1, "Nguyễn Hữu Phước", "sign")


def _birth(row: HouseholdRow) -> str:
    head = row.head
    return f"{head.birth_date:%d/%m/%Y}" if head.birth_date else str(head.birth_year)


def _put_row(grid: Grid, row: int, values: list[Value], centred: tuple[int, ...] = ()) -> None:
    for column, value in enumerate(values):
        grid.put(row, column, value, "number" if column in centred or isinstance(value, int) else "cell")


def _mark(row: HouseholdRow, category: str) -> str:
    return "x" if row.category == category else ""


def _note_missing_number(planted: Planted, row_no: int, household: HouseholdRow) -> None:
    if not household.head.identity_number:
        planted.note(row_no, "V53", "identity_number")


def _hand_made(demo: DemoList, path: Path) -> Planted:
    """An old .xls with one header row, x marks, and the mistakes of typing by hand."""
    header = ["STT", "Họ và tên chủ hộ", "Ngày, tháng, năm sinh", "Giới tính", "Dân tộc", "Số CCCD/CMND",
        "Số điện thoại",
              "Khu phố", "Số khẩu", "Hộ nghèo", "Hộ cận nghèo", "Ghi chú"]  # fmt: skip
    grid = Grid("DS ho ngheo 2024", widths=[6, 26, 16, 9, 10, 17, 14, 13, 8, 8, 9, 22])
    rng, planted = demo.rng(), Planted()
    households = demo.households(rng, [f"Khu phố {number}" for number in range(1, 8)])
    top = _letterhead(grid, demo.commune, "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024", len(header))
    for column, text in enumerate(header):
        grid.put(top, column, text, "header")
    rows: list[list[Value]] = []
    for number, household in enumerate(households, 1):
        head, row_no = household.head, top + 1 + number
        planted.households.append(row_no)
        rows.append([
            number, head.full_name, _birth(household), _GENDERS[head.gender], _PEOPLE_NAMES[head.ethnic_group],
            head.identity_number, household.phone, household.hamlet.replace("Khu phố ",
                "KP") if number % 3 else household.hamlet,
            household.member_count or 1, _mark(household, "HN"), _mark(household, "HCN"), household.note,
        ])  # fmt: skip
    _spoil_by_hand(rows, households, planted, rng)
    for number, values in enumerate(rows, 1):
        _put_row(grid, top + number, values, (2, 3, 5, 6, 8, 9, 10))
    bottom = top + 1 + len(rows)
    grid.merge(bottom, 0, bottom, 7, f"Tổng cộng: {len(rows)} hộ", "section")
    grid.put(bottom, 8, sum(value for row in rows if isinstance(value := row[8], int)), "section")
    _signatures(grid, bottom, demo.commune, len(header))
    write_xls(grid, path)
    return planted


def _spoil_by_hand(rows: list[list[Value]], households: list[HouseholdRow], planted: Planted, rng: Random) -> None:
    """Ten mistakes in ten rows that have an identity number; then what is missing by nature."""
    usable = [index for index, household in enumerate(households) if household.head.identity_number]
    chosen = sorted(rng.sample(usable, 11))
    at = planted.households
    empty, day, digit, old, phone, first, second, both, gender, place, title = chosen
    rows[empty][1] = ""
    planted.note(at[empty], "V01", "full_name")
    rows[day][2] = "31/02/1958"
    planted.note(at[day], "V13", "birth")
    rows[digit][5] = str(rows[digit][5])[:8] + str(rows[digit][5])[9:]
    planted.note(at[digit], "V03", "identity_number")
    rows[old][5] = f"26{rng.randrange(10_000_000):07d}"
    planted.note(at[old], "V04", "identity_number")
    rows[phone][6] = f"0168{rng.randrange(10_000_000):07d}"
    planted.note(at[phone], "V16", "phone")
    rows[second][5] = rows[first][5]
    rows[second][2], rows[second][3] = rows[first][2], rows[first][3]
    planted.note(at[first], "V19", "identity_number")
    planted.note(at[second], "V19", "identity_number")
    rows[both][9] = rows[both][10] = "x"
    planted.note(at[both], "V52", "category")
    rows[gender][3] = "Nữ" if rows[gender][3] == "Nam" else "Nam"
    planted.note(at[gender], "V08", "identity_number")
    rows[place][7] = ""
    planted.note(at[place], "V49", "hamlet")
    rows[title][1] = str(rows[title][1]).upper()
    for index, household in enumerate(households):
        _note_missing_number(planted, at[index], household)


def _two_row_header(demo: DemoList, path: Path) -> Planted:
    """Birth years under Nam and Nữ, categories under one group, a row of column numbers."""
    grid = Grid("Danh sách", widths=[6, 26, 8, 8, 17, 10, 14, 10, 10, 9, 14, 18])
    rng, planted = demo.rng(), Planted()
    households = demo.households(rng, [f"Khu phố {number}" for number in range(1, 6)])
    top = _letterhead(grid, demo.commune, "DANH SÁCH CHI TIẾT HỘ NGHÈO, HỘ CẬN NGHÈO CUỐI NĂM 2024", 12)
    _group_header(grid, top)
    for number, household in enumerate(households, 1):
        head, row = household.head, top + 2 + number
        planted.households.append(row + 1)
        year = head.birth_year or 1960
        values: list[Value] = [
            number, head.full_name, year if head.gender == "M" else "", year if head.gender == "F" else "",
            head.identity_number, _PEOPLE_NAMES[head.ethnic_group], household.hamlet, _mark(household, "HN"),
            _mark(household, "HCN"), household.member_count or 1, household.phone, household.note,
        ]  # fmt: skip
        _spoil_group_row(number, values, household, planted, row + 1)
        _put_row(grid, row, values, (2, 3, 4, 7, 8, 9))
        if head.identity_number and values[4]:
            continue
        _note_missing_number(planted, row + 1, household)
    bottom = top + 3 + len(households)
    grid.put(bottom, 1, "Tổng cộng", "section")
    grid.put(bottom, 9, sum(household.member_count or 1 for household in households), "section")
    _signatures(grid, bottom, demo.commune, 12)
    write_xlsx(grid, path)
    return planted


def _group_header(grid: Grid, top: int) -> None:
    single = {0: "STT", 1: "Họ và tên chủ hộ", 4: "Số CCCD", 5: "Dân tộc", 6: "Địa bàn (Khu phố)", 9: "Số nhân khẩu",
              10: "Điện thoại liên hệ", 11: "Ghi chú"}  # fmt: skip
    for column, text in single.items():
        grid.merge(top, column, top + 1, column, text, "header")
    grid.merge(top, 2, top, 3, "Năm sinh", "header")
    grid.merge(top, 7, top, 8, "Loại hộ", "header")
    for column, text in {2: "Nam", 3: "Nữ", 7: "Hộ nghèo", 8: "Hộ cận nghèo"}.items():
        grid.put(top + 1, column, text, "header")
    for column, text in enumerate(["A", "B", *map(str, range(1, 11))]):
        grid.put(top + 2, column, text, "index")


def _spoil_group_row(number: int, values: list[Value], household: HouseholdRow, planted: Planted, row_no: int) -> None:
    head = household.head
    year = head.birth_year or 1960
    if number == 9:
        values[2] = values[3] = year
        planted.note(row_no, "V57", "birth")
    elif number == 23:
        values[5] = "Kihn"
        planted.note(row_no, "V55", "ethnic_group")
    elif number == 41:
        values[7] = values[8] = ""
        planted.note(row_no, "V50", "category")
    elif number == 58:
        values[1] = f"{head.full_name} (chết)"
        planted.note(row_no, "V02", "full_name")
    elif number == 77 and head.identity_number:
        values[4] = make_identity("060", head.gender, year + 2, 991_077)
        planted.note(row_no, "V09", "identity_number")
    elif number == 96:
        values[9] = 0
        planted.note(row_no, "V56", "member_count")


def _hamlet_sections(demo: DemoList, path: Path) -> Planted:
    """Rows under the name of their hamlet, with sums, and the header again on every printed page."""
    header = [
        "TT",
        "Họ tên chủ hộ",
        "Ngày sinh",
        "Phái",
        "Số định danh cá nhân",
        "Đối tượng",
        "Số khẩu",
        "SĐT",
        "Ghi chú",
    ]
    grid = Grid("Tổng hợp các thôn", widths=[6, 28, 14, 8, 18, 12, 9, 14, 20])
    rng, planted = demo.rng(), Planted()
    hamlets = ["Thôn Thiện Hòa", "Thôn Thiện Sơn", "Thôn Thiện Trung", "Thôn Thiện Bình", "Thôn Thiện Hưng"]
    households = sorted(demo.households(rng, hamlets), key=lambda household: hamlets.index(household.hamlet))
    row = _letterhead(grid, demo.commune, "DANH SÁCH HỘ NGHÈO VÀ HỘ CẬN NGHÈO NĂM 2024", len(header))
    for column, text in enumerate(header):
        grid.put(row, column, text, "header")
    row += 1
    hamlet, number = "", 0
    for household in households:
        if number and number % 45 == 0:
            for column, text in enumerate(header):
                grid.put(row, column, text, "header")
            row += 1
        if household.hamlet != hamlet:
            hamlet = household.hamlet
            count = sum(other.hamlet == hamlet for other in households)
            grid.merge(
                row,
                0,
                row,
                len(header) - 1,
                f"{['I', 'II', 'III', 'IV', 'V'][hamlets.index(hamlet)]}. {hamlet}: {count} hộ",
                "section",
            )
            row += 1
        number += 1
        row = _section_row(grid, row, number, household, planted)
    grid.merge(row, 0, row, 5, f"Cộng toàn xã: {number} hộ", "section")
    grid.put(row, 6, sum(household.member_count or 1 for household in households), "section")
    _signatures(grid, row, demo.commune, len(header))
    write_xlsx(grid, path)
    return planted


_SECTION_WORDS = {"HN": ("HN", "Hộ nghèo", "hộ nghèo"), "HCN": ("HCN", "Hộ cận nghèo", "CN")}


def _section_row(grid: Grid, row: int, number: int, household: HouseholdRow, planted: Planted) -> int:
    """One household; number 120 is typed twice. The next free row."""
    head, row_no = household.head, row + 1
    word = _SECTION_WORDS[household.category][number % 3]
    name = head.full_name
    if "NCC" in household.attributes:
        word = f"{household.category}-NCC"
    if number == 31:
        word = "HNN"
        planted.note(row_no, "V51", "category")
    elif number == 88:
        name = "Nguyễn Văn Test"
        planted.note(row_no, "V43", "full_name")
    elif number == 150:
        planted.note(row_no, "V15", "phone")
    values: list[Value] = [
        number, name, _birth(household), _GENDERS[head.gender], head.identity_number, word, household.member_count or 1,
        "025381" if number == 150 else household.phone, household.note,
    ]  # fmt: skip
    for copy in range(2 if number == 120 else 1):
        _put_row(grid, row, values, (2, 3, 4, 5, 6, 7))
        planted.households.append(row + 1)
        _note_missing_number(planted, row + 1, household)
        if copy:
            planted.note(row + 1, "V44", "full_name")
        row += 1
    return row


def _lost_zeros(demo: DemoList, path: Path) -> Planted:
    """Identity numbers and phones that Excel took for numbers; births as real dates where they are whole."""
    header = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "CCCD", "ĐT", "Khu phố", "Nhân khẩu", "Diện hộ", "Số GCN"]
    grid = Grid("Sheet1", font="Arial", widths=[6, 28, 13, 9, 18, 14, 12, 10, 14, 20])
    rng, planted = demo.rng(), Planted()
    households = demo.households(rng, [str(number) for number in range(1, 10)])
    top = _letterhead(grid, demo.commune, "DANH SÁCH HỘ NGHÈO, CẬN NGHÈO NĂM 2024", len(header))
    for column, text in enumerate(header):
        grid.put(top, column, text, "header")
    for number, household in enumerate(households, 1):
        head, row = household.head, top + number
        planted.households.append(row + 1)
        identity: Value = int(head.identity_number) if head.identity_number else ""
        if number == 60:
            identity = "6.01680129E+10"
            planted.note(row + 1, "V06", "identity_number")
        elif number in (111, 222):
            identity = int(make_identity("060", head.gender, (head.birth_year or 1960) + 7, 992_000 + number))
            planted.note(row + 1, "V03", "identity_number")
        elif identity:
            planted.note(row + 1, "V05", "identity_number")
        else:
            planted.note(row + 1, "V53", "identity_number")
        values: list[Value] = [
            number, head.full_name, head.birth_date or head.birth_year or "", _GENDERS[head.gender], identity,
            int(household.phone) if household.phone else "", int(household.hamlet), household.member_count or 1,
            "Hộ nghèo" if household.category == "HN" else "Hộ cận nghèo", household.certificate_no,
        ]  # fmt: skip
        _put_row(grid, row, values, (2, 3, 5, 6, 7))
        if isinstance(identity, int):
            grid.put(row, 4, identity, "identity")
    _signatures(grid, top + len(households) + 1, demo.commune, len(header))
    write_xlsx(grid, path)
    return planted


def _old_font(demo: DemoList, path: Path) -> Planted:
    """Typed in the time of .VnTime: every text is in TCVN3 code."""
    header = [
        "STT",
        "Họ và tên chủ hộ",
        "Ngày sinh",
        "Nam/Nữ",
        "Dân tộc",
        "Số CCCD",
        "Thôn",
        "Số khẩu",
        "Loại hộ",
        "Điện thoại",
        "Ghi chú",
    ]
    grid = Grid("Sheet1", font=".VnTime", capitals_font=".VnTimeH", widths=[6, 26, 13, 9, 10, 17, 14, 9, 14, 14, 18])
    rng, planted = demo.rng(), Planted()
    households = demo.households(rng, [f"Thôn Tiến {name}" for name in ("Thạnh", "Hiệp", "Hòa", "Phú", "Bình")])
    top = _letterhead(grid, demo.commune, "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024", len(header))
    for column, text in enumerate(header):
        grid.put(top, column, text, "header")
    for number, household in enumerate(households, 1):
        head, row = household.head, top + number
        planted.households.append(row + 1)
        _note_missing_number(planted, row + 1, household)
        birth, phone = _birth(household), household.phone
        if number == 20:
            birth = "30/02/1971"
            planted.note(row + 1, "V13", "birth")
        elif number == 44:
            phone = "09123456"
            planted.note(row + 1, "V15", "phone")
        values: list[Value] = [
            number, head.full_name, birth, _GENDERS[head.gender], _PEOPLE_NAMES[head.ethnic_group],
                head.identity_number,
            household.hamlet, household.member_count or 1, "Hộ nghèo" if household.category == "HN" else "Hộ cận nghèo",
            phone, household.note,
        ]  # fmt: skip
        _put_row(grid, row, values, (2, 3, 5, 7))
    bottom = top + len(households) + 1
    grid.put(bottom, 1, "Tổng cộng", "section")
    grid.put(bottom, 7, sum(household.member_count or 1 for household in households), "section")
    _signatures(grid, bottom, demo.commune, len(header))
    for place, (value, style) in grid.cells.items():
        if isinstance(value, str):
            grid.cells[place] = (to_tcvn3(value), style)
    write_xlsx(grid, path)
    return planted


def to_tcvn3(text: str) -> str:
    """Write Unicode text in TCVN3 code, as its Latin-1 look-alike; capitals with tones lose their size."""
    return text.translate(_TCVN3)


def _tcvn3_table() -> dict[int, str]:
    path = Path(__file__).parents[1] / "beneficiaries" / "intake" / "vn_legacy_tables.json"
    table = json.loads(path.read_text(encoding="utf-8"))["tcvn3"]
    return {ord(letter): chr(int(code, 16)) for letter, code in {**table["upper_lossy"], **table["encode"]}.items()}


_TCVN3 = _tcvn3_table()


def _perfect(demo: DemoList, path: Path) -> Planted:
    """Everything there and everything right, identity numbers as text."""
    header = ["STT", "Họ và tên chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Số CCCD", "Số điện thoại", "Khu phố",
              "Địa chỉ", "Số khẩu", "Loại hộ", "Diện ưu tiên", "Số GCN", "Ghi chú"]  # fmt: skip
    grid = Grid("Danh sách hộ", widths=[6, 26, 13, 9, 10, 17, 14, 13, 24, 9, 15, 16, 18, 18])
    rng, planted = demo.rng(), Planted()
    hamlets = [f"Khu phố {number}" for number in range(1, 5)]
    top = _letterhead(grid, demo.commune, "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024", len(header))
    for column, text in enumerate(header):
        grid.put(top, column, text, "header")
    for number, household in enumerate(demo.households(rng, hamlets), 1):
        head, row = household.head, top + number
        planted.households.append(row + 1)
        year = head.birth_year or 1960
        born = date(year, 3, 13 + number % 15)
        identity = head.identity_number or make_identity("060", head.gender, year, 993_000 + number)
        values: list[Value] = [
            number, head.full_name, f"{born:%d/%m/%Y}", _GENDERS[head.gender], _PEOPLE_NAMES[head.ethnic_group],
                identity,
            f"0916{number:02d}{rng.randrange(10_000):04d}", household.hamlet, household.address or "Tổ 4",
            household.member_count or 1, "Hộ nghèo" if household.category == "HN" else "Hộ cận nghèo",
            ", ".join(household.attributes), f"{number:03d}/GCN-HN.HCN", household.note,
        ]  # fmt: skip
        for column, value in enumerate(values):
            grid.put(row, column, value, "number" if isinstance(value, int) else "cell")
    _signatures(grid, top + demo.size + 1, demo.commune, len(header))
    write_xlsx(grid, path, text_format=True)
    return planted


LISTS = (
    DemoList("DS ho ngheo Mui Ne 2024.xls", "22915", "Phường Mũi Né", 96, _hand_made, 0),
    DemoList("Phu Hai - ho ngheo can ngheo.xlsx", "22921", "Phường Phú Hài", 120, _two_row_header, 1),
    DemoList("Thien Nghiep tong hop cac thon.xlsx", "22957", "Xã Thiện Nghiệp", 240, _hamlet_sections, 2),
    DemoList("Phu Thuy ho ngheo.xlsx", "22924", "Phường Phú Thủy", 320, _lost_zeros, 3),
    DemoList("Tien Loi VnTime.xlsx", "22963", "Xã Tiến Lợi", 88, _old_font, 4),
    DemoList("Ham Tien danh sach chuan.xlsx", "22918", "Phường Hàm Tiến", 52, _perfect, 5),
)


def write_lists(folder: Path) -> dict[str, Planted]:
    """Write the six files and `expected.json` into a folder; what was planted in each."""
    folder.mkdir(parents=True, exist_ok=True)
    planted = {demo.file: demo.build(demo, folder / demo.file) for demo in LISTS}
    expected = {
        demo.file: {
            "commune": demo.commune_code,
            "households": planted[demo.file].households,
            "problems": sorted(planted[demo.file].problems),
        }
        for demo in LISTS
    }
    text = json.dumps(expected, ensure_ascii=False, separators=(",", ":"))
    (folder / "expected.json").write_text(text.replace("},", "},\n") + "\n", encoding="utf-8")
    return planted


if __name__ == "__main__":
    write_lists(FOLDER)
