"""What one household of a list is after normalising: values, what was changed, what is in doubt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from typing import Any, Literal

Precision = Literal["day", "month", "year"]

CATEGORIES = ("HN", "HCN", "CSXH", "CSK", "KTD")
ATTRIBUTES = ("NCC", "NCC_TC", "BTXH", "DTTS", "KKNLD", "HS")
PHONE_KINDS = ("none", "basic", "smart", "unknown")


@dataclass(slots=True)
class Change:
    """A stored value that differs from the cell: shown with the original beside it.

    `code` says why: zeros, old_number, capitals, day_first, year_only, renumbered, abbreviation, spelling, ...
    """

    field: str
    original: str
    value: str
    code: str
    row_no: int


@dataclass(slots=True)
class Doubt:
    """Something the normaliser could not decide or read; `check_household` makes it a Problem.

    `fix` is a value that would settle it; `severity` replaces the code's usual one.
    """

    code: str
    field: str
    row_no: int
    params: dict[str, Any] = dataclass_field(default_factory=dict)
    fix: str | None = None
    severity: str = ""


class CellsByField(Mapping[str, str]):
    """The filled cells of one row by field. All rows share `columns`, (column, field); `cells` is the row itself."""

    __slots__ = ("_columns", "cells")

    def __init__(self, columns: Sequence[tuple[int, str]], cells: list[str]) -> None:
        self._columns, self.cells = columns, cells

    def _filled(self) -> dict[str, str]:
        cells, width = self.cells, len(self.cells)
        return {name: cells[column] for column, name in self._columns if column < width and cells[column]}

    def __getitem__(self, name: str) -> str:
        return self._filled()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._filled())

    def __len__(self) -> int:
        return len(self._filled())


@dataclass(slots=True)
class PersonRow:
    """One person of the list. Gender "M" or "F"; ethnic group the two-digit code; numbers as text."""

    row_no: int
    full_name: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    birth_precision: Precision | None = None
    gender: str = ""
    ethnic_group: str = ""
    identity_number: str = ""
    old_identity_number: str = ""
    relation: str = ""


@dataclass(slots=True)
class HouseholdRow:
    """One household of the list with its head and other members; `row_no` is the head's row in the file.

    `repeat_of` is the row of an earlier household of which this one is an exact repeat: count it, do not save it;
    `repeat_sheet` is that row's sheet when it is another one.
    """

    row_no: int
    sheet: str
    head: PersonRow
    members: list[PersonRow] = dataclass_field(default_factory=list)
    category: str = ""
    attributes: tuple[str, ...] = ()
    hamlet: str = ""
    address: str = ""
    phone: str = ""
    member_count: int | None = None
    certificate_no: str = ""
    recognised_year: int | None = None
    original_code: str = ""
    phone_kind: str = "unknown"
    prior_device: str = ""
    note: str = ""
    income_score: float | None = None
    deprivation_score: float | None = None
    commune_text: str = ""
    changes: list[Change] = dataclass_field(default_factory=list)
    doubts: list[Doubt] = dataclass_field(default_factory=list)
    originals: dict[int, Mapping[str, str]] = dataclass_field(default_factory=dict)
    repeat_of: int | None = None
    repeat_sheet: str = ""

    def people(self) -> Iterator[PersonRow]:
        """The head, then the other members."""
        yield self.head
        yield from self.members
