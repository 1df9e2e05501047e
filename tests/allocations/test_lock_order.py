"""Whoever locks, locks in one order: list, quota, lines by id, device; the victim of a deadlock reads a sentence."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.db.models import QuerySet

from administration.refusals import refusals_as_sentences
from administration.scope import EVERYWHERE, within
from allocations import actions
from allocations.models import CommuneList, Quota, Status
from devices.models import Device
from tests.allocations.acts import approve, devices, fresh_scene, scene_of, send_back, statuses, withdraw
from tests.allocations.races import (
    at_once,
    blocked_by,
    broken,
    is_free,
    without_locks,
)
from tests.allocations.scenes import Scene

pytestmark = pytest.mark.django_db(transaction=True)


# --- The order of locks: list, quota, lines by id, device -------------------------------------------------------------
def undo(scene: Scene):
    with within(*EVERYWHERE):
        event = approve(scene, scene.ids[0], scene.reviewer).event
    return lambda: actions.undo_decision(event.pk, by=scene.reviewer)


LIST_FIRST = {
    "approve": lambda scene: lambda: approve(scene, scene.ids[0], scene.reviewer),
    "send_back": lambda scene: lambda: send_back(scene, scene.ids[0], scene.reviewer),
    "undo_decision": undo,
    "withdraw_list": lambda scene: lambda: withdraw(scene),
    "decline": lambda scene: lambda: actions.decline(scene.ids[0], reason="Không cần", by=scene.reviewer),
}


@pytest.mark.parametrize("name", LIST_FIRST)
def test_whoever_changes_lines_and_quota_locks_the_list_before_any_line(name):
    scene = (
        fresh_scene()
        if name == "withdraw_list"
        else scene_of(1, status="approved" if name == "decline" else "submitted")
    )
    work = LIST_FIRST[name](scene)

    with blocked_by(scene.commune_list, work, scene.reviewer):
        assert is_free(scene.lines[0])


@pytest.mark.parametrize("name", ["approve", "undo_decision"])
def test_whoever_decides_locks_the_quota_before_any_line(name):
    scene = scene_of(1)
    work = LIST_FIRST[name](scene)

    with blocked_by(scene.quota, work, scene.reviewer):
        assert not is_free(scene.commune_list)
        assert is_free(scene.lines[0])


def test_control_without_the_list_lock_the_line_is_locked_first(monkeypatch):
    scene = scene_of(1)
    work = LIST_FIRST["undo_decision"](scene)
    without_locks(monkeypatch, CommuneList, Quota)

    with blocked_by(scene.quota, work, scene.reviewer):  # it now waits in the trigger that counts
        assert not is_free(scene.lines[0])


def hand_over_backwards(scene: Scene, boxes: list[Device]):
    pairs = list(zip(reversed(scene.ids), reversed(boxes), strict=True))
    deliveries = [actions.Delivery(line, box.imei, "A", "Chủ hộ") for line, box in pairs]
    return lambda: actions.hand_over_many(deliveries, by=scene.official)


def test_lines_and_devices_are_locked_by_id_whatever_order_they_were_typed_in():
    scene = scene_of(2, status=Status.APPROVED, quota=2)
    boxes = devices(2)
    work = hand_over_backwards(scene, boxes)

    with blocked_by(scene.lines[0], work, scene.official):
        assert is_free(scene.lines[1])
        assert is_free(boxes[1])
    assert statuses(scene) == ["handed_over"] * 2
    with within(*EVERYWHERE):
        for line in scene.ids:
            actions.undo_hand_over(line, reason="Thử", by=scene.official)
    with blocked_by(boxes[0], work, scene.official):
        assert not is_free(scene.lines[1])
        assert is_free(boxes[1])


def test_control_without_the_order_by_id_a_line_is_locked_out_of_turn(monkeypatch):
    scene = scene_of(2, status=Status.APPROVED, quota=2)
    original = QuerySet.order_by
    monkeypatch.setattr(
        QuerySet, "order_by", lambda self, *by: original(self, *("-pk" if b == "pk" else b for b in by))
    )

    with blocked_by(scene.lines[0], hand_over_backwards(scene, devices(2)), scene.official):
        assert not is_free(scene.lines[1])


def test_the_victim_of_a_deadlock_reads_a_sentence():
    """Nobody takes locks in two orders; should it ever happen, it is told and nothing is broken."""
    scene = scene_of(2)
    both_have_one = threading.Barrier(2)

    def take(first: int, second: int):
        with refusals_as_sentences():
            scene.commune_list.lines.select_for_update().get(pk=first)
            both_have_one.wait(timeout=2)
            scene.commune_list.lines.select_for_update().get(pk=second)

    outcomes = at_once([lambda: take(*scene.ids), lambda: take(*reversed(scene.ids))], [scene.reviewer] * 2)

    assert sorted(kind for kind, _value in outcomes) == ["done", "refused"]


def test_two_days_typed_in_opposite_order_do_not_block_each_other_for_ever():
    scene = scene_of(2, status=Status.APPROVED, quota=2)
    boxes = devices(2)
    forwards = [actions.Delivery(n, b.imei, "A", "Chủ hộ") for n, b in zip(scene.ids, boxes, strict=True)]

    outcomes = at_once(
        [lambda: actions.hand_over_many(forwards, by=scene.official), hand_over_backwards(scene, boxes)],
        [scene.official] * 2,
    )

    assert sorted(kind for kind, _value in outcomes) == ["done", "refused"]
    assert broken() == set()


def test_a_lock_that_is_not_given_back_in_time_is_told_in_words():
    scene = scene_of(1)

    def impatient():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
        return approve(scene, scene.ids[0], scene.reviewer)

    with blocked_by(scene.commune_list, impatient, scene.reviewer) as running:
        kind, sentence = running.result(timeout=2)

    assert kind == "refused"
    assert "right now" in sentence or "Thử lại sau giây lát" in sentence
