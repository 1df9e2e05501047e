"""Public posting: begun, clocked in working days, closed by its record; nothing is signed before that."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.actions import (
    answer_complaint,
    build_list,
    close_posting,
    put_back,
    record_complaint,
    send_back,
    start_posting,
    stop_posting,
    submit_list,
    take_off,
    withdraw_list,
)
from allocations.models import Allocation, CommuneList, Complaint, Posting, Reason, Status
from tests.factories import commune, make_household, make_officer, make_quota, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
ZONE = timezone.get_default_timezone()
THURSDAY = datetime.date(2024, 6, 6)
BEGUN = datetime.datetime(2024, 6, 6, 9, tzinfo=ZONE)
LAST_DAY = datetime.date(2024, 6, 13)  # five working days behind Thursday
LAST_EVENING = datetime.datetime(2024, 6, 13, 17, tzinfo=ZONE)
PLACES = ["Trụ sở Ủy ban nhân dân phường", "Nhà văn hóa khu phố 1"]


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def leader(everywhere):
    return make_officer(Role.COMMUNE_LEADER)


@pytest.fixture
def listed(official) -> CommuneList:
    """A list of three in a round that demands five days; the third has no identity number."""
    round = make_round(demands_posting=True)
    make_quota(round)
    make_household()
    make_household()
    make_household(identity=None)
    return build_list(round.pk, commune().pk, by=official, at=BEGUN)


@pytest.fixture
def posting(listed, official) -> Posting:
    return start_posting(listed.pk, starts_on=THURSDAY, places=PLACES, by=official, at=BEGUN)


def submit(listed, leader, at=LAST_EVENING):
    return submit_list(listed.pk, document_no="05/TTr-UBND", document_date=at.date(), by=leader, at=at)


def close(posting, official, at=LAST_EVENING):
    return close_posting(posting.pk, record_no="07/BB-UBND", present="Ba đại diện khu phố", by=official, at=at)


def statuses(listed):
    return list(listed.lines.by_priority().values_list("status", flat=True))


# ---- Beginning -------------------------------------------------------------------------------------------------------


def test_posting_hangs_every_ready_draft_for_five_working_days_with_one_event(listed, posting):
    assert statuses(listed) == ["posted", "posted", "draft"]
    assert (posting.ends_on, posting.working_days, posting.households) == (LAST_DAY, 5, 2)
    assert posting.places == PLACES
    assert len(posting.content_hash) == 64
    [event] = AuditEvent.objects.filter(verb=Verb.POSTING_STARTED)
    assert set(event.household_ids) == set(posting.lines.values_list("household_id", flat=True))
    assert (event.details["starts_on"], event.details["ends_on"]) == ("2024-06-06", "2024-06-13")


def test_a_list_is_posted_once_at_a_time(listed, posting, official):
    with pytest.raises(NotPossible, match="being posted already"):
        start_posting(listed.pk, starts_on=THURSDAY, places=PLACES, by=official, at=BEGUN)


def test_a_posting_is_not_dated_back(listed, official):
    yesterday = THURSDAY - datetime.timedelta(1)
    with pytest.raises(NotPossible, match="today or later"):
        start_posting(listed.pk, starts_on=yesterday, places=PLACES, by=official, at=BEGUN)


@pytest.mark.parametrize("places", [[], ["  "]])
def test_a_posting_says_where(listed, official, places):
    with pytest.raises(NotPossible, match="Write where the list is posted"):
        start_posting(listed.pk, starts_on=THURSDAY, places=places, by=official, at=BEGUN)
    assert statuses(listed) == ["draft"] * 3


def test_nothing_is_posted_when_nobody_is_ready(official):
    round = make_round(demands_posting=True)
    make_household(identity=None)
    listed = build_list(round.pk, commune().pk, by=official, at=BEGUN)
    with pytest.raises(NotPossible, match="None of the households is ready"):
        start_posting(listed.pk, starts_on=THURSDAY, places=PLACES, by=official, at=BEGUN)


def test_who_comes_later_is_placed_behind_what_hangs(listed, posting, official):
    posted = list(posting.lines.by_priority().values_list("pk", "rank"))
    make_household(attributes=["NCC"])
    build_list(listed.round_id, commune().pk, by=official, at=BEGUN)
    assert list(posting.lines.by_priority().values_list("pk", "rank")) == posted
    assert listed.lines.filter(status=Status.DRAFT).by_priority().first().rank > posted[-1][1]


# ---- The clock and the record ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [(6, 9, "5 to go"), (7, 9, "4 to go"), (9, 9, "4 to go"), (12, 23, "1 to go"), (13, 16, "until 17:00 today")],
)
def test_a_posting_is_not_closed_before_its_days_are_over(posting, official, day, hour, words):
    with pytest.raises(NotPossible, match=words):
        close(posting, official, datetime.datetime(2024, 6, day, hour, 59, tzinfo=ZONE))


def test_the_record_closes_the_posting_with_one_event(posting, official):
    closed = close(posting, official)
    assert (closed.state, closed.record_no, closed.ended_by) == ("closed", "07/BB-UBND", official)
    [event] = AuditEvent.objects.filter(verb=Verb.POSTING_CLOSED)
    assert event.details["document_no"] == "07/BB-UBND"
    assert len(event.household_ids) == 2
    with pytest.raises(NotPossible, match="already ended"):
        close(posting, official)


def test_a_record_has_a_number(posting, official):
    with pytest.raises(NotPossible, match="number of the record"):
        close_posting(posting.pk, record_no=" ", by=official, at=LAST_EVENING)


def test_a_complaint_about_the_whole_list_is_answered_before_the_record(listed, posting, official):
    complaint = record_complaint(
        listed.pk, complainant="Ông Mẫu", text="Danh sách thiếu", received_on=THURSDAY, by=official
    )  # fmt: skip
    with pytest.raises(NotPossible, match="1 complaint about the list as a whole"):
        close(posting, official)
    answer_complaint(complaint.pk, answer="Đã kiểm tra.", by=official)
    assert close(posting, official).is_closed


def test_a_stopped_posting_gives_its_lines_back_to_the_draft(listed, posting, official):
    assert stop_posting(posting.pk, reason="In nhầm danh sách", by=official, at=BEGUN) == 2
    assert statuses(listed) == ["draft"] * 3
    assert not listed.lines.exclude(posting=None).exists()
    [event] = AuditEvent.objects.filter(verb=Verb.POSTING_STOPPED)
    assert event.details["reason"] == "In nhầm danh sách"
    again = start_posting(listed.pk, starts_on=THURSDAY, places=PLACES, by=official, at=BEGUN)
    assert again.households == 2


def test_stopping_needs_a_reason(posting, official):
    with pytest.raises(NotPossible, match="why the posting is stopped"):
        stop_posting(posting.pk, reason="", by=official, at=BEGUN)


# ---- What it means for the submission --------------------------------------------------------------------------------


def test_nothing_is_submitted_before_it_has_been_posted(listed, leader):
    with pytest.raises(NotPossible, match="2 households have not been posted in public yet"):
        submit(listed, leader)


def test_nothing_is_submitted_while_it_hangs(listed, posting, leader):
    with pytest.raises(NotPossible, match="2 households are still being posted"):
        submit(listed, leader)


def test_what_hung_its_days_is_submitted(listed, posting, official, leader):
    close(posting, official)
    assert submit(listed, leader) == 2
    assert statuses(listed) == ["submitted", "submitted", "draft"]


def test_a_complaint_keeps_back_its_own_line_only(listed, posting, official, leader):
    line = posting.lines.by_priority().first()
    record_complaint(
        listed.pk, complainant="Ông Mẫu", text="Đã có máy", received_on=THURSDAY, allocation_id=line.pk, by=official
    )  # fmt: skip
    close(posting, official)
    assert submit(listed, leader) == 1
    line.refresh_from_db()
    assert line.status == Status.POSTED
    answer_complaint(Complaint.objects.get().pk, answer="Máy đã hỏng, hộ vẫn đủ điều kiện.", by=official)
    assert submit(listed, leader) == 1


def test_a_household_is_taken_off_while_it_hangs(listed, posting, official):
    line = posting.lines.by_priority().first()
    assert take_off([line.pk], reason="Phản ánh đúng: đã có máy", by=official, at=BEGUN) == 1


def test_a_returned_line_keeps_its_place_and_is_not_posted_again(listed, posting, official, leader):
    close(posting, official)
    submit(listed, leader)
    line, reviewer = listed.lines.by_priority().first(), make_officer(Role.REVIEWER)
    send_back(listed.pk, [line.pk], reason=Reason.MISSING_EVIDENCE, by=reviewer)
    rank = line.rank
    put_back([line.pk], by=official)
    build_list(listed.round_id, commune().pk, by=official)
    line.refresh_from_db()
    assert (line.status, line.rank, line.posting_id) == (Status.DRAFT, rank, posting.pk)
    assert submit(listed, leader) == 1


def test_a_list_taken_back_is_submitted_again_without_a_second_posting(listed, posting, official, leader):
    close(posting, official)
    submit(listed, leader)
    before = list(listed.lines.by_priority().values_list("pk", "rank"))
    withdraw_list(listed.pk, by=leader)
    build_list(listed.round_id, commune().pk, by=official)
    assert list(listed.lines.by_priority().values_list("pk", "rank")) == before
    assert submit(listed, leader) == 2


def test_a_round_that_demands_no_posting_takes_lists_without(official, leader):
    round = make_round()
    make_household()
    listed = build_list(round.pk, commune().pk, by=official, at=BEGUN)
    assert submit(listed, leader) == 1


def test_a_round_that_takes_no_late_lists_refuses_them(listed, posting, official, leader):
    listed.round.accepts_late_lists = False
    listed.round.save()
    close(posting, official)
    late = datetime.datetime(2024, 7, 6, 9, tzinfo=ZONE)
    with pytest.raises(NotPossible, match="passed 3 days ago"):
        submit(listed, leader, late)


# ---- The database itself, as the application role --------------------------------------------------------------------


def sign(listed, leader, **which):
    with transaction.atomic():
        Allocation.objects.filter(commune_list=listed, **which).update(status=Status.SUBMITTED, signed_by=leader)


def sign_without_a_posting(listed, leader, official):
    sign(listed, leader, status=Status.DRAFT)


def sign_while_it_hangs(listed, leader, official):
    start_posting(listed.pk, starts_on=THURSDAY, places=PLACES, by=official, at=BEGUN)
    sign(listed, leader, status=Status.POSTED)


def sign_over_a_complaint(listed, leader, official):
    posting = start_posting(listed.pk, starts_on=THURSDAY, places=PLACES, by=official, at=BEGUN)
    line = posting.lines.first()
    record_complaint(
        listed.pk, complainant="Ông Mẫu", text="Đã có máy", received_on=THURSDAY, allocation_id=line.pk, by=official
    )  # fmt: skip
    close(posting, official)
    sign(listed, leader, pk=line.pk)


def sign_too_late(listed, leader, official):
    close(start_posting(listed.pk, starts_on=THURSDAY, places=PLACES, by=official, at=BEGUN), official)
    listed.round.accepts_late_lists = False
    listed.round.save()
    sign(listed, leader, status=Status.POSTED)


def claim_an_old_posting(listed, leader, official):
    close(start_posting(listed.pk, starts_on=THURSDAY, places=PLACES, by=official, at=BEGUN), official)
    with transaction.atomic():
        Allocation.objects.filter(commune_list=listed, status=Status.DRAFT).update(posting=Posting.objects.get())


@pytest.mark.parametrize(
    "forbidden",
    [sign_without_a_posting, sign_while_it_hangs, sign_over_a_complaint, sign_too_late, claim_an_old_posting],
)
def test_the_database_refuses_what_the_procedure_forbids(listed, leader, official, forbidden):
    with pytest.raises(DatabaseError):
        forbidden(listed, leader, official)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends_on": THURSDAY}, "not rewritten"),
        ({"working_days": 1}, "not rewritten"),
        ({"starts_on": THURSDAY - datetime.timedelta(30), "ends_on": LAST_DAY}, "not rewritten"),
        ({"households": 1}, "not rewritten"),
        ({"state": "closed"}, "posting_ends_with_somebody_behind_it|posting_is_closed_by_a_record"),
    ],
)
def test_what_hangs_is_not_rewritten_in_sql(posting, change, words):
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        Posting.objects.filter(pk=posting.pk).update(**change)


def test_a_posting_is_not_closed_early_in_sql(listed, official):
    today = timezone.localdate()
    posting = start_posting(listed.pk, starts_on=today, places=PLACES, by=official)
    ended = {"state": "closed", "ended_by": official, "ended_at": timezone.now(), "record_no": "1"}
    with pytest.raises(DatabaseError, match="lasts longer"), transaction.atomic():
        Posting.objects.filter(pk=posting.pk).update(**ended)


def test_a_posting_is_not_removed_in_sql(posting):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Posting.objects.filter(pk=posting.pk)._raw_delete("default")
