"""Sheets on the way to a file, and the answer key that grows with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Failed:
    """A cell that shows an Excel error."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value it had when the file was saved."""

    text: str
    value: Any


@dataclass(slots=True)
class Answer:
    """What must be found in a row: `values`, and `planted` mistakes as (kind, fields that may tell of it).

    `free` are values a planted mistake makes unknowable.
    """

    values: dict[str, Any]
    planted: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    free: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Page:
    """One sheet. Rows and columns of `merges` count from 1 and 0, `hidden_rows` from 1."""

    name: str
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    fonts: dict[int, str] = field(default_factory=dict)
    answers: dict[int, Answer] = field(default_factory=dict)
    visible: bool = True

    def add(self, cells: Sequence[Any] = ()) -> int:
        """Append a row; its number."""
        self.rows.append(list(cells))
        return len(self.rows)


@dataclass(slots=True)
class Book:
    """A whole file: its sheets, its format, what makes it special."""

    pages: list[Page]
    format: str = "xlsx"
    style: dict[str, Any] = field(default_factory=dict)
