"""Decisions on submitted lines, without pages."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from administration.event_words import in_words
from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations import actions
from allocations.models import Allocation, Claim, CommuneList, Flag, Quota, Reason, Round, Status
from tests.allocations.scenes import submitted
from tests.factories import commune, make_officer

pytestmark = pytest.mark.usefixtures("everywhere")
LATER = datetime.timedelta(minutes=5)


def events(verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=verb))


def test_approve_fills_the_quota_by_priority_and_puts_the_rest_on_the_waiting_list():
    scene = submitted(5, quota=2)

    outcome = actions.approve(scene.commune_list.pk, scene.ids, document_no="45/QĐ-UBND", by=scene.reviewer)

    assert scene.statuses() == ["approved", "approved", "waiting", "waiting", "waiting"]
    assert [n.pk for n in outcome.decided] == scene.ids[:2]
    assert Quota.objects.get(pk=scene.quota.pk).used == 2
    assert events("allocation.approved")[0].details["document_no"] == "45/QĐ-UBND"
    assert len(events("allocation.waiting")[0].household_ids) == 3


def test_approve_leaves_a_line_that_changed_since_it_was_seen():
    scene = submitted(2)
    Allocation.objects.filter(pk=scene.ids[0]).update(version=7)

    outcome = actions.approve(scene.commune_list.pk, scene.ids, seen=dict.fromkeys(scene.ids, 1), by=scene.reviewer)

    assert scene.statuses() == ["submitted", "approved"]
    assert [line.pk for line, _why in outcome.refused] == scene.ids[:1]


def test_approve_says_who_decided_before():
    scene = submitted(1)
    other = make_officer(Role.REVIEWER, full_name="Phạm Văn Ân")
    actions.send_back(scene.commune_list.pk, scene.ids, reason=Reason.MISSING_EVIDENCE, by=other)

    outcome = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    assert outcome.event is None
    assert "Phạm Văn Ân" in outcome.refused[0][1]
    assert scene.statuses() == ["returned"]


def test_approve_refuses_a_line_without_identity_number_and_one_with_an_open_complaint():
    scene = submitted(3, flags={1: [Flag.NO_IDENTITY]})
    actions.record_complaint(
        scene.commune_list.pk, complainant="Ông Ba", text="Hộ đã có máy", received_on=timezone.localdate(),
        allocation_id=scene.ids[1], by=scene.official,
    )  # fmt: skip

    outcome = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    assert scene.statuses() == ["submitted", "submitted", "approved"]
    assert len(outcome.refused) == 2


def test_approve_stops_when_the_quota_shrank_since_the_officer_was_told():
    scene = submitted(4, quota=3)
    agreed = scene.ids[2]
    Quota.objects.filter(pk=scene.quota.pk).update(allowed=2)

    with pytest.raises(actions.PlanChanged):
        actions.approve(scene.commune_list.pk, scene.ids, agreed_last=agreed, by=scene.reviewer)

    assert set(scene.statuses()) == {"submitted"}


def test_approve_goes_on_when_only_a_chosen_line_dropped_out():
    scene = submitted(4, quota=2)
    actions.approve(scene.commune_list.pk, scene.ids[:1], by=make_officer(Role.REVIEWER))

    outcome = actions.approve(scene.commune_list.pk, scene.ids, agreed_last=scene.ids[1], by=scene.reviewer)

    assert [n.pk for n in outcome.decided] == [scene.ids[1]]
    assert [n.pk for n in outcome.waiting] == scene.ids[2:]


@pytest.mark.parametrize("who", ["official", "leader"])
def test_nobody_decides_on_their_own_list(who):
    scene = submitted(1)

    with pytest.raises(NotPossible):
        actions.approve(scene.commune_list.pk, scene.ids, by=getattr(scene, who))


def test_a_household_on_the_waiting_list_stays_there_when_the_quota_is_used_up():
    scene = submitted(2, quota=1)
    actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    outcome = actions.approve(scene.commune_list.pk, scene.ids[1:], by=scene.reviewer)

    assert outcome.event is None
    assert len(outcome.refused) == 1


def test_rejecting_frees_the_persons_and_returning_keeps_them():
    scene = submitted(2)

    actions.reject(scene.commune_list.pk, scene.ids[:1], reason=Reason.MOVED_AWAY, by=scene.reviewer)
    actions.send_back(scene.commune_list.pk, scene.ids[1:], reason=Reason.MISSING_EVIDENCE, by=scene.reviewer)

    assert list(Claim.objects.values_list("allocation_id", flat=True)) == scene.ids[1:]


def test_an_other_reason_must_be_written_down():
    scene = submitted(1)

    with pytest.raises(NotPossible):
        actions.send_back(scene.commune_list.pk, scene.ids, reason=Reason.OTHER, note=" ", by=scene.reviewer)


def test_the_list_is_decided_when_nobody_is_left():
    scene = submitted(2)

    actions.approve(scene.commune_list.pk, scene.ids[:1], by=scene.reviewer)
    assert CommuneList.objects.get().state == CommuneList.State.OPENED
    actions.approve(scene.commune_list.pk, scene.ids[1:], by=scene.reviewer)
    assert CommuneList.objects.get().state == CommuneList.State.DECIDED


def test_the_timeline_says_the_reason_of_a_return_in_words():
    scene = submitted(1)
    outcome = actions.send_back(scene.commune_list.pk, scene.ids, reason=Reason.MISSING_EVIDENCE, by=scene.reviewer)

    assert in_words(outcome.event).reason == str(Reason.MISSING_EVIDENCE.label)


# --- Undo -------------------------------------------------------------------------------------------------------------
def test_undo_takes_back_the_approved_and_those_who_were_put_on_the_waiting_list_with_them():
    scene = submitted(3, quota=1)
    outcome = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    done = actions.undo_decision(outcome.event.pk, by=scene.reviewer, at=timezone.now() + LATER)

    assert done == 3
    assert set(scene.statuses()) == {"submitted"}
    assert Quota.objects.get().used == 0
    assert CommuneList.objects.get().state == CommuneList.State.OPENED
    assert not Allocation.objects.exclude(decided_by=None).exists()


def test_a_waiting_list_without_any_approval_can_be_undone_too():
    scene = submitted(1, quota=0)
    outcome = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    actions.undo_decision(outcome.event.pk, by=scene.reviewer)

    assert scene.statuses() == ["submitted"]


@pytest.mark.parametrize("refuse", [actions.send_back, actions.reject])
def test_undo_gives_back_the_place_on_the_waiting_list_and_who_had_given_it(refuse):
    scene = submitted(1, quota=0)
    first = make_officer(Role.REVIEWER)
    at = timezone.now() - datetime.timedelta(days=3)
    actions.approve(scene.commune_list.pk, scene.ids, by=first, at=at)
    outcome = refuse(scene.commune_list.pk, scene.ids, reason=Reason.DUPLICATE, note="trùng", by=scene.reviewer)

    actions.undo_decision(outcome.event.pk, by=scene.reviewer)

    line = Allocation.objects.get()
    assert (line.status, line.decided_by_id, line.decided_at) == (Status.WAITING, first.pk, at)
    assert (line.reason, line.reason_note) == ("", "")
    assert CommuneList.objects.get().state == CommuneList.State.DECIDED


def test_undo_is_over_after_15_minutes():
    scene = submitted(1)
    outcome = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    with pytest.raises(NotPossible):
        actions.undo_decision(outcome.event.pk, by=scene.reviewer, at=timezone.now() + datetime.timedelta(minutes=16))

    assert scene.statuses() == ["approved"]


def test_undo_is_for_whoever_decided():
    scene = submitted(1)
    outcome = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    with pytest.raises(NotPossible):
        actions.undo_decision(outcome.event.pk, by=make_officer(Role.REVIEWER))


def test_undo_twice_does_not_touch_the_decision_that_came_after():
    scene = submitted(1)
    first = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)
    actions.undo_decision(first.event.pk, by=scene.reviewer)
    actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    with pytest.raises(NotPossible):
        actions.undo_decision(first.event.pk, by=scene.reviewer)

    assert scene.statuses() == ["approved"]


def test_undo_leaves_a_rejected_household_that_has_been_listed_elsewhere_meanwhile():
    scene, other = submitted(2), submitted(1, area=commune(), quota=3)
    outcome = actions.reject(scene.commune_list.pk, scene.ids, reason=Reason.MOVED_AWAY, by=scene.reviewer)
    Allocation.objects.filter(pk=other.ids[0]).delete()
    Allocation.objects.create(
        commune_list=other.commune_list, round=other.round, area=commune(), household=scene.lines[0].household,
        category="HN", priority_group=3, rank=9, listed_by=other.official,
    )  # fmt: skip

    done = actions.undo_decision(outcome.event.pk, by=scene.reviewer)

    assert done == 1
    assert scene.statuses() == ["rejected", "submitted"]


def test_undo_is_refused_in_a_closed_round():
    scene = submitted(1)
    outcome = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)
    Round.objects.update(state=Round.State.CLOSED)

    with pytest.raises(NotPossible):
        actions.undo_decision(outcome.event.pk, by=scene.reviewer)


# --- Selections -------------------------------------------------------------------------------------------------------
def test_a_selection_is_carried_out_once():
    scene = submitted(3, quota=1)
    selection = actions.select_lines(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    first = actions.decide_selection(selection, Verb.APPROVED, by=scene.reviewer)
    second = actions.decide_selection(selection, Verb.APPROVED, by=scene.reviewer)

    assert first.outcome == second.outcome
    assert len(first.outcome["waiting"]) == 2
    assert len(events("allocation.approved")) == 1


def test_a_selection_expires_after_half_an_hour():
    scene = submitted(1)
    old = timezone.now() - datetime.timedelta(minutes=31)
    selection = actions.select_lines(scene.commune_list.pk, scene.ids, by=scene.reviewer, at=old)

    with pytest.raises(NotPossible):
        actions.decide_selection(selection, Verb.APPROVED, by=scene.reviewer)

    assert scene.statuses() == ["submitted"]


def test_a_selection_holds_only_lines_of_its_list_that_can_be_decided():
    scene, other = submitted(2), submitted(1, round=None, area=commune("22921"))
    actions.reject(scene.commune_list.pk, scene.ids[:1], reason=Reason.MOVED_AWAY, by=scene.reviewer)

    selection = actions.select_lines(scene.commune_list.pk, [*scene.ids, *other.ids], by=scene.reviewer)

    assert selection.line_ids == scene.ids[1:]


def test_a_selection_of_which_nothing_is_left_names_every_line():
    scene = submitted(2)
    selection = actions.select_lines(scene.commune_list.pk, scene.ids, by=scene.reviewer)
    actions.approve(scene.commune_list.pk, scene.ids, by=make_officer(Role.REVIEWER))

    with pytest.raises(actions.NothingDecided) as refusal:
        actions.decide_selection(selection, Verb.RETURNED, reason=Reason.DUPLICATE, by=scene.reviewer)

    assert [line.pk for line, _why in refusal.value.refused] == scene.ids


def test_a_new_selection_clears_away_what_is_older_than_a_day():
    scene = submitted(1)
    old = timezone.now() - datetime.timedelta(days=2)
    actions.select_lines(scene.commune_list.pk, scene.ids, by=scene.reviewer, at=old)

    kept = actions.select_lines(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    assert list(type(kept).objects.all()) == [kept]


def test_declining_frees_the_quota():
    scene = submitted(1, quota=1)
    actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    actions.decline(scene.ids[0], reason="Không có nhu cầu", by=scene.official)

    assert Quota.objects.get().used == 0
