"""Rows into PostgreSQL in one go: COPY into a temporary table, from which set-based statements go on.

COPY straight into a fenced table is refused by row-level security, so every bulk write goes this way.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def copied(name: str, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """A temporary table (column -> SQL type) with the rows in it, and a cursor; the table is gone afterwards."""
    definition = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({definition}) ON COMMIT DROP")
        with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {name}")
        yield cursor
        cursor.execute(f"DROP TABLE {name}")
