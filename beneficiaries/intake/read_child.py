"""The throw-away reading process: limits first, then guard and reader, the sheets as JSON lines on standard output.

Runs as `python -m beneficiaries.intake.read_child PATH NAME LIMITS`. Nothing of a hostile file survives it, and
nothing of Django is in it.
"""

import datetime
import json
import math
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, TextIO

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from beneficiaries.intake.cells import column_letter
from beneficiaries.intake.csv_text import read_csv
from beneficiaries.intake.evidence import Evidence, Limits, SheetEvidence
from beneficiaries.intake.guard import inspect
from beneficiaries.intake.refusals import Refused

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Writer(Protocol):
    """What takes text."""

    def write(self, text: str, /) -> Any: ...


def main() -> None:
    """Read one file; a refusal is an answer too, so the exit code is 0 for both."""
    path, name, limits = Path(sys.argv[1]), sys.argv[2], Limits(**json.loads(sys.argv[3]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    try:
        _answer(path, name, limits, _Bounded(sys.stdout, limits.answer))
    except Refused as refusal:
        _write(sys.stdout, {"refused": refusal.code, "params": refusal.params})
    except MemoryError:
        _write(sys.stdout, {"refused": "unpacks_too_large", "params": {}})
    except BaseException:  # calamine panics are not Exceptions
        _write(sys.stdout, {"refused": "unreadable", "params": {}})


class _Bounded:
    """The answer as far as the asking process can hold it."""

    def __init__(self, out: TextIO, letters: int) -> None:
        self._out, self._left = out, letters

    def write(self, text: str) -> None:
        """Raises Refused when the sheets say more than a list can."""
        self._left -= len(text)
        if self._left < 0:
            raise Refused("unpacks_too_large")
        self._out.write(text)


def _answer(path: Path, name: str, limits: Limits, out: Writer) -> None:
    evidence = inspect(path, name, limits)
    if evidence.kind == "text":
        _write(out, {"sheet": "", "visible": True})
        for row in read_csv(path.read_bytes(), limits):
            _write(out, row)
    else:
        _answer_workbook(path, evidence, limits, out)
    _write(out, {"end": True})


def _answer_workbook(path: Path, evidence: Evidence, limits: Limits, out: Writer) -> None:
    with path.open("rb") as stream:
        workbook = CalamineWorkbook.from_filelike(stream)
        metadata = workbook.sheets_metadata
        if len(metadata) > limits.sheets:
            raise Refused("too_many_sheets", limit=limits.sheets)
        worksheets = [(at, sheet) for at, sheet in enumerate(metadata) if sheet.typ == SheetTypeEnum.WorkSheet]
        unread = dict(evidence.sheets)
        if evidence.kind != "xlsx" and len(unread) == len(worksheets):  # the old formats spell names in many ways
            unread = {sheet.name: seen for (_, sheet), seen in zip(worksheets, unread.values(), strict=True)}
        total = 0
        for index, sheet in worksheets:
            is_visible = sheet.visible == SheetVisibleEnum.Visible
            seen = unread.pop(sheet.name, None) or SheetEvidence(sheet.name, visible=is_visible)
            total += answer_sheet(workbook.get_sheet_by_index(index), seen, evidence.kind, limits, out)
            if total > limits.rows:
                raise Refused("too_many_rows", limit=limits.rows)
        if any(seen.surely_filled for seen in unread.values()):
            raise Refused("rows_lost")


def answer_sheet(sheet: CalamineSheet, seen: SheetEvidence, evidence_kind: str, limits: Limits, out: Writer) -> int:
    """Write one sheet from its row 1 on; the number of rows with content. Raises Refused when rows got lost."""
    errors: dict[int, dict[int, str]] = {}
    for row_no, column, text in seen.errors:
        errors.setdefault(row_no, {})[column] = text
    head = {"sheet": sheet.name, "visible": seen.visible, "merges": seen.merges or _merges(sheet, limits)}
    head |= {"fonts": seen.fonts, "hidden_rows": seen.hidden_rows, "hidden": sorted(seen.hidden)}
    _write(out, head)
    filled, left = 0, [""] * (sheet.start[1] if sheet.start else 0)  # the reader begins at the first used column
    below = max((row_no for row_no in errors if row_no <= limits.highest_row), default=0)
    lost = seen.surely_filled
    for number, values in enumerate(_rows_down_to(below, sheet.iter_rows()), start=1):
        row = left + [value if type(value) is str else _plain(value) for value in values]
        for column, text in errors.get(number, {}).items():
            row.extend([""] * (column + 1 - len(row)))
            row[column] = text
        if number in lost and any(value != "" for value in row):
            lost.discard(number)
        if any(value != "" and (type(value) is not str or not value.isspace()) for value in row):
            filled += 1
            _check_row(row, number, filled, sheet.name, limits)
        _write(out, row)
    if lost or (evidence_kind == "xlsx" and filled != seen.rows_with_content):
        raise Refused("rows_lost")
    return filled


def _rows_down_to(last: int, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """The reader's rows, and empty ones below them: it stops above rows that hold errors only."""
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the last number counts
        yield row
    for _ in range(number, last):
        yield []


def _check_row(row: list[Any], number: int, filled: int, name: str, limits: Limits) -> None:
    if filled > limits.rows:
        raise Refused("too_many_rows", limit=limits.rows)
    if number > limits.highest_row:
        raise Refused("too_far_down", sheet=name, limit=limits.highest_row)
    if len(row) > limits.columns and any(value != "" for value in row[limits.columns :]):
        raise Refused("too_many_columns", sheet=name, column=column_letter(limits.columns - 1))


def _merges(sheet: CalamineSheet, limits: Limits) -> list[tuple[int, int, int, int]]:
    ranges = sheet.merged_cell_ranges or []
    if len(ranges) > limits.merges:
        raise Refused("unsafe_package")
    return [(first[0] + 1, first[1], last[0] + 1, min(last[1], limits.columns)) for first, last in ranges]


def _plain(value: Any) -> Any:
    """One value of calamine as JSON: text, number, or {"d": ISO date} for a real date."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not math.isfinite(value):
            return "#NUM!"
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()}
    return value if isinstance(value, int | str) else str(value)


def _write(out: Writer, value: Any) -> None:
    out.write(_ENCODE(value))
    out.write("\n")


if __name__ == "__main__":
    main()
