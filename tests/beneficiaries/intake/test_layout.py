"""Where lists are on a sheet and what every row is: layouts A, B and C of the communes, and odder ones."""

import datetime

import pytest

from beneficiaries.intake.cells import DateCell, NumberCell, Sheet
from beneficiaries.intake.layout import find_layouts
from beneficiaries.intake.parse import Choices, parse_sheets

TODAY = datetime.date(2024, 11, 1)


def cell(value):
    return (
        NumberCell(str(value))
        if isinstance(value, int)
        else DateCell(value.isoformat())
        if hasattr(value, "year")
        else value
    )


def sheet(rows, name="Sheet1", **more):
    return Sheet(name, rows=[[cell(value) for value in row] for row in rows], **more)


def why(layout):
    return {ignored.row_no: ignored.why for ignored in layout.ignored}


def everything(rows):
    """All row numbers the layouts of a sheet speak of, sorted."""
    layouts = find_layouts(sheet(rows))
    return sorted(n for layout in layouts for n in [*why(layout), *(row.row_no for row in layout.rows)])


HEADER = ["STT", "Họ và tên chủ hộ", "Năm sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ"]
PERSON = [1, "Nguyễn Văn Tám", 1965, "Nam", "060065912345", "Thôn 1", "HN"]
OTHER = [2, "Trần Thị Bưởi", 1970, "Nữ", "060170912346", "Thôn 2", "HCN"]


def test_find_layouts_reads_layout_a_the_export_of_the_review_software():
    rows = [
        ["date", "family.hostName", "family.code", "family.coDanTocTaiCho", "family.hostGender",
        "family.numberOfMembers",
         "quickReview.result", "b1Point", "b2Point", "classify", "reviewer"],
        ["Thời gian rà soát", "Chủ hộ", "Mã hộ", "Dân tộc tại chỗ", "Giới tính", "Số nhân khẩu", "Phiếu A",
        "Phiếu B1", "Phiếu B2",
         "Kết quả rà soát", "Người rà soát"],
        ["", "NGUYỄN VĂN TÁM", 1, "", "Nam", "4", "Hộ có khả năng nghèo", "61.0", "40.0", "Hộ nghèo", "Lê Thị Hoa"],
        ["", "Ka Hạnh", 2, "x", "", "3", "--", "120", "20", "Hộ cận nghèo", "Lê Thị Hoa"],
        ["", "H'Nuin", 3, "x", "Nữ", "--", "--", "150", "0", "Hộ không nghèo", "Lê Thị Hoa"],
    ]  # fmt: skip

    parsed = parse_sheets([sheet(rows)], today=TODAY)

    assert parsed.main.layout.header_rows == [1, 2]
    first, second, third = parsed.households
    assert (first.head.full_name, first.original_code, first.member_count, first.category) == (
        "Nguyễn Văn Tám",
        "1",
        4,
        "HN",
    )
    assert (first.income_score, first.deprivation_score, first.attributes) == (61.0, 40.0, ())
    assert (second.category, second.attributes, second.head.gender) == ("HCN", ("DTTS",), "")
    assert (third.category, third.member_count) == ("KTD", None)


LAYOUT_B_HEADER = [
    ["STT chủ hộ", "STT thành viên hộ", "HỌ, TÊN CHỦ HỘ VÀ THÀNH VIÊN TRONG HỘ; THÔN, BON, BUÔN, TỔ DÂN PHỐ",
    "NĂM SINH", "",
     "Dân tộc", "Quan hệ với chủ hộ", "Diễn biến hộ nghèo", "", "", "Hộ chính sách có công", "Hộ DTTC",
     "Hộ không có khả năng lao động", "Hỗ trợ", "", "", "", "", ""],
    ["", "", "", "Nam", "Nữ", "", "", "Nghèo mới", "Tái nghèo", "Nghèo cũ", "", "", "", "y tế", "giáo dục", "sản xuất",
     "vay vốn tín dụng", "nhà ở", "khác"],
    ["A", "B", "C", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"],
]  # fmt: skip
LAYOUT_B_MERGES = [(8, 3, 8, 4), (8, 7, 8, 9), (8, 13, 8, 18), *((8, c, 9, c) for c in (0, 1, 2, 5, 6, 10, 11, 12))]


def layout_b():
    return sheet(
        [
            ["UBND HUYỆN TÁNH LINH"], ["BAN CHỈ ĐẠO"], [], ["DANH SÁCH CHI TIẾT HỘ NGHÈO"], ["NĂM 2024"], [], [],
            *LAYOUT_B_HEADER,
            ["Xã La Ngâu"],
            ["", "", "Thôn 1"],
            [1, "1", "K'Brối", 1960, "", "K'Ho", "Chủ hộ", "", "", "x", "", "x", "", "x", "", "", "", "x", "x"],
            ["", "2", "Ka Sáu", "", 1963, "K'Ho", "Vợ"],
            ["", "3", "K'Tèo", 1999, "", "K'Ho", "Con"],
            [2, "1", "Ka Brềm", "", 1955, "K'Ho", "Chủ hộ", "x", "", "", "X", "x", "1"],
            ["", "", "Thôn 2"],
            [3, "1", "Nguyễn Văn Lộc", 1971, "", "Kinh", "Chủ hộ", "", "x"],
            ["", "2", "Nguyễn Thị Hoa", "", 2010, "Kinh", "Con gái"],
            ["Xã Đồng Kho"],
            ["", "", "Thôn 1"],
            [4, "1", "Mang Thị Lan", "", 1980, "Raglai", "Chủ hộ", "x", "", "", "", "x"],
            ["", "", "Tổng cộng: 4 hộ, 7 khẩu"],
        ],
        merges=LAYOUT_B_MERGES,
    )  # fmt: skip


def test_parse_sheets_reads_layout_b_with_members_under_their_head():
    parsed = parse_sheets([layout_b()], today=TODAY)

    assert parsed.main.layout.header_rows == [8, 9, 10]
    assert [(row.row_no, row.head.full_name, len(row.members)) for row in parsed.households] == [
        (13, "K'Brối", 2), (16, "Ka Brềm", 0), (18, "Nguyễn Văn Lộc", 1), (22, "Mang Thị Lan", 0),
    ]  # fmt: skip
    assert [(row.commune_text, row.hamlet, row.category) for row in parsed.households] == [
        ("Xã La Ngâu", "Thôn 1", "HN"), ("Xã La Ngâu", "Thôn 1", "HN"), ("Xã La Ngâu", "Thôn 2", "HN"),
        ("Xã Đồng Kho", "Thôn 1", "HN"),
    ]  # fmt: skip
    first, second = parsed.households[:2]
    assert [(p.full_name, p.gender, p.birth_year, p.relation) for p in first.members] == [
        ("Ka Sáu", "F", 1963, "Vợ"), ("K'Tèo", "M", 1999, "Con"),
    ]  # fmt: skip
    assert (first.head.gender, first.head.birth_year, first.head.ethnic_group, first.attributes) == (
        "M",
        1960,
        "16",
        ("DTTS",),
    )
    assert second.attributes == ("NCC", "DTTS", "KKNLD")
    assert first.note == ""
    assert first.recognised_year == 2024
    assert not [problem for problem in parsed.problems if problem.severity == "error"]


def test_parse_sheets_takes_category_from_outer_and_hamlet_from_inner_sections():
    rows = [
        HEADER[:5],
        ["A", "HỘ NGHÈO"], ["I", "Thôn 1"], PERSON[:5], ["II", "Thôn 2"], OTHER[:5],
        ["B", "HỘ CẬN NGHÈO"], ["I", "Thôn 1"], [3, "Lê Thị Ba", 1980, "Nữ", ""], [4, "Lê Văn Bốn", 1981, "Nam", ""],
    ]  # fmt: skip

    households = parse_sheets([sheet(rows)], today=TODAY).households

    assert [(row.row_no, row.category, row.hamlet) for row in households] == [
        (4, "HN", "Thôn 1"), (6, "HN", "Thôn 2"), (9, "HCN", "Thôn 1"), (10, "HCN", "Thôn 1"),
    ]  # fmt: skip


def test_parse_sheets_takes_hamlet_from_outer_and_category_from_inner_sections():
    rows = [
        HEADER[:5],
        ["Thôn 1"], ["Hộ nghèo"], PERSON[:5], ["Hộ cận nghèo"], OTHER[:5],
        ["Thôn 2"], ["Hộ nghèo"], [3, "Lê Thị Ba", 1980, "Nữ", ""],
        ["Thôn 3"], [4, "Lê Văn Bốn", 1981, "Nam", ""],
    ]  # fmt: skip

    households = parse_sheets([sheet(rows)], today=TODAY).households

    assert [(row.row_no, row.category, row.hamlet) for row in households] == [
        (4, "HN", "Thôn 1"), (6, "HCN", "Thôn 1"), (9, "HN", "Thôn 2"), (11, "", "Thôn 3"),
    ]  # fmt: skip


def test_find_layouts_finds_a_second_list_lower_on_the_sheet_with_other_columns():
    rows = [
        ["DANH SÁCH HỘ NGHÈO"], HEADER[:6], PERSON[:6], OTHER[:6], ["Tổng cộng", "", 2], [],
        ["DANH SÁCH HỘ CẬN NGHÈO"], [],
        ["TT", "Họ tên", "Giới tính", "Ngày sinh", "Số khẩu", "Khu phố", "Điện thoại"],
        [1, "Lê Thị Ba", "Nữ", "14/03/1980", 3, "KP2", "0912345678"],
        ["", "NGƯỜI LẬP BIỂU"], ["", "Nguyễn Văn Năm"],
    ]  # fmt: skip

    parsed = parse_sheets([sheet(rows)], today=TODAY)

    assert [(table.layout.header_row, len(table.households)) for table in parsed.tables] == [(2, 2), (9, 1)]
    third = parsed.households[2]
    assert (third.head.full_name, third.category, third.hamlet, third.phone) == (
        "Lê Thị Ba",
        "HCN",
        "Khu phố 2",
        "0912345678",
    )
    assert everything(rows) == list(range(1, 13))


def test_find_layouts_takes_a_title_and_the_same_header_again_for_the_next_category():
    rows = [
        ["DANH SÁCH HỘ NGHÈO NĂM 2024"], HEADER[:6], PERSON[:6], [],
        ["DANH SÁCH HỘ CẬN NGHÈO NĂM 2024"], HEADER[:6], OTHER[:6],
    ]  # fmt: skip

    households = parse_sheets([sheet(rows)], today=TODAY).households

    assert [(row.row_no, row.category) for row in households] == [(3, "HN"), (7, "HCN")]


def test_find_layouts_says_of_every_row_what_it_is():
    rows = [
        ["UBND XÃ"], [], HEADER, ["A", "B", "1", "2", "3", "4", "5"], PERSON, [], HEADER, OTHER, [3], [4],
        ["", "Cộng", "", "", "", "", 2], ["Ghi chú: danh sách này lập theo mẫu"], ["", "", "", "",
        "Ngày 05 tháng 01 năm 2024"],
        ["", "Người lập biểu", "", "", "", "Chủ tịch"], [], ["", "Lê Thị Hoa", "", "", "", "Nguyễn Văn Bình"],
    ]  # fmt: skip

    (layout,) = find_layouts(sheet(rows))

    assert [row.row_no for row in layout.rows] == [5, 8]
    assert why(layout) == {
        1: "title", 2: "blank", 3: "header", 4: "header", 6: "blank", 7: "header", 9: "number", 10: "number",
            11: "total",
        12: "note", 13: "signature", 14: "signature", 15: "blank", 16: "signature",
    }  # fmt: skip
    assert everything(rows) == list(range(1, len(rows) + 1))


def test_find_layouts_goes_on_after_a_signature_on_every_page():
    rows = [HEADER, PERSON, ["", "Người lập biểu", "", "", "", "Chủ tịch"], ["", "Lê Thị Hoa"], HEADER, OTHER]

    (layout,) = find_layouts(sheet(rows))

    assert [row.row_no for row in layout.rows] == [2, 6]


@pytest.mark.parametrize(
    "name",
    ["Công Thị Ba", "Cộng Văn Tư", "Tống Thị Hoa", "Bàn Văn Tám", "Tô Văn Năm", "Thôn Thị Hai", "Chủ Văn Tịch",
    "Lang Thị Xã",
     "Phường Văn A Lý", "Ấp Văn Ba", "K'", "Kế Toán", "Hộ Văn Nghèo"],
)  # fmt: skip
def test_find_layouts_takes_no_person_for_a_total_or_a_section(name):
    (layout,) = find_layouts(sheet([HEADER, PERSON, [2, name, *OTHER[2:]], PERSON]))

    assert [row.row_no for row in layout.rows] == [2, 3, 4]


@pytest.mark.parametrize(
    "row",
    [["Cộng", "", "", "", "", "", 2], ["", "Tổng cộng: 25 hộ, 80 khẩu"], ["", "Tổng số hộ nghèo", "", "", "", "", 12],
     ["Cộng thôn 1: 12 hộ"], ["", "TỔNG CỘNG", 12, "", 30, "", 4]],
)  # fmt: skip
def test_find_layouts_takes_no_total_for_a_person(row):
    (layout,) = find_layouts(sheet([HEADER, PERSON, row, OTHER]))

    assert [row.row_no for row in layout.rows] == [2, 4]
    assert why(layout)[3] == "total"


@pytest.mark.parametrize(
    ("row", "hamlet"),
    [(["Thôn 3"], "Thôn 3"), (["", "THÔN BÌNH AN"], "Thôn Bình An"), (["I", "Khu phố 2: 12 hộ"], "Khu phố 2"),
     (["II. Thôn Tân Hòa (15 hộ)"], "Thôn Tân Hòa"), (["KP3"], "Khu phố 3"), (["1", "Tổ dân phố 5", "", "", 12],
     "Tổ dân phố 5"),
     (["Buôn Ea Kao"], "Buôn Ea Kao"), (["*", "Ấp Đông"], "Ấp Đông")],
)  # fmt: skip
def test_parse_sheets_reads_the_hamlet_of_a_section(row, hamlet):
    rows = [[*HEADER[:5], "Loại hộ"], row, [*PERSON[:5], "HN"]]

    (household,) = parse_sheets([sheet(rows)], today=TODAY).households

    assert household.hamlet == hamlet


@pytest.mark.parametrize("height", [1, 2, 3, 4])
def test_find_layouts_reads_headers_of_one_to_four_rows(height):
    top = ["STT", "Thông tin chủ hộ", "", "", "Nơi ở", "Loại hộ", ""]
    second = ["", "Họ và tên", "Năm sinh", "", "Thôn", "Hộ nghèo", "Hộ cận nghèo"]
    rows = {
        1: [["STT", "Họ và tên", "Năm sinh", "Giới tính", "Thôn", "Hộ nghèo", "Hộ cận nghèo"]],
        2: [
            ["STT", "Họ và tên", "Năm sinh", "", "Thôn", "Loại hộ", ""],
            ["", "", "Nam", "Nữ", "", "Hộ nghèo", "Hộ cận nghèo"],
        ],
        3: [top, second, ["", "", "Nam", "Nữ", "", "", ""]],
        4: [
            top,
            second,
            ["", "", "Nam", "Nữ", "", "(đánh dấu x)", "(đánh dấu x)"],
            ["", "", "(ghi năm)", "(ghi năm)", "", "", ""],
        ],
    }[height]
    merges = {
        1: [], 2: [(1, 2, 1, 3), (1, 5, 1, 6)], 3: [(1, 1, 1, 3), (1, 5, 1, 6), (2, 2, 2, 3), (1, 0, 3, 0)],
        4: [(1, 1, 1, 3), (1, 5, 1, 6), (2, 2, 2, 3), (1, 0, 4, 0)],
    }[height]  # fmt: skip
    person = [1, "Nguyễn Văn Tám", 1965, "Nam" if height == 1 else "", "Thôn 1", "x", ""]

    parsed = parse_sheets([sheet([*rows, person], merges=merges)], today=TODAY)

    assert parsed.main.layout.header_rows == list(range(1, height + 1))
    (household,) = parsed.households
    assert (household.head.full_name, household.head.birth_year, household.head.gender) == ("Nguyễn Văn Tám", 1965, "M")
    assert (household.hamlet, household.category) == ("Thôn 1", "HN")


def test_parse_sheets_joins_a_name_split_over_two_columns_under_one_merged_header():
    rows = [
        ["STT", "Họ và tên", "", "Năm sinh", "Giới tính", "Thôn", "Loại hộ"],
        [1, "Nguyễn Văn", "Tám", 1965, "Nam", "Thôn 1", "HN"],
    ]

    (household,) = parse_sheets([sheet(rows, merges=[(1, 1, 1, 2)])], today=TODAY).households

    assert household.head.full_name == "Nguyễn Văn Tám"


def test_parse_sheets_reads_birth_day_month_and_year_in_three_columns():
    rows = [["STT", "Họ và tên", "Ngày sinh", "", "", "Giới tính", "Thôn", "Diện"], ["", "", "Ngày", "Tháng", "Năm",
        "", "", ""],
            [1, "Nguyễn Văn Tám", 5, 3, 1965, "Nam", "Thôn 1", "HN"]]  # fmt: skip

    (household,) = parse_sheets([sheet(rows, merges=[(1, 2, 1, 4)])], today=TODAY).households

    assert household.head.birth_date == datetime.date(1965, 3, 5)


def test_parse_sheets_reads_gender_from_x_marks_under_nam_and_nu():
    rows = [["STT", "Họ và tên", "Giới tính", "", "Năm sinh", "Thôn", "Diện"], ["", "", "Nam", "Nữ", "", "", ""],
            [1, "Nguyễn Văn Tám", "x", "", 1965, "Thôn 1", "HN"], [2, "Trần Thị Bưởi", "", "x", 1970, "Thôn 1",
            "CN"]]  # fmt: skip

    households = parse_sheets([sheet(rows, merges=[(1, 2, 1, 3)])], today=TODAY).households

    assert [row.head.gender for row in households] == ["M", "F"]


def test_parse_sheets_takes_every_hamlets_sheet_and_leaves_the_summary():
    sheets = [
        sheet([["TỔNG HỢP"], ["TT", "Thôn", "Số hộ nghèo", "Số hộ cận nghèo"], [1, "Thôn 1", 1, 0]], "Tổng hợp"),
        sheet([[*HEADER[:5], "Loại hộ"], [*PERSON[:5], "HN"]], "Thôn 1"),
        sheet([[*HEADER[:5], "Loại hộ"], [*OTHER[:5], "HCN"]], "KP 2"),
        sheet([[*HEADER[:5], "Loại hộ"], [*OTHER[:5], "HCN"]], "cũ", visible=False),
    ]

    parsed = parse_sheets(sheets, today=TODAY)

    assert [(row.sheet, row.row_no, row.hamlet) for row in parsed.households] == [
        ("Thôn 1", 2, "Thôn 1"),
        ("KP 2", 2, "Khu phố 2"),
    ]
    assert parsed.skipped_sheets == ["Tổng hợp"]


def test_parse_sheets_takes_the_category_from_the_sheets_name():
    sheets = [sheet([HEADER[:6], PERSON[:6]], "Hộ nghèo"), sheet([HEADER[:6], OTHER[:6]], "Cận nghèo 2024")]

    parsed = parse_sheets(sheets, today=TODAY)

    assert [row.category for row in parsed.households] == ["HN", "HCN"]


def test_parse_sheets_fills_cells_that_a_merge_over_several_rows_covers():
    rows = [
        HEADER,
        PERSON,
        [2, "Trần Thị Bưởi", 1970, "Nữ", "060170912346", "", "HCN"],
        [3, "Lê Ba", 1971, "Nam", "", "Thôn 2", "HN"],
    ]

    households = parse_sheets([sheet(rows, merges=[(2, 5, 3, 5)])], today=TODAY).households

    assert [row.hamlet for row in households] == ["Thôn 1", "Thôn 1", "Thôn 2"]


def test_parse_sheets_says_when_no_header_is_found_and_takes_the_officials_choice():
    rows = [["cột a", "cột b", "cột c"], ["Nguyễn Văn Tám", "1965", "Thôn 1"]]

    parsed = parse_sheets([sheet(rows)], today=TODAY)
    chosen = Choices(header_rows={"Sheet1": 1}, fields={"Sheet1": {1: {0: "full_name", 1: "birth", 2: "hamlet"}}})
    again = parse_sheets([sheet(rows)], choices=chosen, today=TODAY)

    assert (parsed.households, [problem.code for problem in parsed.problems]) == ([], ["V42"])
    assert [(row.row_no, row.head.full_name, row.head.birth_year, row.hamlet) for row in again.households] == [
        (2, "Nguyễn Văn Tám", 1965, "Thôn 1")
    ]


def test_parse_sheets_reads_a_table_that_begins_far_from_the_corner():
    rows = [[]] * 99 + [[""] * 25 + HEADER, [""] * 25 + PERSON]

    (household,) = parse_sheets([sheet(rows)], today=TODAY).households

    assert (household.row_no, household.head.full_name, household.category) == (101, "Nguyễn Văn Tám", "HN")


MEMBER_FORMS = {
    "relation": (
        ["STT", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "Thôn", "Loại hộ"],
        [["1", "Lê Ba", "Chủ hộ", "1960", "Thôn 1", "HN"], ["", "Lê Thị Tư", "Vợ", "1962", "", ""], ["", "Lê Năm",
        "Con", "1990", "", ""],
         ["2", "Trần Sáu", "Chủ hộ", "1970", "Thôn 2", "CN"]],
    ),
    "relation, numbers going on": (
        ["STT", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "Thôn", "Loại hộ"],
        [["1", "Lê Ba", "Chủ hộ", "1960", "Thôn 1", "HN"], ["2", "Lê Thị Tư", "Vợ", "1962", "Thôn 1", "HN"], ["3",
        "Lê Năm", "Con", "1990", "Thôn 1", "HN"],
         ["4", "Trần Sáu", "Chủ hộ", "1970", "Thôn 2", "CN"]],
    ),
    "head number repeated": (
        ["STT hộ", "STT khẩu", "Họ và tên", "Năm sinh", "Thôn", "Loại hộ"],
        [["1", "1", "Lê Ba", "1960", "Thôn 1", "HN"], ["1", "2", "Lê Thị Tư", "1962", "Thôn 1", "HN"], ["1", "3",
        "Lê Năm", "1990", "Thôn 1", "HN"],
         ["2", "1", "Trần Sáu", "1970", "Thôn 2", "CN"]],
    ),
    "head number once": (
        ["STT hộ", "STT khẩu", "Họ và tên", "Năm sinh", "Thôn", "Loại hộ"],
        [["1", "", "Lê Ba", "1960", "Thôn 1", "HN"], ["", "1", "Lê Thị Tư", "1962", "", ""], ["", "2", "Lê Năm",
        "1990", "", ""],
         ["2", "", "Trần Sáu", "1970", "Thôn 2", "CN"]],
    ),
    "member number only": (
        ["STT thành viên", "Họ và tên", "Năm sinh", "Thôn", "Loại hộ"],
        [["1", "Lê Ba", "1960", "Thôn 1", "HN"], ["2", "Lê Thị Tư", "1962", "", ""], ["3", "Lê Năm", "1990", "", ""],
         ["1", "Trần Sáu", "1970", "Thôn 2", "CN"]],
    ),
    "head and member names": (
        ["STT", "Họ và tên chủ hộ", "Họ và tên thành viên", "Năm sinh", "Thôn", "Loại hộ"],
        [["1", "Lê Ba", "Lê Ba", "1960", "Thôn 1", "HN"], ["", "", "Lê Thị Tư", "1962", "", ""], ["", "", "Lê Năm",
        "1990", "", ""],
         ["2", "Trần Sáu", "Trần Sáu", "1970", "Thôn 2", "CN"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", MEMBER_FORMS)
def test_parse_sheets_groups_members_under_their_head(form):
    header, rows = MEMBER_FORMS[form]

    households = parse_sheets([sheet([header, *rows])], today=TODAY).households

    assert [
        (
            row.head.full_name,
            row.head.birth_year,
            row.hamlet,
            row.category,
            [(m.full_name, m.birth_year, m.row_no) for m in row.members],
        )
        for row in households
    ] == [
        ("Lê Ba", 1960, "Thôn 1", "HN", [("Lê Thị Tư", 1962, 3), ("Lê Năm", 1990, 4)]),
        ("Trần Sáu", 1970, "Thôn 2", "HCN", []),
    ]


def test_parse_sheets_asks_about_a_head_who_is_not_among_the_members_named():
    """The head's name stands in its own column, and the row beside it is about another person."""
    header, _ = MEMBER_FORMS["head and member names"]

    (household,) = parse_sheets(
        [sheet([header, ["1", "Lê Ba", "Lê Thị Tư", "1962", "Thôn 1", "HN"]])], today=TODAY
    ).households

    assert household.head.full_name == "Lê Ba"
    assert household.head.birth_year is None
    assert [(member.full_name, member.birth_year) for member in household.members] == [("Lê Thị Tư", 1962)]
