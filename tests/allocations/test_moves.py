"""Every pair of states is tried: only the moves of the table succeed, in SQL too, and an action makes each of them
with exactly one audit event a line.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from administration.models import AuditEvent
from allocations import actions
from allocations.models import MOVES, Allocation, Posting, Quota, Reason, Status
from tests.allocations.scenes import Scene, submitted
from tests.factories import make_device

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
S = Status
LONG_AGO = datetime.datetime(2024, 6, 3, 9, tzinfo=timezone.get_default_timezone())
LATER = LONG_AGO + datetime.timedelta(20)
PAIRS = [(before, after) for before, after in itertools.product(S, S) if before != after]
TABLE = {(before, after) for before, afters in MOVES.items() for after in afters}


def with_line(status: str) -> tuple[Scene, Allocation]:
    """A list with one line in the state, whatever way it got there."""
    scene = submitted(1, quota=1, status=status)
    line = scene.lines[0]
    if status == S.HANDED_OVER:
        pytest.fail("make it by handing over")
    return scene, line


def in_state(status: str) -> tuple[Scene, Allocation]:
    """The same through what people do, where rows of other tables belong to the state."""
    if status != S.HANDED_OVER:
        return with_line(status)
    scene, line = with_line(S.APPROVED)
    give(scene, line)
    return scene, line


def give(scene: Scene, line: Allocation) -> None:
    device = make_device(scene.commune_list.area)
    actions.hand_over(
        line.pk, imei=device.imei, receiver_name="Nguyễn Thị Hộ 1", receiver_relation="Chủ hộ", by=scene.official
    )  # fmt: skip


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=lambda status: str(status.value))
def test_the_database_lets_a_line_move_only_as_the_table_says(before, after):
    scene, line = in_state(before)
    values: dict[str, object] = {"status": after, "decided_by": scene.reviewer, "decided_at": timezone.now()}
    if after == S.HANDED_OVER:
        values["device"] = make_device(scene.commune_list.area, state="handed_over")
    elif before == S.HANDED_OVER:
        values["device"] = None
    if (before, after) in TABLE:
        Allocation.objects.filter(pk=line.pk).update(**values)
        line.refresh_from_db()
        assert line.status == after
        return
    with pytest.raises(IntegrityError, match="may not move"), transaction.atomic():
        Allocation.objects.filter(pk=line.pk).update(**values)


# ---- What people do --------------------------------------------------------------------------------------------------
Act = Callable[[Scene, Allocation], object]


def post(scene: Scene, line: Allocation) -> Posting:
    return actions.start_posting(
        scene.commune_list.pk, starts_on=LONG_AGO.date(), places=["Trụ sở"], by=scene.official, at=LONG_AGO
    )  # fmt: skip


def sign(scene: Scene, line: Allocation) -> object:
    return actions.submit_list(
        scene.commune_list.pk, document_no="1", document_date=LATER.date(), by=scene.leader, at=LATER
    )  # fmt: skip


def approve(scene: Scene, line: Allocation) -> object:
    return actions.approve(scene.commune_list.pk, [line.pk], by=scene.reviewer)


def wait(scene: Scene, line: Allocation) -> object:
    Quota.objects.update(allowed=0)
    return approve(scene, line)


def send_back(scene: Scene, line: Allocation) -> object:
    return actions.send_back(scene.commune_list.pk, [line.pk], reason=Reason.MISSING_EVIDENCE, by=scene.reviewer)


def reject(scene: Scene, line: Allocation) -> object:
    return actions.reject(scene.commune_list.pk, [line.pk], reason=Reason.MOVED_AWAY, by=scene.reviewer)


def undo(scene: Scene, line: Allocation) -> object:
    last = AuditEvent.objects.order_by("-pk").first()
    return actions.undo_decision(last.pk, by=scene.reviewer)


def taken_off(scene: Scene, line: Allocation) -> object:
    return actions.take_off([line.pk], reason="x", by=scene.official)


def decline(scene: Scene, line: Allocation) -> object:
    return actions.decline(line.pk, reason="x", by=scene.official)


def draft(scene: Scene, line: Allocation) -> None:
    """A list that nobody has signed yet."""
    Allocation.objects.filter(pk=line.pk).update(status=S.DRAFT)
    type(scene.commune_list).objects.filter(pk=scene.commune_list.pk).update(state="draft")


def posted(scene: Scene, line: Allocation) -> None:
    draft(scene, line)
    post(scene, line)


def posted_to_the_end(scene: Scene, line: Allocation) -> None:
    posted(scene, line)
    actions.close_posting(Posting.objects.get().pk, record_no="1", by=scene.official, at=LATER)


def stop(scene: Scene, line: Allocation) -> object:
    return actions.stop_posting(Posting.objects.get().pk, reason="x", by=scene.official, at=LATER)


def waiting(scene: Scene, line: Allocation) -> None:
    wait(scene, line)


def approved_from_waiting(scene: Scene, line: Allocation) -> None:
    wait(scene, line)
    Quota.objects.update(allowed=1)
    approve(scene, line)


def then(*acts: Act) -> Act:
    def all_of_them(scene: Scene, line: Allocation) -> None:
        for act in acts:
            act(scene, line)

    return all_of_them


WAYS: dict[tuple[str, str], tuple[Act, Act]] = {  # how a line gets into the first state; what moves it to the second
    (S.DRAFT, S.POSTED): (draft, post),
    (S.DRAFT, S.SUBMITTED): (draft, sign),
    (S.DRAFT, S.WITHDRAWN): (draft, taken_off),
    (S.POSTED, S.DRAFT): (posted, stop),
    (S.POSTED, S.SUBMITTED): (posted_to_the_end, sign),
    (S.POSTED, S.WITHDRAWN): (posted, taken_off),
    (S.SUBMITTED, S.DRAFT): (
        then(), lambda scene, line: actions.withdraw_list(scene.commune_list.pk, by=scene.leader),
    ),
    (S.SUBMITTED, S.APPROVED): (then(), approve),
    (S.SUBMITTED, S.WAITING): (then(), wait),
    (S.SUBMITTED, S.RETURNED): (then(), send_back),
    (S.SUBMITTED, S.REJECTED): (then(), reject),
    (S.RETURNED, S.DRAFT): (send_back, lambda scene, line: actions.put_back([line.pk], by=scene.official)),
    (S.RETURNED, S.SUBMITTED): (send_back, undo),
    (S.RETURNED, S.WAITING): (then(waiting, send_back), undo),
    (S.RETURNED, S.WITHDRAWN): (send_back, taken_off),
    (S.WAITING, S.SUBMITTED): (waiting, undo),
    (S.WAITING, S.APPROVED): (then(waiting, lambda scene, line: Quota.objects.update(allowed=1)), approve),
    (S.WAITING, S.RETURNED): (waiting, send_back),
    (S.WAITING, S.REJECTED): (waiting, reject),
    (S.WAITING, S.WITHDRAWN): (waiting, decline),
    (S.APPROVED, S.SUBMITTED): (approve, undo),
    (S.APPROVED, S.WAITING): (approved_from_waiting, undo),
    (S.APPROVED, S.HANDED_OVER): (approve, give),
    (S.APPROVED, S.WITHDRAWN): (approve, decline),
    (S.REJECTED, S.SUBMITTED): (
        reject, lambda scene, line: actions.reopen(line.pk, reason="x", by=scene.reviewer),
    ),
    (S.REJECTED, S.WAITING): (then(waiting, reject), undo),
    (S.HANDED_OVER, S.APPROVED): (
        then(approve, give), lambda scene, line: actions.undo_hand_over(line.pk, reason="x", by=scene.official),
    ),
}  # fmt: skip


def test_people_can_make_every_move_of_the_table():
    assert set(WAYS) == TABLE


@pytest.mark.parametrize(("before", "after"), sorted(WAYS), ids=str)
def test_an_action_makes_the_move_with_exactly_one_event_that_names_the_household(before, after):
    scene = submitted(1, quota=1)
    line = scene.lines[0]
    arrive, move = WAYS[before, after]
    arrive(scene, line)
    line.refresh_from_db()
    assert line.status == before
    events, version = AuditEvent.objects.count(), line.version

    move(scene, line)

    line.refresh_from_db()
    assert line.status == after
    assert line.version == version + 1
    assert AuditEvent.objects.count() == events + 1
    assert AuditEvent.objects.order_by("-pk").first().household_ids == [line.household_id]
