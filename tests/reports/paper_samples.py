"""Made-up documents for the tests of workbook and paper."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from reports.document import Column, Document, Info, Letterhead, Row, Signature

LETTERHEAD = Letterhead(
    superior="UBND tỉnh Bình Thuận",
    body="Sở Thông tin\nvà Truyền thông",
    place="Bình Thuận",
    on=date(2024, 1, 5),
    number="05/BC-STTTT",
)
INFO = Info(
    scope="Toàn tỉnh Bình Thuận",
    taken_at=datetime(2024, 1, 4, 18, 30, tzinfo=UTC),
    author="Nguyễn Thị Hồng Ạnh",
    snapshot_id="BC-2024-0307",
    filters=(("Đợt", "Đợt 2/2024"),),
    totals=(("Hộ được duyệt", 1234567),),
)
SIGNATURES = (
    Signature(("NGƯỜI LẬP BIỂU",), "Nguyễn Thị Hồng Ạnh"),
    Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "Lê Văn Thuận", "(Ký tên, đóng dấu)"),
)
PROGRESS_COLUMNS = (
    Column("tt", "TT", "ordinal", 12),
    Column("unit", "Đơn vị", "text", 60),
    Column("target", "Tổng hộ mục tiêu", "integer", 25, total=True),
    Column("approved", "Được duyệt", "integer", 25, group="Kết quả", total=True),
    Column("handed", "Đã bàn giao", "integer", 25, group="Kết quả", total=True),
    Column("rate", "Tỷ lệ (%)", "percent", 25, ratio=("handed", "approved")),
)
HOUSEHOLD_COLUMNS = (
    Column("stt", "STT", "ordinal", 12),
    Column("name", "Họ và tên", "text", 60),
    Column("cccd", "Số CCCD", "code", 35),
    Column("imei", "IMEI", "code", 35),
    Column("born", "Năm sinh", "year", 20),
    Column("on", "Ngày nhận", "date", 25),
    Column("money", "Số tiền (đồng)", "money", 30),
)


def document(columns: tuple[Column, ...], rows: Iterable[Row], **changes: Any) -> Document:
    """A document of these columns and rows, everything else as in an ordinary report."""
    return Document(
        **{
            "kind": "progress",
            "title": "Báo cáo tiến độ hỗ trợ thiết bị",
            "letterhead": LETTERHEAD,
            "columns": columns,
            "rows": rows,
            "info": INFO,
            "signatures": SIGNATURES,
            "recipients": ("Như trên;", "Lưu: VT."),
            **changes,
        }
    )


def progress(**changes: Any) -> Document:
    """Two communes of one district; nothing is approved in the second."""
    rows = [
        Row(("I", "Huyện Tuy Phong", 2500, 1200, 600, None), level=0, bold=True),
        Row(("1", "Xã Phú Lạc", 1500, 1200, 600, None)),
        Row(("2", "Xã Vĩnh Hảo", 1000, 0, 0, None)),
    ]
    return document(PROGRESS_COLUMNS, rows, **changes)


def household(number: int, name: str = "Nguyễn Thị Ẩn") -> Row:
    """The row of one household that received a device."""
    code = f"0602{number:08d}"
    return Row((str(number), name, code, f"35693803{number:07d}", 1960, date(2024, 1, 3), 500000))


def households(count: int, **changes: Any) -> Document:
    """A list of households without a row of sums."""
    return document(HOUSEHOLD_COLUMNS, [household(number + 1) for number in range(count)], **changes)
