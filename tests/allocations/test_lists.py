"""A commune's list: built by priority, taken off, put back, signed, taken back. Each with exactly one audit event."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.actions import (
    approve,
    build_list,
    close_round,
    put_back,
    record_complaint,
    record_export,
    send_back,
    submit_list,
    take_off,
    withdraw_list,
)
from allocations.models import Allocation, CommuneList, Reason, Round, Status
from beneficiaries.models import Household, Person
from tests.factories import (
    PHU_HAI,
    commune,
    made_up_identity,
    make_allocation,
    make_household,
    make_list,
    make_officer,
    make_person,
    make_quota,
    make_round,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
DAY = datetime.date(2024, 6, 10)
MORNING = datetime.datetime(2024, 6, 10, 9, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def leader(everywhere):
    return make_officer(Role.COMMUNE_LEADER)


@pytest.fixture
def reviewer(everywhere):
    return make_officer(Role.REVIEWER)


@pytest.fixture
def round(everywhere):
    return make_round()


def events(*verbs: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb__in=verbs or Verb.values).order_by("pk"))


def households_of(commune_list: CommuneList) -> list[int]:
    return list(commune_list.lines.live().by_priority().values_list("household_id", flat=True))


def submit(commune_list, leader, **more):
    return submit_list(commune_list.pk, document_no="05/TTr-UBND", document_date=DAY, by=leader, at=MORNING, **more)


# ---- Building --------------------------------------------------------------------------------------------------------


def test_a_list_holds_every_eligible_household_in_order_with_one_event(round, official):
    near_poor, poor = make_household(category="HCN"), make_household()
    merit = make_household(category="HCN", attributes=["NCC"])
    make_household(category="KTD")
    make_household(prior_device="Máy tính bảng")
    make_household(area=commune(PHU_HAI))
    made = build_list(round.pk, commune().pk, by=official, at=MORNING)
    assert households_of(made) == [merit.pk, poor.pk, near_poor.pk]
    assert list(made.lines.by_priority().values_list("rank", "priority_group")) == [(1, 1), (2, 3), (3, 4)]
    (event,) = events()
    assert (event.verb, event.area_no, event.officer_id) == (Verb.LIST_BUILT, commune().pk, official.pk)
    assert set(event.household_ids) == {merit.pk, poor.pk, near_poor.pk}
    assert event.details["count"] == 3
    assert made.prepared_by == official


def test_building_again_adds_the_new_and_reorders_the_drafts(round, official):
    poor = make_household()
    made = build_list(round.pk, commune().pk, by=official)
    merit = make_household(attributes=["NCC"])
    build_list(round.pk, commune().pk, by=make_officer())
    assert households_of(made) == [merit.pk, poor.pk]
    assert [e.household_ids for e in events(Verb.LIST_BUILT)] == [[poor.pk], [merit.pk]]
    assert CommuneList.objects.count() == 1
    assert CommuneList.objects.get().prepared_by == official


def test_building_again_without_any_change_is_no_event(round, official):
    make_household()
    build_list(round.pk, commune().pk, by=official)
    build_list(round.pk, commune().pk, by=official)
    assert len(events()) == 1


def test_an_empty_list_is_started_with_an_event_too(round, official):
    build_list(round.pk, commune().pk, by=official)
    assert [e.details["count"] for e in events()] == [0]


@pytest.mark.parametrize("state", [Round.State.PLANNED, Round.State.CLOSED])
def test_only_an_open_round_takes_lists(official, state):
    with pytest.raises(NotPossible, match="not open"):
        build_list(make_round(state=state).pk, commune().pk, by=official)
    assert not CommuneList.objects.exists()
    assert not events()


def test_a_household_on_another_list_or_helped_before_is_left_out(round, official):
    elsewhere = make_allocation(make_list(make_round()), status="waiting")
    rejected = make_allocation(make_list(make_round()), status="rejected")
    made = build_list(round.pk, commune().pk, by=official)
    assert households_of(made) == [rejected.household_id]
    assert elsewhere.household_id not in households_of(made)


def test_one_household_with_a_helped_member_does_not_stop_the_whole_list(round, official):
    """A person who was helped in Phú Hài has left that register and turns up in Mũi Né."""
    helped = make_household(commune(PHU_HAI), identity=made_up_identity(31))
    make_quota(round, commune(PHU_HAI))
    make_allocation(make_list(round, commune(PHU_HAI)), helped, "approved")
    helped.members.update(is_live=False)
    moved, honest = make_household(identity=made_up_identity(31)), make_household()
    made = build_list(round.pk, commune().pk, by=official)
    assert households_of(made) == [honest.pk]
    assert moved.pk not in events()[-1].household_ids


def test_flags_are_set_when_the_list_is_built_namesakes_elsewhere_included(round, official):
    born = {"birth_date": datetime.date(1970, 5, 3), "birth_precision": "day"}
    make_household(identity=None, certificate_no="12/GCN")
    twin = make_household(certificate_no="1/GCN", head_name="Lò Thị Yến")
    other = make_household(commune(PHU_HAI), head_name="Lo Thi Yen")
    Person.objects.filter(household__in=[twin, other]).update(**born)
    made = build_list(round.pk, commune().pk, by=official)
    flags = dict(made.lines.values_list("household_id", "flags"))
    assert sorted(flags.values()) == [["namesake"], ["no_identity"]]
    assert flags[twin.pk] == ["namesake"]


def test_evidence_that_was_completed_clears_its_flag_with_the_next_update(round, official):
    household = make_household(certificate_no="")
    made = build_list(round.pk, commune().pk, by=official)
    assert made.lines.get().flags == ["no_certificate"]
    Household.objects.filter(pk=household.pk).update(certificate_no="9/GCN")
    build_list(round.pk, commune().pk, by=official)
    assert made.lines.get().flags == []


# ---- Taking off ------------------------------------------------------------------------------------------------------


def test_drafts_are_taken_off_with_a_reason_and_may_be_listed_again(round, official):
    household = make_household()
    made = build_list(round.pk, commune().pk, by=official)
    line = made.lines.get()
    assert take_off([line.pk], reason="Không có nhu cầu", by=official) == 1
    line.refresh_from_db()
    assert (line.status, line.reason_note) == (Status.WITHDRAWN, "Không có nhu cầu")
    (event,) = events(Verb.LIST_HOUSEHOLD_WITHDRAWN)
    assert (event.household_ids, event.details["reason"]) == ([household.pk], "Không có nhu cầu")
    build_list(round.pk, commune().pk, by=official)
    assert households_of(made) == [household.pk]


def test_taking_off_needs_a_reason(round, official):
    line = make_allocation(make_list(round))
    with pytest.raises(NotPossible, match="Write why"):
        take_off([line.pk], reason="  ", by=official)
    assert not events()


@pytest.mark.parametrize("status", ["submitted", "waiting", "approved", "rejected", "withdrawn"])
def test_a_line_that_was_submitted_or_decided_cannot_be_taken_off(round, official, status):
    make_quota(round)
    line = make_allocation(make_list(round), status=status)
    with pytest.raises(NotPossible, match="no longer be taken off"):
        take_off([line.pk], reason="x", by=official)
    line.refresh_from_db()
    assert line.status == status
    assert not events()


def test_lines_of_two_lists_are_not_one_action(round, official):
    lines = [make_allocation(make_list(round)), make_allocation(make_list(make_round()))]
    with pytest.raises(NotPossible, match="one list"):
        take_off([line.pk for line in lines], reason="x", by=official)
    assert not Allocation.objects.filter(status="withdrawn").exists()


# ---- Signing ---------------------------------------------------------------------------------------------------------


def test_the_leader_signs_and_the_lines_are_frozen_with_one_event(round, official, leader):
    households = [make_household(certificate_no="1") for _ in range(3)]
    made = build_list(round.pk, commune().pk, by=official)
    assert submit(made, leader) == 3
    made.refresh_from_db()
    assert (made.state, made.signed_by, made.submitted_at) == ("submitted", leader, MORNING)
    assert (made.document_no, made.document_date, made.submission_no) == ("05/TTr-UBND", DAY, 1)
    assert len(made.content_hash) == 64
    assert set(made.lines.values_list("status", "signed_by")) == {("submitted", leader.pk)}
    (event,) = events(Verb.LIST_SUBMITTED)
    assert set(event.household_ids) == {h.pk for h in households}
    assert event.details == {"document_no": "05/TTr-UBND", "count": 3}


def test_the_hash_stands_for_households_and_their_order(round, official, leader):
    make_household()
    make_household(attributes=["NCC"])
    made = build_list(round.pk, commune().pk, by=official)
    hashes = set()
    for swap in (False, True):
        if swap:
            one, two = made.lines.by_priority()
            Allocation.objects.filter(pk=one.pk).update(rank=two.rank)
            Allocation.objects.filter(pk=two.pk).update(rank=one.rank)
        submit(made, leader)
        made.refresh_from_db()
        hashes.add(made.content_hash)
        withdraw_list(made.pk, by=leader)
    assert len(hashes) == 2


def test_a_late_submission_is_taken_and_recorded_as_late(round, official, leader):
    make_household()
    made = build_list(round.pk, commune().pk, by=official)
    late = MORNING.replace(month=7, day=10)  # due on 03/07/2024
    submit_list(made.pk, document_no="1", document_date=late.date(), by=leader, at=late)
    assert events(Verb.LIST_SUBMITTED)[0].details["days_late"] == 7


def test_who_prepares_the_list_may_not_sign_it(round, official):
    make_household()
    made = build_list(round.pk, commune().pk, by=official)
    with pytest.raises(NotPossible, match="may not sign"):
        submit(made, official)
    assert made.lines.get().status == "draft"
    assert not events(Verb.LIST_SUBMITTED)


def test_who_only_added_a_household_may_not_sign_either(round, official):
    make_household()
    made = build_list(round.pk, commune().pk, by=official)
    make_household()
    second = make_officer()
    build_list(round.pk, commune().pk, by=second)
    with pytest.raises(NotPossible, match="may not sign"):
        submit(made, second)


def test_a_list_without_drafts_or_without_a_document_is_not_signed(round, official, leader):
    made = build_list(round.pk, commune().pk, by=official)
    with pytest.raises(NotPossible, match="no household to submit"):
        submit(made, leader)
    make_household()
    build_list(round.pk, commune().pk, by=official)
    with pytest.raises(NotPossible, match="number of the document"):
        submit_list(made.pk, document_no=" ", document_date=DAY, by=leader)


def test_a_closed_round_takes_no_submission(round, official, leader):
    make_household()
    made = build_list(round.pk, commune().pk, by=official)
    Round.objects.filter(pk=round.pk).update(state="closed")
    with pytest.raises(NotPossible, match="not open"):
        submit(made, leader)


@pytest.fixture
def unready(round, official):
    """Three drafts: one ready, one without a number, one with an open complaint; and one that left the register."""
    ready, nameless, complained, gone = (make_household(identity=None if n == 1 else "") for n in range(4))
    made = build_list(round.pk, commune().pk, by=official)
    record_complaint(
        made.pk, complainant="A", text="b", received_on=DAY, by=official,
        allocation_id=made.lines.get(household=complained).pk,
    )  # fmt: skip
    Household.objects.filter(pk=gone.pk).update(delisted_on=DAY)
    return made, ready, nameless, complained, gone


def test_what_is_not_ready_stays_on_the_draft(unready, leader):
    made, ready, *others = unready
    assert submit(made, leader) == 1
    assert made.lines.get(household=ready).status == "submitted"
    assert {made.lines.get(household=h).status for h in others} == {"draft"}
    assert events(Verb.LIST_SUBMITTED)[0].household_ids == [ready.pk]


def test_a_leader_who_wants_all_or_nothing_is_told_every_obstacle(unready, leader):
    made = unready[0]
    with pytest.raises(NotPossible) as refusal:
        submit(made, leader, leave_unready=False)
    for words in ("no longer qualifies", "lacks the identity number", "complaint"):
        assert words in str(refusal.value)
    assert not made.lines.exclude(status="draft").exists()


def test_a_draft_with_nobody_ready_is_not_signed_at_all(round, official, leader):
    make_household(identity=None)
    made = build_list(round.pk, commune().pk, by=official)
    with pytest.raises(NotPossible, match="lacks the identity number"):
        submit(made, leader)


# ---- Taking back -----------------------------------------------------------------------------------------------------


@pytest.fixture
def submitted(round, official, leader):
    for _ in range(3):
        make_household(certificate_no="1")
    make_quota(round)
    made = build_list(round.pk, commune().pk, by=official)
    submit(made, leader)
    return made


def ids(commune_list, *statuses):
    return list(commune_list.lines.filter(status__in=statuses).by_priority().values_list("pk", flat=True))


def test_a_list_nobody_has_opened_is_taken_back_with_one_event(submitted, leader):
    assert withdraw_list(submitted.pk, by=leader) == 3
    submitted.refresh_from_db()
    assert submitted.state == "draft"
    assert set(submitted.lines.values_list("status", "signed_by")) == {("draft", None)}
    assert len(events(Verb.LIST_WITHDRAWN)) == 1
    assert submit(submitted, leader) == 3


def test_a_list_under_review_is_not_taken_back(submitted, leader, reviewer):
    approve(submitted.pk, ids(submitted, "submitted")[:1], by=reviewer)
    with pytest.raises(NotPossible, match="review has begun"):
        withdraw_list(submitted.pk, by=leader)


def test_a_draft_is_not_taken_back(round, leader):
    with pytest.raises(NotPossible, match="not been submitted"):
        withdraw_list(make_list(round).pk, by=leader)


# ---- Returned lines --------------------------------------------------------------------------------------------------


@pytest.fixture
def returned(submitted, reviewer):
    """The last line was returned, the others approved: everything is decided."""
    lines = ids(submitted, "submitted")
    send_back(submitted.pk, [lines[2]], reason=Reason.MISSING_EVIDENCE, note="Thiếu giấy", by=reviewer)
    approve(submitted.pk, lines[:2], by=reviewer)
    return submitted


def test_a_completed_line_goes_back_to_the_draft_and_keeps_its_place(returned, official):
    (line_id,) = ids(returned, "returned")
    assert put_back([line_id], by=official) == 1
    line = Allocation.objects.get(pk=line_id)
    assert (line.status, line.rank, line.reason, line.decided_by) == ("draft", 3, "", None)
    merit = make_household(attributes=["NCC"])
    build_list(returned.round_id, commune().pk, by=official)
    line.refresh_from_db()
    assert line.rank == 3
    assert returned.lines.get(household=merit).rank == 4  # behind those that were signed


def test_put_back_is_one_event_that_names_the_household(returned, official):
    before = len(events())
    (line_id,) = ids(returned, "returned")
    put_back([line_id], by=official)
    (event,) = events()[before:]
    assert event.household_ids == [Allocation.objects.get(pk=line_id).household_id]
    assert event.details == {"completed": True}


def test_only_returned_lines_are_put_back(returned, official):
    with pytest.raises(NotPossible, match="waiting for completion"):
        put_back(ids(returned, "approved"), by=official)


def test_a_returned_line_may_be_taken_off_instead(returned, official):
    assert take_off(ids(returned, "returned"), reason="Chuyển đi", by=official) == 1


def test_completed_lines_sent_while_the_review_runs_do_not_make_it_withdrawable(submitted, official, leader, reviewer):
    lines = ids(submitted, "submitted")
    send_back(submitted.pk, lines[:1], reason=Reason.MISSING_EVIDENCE, by=reviewer)
    put_back(lines[:1], by=official)
    submit(submitted, leader)
    submitted.refresh_from_db()
    assert (submitted.state, submitted.submission_no) == ("opened", 2)
    with pytest.raises(NotPossible, match="review has begun"):
        withdraw_list(submitted.pk, by=leader)


def test_a_second_submission_is_taken_back_without_touching_what_was_decided(returned, official, leader):
    put_back(ids(returned, "returned"), by=official)
    submit(returned, leader)
    assert withdraw_list(returned.pk, by=leader) == 1
    returned.refresh_from_db()
    assert returned.state == "decided"
    assert sorted(returned.lines.values_list("status", flat=True)) == ["approved", "approved", "draft"]
    assert returned.lines.get(status="draft").rank == 3


# ---- Taking out ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_identity", [True, False])
def test_an_export_is_recorded_with_the_households_whose_numbers_were_shown(submitted, official, with_identity):
    record_export(submitted.pk, kind="xlsx", with_identity=with_identity, by=official)
    (event,) = events(Verb.LIST_EXPORTED)
    assert event.details == {"kind": "xlsx", "with_identity": with_identity}
    assert len(event.household_ids) == (3 if with_identity else 0)


def test_after_the_round_is_closed_waiting_households_are_free_for_the_next(round, official, leader, reviewer):
    make_quota(round, allowed=1)
    first, second = make_household(), make_household()
    made = build_list(round.pk, commune().pk, by=official)
    submit(made, leader)
    approve(made.pk, ids(made, "submitted"), by=reviewer)
    close_round(round.pk, by=make_officer(Role.PROVINCE_STAFF))
    following = build_list(make_round().pk, commune().pk, by=official)
    assert households_of(following) == [second.pk]
    assert made.lines.get(household=first).status == "approved"


def test_a_member_who_joins_a_listed_household_is_claimed_by_it(round, official):
    household = make_household()
    made = build_list(round.pk, commune().pk, by=official)
    make_person(household, full_name="Lò Văn Con")
    assert made.lines.get().claims.count() == 2
