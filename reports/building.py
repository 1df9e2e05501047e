"""From a question to a document and its files: gathered on one snapshot, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils import timezone, translation

from reports.definition import ReportDefinition
from reports.document import Cell, Column, Document, Info, Number, Reading, Row, TotalsDiffer
from reports.letterhead import letterhead_of, signatures_of
from reports.paper import TooLongForPaper, write_pdf
from reports.sources import Answer, Line, Question
from reports.workbook import write_workbook

PAPER_LANGUAGE = "vi"
ROWS_PER_MARK = 200  # how often the writer tells how far it is


@dataclass(frozen=True, slots=True)
class Gathered:
    """A document with its figures: `totals` by column key ("rows" counts the lines), `checksum` over all its rows."""

    document: Document
    rows: Sequence[Row]
    totals: dict[str, Number]
    checksum: str


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a report; there is no paper of a list too long to print."""

    xlsx: Path
    pdf: Path | None

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each file by its extension."""
        return {path.suffix[1:]: digest_of(path) for path in (self.xlsx, self.pdf) if path}


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def gather(definition: ReportDefinition, question: Question, *, snapshot_id: str, reason: str = "") -> Gathered:
    """Reads everything the report says, in the snapshot that is open.

    Raises TotalsDiffer when its lines do not add up to the roll-ups: such a report is not given to anybody.
    """
    with translation.override(PAPER_LANGUAGE):
        answer = definition.source(question)
        rows = [Row(definition.cells(line), line.level, line.bold) for line in answer.lines]
        document = _document(definition, question, answer, rows, _info(question, answer, snapshot_id, reason))
    reading = Reading(document)
    for _row in reading.rows():
        pass
    totals = _totals(reading)
    if answer.count is not None and reading.count != answer.count:
        raise TotalsDiffer(f"{definition.key}: {reading.count} lines, the roll-up counts {answer.count}")
    named = tuple((_full_heading(column), totals[column.key]) for column in document.columns if column.key in totals)
    info = replace(document.info, checksum=reading.checksum, totals=named)
    return Gathered(replace(document, info=info), rows, totals, reading.checksum)


def write(gathered: Gathered, folder: Path, stem: str, *, on_row: Callable[[int], None] = lambda row: None) -> Written:
    """Writes <stem>.xlsx and <stem>.pdf into a folder. Each appears under its name only when it is whole.

    `on_row` is called now and then with the number of rows written so far, of twice as many as there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    xlsx, pdf = folder / f"{stem}.xlsx", folder / f"{stem}.pdf"
    _write_whole(write_workbook, replace(gathered.document, rows=_Marked(gathered.rows, on_row, 0)), xlsx)
    try:
        _write_whole(
            write_pdf, replace(gathered.document, rows=_Marked(gathered.rows, on_row, len(gathered.rows))), pdf
        )
    except TooLongForPaper:
        return Written(xlsx, None)
    return Written(xlsx, pdf)


def _write_whole(writer: Callable[[Document, Path], None], document: Document, path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        writer(document, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Marked:
    """Rows that say how many of them were read."""

    rows: Sequence[Row]
    on_row: Callable[[int], None]
    before: int

    def __iter__(self) -> Iterator[Row]:
        for position, row in enumerate(self.rows):
            if position % ROWS_PER_MARK == 0:
                self.on_row(self.before + position)
            yield row


def _document(
    definition: ReportDefinition, question: Question, answer: Answer, rows: list[Row], info: Info
) -> Document:
    round = question.round
    return Document(
        kind=definition.key,
        title=definition.paper_title,
        subtitle=f"{round.name} – {round.sources_in_words}" if round else "Tất cả các đợt",
        basis=f"(Số liệu lúc {info.taken_at_text})",
        letterhead=letterhead_of(question.area, timezone.localdate(question.at)),
        columns=definition.columns,
        rows=rows,
        info=info,
        totals=_totals_cells(definition, answer.total),
        totals_label=definition.totals_label,
        unit=definition.unit,
        notes=(*definition.notes, *answer.notes),
        signatures=signatures_of(str(question.by)),
        text_size=definition.text_size,
        watermark=str(question.by) if definition.has_personal_data else "",
    )


def _info(question: Question, answer: Answer, snapshot_id: str, reason: str) -> Info:
    round = question.round
    filters = [("Đợt", round.name if round else "Tất cả các đợt")]
    if reason:
        filters.append(("Lý do sử dụng dữ liệu cá nhân", reason))
    return Info(
        scope=question.area.name,
        taken_at=question.at,
        author=str(question.by),
        snapshot_id=snapshot_id,
        filters=tuple(filters),
        missing=answer.missing,
    )


def _totals_cells(definition: ReportDefinition, total: Line | None) -> tuple[Cell, ...] | None:
    """The cells of the totals row, from the sum that the roll-ups gave and not from the lines; texts are left out."""
    if total is None:
        return None
    return tuple(None if cell == "" else cell for cell in definition.cells(total))


def _totals(reading: Reading) -> dict[str, Number]:
    found: dict[str, Number] = {"rows": reading.count}
    totals = reading.totals()
    for column, cell in zip(reading.document.columns, totals.cells if totals else (), strict=False):
        if column.total and isinstance(cell, int):
            found[column.key] = cell
    return found


def _full_heading(column: Column) -> str:
    return f"{column.group}: {column.heading}" if column.group else column.heading
