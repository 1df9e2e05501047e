"""The commune's own workbook back, with what is wrong marked and a column that says how to mend it.

The last column's header carries the number of the import, so that the file is known when it is sent again.
"""

from __future__ import annotations

import io
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell as OpenpyxlCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from beneficiaries.import_errors import views_of
from beneficiaries.import_words import FIELD_LABELS
from beneficiaries.intake import stage
from beneficiaries.intake.cells import DateCell, Sheet
from beneficiaries.intake.choices import choices_from_json
from beneficiaries.intake.decode import decode_sheet
from beneficiaries.intake.problems import ERROR, Problem
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.register_problems import sentence
from beneficiaries.intake.source import TableView
from beneficiaries.intake.staged import Staged, State
from beneficiaries.models import ImportFile, StagedHousehold

log = logging.getLogger(__name__)
MOST_FOR_OPENPYXL = 3_000  # households; above, a workbook is written anew, which is quicker and says the same
TINT, DARK = "FDE3E1", "8C1D18"
_ADVICE_WIDTH = 60


@dataclass
class _Marks:
    """What goes onto one sheet: new texts of cells, cells to mark, remarks by row; rows from 1, columns from 0."""

    header_row: int = 1
    width: int = 0
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    wrong: dict[tuple[int, int], str] = field(default_factory=dict)
    remarks: dict[int, tuple[str, str]] = field(default_factory=dict)


def marked_workbook(file: ImportFile) -> tuple[str, bytes]:
    """File name and content (.xlsx). Cells that were mended already hold the mended text."""
    marks = _marks(file)
    path = Path(file.file.path)
    content = None
    if _is_xlsx(path) and StagedHousehold.objects.filter(file=file).count() <= MOST_FOR_OPENPYXL:
        content = _own_workbook(path, marks, file.pk)
    name = _("%(name)s - to be mended.xlsx") % {"name": Path(file.original_name).stem}
    return name, content or _new_workbook(file, marks)


def _marks(file: ImportFile) -> dict[str, _Marks]:
    views = views_of(file)
    marks: dict[str, _Marks] = defaultdict(_Marks)
    for table in file.seen.get("tables", []):
        on_sheet = marks[table["sheet"]]
        on_sheet.header_row = table["header_row"] or on_sheet.header_row
        on_sheet.width = max([on_sheet.width, *(column["index"] + 1 for column in table["columns"])])
    for one in stage.load(StagedHousehold.objects.filter(file=file).exclude(state=State.APPLIED)):
        _mark(one, views[one.table_no], marks[one.sheet])
    return marks


def _mark(one: Staged, view: TableView, marks: _Marks) -> None:
    for mend in one.mends:
        column = view.own_column(mend.field)
        if column is not None:
            marks.texts[mend.row_no, column] = mend.value
    by_row: dict[int, list[Problem]] = defaultdict(list)
    for problem in one.all_problems:
        if problem.severity == ERROR and one.household.repeat_of is None:
            by_row[problem.row_no].append(problem)
            column = view.column(problem.field)
            if column is not None:
                marks.wrong[problem.row_no, column] = sentence(problem)
    for row_no, problems in by_row.items():
        names = dict.fromkeys(str(FIELD_LABELS.get(problem.field, problem.field)) for problem in problems)
        marks.remarks[row_no] = ("; ".join(names), " ".join(_advice(problems)))


def _advice(problems: Iterable[Problem]) -> Iterator[str]:
    for problem in problems:
        yield sentence(problem)
        if problem.fix:
            yield _("Suggestion: %(value)s.") % {"value": problem.fix}


def _headers(file_id: int) -> tuple[str, str]:
    advice = _("How to mend it")
    return _("Error"), f"{advice} (Trao {file_id})"


def _is_xlsx(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"


def _own_workbook(path: Path, marks: dict[str, _Marks], file_id: int) -> bytes | None:
    """Marks the workbook itself; None when openpyxl cannot open what the reader could (an .ods, a strict .xlsx)."""
    try:
        workbook = openpyxl.load_workbook(path, keep_links=False)
    except Exception as problem:  # openpyxl fails in many ways on files that are fine
        log.info("marked anew, openpyxl: %s", type(problem).__name__)
        return None
    for name, on_sheet in marks.items():
        if name in workbook.sheetnames and isinstance(workbook[name], Worksheet):
            _mark_sheet(workbook[name], on_sheet, file_id)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _mark_sheet(sheet: Worksheet, marks: _Marks, file_id: int) -> None:
    fill = PatternFill("solid", fgColor=TINT)
    for (row_no, column), text in marks.texts.items():
        _write(sheet, row_no, column, text)
    for (row_no, column), text in marks.wrong.items():
        cell = sheet.cell(row_no, column + 1)
        cell.fill = fill
        if isinstance(cell, OpenpyxlCell):
            cell.comment = Comment(text, "Trao", width=320, height=90)
    for offset, header in enumerate(_headers(file_id)):
        cell = _write(sheet, marks.header_row, marks.width + offset, header)
        cell.font = Font(bold=True, color=DARK)
        sheet.column_dimensions[cell.column_letter].width = _ADVICE_WIDTH if offset else 24
    for row_no, texts in marks.remarks.items():
        for offset, text in enumerate(texts):
            cell = _write(sheet, row_no, marks.width + offset, text)
            cell.font, cell.alignment = Font(color=DARK), Alignment(wrap_text=True, vertical="top")


def _write(sheet: Worksheet, row_no: int, column: int, text: str) -> OpenpyxlCell:
    """Always as text: nothing becomes a formula, no zero gets lost."""
    cell = sheet.cell(row_no, column + 1)
    if isinstance(cell, OpenpyxlCell):
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"
    return cell


def _new_workbook(file: ImportFile, marks: dict[str, _Marks]) -> bytes:
    """The same lists in a new .xlsx, for .xls, .ods, .csv and very long lists."""
    out = io.BytesIO()
    chosen = choices_from_json(file.choices)
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        wrong = workbook.add_format({"bg_color": f"#{TINT}", "num_format": "@"})
        remark = workbook.add_format({"font_color": f"#{DARK}", "text_wrap": True, "valign": "top"})
        text = workbook.add_format({"num_format": "@"})
        for sheet in read_workbook(Path(file.file.path), file.original_name):
            if sheet.name in marks:
                decoded, _encodings = decode_sheet(sheet, chosen.encodings.get(sheet.name))
                _write_sheet(
                    workbook.add_worksheet(sheet.name[:31]), decoded, marks[sheet.name], file.pk, (text, wrong, remark)
                )
    return out.getvalue()


def _write_sheet(
    out: xlsxwriter.worksheet.Worksheet, sheet: Sheet, marks: _Marks, file_id: int, formats: tuple
) -> None:
    text, wrong, remark = formats
    for index, row in enumerate(sheet.rows):
        row_no = sheet.row_no(index)
        for column in range(max(len(row), marks.width)):
            value = marks.texts.get((row_no, column), row[column] if column < len(row) else "")
            is_wrong = (row_no, column) in marks.wrong
            if value or is_wrong:
                out.write_string(row_no - 1, column, _shown(value), wrong if is_wrong else text)
                if is_wrong:
                    out.write_comment(row_no - 1, column, marks.wrong[row_no, column])
    for offset, header in enumerate(_headers(file_id)):
        out.write_string(marks.header_row - 1, marks.width + offset, header, remark)
        out.set_column(marks.width + offset, marks.width + offset, _ADVICE_WIDTH if offset else 24)
    for row_no, texts in marks.remarks.items():
        for offset, words in enumerate(texts):
            out.write_string(row_no - 1, marks.width + offset, words, remark)


def _shown(value: str) -> str:
    """A real date as people write it, so that it is read day first again."""
    if type(value) is DateCell and len(value) == 10:
        return f"{value[8:10]}/{value[5:7]}/{value[:4]}"
    return str(value)
