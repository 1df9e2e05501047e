"""The control of test_received_before: without its trigger the database would approve who received before."""

from __future__ import annotations

import pytest

from administration.scope import EVERYWHERE, within
from allocations.models import Allocation, Status
from tests.allocations.test_received_before import LISTED, approve, line
from tests.beneficiaries.earlier import take_into_use
from tests.conftest import owner_connection


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("files")
def test_without_its_trigger_the_database_would_approve():
    with within(*EVERYWHERE):
        one = line()
        take_into_use(LISTED)
    guard = "ALTER TABLE allocations_allocation {} TRIGGER who_received_is_not_approved"
    with owner_connection() as owner:
        owner.execute(guard.format("DISABLE"))
        try:
            with within(*EVERYWHERE):
                approve(one)
                assert Allocation.objects.get(pk=one.pk).status == Status.APPROVED
        finally:
            owner.execute(guard.format("ENABLE"))
