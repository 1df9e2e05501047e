"""The search for doubles: how many are found in a made-up province whose doubles are known, and single cases."""

import datetime
from typing import Any

import pytest
from django.db import connection

from administration.models import Area, Level
from administration.scope import interval, within
from benchmarks.doubles import make_province
from benchmarks.doubles_register import fill_register, measure, sought_rows
from beneficiaries.models import Gender, Household, NameFrequency, Person
from beneficiaries.pairing import BATCH, count_names, search_commune, search_households, search_rows
from beneficiaries.sealing import fingerprint, seal
from tests.factories import LIEN_HUONG, commune, made_up_identity, make_household, make_officer, make_person, province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
BORN = datetime.date(1968, 3, 5)


def dated(household: Household, name: str, born: datetime.date | None = BORN, identity: str = "") -> Household:
    """Gives the head a name, a birth date and perhaps a number."""
    Person.objects.filter(household=household, is_head=True).update(
        full_name=name, birth_year=(born or BORN).year, birth_date=born, birth_precision="day" if born else "year",
        cccd_hash=fingerprint(identity), cccd_sealed=seal(identity),
    )  # fmt: skip
    return household


def a_household(name: str, area: Area | None = None, *, born: datetime.date | None = BORN, **more: Any) -> Household:
    identity = more.pop("identity", "")
    return dated(make_household(area, identity=None, **more), name, born, identity)


def pairs(found) -> set[tuple[int, int]]:
    return {(one.a.household_id, one.b.household_id) for one in found}


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_made_up_province_the_doubles_are_found_and_strangers_left_alone(seed):
    areas = list(Area.objects.filter(level=Level.COMMUNE).values_list("number", flat=True)[:12])
    made = make_province(areas, people=3_000, doubles=0.15, seed=seed)
    ids = fill_register(made.first, by=make_officer(area=province()))
    count_names()
    found = measure(made, search_rows(sought_rows(made.second)), ids)
    assert found.provable_recall >= 0.98
    assert found.same_precision >= 0.98
    assert found.likely_recall >= 0.90
    assert found.needless_per_100 <= 3


def test_the_statements_of_a_search_do_not_grow_with_the_rows(django_assert_max_num_queries):
    made = make_province([commune().number], people=1_200)
    fill_register(made.first, by=make_officer(area=province()))
    assert len(made.second) < BATCH
    with django_assert_max_num_queries(20):
        search_rows(sought_rows(made.second))


@pytest.mark.parametrize(("name", "born"), [
    ("Thông Thị Ức", BORN),
    ("THONG THI UC", BORN),
    ("Thông ThịỨc", BORN),
    ("Thông Thị Ưc", datetime.date(1968, 5, 3)),
    ("Thông Thị Ứt", BORN),
    ("Thông Ức", BORN),
    ("Thông Thị Ức", None),
])  # fmt: skip
def test_one_person_written_differently_is_found_in_one_commune(name, born):
    first = a_household("Thông Thị Ức", identity=made_up_identity())
    second = a_household(name, born=born)
    (found,) = search_households([second.pk])
    assert (found.a.household_id, found.b.household_id, found.is_proved) == (second.pk, first.pk, False)


def test_another_commune_is_searched_too_whatever_the_officer_may_see():
    first = a_household("Thông Thị Ức", commune(LIEN_HUONG), identity="060168123456")
    second = a_household("Thông Thị Ức", identity="060168123457")
    with within(*interval(commune())):
        (found,) = search_households([second.pk])
        assert not Household.objects.filter(pk=first.pk).exists()
    assert (found.b.household_id, found.is_proved) == (first.pk, True)
    (person,) = found.evidence["people"]
    assert (person["number"], person["name"], person["birth"]) == ("one_digit", "equal", "equal")
    assert found.evidence["place"] == "elsewhere"


def test_a_wife_with_a_household_of_her_own_is_found():
    first = a_household("Trần Văn Mạnh")
    make_person(first, full_name="Thông Thị Ức", birth_year=1968, birth_date=BORN, birth_precision="day")
    second = a_household("Thông Thị Ức", commune(LIEN_HUONG))
    assert pairs(search_households([second.pk])) == {(second.pk, first.pk)}


def test_frequent_names_do_not_match_each_other():
    many = [a_household("Nguyễn Thị Lan", born=None, hamlet=f"Thôn {i}") for i in range(30)]
    count_names()
    assert NameFrequency.objects.get(name="nguienthilan").people == 30
    assert search_commune(commune().number) == []
    assert search_households([one.pk for one in many]) == []


def test_twins_and_strangers_of_one_name_are_not_suggested():
    a_household("Thông Thị Ức", identity="060168123456")
    twin = a_household("Thông Thị Đạt", identity="060168123457")
    namesake = a_household("Thông Thị Ức", commune(LIEN_HUONG), born=datetime.date(1968, 11, 30))
    assert search_households([twin.pk, namesake.pk]) == []


def test_a_household_is_never_its_own_double_and_each_pair_comes_once():
    first, second = a_household("Thông Thị Ức", members=2), a_household("Thông Thị Ức", members=2)
    found = pairs(search_households([first.pk, second.pk]))
    assert found in ({(first.pk, second.pk)}, {(second.pk, first.pk)})
    assert len(search_commune(commune().number)) == 1


def test_delisted_households_and_people_without_a_name_key_are_left_alone():
    first, second = a_household("Thông Thị Ức"), a_household("Thông Thị Ức")
    Person.objects.filter(household=first).update(is_live=False)
    assert search_households([second.pk]) == []


def test_empty_numbers_match_nobody():
    a_household("Lê Văn Một", born=datetime.date(1950, 1, 2))
    other = a_household("Thông Thị Ức")
    assert search_households([other.pk]) == []


def test_the_keys_follow_the_person():
    household = a_household("Thông Thị Ức")
    person = Person.objects.get(household=household)
    before = person.likeness_keys
    Person.objects.filter(pk=person.pk).update(full_name="Thông Thị Út", gender=Gender.MALE)
    person.refresh_from_db()
    assert person.likeness_keys[0] != before[0]
    assert person.likeness_keys[1:] == before[1:]  # the ends sound alike
    Household.objects.filter(pk=household.pk).update(area=commune(LIEN_HUONG))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    person.refresh_from_db()
    assert person.likeness_keys[2] != before[2]
