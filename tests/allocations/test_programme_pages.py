"""The settings pages S17: who sees and changes what, every change with its reason and its event."""

import datetime

import pytest
from django.urls import reverse

from administration.models import AreaClass, AuditEvent, Role
from allocations.models import CalendarDay, Demand, FundingSource, Programme, Round, SupportForm
from tests.factories import (
    LIEN_HUONG,
    commune,
    make_allocation,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
    province,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]


@pytest.fixture
def staff():
    return make_officer(Role.PROVINCE_STAFF)


@pytest.fixture
def round():
    made = make_round(code="dot-2", name="Đợt 2")
    Programme.objects.filter(pk=made.programme_id).update(code="ct")
    made.programme.refresh_from_db()
    return made


def url(name, *more):
    return reverse(f"programme:{name}", args=["ct", *more])


def show(browser, officer, address, status=200):
    browser.force_login(officer)
    response = browser.get(address)
    assert response.status_code == status
    return response.content.decode()


def post(browser, officer, address, data, status=302):
    browser.force_login(officer)
    response = browser.post(address, data)
    assert response.status_code == status, response.content.decode()[:3000]
    return response


PAGES = ["general", "sources", "rounds", "calendar", "area_classes", "history"]
EDITORS = ["add_source", "add_round"]
OF_ROUND = ["round", "supports", "rules"]


@pytest.mark.parametrize("role", [Role.PROVINCE_STAFF, Role.ADMINISTRATOR])
def test_province_and_administrator_reach_every_page(browser, round, role):
    officer = make_officer(role)
    for name in [*PAGES, *EDITORS]:
        show(browser, officer, url(name))
    for name in OF_ROUND:
        show(browser, officer, url(name, "dot-2"))
    assert "Funding sources" in show(browser, officer, url("general"))


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICIAL, Role.COMMUNE_LEADER, Role.REVIEWER])
def test_the_others_read_but_do_not_change(browser, round, role):
    officer = make_officer(role)
    for name in PAGES:
        assert "btn-primary" not in show(browser, officer, url(name)).split("<main")[1].split("</main")[0]
    show(browser, officer, url("rules", "dot-2"))
    for name in EDITORS:
        show(browser, officer, url(name), 403)
    post(browser, officer, url("draft", "dot-2"), {}, 403)
    post(browser, officer, url("publish", "dot-2"), {}, 403)
    data = {"name": "X", "profile": "HAI_CAP", "reviewer_label": "Sở", "reason": "x"}
    post(browser, officer, url("general"), data, 200)
    assert Programme.objects.get().profile == "BA_CAP"


def test_somebody_of_another_province_finds_nothing(browser, round, settings):
    from administration.models import Area, Level

    other = Area.objects.create(
        number=9_000_000, last=9_000_100, code="99", name="Tỉnh Khác", short_name="Khác", kind="province",
        level=Level.PROVINCE, valid_from=datetime.date(2000, 1, 1),
    )  # fmt: skip
    show(browser, make_officer(Role.PROVINCE_STAFF, other), url("general"), 404)


def test_a_change_is_kept_with_its_reason_and_told_in_the_history(browser, round, staff):
    data = {"name": "Chương trình", "legal_basis": "KH 1", "profile": "HAI_CAP",
            "reviewer_label": "Sở Khoa học và Công nghệ", "reason": "Bỏ cấp huyện từ 01/7/2025"}  # fmt: skip
    post(browser, staff, url("general"), {**data, "reason": ""}, 422)
    post(browser, staff, url("general"), data)
    programme = Programme.objects.get()
    assert (programme.profile, programme.reviewer_label) == ("HAI_CAP", "Sở Khoa học và Công nghệ")
    event = AuditEvent.objects.get(verb="programme.changed")
    assert {"field": "profile", "old": "BA_CAP", "new": "HAI_CAP"} in event.details["changes"]
    text = show(browser, staff, url("history"))
    assert "Bỏ cấp huyện từ 01/7/2025" in text
    assert str(staff) in text
    assert "Two tiers" in text


def test_an_administrator_changes_settings_in_the_province_of_the_programme(browser, round):
    admin = make_officer(Role.ADMINISTRATOR)
    data = {"name": "Tên mới", "profile": "BA_CAP", "reviewer_label": "Huyện", "reason": "Sửa tên"}
    post(browser, admin, url("general"), data)
    assert AuditEvent.objects.get(verb="programme.changed").area_no == province().number
    assert "Sửa tên" in show(browser, admin, url("history"))


def test_a_source_is_added_and_keeps_what_an_open_round_rests_on(browser, round, staff):
    data = {"code": "NST", "name": "Ngân sách tỉnh", "categories": ["HN", "CSXH"], "reason": "Nghị quyết"}
    post(browser, staff, url("add_source"), data)
    assert FundingSource.objects.get(code="NST").categories == ["HN", "CSXH"]
    fund = FundingSource.objects.get(code="QUY")
    text = post(
        browser, staff, url("source", fund.pk),
        {"code": "QUY", "name": fund.name, "categories": ["HN"], "reason": "Thu hẹp"}, 422,
    ).content.decode()  # fmt: skip
    assert "A round that is open rests on" in text
    assert FundingSource.objects.get(code="QUY").categories == ["HN", "HCN"]


def round_data(**more):
    return {"name": "Đợt mới", "device_kind": "phone", "categories": ["HN"], "opens_on": "2024-04-26",
            "submit_days": 5, "review_days": 1, "hand_over_days": 30, "posting_days": 5, "complaint_days": 3,
            "reason": "Kế hoạch", **more}  # fmt: skip


def test_deadlines_are_counted_in_working_days_with_the_holidays(browser, round, staff):
    post(browser, staff, url("add_round"), round_data(code="dot-3"))
    made = Round.objects.get(code="dot-3")
    assert made.submit_by == datetime.date(2024, 5, 7)  # 29/4 to 1/5 are off, Saturday 4/5 is worked in exchange
    assert made.review_by == datetime.date(2024, 5, 8)
    assert made.state == "planned"
    assert AuditEvent.objects.get(verb="round.added")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "dot-2"}, "already has this code"),
        ({"submit_days": ""}, "a date or a number of working days"),
        ({"posting_days": 2}, "3 to 7 working days"),
        ({"hand_over_days": "", "hand_over_by": "2024-05-01"}, "must follow the one before it"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_a_round_that_cannot_be_is_refused_in_words(browser, round, staff, wrong, words):
    text = post(browser, staff, url("add_round"), round_data(**{"code": "dot-9", **wrong}), 422).content.decode()
    assert words in text
    assert not Round.objects.filter(code="dot-9").exists()


def test_an_open_round_keeps_whom_it_covers_but_its_days_may_move(browser, round, staff):
    data = round_data(categories=["CSXH"], posting_days=7, ram_gb=3, volte="on", screen_inches="6.1")
    post(browser, staff, url("round", "dot-2"), data)
    round.refresh_from_db()
    assert (round.categories, round.posting_days, round.submit_by) == (["HN", "HCN"], 7, datetime.date(2024, 5, 7))
    assert Demand.objects.get(round=round).ram_gb == 3
    changes = {change["field"] for change in AuditEvent.objects.get(verb="round.changed").details["changes"]}
    assert {"posting_days", "submit_by", "ram_gb"} <= changes


def rows(*supports):
    data = {"s-TOTAL_FORMS": len(supports), "s-INITIAL_FORMS": 0, "reason": "Quyết định"}
    for n, support in enumerate(supports):
        data |= {f"s-{n}-{name}": value for name, value in support.items()}
    return data


def test_a_round_gives_devices_and_cash_in_the_order_of_the_numbers(browser, round, staff):
    source = FundingSource.objects.get().pk
    data = rows(
        {"source": source, "form": "TIEN", "ORDER": 2},
        {"source": source, "form": "MAY", "ORDER": 1},
    )  # fmt: skip
    post(browser, staff, url("supports", "dot-2"), data)
    supports = list(round.supports.all())
    assert [s.form for s in supports] == [SupportForm.DEVICE, SupportForm.CASH]
    assert (supports[1].amount, supports[1].bought_since) == (500_000, datetime.date(2022, 12, 12))


def test_a_support_with_a_quota_stays(browser, round, staff):
    make_quota(round)
    source = FundingSource.objects.get().pk
    text = post(browser, staff, url("supports", "dot-2"), rows({"source": source, "form": "GOI", "ORDER": 1}), 422)
    assert "it stays" in text.content.decode()
    assert [s.form for s in round.supports.all()] == [SupportForm.DEVICE]


def test_the_provinces_own_day_goes_before_the_countrys_and_can_be_taken_back(browser, round, staff):
    data = {"day": "2026-11-24", "kind": "worked", "name": "Làm việc", "reason": "Chưa có luật"}
    post(browser, staff, url("calendar"), data)
    assert CalendarDay.objects.filter(province=province()).get().kind == "worked"
    assert "the province's own" in show(browser, staff, url("calendar") + "?nam=2026")
    post(browser, staff, url("calendar"), {**data, "rut": 1})
    assert not CalendarDay.objects.filter(province=province()).exists()
    text = post(browser, staff, url("calendar"), {**data, "rut": 1}, 422).content.decode()
    assert "nothing of its own" in text
    assert AuditEvent.objects.filter(verb="calendar.changed").count() == 2


def test_an_area_class_has_its_decision_and_ends_the_one_before(browser, round, staff):
    address = url("area_class", LIEN_HUONG)
    post(browser, staff, address, {"kind": "KV3", "valid_from": "2021-06-04", "decision_no": "861/QĐ-TTg",
                                   "reason": "QĐ 861"})  # fmt: skip
    post(browser, staff, address, {"kind": "KHAC", "valid_from": "2025-01-01", "decision_no": "1/QĐ", "reason": "QĐ 1"})
    periods = list(AreaClass.objects.order_by("valid_from").values_list("kind", "valid_to"))
    assert periods == [("KV3", datetime.date(2024, 12, 31)), ("KHAC", None)]
    assert commune(LIEN_HUONG).area_class == "KHAC"
    earlier = {"kind": "KV1", "valid_from": "2020-01-01", "reason": "x"}
    assert "later decision" in post(browser, staff, address, earlier, 422).content.decode()
    show(browser, staff, address)


# ---- Rules -----------------------------------------------------------------------------------------------------------


def draft_data(**more):
    return {
        "c-TOTAL_FORMS": 2, "c-INITIAL_FORMS": 0, "c-0-kind": "no_prior_device", "c-0-legal_basis": "Điều 15",
        "c-1-kind": "members", "c-1-chosen": 3, "p-TOTAL_FORMS": 2, "p-INITIAL_FORMS": 0,
        "p-0-label": "Hộ nghèo", "p-0-categories": ["HN"], "p-0-ORDER": 2, "p-0-legal_basis": "Điều 17",
        "p-1-label": "Hộ cận nghèo ở xã đảo", "p-1-categories": ["HCN"], "p-1-area_classes": ["DAO"], "p-1-ORDER": 1,
        "tie_members": 1, "tie_phone": 2, "legal_basis": "Kế hoạch 2", "reason": "Ưu tiên xã đảo", **more,
    }  # fmt: skip


def test_rules_are_drafted_shown_with_their_effect_and_published(browser, round, staff):
    falls = make_household(category="HN", head_name="Lò Văn Một")
    post(browser, staff, url("draft", "dot-2"), {})
    text = show(browser, staff, url("draft", "dot-2"))
    assert "Has not received a device from another programme" in text
    post(browser, staff, url("draft", "dot-2"), draft_data(xem=1))
    text = show(browser, staff, url("effect", "dot-2"))
    assert "1 of 1 households change their place" in text
    text = show(browser, staff, url("changes", "dot-2", commune().code))
    assert "Lò Văn Một" in text
    assert "Has at least this many members: 3" in text
    post(browser, staff, url("publish", "dot-2"), {})
    assert [rule.label for rule in round.priority_rules] == ["Hộ cận nghèo ở xã đảo", "Hộ nghèo"]
    assert round.rule_versions.get(state="published").ties == ["members", "phone"]
    assert "Kế hoạch 2" in show(browser, staff, url("rules", "dot-2"))
    show(browser, make_officer(), url("version", "dot-2", 2))
    assert falls.pk


def test_a_condition_is_added_with_a_picker_of_its_kind(browser, round, staff):
    post(browser, staff, url("draft", "dot-2"), {})
    post(browser, staff, url("draft", "dot-2"), draft_data(them="phone"))
    draft = round.rule_versions.get(state="draft")
    assert [condition.kind for condition in draft.conditions.all()] == ["no_prior_device", "members", "phone"]
    assert 'name="c-2-chosen"' in show(browser, staff, url("draft", "dot-2"))


def test_what_is_wrong_in_a_row_is_named_and_nothing_is_saved(browser, round, staff):
    post(browser, staff, url("draft", "dot-2"), {})
    wrong = draft_data(**{"c-1-chosen": 99, "p-0-valid_from": "2024-02-01", "p-0-valid_to": "2024-01-01"})
    text = post(browser, staff, url("draft", "dot-2"), wrong, 422).content.decode()
    assert "less than or equal to 30" in text
    assert "ends on or after" in text
    assert round.rule_versions.get(state="draft").conditions.count() == 1


def test_an_administrator_drafts_but_does_not_publish_nor_see_households(browser, round):
    admin = make_officer(Role.ADMINISTRATOR)
    make_household(category="HN")
    post(browser, admin, url("draft", "dot-2"), {})
    post(browser, admin, url("draft", "dot-2"), draft_data(xem=1))
    assert "1 of 1 households" in show(browser, admin, url("effect", "dot-2"))
    show(browser, admin, url("changes", "dot-2", commune().code), 403)
    post(browser, admin, url("publish", "dot-2"), {}, 403)


def test_a_draft_is_dropped(browser, round, staff):
    post(browser, staff, url("draft", "dot-2"), {})
    post(browser, staff, url("drop", "dot-2"), {})
    assert round.rule_versions.count() == 1


def test_lines_that_were_placed_before_keep_the_words_of_their_version(browser, round, staff):
    household = make_household(category="HN")
    make_allocation(make_list(round), household, "submitted")
    post(browser, staff, url("draft", "dot-2"), {})
    post(browser, staff, url("draft", "dot-2"), draft_data(xem=1))
    assert "1 households that are submitted or decided keep" in show(browser, staff, url("effect", "dot-2"))
    post(browser, staff, url("publish", "dot-2"), {})
    assert "Group 3: Hộ nghèo" in show(browser, staff, f"/ho/{household.code}/ho-tro/")
