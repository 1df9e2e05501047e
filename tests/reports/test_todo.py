"""What each role has to do, from the same figures as the dashboard."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from administration.models import AuditEvent, Job, Officer, Role
from administration.scope import scope_of
from administration.verbs import Verb
from allocations.models import Allocation, CommuneList, Round, Status
from beneficiaries.models import ImportFile
from reports import actions, links
from reports.todo import blocks_for, next_round
from reports.todo_rows import Block, Task
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    commune,
    district,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
    province,
)
from tests.reports.test_progress import HAND_OVER_LATE, LISTS_LATE, OPENED, REVIEW_LATE, at, submitted_list

pytestmark = pytest.mark.usefixtures("everywhere")
EARLY = at(datetime.date(2024, 6, 10))
S = Status
REGISTER, LIST, SUBMIT, REVIEW, HAND_OVER = range(5)


def blocks(officer: Officer, when: datetime.datetime = EARLY) -> list[Block]:
    with scope_of(officer):
        return blocks_for(officer, at=when)


def steps(official: Officer, when: datetime.datetime = EARLY) -> list[str]:
    (block,) = blocks(official, when)
    return [task.state for task in block.tasks]


@pytest.fixture
def round() -> Round:
    made = make_round(today=OPENED, name="Đợt 1/2024")
    make_quota(made, allowed=5)
    return made


# --- Commune official ----------------------------------------------------------------------------------------------


def test_a_new_round_asks_for_households_first_and_says_what_blocks_the_rest(round):
    official = make_officer()

    (block,) = blocks(official)

    assert block.title == "Đợt 1/2024"
    assert "03/07/2024" in block.note
    assert "23" in block.note
    assert [task.state for task in block.tasks] == ["todo", "blocked", "blocked", "blocked", "blocked"]
    assert all(task.hint for task in block.tasks[1:])
    assert all(not task.url for task in block.tasks[1:])


def test_steps_follow_the_households_through_the_round(round):
    official = make_officer()
    household = make_household(created_by=official)
    assert steps(official) == ["done", "todo", "blocked", "blocked", "blocked"]

    commune_list = make_list(round, official=official)
    line = make_allocation(commune_list, household)
    assert steps(official) == ["done", "done", "doing", "blocked", "blocked"]

    leader = make_officer(Role.COMMUNE_LEADER)
    Allocation.objects.update(status=S.SUBMITTED, signed_by=leader)
    assert steps(official) == ["done", "done", "done", "doing", "blocked"]

    Allocation.objects.update(status=S.APPROVED, decided_by=make_officer(Role.REVIEWER))
    assert steps(official) == ["done", "done", "done", "done", "blocked"]

    device = make_device()
    assert steps(official) == ["done", "done", "done", "done", "todo"]

    type(device).objects.update(state="handed_over")
    Allocation.objects.filter(pk=line.pk).update(status=S.HANDED_OVER, device=device)
    assert steps(official) == ["done"] * 5


def test_steps_become_late_after_their_deadline(round):
    official = make_officer()
    make_household()
    assert steps(official, LISTS_LATE)[LIST] == "late"

    commune_list = make_list(round, official=official)
    line = make_allocation(commune_list, Allocation.objects.first() or make_household())
    assert steps(official, LISTS_LATE)[SUBMIT] == "late"

    Allocation.objects.filter(pk=line.pk).update(status=S.SUBMITTED, signed_by=make_officer(Role.COMMUNE_LEADER))
    Allocation.objects.filter(pk=line.pk).update(status=S.APPROVED, decided_by=make_officer(Role.REVIEWER))
    make_device()
    assert steps(official, HAND_OVER_LATE)[HAND_OVER] == "late"


def test_returned_households_are_a_row_with_the_most_common_reason(round):
    official = make_officer()
    commune_list = submitted_list(round, commune(), [])
    for reason in ("missing_evidence", "wrong_identity", "wrong_identity"):
        make_allocation(commune_list, make_household(), S.RETURNED, reason=reason)

    (block,) = blocks(official)

    returned = block.tasks[3]
    assert returned.amount.startswith("3 ")
    assert returned.state == "todo"
    from allocations.models import Reason

    assert returned.hint == str(Reason.WRONG_IDENTITY.label)


def test_an_unfinished_file_comes_before_the_rounds(round):
    official = make_officer()
    ImportFile.objects.create(
        area=commune(), uploaded_by=official, original_name="ho-ngheo.xlsx", sha256="0" * 64, size=1, state="checked"
    )
    ImportFile.objects.create(
        area=commune(), uploaded_by=official, original_name="xong.xlsx", sha256="1" * 64, size=1, state="applied"
    )

    found = blocks(official)

    assert len(found) == 2
    assert len(found[0].tasks) == 1
    assert "ho-ngheo.xlsx" in found[0].tasks[0].title


def test_a_reminder_stands_beside_the_deadline_of_whoever_holds_the_ball(round):
    official, reviewer = make_officer(), make_officer(Role.REVIEWER)
    make_household()
    actions.remind(round.pk, commune().pk, by=make_officer(Role.PROVINCE_STAFF), at=LISTS_LATE)

    assert "09:30, 10/07/2024" in blocks(official, LISTS_LATE)[0].note
    assert "09:30" not in blocks(reviewer, LISTS_LATE)[0].note


def test_a_commune_that_takes_no_part_has_nothing_to_do():
    make_quota(make_round(today=OPENED), commune(), 0)

    assert blocks(make_officer()) == []


def test_drafts_that_nobody_can_sign_are_a_row_that_says_why_and_are_no_delay_once_the_list_is_submitted(round):
    official = make_officer()
    commune_list = make_list(round, official=official)
    make_allocation(commune_list, make_household(identity=None))

    (block,) = blocks(official)
    complete, submit = block.tasks[2:4]
    assert (complete.amount[:2], complete.state) == ("1 ", "todo")
    assert complete.hint
    assert submit.state == "blocked"

    make_allocation(commune_list, make_household(), S.SUBMITTED)
    assert [task.state for task in blocks(official, REVIEW_LATE)[0].tasks[:4]] == ["done", "done", "todo", "done"]
    assert blocks(make_officer(Role.COMMUNE_LEADER)) == []


# --- Leader --------------------------------------------------------------------------------------------------------


def test_a_leader_is_asked_to_sign_and_has_nothing_to_do_afterwards(round):
    leader = make_officer(Role.COMMUNE_LEADER)
    line = make_allocation(make_list(round), make_household())

    (block,) = blocks(leader)
    assert [(task.state, task.amount[:1]) for task in block.tasks] == [("todo", "1")]

    Allocation.objects.filter(pk=line.pk).update(status=S.SUBMITTED, signed_by=leader)
    assert blocks(leader) == []


# --- Reviewer ------------------------------------------------------------------------------------------------------


def test_a_reviewer_sees_what_waits_what_is_left_and_who_has_not_submitted(round):
    reviewer = make_officer(Role.REVIEWER)
    make_quota(round, commune(PHU_HAI), 7)
    submitted_list(round, commune(), [S.SUBMITTED, S.SUBMITTED, S.APPROVED, S.WAITING])
    CommuneList.objects.update(submitted_at=at(datetime.date(2024, 6, 6)))

    (block,) = blocks(reviewer)

    waiting, quota, missing = block.tasks
    assert waiting.amount.startswith("2 ")
    assert waiting.state == "todo"
    assert "4" in waiting.hint
    assert (quota.amount[:2], quota.state) == ("11", "")
    assert (missing.amount, missing.state, missing.hint) == ("1", "doing", "Phú Hài")


def test_a_reviewer_s_queue_is_late_after_the_review_is_due(round):
    submitted_list(round, commune(), [S.SUBMITTED])

    (block,) = blocks(make_officer(Role.REVIEWER), REVIEW_LATE)

    assert block.tasks[0].state == "late"


def test_a_reviewer_of_another_district_sees_none_of_it(round):
    submitted_list(round, commune(), [S.SUBMITTED])

    found = blocks(make_officer(Role.REVIEWER, district("595")))

    assert [task.amount for block in found for task in block.tasks if task.state == "todo"] == []


# --- Province ------------------------------------------------------------------------------------------------------


def test_province_staff_see_five_late_communes_and_the_way_to_the_rest(round):
    for code in (PHU_HAI, LIEN_HUONG, "22924", "22927", "22930"):
        make_quota(round, commune(code), 3)

    (block,) = blocks(make_officer(Role.PROVINCE_STAFF), LISTS_LATE)

    assert len(block.tasks) == 6
    assert [task.state for task in block.tasks[:5]] == ["late"] * 5
    assert "6" in block.title
    assert block.tasks[5].amount == "6"
    assert "xep=cham" in block.more_url


def test_province_staff_see_their_reports_that_run_or_failed_and_not_those_of_others(round):
    staff, other = make_officer(Role.PROVINCE_STAFF), make_officer(Role.PROVINCE_STAFF)
    now = timezone.now()
    for officer in (staff, other):
        actions.ask_for_report("progress", province().pk, round_id=round.pk, by=officer)
        failed = actions.ask_for_report("summary", province().pk, round_id=round.pk, by=officer)
        Job.objects.filter(pk=failed.job_id).update(state="failed", error="Mã BC-1182")

    found = blocks(staff, now)[-1]

    assert [(task.state, task.hint) for task in found.tasks if task.state == "late"] == [("late", "Mã BC-1182")]
    assert len(found.tasks) == 2


# --- Administrator -------------------------------------------------------------------------------------------------


def test_an_administrator_sees_unused_accounts_and_jobs_that_failed_or_wait():
    admin = make_officer(Role.ADMINISTRATOR, last_login=timezone.now())
    officer = make_officer()
    Job.objects.create(kind="x", subject_id=1, requested_by=officer, state="failed")
    Job.objects.create(
        kind="x", subject_id=2, requested_by=officer, rung_at=timezone.now() - datetime.timedelta(hours=1)
    )

    accounts, machine = blocks(admin, timezone.now())

    assert [task.amount for task in accounts.tasks] == ["2", "1"]
    assert [(task.amount, task.state) for task in machine.tasks] == [("1", "late"), ("1", "late")]


# --- The page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_the_page_opens_for_every_role(client, round, role):
    client.force_login(make_officer(role))

    assert client.get("/viec/").status_code == 200


def test_a_day_without_work_names_the_next_round(client):
    today = timezone.localdate()
    make_round(today=today + datetime.timedelta(40), state=Round.State.PLANNED, name="Đợt sau nữa")
    make_round(today=today + datetime.timedelta(10), state=Round.State.PLANNED, name="Đợt tới")
    client.force_login(make_officer())

    page = client.get("/viec/").content.decode()

    assert 'class="empty"' in page
    assert "Đợt tới" in page
    assert "Đợt sau nữa" not in page
    assert next_round(None, at=timezone.now()) is None


def test_a_block_shows_at_most_seven_rows(round):
    official = make_officer()
    for n in range(9):
        ImportFile.objects.create(
            area=commune(), uploaded_by=official, original_name=f"{n}.xlsx", sha256=f"{n}" * 64, size=1, state="checked"
        )

    files = blocks(official)[0]

    assert len(files.tasks) == 7
    assert files.more_url == links.page("imports:list")


def test_the_page_costs_the_same_for_one_commune_and_for_121(client, round, django_assert_max_num_queries):
    staff = make_officer(Role.PROVINCE_STAFF)
    for code in (PHU_HAI, LIEN_HUONG):
        make_quota(round, commune(code), 3)
    client.force_login(staff)

    with django_assert_max_num_queries(30):
        client.get("/viec/")


def test_reminders_are_events_that_nobody_can_take_back(round):
    make_household()
    actions.remind(round.pk, commune().pk, by=make_officer(Role.PROVINCE_STAFF), at=LISTS_LATE)

    assert AuditEvent.objects.filter(verb=Verb.REMINDED).count() == 1
    assert Task("x").url == ""


# --- Links ---------------------------------------------------------------------------------------------------------


def test_a_page_that_is_not_there_gives_no_link_and_no_error():
    assert links.page("no:such-page") == ""
    assert links.page("reports:dashboard", dot="dot-1", xep="") == "/tong-quan/?dot=dot-1"
    assert links.page("reports:dashboard", dien=["HN", "HCN"]) == "/tong-quan/?dien=HN&dien=HCN"
