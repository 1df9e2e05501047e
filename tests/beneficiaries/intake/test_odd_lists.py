"""Lists whose meaning hangs on what stands around a cell: headings, merges, missing numbers, neighbouring columns."""

from __future__ import annotations

import datetime

import pytest

from beneficiaries.intake.cells import DateCell, NumberCell, Sheet
from beneficiaries.intake.csv_text import read_csv
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.household_rows import HouseholdRow
from beneficiaries.intake.parse import Parsed, parse_sheets

TODAY = datetime.date(2024, 11, 1)
HEADER = ["STT", "Họ và tên chủ hộ", "Ngày sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ"]
NO_HAMLET = ["STT", "Họ và tên chủ hộ", "Ngày sinh", "Giới tính", "Số CCCD", "Loại hộ"]


def parsed(*rows: list[object], merges: tuple[tuple[int, int, int, int], ...] = ()) -> Parsed:
    def cell(value: object) -> str:
        return NumberCell(str(value)) if isinstance(value, int) else str(value)

    return parse_sheets([Sheet("S", rows=[[cell(c) for c in row] for row in rows], merges=list(merges))], today=TODAY)


def person(number: int, *more: object, name: str = "") -> list[object]:
    names = ["Lê Thị Lan", "Trần Thị Hoa", "Lý Thị Mận", "Võ Thị Cúc"]
    return [number, name or names[number % 4], "14/03/1965", "Nữ", f"06016591234{number}", *more]


def codes(parse: Parsed, household: HouseholdRow) -> set[str]:
    return {problem.code for problem in parse.problems if problem.row_no == household.row_no}


def test_a_bare_name_above_people_is_a_hamlet_and_is_asked_about():
    found = parsed(NO_HAMLET, ["Thôn 1"], person(1, "HN"), ["II", "Suối Nước"], person(2, "HN"), ["", "Tổng cộng", 2])

    assert [row.hamlet for row in found.households] == ["Thôn 1", "Suối Nước"]
    assert ["V85" in codes(found, row) for row in found.households] == [False, True]


def test_a_sentence_between_people_is_no_hamlet():
    found = parsed(NO_HAMLET, ["Thôn 1"], person(1, "HN"), ["", "Hộ này đã chuyển đi từ tháng 5"], person(2, "HN"))

    assert [row.hamlet for row in found.households] == ["Thôn 1", "Thôn 1"]


@pytest.mark.parametrize(
    "total", [["", "Cộng Xóm Bàu", "", "", 12], ["", "Tổng", 12, 15], ["Cộng thôn 1", "", 3], ["", "Cộng: 12 hộ"]]
)
def test_a_sum_is_no_person(total):
    assert len(parsed(HEADER, person(1, "Thôn 1", "HN"), total, person(2, "Thôn 1", "HN")).households) == 2


def test_a_person_whose_name_begins_like_a_sum_is_one():
    row = [2, "Tổng Văn Hai", "1960", "Nam", "", "Thôn 1", "HN"]
    assert len(parsed(HEADER, person(1, "Thôn 1", "HN"), row).households) == 2


def test_rows_without_a_number_and_without_a_category_are_members():
    member = ["", "Lê Con", "1990", "Nam", "", "", ""]
    found = parsed(HEADER, person(1, "Thôn 1", "HN"), member, member, person(2, "Thôn 1", "HCN"))

    assert [(row.row_no, len(row.members)) for row in found.households] == [(2, 2), (5, 0)]


def test_one_number_merged_over_several_rows_is_one_household():
    member = ["", "Lê Con", "1990", "Nam", "", "Thôn 1", "HN"]
    rows = [HEADER, person(1, "Thôn 1", "HN"), member, person(2, "Thôn 1", "HCN")]
    found = parsed(*rows, merges=((2, 0, 3, 0),))

    assert [(row.row_no, len(row.members)) for row in found.households] == [(2, 1), (4, 0)]


def test_a_hamlet_merged_over_several_rows_holds_for_all_of_them():
    rows = [HEADER, person(1, "Thôn 1", "HN"), person(2, "", "HN"), person(3, "Thôn 2", "HN")]

    assert [row.hamlet for row in parsed(*rows, merges=((2, 5, 3, 5),)).households] == ["Thôn 1", "Thôn 1", "Thôn 2"]


def test_years_beside_dates_complete_them_and_must_agree():
    header = ["STT", "Họ và tên", "Ngày sinh", "Năm sinh", "Giới tính", "Thôn", "Loại hộ"]
    found = parsed(
        header,
        [1, "Lê Lan", "14/03/1965", 1965, "Nữ", "Thôn 1", "HN"],
        [2, "Lê Tư", "", 1960, "Nam", "Thôn 1", "HN"],
        [3, "Lê Sáu", "14/03/1961", 1971, "Nam", "Thôn 1", "HN"],
    )

    assert [(row.head.birth_year, row.head.birth_precision) for row in found.households] == [
        (1965, "day"), (1960, "year"), (1961, "day"),
    ]  # fmt: skip
    assert ["V79" in codes(found, row) for row in found.households] == [False, False, True]


def test_the_first_heading_under_the_labels_is_no_label():
    found = parsed(NO_HAMLET, ["", "Xóm Bàu"], person(1, "HN"))

    assert found.households[0].hamlet == "Xóm Bàu"
    assert found.tables[0].layout.label_rows == [1]


def test_a_title_and_a_sheet_that_name_two_categories_are_not_decided_between():
    rows = [["DANH SÁCH HỘ NGHÈO"], NO_HAMLET[:-1], person(1)]
    sheet = Sheet("Hộ cận nghèo", rows=[[str(cell) for cell in row] for row in rows])
    found = parse_sheets([sheet], today=TODAY)

    assert found.households[0].category == ""
    assert "V50" in codes(found, found.households[0])


def test_real_dates_beside_swapped_ones_are_doubted():
    rows = [HEADER, person(1, "Thôn 1", "HN"), person(2, "Thôn 1", "HN")]
    rows[1][2], rows[2][2] = DateCell("1965-03-02"), "25/5/1965"
    sheet = Sheet("S", rows=[[c if isinstance(c, str) else str(c) for c in row] for row in rows])

    found = parse_sheets([sheet], today=TODAY)
    assert "V14" in codes(found, found.households[0])


def test_the_line_that_names_the_separator_is_no_row():
    assert read_csv(b"sep=;\r\nSTT;T\xc3\xaan, h\xe1\xbb\x8d\r\n1;A\r\n", Limits()) == [["STT", "Tên, họ"], ["1", "A"]]
