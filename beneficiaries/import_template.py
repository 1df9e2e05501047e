"""The empty list for a commune that has none: headings that are recognised, numbers as text, choices as lists."""

from __future__ import annotations

import io

import xlsxwriter

from beneficiaries.models import Category

NAME = "Danh-sach-ho-mau.xlsx"
# What the official fills in is in Vietnamese whatever language the pages are shown in.
_COLUMNS: list[tuple[str, int, str]] = [
    ("STT", 6, "1"), ("Họ và tên chủ hộ", 28, "Nguyễn Văn A"), ("Ngày sinh", 14, "25/03/1968"),
    ("Giới tính", 10, "Nam"), ("Dân tộc", 12, "Kinh"), ("Số CCCD", 16, "060068000000"),
    ("Điện thoại", 14, "0912000000"),
    ("Thôn/Khu phố", 20, "Khu phố 1"), ("Địa chỉ", 28, ""), ("Số nhân khẩu", 13, "4"), ("Loại hộ", 22, "Hộ nghèo"),
    ("Diện ưu tiên", 22, ""), ("Số giấy chứng nhận", 20, ""), ("Ghi chú", 30, "Dòng mẫu, hãy xóa đi"),
]  # fmt: skip
_CHOICES = {
    "Giới tính": ["Nam", "Nữ"],
    "Loại hộ": ["Hộ nghèo", "Hộ cận nghèo", "Gia đình chính sách xã hội", "Chính sách khác", "Không thuộc diện"],
}
_ROWS = 500
assert len(_CHOICES["Loại hộ"]) == len(Category.values)  # noqa: S101 - a new category needs its word here


def template_workbook(commune: str) -> bytes:
    """An .xlsx with one sample row."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        sheet = workbook.add_worksheet("Danh sách hộ")
        bold = workbook.add_format(
            {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#F4F6F8", "valign": "top"}
        )
        text = workbook.add_format({"num_format": "@", "border": 1})
        sheet.write_string(
            0, 0, "DANH SÁCH HỘ ĐỀ NGHỊ HỖ TRỢ THIẾT BỊ", workbook.add_format({"bold": True, "font_size": 14})
        )
        sheet.write_string(1, 0, commune)
        for column, (header, width, sample) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width, text)
            sheet.write_string(3, column, header, bold)
            sheet.write_string(4, column, sample, text)
            if header in _CHOICES:
                sheet.data_validation(4, column, _ROWS, column, {"validate": "list", "source": _CHOICES[header]})
        sheet.freeze_panes(4, 2)
    return out.getvalue()
