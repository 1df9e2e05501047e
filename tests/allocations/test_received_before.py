"""Whoever received from an earlier programme: kept off lists, marked on them, refused by the database itself."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from administration.models import Role
from administration.refusals import NotPossible, refusals_as_sentences
from administration.scope import scope_of
from allocations import actions
from allocations.candidates import gather_candidates
from allocations.eligibility import reasons_against
from allocations.models import Allocation, Reason, RoundEffect, Status
from allocations.rule_book import read_rule_book
from beneficiaries.actions import sources
from beneficiaries.actions.received import declare_not_received
from beneficiaries.models import Effect, Household, ReceivedHit
from tests.beneficiaries.earlier import person, take_into_use
from tests.factories import (
    commune,
    district,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
NUMBER = "060170900001"
LISTED = [person("Trần Thị Bưởi", "1970", NUMBER)]


def line(status: str = Status.SUBMITTED, household: Household | None = None) -> Allocation:
    round = make_round()
    make_quota(round, allowed=5)
    household = household or make_household(identity=NUMBER, certificate_no="GCN-1")
    leader = make_officer(Role.COMMUNE_LEADER)
    opened = make_list(round, state="opened", signed_by=leader, submitted_at=timezone.now())
    return make_allocation(opened, household, status)


def approve(one: Allocation) -> None:
    with refusals_as_sentences():
        Allocation.objects.filter(pk=one.pk).update(status=Status.APPROVED, decided_by=make_officer(Role.REVIEWER))


def reloaded(one: Allocation) -> Allocation:
    return Allocation.objects.get(pk=one.pk)


def hit() -> ReceivedHit:
    return ReceivedHit.objects.get()


def deny() -> None:
    reviewer = make_officer(Role.REVIEWER, district())
    with scope_of(reviewer):
        declare_not_received(hit().pk, reason="Số ghi nhầm", version=hit().version, by=reviewer)


def test_who_is_on_such_a_list_is_kept_off_with_the_reason():
    household, round = make_household(identity=NUMBER), make_round()
    take_into_use(LISTED)
    book = read_rule_book(round)
    (candidate,) = gather_candidates(commune().pk, [household.pk])
    assert [b.message for b in reasons_against(candidate, book)] == [
        "Has received from an earlier programme: Sóng và máy tính cho em (2021)."
    ]
    deny()
    (candidate,) = gather_candidates(commune().pk, [household.pk])
    assert reasons_against(candidate, book) == []


def test_a_list_that_only_warns_leaves_the_household_on_with_a_mark():
    household, round = make_household(identity=NUMBER), make_round()
    take_into_use(LISTED, effect=Effect.WARNS)
    official = make_officer()
    with scope_of(official):
        built = actions.build_list(round.pk, commune().pk, by=official)
    one = built.lines.get(household=household)
    assert "may_have_received" in one.flags
    assert "received" not in one.flags


def test_a_list_that_comes_later_marks_the_line_and_the_reviewer_cannot_approve():
    one, source = line(), take_into_use(LISTED)
    assert reloaded(one).flags == ["received"]
    assert reloaded(one).version == one.version + 1
    reviewer = make_officer(Role.REVIEWER)
    with scope_of(reviewer):
        outcome = actions.approve(one.commune_list_id, [one.pk], by=reviewer)
    assert outcome.decided == []
    assert "earlier programme" in outcome.refused[0][1]
    with scope_of(source.uploaded_by):
        sources.withdraw_source(source.pk, reason="Danh sách sai", by=source.uploaded_by)
    assert reloaded(one).flags == []
    with scope_of(reviewer):
        assert len(actions.approve(one.commune_list_id, [one.pk], by=reviewer).decided) == 1


def test_the_database_refuses_the_approval_until_it_was_another_person():
    one = line()
    take_into_use(LISTED)
    with pytest.raises(NotPossible, match="has received from an earlier programme"):
        approve(one)
    deny()
    approve(one)
    assert reloaded(one).status == Status.APPROVED


def test_the_database_refuses_a_line_that_is_made_approved():
    household = make_household(identity=NUMBER)
    take_into_use(LISTED)
    with pytest.raises(IntegrityError, match="received from an earlier programme"), transaction.atomic():
        line(Status.APPROVED, household)


def test_what_a_round_says_of_a_list_goes_before_what_the_list_says():
    one, source = line(), take_into_use(LISTED)
    effect = RoundEffect.objects.create(round=one.round, source=source, effect=Effect.WARNS)
    assert reloaded(one).flags == ["may_have_received"]
    approve(one)
    effect.delete()
    assert [change["new"] for change in reloaded(one).recheck] == ["Sóng và máy tính cho em (2021)"]


def test_an_approved_household_is_looked_at_again_before_its_device_is_given():
    one = line(Status.APPROVED)
    device = make_device()
    take_into_use(LISTED)
    assert [change["field"] for change in reloaded(one).recheck] == ["already_received"]

    with pytest.raises(NotPossible, match="changed since its approval"), refusals_as_sentences():
        Allocation.objects.filter(pk=one.pk).update(status=Status.HANDED_OVER, device=device)
    with pytest.raises(NotPossible, match="has received"), refusals_as_sentences():
        Allocation.objects.filter(pk=one.pk).update(recheck=None)
    deny()
    assert reloaded(one).recheck is None
    Allocation.objects.filter(pk=one.pk).update(status=Status.HANDED_OVER, device=device)


def test_a_device_that_is_taken_back_leaves_what_was_found_meanwhile_to_be_looked_at():
    one = line(Status.APPROVED)
    Allocation.objects.filter(pk=one.pk).update(status=Status.HANDED_OVER, device=make_device())
    take_into_use(LISTED)
    assert reloaded(one).recheck is None
    Allocation.objects.filter(pk=one.pk).update(status=Status.APPROVED, device=None)
    assert [change["field"] for change in reloaded(one).recheck] == ["already_received"]


def test_a_reviewer_can_reject_with_the_reason():
    one = line()
    take_into_use(LISTED)
    reviewer = make_officer(Role.REVIEWER)
    with scope_of(reviewer):
        actions.reject(one.commune_list_id, [one.pk], reason=Reason.ALREADY_RECEIVED, by=reviewer)
    assert reloaded(one).status == Status.REJECTED
