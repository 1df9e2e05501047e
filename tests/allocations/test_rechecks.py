"""After an approval: what changes in the register holds the device back until a reviewer has looked again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from administration.models import AuditEvent
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.actions import approve, confirm_approval, decline, hand_over, reject, reopen, undo_decision
from allocations.models import Allocation, Quota, Reason, Status
from beneficiaries.models import Household, Person
from beneficiaries.sealing import fingerprint
from tests.allocations.scenes import Scene, submitted
from tests.factories import made_up_identity, make_device, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]


@pytest.fixture
def scene() -> Scene:
    """Three households, the first approved, one device."""
    made = submitted(3, quota=1)
    approve(made.commune_list.pk, made.ids[:1], by=made.reviewer)
    return made


def line_of(scene: Scene) -> Allocation:
    return Allocation.objects.get(pk=scene.ids[0])


def household_of(scene: Scene):
    return Household.objects.filter(pk=scene.lines[0].household_id)


def fields_of(scene: Scene) -> dict[str, tuple[object, object]]:
    return {one["field"]: (one["old"], one["new"]) for one in line_of(scene).recheck or []}


# ---- What the database writes down -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "old", "new"),
    [
        ({"category": "HCN"}, "category", "HN", "HCN"),
        ({"attributes": ["NCC"]}, "attributes", [], ["NCC"]),
        ({"prior_device": "Máy tính bảng"}, "prior_device", "", "Máy tính bảng"),
        ({"certificate_no": "9/GCN"}, "certificate_no", None, "9/GCN"),
    ],
)
def test_a_change_of_the_record_stands_on_the_line_with_old_and_new(scene, change, field, old, new):
    before = household_of(scene).get()
    version = line_of(scene).version
    household_of(scene).update(**change)
    was, becomes = fields_of(scene)[field]
    assert (was, becomes) == (getattr(before, field) if old is None else old, new)
    assert line_of(scene).version == version + 1
    assert line_of(scene).status == Status.APPROVED  # it keeps its place in the quota
    assert Quota.objects.get().used == 1


@pytest.mark.parametrize("change", [{"note": "x"}, {"phone": "0901234567"}, {"hamlet": "Khu phố 9"}])
def test_what_decides_nothing_holds_nobody_back(scene, change):
    household_of(scene).update(**change)
    assert line_of(scene).recheck is None


def test_two_changes_of_a_field_keep_what_was_approved_and_going_back_ends_it(scene):
    household_of(scene).update(category="HCN")
    household_of(scene).update(category="CSXH")
    assert fields_of(scene) == {"category": ("HN", "CSXH")}
    household_of(scene).update(category="HN")
    assert line_of(scene).recheck is None


def test_a_change_of_the_heads_name_and_number_stands_there_without_the_number(scene):
    head = Person.objects.filter(household=scene.lines[0].household_id)
    head.update(full_name="Nguyễn Thị Khác", cccd_hash=fingerprint(made_up_identity()))
    found = fields_of(scene)
    assert found["full_name"] == ("Nguyễn Thị Hộ 1", "Nguyễn Thị Khác")
    assert found["identity_number"] == ("", "≠")


def test_another_head_is_a_difference(scene):
    old = Person.objects.get(household=scene.lines[0].household_id)
    heir = make_person(scene.lines[0].household, full_name="Trần Văn Con", identity=None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE beneficiaries_person SET is_head = false WHERE id = %s", [old.pk])
        cursor.execute("UPDATE beneficiaries_person SET is_head = true WHERE id = %s", [heir.pk])
    assert fields_of(scene)["head"][1] == "Trần Văn Con"


def test_only_the_line_of_the_household_that_changed_is_held_back(scene):
    Household.objects.filter(pk__in=[line.household_id for line in scene.lines]).update(category="HCN")
    assert Allocation.objects.exclude(recheck__isnull=True).count() == 1  # the other two wait for their decision anyway


# ---- What it means ---------------------------------------------------------------------------------------------------


def test_the_device_stays_until_somebody_has_looked(scene):
    household_of(scene).update(category="HCN")
    device = make_device(scene.commune_list.area)
    with pytest.raises(NotPossible, match="has changed since its approval"):
        hand_over(scene.ids[0], imei=device.imei, receiver_name="A", receiver_relation="Chủ hộ", by=scene.official)
    with pytest.raises(IntegrityError, match="what_changed_is_looked_at_first"), transaction.atomic():
        Allocation.objects.filter(pk=scene.ids[0]).update(status=Status.HANDED_OVER, device=device)


def test_confirming_puts_the_approval_back_in_force_with_one_event(scene):
    household_of(scene).update(category="HCN")
    seen = line_of(scene).version
    line = confirm_approval(scene.ids[0], seen=seen, by=scene.reviewer)
    assert (line.status, line.recheck, line.decided_by) == (Status.APPROVED, None, scene.reviewer)
    [event] = AuditEvent.objects.filter(verb=Verb.APPROVAL_CONFIRMED)
    assert event.details["changes"] == [{"field": "category", "old": "HN", "new": "HCN"}]


def test_a_line_that_changed_once_more_is_looked_at_again(scene):
    household_of(scene).update(category="HCN")
    seen = line_of(scene).version
    household_of(scene).update(certificate_no="8/GCN")
    with pytest.raises(NotPossible, match="changed since you opened it"):
        confirm_approval(scene.ids[0], seen=seen, by=scene.reviewer)


def test_an_approval_of_which_nothing_changed_is_not_confirmed(scene):
    with pytest.raises(NotPossible, match="Nothing about this household has changed"):
        confirm_approval(scene.ids[0], by=scene.reviewer)


@pytest.mark.parametrize("who", ["official", "leader"])
def test_nobody_confirms_their_own_list(scene, who):
    household_of(scene).update(category="HCN")
    with pytest.raises(NotPossible, match="may not decide on it"):
        confirm_approval(scene.ids[0], by=getattr(scene, who))


def test_nobody_confirms_what_they_changed_themselves(scene):
    household_of(scene).update(category="HCN")
    household = household_of(scene).get()
    AuditEvent.record(
        Verb.HOUSEHOLD_CHANGED, household, by=scene.reviewer, area=household.area_id, households=[household.pk]
    )  # fmt: skip
    with pytest.raises(NotPossible, match="You changed this household yourself"):
        confirm_approval(scene.ids[0], by=scene.reviewer)


def test_reopening_gives_the_place_back_and_only_that_line_waits_again(scene):
    household_of(scene).update(category="HCN")
    approve(scene.commune_list.pk, scene.ids[1:], by=scene.reviewer)
    line = reopen(scene.ids[0], reason="Không còn là hộ nghèo", by=scene.reviewer)
    assert (line.status, line.decided_by, line.recheck) == (Status.SUBMITTED, None, None)
    assert scene.statuses() == ["submitted", "waiting", "waiting"]
    assert Quota.objects.get().used == 0
    scene.commune_list.refresh_from_db()
    assert scene.commune_list.state == "opened"
    [event] = AuditEvent.objects.filter(verb=Verb.DECISION_REOPENED)
    assert event.details["reason"] == "Không còn là hộ nghèo"
    assert event.details["changes"] == [{"field": "category", "old": "HN", "new": "HCN"}]


def test_a_rejected_household_is_decided_on_again_only_with_a_reason(scene):
    reject(scene.commune_list.pk, scene.ids[1:2], reason=Reason.MOVED_AWAY, note="x", by=scene.reviewer)
    with pytest.raises(NotPossible, match="Write why"):
        reopen(scene.ids[1], reason=" ", by=scene.reviewer)
    assert reopen(scene.ids[1], reason="Hộ vẫn ở xã", by=scene.reviewer).status == Status.SUBMITTED
    with pytest.raises(NotPossible, match="Only an approved or rejected household"):
        reopen(scene.ids[1], reason="x", by=scene.reviewer)


def test_undoing_the_approval_ends_the_watch(scene):
    household_of(scene).update(category="HCN")
    event = AuditEvent.objects.get(verb=Verb.APPROVED)
    undo_decision(event.pk, by=scene.reviewer)
    assert line_of(scene).recheck is None


# ---- Next in line ----------------------------------------------------------------------------------------------------


def test_when_a_household_declines_the_first_on_the_waiting_list_takes_its_place(scene):
    approve(scene.commune_list.pk, scene.ids[1:], by=scene.reviewer)
    decline(scene.ids[0], reason="Không có nhu cầu", by=scene.official)
    assert scene.statuses() == ["withdrawn", "approved", "waiting"]
    assert Quota.objects.get().used == 1
    promoted = Allocation.objects.get(pk=scene.ids[1])
    assert promoted.decided_by == scene.reviewer  # who put it on the waiting list, not the official
    [event] = AuditEvent.objects.filter(verb=Verb.PROMOTED)
    assert event.household_ids == [promoted.household_id]
    assert event.details["instead_of"] == scene.lines[0].household_id


def test_nobody_moves_up_who_could_not_be_approved():
    scene = submitted(3, quota=1, flags={2: ["no_identity"]}, status=Status.WAITING)
    approve(scene.commune_list.pk, scene.ids[:1], by=scene.reviewer)
    decline(scene.ids[0], reason="Không có nhu cầu", by=scene.official)
    assert scene.statuses() == ["withdrawn", "waiting", "approved"]


def test_a_household_that_declines_on_the_waiting_list_frees_no_place(scene):
    approve(scene.commune_list.pk, scene.ids[1:], by=scene.reviewer)
    decline(scene.ids[1], reason="Không có nhu cầu", by=scene.official)
    assert scene.statuses() == ["approved", "withdrawn", "waiting"]
    assert not AuditEvent.objects.filter(verb=Verb.PROMOTED).exists()
