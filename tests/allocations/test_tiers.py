"""Two tiers and three: who decides, whose quota is shared out to whom, what the pages say and where they group."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from administration.models import Level, Role
from administration.refusals import NotPossible
from administration.scope import scope_of
from allocations import actions
from allocations.models import Profile, Programme, Reason, Round, Status
from allocations.quota_table import read_table
from allocations.review_queue import read_queue
from allocations.tiers import deciders_of, decides, why_not
from reports.dashboard import read_dashboard, table_rows
from reports.delays import Step
from reports.progress import gather
from reports.sources import Question, progress_by_commune
from tests.allocations.scenes import Scene, submitted
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    commune,
    district,
    make_device,
    make_household,
    make_officer,
    make_quota,
    make_round,
    province,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]

TODAY = timezone.localdate()
DEPARTMENT = "Sở Khoa học và Công nghệ"


def two_tiers(**more: object) -> Round:
    programme = Programme.objects.create(
        province=province(), name="Hai cấp", profile=Profile.TWO_TIERS, reviewer_label=DEPARTMENT
    )
    return make_round(programme=programme, **more)


@pytest.fixture
def scene() -> Scene:
    return submitted(3, round=two_tiers())


@pytest.fixture
def desk(scene) -> object:
    """The reviewing officer of the province."""
    return make_officer(Role.REVIEWER, province(), full_name="Trần Thị Thẩm Định")


@pytest.mark.parametrize("verb", ["approve", "send_back", "reject"])
def test_in_two_tiers_the_province_decides_and_the_district_is_refused(scene, desk, verb):
    more = {} if verb == "approve" else {"reason": Reason.MOVED_AWAY}
    act = getattr(actions, verb)
    with pytest.raises(NotPossible, match=DEPARTMENT):
        act(scene.commune_list.pk, scene.ids, by=scene.reviewer, **more)
    assert set(scene.statuses()) == {Status.SUBMITTED}
    outcome = act(scene.commune_list.pk, scene.ids, by=desk, **more)
    assert len(outcome.decided) == 3
    assert {line.decided_by for line in scene.commune_list.lines.all()} == {desk}


@pytest.mark.parametrize("verb", ["approve", "send_back", "reject"])
def test_in_three_tiers_the_district_decides_and_the_province_watches(verb):
    scene = submitted(2)
    more = {} if verb == "approve" else {"reason": Reason.MOVED_AWAY}
    with pytest.raises(NotPossible, match="Huyện"):
        getattr(actions, verb)(scene.commune_list.pk, scene.ids, by=make_officer(Role.REVIEWER, province()), **more)
    assert getattr(actions, verb)(scene.commune_list.pk, scene.ids, by=scene.reviewer, **more).event


@pytest.mark.parametrize("role", [r for r in Role.values if r != Role.REVIEWER])
def test_no_other_role_decides_in_either_profile(role):
    for profile in Profile.values:
        programme = Programme(profile=profile, reviewer_label="")
        for area in (commune(), district(), province()):
            assert not decides(make_officer(role, area), programme)


def test_opening_a_decision_again_and_confirming_it_belong_to_the_same_tier(scene, desk):
    actions.approve(scene.commune_list.pk, scene.ids, by=desk)
    with pytest.raises(NotPossible, match=DEPARTMENT):
        actions.reopen(scene.ids[0], reason="Sai hộ", by=scene.reviewer)
    assert actions.reopen(scene.ids[0], reason="Sai hộ", by=desk).status == Status.SUBMITTED


def test_the_queue_holds_only_what_one_decides_on_and_names_who_does_the_rest(scene, desk):
    today = timezone.localdate()
    assert [row.undecided for row in read_queue(desk, today).rows] == [3]
    of_district = read_queue(scene.reviewer, today)
    assert (of_district.rows, of_district.elsewhere) == ([], [scene.round])


def test_the_page_of_the_other_tier_says_who_decides_and_offers_nothing(browser, scene, desk):
    browser.force_login(scene.reviewer)
    page = browser.get(scene.url).content.decode()
    assert f"Lists of this programme are decided on by: {DEPARTMENT}." in page
    assert "Who decides: Trần Thị Thẩm Định." in page
    assert "Approve…" not in page
    browser.force_login(desk)
    page = browser.get(scene.url).content.decode()
    assert "Approve…" in page
    assert "are decided on by" not in page


def test_who_may_decide_is_named_without_those_who_worked_on_the_list(scene, desk):
    other = make_officer(Role.REVIEWER, province())
    scene.commune_list.prepared_by = other
    assert deciders_of(scene.commune_list, but=scene.reviewer) == [desk]
    assert why_not(desk, scene.commune_list) == ""
    assert why_not(other, scene.commune_list) == "Who prepared the list may not decide on it."


# ---- Quota -----------------------------------------------------------------------------------------------------------


def test_in_two_tiers_the_province_shares_out_to_its_communes_and_districts_have_no_row():
    made, staff = two_tiers(), make_officer(Role.PROVINCE_STAFF)
    actions.set_quota(made.pk, {province().pk: 5, commune().pk: 3, commune(LIEN_HUONG).pk: 2}, reason="QĐ 1", by=staff)
    table = read_table(staff, made)
    assert {row.area.level for row in table.rows} == {Level.PROVINCE, Level.COMMUNE}
    assert {row.depth for row in table.rows if row.area.is_commune} == {1}
    assert (table.rows[0].whole.allowed, table.rows[0].whole.given_below) == (5, 5)
    with pytest.raises(NotPossible, match="more than their superior unit"):
        actions.set_quota(made.pk, {commune(PHU_HAI).pk: 1}, reason="QĐ 2", by=staff)
    with pytest.raises(NotPossible, match="already been given more"):
        actions.set_quota(made.pk, {province().pk: 4}, reason="QĐ 3", by=staff)


def test_a_proposal_of_two_tiers_speaks_of_the_province_and_its_communes_only():
    made, staff = two_tiers(), make_officer(Role.PROVINCE_STAFF)
    for area in (commune(), commune(LIEN_HUONG)):
        make_household(area)
    proposed = read_table(staff, made).proposal(2, made.supports.get())
    assert {commune().pk, commune(LIEN_HUONG).pk, province().pk} == {unit for unit, n in proposed.items() if n}
    assert district().pk not in proposed


def test_three_tiers_keep_the_district_between():
    table = read_table(make_officer(Role.PROVINCE_STAFF), make_round())
    assert [row.depth for row in table.rows[:3]] == [0, 1, 2]


# ---- Figures, lateness, words ----------------------------------------------------------------------------------------


def test_the_dashboard_groups_by_district_in_three_tiers_and_not_in_two():
    staff, now = make_officer(Role.PROVINCE_STAFF), timezone.now()
    three, two = make_round(code="ba"), two_tiers(code="hai")
    for made in (three, two):
        make_quota(made, commune())
        make_quota(made, commune(LIEN_HUONG))

    def rows(made: Round) -> list[str]:
        return [row.area.level for row in table_rows(read_dashboard(staff, {"dot": made.code}, at=now))]

    assert set(rows(three)) == {Level.DISTRICT}
    assert set(rows(two)) == {Level.COMMUNE}


def test_who_is_called_about_a_late_review_is_of_the_tier_that_decides(scene, desk):
    progress = gather(province(), scene.round, at=timezone.now())
    (late,) = progress.late
    assert late.delay.step == Step.REVIEW
    assert [contact.name for contact in late.contacts] == ["Trần Thị Thẩm Định"]


def test_the_late_review_is_on_the_page_of_the_province_desk_and_not_of_the_districts(browser, scene, desk):
    browser.force_login(desk)
    assert "Households waiting for your decision" in browser.get("/viec/").content.decode()
    browser.force_login(scene.reviewer)
    assert "Households waiting for your decision" not in browser.get("/viec/").content.decode()


def test_a_programme_without_a_name_for_its_tier_is_called_by_the_level():
    assert Programme(profile=Profile.TWO_TIERS).reviewing_tier == "province level"
    assert Programme(profile=Profile.THREE_TIERS).reviewing_tier == "district level"
    assert Programme(profile=Profile.TWO_TIERS, reviewer_label=DEPARTMENT).reviewing_tier == DEPARTMENT


def test_the_commune_reads_the_name_of_the_unit_that_reviews(browser, scene):
    browser.force_login(scene.official)
    assert f"Review by {DEPARTMENT}" in browser.get("/viec/").content.decode()


# ---- The whole way --------------------------------------------------------------------------------------------------


def test_a_two_tier_round_from_the_list_to_the_report(browser):
    """Quota, list, posting, signature, approval by the province, hand-over, report: each by its own officer, in the
    scope of their own area.
    """
    made = two_tiers(code="hai", demands_posting=True)
    staff, desk = make_officer(Role.PROVINCE_STAFF), make_officer(Role.REVIEWER, province())
    official, leader = make_officer(), make_officer(Role.COMMUNE_LEADER)
    helped = [make_household() for _ in range(3)]
    device = make_device()
    long_ago = timezone.now() - datetime.timedelta(21)
    with scope_of(staff):
        actions.set_quota(made.pk, {province().pk: 2, commune().pk: 2}, reason="QĐ 1", by=staff)
    with scope_of(official):
        listed = actions.build_list(made.pk, commune().pk, by=official)
        with pytest.raises(NotPossible):  # nobody signs what has not been posted
            actions.submit_list(listed.pk, document_no="1", document_date=TODAY, by=leader)
        posting = actions.start_posting(
            listed.pk, starts_on=timezone.localdate(long_ago), places=["Trụ sở"], by=official, at=long_ago
        )
        actions.close_posting(posting.pk, record_no="01/BB-UBND", by=official)
    with scope_of(leader):
        assert actions.submit_list(listed.pk, document_no="05/TTr-UBND", document_date=TODAY, by=leader) == 3
    with scope_of(desk):
        outcome = actions.approve(listed.pk, list(listed.lines.values_list("pk", flat=True)), by=desk)
    assert (len(outcome.decided), len(outcome.waiting)) == (2, 1)
    with scope_of(official):
        given = outcome.decided[0]
        actions.hand_over(
            given.pk, imei=device.imei, receiver_name="Nguyễn Thị Mẫu", receiver_relation="Chủ hộ", by=official
        )
    browser.force_login(staff)
    page = browser.get("/tong-quan/?dot=hai").content.decode()
    assert "Phường Mũi Né" in page
    assert "Thành phố Phan Thiết" not in page
    answer = progress_by_commune(Question(province(), made, staff, timezone.now()))
    assert answer.total.record.figures.handed_over == 1
    assert "Phường Mũi Né" in [line.name for line in answer.lines]
    assert all(not line.bold for line in answer.lines)  # no line of a district above its communes
    assert len(helped) == answer.total.record.figures.sent
