"""What happens at the same time: one winner, a readable sentence for the others, no deadlock. Each guard has a control:
without it the very same situation breaks an invariant.
"""

from __future__ import annotations

import re
from functools import partial
from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from administration.models import Area, Officer
from administration.scope import EVERYWHERE, within
from allocations import actions
from allocations.models import Allocation, Claim, CommuneList, HandOver, Payment, Status
from beneficiaries.models import Person
from beneficiaries.sealing import fingerprint
from tests.allocations.acts import (
    approve,
    devices,
    fresh_scene,
    give,
    reviewers,
    scene_of,
    send_back,
    statuses,
    withdraw,
)
from tests.allocations.races import (
    at_once,
    broken,
    meet_behind,
    one_after_the_other,
    without_constraints,
    without_locks,
    without_trigger,
)
from tests.allocations.scenes import Scene
from tests.factories import (
    LIEN_HUONG,
    commune,
    made_up_identity,
    make_household,
    make_officer,
    make_quota,
    make_round,
    make_support,
)

pytestmark = pytest.mark.django_db(transaction=True)
hand_over_actions, list_actions, review_actions = (
    import_module(f"allocations.actions.{name}") for name in ("hand_over", "lists", "review")
)
device_actions = import_module("devices.actions")
LINE, QUOTA, CLAIM, HANDOVER = (
    "allocations_allocation", "allocations_quota", "allocations_claim", "allocations_handover",
)  # fmt: skip


# --- The last place in the quota --------------------------------------------------------------------------------------
def test_twenty_reviewers_and_one_place_leave_one_approved_and_nineteen_waiting():
    scene = scene_of(20, quota=1)
    people = reviewers(scene, 20)

    outcomes = at_once(
        [partial(approve, scene, line, by) for line, by in zip(scene.ids, people, strict=True)], people
    )  # fmt: skip

    assert [kind for kind, _value in outcomes] == ["done"] * 20
    assert sorted(statuses(scene)) == ["approved"] + ["waiting"] * 19
    assert broken() == set()


def test_without_our_locks_the_database_refuses_the_second_on_the_last_place(monkeypatch):
    scene = scene_of(2, quota=1)
    people = reviewers(scene, 2)
    without_locks(monkeypatch)
    meet_behind(monkeypatch, (review_actions, "plan_approval"))

    outcomes = at_once([partial(approve, scene, scene.ids[i], people[i]) for i in (0, 1)], people)

    assert sorted(kind for kind, _value in outcomes) == ["done", "refused"]
    assert sorted(statuses(scene)) == ["approved", "submitted"]
    assert broken() == set()


def test_control_without_locks_and_constraint_the_quota_is_exceeded(monkeypatch):
    scene = scene_of(2, quota=1)
    people = reviewers(scene, 2)
    without_locks(monkeypatch)
    meet_behind(monkeypatch, (review_actions, "plan_approval"))

    with without_constraints(QUOTA, "quota_is_never_exceeded"):
        at_once([partial(approve, scene, scene.ids[i], people[i]) for i in (0, 1)], people)
        assert broken() == {"quota is kept"}


# --- The last device, the same device ---------------------------------------------------------------------------------
def test_twenty_officials_and_one_device_leave_one_hand_over():
    scene = scene_of(20, status=Status.APPROVED, quota=20)
    (device,) = devices(1)

    outcomes = at_once([partial(give, line, device.imei, scene.official) for line in scene.ids], [scene.official] * 20)

    assert sorted(kind for kind, _value in outcomes) == ["done"] + ["refused"] * 19
    assert all(device.imei in sentence for kind, sentence in outcomes if kind == "refused")
    assert statuses(scene).count("handed_over") == 1
    assert broken() == set()


def test_the_second_hand_over_of_a_device_waits_and_is_told():
    scene = scene_of(2, status=Status.APPROVED, quota=2)
    (device,) = devices(1)

    kind, sentence = one_after_the_other(
        lambda: give(scene.ids[0], device.imei, scene.official), scene.official,
        lambda: give(scene.ids[1], device.imei, scene.official), scene.official,
    )  # fmt: skip

    assert (kind, device.imei in sentence) == ("refused", True)
    assert statuses(scene) == ["handed_over", "approved"]
    assert broken() == set()


def test_without_our_locks_the_database_refuses_the_same_device_twice(monkeypatch):
    scene = scene_of(2, status=Status.APPROVED, quota=2)
    (device,) = devices(1)
    without_locks(monkeypatch)
    meet_behind(monkeypatch, (device_actions, "_refuse_unless_in_stock"))

    outcomes = at_once([partial(give, line, device.imei, scene.official) for line in scene.ids], [scene.official] * 2)

    assert sorted(kind for kind, _value in outcomes) == ["done", "refused"]
    assert broken() == set()


def test_control_without_locks_and_constraints_a_device_is_given_twice(monkeypatch):
    scene = scene_of(2, status=Status.APPROVED, quota=2)
    (device,) = devices(1)
    without_locks(monkeypatch)
    monkeypatch.setattr(hand_over_actions, "give_away", lambda imeis, holder, at: {device.imei: device})
    meet_behind(monkeypatch, (hand_over_actions, "_refuse_unfit"))

    with (
        without_constraints(LINE, "device_goes_to_one_household"),
        without_constraints(HANDOVER, "allocations_handover_device_id_key"),
    ):
        at_once([partial(give, line, device.imei, scene.official) for line in scene.ids], [scene.official] * 2)
        assert "a device goes to one household" in broken()


# --- One household, two lists -----------------------------------------------------------------------------------------
def build(round_id: int, area: Area, by: Officer):
    return actions.build_list(round_id, area.pk, by=by)


def household_in_two_rounds():
    with within(*EVERYWHERE):
        first, official = make_round(), make_officer()
        second = make_round(programme=first.programme)
        make_household()
    return first, second, official


def test_a_household_that_is_being_listed_in_one_round_is_not_listed_in_another():
    first, second, official = household_in_two_rounds()

    kind, sentence = one_after_the_other(
        lambda: build(first.pk, commune(), official), official, lambda: build(second.pk, commune(), official), official
    )

    assert kind == "refused"
    assert sentence
    assert broken() == set()


def test_without_the_households_key_the_persons_claims_still_refuse_the_second_round():
    first, second, official = household_in_two_rounds()

    with without_constraints(LINE, "household_has_one_live_allocation"):
        kind, _sentence = one_after_the_other(
            lambda: build(first.pk, commune(), official), official,
            lambda: build(second.pk, commune(), official), official,
        )  # fmt: skip

        assert kind == "refused"
        assert broken() == set()


def test_control_without_keys_a_household_is_listed_twice():
    first, second, official = household_in_two_rounds()

    with (
        without_constraints(LINE, "household_has_one_live_allocation"),
        without_constraints(CLAIM, "person_is_helped_once", "identity_is_helped_once"),
    ):
        one_after_the_other(
            lambda: build(first.pk, commune(), official), official,
            lambda: build(second.pk, commune(), official), official,
        )  # fmt: skip
        assert broken() == {"one live line per household", "one living claim per identity"}


def the_same_person_in_two_communes():
    """She is registered in Liên Hương while Mũi Né, which has not noticed that she left, is listing her household."""
    identity = made_up_identity(4711)
    with within(*EVERYWHERE):
        made, here, there = make_round(), make_officer(), make_officer(area=commune(LIEN_HUONG))
        make_household(identity=identity)

    def move_and_list():
        with within(*EVERYWHERE):
            Person.objects.update(is_live=False)
            make_household(commune(LIEN_HUONG), identity=identity)
        return build(made.pk, commune(LIEN_HUONG), there)

    return made, here, there, move_and_list


def test_a_person_whom_two_communes_list_at_once_is_listed_by_one():
    made, here, there, move_and_list = the_same_person_in_two_communes()

    kind, sentence = one_after_the_other(lambda: build(made.pk, commune(), here), here, move_and_list, there)

    assert kind == "refused"
    assert sentence
    assert broken() == set()


def test_control_without_the_identity_key_a_person_is_listed_by_two_communes():
    made, here, there, move_and_list = the_same_person_in_two_communes()

    with without_constraints(CLAIM, "identity_is_helped_once"):
        one_after_the_other(lambda: build(made.pk, commune(), here), here, move_and_list, there, waits=False)
        assert broken() == {"one living claim per identity"}


def test_claims_are_taken_in_the_order_of_the_identities_whatever_order_the_people_are_registered_in():
    """Two communes that list the same two people would otherwise each have one and wait for the other."""
    numbers = sorted((made_up_identity(n) for n in range(1, 6)), key=lambda number: fingerprint(number), reverse=True)
    with within(*EVERYWHERE):
        made, official = make_round(), make_officer()
        for number in numbers:
            make_household(identity=number)
        build(made.pk, commune(), official)
        claimed = [bytes(one) for one in Claim.objects.order_by("pk").values_list("identity_hash", flat=True)]

    assert claimed == sorted(claimed)
    assert len(claimed) == 5


# --- Approve against return, against taking back ----------------------------------------------------------------------
@pytest.mark.parametrize(("first", "second"), [(approve, send_back), (send_back, approve)])
def test_of_two_opposite_decisions_the_first_stands_and_the_second_learns_of_it(first, second):
    scene = scene_of(1)
    one, two = reviewers(scene, 2)

    kind, outcome = one_after_the_other(
        lambda: first(scene, scene.ids[0], one), one, lambda: second(scene, scene.ids[0], two), two
    )

    assert (kind, outcome.event) == ("done", None)
    assert one.full_name in outcome.refused[0][1]
    assert statuses(scene) == ["approved" if first is approve else "returned"]
    assert broken() == set()


def test_without_our_locks_the_database_refuses_the_opposite_decision(monkeypatch):
    scene = scene_of(1)
    people = reviewers(scene, 2)
    without_locks(monkeypatch)
    meet_behind(monkeypatch, (review_actions, "_lock"))

    outcomes = at_once([partial(approve, scene, scene.ids[0], people[0]),
                        partial(send_back, scene, scene.ids[0], people[1])], people)  # fmt: skip

    assert sorted(kind for kind, _value in outcomes) == ["done", "refused"]
    assert broken() == set()


def test_control_without_locks_and_moves_a_line_is_decided_twice(monkeypatch):
    scene = scene_of(1)
    people = reviewers(scene, 2)
    without_locks(monkeypatch)
    meet_behind(monkeypatch, (review_actions, "_lock"))

    with without_trigger(LINE, "pgtrigger_moves_as_allowed"):
        at_once([partial(approve, scene, scene.ids[0], people[0]),
                 partial(send_back, scene, scene.ids[0], people[1])], people)  # fmt: skip
    assert broken() == {"one decision per line"}


def test_a_list_that_is_being_taken_back_is_not_approved():
    scene = fresh_scene()

    kind, sentence = one_after_the_other(
        lambda: withdraw(scene), scene.leader, lambda: approve(scene, scene.ids[0], scene.reviewer), scene.reviewer
    )

    assert kind == "refused"
    assert sentence
    assert statuses(scene) == ["draft"]
    assert broken() == set()


def test_a_list_that_is_being_approved_is_not_taken_back():
    scene = fresh_scene()

    kind, sentence = one_after_the_other(
        lambda: approve(scene, scene.ids[0], scene.reviewer), scene.reviewer, lambda: withdraw(scene), scene.leader
    )

    assert kind == "refused"
    assert sentence
    assert statuses(scene) == ["approved"]
    assert broken() == set()


def approve_and_withdraw_at_once(monkeypatch, scene: Scene):
    """Both have read the submitted line before either writes."""
    without_locks(monkeypatch)
    monkeypatch.setattr(review_actions, "_open", lambda list_id, by: CommuneList.objects.get(pk=list_id))
    meet_behind(monkeypatch, (review_actions, "_lock"), (list_actions, "F"))
    return at_once(
        [lambda: approve(scene, scene.ids[0], scene.reviewer), lambda: withdraw(scene)], [scene.reviewer, scene.leader]
    )


def test_without_our_locks_the_database_refuses_to_approve_what_is_taken_back(monkeypatch):
    outcomes = approve_and_withdraw_at_once(monkeypatch, fresh_scene())

    assert sorted(kind for kind, _value in outcomes) == ["done", "refused"]
    assert broken() == set()


def test_control_without_locks_and_moves_a_list_is_approved_and_taken_back(monkeypatch):
    scene = fresh_scene()

    with without_trigger(LINE, "pgtrigger_moves_as_allowed"):
        approve_and_withdraw_at_once(monkeypatch, scene)
    assert "one decision per line" in broken()


# --- The same form twice ----------------------------------------------------------------------------------------------
def test_a_double_click_on_the_hand_over_gives_one_device_and_the_same_receipt():
    scene = scene_of(1, status=Status.APPROVED, quota=1)
    (device,) = devices(1)
    client = Client()
    client.force_login(scene.official)
    url = f"/giao-may/{scene.lines[0].household.code}/"
    key = re.search(r'name="khoa_lan_gui" value="([^"]+)"', client.get(url).content.decode())[1]  # type: ignore[index]
    data = {"receiver": "head", "imei": device.imei, "checked": "on", "khoa_lan_gui": key,
            "handed_on": timezone.localdate().strftime("%d/%m/%Y")}  # fmt: skip

    def click() -> str:
        clicking = Client()
        clicking.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return clicking.post(url, data).url

    outcomes = at_once([click] * 5, [scene.official] * 5)

    assert {value for _kind, value in outcomes} == {f"{url}bien-nhan/"}
    assert broken() == set()
    with within(*EVERYWHERE):
        assert HandOver.objects.count() == 1


def test_control_without_key_locks_and_constraints_a_double_click_is_recorded_twice(monkeypatch):
    scene = scene_of(1, status=Status.APPROVED, quota=1)
    (device,) = devices(1)
    without_locks(monkeypatch)
    monkeypatch.setattr(hand_over_actions, "give_away", lambda imeis, holder, at: {device.imei: device})
    meet_behind(monkeypatch, (hand_over_actions, "_refuse_unfit"))

    with without_constraints(HANDOVER, "allocations_handover_device_id_key", "allocations_handover_allocation_id_key"):
        at_once([lambda: give(scene.ids[0], device.imei, scene.official)] * 2, [scene.official] * 2)
        assert {"one hand-over per household", "one event per hand-over"} <= broken()


def test_a_household_whose_approval_is_being_undone_receives_nothing():
    scene = scene_of(1)
    (device,) = devices(1)
    with within(*EVERYWHERE):
        event = approve(scene, scene.ids[0], scene.reviewer).event

    kind, sentence = one_after_the_other(
        lambda: actions.undo_decision(event.pk, by=scene.reviewer), scene.reviewer,
        lambda: give(scene.ids[0], device.imei, scene.official), scene.official,
    )  # fmt: skip

    assert kind == "refused"
    assert sentence
    assert statuses(scene) == ["submitted"]


# --- Cash -------------------------------------------------------------------------------------------------------------
def test_two_officials_who_pay_one_household_at_once_leave_one_payment():
    scene = scene_of(1, quota=1)
    with within(*EVERYWHERE):
        support = make_support(scene.round, "QUY", "TIEN")
        make_quota(scene.round, allowed=1, source=support.source, form="TIEN")
        Allocation.objects.update(form="TIEN")
        Allocation.objects.update(status=Status.APPROVED, decided_by=scene.reviewer, decided_at=timezone.now())
    day = timezone.localdate()
    evidence = actions.Evidence("invoice", "1", day, 1, "transfer", "1", "A", "Chủ hộ")

    outcomes = at_once(
        [partial(actions.pay, scene.ids[0], evidence, by=scene.official) for _ in range(2)], [scene.official] * 2
    )

    assert sorted(kind for kind, _value in outcomes) == ["done", "refused"]
    with within(*EVERYWHERE):
        assert Payment.objects.count() == 1
    assert broken() == set()
