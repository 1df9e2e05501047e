"""The pages of rounds and lists: who sees what, what is refused and why, and how many queries a page takes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from administration.models import AuditEvent, Role
from allocations.actions import approve, build_list, send_back, take_off
from allocations.models import Allocation, CommuneList, Complaint, Reason, Round
from beneficiaries.models import Household
from tests.allocations.listed_pages import DAY, HTMX, LIST, lines, page, send
from tests.factories import (
    LIEN_HUONG,
    ORDER,
    PHU_HAI,
    TUY_PHONG,
    commune,
    district,
    make_allocation,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
    make_rules,
    next_number,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]


# ---- Rounds ----------------------------------------------------------------------------------------------------------


def test_a_commune_sees_its_rounds_with_state_quota_and_what_comes_next(browser, official, built):
    text = page(browser, official, reverse("rounds:lists"))
    assert 'href="/dot/dot-2/"' in text
    assert "Being prepared" in text
    assert "The leader signs and submits" in text
    assert ">2</td>" in text


def test_rounds_of_another_province_are_not_shown(browser, official, round):
    from administration.models import Area

    other = Area.objects.get(level="country")
    Round.objects.update(programme=round.programme)
    round.programme.province = other
    round.programme.save()
    assert "Đợt 2" in page(browser, official, reverse("rounds:lists"))  # the country holds every province
    round.programme.province = commune(LIEN_HUONG)
    round.programme.save()
    assert "Đợt 2" not in page(browser, official, reverse("rounds:lists"))
    page(browser, official, LIST, status=404)


@pytest.mark.parametrize(("role", "foreign"), [(Role.REVIEWER, False), (Role.PROVINCE_STAFF, True)])
def test_who_stands_above_sees_the_communes_of_their_area(browser, built, role, foreign):
    officer = make_officer(role)
    text = page(browser, officer, "/dot/?q=")
    assert "/dot/dot-2/22915/" in text
    assert ("/dot/dot-2/22969/" in page(browser, officer, "/dot/?q=lien+huong")) == foreign


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("tt=draft", True),
        ("tt=none", False),
        ("tre=on", True),
        ("q=mui ne", True),
        ("q=22915", True),
        ("q=Liên Hương", False),
    ],
)
def test_communes_are_filtered_by_state_lateness_and_name(browser, reviewer, built, query, shown):
    text = page(browser, reviewer, f"/dot/?dot=dot-2&{query}", headers=HTMX)
    assert ("/dot/dot-2/22915/" in text) == shown
    assert text.lstrip().startswith('<div id="results"')  # the fragment, not the page


def test_the_overview_counts_lines_of_the_shown_communes(browser, reviewer, built):
    text = page(browser, reviewer, "/dot/?dot=dot-2&q=mui+ne", headers=HTMX)
    assert '<td data-label="Households" class="number">4</td>' in text


def test_the_round_of_somebody_above_leads_to_the_overview(browser, reviewer, round):
    browser.force_login(reviewer)
    response = browser.get(LIST)
    assert (response.status_code, response.url) == (302, "/dot/?dot=dot-2")


# ---- The list --------------------------------------------------------------------------------------------------------


def test_a_line_says_its_group_and_why(browser, official, built):
    make_rules(built.round, ORDER, legal_basis="TT 14/2022, Điều 17")
    build_list(built.round_id, built.area_id, by=official)
    text = page(browser, official, LIST)
    assert text.index("Lò Thị Yến") < text.index("Giàng A Chổ") < text.index("Đỗ Thị Ẩn")
    assert "Hộ nghèo, cận nghèo là gia đình người có công" in text
    assert "TT 14/2022, Điều 17" in text
    assert "Hà Văn Nhận" not in text


def test_the_quota_line_is_drawn_behind_the_last_line_within_the_quota(browser, official, built):
    text = page(browser, official, LIST)
    line = text.index("The quota of 2 devices ends here")
    assert text.index("Giàng A Chổ") < line < text.index("Vàng Hữu An")
    make_quota(make_round(), allowed=99)
    built.round.quotas.update(allowed=4)
    assert "ends here" not in page(browser, official, LIST)


def test_the_second_page_carries_on_and_keeps_the_quota_line_to_its_place(browser, official, built):
    for _ in range(60):
        make_household(certificate_no="x")
    build_list(built.round_id, commune().pk, by=official)
    built.round.quotas.update(allowed=55)
    first, second = page(browser, official, LIST), page(browser, official, f"{LIST}?page=2")
    assert "ends here" not in first
    assert "The quota of 55 devices ends here" in second
    assert "1–50 of 64" in first
    assert "51–64 of 64" in second


@pytest.mark.parametrize(
    ("tab", "names"),
    [("thieu", {"Vàng Hữu An"}), ("trung", set()), ("khong-vao", {"Hà Văn Nhận"}), ("rut", {"Đỗ Thị Ẩn"})],
)
def test_a_tab_shows_its_households(browser, official, built, tab, names):
    take_off([lines(built, "draft")[-1].pk], reason="Không có nhu cầu", by=official)
    text = page(browser, official, f"{LIST}?loc={tab}", headers=HTMX)
    everybody = {"Lò Thị Yến", "Giàng A Chổ", "Vàng Hữu An", "Đỗ Thị Ẩn", "Hà Văn Nhận"}
    expected = names | ({"Đỗ Thị Ẩn"} if tab == "khong-vao" else set())
    assert {name for name in everybody if name in text} == expected


def test_who_is_not_on_the_list_is_told_every_reason_with_its_article(browser, official, built):
    Household.objects.filter(prior_device__gt="").update(category="KTD")
    text = page(browser, official, f"{LIST}?loc=khong-vao")
    assert "does not pay for this category" in text
    assert "already received a device: Máy tính bảng 2022" in text
    assert "TT 14/2022/TT-BTTTT, Điều 15" in text


def test_who_could_be_listed_and_is_not_is_told_to_update_the_list(browser, official, built):
    make_household(head_name="Lò Văn Mới")
    text = page(browser, official, f"{LIST}?loc=khong-vao")
    assert "Qualifies, but is not on the list yet" in text


def test_a_household_on_the_list_of_another_round_names_that_round(browser, official, built):
    earlier = make_round(code="dot-1", name="Đợt 1")
    make_allocation(make_list(earlier), Household.objects.get(prior_device__gt=""), "submitted")
    text = page(browser, official, f"{LIST}?loc=khong-vao")
    assert "Đợt 1:" in text
    assert "Each household is helped once" in text


@pytest.mark.parametrize(
    ("query", "found"), [("q=lo thi yen", True), ("q=Yến", True), ("q=chổ", False), ("nhom=1", True), ("nhom=3", False)]
)
def test_lines_are_found_by_name_without_tones_and_by_group(browser, official, built, query, found):
    text = page(browser, official, f"{LIST}?{query}", headers=HTMX)
    assert ("Lò Thị Yến" in text) == found


def test_a_returned_line_comes_back_with_its_reason_and_note(browser, official, submitted, reviewer):
    (line, *_rest) = lines(submitted, "submitted")
    send_back(submitted.pk, [line.pk], reason=Reason.WRONG_IDENTITY, note="Sai hai số cuối", by=reviewer)
    text = page(browser, official, f"{LIST}?loc=tra-lai")
    assert "Identity number wrong or missing: Sai hai số cuối" in text
    assert "1 household was returned" in text


def test_the_official_waits_for_the_leader_whose_name_is_shown(browser, official, leader, built):
    text = page(browser, official, LIST)
    assert "Trần Văn Ký signs and submits the list" in text
    assert f"{LIST}gui/" not in text


def test_without_a_leaders_account_the_official_is_told_whom_to_ask(browser, official, built):
    assert "no leader's account" in page(browser, official, LIST)


def test_the_leader_may_submit_and_cannot_change_the_list(browser, leader, built):
    text = page(browser, leader, LIST)
    assert f"{LIST}gui/" in text
    assert f"{LIST}lap/" not in text
    assert 'name="selected"' not in text


def test_a_foreign_commune_is_not_found(browser, reviewer, official, built):
    make_list(built.round, commune(LIEN_HUONG))
    page(browser, reviewer, "/dot/dot-2/22969/", status=404)
    page(browser, official, "/dot/dot-2/22969/", status=404)
    page(browser, official, "/dot/khong-co/", status=404)


def test_somebody_above_reads_the_list_and_changes_nothing(browser, reviewer, built):
    text = page(browser, reviewer, "/dot/dot-2/22915/")
    assert "Lò Thị Yến" in text
    assert 'name="selected"' not in text
    assert "/lap/" not in text
    assert "/gui/" not in text


# ---- Roles -----------------------------------------------------------------------------------------------------------

PREPARE = {Role.COMMUNE_OFFICIAL}
SIGN = {Role.COMMUNE_LEADER}
PROVINCE = {Role.PROVINCE_STAFF}
READ = {Role.COMMUNE_OFFICIAL, Role.COMMUNE_LEADER, Role.REVIEWER, Role.PROVINCE_STAFF}
ADDRESSES = [
    ("get", "/dot/", READ), ("get", "/dot/dot-2/22915/", READ), ("get", "/dot/dot-2/22915/in/", READ),
    ("get", "/dot/dot-2/22915/xuat/", READ), ("get", "/dot/dot-2/22915/lap/", PREPARE),
    ("post", "/dot/dot-2/22915/rut-ho/", PREPARE), ("post", "/dot/dot-2/22915/dua-lai/", PREPARE),
    ("get", "/dot/dot-2/22915/khieu-nai/them/", PREPARE), ("get", "/dot/dot-2/22915/gui/", SIGN),
    ("get", "/dot/dot-2/22915/rut-lai/", SIGN), ("get", "/dot/dot-2/mo/", PROVINCE),
    ("get", "/chi-tieu/", READ), ("post", "/chi-tieu/dot-2/", PROVINCE), ("post", "/chi-tieu/dot-2/tong/", PROVINCE),
]  # fmt: skip


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(("method", "url", "roles"), ADDRESSES, ids=lambda v: v if isinstance(v, str) else None)
def test_only_the_roles_of_a_page_get_past_its_door(browser, built, role, method, url, roles):
    browser.force_login(make_officer(role))
    response = getattr(browser, method)(url)
    assert (response.status_code != 403) == (role in roles)
    assert response.status_code < 500


@pytest.mark.parametrize("url", [url for method, url, _roles in ADDRESSES if method == "get"])
def test_looking_changes_nothing(browser, built, url):
    before = (AuditEvent.objects.count(), list(Allocation.objects.values_list("version", "status")))
    for role in Role.values:
        browser.force_login(make_officer(role))
        browser.get(url)
    assert (AuditEvent.objects.count(), list(Allocation.objects.values_list("version", "status"))) == before


@pytest.mark.parametrize("ending", ["rut-ho/", "dua-lai/", "lap/", "gui/", "rut-lai/", "khieu-nai/them/", "xuat/"])
def test_a_commune_does_nothing_with_the_list_of_another(browser, built, ending):
    stranger = make_officer(area=commune(PHU_HAI))
    chief = make_officer(Role.COMMUNE_LEADER, commune(PHU_HAI))
    for officer in (stranger, chief):
        browser.force_login(officer)
        assert browser.post(f"/dot/dot-2/22915/{ending}").status_code in (403, 404)
    assert AuditEvent.objects.count() == 1


# ---- Changes ---------------------------------------------------------------------------------------------------------


def test_a_list_is_built_after_a_page_that_says_how_many(browser, official, round):
    make_household()
    assert "List 1 household" in page(browser, official, f"{LIST}lap/")
    send(browser, official, f"{LIST}lap/")
    assert CommuneList.objects.get().lines.count() == 1


def test_building_in_a_closed_round_is_refused_in_words(browser, official, round):
    Round.objects.update(state="closed")
    response = send(browser, official, f"{LIST}lap/", status=422)
    assert "This round is not open" in response.content.decode()


def test_taking_off_asks_for_the_reason_first(browser, official, built):
    line = lines(built, "draft")[0]
    asked = send(browser, official, f"{LIST}rut-ho/", {"selected": [line.pk]}, status=200).content.decode()
    assert "Take 1 household off the list?" in asked
    assert "Lò Thị Yến" in asked
    data = {"selected": [line.pk], "confirmed": "1", "reason": ""}
    assert "aria-invalid" in send(browser, official, f"{LIST}rut-ho/", data, status=422).content.decode()
    line.refresh_from_db()
    assert line.status == "draft"
    send(browser, official, f"{LIST}rut-ho/", {**data, "reason": "Không có nhu cầu"})
    line.refresh_from_db()
    assert line.status == "withdrawn"


def test_nothing_chosen_and_foreign_or_damaged_ids_take_nothing_off(browser, official, built):
    other = make_allocation(make_list(built.round, commune(PHU_HAI)))
    earlier = make_allocation(make_list(make_round()))
    data = {"selected": [other.pk, earlier.pk, "abc", "-1"], "confirmed": "1", "reason": "x"}
    send(browser, official, f"{LIST}rut-ho/", data)
    assert not Allocation.objects.filter(status="withdrawn").exists()
    assert "Choose at least one household" in page(browser, official, LIST)


def test_completed_lines_are_put_back_after_a_question(browser, official, submitted, reviewer):
    (line, *_rest) = lines(submitted, "submitted")
    send_back(submitted.pk, [line.pk], reason=Reason.MISSING_EVIDENCE, by=reviewer)
    asked = send(browser, official, f"{LIST}dua-lai/", {"selected": [line.pk]}, status=200).content.decode()
    assert "They keep their place" in asked
    send(browser, official, f"{LIST}dua-lai/", {"selected": [line.pk], "confirmed": "1"})
    line.refresh_from_db()
    assert line.status == "draft"


def test_the_leader_reads_what_is_sent_and_signs(browser, leader, built):
    text = page(browser, leader, f"{LIST}gui/")
    assert "3 households are ready" in text
    assert "1 household lacks the identity number" in text
    assert "Four eyes" in text
    response = send(
        browser, leader, f"{LIST}gui/",
        {"document_no": "05/TTr-UBND", "document_date": "2024-06-10", "leave_unready": "on"},
    )  # fmt: skip
    assert response.url == LIST
    assert "Submission dot-2/22915/1" in page(browser, leader, LIST)
    assert sorted(built.lines.values_list("status", flat=True)) == ["draft", "submitted", "submitted", "submitted"]


def test_sending_too_early_says_what_to_do(browser, leader, built):
    data = {"document_no": "1", "document_date": "2024-06-10"}
    text = send(browser, leader, f"{LIST}gui/", data, status=422).content.decode()
    assert "lacks the identity number" in text
    assert "leave the others on the draft" in text
    assert "<title>Error:" in text
    assert not built.lines.exclude(status="draft").exists()


@pytest.mark.parametrize("data", [{}, {"document_no": "1", "document_date": "2999-01-01"}, {"document_no": "1"}])
def test_a_submission_names_its_document_and_a_day_that_has_come(browser, leader, built, data):
    send(browser, leader, f"{LIST}gui/", {**data, "leave_unready": "on"}, status=422)
    assert not built.lines.filter(status="submitted").exists()


def test_an_official_who_became_leader_reads_why_signing_is_not_for_them(browser, official, built):
    official.role = Role.COMMUNE_LEADER
    official.save()
    text = page(browser, official, f"{LIST}gui/")
    assert "Ask another leader of the commune to sign" in text
    assert 'name="document_no"' not in text
    send(
        browser, official, f"{LIST}gui/",
        {"document_no": "1", "document_date": "2024-06-10", "leave_unready": "on"}, status=422,
    )  # fmt: skip


def test_a_list_is_taken_back_while_nobody_has_opened_it(browser, leader, submitted, reviewer):
    assert f"{LIST}rut-lai/" in page(browser, leader, LIST)
    send(browser, leader, f"{LIST}rut-lai/")
    assert not submitted.lines.filter(status="submitted").exists()


def test_a_list_under_review_offers_no_taking_back_and_refuses_it(browser, leader, submitted, reviewer):
    approve(submitted.pk, [lines(submitted, "submitted")[0].pk], by=reviewer)
    assert f"{LIST}rut-lai/" not in page(browser, leader, LIST)
    assert "review has begun" in send(browser, leader, f"{LIST}rut-lai/", status=422).content.decode()


def test_households_that_no_longer_qualify_can_be_taken_off_at_once(browser, official, built):
    Household.objects.filter(members__full_name="Giàng A Chổ").update(category="KTD")
    text = page(browser, official, LIST)
    assert "1 household on the draft no longer qualifies" in text
    line = built.lines.get(household__members__full_name="Giàng A Chổ")
    assert f'name="selected" value="{line.pk}"' in text


# ---- Complaints ------------------------------------------------------------------------------------------------------


def test_a_complaint_is_recorded_shown_and_answered(browser, official, built):
    line = lines(built, "draft")[0]
    data = {
        "received_on": "2024-06-09",
        "complainant": "Ông Pó",
        "text": "Đã có máy",
        "household_code": line.household.code,
    }
    send(browser, official, f"{LIST}khieu-nai/them/", data)
    complaint = Complaint.objects.get()
    assert complaint.allocation == line
    assert "Complaint open" in page(browser, official, LIST)
    assert f"/khieu-nai/{complaint.pk}/tra-loi/" in page(browser, official, f"{LIST}?loc=khieu-nai")
    send(browser, official, f"{LIST}khieu-nai/{complaint.pk}/tra-loi/", {"answer": "Chưa có máy"})
    assert "Chưa có máy" in page(browser, official, f"{LIST}?loc=khieu-nai")
    text = send(browser, official, f"{LIST}khieu-nai/{complaint.pk}/tra-loi/", {"answer": "x"}, status=422)
    assert "already been answered" in text.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"received_on": "2999-01-01"}, {"household_code": "22915-99999"}, {"text": ""}, {"complainant": ""}]
)
def test_a_complaint_with_a_mistake_is_not_recorded(browser, official, built, wrong):
    data = {"received_on": "2024-06-09", "complainant": "Ông Pó", "text": "Đã có máy", **wrong}
    send(browser, official, f"{LIST}khieu-nai/them/", data, status=422)
    assert not Complaint.objects.exists()


def test_a_complaint_of_another_list_is_not_found(browser, official, built):
    foreign = Complaint.objects.create(
        commune_list=make_list(make_round()), area=commune(), received_on=DAY, complainant="A", text="b",
        recorded_by=official,
    )  # fmt: skip
    page(browser, official, f"{LIST}khieu-nai/{foreign.pk}/tra-loi/", status=404)


# ---- Queries ---------------------------------------------------------------------------------------------------------


def grow(round, official, households: int) -> None:
    for _ in range(households):
        number = next_number()
        make_household(certificate_no=str(number), attributes=["NCC"] if number % 2 else [])
    build_list(round.pk, commune().pk, by=official)


@pytest.mark.parametrize(
    ("role", "url", "ceiling"),
    [
        (Role.COMMUNE_OFFICIAL, "/dot/", 12),
        (Role.COMMUNE_OFFICIAL, LIST, 46),
        (Role.COMMUNE_OFFICIAL, f"{LIST}?loc=khong-vao", 42),
        (Role.COMMUNE_OFFICIAL, f"{LIST}in/", 18),
        (Role.REVIEWER, "/dot/", 16),
        (Role.REVIEWER, "/dot/dot-2/22915/", 35),
        (Role.PROVINCE_STAFF, "/dot/", 16),
        (Role.PROVINCE_STAFF, "/chi-tieu/", 21),
    ],
)
def test_a_page_takes_as_many_queries_for_many_households_as_for_few(
    browser, built, official, django_assert_max_num_queries, role, url, ceiling
):
    browser.force_login(official if role == Role.COMMUNE_OFFICIAL else make_officer(role))
    with django_assert_max_num_queries(ceiling) as few:
        assert browser.get(url).status_code == 200
    grow(built.round, official, 30)
    for code in (PHU_HAI, LIEN_HUONG):
        make_allocation(make_list(built.round, commune(code)))
    make_quota(built.round, district(TUY_PHONG))
    make_round()
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert browser.get(url).status_code == 200
