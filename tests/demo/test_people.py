"""Made-up people: deterministic, well-formed, nobody twice."""

import time
from random import Random

import pytest

from beneficiaries.identity_rules import agrees, is_known_province
from beneficiaries.intake.household_rows import ATTRIBUTES, CATEGORIES, PHONE_KINDS
from beneficiaries.intake.values import read_name, read_phone
from demo.people import RESERVED_SERIALS, make_households

COMMUNES = ("22915", "22921", "23065", "22987", "23020", "23231", "23232", "23278")


@pytest.fixture(scope="module")
def households():
    return [row for code in COMMUNES for row in make_households(code, 150, Random(code))]


def test_make_households_gives_the_same_people_for_the_same_seed():
    assert make_households("22915", 20, Random(7)) == make_households("22915", 20, Random(7))
    assert make_households("22915", 20, Random(7)) != make_households("22915", 20, Random(8))


def test_identity_numbers_are_well_formed_unique_and_not_those_of_the_demo_lists(households):
    people = [person for row in households for person in row.people() if person.identity_number]
    numbers = [person.identity_number for person in people]

    assert len(numbers) == len(set(numbers))
    assert all(agrees(p.identity_number, gender=p.gender, birth_year=p.birth_year) for p in people)
    assert all(is_known_province(number) and int(number[6:]) < RESERVED_SERIALS for number in numbers)
    assert sum(number.startswith("060") for number in numbers) > 0.8 * len(numbers)


def test_households_hold_what_a_list_can_say(households):
    for row in households:
        assert row.category in CATEGORIES
        assert set(row.attributes) <= set(ATTRIBUTES)
        assert row.phone_kind in PHONE_KINDS
        assert row.member_count == 1 + len(row.members)
        assert row.hamlet
        for person in row.people():
            assert read_name(person.full_name).doubts == []
        assert not row.phone or read_phone(row.phone).value == row.phone
    assert {row.category for row in households} == set(CATEGORIES) - {"KTD"}
    assert 2.2 < sum(row.member_count for row in households) / len(households) < 2.8


def test_communes_have_the_peoples_that_live_there(households):
    cham = [row for row in make_households("22987", 100, Random(1)) if row.head.ethnic_group == "17"]
    koho = [row for row in make_households("23065", 100, Random(1)) if row.head.ethnic_group == "16"]

    assert len(cham) > 50
    assert len(koho) > 50
    assert all(row.head.full_name.startswith(("K'", "Ka ")) for row in koho)


def test_make_households_is_quick_enough_for_a_province():
    started = time.process_time()
    made = [row for code in range(22_915, 22_915 + 360, 3) for row in make_households(str(code), 200, Random(code))]

    assert len(made) == 24_000
    assert time.process_time() - started < 4.0
