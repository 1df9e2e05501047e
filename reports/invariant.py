"""One rule of the data as SQL, and looking whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise

FIRST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule and the query for what breaks it. The first column names the offender."""

    key: str
    rule: str | Promise
    sql: str


@dataclass(frozen=True, slots=True)
class Breach:
    """How many rows break a rule, and the first few of them as text."""

    count: int
    first: tuple[str, ...]


def breaches_of(invariant: Invariant) -> Breach | None:
    """Looks once; None when the rule holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) OVER (), found.* FROM ({invariant.sql}) AS found LIMIT {FIRST_ROWS}"  # noqa: S608
        )
        names = [column.name for column in cursor.description[1:]]
        rows = cursor.fetchall()
    if not rows:
        return None
    return Breach(rows[0][0], tuple(_shown(names, row[1:]) for row in rows))


def _shown(names: list[str], row: tuple[Any, ...]) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
