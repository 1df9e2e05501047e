"""The commune's own workbook back with its wrong cells marked, mended in Excel and sent again."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from administration.scope import scope_of
from beneficiaries.actions import import_files, import_rows
from beneficiaries.import_workbook import TINT, marked_workbook
from beneficiaries.intake.staged import opened as open_row
from beneficiaries.models import Household, ImportFile
from tests.beneficiaries.intake.workbooks import csv, ods, xls
from tests.beneficiaries.lists import (
    FIRST_ROW,
    HEADER,
    a_list,
    household,
    identity,
    name,
    read,
    reloaded,
    run_job,
    save,
    staged,
    table,
    xlsx,
)
from tests.factories import make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
NAME, BIRTH, NUMBER, NOTE = 2, 3, 5, 10  # columns from 1


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def file(official) -> ImportFile:
    rows = [household(1), household(2, **{"Ngày sinh": "31/02/1970"}), household(3, **{"Họ và tên chủ hộ": ""})]
    return read(a_list(rows), official)


def opened(file: ImportFile):
    _name, content = marked_workbook(file)
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def content_of(sheet) -> bytes:
    out = io.BytesIO()
    sheet.parent.save(out)
    return out.getvalue()


def send(content: bytes, official, name: str = "sửa.xlsx") -> ImportFile:
    with scope_of(official):
        upload = import_files.upload_file(io.BytesIO(content), name, by=official)
    run_job(upload.file)
    return reloaded(upload.file)


def test_wrong_cells_are_marked_where_they_are_and_explained_beside(file):
    sheet = opened(file)
    assert sheet.cell(FIRST_ROW + 1, BIRTH).fill.fgColor.rgb.endswith(TINT)
    assert sheet.cell(FIRST_ROW + 2, NAME).fill.fgColor.rgb.endswith(TINT)
    assert sheet.cell(FIRST_ROW, BIRTH).fill.fgColor.rgb.endswith("00000000")
    width = len(HEADER)
    assert sheet.cell(FIRST_ROW - 1, width + 2).value.endswith(f"(Trao {file.pk})")
    assert "31/02/1970" in sheet.cell(FIRST_ROW + 1, width + 2).value
    assert sheet.cell(FIRST_ROW, width + 2).value is None
    assert sheet.cell(FIRST_ROW, NAME).value == name(1)


def test_cells_mended_on_the_page_are_in_the_workbook(file, official):
    row = staged(file, FIRST_ROW + 1)
    import_rows.mend_cell(file.pk, row.pk, row.row_no, "birth", "=1970", by=official)
    cell = opened(file).cell(FIRST_ROW + 1, BIRTH)
    assert (cell.value, cell.data_type) == ("=1970", "s")


def test_the_mended_workbook_settles_only_the_open_rows(file, official):
    ready = staged(file, FIRST_ROW).payload
    sheet = opened(file)
    sheet.cell(FIRST_ROW + 1, BIRTH).value = "03/05/1970"
    sheet.cell(FIRST_ROW + 2, NAME).value = "Lê Thị Mận"
    sheet.cell(FIRST_ROW, NOTE).value = "changed, and not taken"
    again = send(content_of(sheet), official)
    assert (again.state, again.summary["merged_into"], again.summary["merged"]) == ("abandoned", file.pk, 2)
    assert list(file.households.values_list("state", flat=True).distinct()) == ["ready"]
    assert bytes(staged(file, FIRST_ROW).payload) == bytes(ready)
    assert save(file, official).added == 3


def test_a_mend_that_no_single_cell_can_hold_is_kept_when_the_workbook_comes_back(official):
    lines = [
        ["DANH SÁCH HỘ NGHÈO"],
        ["STT", "Họ và tên chủ hộ", "Ngày sinh", "", "", "Giới tính", "Số CCCD", "Thôn", "Loại hộ"],
        ["", "", "Ngày", "Tháng", "Năm"],
        ["1", name(1), "31", "2", "1970", "?", identity(1), "Thôn 1", "Hộ nghèo"],
        ["2", name(2), "", "", "1970", "Nữ", identity(2), "Thôn 1", "Hộ nghèo"],
    ]
    file = read(xlsx(lines), official)
    one = staged(file, FIRST_ROW)
    import_rows.mend_cell(file.pk, one.pk, FIRST_ROW, "birth", "3/2/1970", by=official)
    sheet = opened(file)
    assert [sheet.cell(FIRST_ROW, column).value for column in (3, 4, 5)] == ["31", "2", "1970"]
    sheet.cell(FIRST_ROW, 6).value = "Nữ"

    assert send(content_of(sheet), official).summary["merged_into"] == file.pk

    head = opened_row(file).household.head
    assert (head.birth_date, head.gender) == (datetime.date(1970, 2, 3), "F")
    assert opened_row(file).problems == []


def opened_row(file: ImportFile):
    return open_row(staged(file, FIRST_ROW))


def test_a_workbook_whose_rows_were_sorted_is_another_import(official):
    rows = [household(i) for i in range(1, 7)] + [household(9, **{"Ngày sinh": "31/02/1970"})]
    file = read(a_list(rows), official)
    sheet = opened(file)
    for row, number in zip(range(FIRST_ROW, FIRST_ROW + 6), range(6, 0, -1), strict=True):
        sheet.cell(row, NAME).value, sheet.cell(row, NUMBER).value = name(number), identity(number)
    again = send(content_of(sheet), official)
    assert "merged_into" not in again.summary
    assert again.households.count() == 7


def test_a_marked_workbook_of_another_commune_is_an_import_of_its_own(file, everywhere):
    from tests.factories import LIEN_HUONG, commune

    stranger = make_officer(area=commune(LIEN_HUONG))
    again = send(content_of(opened(file)), stranger)
    assert "merged_into" not in again.summary
    assert again.households.count() == 3


@pytest.mark.parametrize(("make", "file_name"), [(xls, "ds.xls"), (ods, "ds.ods"), (csv, "ds.csv")])
def test_other_formats_come_back_as_a_new_workbook_with_their_columns(official, make, file_name):
    lines = table([household(1), household(2, **{"Ngày sinh": "31/02/1970"})])
    file = read(make([[str(cell) for cell in line] for line in lines]), official, file_name)
    assert file.households.count() == 2
    sheet = opened(file)
    assert [cell.value for cell in sheet[FIRST_ROW - 1]][: len(HEADER)] == list(HEADER)
    assert sheet.cell(FIRST_ROW, NUMBER).value == identity(1)
    sheet.cell(FIRST_ROW + 1, BIRTH).value = "1970"
    again = send(content_of(sheet), official)
    assert again.summary["merged_into"] == file.pk
    assert save(file, official).added == 2
    assert Household.objects.count() == 2


CELLS = st.sampled_from(
    ["", "=1+1", "@x", "31/02/1970", "5/3/68", "1970", "060170000001", "HN", "HN-NCC", "  x  ", "Lê"]
)
CHANGES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([column for column in HEADER if column != "STT"]), CELLS), max_size=6
)


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_the_marked_workbook_read_back_gives_the_same_rows(official, changes):
    """Whatever is wrong in a list: its marked workbook, sent again as it is, is the same list."""
    rows = [household(number) for number in range(1, 5)]
    for index, column, text in changes:
        rows[index][column] = text
    with transaction.atomic():
        file = read(a_list(rows), official)
        before = rows_of(file)
        again = send(content_of(opened(file)), official)
        assert again.summary.get("merged_into") == file.pk
        assert rows_of(reloaded(file)) == before
        transaction.set_rollback(True)


def rows_of(file: ImportFile) -> list[tuple]:
    """Row number, state, problems and values of every staged household."""
    return [
        (one.row_no, one.state, one.problem_codes, one.values["household"])
        for one in file.households.order_by("table_no", "row_no")
    ]
