"""Opening a round and sharing its quota out."""

import pytest

from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.actions import QuotaChanged, open_round, set_quota
from allocations.models import Quota, QuotaChange, Round
from tests.factories import (
    PHU_HAI,
    commune,
    district,
    make_allocation,
    make_list,
    make_officer,
    make_quota,
    make_round,
    province,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]


@pytest.fixture
def staff(everywhere):
    return make_officer(Role.PROVINCE_STAFF)


def quotas(round):
    return dict(Quota.objects.filter(round=round).values_list("area_id", "allowed"))


def test_a_planned_round_is_opened_with_one_event(staff):
    round = make_round(state=Round.State.PLANNED)
    assert open_round(round.pk, by=staff).state == Round.State.OPEN
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.area_no, event.officer_id) == (Verb.ROUND_OPENED, province().pk, staff.pk)


@pytest.mark.parametrize("state", [Round.State.OPEN, Round.State.CLOSED])
def test_a_round_is_opened_once(staff, state):
    with pytest.raises(NotPossible, match="already open or closed"):
        open_round(make_round(state=state).pk, by=staff)
    assert not AuditEvent.objects.exists()


def test_a_round_without_an_order_of_priority_stays_closed(staff):
    round = make_round(state=Round.State.PLANNED, order=[])
    with pytest.raises(NotPossible, match="order of priority"):
        open_round(round.pk, by=staff)


def test_a_whole_tree_of_quotas_is_one_change_with_one_event(staff):
    round = make_round()
    wanted = {commune().pk: 6, commune(PHU_HAI).pk: 4, district().pk: 10, province().pk: 50}
    assert set_quota(round.pk, wanted, reason="QĐ 12/QĐ-UBND", by=staff) == 4
    assert quotas(round) == wanted
    (event,) = AuditEvent.objects.all()
    assert event.verb == Verb.QUOTA_SET
    assert event.details["reason"] == "QĐ 12/QĐ-UBND"
    changes = QuotaChange.objects.all()
    assert {change.area_id: change.after for change in changes} == wanted
    assert {(c.event, c.before, c.reason, c.by_id) for c in changes} == {(event.pk, None, "QĐ 12/QĐ-UBND", staff.pk)}


def test_saving_what_is_there_already_changes_nothing_and_is_no_event(staff):
    round = make_round()
    make_quota(round, allowed=5)
    assert set_quota(round.pk, {commune().pk: 5}, reason="x", by=staff) == 0
    assert not AuditEvent.objects.exists()


def test_a_change_needs_a_reason(staff):
    with pytest.raises(NotPossible, match="reason"):
        set_quota(make_round().pk, {commune().pk: 5}, reason=" ", by=staff)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((10, 6, 4), (8, 3, 5)),  # the district falls, one commune falls, the other rises
        ((10, 6, 4), (20, 12, 8)),
        ((20, 12, 8), (4, 4, 0)),
        ((10, 6, 4), (10, 4, 6)),
        ((10, 0, 0), (12, 12, 0)),
    ],
)
def test_any_consistent_tree_can_follow_any_other_in_one_save(staff, before, after):
    round = make_round()
    areas = [district().pk, commune().pk, commune(PHU_HAI).pk]
    set_quota(round.pk, dict(zip(areas, before, strict=True)), reason="x", by=staff)
    set_quota(round.pk, dict(zip(areas, after, strict=True)), reason="y", by=staff)
    assert quotas(round) == dict(zip(areas, after, strict=True))


@pytest.mark.parametrize(
    ("amounts", "words"),
    [({"commune": 11}, "more than their superior unit has"), ({"district": 5}, "already been given more")],
)
def test_the_sum_below_never_exceeds_the_superior_unit(staff, amounts, words):
    round = make_round()
    make_quota(round, district(), 10)
    make_quota(round, commune(), 6)
    area = {"commune": commune, "district": district}
    with pytest.raises(NotPossible, match=words):
        set_quota(round.pk, {area[name]().pk: n for name, n in amounts.items()}, reason="x", by=staff)
    assert quotas(round) == {district().pk: 10, commune().pk: 6}
    assert not AuditEvent.objects.exists()


def test_a_quota_never_falls_below_what_is_approved_and_says_how_many(staff):
    round = make_round()
    make_quota(round, allowed=10)
    commune_list = make_list(round)
    for _ in range(3):
        make_allocation(commune_list, status="approved")
    with pytest.raises(NotPossible, match="Phường Mũi Né: 3 are already approved"):
        set_quota(round.pk, {commune().pk: 2}, reason="x", by=staff)
    assert set_quota(round.pk, {commune().pk: 3}, reason="x", by=staff) == 1


def test_a_decision_on_figures_that_are_no_longer_true_is_refused(staff):
    round = make_round()
    make_quota(round, allowed=10)
    seen = {commune().pk: 10}
    set_quota(round.pk, {commune().pk: 12}, reason="somebody else", seen=seen, by=staff)
    with pytest.raises(QuotaChanged):
        set_quota(round.pk, {commune().pk: 9}, reason="x", seen=seen, by=staff)
    assert quotas(round) == {commune().pk: 12}
