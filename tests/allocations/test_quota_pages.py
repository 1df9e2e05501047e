"""The quota of a round on its page: seen by all, changed by the province, proposed but saved by a person."""

from __future__ import annotations

import pytest

from administration.models import Area, AuditEvent, Role
from administration.verbs import Verb
from allocations.models import Quota, Round
from allocations.quota_table import read_table
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    commune,
    district,
    make_allocation,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
    province,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
PAGE = "/chi-tieu/?dot=dot-2"


@pytest.fixture
def staff(everywhere):
    return make_officer(Role.PROVINCE_STAFF)


@pytest.fixture
def round(everywhere):
    made = make_round(code="dot-2", name="Đợt 2")
    make_quota(made, province(), 20)
    make_quota(made, district(), 10)
    make_quota(made, commune(), 4)
    return made


@pytest.fixture
def busy(round):
    """Mũi Né: five on the list, four of them proposed, two approved, one of group 1 waiting."""
    commune_list = make_list(round)
    for status in ("draft", "submitted", "approved", "approved", "rejected", "withdrawn"):
        make_allocation(commune_list, status=status)
    make_allocation(commune_list, status="waiting", priority_group=1)
    make_household(category="KTD")
    return round


def page(browser, officer, url=PAGE, *, status=200):
    browser.force_login(officer)
    response = browser.get(url)
    assert response.status_code == status
    return response


def save(browser, officer, form, *, status=302, **changes):
    data = {"reason": "QĐ 15/QĐ-UBND", "seen": form["seen"].value()}
    data |= {box.html_name: box.value() for _row, box in form.cells() if box.value() is not None}
    browser.force_login(officer)
    response = browser.post("/chi-tieu/dot-2/", {**data, **changes})
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def key(area) -> str:
    return f"u{area.number}"


def quotas(round):
    return dict(Quota.objects.filter(round=round).values_list("area_id", "allowed"))


def test_the_table_counts_lines_upwards_through_the_tree(busy, staff):
    rows = {row.area.number: row for row in read_table(staff, busy).rows}
    for area in (commune(), district(), province()):
        row = rows[area.number]
        assert (row.covered, row.listed, row.proposed, row.approved) == (7, 5, 4, 2)
        assert (row.waiting, row.waiting_first) == (1, 1)
    assert (rows[commune().number].left, rows[district().number].unshared) == (2, 6)
    assert rows[province().number].unshared == 10
    assert [rows[a.number].depth for a in (province(), district(), commune())] == [0, 1, 2]
    assert len(rows) == 1 + 10 + 121


@pytest.mark.parametrize(("role", "units"), [(Role.REVIEWER, 16), (Role.COMMUNE_OFFICIAL, 1), (Role.COMMUNE_LEADER, 1)])
def test_an_officer_sees_their_own_part_of_the_tree(round, role, units):
    assert len(read_table(make_officer(role), round).rows) == units


def test_a_commune_reads_its_quota_without_boxes(browser, busy):
    text = page(browser, make_officer()).content.decode()
    assert "Phường Mũi Né" in text
    assert "Phú Hài" not in text
    assert '<input type="number"' not in text
    assert "Save the quota" not in text


def test_the_province_changes_quotas_with_a_reason_as_one_event(browser, busy, staff):
    form = page(browser, staff).context["form"]
    save(browser, staff, form, **{key(commune()): "6", key(commune(PHU_HAI)): "3"})
    assert quotas(busy)[commune().pk] == 6
    assert quotas(busy)[commune(PHU_HAI).pk] == 3
    (event,) = AuditEvent.objects.filter(verb=Verb.QUOTA_SET)
    assert event.details["reason"] == "QĐ 15/QĐ-UBND"
    assert "The quotas of 2 units were changed" in page(browser, staff).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"commune": "1"}, "Phường Mũi Né: 2 are already approved"),
        ({"commune": "11"}, "more than their superior unit has"),
        ({"district": "3"}, "already been given more"),
        ({"commune": ""}, "0 takes the quota away"),
        ({"commune": "-1"}, "greater than or equal to 0"),
        ({"commune": "vier"}, "whole number"),
        ({"reason": " "}, "required"),
    ],
)
def test_a_change_the_database_or_the_form_refuses_is_said_in_words(browser, busy, staff, changes, words):
    form = page(browser, staff).context["form"]
    areas = {"commune": commune(), "district": district()}
    before = quotas(busy)
    named = {key(areas[name]) if name in areas else name: value for name, value in changes.items()}
    assert words in save(browser, staff, form, status=422, **named).content.decode()
    assert quotas(busy) == before
    assert not AuditEvent.objects.exists()


def test_a_page_that_was_overtaken_saves_nothing(browser, busy, staff):
    form = page(browser, staff).context["form"]
    Quota.objects.filter(round=busy, area=commune()).update(allowed=5)
    response = save(browser, staff, form, status=409, **{key(commune()): "3"})
    assert "Somebody else has changed the quota" in response.content.decode()
    assert quotas(busy)[commune().pk] == 5


def test_a_proposal_fills_the_boxes_and_saves_nothing(browser, busy, staff):
    before = quotas(busy)
    response = page(browser, staff, f"{PAGE}&tong=5")
    text = response.content.decode()
    assert "nothing has been saved yet" in text
    assert f'name="{key(commune())}" value="5"' in text
    assert f'name="{key(district())}" value="5"' in text
    assert f'name="{key(province())}" value="5"' in text
    assert quotas(busy) == before
    save(browser, staff, response.context["form"])
    assert quotas(busy)[district().pk] == 5


def test_devices_are_shared_in_proportion_to_the_lists_or_to_the_households_covered(browser, busy, staff):
    for _ in range(15):
        make_household(commune(LIEN_HUONG))  # no list there yet
    form = page(browser, staff, f"{PAGE}&tong=16").context["form"]
    proposed = {row.area.number: box.value() for row, box in form.cells()}
    assert proposed[commune().number] == 4
    assert proposed[commune(LIEN_HUONG).number] == 12
    assert proposed[commune(PHU_HAI).number] == 0


@pytest.mark.parametrize(("total", "words"), [("1", "2 are already approved"), ("x", "Enter a whole number")])
def test_a_proposal_that_cannot_be_made_says_why(browser, busy, staff, total, words):
    text = page(browser, staff, f"{PAGE}&tong={total}").content.decode()
    assert words in text
    assert "nothing has been saved yet" not in text


def test_only_the_province_is_offered_a_proposal(browser, busy):
    text = page(browser, make_officer(Role.REVIEWER), f"{PAGE}&tong=5").content.decode()
    assert "nothing has been saved" not in text


def test_the_sums_follow_what_is_typed(browser, busy, staff):
    browser.force_login(staff)
    data = {key(province()): "20", key(commune()): "7", key(commune(PHU_HAI)): "8"}
    text = browser.post("/chi-tieu/dot-2/tong/", data, headers={"HX-Request": "true"}).content.decode()
    assert "Total 20 · shared out among communes 15" in text
    assert "left 5" in text
    assert quotas(busy)[commune().pk] == 4


def test_a_province_without_districts_shares_out_directly(browser, busy, staff):
    Area.objects.filter(level="commune", parent=district()).update(parent=province())
    Quota.objects.filter(area=district()).delete()
    table = read_table(staff, busy)
    assert [row.depth for row in table.rows if row.area.pk in (province().pk, commune().pk)] == [0, 1]
    form = page(browser, staff, f"{PAGE}&tong=5").context["form"]
    save(browser, staff, form)
    assert quotas(busy) == {**quotas(busy), province().pk: 5, commune().pk: 5}
    form = page(browser, staff).context["form"]
    text = save(browser, staff, form, status=422, **{key(commune()): "6"}).content.decode()
    assert "more than their superior unit has" in text


def test_a_closed_round_shows_its_quota_and_no_boxes(browser, busy, staff):
    Round.objects.update(state="closed")
    text = page(browser, staff).content.decode()
    assert "Phường Mũi Né" in text
    assert "Save the quota" not in text


def test_without_any_round_the_page_says_so(browser, staff):
    assert "There is no round yet" in page(browser, staff, "/chi-tieu/").content.decode()
