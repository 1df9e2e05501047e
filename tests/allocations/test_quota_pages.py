"""The quota of a round on its page: seen by all, changed by the province, proposed but saved by a person."""

from __future__ import annotations

import datetime
from functools import partial

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from administration.models import Area, AuditEvent, Role
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.actions import set_quota
from allocations.models import CommuneList, Quota, QuotaChange, Round, RoundSupport
from allocations.quota_history import A_PAGE
from allocations.quota_paste import read_pasted
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
    make_support,
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
    data |= {c.box.html_name: c.box.value() for _row, cells in form.lines() for c in cells if c.box.value() is not None}
    browser.force_login(officer)
    response = browser.post("/chi-tieu/dot-2/", {**data, **changes})
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def key(area, number: int = 1) -> str:
    """The box of a unit for the first, second ... support of the round."""
    return f"u{area.number}-{RoundSupport.objects.order_by('position')[number - 1].pk}"


def quotas(round):
    return dict(Quota.objects.filter(round=round).values_list("area_id", "allowed"))


def boxes(form) -> dict:
    """What stands in the boxes: (unit, source, form) → number."""
    return {
        (row.area.number, c.support.source.code, c.support.form): c.box.value()
        for row, cells in form.lines()
        for c in cells
    }


def test_the_table_counts_lines_upwards_through_the_tree(busy, staff):
    rows = {row.area.number: row for row in read_table(staff, busy).rows}
    for area in (commune(), district(), province()):
        row = rows[area.number].whole
        assert (row.covered, row.listed, row.proposed, row.approved) == (7, 5, 4, 2)
        assert (row.waiting, row.waiting_first) == (1, 1)
    assert (rows[commune().number].whole.left, rows[district().number].unshared) == (2, 6)
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
    assert 'inputmode="numeric"' not in text
    assert "Save the quota" not in text


def test_the_province_changes_quotas_with_a_reason_as_one_event(browser, busy, staff):
    form = page(browser, staff).context["form"]
    save(browser, staff, form, **{key(commune()): "6", key(commune(PHU_HAI)): "3"})
    assert quotas(busy)[commune().pk] == 6
    assert quotas(busy)[commune(PHU_HAI).pk] == 3
    (event,) = AuditEvent.objects.filter(verb=Verb.QUOTA_SET)
    assert event.details["reason"] == "QĐ 15/QĐ-UBND"
    assert "2 numbers of the quota were changed" in page(browser, staff).content.decode()


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
    proposed = {unit: n for (unit, _source, _form), n in boxes(form).items()}
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


# --- Several forms of support -----------------------------------------------------------------------------------------
@pytest.fixture
def mixed(busy):
    """The fund gives devices; the province gives cash to everybody and tablets to pupils."""
    make_support(busy, "NST", "TIEN")
    make_support(busy, "NST", "MTB")
    return busy


def source(round, code):
    return round.supports.filter(source__code=code)[0].source_id


def by_support(area):
    found = (
        Quota.objects.filter(area=area).order_by("source__code", "form").values_list("source__code", "form", "allowed")
    )
    return {(code, form): n for code, form, n in found}


def test_the_grid_has_a_box_for_every_unit_source_and_form(browser, mixed, staff):
    response = page(browser, staff)
    assert set(boxes(response.context["form"])) == {
        (row.area.number, code, form)
        for row in read_table(staff, mixed).rows
        for code, form in (("QUY", "MAY"), ("NST", "TIEN"), ("NST", "MTB"))
    }
    text = response.content.decode()
    for words in ("Cash for a smartphone", "500.000 đồng", "Tablet for pupils", "Device in kind"):
        assert words in text


def test_quotas_of_several_supports_are_saved_as_one_change(browser, mixed, staff):
    form = page(browser, staff).context["form"]
    save(browser, staff, form, **{key(commune(), 2): "3", key(commune(), 3): "1.000", key(commune(), 1): "5"})
    assert by_support(commune()) == {("QUY", "MAY"): 5, ("NST", "TIEN"): 3, ("NST", "MTB"): 1000}
    (event,) = AuditEvent.objects.filter(verb=Verb.QUOTA_SET)
    told = QuotaChange.objects.filter(event=event.pk).values_list("form", "before", "after")
    assert set(told) == {("MAY", 4, 5), ("TIEN", None, 3), ("MTB", None, 1000)}


def test_the_ceiling_of_one_support_says_nothing_about_another(browser, mixed, staff):
    make_quota(mixed, province(), 5, source_id=source(mixed, "NST"), form="TIEN")
    form = page(browser, staff).context["form"]
    make = {key(district(), 2): "5"}
    save(browser, staff, form, **make)
    form = page(browser, staff).context["form"]
    text = save(browser, staff, form, status=422, **{key(commune(), 2): "6"}).content.decode()
    assert "more than their superior unit has" in text
    save(browser, staff, form, **{key(commune(), 1): "10"})


def test_a_proposal_for_one_support_leaves_the_boxes_of_the_others(browser, mixed, staff):
    support = mixed.supports.get(form="TIEN")
    form = page(browser, staff, f"{PAGE}&ho_tro={support.pk}&tong=3").context["form"]
    found = boxes(form)
    assert found[commune().number, "NST", "TIEN"] == 3
    assert found[commune().number, "QUY", "MAY"] == 4
    assert found[commune().number, "NST", "MTB"] is None


def test_the_sums_are_said_for_each_support(browser, mixed, staff):
    browser.force_login(staff)
    data = {key(province(), 1): "20", key(commune(), 1): "23", key(commune(), 2): "8"}
    text = browser.post("/chi-tieu/dot-2/tong/", data).content.decode()
    assert "3 too many" in text
    assert "Shared out among communes: 8" in text


# --- Pasted rows ------------------------------------------------------------------------------------------------------
def pasted(browser, staff, text, **more):
    browser.force_login(staff)
    form = page(browser, staff).context["form"]
    data = {"bang": text, "seen": form["seen"].value(), **more}
    response = browser.post("/chi-tieu/dot-2/dan/", data)
    assert response.status_code == 200
    return response


def test_pasted_rows_fill_the_boxes_by_name_or_code_and_save_nothing(browser, mixed, staff):
    before = quotas(mixed)
    rows = f"Đơn vị\tMáy\n1\tphuong mui ne\t7\t2\n{commune(PHU_HAI).code}\t1.200\n"
    response = pasted(browser, staff, rows, **{key(commune(LIEN_HUONG), 1): "9"}, reason="QĐ 20")
    form = response.context["form"]
    found = boxes(form)
    assert found[commune().number, "QUY", "MAY"] == 7
    assert found[commune().number, "NST", "TIEN"] == 2
    assert found[commune(PHU_HAI).number, "QUY", "MAY"] == 1200
    assert found[commune(LIEN_HUONG).number, "QUY", "MAY"] == 9
    assert form["reason"].value() == "QĐ 20"
    text = response.content.decode()
    assert "2 rows were filled in" in text
    assert "there is no unit “Đơn vị”" in text
    assert quotas(mixed) == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Phường Mũi Né\tvier", "“vier” is not a whole number"),
        ("Phường Mũi Né\t-1", "“-1” is not a whole number"),
        ("Xã Không Có\t3", "there is no unit “Xã Không Có”"),
        ("99999\t3", "there is no unit “99999”"),
    ],
)
def test_a_pasted_row_that_cannot_be_read_says_why_and_changes_no_box(browser, round, staff, line, words):
    response = pasted(browser, staff, line)
    assert words in response.content.decode()
    assert boxes(response.context["form"]) == boxes(page(browser, staff).context["form"])


def test_of_namesakes_the_one_in_the_district_named_before_it_is_meant(staff, round):
    table = read_table(staff, round)
    names = [row.area.name for row in table.rows if row.area.is_commune]
    double = next(name for name in names if names.count(name) > 1)
    rows = [row for row in table.rows if row.area.name == double]
    parent = next(row.area for row in table.rows if row.area.number == rows[1].area.parent_id)
    pk = table.supports[0].pk
    found = read_pasted(f"{parent.name}\t\n{double}\t5", table.rows, [pk])
    assert found.amounts[pk] == {rows[1].area.number: 5}
    assert "several units are called" in read_pasted(f"{double}\t5", table.rows, [pk]).unread[0]


# --- History, undo, notices -------------------------------------------------------------------------------------------
def undo(browser, staff, event):
    browser.force_login(staff)
    return browser.post(f"/chi-tieu/dot-2/hoan-tac/{event}/", follow=True).content.decode()


def last_event():
    return QuotaChange.objects.newest_first().first().event


def test_a_change_is_shown_with_who_why_and_both_numbers_and_can_be_taken_back(browser, busy, staff):
    form = page(browser, staff).context["form"]
    save(browser, staff, form, **{key(commune()): "6", key(commune(PHU_HAI)): "3"})
    text = page(browser, staff).content.decode()
    for words in ("QĐ 15/QĐ-UBND", str(staff), '<del class="old">4</del>', '<ins class="new">6</ins>', "no quota"):
        assert words in text
    event = last_event()
    assert "2 numbers of the quota were changed" in undo(browser, staff, event)
    assert quotas(busy) == {province().pk: 20, district().pk: 10, commune().pk: 4}
    assert "Undone: QĐ 15/QĐ-UBND" in page(browser, staff).content.decode()
    assert "changed again since then" in undo(browser, staff, event)
    assert quotas(busy)[commune().pk] == 4


def test_what_was_changed_again_since_is_not_taken_back(browser, busy, staff):
    form = page(browser, staff).context["form"]
    save(browser, staff, form, **{key(commune()): "6"})
    event = last_event()
    Quota.objects.filter(area=commune()).update(allowed=7)
    assert "changed again since then" in undo(browser, staff, event)
    assert quotas(busy)[commune().pk] == 7


def test_taking_back_never_goes_below_what_is_approved(browser, busy, staff):
    form = page(browser, staff).context["form"]
    save(browser, staff, form, **{key(commune()): "6"})
    commune_list = CommuneList.objects.get()
    for _ in range(3):
        make_allocation(commune_list, status="approved")
    assert "5 are already approved" in undo(browser, staff, last_event())
    assert quotas(busy)[commune().pk] == 6


def test_a_unit_sees_its_own_changes_and_may_not_take_them_back(browser, busy, staff):
    form = page(browser, staff).context["form"]
    save(browser, staff, form, **{key(commune()): "6", key(commune(LIEN_HUONG)): "31"})
    official = make_officer()
    for url in (PAGE, "/chi-tieu/dot-2/lich-su/"):
        text = page(browser, official, url).content.decode()
        assert '<ins class="new">6</ins>' in text
        assert '<ins class="new">31</ins>' not in text
        assert "Take this change back" not in text
    assert browser.post(f"/chi-tieu/dot-2/hoan-tac/{last_event()}/").status_code == 403
    assert quotas(busy)[commune().pk] == 6


def test_the_whole_history_goes_on_page_by_page(browser, busy, staff):
    for n in range(A_PAGE + 2):
        set_quota(busy.pk, {commune().pk: 5 + n % 2}, reason=f"QĐ số {n}", by=staff)
    text = page(browser, staff, "/chi-tieu/dot-2/lich-su/").content.decode()
    assert f"QĐ số {A_PAGE + 1}" in text
    assert "QĐ số 1<" not in text
    rest = text.split("?truoc=")[1].split('"')[0]
    text = page(browser, staff, f"/chi-tieu/dot-2/lich-su/?truoc={rest}").content.decode()
    assert "QĐ số 1<" in text
    assert "Earlier changes" not in text


@pytest.mark.parametrize(("role", "area"), [(Role.COMMUNE_OFFICIAL, commune), (Role.REVIEWER, district)])
def test_the_units_concerned_are_told_on_their_to_do_page_and_nobody_else(browser, busy, staff, role, area):
    set_quota(busy.pk, {area().pk: 9 if area is commune else 12}, reason="QĐ 15/QĐ-UBND", by=staff)
    text = page(browser, make_officer(role, area()), "/viec/").content.decode()
    assert "The quota of your unit has changed" in text
    assert "QĐ 15/QĐ-UBND" in text
    assert ("4 → 9" if area is commune else "10 → 12") in text
    elsewhere = commune(LIEN_HUONG) if area is commune else commune(LIEN_HUONG).parent
    assert "has changed" not in page(browser, make_officer(role, elsewhere), "/viec/").content.decode()


def test_a_change_is_told_for_seven_days(browser, busy, staff):
    long_ago = timezone.now() - datetime.timedelta(8)
    set_quota(busy.pk, {commune().pk: 9}, reason="QĐ 15/QĐ-UBND", by=staff, at=long_ago)
    assert "has changed" not in page(browser, make_officer(), "/viec/").content.decode()


def test_where_the_first_group_waits_while_later_groups_are_served_elsewhere_is_said(browser, busy, staff):
    words = "Group 1 waits here while later groups are approved elsewhere"
    assert words not in page(browser, staff).content.decode()
    make_quota(busy, commune(PHU_HAI), 3)
    make_allocation(make_list(busy, commune(PHU_HAI)), status="approved", priority_group=3)
    assert page(browser, staff).content.decode().count(words) == 1


# --- The database -----------------------------------------------------------------------------------------------------
def test_a_change_without_a_reason_is_refused_by_the_database(busy, staff):
    support = busy.supports.get()
    with pytest.raises(NotPossible, match="reason"), refusals_as_sentences():
        QuotaChange.objects.create(
            event=1, round=busy, area=commune(), source=support.source, form=support.form, before=1, after=2,
            reason="  ", by=staff,
        )  # fmt: skip


def test_the_history_of_the_quota_cannot_be_rewritten(busy, staff):
    set_quota(busy.pk, {commune().pk: 9}, reason="QĐ 15/QĐ-UBND", by=staff)
    for change in (QuotaChange.objects.all().delete, partial(QuotaChange.objects.update, reason="x")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()
