"""Double records and moves on the to-do page, for both sides."""

from __future__ import annotations

import pytest
from django.utils import translation

from administration.models import Role
from beneficiaries import actions
from reports.todo_pairs import pairs_and_moves
from tests.beneficiaries.test_pairs import make_pair
from tests.factories import LIEN_HUONG, PHU_HAI, commune, district, make_household, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def titles(officer) -> list[tuple[str, str, str]]:
    return [(task.title, task.amount, task.state) for task in pairs_and_moves(officer).tasks]


def test_open_pairs_are_a_row_of_both_communes_and_of_nobody_else():
    make_pair(make_household(), make_household(commune(LIEN_HUONG)), certainty="same")
    make_pair(make_household(), make_household())
    to_decide = "Suspected duplicates to decide on"
    assert titles(make_officer()) == [(to_decide, "2 pairs", "todo")]
    assert pairs_and_moves(make_officer()).tasks[0].hint == "1 of them certain by number"
    assert titles(make_officer(area=commune(LIEN_HUONG))) == [(to_decide, "1 pair", "todo")]
    assert titles(make_officer(area=commune(PHU_HAI))) == []
    assert titles(make_officer(Role.REVIEWER, district())) == [(to_decide, "2 pairs", "todo")]


def test_what_was_asked_waits_for_one_side_and_is_to_be_answered_by_the_other():
    pair = make_pair(make_household(), make_household(commune(LIEN_HUONG)))
    officer, there = make_officer(), make_officer(area=commune(LIEN_HUONG))
    actions.declare_same(pair.pk, keep_id=pair.household_a_id, by=officer)
    waiting = ("Double records that wait for the other commune", "1 pair", "doing")
    assert titles(officer) == [waiting]
    asked, *rest = pairs_and_moves(there).tasks
    assert pair.household_b.code in asked.title
    assert (asked.state, len(rest)) == ("todo", 1)
