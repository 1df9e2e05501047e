"""What a household was promised and why, or why not, as a page and as a fragment."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from administration.models import Role
from allocations.actions import Delivery, approve, build_list, hand_over_many, send_back, submit_list
from allocations.models import Reason, Round
from tests.factories import (
    LIEN_HUONG,
    ORDER,
    commune,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
    make_rules,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]


@pytest.fixture
def official(everywhere):
    return make_officer()


def show(browser, officer, household, *, status=200, **more) -> str:
    browser.force_login(officer)
    response = browser.get(f"/ho/{household.code}/ho-tro/", **more)
    assert response.status_code == status
    return response.content.decode()


def test_a_household_on_a_list_reads_rank_group_and_rule(browser, official):
    round = make_round(name="Đợt 2")
    make_rules(round, ORDER, legal_basis="Điều 17")
    household = make_household(attributes=["NCC"])
    build_list(round.pk, commune().pk, by=official)
    text = show(browser, official, household)
    for words in ("Đợt 2", "Draft", "Group 1", "là gia đình người có công", "Điều 17", "Certificate number missing"):
        assert words in text


def test_a_household_with_its_device_reads_decision_device_and_receiver(browser, official):
    round = make_round()
    make_quota(round)
    household, reviewer = make_household(), make_officer(Role.REVIEWER, full_name="Phạm Văn Ân")
    made = build_list(round.pk, commune().pk, by=official)
    day = datetime.date(2024, 6, 10)
    submit_list(made.pk, document_no="1", document_date=day, by=make_officer(Role.COMMUNE_LEADER))
    line = made.lines.get()
    approve(made.pk, [line.pk], by=reviewer)
    device = make_device()
    hand_over_many([Delivery(line.pk, device.imei, "Lò Văn Nhận", "Con")], handed_on=day, by=official)
    text = show(browser, official, household)
    for words in ("Handed over", "Phạm Văn Ân", device.imei, "Lò Văn Nhận", "10/06/2024", "Điện thoại mẫu A"):
        assert words in text


def test_a_returned_household_reads_the_reason_and_what_is_missing(browser, official):
    leader = make_officer(Role.COMMUNE_LEADER)
    signed = {"state": "submitted", "signed_by": leader, "submitted_at": timezone.now()}
    line = make_allocation(make_list(make_round(), **signed), status="submitted")
    reviewer = make_officer(Role.REVIEWER)
    send_back(line.commune_list_id, [line.pk], reason=Reason.MISSING_EVIDENCE, note="Thiếu giấy", by=reviewer)
    assert "Evidence missing: Thiếu giấy" in show(browser, official, line.household)


def test_a_household_that_does_not_qualify_reads_every_reason_for_every_open_round(browser, official):
    make_round(name="Đợt 1")
    make_rules(make_round(name="Đợt 2"), ORDER, conditions=[("phone", ["unknown", "none", "basic"])])
    make_round(name="Đợt đã đóng", state=Round.State.CLOSED)
    household = make_household(prior_device="Máy tính bảng", phone_kind="smart")
    text = show(browser, official, household)
    assert text.count("already received a device: Máy tính bảng") == 2
    assert text.count("already has a smartphone") == 1
    assert "Đợt đã đóng" not in text


def test_a_household_that_qualifies_and_is_not_listed_reads_its_group(browser, official):
    make_round(name="Đợt 2")
    text = show(browser, official, make_household(category="HCN"))
    assert "qualifies, not listed yet" in text
    assert "Hộ cận nghèo" in text


def test_a_household_taken_off_a_list_reads_that_it_could_be_listed_again(browser, official):
    line = make_allocation(make_list(make_round(name="Đợt 2")), status="withdrawn", reason_note="Nhầm hộ")
    text = show(browser, official, line.household)
    assert "Nhầm hộ" in text
    assert "qualifies, not listed yet" in text


def test_with_htmx_only_the_fragment_comes(browser, official):
    household = make_household()
    text = show(browser, official, household, headers={"HX-Request": "true"})
    assert text.lstrip().startswith('<div id="support">')
    assert "<html" in show(browser, official, household)


def test_a_household_elsewhere_is_not_found_and_the_administrator_has_no_page(browser, official):
    show(browser, official, make_household(commune(LIEN_HUONG)), status=404)
    show(browser, make_officer(Role.ADMINISTRATOR), make_household(), status=403)


def test_the_page_takes_as_many_queries_for_many_rounds_as_for_few(
    browser, official, django_assert_max_num_queries
):  # fmt: skip
    household = make_household()
    make_allocation(make_list(make_round()), household, "rejected")
    make_round()
    browser.force_login(official)
    with django_assert_max_num_queries(35) as few:
        browser.get(f"/ho/{household.code}/ho-tro/")
    for _ in range(4):
        make_allocation(make_list(make_round()), household, "rejected")
        make_round()
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(f"/ho/{household.code}/ho-tro/")
