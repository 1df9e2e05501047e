"""Two communes register one household at the same instant: one is accepted, the other reads why not (F19)."""

from __future__ import annotations

from functools import partial

import pytest

from administration.scope import EVERYWHERE, within
from beneficiaries.actions import add_household
from beneficiaries.household_values import HouseholdValues, PersonValues
from beneficiaries.models import Person
from beneficiaries.sealing import fingerprint
from tests.allocations.races import at_once, without_constraints
from tests.factories import LIEN_HUONG, commune, made_up_identity, make_officer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 200


def household(area_no: int, number: str) -> HouseholdValues:
    head = PersonValues(full_name="Nguyễn Thị Mẫu", gender="F", birth_year=1970, identity_number=number)
    return HouseholdValues(area_no=area_no, head=head, hamlet="Khu phố 1", category="HN")


def register_at_once(numbers: list[str]) -> list[list[tuple[str, str]]]:
    with within(*EVERYWHERE):
        officers = [make_officer(), make_officer(area=commune(LIEN_HUONG))]
    return [
        at_once([partial(add_household, household(by.area.number, number), by=by) for by in officers], officers)
        for number in numbers
    ]


def test_in_two_hundred_rounds_one_commune_is_accepted_and_the_other_told_where_the_number_is():
    rounds = register_at_once([made_up_identity(5000 + n) for n in range(ROUNDS)])

    assert [sorted(kind for kind, _value in outcomes) for outcomes in rounds] == [["done", "refused"]] * ROUNDS
    sentences = {str(value) for outcomes in rounds for kind, value in outcomes if kind == "refused"}
    assert all("đã" in sentence for sentence in sentences), sentences  # in the language of a request
    with within(*EVERYWHERE):
        assert Person.objects.count() == ROUNDS


def test_control_without_uniqueness_one_person_lives_in_two_communes():
    with without_constraints("beneficiaries_person", "cccd_is_unique_among_the_living"):
        numbers = [made_up_identity(6000 + n) for n in range(60)]
        register_at_once(numbers)
        with within(*EVERYWHERE):
            doubled = [n for n in numbers if Person.objects.filter(cccd_hash=fingerprint(n)).count() > 1]

    assert doubled
