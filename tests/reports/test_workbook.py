"""The official workbook, opened again with openpyxl."""

import tracemalloc
from dataclasses import replace
from datetime import date
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from reports.document import Row, TotalsDiffer
from reports.workbook import write_workbook
from tests.reports.paper_samples import (
    HOUSEHOLD_COLUMNS,
    PROGRESS_COLUMNS,
    document,
    household,
    households,
    progress,
)

FORMULAS = ["=1+1", "+84912345678", "-5", "@SUM(A1)", "\tx", '=HYPERLINK("x")', "=cmd|' /C calc'!A0"]


@pytest.fixture
def written(tmp_path):
    def write(it):
        path = tmp_path / "report.xlsx"
        write_workbook(it, path)
        return load_workbook(path)

    return write


def texts(sheet):
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


def row_of(sheet, text):
    """The cells of the row that holds this text."""
    return next(row for row in sheet.iter_rows() if any(cell.value == text for cell in row))


def test_letterhead_title_and_signatures_stand_where_the_decree_wants_them(written):
    sheet = written(progress(subtitle="Đợt 2/2024", unit="hộ"))["Biểu"]

    assert sheet["A1"].value == "UBND TỈNH BÌNH THUẬN"
    assert [sheet["A2"].value, sheet["A3"].value] == ["SỞ THÔNG TIN", "VÀ TRUYỀN THÔNG"]
    assert row_of(sheet, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")[0].value == "UBND TỈNH BÌNH THUẬN"
    written_texts = texts(sheet)
    for text in (
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 05/BC-STTTT",
        "Bình Thuận, ngày 05 tháng 01 năm 2024",
        "BÁO CÁO TIẾN ĐỘ HỖ TRỢ THIẾT BỊ",
        "Đợt 2/2024",
        "Đơn vị tính: hộ",
        "NGƯỜI LẬP BIỂU",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Lê Văn Thuận",
        "Nơi nhận:",
        "- Lưu: VT.",
        "./.",
    ):
        assert text in written_texts
    names = row_of(sheet, "Lê Văn Thuận")
    assert [cell.value for cell in names if cell.value] == ["Nguyễn Thị Hồng Ạnh", "Lê Văn Thuận"]


def test_letterhead_of_a_table_too_narrow_for_two_halves_is_stacked(written):
    sheet = written(document(HOUSEHOLD_COLUMNS[:2], [Row(("1", "Nguyễn Thị Ẩn"))]))["Biểu"]

    assert sheet["A1"].value == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert sheet["A4"].value == "UBND TỈNH BÌNH THUẬN"


def test_signatures_of_a_table_too_narrow_stand_one_under_another(written):
    sheet = written(document(HOUSEHOLD_COLUMNS[:2], [Row(("1", "Nguyễn Thị Ẩn"))]))["Biểu"]

    rows = [row_of(sheet, text)[0].row for text in ("Nơi nhận:", "NGƯỜI LẬP BIỂU", "CHỦ TỊCH", "Lê Văn Thuận")]
    assert rows == sorted(set(rows))


def test_everything_is_set_in_times_new_roman(written):
    book = written(progress())

    fonts = {cell.font.name for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert fonts == {"Times New Roman"}


def test_codes_are_text_dates_are_dates_and_figures_are_numbers(written):
    sheet = written(households(2))["Biểu"]

    _, name, cccd, imei, born, on, money = row_of(sheet, "060200000001")

    assert (name.value, cccd.value, imei.value) == ("Nguyễn Thị Ẩn", "060200000001", "356938030000001")
    assert [cell.data_type for cell in (name, cccd, imei)] == ["s", "s", "s"]
    assert [cell.number_format for cell in (cccd, imei)] == ["@", "@"]
    assert (born.value, born.number_format) == (1960, "0")
    assert on.value.isoformat() == "2024-01-03T00:00:00"
    assert (on.is_date, on.number_format) == (True, "dd/mm/yyyy")
    assert (money.value, money.number_format) == (500000, "[$-42A]#,##0")


def test_totals_are_values_equal_to_the_data_and_there_is_no_formula(written):
    sheet = written(progress())["Biểu"]

    totals = row_of(sheet, "Tổng cộng")

    assert [cell.value for cell in totals] == ["Tổng cộng", None, 2500, 1200, 600, 50.0]
    assert all(cell.font.bold for cell in totals if cell.value is not None)
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_ratio_without_denominator_is_a_dash(written):
    sheet = written(progress())["Biểu"]

    assert row_of(sheet, "Xã Vĩnh Hảo")[5].value == "–"
    assert row_of(sheet, "Xã Phú Lạc")[5].value == 50.0
    assert row_of(sheet, "Xã Phú Lạc")[5].number_format == "[$-42A]#,##0.0"


def test_group_rows_are_bold_and_others_are_not(written):
    sheet = written(progress())["Biểu"]

    assert {cell.font.bold for cell in row_of(sheet, "Huyện Tuy Phong")} == {True}
    assert {cell.font.bold for cell in row_of(sheet, "Xã Phú Lạc")} == {False}


def test_head_is_merged_by_group_frozen_repeated_and_followed_by_the_italic_index_row(written):
    sheet = written(progress())["Biểu"]

    top = row_of(sheet, "Tổng hộ mục tiêu")[0].row
    merged = {str(it) for it in sheet.merged_cells.ranges}
    assert {f"A{top}:A{top + 1}", f"D{top}:E{top}", f"F{top}:F{top + 1}"} <= merged
    index = sheet[top + 2]
    assert [cell.value for cell in index] == ["A", "B", "1", "2", "3", "4=3/2*100"]
    assert all(cell.font.italic for cell in index)
    assert sheet.freeze_panes == f"A{top + 3}"
    assert sheet.print_title_rows == f"${top}:${top + 2}"


@pytest.mark.parametrize(("landscape", "orientation"), [(True, "landscape"), (False, "portrait")])
def test_page_is_a4_with_the_margins_of_the_decree_and_covers_everything_written(written, landscape, orientation):
    sheet = written(progress(landscape=landscape))["Biểu"]

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, orientation)
    margins = sheet.page_margins
    assert [round(inches * 25.4, 1) for inches in (margins.left, margins.right, margins.top, margins.bottom)] == [
        30,
        15,
        20,
        20,
    ]
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.print_area == f"'Biểu'!$A$1:$F${sheet.max_row}"


def test_page_number_stands_centred_in_the_top_margin_and_not_on_the_first_page(written):
    sheet = written(progress())["Biểu"]

    assert sheet.HeaderFooter.differentFirst
    assert sheet.oddHeader.center.text == "&P"
    assert not sheet.firstHeader.center.text
    assert "BC-2024-0307" in sheet.firstFooter.left.text


def test_footer_of_a_personal_copy_names_its_owner_even_with_an_ampersand(written):
    sheet = written(progress(watermark="huyen & xa"))["Biểu"]

    assert "Bản của huyen && xa" in sheet.oddFooter.left.text


def test_info_sheet_tells_where_the_figures_come_from(written):
    it = progress()
    sheet = written(replace(it, info=replace(it.info, missing=("xã Phú Lạc",))))["Thông tin"]

    facts = {row[0].value: row[1].value for row in sheet.iter_rows()}

    assert facts["Phạm vi"] == "Toàn tỉnh Bình Thuận"
    assert facts["Đợt"] == "Đợt 2/2024"
    assert facts["Thời điểm lấy số liệu"] == "01:30 ngày 05/01/2024"
    assert facts["Người lập"] == "Nguyễn Thị Hồng Ạnh"
    assert facts["Mã bản chụp số liệu"] == "BC-2024-0307"
    assert facts["Số dòng"] == 2
    assert facts["Hộ được duyệt"] == 1234567
    assert facts["Đơn vị chưa có số liệu"] == "xã Phú Lạc"
    assert len(facts["Mã kiểm tra (SHA-256)"]) == 64


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_stays_text(written, text):
    it = document(HOUSEHOLD_COLUMNS, [household(1, text)], title=text, notes=(text,), watermark=text)

    sheet = written(it)["Biểu"]

    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert row_of(sheet, "060200000001")[1].value == text


@pytest.mark.parametrize(
    ("text", "read_back"),
    [
        ("A & B < C > D", "A & B < C > D"),
        ("  khoảng trắng  ", "  khoảng trắng  "),
        ("_x0041_", "_x0041_"),
        ("hai\ndòng", "hai\ndòng"),
        ("máy\x00 \x0b\ud800\ufffe", "máy "),
        ("]]>", "]]>"),
        ("Hỏ Thị Yến 🙂", "Hỏ Thị Yến 🙂"),
    ],
)
def test_any_text_comes_back_as_it_was(written, text, read_back):
    sheet = written(document(HOUSEHOLD_COLUMNS, [household(1, text)]))["Biểu"]

    value = row_of(sheet, "060200000001")[1].value
    assert value.replace("_x005F_", "_") == read_back  # openpyxl leaves Excel's own escape as it stands


def test_a_date_before_excel_can_count_stays_readable(written):
    row = household(1)._replace(cells=("1", "Cụ Ẩn", "060200000001", "", 1899, date(1899, 12, 31), 0))

    sheet = written(document(HOUSEHOLD_COLUMNS, [row]))["Biểu"]

    assert row_of(sheet, "Cụ Ẩn")[5].value == "31/12/1899"


def test_an_empty_document_says_so(written):
    sheet = written(document(PROGRESS_COLUMNS, []))["Biểu"]

    assert "Không có dòng nào" in texts(sheet)
    assert [cell.value for cell in row_of(sheet, "Tổng cộng")][2:] == [0, 0, 0, "–"]


def test_totals_that_differ_leave_no_file(tmp_path):
    path = tmp_path / "report.xlsx"

    with pytest.raises(TotalsDiffer):
        write_workbook(progress(totals=(None, None, 1, 1200, 600, None)), path)

    assert not path.exists()


def test_a_figure_that_is_no_number_is_refused(tmp_path):
    with pytest.raises(ValueError, match="nan"):
        write_workbook(document(PROGRESS_COLUMNS, [Row(("1", "x", float("nan"), 0, 0, None))]), tmp_path / "r.xlsx")


def test_columns_grow_with_their_largest_figure(written):
    narrow = written(document(PROGRESS_COLUMNS, [Row(("1", "x", 5, 0, 0, None))]))["Biểu"].column_dimensions["C"].width
    wide = (
        written(document(PROGRESS_COLUMNS, [Row(("1", "x", 10**17, 0, 0, None))]))["Biểu"].column_dimensions["C"].width
    )

    assert wide > narrow


def test_the_same_document_gives_the_same_bytes(tmp_path):
    for name in ("first.xlsx", "second.xlsx"):
        write_workbook(progress(), tmp_path / name)

    assert (tmp_path / "first.xlsx").read_bytes() == (tmp_path / "second.xlsx").read_bytes()
    with ZipFile(tmp_path / "first.xlsx") as archive:
        assert b"2024-01-04T18:30:00Z" in archive.read("docProps/core.xml")


def test_a_long_list_streams_in_flat_memory(tmp_path):
    rows = (household(number) for number in range(5_000))
    tracemalloc.start()

    write_workbook(document(HOUSEHOLD_COLUMNS, rows), tmp_path / "long.xlsx")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000  # 5,000 rows held as cells would be some 15 MB
    assert load_workbook(tmp_path / "long.xlsx", read_only=True)["Biểu"].max_row > 5_000
