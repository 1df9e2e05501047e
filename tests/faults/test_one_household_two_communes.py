"""Two communes register one household at the same instant: one is accepted, the other reads why not (F19)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from administration.models import Officer
from administration.refusals import NotPossible
from administration.scope import EVERYWHERE, scope_of, within
from beneficiaries.actions import add_household
from beneficiaries.household_values import HouseholdValues, PersonValues
from beneficiaries.models import Person
from beneficiaries.sealing import fingerprint
from reports.verifying import check
from tests.allocations.races import PATIENCE, without_constraints
from tests.factories import LIEN_HUONG, commune, made_up_identity, make_officer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 200
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
GIVEN = ("An", "Bình", "Cúc", "Dung", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nga", "Oanh", "Phượng", "Quyên", "Sen",
         "Thảo", "Uyên", "Vân", "Xuân", "Yến", "Liên")  # fmt: skip


def household(area_no: int, n: int) -> HouseholdValues:
    """The n-th of 200 families that do not resemble one another."""
    name = f"{FAMILIES[n % len(FAMILIES)]} Thị {GIVEN[n // len(FAMILIES) % len(GIVEN)]}"
    head = PersonValues(
        full_name=name, gender="F", birth_year=1940 + n % 60, identity_number=made_up_identity(5000 + n)
    )
    return HouseholdValues(area_no=area_no, head=head, hamlet="Khu phố 1", category="HN")


def register_at_once(rounds: int, enough: Callable[[int], bool] = lambda n: False) -> list[tuple[str, str]]:
    """What both officers were told in each round. They start each round together; each keeps one connection."""
    with within(*EVERYWHERE):
        officers = [make_officer(), make_officer(area=commune(LIEN_HUONG))]
    said, is_over = threading.Event(), threading.Event()
    # Both end in the same round: what is said in the middle of a round counts when both are at the next start.
    start = threading.Barrier(2, action=lambda: is_over.set() if said.is_set() else None)

    def work(officer: Officer, *, is_judge: bool) -> Iterator[str]:
        try:
            for n in range(rounds):
                start.wait(timeout=5 * PATIENCE)
                if is_over.is_set():
                    return
                yield _told(officer, n)
                if is_judge and enough(n):
                    said.set()
        except BaseException:
            start.abort()
            raise
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(lambda by=by: list(work(by, is_judge=by is officers[0]))) for by in officers]
        return list(zip(*(one.result(timeout=200) for one in told), strict=False))


def _told(officer: Officer, n: int) -> str:
    """ "" when it is accepted, else the sentence."""
    try:
        with scope_of(officer):
            add_household(household(officer.area_id, n), by=officer)
    except NotPossible as refusal:
        return str(refusal)
    return ""


def test_in_two_hundred_rounds_one_commune_is_accepted_and_the_other_told_where_the_number_is():
    rounds = register_at_once(ROUNDS)

    assert [sorted(map(bool, told)) for told in rounds] == [[False, True]] * ROUNDS
    sentences = {sentence for told in rounds for sentence in told if sentence}
    assert all("đã" in sentence for sentence in sentences), sentences  # in the language of a request
    with within(*EVERYWHERE):
        assert Person.objects.count() == ROUNDS


def test_control_without_uniqueness_one_person_lives_in_two_communes_and_the_rules_say_so():
    with without_constraints("beneficiaries_person", "cccd_is_unique_among_the_living"):
        register_at_once(60, enough=_are_two)
        broken = {rule.key for rule, breach in check() if breach}

    assert "I1" in broken


def _are_two(n: int) -> bool:
    with within(*EVERYWHERE):
        return n > 0 and _count(n - 1) > 1  # the round before: both have ended it


def _count(n: int) -> int:
    return Person.objects.filter(cccd_hash=fingerprint(made_up_identity(5000 + n))).count()
