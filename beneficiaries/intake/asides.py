"""Words that stand beside a list and are no part of it: the choices of a drop-down list, kept in the same sheet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from beneficiaries.intake.cells import NumberCell, Sheet
from beneficiaries.intake.row_kinds import Section, read_section
from beneficiaries.intake.value_words import is_blank, read_category, read_ethnic_group, read_gender

_MOST = 60
_BEGINNING = 500
_SHARE = 0.3  # of the sheet's rows: a column of the list itself is fuller


def without_asides(sheet: Sheet) -> Sheet:
    """The sheet without columns, right of an empty one, that hold nothing but a few words to choose from."""
    found, filled = _cells(sheet.rows), len(sheet.rows)
    choices = {column for column, cells in found.items() if column and _is_choice(cells, filled)}
    asides = {column for column in choices if all(near in choices or near not in found for near in _near(column))}
    if not asides:
        return sheet
    rows = [list(row) for row in sheet.rows]
    for column in asides:
        for index, _ in found[column]:
            rows[index][column] = ""
    return replace(sheet, rows=rows)


def _cells(rows: list[list[str]]) -> dict[int, list[tuple[int, str]]]:
    """The cells by column; of a column that is well filled at the beginning only those of the beginning."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for index, row in enumerate(rows[:_BEGINNING]):
        for column, cell in enumerate(row):
            if cell:
                found[column].append((index, cell))
    sparse = [column for column in range(max(map(len, rows), default=0)) if len(found.get(column, ())) <= _MOST]
    for index in range(_BEGINNING, len(rows)):
        row = rows[index]
        for column in sparse:
            if column < len(row) and row[column]:
                found[column].append((index, row[column]))
    return dict(found)


def _near(column: int) -> tuple[int, int]:
    return column - 1, column + 1


def _is_choice(cells: list[tuple[int, str]], filled: int) -> bool:
    """Whether a column's cells stand together, one block for each list of the sheet, and are words to choose from."""
    blocks: list[list[str]] = []
    last = -9
    for index, text in cells:
        if index - last > 2:
            blocks.append([])
        blocks[-1].append(text)
        last = index
    return (
        all(2 <= len(block) == len(set(block)) for block in blocks)
        and len(cells) <= min(_MOST, max(4, int(filled * _SHARE)))
        and all(_is_word(text) for _, text in cells)
    )


def _is_word(text: str) -> bool:
    """Whether a text is a value of the columns that have drop-down lists: gender, people, category, hamlet."""
    if isinstance(text, NumberCell) or is_blank(text):
        return False
    section = read_section([text], Section(), Section(), 0)
    return bool(
        read_gender(text) or read_ethnic_group(text) or read_category(text).is_sure or (section and section.hamlet)
    )
