"""Made-up commune lists as files, and their way through the import without a worker process."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from administration import jobs
from administration.models import Officer
from administration.scope import scope_of
from beneficiaries import tasks
from beneficiaries.actions import import_files, import_rows
from beneficiaries.models import ImportFile, StagedHousehold

assert tasks  # registers the work that jobs.run does
HEADER = (
    "STT", "Họ và tên chủ hộ", "Ngày sinh", "Giới tính", "Số CCCD", "Số điện thoại", "Thôn/Khu phố", "Số khẩu",
    "Loại hộ", "Ghi chú",
)  # fmt: skip
FIRST_ROW = 4  # of the households, below a title, an empty row and the header
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đặng", "Võ")
GIVEN = ("Hoa", "Lan", "Mai", "Cúc", "Đào", "Huệ", "Sen", "Trúc", "Liên", "Nga", "Thu")


def name(number: int) -> str:
    return f"{FAMILY[number % 7]} Thị {GIVEN[number // 7 % 11]} {GIVEN[number // 77 % 11]}"


def identity(number: int) -> str:
    """Of a woman of Bình Thuận, born in 1970."""
    return f"060170{number:06d}"


def household(number: int, **over: Any) -> dict[str, Any]:
    values = {
        "Họ và tên chủ hộ": name(number), "Ngày sinh": "15/08/1970", "Giới tính": "Nữ", "Số CCCD": identity(number),
        "Số điện thoại": "", "Thôn/Khu phố": f"Khu phố {number % 5 + 1}", "Số khẩu": "3", "Loại hộ": "Hộ nghèo",
        "Ghi chú": "",
    }  # fmt: skip
    return values | over


def table(rows: Iterable[dict[str, Any]], header: Sequence[str] = HEADER) -> list[list[Any]]:
    """A title, an empty row, the header, the households."""
    lines = [["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024"], [], list(header)]
    return lines + [
        [row.get(column, i if column == "STT" else "") for column in header] for i, row in enumerate(rows, 1)
    ]


def xlsx(lines: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        sheet = workbook.add_worksheet("Danh sách")
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if value != "":
                    sheet.write(row, column, value)
    return out.getvalue()


def a_list(rows: Iterable[dict[str, Any]], **more: Any) -> bytes:
    return xlsx(table(rows, **more))


def sent(content: bytes, file_name: str = "ds.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(file_name, content)


def read(content: bytes, officer: Officer, file_name: str = "ds.xlsx") -> ImportFile:
    """Uploads and reads a file as its officer."""
    with scope_of(officer):
        upload = import_files.upload_file(io.BytesIO(content), file_name, by=officer)
    run_job(upload.file)
    return reloaded(upload.file)


def save(file: ImportFile, officer: Officer, *, leave_rest: bool = True) -> ImportFile:
    """Leaves what is broken for later and saves the rest."""
    with scope_of(officer):
        if leave_rest:
            import_rows.skip_rows(file.pk, None, by=officer)
        import_files.start_apply(file.pk, by=officer)
    run_job(reloaded(file))
    return reloaded(file)


def undo(file: ImportFile, officer: Officer) -> ImportFile:
    with scope_of(officer):
        import_files.undo_import(file.pk, by=officer)
    run_job(reloaded(file))
    return reloaded(file)


def run_job(file: ImportFile) -> None:
    job = reloaded(file).job
    if job is not None and job.is_open:
        assert jobs.run(job.pk)


def reloaded(file: ImportFile) -> ImportFile:
    return ImportFile.objects.select_related("job", "area").get(pk=file.pk)


def staged(file: ImportFile, row_no: int) -> StagedHousehold:
    return StagedHousehold.objects.get(file=file, row_no=row_no)


def codes(file: ImportFile, row_no: int) -> list[str]:
    return staged(file, row_no).problem_codes
