"""Compares what was read of a file with its answer key, as the acceptance does: through the records of the command."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from beneficiaries.intake import stage
from beneficiaries.intake.parse import parse_sheets
from beneficiaries.intake.place import Commune, Place
from beneficiaries.intake.read import read_workbook
from beneficiaries.list_records import row_record
from beneficiaries.names import fold
from tests.beneficiaries.intake.wild.files import bytes_of, name_of
from tests.beneficiaries.intake.wild.pages import Book
from tests.beneficiaries.intake.wild.truth import COMMUNES

TODAY = datetime.date(2024, 11, 1)
_DISTRICTS = {"23221": "duc linh", "23257": "ham tan", "22915": "phan thiet", "22921": "phan thiet"}
_NUMBERS = {code: 1000 + at * 10 for at, code in enumerate(COMMUNES)}


@dataclass(slots=True)
class Score:
    """What went wrong. `silent` are values that are wrong without a word, `flagged` wrong ones with one."""

    lost: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    flagged: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def failures(self) -> list[str]:
        return [f"{kind}: {text}" for kind in ("lost", "invented", "silent", "untold") for text in getattr(self, kind)]


def place(area: str) -> Place:
    """The communes the lists are about, without a database."""
    communes = [_commune(code, name) for code, name in COMMUNES.items()]
    alone = next((commune for commune in communes if commune.code == area), None)
    low, high = (alone.number, alone.number) if alone else (0, 10_000)
    return Place("Tỉnh Bình Thuận", low, high, alone, communes)


def _commune(code: str, name: str) -> Commune:
    kind = next(kind for kind in ("Phường", "Xã", "Thị trấn") if name.startswith(kind))
    return Commune(
        _NUMBERS[code], code, name, fold(kind), fold(name[len(kind) :]), _DISTRICTS.get(code, "ham thuan bac")
    )


def records(book: Book, folder: Path) -> list[dict[str, Any]]:
    path = folder / name_of(book)
    path.write_bytes(bytes_of(book))
    where = place(book.style.get("area", "22915"))
    parsed = parse_sheets(read_workbook(path, path.name), today=TODAY, communes=where.keys)
    return [row_record(one) for one in stage.prepare(parsed, where, path.name)]


def score(book: Book, folder: Path) -> Score:
    """Reads the book from the disk and compares."""
    result = Score()
    found = {(r["sheet"], r["row"]): r for r in records(book, folder)}
    is_text = book.format.startswith("csv")
    keys = {
        (next(iter(found), ("",))[0] if is_text else page.name, row): (page, row)
        for page in book.pages
        for row in page.answers
    }
    result.lost = [f"{sheet}:{row} {_row(book, sheet, row)}" for sheet, row in keys if (sheet, row) not in found]
    result.invented = [f"{at[0]}:{at[1]} {found[at]['values']['head_name']}" for at in found if at not in keys]
    for at in found.keys() & keys.keys():
        page, row = keys[at]
        _compare(found[at], page.answers[row], page.rows[row - 1], result)
    result.rows = len(keys)
    return result


def _row(book: Book, sheet: str, row: int) -> list[Any]:
    page = next((page for page in book.pages if page.name == sheet), book.pages[0])
    return page.rows[row - 1]


def _compare(record: dict[str, Any], answer: Any, cells: list[Any], result: Score) -> None:
    told = {problem["field"] for problem in record["problems"]}
    where = f"{record['sheet']}:{record['row']}"
    for name, expected in answer.values.items():
        value = record["values"][name]
        if value == expected or name in answer.free:
            continue
        also = {
            "birth_precision": {"birth_date", "birth_year"},
            "id_kind": {"id_number"},
            "birth_year": {"birth_date"},
            "birth_date": {"birth_year"},
        }.get(name, set())
        text = f"{where} {name}: {value!r} for {expected!r} in {cells}"
        (result.flagged if told & ({name} | also) else result.silent).append(text)
    for kind, fields in answer.planted:
        if not told & fields:
            result.untold.append(f"{where} {kind}: {sorted(told)} in {cells}")
    if not answer.planted and record["status"] == "error":
        codes = [(p["code"], p["field"]) for p in record["problems"]]
        result.alarms.append(f"{where} {codes} in {cells}")
