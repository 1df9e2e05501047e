"""Why a household stands where it stands, in words, on every page that shows it: what holds, what fails, what helps."""

from __future__ import annotations

import pytest

from administration.models import Role
from allocations.actions import approve, build_list, submit_list
from allocations.explained import explain_lines
from allocations.models import Allocation
from beneficiaries.models import Household
from tests.factories import ORDER, commune, make_household, make_officer, make_quota, make_round, make_rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
PHONES = ["unknown", "none", "basic"]


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def line(official) -> Allocation:
    """A near-poor household of four, listed under the second version of the rules."""
    made = make_round(code="dot-2", name="Đợt 2")
    make_quota(made)
    make_rules(made, ORDER, legal_basis="Điều 17", conditions=[("phone", PHONES)])
    make_household(members=4, category="HCN", phone_kind="basic")
    return build_list(made.pk, commune().pk, by=official).lines.get()


def text_of(browser, officer, url) -> str:
    browser.force_login(officer)
    response = browser.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def decide(line: Allocation) -> None:
    submit_list(
        line.commune_list_id, document_no="1", document_date=line.round.opens_on, by=make_officer(Role.COMMUNE_LEADER)
    )
    approve(line.commune_list_id, [line.pk], by=make_officer(Role.REVIEWER))


@pytest.mark.parametrize("url", ["/ho/{}/ho-tro/", "/phan-bo/{}/"])
def test_the_household_reads_every_condition_with_its_article_its_group_and_its_rank(browser, official, line, url):
    text = text_of(browser, official, url.format(line.household.code))
    for words in (
        "Placed under version 2 of the rules of Đợt 2.",
        "Has not received a device from another programme – <b>nothing",
        "(TT 14/2022/TT-BTTTT, Điều 15)", "The phone in use is one of", "Group 4: Hộ cận nghèo",
        "would need: category Poor household", "more members: <b>4</b>",
        "So the household stands at rank 1 of the commune",
    ):  # fmt: skip
        assert words in text
    assert "What would change it" not in text
    assert text.count('<li class="fails"') == 3  # the three groups before its own


def test_what_fails_since_is_told_with_what_would_change_it(browser, official, line):
    Household.objects.filter(pk=line.household_id).update(phone_kind="smart", prior_device="Máy tính bảng")
    text = text_of(browser, official, f"/phan-bo/{line.household.code}/")
    assert "Does not hold:" in text
    assert "Has not received a device from another programme – <b>Máy tính bảng</b>" in text
    assert "What would change it: Mend the record, if the phone in use is another one." in text
    assert "What would change it: Nothing, unless the record of the earlier device is wrong." in text


def test_a_decision_is_explained_by_the_version_under_which_it_was_made(browser, official, line):
    decide(line)
    make_rules(line.round, [("Mọi hộ", ["HN", "HCN"], [])], conditions=[("members", ["9"])])
    text = text_of(browser, official, f"/phan-bo/{line.household.code}/")
    assert "Decided under version 2 of the rules of Đợt 2." in text
    assert "Hộ cận nghèo" in text
    assert "Mọi hộ" not in text
    assert "Has at least this many members" not in text


def test_its_own_line_does_not_stand_in_its_own_way_and_another_helped_member_does(line):
    explained = explain_lines([line], line.area_id)[line.pk]
    assert explained.explanation.is_eligible
    assert all(finding.holds for finding in explained.explanation.findings)


def test_every_line_of_the_list_says_why_in_short_and_leads_to_the_whole(browser, official, line):
    text = text_of(browser, official, "/dot/dot-2/")
    assert 'Group 4 · Hộ cận nghèo <span class="secondary">(Điều 17)</span>' in text
    assert f'href="/phan-bo/{line.household.code}/">All 5 conditions hold · 4 members · head born in 1970</a>' in text
    Household.objects.filter(pk=line.household_id).update(phone_kind="smart")
    assert "Does not hold: The phone in use is one of" in text_of(browser, official, "/dot/dot-2/")


def test_the_reviewer_reads_it_beside_the_household(browser, line):
    submit_list(
        line.commune_list_id, document_no="1", document_date=line.round.opens_on, by=make_officer(Role.COMMUNE_LEADER)
    )
    page = text_of(browser, make_officer(Role.REVIEWER), f"/duyet/dot-2/{commune().code}/?che-do=tung-ho")
    assert "Why rank 1" in page
    assert "All 5 conditions hold" in page
    assert "Group 4: Hộ cận nghèo" in page


def test_a_household_outside_the_list_reads_what_it_would_need(browser, official, line):
    other = make_household(phone_kind="smart")
    text = text_of(browser, official, f"/phan-bo/{other.code}/")
    assert "Đợt 2: not on the list" in text
    assert "What would change it: Mend the record, if the phone in use is another one." in text


def test_in_vietnamese_it_reads_without_a_word_of_english(client, official, line):
    client.force_login(official)
    text = client.get(f"/phan-bo/{line.household.code}/").content.decode()
    assert "Được xếp theo bản quy định 2 của Đợt 2." in text
    assert "Vì vậy hộ đứng thứ 1 trong danh sách của xã." in text
    assert "Giữa các hộ cùng nhóm, xét lần lượt:" in text


def test_as_many_queries_for_fifty_lines_as_for_two(official, line, django_assert_num_queries):
    make_household()
    build_list(line.round_id, commune().pk, by=official)
    with django_assert_num_queries(11):
        explain_lines(line.commune_list.lines.all(), line.area_id)
    for _ in range(8):
        make_household()
    build_list(line.round_id, commune().pk, by=official)
    with django_assert_num_queries(11):
        assert len(explain_lines(line.commune_list.lines.all(), line.area_id)) == 10
