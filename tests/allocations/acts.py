"""A scene that has been opened, and what officers do in it."""

from __future__ import annotations

from administration.models import Officer, Role
from administration.scope import EVERYWHERE, within
from allocations import actions
from allocations.models import CommuneList, Reason
from devices.models import Device
from tests.allocations.scenes import Scene, submitted
from tests.factories import (
    make_device,
    make_officer,
)


def scene_of(lines: int, **more) -> Scene:
    with within(*EVERYWHERE):
        scene = submitted(lines, **more)
        CommuneList.objects.update(state=CommuneList.State.OPENED)  # no first opening to wait for
    return scene


def reviewers(scene: Scene, number: int) -> list[Officer]:
    with within(*EVERYWHERE):
        return [make_officer(Role.REVIEWER, scene.commune_list.area.parent) for _ in range(number)]


def devices(number: int) -> list[Device]:
    with within(*EVERYWHERE):
        return [make_device() for _ in range(number)]


def statuses(scene: Scene) -> list[str]:
    with within(*EVERYWHERE):
        return scene.statuses()


def approve(scene: Scene, line: int, by: Officer):
    return actions.approve(scene.commune_list.pk, [line], by=by)


def send_back(scene: Scene, line: int, by: Officer):
    return actions.send_back(scene.commune_list.pk, [line], reason=Reason.DUPLICATE, by=by)


def give(line: int, imei: str, by: Officer):
    return actions.hand_over(line, imei=imei, receiver_name="A", receiver_relation="Chủ hộ", by=by)


def withdraw(scene: Scene):
    return actions.withdraw_list(scene.commune_list.pk, by=scene.leader)


def fresh_scene() -> Scene:
    scene = scene_of(1)
    with within(*EVERYWHERE):
        CommuneList.objects.update(state=CommuneList.State.SUBMITTED)
    return scene
