"""The empty list for a commune that has none: headings that are recognised, numbers as text, choices as lists.

What the official fills in is in Vietnamese whatever language the pages are shown in.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from administration.models import Area
from beneficiaries.models import Category, EthnicGroup, Household

NAME = "Danh-sach-ho-mau.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = "DANH SÁCH HỘ ĐỀ NGHỊ HỖ TRỢ THIẾT BỊ"
SAMPLE = "Ví dụ"  # opens the row that shows how to fill in; intake.row_kinds passes over it
HEADER_ROW, SAMPLE_ROW = 4, 5  # as Excel counts
_ROWS = 2_000  # of drop-down lists below the header


@dataclass(frozen=True, slots=True)
class _Column:
    header: str
    width: int
    sample: str
    how: str
    choices: str = ""


_COLUMNS = (
    _Column("STT", 7, SAMPLE, "Số thứ tự."),
    _Column("Họ và tên chủ hộ", 28, "Nguyễn Thị Mẫu", "Họ, chữ đệm và tên như trên căn cước. Bắt buộc."),
    _Column("Ngày sinh", 14, "25/03/1968", "Ngày/tháng/năm. Chỉ biết năm thì ghi năm. Bắt buộc."),
    _Column("Giới tính", 10, "Nữ", "Chọn Nam hoặc Nữ.", "gender"),
    _Column("Dân tộc", 14, "Kinh", "Chọn trong danh mục 54 dân tộc.", "people"),
    _Column("Số CCCD", 16, "060168000000", "12 chữ số. Ô đã để dạng văn bản nên không mất số 0 ở đầu."),
    _Column("Điện thoại", 14, "0912000000", "10 chữ số, nếu có."),
    _Column("Thôn/Khu phố", 20, "Khu phố 1", "Chọn hoặc ghi thêm tên mới. Bắt buộc.", "hamlet"),
    _Column("Địa chỉ", 28, "", "Số nhà, đường, nếu có."),
    _Column("Số nhân khẩu", 13, "4", "Số người trong hộ, kể cả chủ hộ."),
    _Column("Loại hộ", 26, "Hộ nghèo", "Chọn một loại. Bắt buộc.", "category"),
    _Column("Diện ưu tiên", 26, "", "Người có công; bảo trợ xã hội; dân tộc thiểu số... cách bằng dấu ;"),
    _Column("Số giấy chứng nhận", 20, "", "Số giấy chứng nhận hộ nghèo, cận nghèo, nếu có."),
    _Column("Ghi chú", 30, "Dòng ví dụ, không nhập vào sổ hộ", "Điều gì cần nói thêm."),
)  # fmt: skip
CATEGORY_WORDS = {
    Category.POOR: "Hộ nghèo", Category.NEAR_POOR: "Hộ cận nghèo", Category.SOCIAL_POLICY: "Gia đình chính sách xã hội",
    Category.OTHER_POLICY: "Chính sách khác", Category.NONE: "Không thuộc diện",
}  # fmt: skip
_NOTES = (
    "Điền từ dòng dưới dòng ví dụ. Dòng ví dụ có thể để nguyên hoặc xóa: hệ thống không nhập dòng này.",
    "Không cần xóa cột thừa, không cần sắp xếp. Có thể thêm dòng tên thôn, dòng cộng: hệ thống tự bỏ qua.",
    "Lưu tệp rồi gửi ở mục Nhập Excel. Sai chỗ nào hệ thống chỉ ra chỗ đó, sửa ngay trên trang được.",
)


def template_workbook(area: Area | None, *, title: str = TITLE, remarks: Sequence[str] = ()) -> bytes:
    """An .xlsx with the list, a page of instructions and the drop-downs of this commune. Two queries."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        sheet = workbook.add_worksheet("Danh sách hộ")
        _write_instructions(workbook, remarks)
        sources = _write_choices(workbook, _choices(area))
        _write_list(workbook, sheet, title, str(area or ""), sources)
    return out.getvalue()


def _choices(area: Area | None) -> dict[str, list[str]]:
    hamlets = Household.objects.filter(area=area).order_by("hamlet").values_list("hamlet", flat=True).distinct()
    return {
        "gender": ["Nam", "Nữ"],
        "category": [CATEGORY_WORDS[Category(value)] for value in Category.values],
        "people": list(EthnicGroup.objects.order_by("code").values_list("name", flat=True)),
        "hamlet": list(hamlets) if area else [],
    }


def _write_choices(workbook: xlsxwriter.Workbook, choices: dict[str, list[str]]) -> dict[str, str]:
    """A hidden sheet: a list in the cell itself holds 255 characters only. Returns kind -> the formula of its range."""
    sheet = workbook.add_worksheet("Danh mục")
    sheet.hide()
    sources = {}
    for column, (kind, words) in enumerate(choices.items()):
        for row, word in enumerate(words):
            sheet.write_string(row, column, word)
        if words:
            letter = "ABCD"[column]
            sources[kind] = f"='Danh mục'!${letter}$1:${letter}${len(words)}"
    return sources


def _write_list(
    workbook: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, title: str, commune: str,
    sources: dict[str, str],
) -> None:  # fmt: skip
    heading = {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#DCEBFA", "valign": "top"}
    head = workbook.add_format(heading)
    text = workbook.add_format({"num_format": "@"})
    sample = workbook.add_format({"num_format": "@", "italic": True, "font_color": "#6B7580", "bg_color": "#F4F6F8"})
    sheet.write_string(0, 0, title, workbook.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, commune)
    for index, column in enumerate(_COLUMNS):
        sheet.set_column(index, index, column.width, text)
        sheet.write_string(HEADER_ROW - 1, index, column.header, head)
        sheet.write_string(SAMPLE_ROW - 1, index, column.sample, sample)
        if source := sources.get(column.choices):
            # a hamlet may be new and a list may be pasted in: a warning, no refusal
            rule = {"validate": "list", "source": source, "error_type": "warning", "ignore_blank": True}
            sheet.data_validation(SAMPLE_ROW, index, _ROWS, index, rule)
    sheet.freeze_panes(HEADER_ROW, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)


def _write_instructions(workbook: xlsxwriter.Workbook, remarks: Sequence[str]) -> None:
    sheet = workbook.add_worksheet("Hướng dẫn")
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    bold = workbook.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, "CÁCH ĐIỀN DANH SÁCH", workbook.add_format({"bold": True, "font_size": 14}))
    notes = [*remarks, *_NOTES]
    for index, note in enumerate(notes, 2):
        sheet.write_string(index, 1, note, wrap)
    for index, column in enumerate(_COLUMNS, len(notes) + 3):
        sheet.write_string(index, 0, column.header, bold)
        sheet.write_string(index, 1, column.how, wrap)
