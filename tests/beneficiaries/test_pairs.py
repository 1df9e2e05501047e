"""Suspected pairs: who sees them, and that a decision outlives what it was about."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from administration.scope import interval, within
from beneficiaries.models import Household, Person, SuspectedPair
from tests.factories import LIEN_HUONG, PHU_HAI, commune, make_household, make_officer, province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def make_pair(a: Household, b: Household, **more: Any) -> SuspectedPair:
    values = {"certainty": "likely", "key_a": b"a" * 32, "key_b": b"b" * 32, **more}
    return SuspectedPair.objects.create(household_a=a, household_b=b, area_a=a.area, area_b=b.area, **values)


@pytest.fixture
def pair():
    return make_pair(make_household(commune()), make_household(commune(LIEN_HUONG)))


@pytest.mark.parametrize(("area", "seen"), [(None, 1), (LIEN_HUONG, 1), (PHU_HAI, 0)])
def test_the_communes_of_both_sides_see_a_pair_and_nobody_else(pair, area, seen):
    officer = make_officer(area=commune(area) if area else commune())
    assert SuspectedPair.objects.visible_to(officer).count() == seen
    with within(*interval(officer.area)):
        assert SuspectedPair.objects.count() == seen


def test_a_pair_between_two_foreign_communes_cannot_be_written(pair):
    with within(*interval(commune(PHU_HAI))), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        SuspectedPair.objects.create(
            area_a=commune(), area_b=commune(LIEN_HUONG), key_a=b"a" * 32, key_b=b"b" * 32, certainty="same"
        )


def test_two_households_are_one_pair_whatever_the_order(pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_pair(pair.household_b, pair.household_a)


def test_a_household_does_not_duplicate_itself(pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_pair(pair.household_a, pair.household_a)


def test_a_decision_names_who_took_it_and_outlives_the_households(pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        SuspectedPair.objects.filter(pk=pair.pk).update(state="not_same")
    SuspectedPair.objects.update(state="not_same", decided_by=make_officer(area=province()), decided_at=timezone.now())
    Person.objects.filter(household=pair.household_a_id)._raw_delete("default")
    Household.objects.filter(pk=pair.household_a_id)._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    kept = SuspectedPair.objects.get()
    assert (kept.household_a_id, kept.household_b_id, kept.state) == (None, pair.household_b_id, "not_same")
    assert kept.area_a_id == pair.area_a_id


def test_a_household_that_moves_takes_its_side_along(pair):
    Household.objects.filter(pk=pair.household_a_id).update(area=commune(PHU_HAI))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    pair.refresh_from_db()
    assert pair.area_a_id == commune(PHU_HAI).pk
