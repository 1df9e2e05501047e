"""Codes of households: in order, without gaps, never twice."""

import threading

import pytest
from django.db import connection, transaction

from administration.scope import EVERYWHERE, within
from beneficiaries.models import HouseholdNumber
from beneficiaries.numbering import next_codes
from tests.factories import PHU_HAI, commune, make_household


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_codes_follow_each_other_within_a_commune():
    assert next_codes(commune(), 2) == ["22915-00001", "22915-00002"]
    assert next_codes(commune(PHU_HAI), 1) == ["22921-00001"]
    assert next_codes(commune(), 1) == ["22915-00003"]
    assert next_codes(commune(), 0) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_the_first_code_goes_on_behind_households_that_came_from_elsewhere():
    make_household(code="22915-00812")

    assert next_codes(commune(), 1) == ["22915-00813"]


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_number_at_once_get_different_codes():
    area = commune()
    with within(*EVERYWHERE):
        next_codes(area, 1)
    codes: list[str] = []

    def other_officer() -> None:
        try:
            with within(*EVERYWHERE):
                codes.extend(next_codes(area, 2))
        finally:
            connection.close()

    other = threading.Thread(target=other_officer)
    with transaction.atomic(), within(*EVERYWHERE):
        mine = next_codes(area, 2)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "the other officer must wait for the row"
    other.join(10)
    assert mine + codes == ["22915-00002", "22915-00003", "22915-00004", "22915-00005"]
    assert HouseholdNumber.objects.get(pk="22915").last == 5
