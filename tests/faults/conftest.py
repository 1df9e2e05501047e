"""After every fault the data keeps all its rules: a test that left something broken fails, whatever it looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from reports.verifying import check


@pytest.fixture(autouse=True)
def all_rules_hold_afterwards(transactional_db: None) -> Iterator[None]:
    """Before the tables are emptied. A control empties them itself, where it gives back the guard it took away."""
    yield
    connection.close()  # the test may have left its transaction in any state
    assert {rule.key: (breach.count, *breach.first) for rule, breach in check() if breach} == {}
