"""The empty list: filled in and sent, it is read without a question; what it shows as an example is nobody."""

from __future__ import annotations

import io

import openpyxl
import pytest

from beneficiaries.import_template import CATEGORY_WORDS, HEADER_ROW, SAMPLE, SAMPLE_ROW, template_workbook
from beneficiaries.models import Category, Household, ImportFile
from tests.beneficiaries.lists import identity, name, read, save
from tests.factories import commune, make_household, make_officer, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
ROWS = [
    {"STT": "1", "Họ và tên chủ hộ": name(1), "Ngày sinh": "5/3/1970", "Giới tính": "Nữ", "Dân tộc": "Chăm",
     "Số CCCD": identity(1), "Điện thoại": "0912345678", "Thôn/Khu phố": "Khu phố 2", "Số nhân khẩu": "4",
     "Loại hộ": "Hộ nghèo", "Diện ưu tiên": "bảo trợ xã hội", "Số giấy chứng nhận": "12/GCN"},
    {"STT": "2", "Họ và tên chủ hộ": "Lò Văn Bun", "Ngày sinh": "1966", "Giới tính": "Nam", "Dân tộc": "Kinh",
     "Thôn/Khu phố": "Khu phố 3", "Loại hộ": "Gia đình chính sách xã hội"},
]  # fmt: skip


@pytest.fixture
def official(everywhere):
    return make_officer()


def filled(content: bytes, rows: list[dict[str, str]], *, keep_sample: bool = True) -> bytes:
    """As an official fills it in: below the sample row, or in its place."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    if not keep_sample:
        sheet.delete_rows(SAMPLE_ROW)
    for row_no, row in enumerate(rows, SAMPLE_ROW + keep_sample):
        for header, value in row.items():
            sheet.cell(row_no, columns[header]).value = value
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize("keep_sample", [True, False])
def test_the_filled_template_is_read_without_a_question_and_saved(official, keep_sample):
    content = filled(template_workbook(official.area), ROWS, keep_sample=keep_sample)
    file = read(content, official)
    assert (file.state, file.summary["questions"], file.households.count()) == (ImportFile.State.CHECKED, [], 2)
    save(file, official)
    one, other = Household.objects.order_by("hamlet")
    head = one.members.get()
    assert (head.full_name, head.birth_text, head.identity_number) == (name(1), "05/03/1970", identity(1))
    assert head.ethnic_group is not None
    assert head.ethnic_group.name == "Chăm"
    assert (one.hamlet, one.member_count, one.phone, one.category, one.attributes) == (
        "Khu phố 2", 4, "0912345678", Category.POOR, ["BTXH"],
    )  # fmt: skip
    assert one.certificate_no == "12/GCN"
    assert other.category == Category.SOCIAL_POLICY
    assert [person.full_name for household in (one, other) for person in household.members.all()] == [
        name(1), "Lò Văn Bun",
    ]  # fmt: skip


def test_the_template_as_it_is_holds_no_household(official):
    file = read(template_workbook(official.area), official)
    assert file.households.count() == 0
    assert file.state != ImportFile.State.CHECKED


def test_numbers_are_text_and_choices_are_lists(official):
    make_household(commune(), hamlet="Khu phố 7")
    workbook = openpyxl.load_workbook(io.BytesIO(template_workbook(official.area)))
    sheet, choices = workbook["Danh sách hộ"], workbook["Danh mục"]
    columns = {cell.value: cell.column_letter for cell in sheet[HEADER_ROW]}
    assert sheet.cell(SAMPLE_ROW, 1).value == SAMPLE
    assert sheet.column_dimensions[columns["Số CCCD"]].width > 10
    assert sheet[f"{columns['Số CCCD']}{SAMPLE_ROW}"].number_format == "@"
    listed = {str(rule.sqref)[0] for rule in sheet.data_validations.dataValidation}
    assert listed == {columns[header] for header in ("Giới tính", "Dân tộc", "Thôn/Khu phố", "Loại hộ")}
    words = {cell.value for row in choices.iter_rows() for cell in row}
    assert {"Khu phố 7", "Chăm", "Nữ", *CATEGORY_WORDS.values()} <= words
    assert choices.sheet_state == "hidden"


def test_every_category_has_its_word():
    assert set(CATEGORY_WORDS) == set(Category)


def test_a_round_has_its_own_template_on_its_page(client, official):
    make_round(code="dot-9", name="Đợt 9")
    client.force_login(official)
    page = client.get("/dot/dot-9/").content.decode()
    assert "/dot/dot-9/tep-mau/" in page
    answer = client.get("/dot/dot-9/tep-mau/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert "Đợt 9" in sheet["A1"].value
    assert read(filled(answer.content, ROWS), official).households.count() == 2


def test_the_general_template_is_linked_from_the_import(client, official):
    client.force_login(official)
    assert "/nhap/tep-mau/" in client.get("/nhap/").content.decode()
    answer = client.get("/nhap/tep-mau/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[:2] == ["Danh sách hộ", "Hướng dẫn"]
