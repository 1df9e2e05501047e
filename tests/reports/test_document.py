"""The neutral document: index row, ratios, totals, digest, Vietnamese figures."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from reports.document import (
    Column,
    Letterhead,
    Reading,
    Row,
    TotalsDiffer,
    percent,
    shown,
)
from tests.reports.paper_samples import PROGRESS_COLUMNS, document, households, progress


def read(it):
    reading = Reading(it)
    return reading, list(reading.rows())


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (1234567, "integer", "1.234.567"),
        (0, "integer", "0"),
        (None, "integer", ""),
        (500000, "money", "500.000"),
        (Decimal("66.7"), "percent", "66,7"),
        (Decimal(100), "percent", "100,0"),
        (None, "percent", "–"),
        (1960, "year", "1960"),
        ("dưới 5", "integer", "dưới 5"),
        (date(2024, 3, 5), "date", "05/03/2024"),
        (datetime(2024, 3, 4, 18, 0, tzinfo=UTC), "date", "05/03/2024"),
        ("001068012345", "code", "001068012345"),
    ],
)
def test_shown_is_what_a_vietnamese_reader_expects(cell, kind, text):
    assert shown(cell, kind) == text


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (2, 3, Decimal("66.7")),
        (1, 8, Decimal("12.5")),
        (1, 2000, Decimal("0.1")),
        (0, 7, Decimal("0.0")),
        (5, 0, None),
        (5, None, None),
        (None, 5, None),
        ("dưới 5", 10, None),
    ],
)
def test_percent_rounds_half_up_and_never_divides_by_what_is_missing(part, whole, share):
    assert percent(part, whole) == share


@pytest.mark.parametrize(
    ("on", "text"),
    [
        (date(2024, 1, 5), "Hàm Tân, ngày 05 tháng 01 năm 2024"),
        (date(2024, 3, 15), "Hàm Tân, ngày 15 tháng 3 năm 2024"),
        (date(2024, 12, 9), "Hàm Tân, ngày 09 tháng 12 năm 2024"),
    ],
)
def test_place_and_date_pads_days_below_ten_and_the_first_two_months(on, text):
    assert Letterhead("", "", "Hàm Tân", on).place_and_date == text


def test_index_row_letters_the_names_and_numbers_the_figures_with_their_formula():
    assert progress().index_row == ("A", "B", "1", "2", "3", "4=3/2*100")


def test_index_row_follows_when_a_column_is_put_in_between():
    more = (*PROGRESS_COLUMNS[:2], Column("new", "Mới", "integer", 20), *PROGRESS_COLUMNS[2:])

    assert document(more, []).index_row[-1] == "5=4/3*100"


def test_index_row_takes_a_note_written_by_hand():
    columns = (*PROGRESS_COLUMNS[:5], Column("rate", "Tỷ lệ", "percent", 20, formula_note="4=2+3"))

    assert document(columns, []).index_row[-1] == "4=2+3"


def test_headings_merge_neighbours_of_one_group_and_let_the_others_cover_both_rows():
    upper, lower = progress().headings()

    assert [tuple(cell) for cell in upper] == [
        ("TT", 0, 1, 2),
        ("Đơn vị", 1, 1, 2),
        ("Tổng hộ mục tiêu", 2, 1, 2),
        ("Kết quả", 3, 2, 1),
        ("Tỷ lệ (%)", 5, 1, 2),
    ]
    assert [tuple(cell) for cell in lower] == [("Được duyệt", 3, 1, 1), ("Đã bàn giao", 4, 1, 1)]


def test_headings_need_one_row_when_nothing_is_grouped():
    assert len(households(1).headings()) == 1


def test_reading_fills_ratios_and_leaves_the_missing_ones_empty():
    _, rows = read(progress())

    assert [row.cells[-1] for row in rows] == [Decimal("50.0"), Decimal("50.0"), None]


def test_totals_sum_the_communes_and_not_the_district_that_holds_them():
    reading, _ = read(progress())

    totals = reading.totals()

    assert totals.cells == (None, None, 2500, 1200, 600, Decimal("50.0"))
    assert (totals.label, totals.span) == ("Tổng cộng", 2)


def test_totals_of_a_document_without_figures_are_absent():
    reading, _ = read(households(2))

    assert reading.totals() is None


def test_totals_label_counts_the_rows_over_the_whole_width():
    reading, _ = read(households(1200, totals_label="Tổng cộng: {count} hộ"))

    totals = reading.totals()

    assert totals.label == "Tổng cộng: 1.200 hộ"
    assert totals.span == 7


def test_totals_that_are_not_the_sums_of_the_rows_are_refused():
    reading, _ = read(progress(totals=(None, None, 2501, 1200, 600, None)))

    with pytest.raises(TotalsDiffer, match="Tổng hộ mục tiêu"):
        reading.totals()


def test_totals_handed_over_and_right_are_kept():
    reading, _ = read(progress(totals=(None, None, 2500, 1200, 600, None)))

    assert reading.totals().cells[2:] == (2500, 1200, 600, Decimal("50.0"))


def test_a_row_of_another_width_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        read(document(PROGRESS_COLUMNS, [Row(("1", "Xã Phú Lạc"))]))


def test_checksum_is_the_same_for_the_same_rows_and_changes_with_any_cell():
    first, _ = read(households(3))
    second, _ = read(households(3))
    other, _ = read(households(4))

    assert first.checksum == second.checksum
    assert len(first.checksum) == 64
    assert other.checksum != first.checksum


def test_closing_notes_end_with_the_end_mark_and_name_what_is_missing():
    from dataclasses import replace

    it = progress(notes=("Số liệu tạm tính.",))

    assert it.closing_notes == ("Số liệu tạm tính./.",)
    missing = replace(it, info=replace(it.info, missing=("xã Phú Lạc", "xã Vĩnh Hảo")))
    assert missing.closing_notes[-1] == "Chưa có số liệu của 2 đơn vị: xã Phú Lạc, xã Vĩnh Hảo./."
    assert progress().closing_notes == ("./.",)
