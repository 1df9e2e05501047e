"""A household that is read again from its stored cells, as after a mended cell, says what it said at first."""

from __future__ import annotations

import json

import pytest

from beneficiaries.intake import stage
from beneficiaries.intake.cells import DateCell, Sheet
from beneficiaries.intake.parse import Choices, parse_sheets
from beneficiaries.intake.preview import seen_of, stored_views
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.row_json import household_to_json
from beneficiaries.intake.source import Mend, TableView, cell_text
from beneficiaries.intake.staged import Staged, open_payload
from beneficiaries.list_records import row_record
from tests.beneficiaries.intake.wild import books
from tests.beneficiaries.intake.wild.files import bytes_of, name_of
from tests.beneficiaries.intake.wild.scoring import TODAY, place


def reopened(one: Staged) -> Staged:
    return open_payload(0, one.table_no, one.sheet, one.state, one.seal())


@pytest.mark.parametrize("seed", [*range(25), *range(500, 520), *range(10_000, 10_020)])
def test_a_household_read_again_from_its_cells_is_the_same(seed, tmp_path):
    book = books.draw(seed, mistakes=0.5 if seed >= 500 else 0.0, size=12, worse=seed >= 10_000)
    path = tmp_path / name_of(book)
    path.write_bytes(bytes_of(book))
    where = place(book.style.get("area", "22915"))
    parsed = parse_sheets(read_workbook(path, path.name), today=TODAY, communes=where.keys)
    views = stored_views(json.loads(json.dumps(seen_of(parsed))), Choices())

    for one in stage.prepare(parsed, where, path.name):
        again = reopened(one)
        stage.read_again(again, views[one.table_no], where, TODAY)
        again.commune = one.commune
        for row_no, cells in one.household.originals.items():  # the cells before decoding are kept as `raw` only
            again.household.originals[row_no] = cells
        assert household_to_json(again.household) == household_to_json(one.household)
        assert row_record(again) == row_record(one)


HEADER = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ"]
ROWS = [
    ["1", "Lê Thị Mận", "25/03/1970", "Nữ", "", "Thôn 1", "Hộ nghèo"],
    ["2", "Trần Văn Bảy", "03/05/1960", "Nam", "", "nt", "nt"],
    ["3", "Võ Văn Tám", "03/05/1961", "Nam", "", "''", "''"],
]


def lists(*rows: list[str], header: list[str] = HEADER) -> tuple[list[Staged], list[TableView]]:
    parsed = parse_sheets([Sheet("S", rows=[header, *rows])], today=TODAY)
    return stage.prepare(parsed, place("22915")), stored_views(json.loads(json.dumps(seen_of(parsed))), Choices())


def mended(one: Staged, views: list[TableView], field: str, text: str) -> Staged:
    again = reopened(one)
    again.mends = [Mend("", one.row_no, field, text)]
    stage.read_again(again, views[one.table_no], place("22915"), TODAY)
    return again


def test_one_mended_cell_changes_nothing_else_of_a_row_that_says_as_above():
    staged, views = lists(*ROWS)
    for one in staged[1:]:
        again = mended(one, views, "identity_number", "060060001234")
        assert (again.household.hamlet, again.household.category) == ("Thôn 1", "HN")
        assert [(p.code, p.severity) for p in again.problems if p.field == "birth"] == [("V14", "note")]
        assert [(p.code, p.severity) for p in one.problems if p.field == "birth"] == [("V14", "note")]


def test_a_date_that_a_spreadsheet_may_have_turned_stays_in_doubt_after_another_mend():
    rows = [[str(at), *ROWS[1][1:2], birth, "Nam", "", "Thôn 1", "Hộ nghèo"] for at, birth in enumerate(
        [DateCell("1960-05-03"), "25/05/1961", "30/07/1962", DateCell("1963-08-09")])]  # fmt: skip
    staged, views = lists(*rows)
    again = mended(staged[0], views, "phone", "0912345678")
    assert [(p.code, p.severity) for p in again.problems if p.field == "birth"] == [("V14", "warning")]
    again = mended(staged[0], views, "birth", "3/5/1960")
    assert [p.code for p in again.problems if p.field == "birth"] == []


def test_a_repeat_is_one_until_something_in_it_is_mended():
    staged, views = lists(ROWS[0], ROWS[0])
    assert [one.is_skipped for one in staged] == [False, True]
    assert "V44" not in mended(staged[1], views, "phone", "0912345678").codes
    again = reopened(staged[1])
    stage.read_again(again, views[0], place("22915"), TODAY)
    assert "V44" in again.codes


def test_a_repeat_that_is_taken_up_again_shares_its_number_with_the_first():
    row = [*ROWS[0][:4], "060170000123", *ROWS[0][5:]]
    staged, _views = lists(row, row)
    staged[1].is_skipped = False
    stage.set_between(staged)
    assert [{p.code for p in one.between} for one in staged] == [{"V19"}, {"V19"}]


def test_a_member_row_without_a_head_above_it_stays_one_until_its_relation_is_mended():
    header = ["STT hộ", "Họ và tên", "Ngày sinh", "Giới tính", "Quan hệ với chủ hộ", "Thôn", "Loại hộ"]
    staged, views = lists(
        ["", "Lê Thị Mận", "1970", "Nữ", "", "Thôn 1", "Hộ nghèo"],
        ["", "Lê Văn Út", "2000", "Nam", "Con", "", ""],
        ["2", "Võ Văn Tám", "1961", "Nam", "Chủ hộ", "Thôn 1", "Hộ nghèo"],
        header=header,
    )
    first = staged[0]
    assert "V59" in first.codes
    assert "V59" in mended(first, views, "phone", "0912345678").codes
    again = mended(first, views, "relation", "Chủ hộ")
    assert "V59" not in again.codes
    assert [person.full_name for person in again.household.people()] == ["Lê Thị Mận", "Lê Văn Út"]


def test_a_mended_relation_never_loses_the_people_below_it():
    header = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Quan hệ với chủ hộ", "Thôn", "Loại hộ"]
    staged, views = lists(
        ["1", "Võ Văn Tám", "1961", "Nam", "Chủ hộ", "Thôn 1", "Hộ nghèo"],
        ["", "Lê Thị Mận", "1970", "Nữ", "Vợ", "", ""],
        header=header,
    )
    again = reopened(staged[0])
    again.mends = [Mend("", 3, "relation", "Chủ hộ")]
    stage.read_again(again, views[0], place("22915"), TODAY)
    assert len(list(again.household.people())) == 2


THREE = [["STT", "Họ và tên", "Ngày tháng năm sinh", "", "", "Thôn"], ["", "", "Ngày", "Tháng", "Năm", ""]]
BY_SEX = [["STT", "Họ và tên", "Năm sinh", "", "Thôn"], ["", "", "Nam", "Nữ", ""]]
IN_TWO = [["STT", "Họ", "Tên", "Năm sinh", "Thôn"]]


@pytest.mark.parametrize(
    ("header", "cells", "field", "said"),
    [
        (THREE, ["1", "Lê Văn An", "5", "3", "1970", "Thôn 1"], "birth", "5/3/1970"),
        (THREE, ["1", "Lê Văn An", "", "", "1970", "Thôn 1"], "birth", "1970"),
        (BY_SEX, ["1", "Lê Thị An", "", "1970", "Thôn 1"], "birth", "1970"),
        (IN_TWO, ["1", "Lê Thị", "Mận", "1970", "Thôn 1"], "full_name", "Lê Thị Mận"),
    ],
)
def test_a_field_of_several_columns_is_shown_whole_where_it_is_mended(header, cells, field, said):
    staged, views = lists(*header[1:], cells, header=header[0])
    (one,) = staged
    assert cell_text(views[0], one.rows, [], one.row_no, field) == said
    again = mended(one, views, field, said)
    assert household_to_json(again.household)["people"] == household_to_json(one.household)["people"]
