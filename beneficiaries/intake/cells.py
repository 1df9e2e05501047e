"""Cells and sheets as the official sees them: text, with numbers and real dates still told apart."""

from dataclasses import dataclass, field
from typing import Any

ERROR_TEXTS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"})
UNCACHED = "#FORMULA?"  # a formula whose value was never stored in the file


class NumberCell(str):
    """The text of a cell that the file holds as a number: no ".0", never in scientific notation."""

    __slots__ = ()


class DateCell(str):
    """The ISO text (1965-03-05) of a cell that the file holds as a real date."""

    __slots__ = ()


@dataclass(slots=True)
class Sheet:
    """One sheet. Row `first_row + i` of the official's file is `rows[i]`; columns count from 0 (A).

    `fonts` names the font most text of a column is written in. `merges` are (first row, first column, last row,
    last column), rows as in the file. `hidden` are the hidden columns. A sheet is read whole or refused.
    """

    name: str
    visible: bool = True
    rows: list[list[str]] = field(default_factory=list)
    first_row: int = 1
    fonts: dict[int, str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    hidden: frozenset[int] = frozenset()

    def row_no(self, index: int) -> int:
        """The row number in the official's own file of `rows[index]`."""
        return self.first_row + index


def is_error(cell: str) -> bool:
    """Whether a cell shows a spreadsheet error or a formula without a value."""
    return cell[:1] == "#" and (cell in ERROR_TEXTS or cell == UNCACHED)


def wrap(value: Any) -> str:
    """Turn one value of the reader's JSON into a cell: text, number, {"d": ISO date} or null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return DateCell(value["d"])
    return NumberCell(number_text(value))


def number_text(value: float) -> str:
    """Write a number as a person would: 61.0 as 61, 1e20 in full, 1.5 as 1.5."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    return format(value, "f").rstrip("0").rstrip(".") if "e" in text else text


def column_letter(index: int) -> str:
    """Column 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
