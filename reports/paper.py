"""Writes a document as an official PDF with embedded fonts (Nghị định 30/2020/NĐ-CP), set by typst."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

from reports.document import Column, Document, Kind, Letterhead, Reading, Totals, moment_text, shown
from reports.font_coverage import printable
from reports.official_forms import Receipt

PROGRAM = Path(__file__).with_name("typesetting.py")
FONT = PROGRAM.with_name("typst") / "fonts" / "Tinos-Regular.ttf"
TAGGED = ("a-2a", "ua-1")
UNTAGGED = ("a-2u",)
LONGEST_SECONDS = 300
LONGEST_MESSAGE = 2000
# Each cell costs typst about 10 KB of memory and each tag about 200 bytes of file.
MOST_CELLS = 25_000
MOST_TAGGED_CELLS = 5_000
A4_MM = (210, 297)
SIDE_MARGINS_MM = 45
MM_PER_POINT = 25.4 / 72
DIGIT_EM = 0.5
CELL_PADDING_MM = 2.2
KEPT_WITH_SIGNATURE = 2
SMALLEST_SIZE = 6.0


class TooLongForPaper(ValueError):
    """The list has more cells than can sensibly be printed; it is for a workbook."""


def write_pdf(document: Document, path: str | PathLike[str]) -> None:
    """Write the document as PDF/A-2a and PDF/UA-1 (a long one as PDF/A-2u); the same document gives the same bytes.

    Raises TotalsDiffer when its totals are not the sums of its rows, TooLongForPaper beyond MOST_CELLS cells, and
    ValueError for rows of a wrong width.
    """
    data = _list_data(document)
    tagged = len(data["rows"]) * len(document.columns) <= MOST_TAGGED_CELLS
    Path(path).write_bytes(typeset("list.typ", data, document.info.taken_at, tagged=tagged))


def write_receipt(receipt: Receipt, path: str | PathLike[str] | None = None) -> bytes:
    """The receipt (form 7) as a PDF of one A4 page with its two copies; also written to `path` when given."""
    return write_receipts([receipt], path)


def write_receipts(receipts: Sequence[Receipt], path: str | PathLike[str] | None = None) -> bytes:
    """Receipts of a whole hand-over day as one PDF, a page each; also written to `path` when given.

    Raises ValueError when there are none.
    """
    if not receipts:
        raise ValueError("There is no receipt to print.")
    title = f"Phiếu ký nhận thiết bị {receipts[0].number}".rstrip()
    data = {"title": title, "receipts": [_receipt_data(receipt) for receipt in receipts]}
    pdf = typeset("receipt.typ", data, max(receipt.printed_at for receipt in receipts))
    if path is not None:
        Path(path).write_bytes(pdf)
    return pdf


class NotTypeset(RuntimeError):
    """typst could not set the paper; the message is its own."""


def typeset(template: str, data: dict[str, Any], at: datetime, *, tagged: bool = True) -> bytes:
    """The template filled with data, as the bytes of a PDF made at the moment `at`.

    A tagged one can be read aloud (PDF/UA). Data travel as one JSON string, so no text can be read as typst markup.
    Nothing is fetched: fonts and templates are files of this package. Raises NotTypeset.
    """
    job = {
        "template": template,
        "data": json.dumps(_printable(data), ensure_ascii=False),
        "timestamp": int(at.timestamp()),
        "standards": TAGGED if tagged else UNTAGGED,
        "tagged": tagged,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM)],
            input=json.dumps(job).encode(),
            capture_output=True,
            check=True,
            timeout=LONGEST_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise NotTypeset(error.stderr.decode(errors="replace")[-LONGEST_MESSAGE:]) from error
    except subprocess.TimeoutExpired as error:
        raise NotTypeset(f"{template} was not set in {LONGEST_SECONDS} seconds.") from error
    return done.stdout


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value, FONT)
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


def letterhead_data(letterhead: Letterhead) -> dict[str, Any]:
    """The letterhead for decree.typ, in the capitals the decree asks for."""
    return {
        "superior": letterhead.superior.upper(),
        "body": letterhead.body.upper().split("\n"),
        "number": letterhead.number,
        "place_and_date": letterhead.place_and_date,
    }


def _receipt_data(receipt: Receipt) -> dict[str, Any]:
    printed = moment_text(receipt.printed_at)
    return {
        **{field.name: getattr(receipt, field.name) for field in fields(receipt)},
        "letterhead": letterhead_data(receipt.letterhead),
        "handed_on": shown(receipt.handed_on, "date"),
        "printed_at": printed,
        "origin": f"Phiếu số {receipt.number} · in lúc {printed}",
    }


def _list_data(document: Document) -> dict[str, Any]:
    reading = Reading(document)
    rows = list(_rows_data(reading))
    totals = _totals_data(reading.totals(), document.columns)
    info = document.info
    return {
        "title": document.title.upper(),
        "subtitle": document.subtitle,
        "basis": document.basis,
        "annex": document.annex,
        "unit": document.unit,
        "author": info.author,
        "keywords": [document.kind, info.snapshot_id],
        "landscape": document.landscape,
        "text_size": document.text_size,
        "letterhead": letterhead_data(document.letterhead),
        "columns": _columns_data(document, rows, totals),
        "head": _head_data(document),
        "head_rows": len(document.headings()),
        "index": document.index_row,
        "indented_column": next((p for p, column in enumerate(document.columns) if column.kind == "text"), 0),
        "rows": rows,
        "totals": totals,
        "notes": document.closing_notes,
        "signatures": [asdict(signature) for signature in document.signatures],
        "recipients": document.recipients,
        "kept_rows": KEPT_WITH_SIGNATURE,
        "footer": f"{document.origin} · Mã kiểm tra: {reading.checksum[:16]}",
        "watermark": document.watermark,
    }


def _rows_data(reading: Reading) -> Iterator[dict[str, Any]]:
    columns = reading.document.columns
    most_rows = MOST_CELLS // len(columns)
    for number, row in enumerate(reading.rows(), start=1):
        if number > most_rows:
            raise TooLongForPaper(f"A paper of {len(columns)} columns holds at most {most_rows} rows.")
        cells = [shown(cell, column.kind) for cell, column in zip(row.cells, columns, strict=True)]
        yield {"cells": cells, "bold": row.bold, "indented": row.level > 1}


def _totals_data(totals: Totals | None, columns: tuple[Column, ...]) -> dict[str, Any] | None:
    if totals is None:
        return None
    cells = [shown(cell, column.kind) for cell, column in zip(totals.cells, columns, strict=True)]
    return {"label": totals.label, "span": totals.span, "cells": cells[totals.span :]}


def _head_data(document: Document) -> list[dict[str, Any]]:
    return [
        {"text": text, "x": column, "y": level, "colspan": columns, "rowspan": rows}
        for level, headings in enumerate(document.headings())
        for text, column, columns, rows in headings
    ]


def _columns_data(
    document: Document, rows: list[dict[str, Any]], totals: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """Widths stretched or shrunk to the paper; figures and codes, which cannot be broken, shrink to their column."""
    stretch = (A4_MM[int(document.landscape)] - SIDE_MARGINS_MM) / sum(column.width_mm for column in document.columns)
    unused = ["" for _ in range(totals["span"])] if totals else []
    lines = [row["cells"] for row in rows] + ([unused + totals["cells"]] if totals else [])
    described = []
    for position, column in enumerate(document.columns):
        width = column.width_mm * stretch
        size = document.text_size
        if column.kind != "text":
            longest = max((len(line[position]) for line in lines if not line[position].isalpha()), default=0)
            fitting = (width - CELL_PADDING_MM) / (max(longest, 1) * DIGIT_EM * MM_PER_POINT)
            size = max(min(size, fitting), SMALLEST_SIZE)
        described.append({"width": width, "size": size, "align": _ALIGNMENT.get(column.kind, "center")})
    return described


_ALIGNMENT: dict[Kind, str] = {"text": "left", "integer": "right", "money": "right", "percent": "right"}
