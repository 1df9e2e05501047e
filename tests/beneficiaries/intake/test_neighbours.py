"""What stands beside the list a sheet is about: people of another kind, old columns, words to choose, a second list."""

from __future__ import annotations

import pytest

from beneficiaries.intake.asides import without_asides
from beneficiaries.intake.cells import Sheet
from beneficiaries.intake.parse import Parsed, parse_sheets
from beneficiaries.intake.refusals import Refused
from tests.beneficiaries.intake.wild.scoring import TODAY

HEADER = ["STT", "Họ và tên", "Năm sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ"]


def row(number: int, *more: str) -> list[str]:
    return [
        str(number),
        f"Lê Văn {'ABCDĐEGHIK'[number]}n",
        "1970",
        "Nam",
        f"06007000000{number}",
        "Thôn 1",
        "HN",
        *more,
    ]


def parse(*rows: list[str], hidden: tuple[int, ...] = ()) -> Parsed:
    return parse_sheets([Sheet("S", rows=list(rows), hidden=frozenset(hidden))], today=TODAY)


def told(parsed: Parsed, code: str) -> list[tuple[int, str]]:
    return [(problem.row_no, problem.field) for problem in parsed.problems if problem.code == code]


@pytest.mark.parametrize("start", [0, 1, 4])
@pytest.mark.parametrize("words", [["Nam", "Nữ"], ["Hộ nghèo", "Hộ cận nghèo"], ["Kinh", "Chăm"], ["Thôn 1", "Thôn 2"]])
def test_words_of_a_drop_down_list_beside_the_list_are_no_part_of_it(words, start):
    rows = [["DANH SÁCH HỘ NGHÈO"], HEADER, *map(row, range(1, 9))]
    rows = [[*line, *[""] * (9 - len(line))] for line in rows]
    for at, word in enumerate(words):
        rows[start + at].append(word)
    parsed = parse(*rows)
    assert [household.row_no for household in parsed.households] == list(range(3, 11))
    assert {(one.category, one.head.gender, one.hamlet) for one in parsed.households} == {("HN", "M", "Thôn 1")}
    assert set(parsed.tables[0].mapping.fields) == set(range(7))


@pytest.mark.parametrize("beside", [["", "Thôn 1"], ["", "", "Kinh"]])
def test_a_word_beside_the_row_of_column_numbers_makes_it_no_household(beside):
    numbers = [[str(n) for n in range(1, 8)], [f"({n})" for n in range(1, 8)], ["", "(ghi rõ)", *[""] * 5]]
    for index in numbers:
        upper, lower = map(row, range(1, 6)), map(row, range(6, 9))
        parsed = parse(HEADER, [*index, *beside], *upper, [*HEADER, *beside], *lower)
        assert [one.head.full_name for one in parsed.households] == [row(n)[1] for n in range(1, 9)]


def test_a_column_of_marks_beside_an_empty_one_is_part_of_the_list():
    rows = [[*HEADER[:6], "", "Hộ nghèo"], *([*row(n)[:6], "", "x" if n % 2 else ""] for n in range(1, 5))]
    assert without_asides(Sheet("S", rows=rows)).rows == rows


def test_the_column_that_is_seen_is_taken_before_a_hidden_one():
    header = [*HEADER[:4], "Số CCCD", *HEADER[4:]]
    rows = [[*row(n)[:4], f"06007099999{n}", *row(n)[4:]] for n in range(1, 5)]
    parsed = parse(header, *rows, hidden=(4,))
    assert [one.head.identity_number for one in parsed.households] == [row(n)[4] for n in range(1, 5)]
    assert told(parsed, "V88") == []


def test_two_columns_of_one_name_that_differ_are_told_in_the_rows_where_they_do():
    header = [*HEADER, "Số điện thoại", "Số điện thoại"]
    phones = [("0912345671", "0912345671"), ("0912345672", "0912 345 672"), ("0912345673", "0987654321"), ("", "")]
    rows = [row(n, *pair) for n, pair in enumerate(phones, start=1)]
    parsed = parse(header, *rows)
    assert [one.phone for one in parsed.households] == ["0912345671", "0912345672", "0912345673", ""]
    assert told(parsed, "V88") == [(4, "phone")]


@pytest.mark.parametrize(
    ("header", "cell", "field"),
    [
        ("Họ và tên vợ (chồng)", "Lê Thị Tý", "full_name"), ("Số CCCD của vợ/chồng", "060170000999", "identity_number"),
        ("Năm sinh vợ/chồng", "1975", "birth"), ("SĐT người thân", "0912345678", "phone"),
        ("Số khẩu nữ", "2", "member_count"), ("Trưởng thôn", "Bùi Văn Ba", "hamlet"),
        ("Họ tên người giám hộ", "Bùi Văn Ba", "full_name"),
    ],
)  # fmt: skip
def test_a_column_about_somebody_else_is_nothing_of_the_head(header, cell, field):
    at = {"full_name": 1, "identity_number": 4, "birth": 2, "hamlet": 5}.get(field)
    columns = [column for column in range(7) if column != at or field == "full_name"]
    rows = [[header, *(HEADER[c] for c in columns)], *([cell, *(row(n)[c] for c in columns)] for n in range(1, 5))]
    parsed = parse(*rows)
    fields = parsed.tables[0].mapping.fields
    assert fields[0] == "ignore"
    assert [one.head.full_name for one in parsed.households] == [row(n)[1] for n in range(1, 5)]


def test_a_title_right_above_a_list_says_more_than_the_sums_of_the_list_above_it():
    header = HEADER[:6]
    below = [["", "Tổng số: 3 hộ"], ["", "- Hộ nghèo:", "3"], [], ["DANH SÁCH HỘ CẬN NGHÈO"], header[::-1]]
    rows = [["DANH SÁCH HỘ NGHÈO"], header, *(row(n)[:6] for n in (1, 2, 3)), *below, *(row(n)[5::-1] for n in (4, 5))]
    assert [one.category for one in parse(*rows).households] == ["HN", "HN", "HN", "HCN", "HCN"]


def test_as_above_with_nothing_above_is_told_as_missing():
    first, second = row(1), row(2)
    first[5] = second[5] = "nt"
    assert told(parse(HEADER, first, second), "V49") == [(2, "hamlet"), (3, "hamlet")]


@pytest.mark.parametrize("groups", [[], [["HỘ NGHÈO", *[""] * 7, "HỘ CẬN NGHÈO"]]])
def test_two_lists_side_by_side_are_refused_and_never_read_by_half(groups):
    rows = [*groups, [*HEADER, "", *HEADER], *([*row(n), "", *row(n + 4)] for n in range(1, 5))]
    with pytest.raises(Refused) as refusal:
        parse(*rows)
    assert refusal.value.code == "side_by_side"
    assert refusal.value.params["sheet"] == "S"


def test_husband_and_wife_side_by_side_are_one_list():
    leaves = ["Họ và tên", "Năm sinh", "Số CCCD"]
    header = [["STT", "Chồng", "", "", "Vợ", "", "", "Thôn", "Loại hộ"], ["", *leaves, *leaves]]
    rows = [[str(n), f"Lê Văn A{n}"[:8], "1970", f"06007000000{n}", "Bùi Thị Ba", "1972", f"06017200000{n}", "Thôn 1",
        "HN"] for n in range(1, 4)]  # fmt: skip
    assert len(parse(*header, *rows).households) == 3
