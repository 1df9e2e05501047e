"""The number of SQL statements of an import does not grow with its rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.beneficiaries.lists import a_list, household, read, reloaded, save, undo
from tests.factories import make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]


def statements(first: int, rows: int) -> dict[str, int]:
    officer = make_officer()
    counts = {}
    with CaptureQueriesContext(connection) as seen:
        file = read(a_list([household(first + number) for number in range(rows)]), officer)
    counts["read"] = len(seen)
    with CaptureQueriesContext(connection) as seen:
        file = save(file, officer)
    counts["save"] = len(seen)
    assert reloaded(file).added == rows
    with CaptureQueriesContext(connection) as seen:
        undo(file, officer)
    counts["undo"] = len(seen)
    return counts


def test_an_import_of_ten_times_the_rows_needs_no_more_statements():
    few, many = statements(0, 50), statements(1_000, 500)

    assert all(many[step] <= few[step] for step in few), (few, many)
    assert few["save"] > 10  # statements are counted at all
