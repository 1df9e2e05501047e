"""The pages of the register: who may see what, what stands in addresses, what a form sent twice does."""

from __future__ import annotations

import re
import threading
import uuid
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from administration.models import Area, AuditEvent, Officer, Role, Submission
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from beneficiaries import search
from beneficiaries.models import Household
from beneficiaries.views import register
from tests.factories import PHU_HAI, commune, district, make_household, make_officer, make_person

HTMX = {"HX-Request": "true"}
NUMBER = "060170000123"
LIST = "/ho/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def official(everywhere: None) -> Officer:
    return make_officer()


def browser(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def typed(household: Household | None = None, **more: Any) -> dict[str, Any]:
    said = {
        "full_name": "Đỗ Thị Ẩn", "birth": "5/3/1970", "gender": "F", "identity_number": "" if household else NUMBER,
        "hamlet": "Khu phố 1", "category": "HN", "phone_kind": "none", "tv-INITIAL_FORMS": "0", "tv-TOTAL_FORMS": "0",
        "khoa_lan_gui": str(uuid.uuid4()),
    }  # fmt: skip
    return {**said, **({"phien_ban": household.version} if household else {}), **more}


# ---- Scope and permission --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["detail", "change", "delist"])
def test_a_household_of_another_commune_does_not_exist(official, name):
    foreign = make_household(commune(PHU_HAI))

    response = browser(official).get(reverse(f"households:{name}", args=[foreign.code]))

    assert response.status_code == 404


def test_a_number_of_another_commune_cannot_be_shown(official):
    foreign = make_household(commune(PHU_HAI))
    url = reverse("households:identity", args=[foreign.code, foreign.members.get().pk])

    assert browser(official).post(url).status_code == 404
    assert browser(official).post(url, headers=HTMX).status_code == 404
    own = make_household()
    mixed = reverse("households:identity", args=[own.code, foreign.members.get().pk])
    assert browser(official).post(mixed, headers=HTMX).status_code == 404
    assert not AuditEvent.objects.exists()


def test_the_list_holds_the_own_area_only(official):
    make_household(head_name="Đỗ Thị Ẩn")
    make_household(commune(PHU_HAI), head_name="Lê Văn Xa")

    shown = browser(official).get(LIST).content.decode()
    assert "Đỗ Thị Ẩn" in shown
    assert "Lê Văn Xa" not in shown
    assert "Lê Văn Xa" in browser(make_officer(Role.REVIEWER)).get(LIST).content.decode()


@pytest.mark.parametrize("role", [Role.COMMUNE_LEADER, Role.REVIEWER, Role.PROVINCE_STAFF])
@pytest.mark.parametrize("name", ["add", "change", "delist"])
def test_who_only_reads_cannot_change(everywhere, role, name):
    household = make_household()
    url = reverse(f"households:{name}", args=[] if name == "add" else [household.code])

    assert browser(make_officer(role)).get(url).status_code == 403
    assert browser(make_officer(role)).post(url, typed()).status_code == 403


@pytest.mark.parametrize("role", [Role.COMMUNE_LEADER, Role.PROVINCE_STAFF])
def test_who_may_not_see_numbers_is_not_offered_them(everywhere, role):
    household = make_household(identity=NUMBER)
    client = browser(make_officer(role))
    url = reverse("households:identity", args=[household.code, household.members.get().pk])

    page = client.get(reverse("households:detail", args=[household.code])).content.decode()
    assert "060••••••123" in page
    assert url not in page
    assert client.post(url, headers=HTMX).status_code == 403


def test_an_administrator_sees_no_household(everywhere):
    assert browser(make_officer(Role.ADMINISTRATOR)).get(LIST).status_code == 403


# ---- The list --------------------------------------------------------------------------------------------------------
def test_numbers_are_masked_in_the_list(official):
    make_household(identity=NUMBER)

    shown = browser(official).get(LIST).content.decode()
    assert "060••••••123" in shown
    assert not re.search(r"\d{12}", shown)


def test_a_search_becomes_an_address_that_can_be_kept(official):
    make_household(head_name="Đỗ Thị Ẩn")
    client = browser(official)

    response = client.post(LIST, {"q": "do an", "dien": ["HN", "HCN"], "tt": "listed", "sort": "code"})

    assert response.status_code == 302
    assert response["Location"] == "/ho/?q=do+an&dien=HN&dien=HCN&sort=code"
    page = client.get(response["Location"]).content.decode()
    assert "Đỗ Thị Ẩn" in page
    assert 'aria-sort="ascending"' in page


def test_a_search_by_htmx_answers_with_the_list_alone_and_sets_the_address(official):
    make_household(head_name="Đỗ Thị Ẩn")
    make_household(head_name="Lê Văn Ba")

    response = browser(official).post(LIST, {"q": "do"}, headers=HTMX)

    assert response["HX-Push-Url"] == "/ho/?q=do"
    text = response.content.decode()
    assert "<html" not in text
    assert 'id="results"' in text
    assert "Lê Văn Ba" not in text
    assert "?q=do&amp;sort=code" in text
    assert "HX-Request" in response["Vary"]


def test_the_browsers_back_button_gets_the_whole_page(official):
    response = browser(official).get(LIST, headers={**HTMX, "HX-History-Restore-Request": "true"})

    assert "<html" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("number", [NUMBER, "060 170 000 123", f"{NUMBER}|Đỗ Thị Ẩn|05031970"])
def test_an_identity_number_is_looked_up_without_standing_in_an_address(official, headers, number):
    make_household(identity=NUMBER, head_name="Đỗ Thị Ẩn")
    make_household()

    response = browser(official).post(LIST, {"q": number, "dien": "CSK"}, headers=headers)

    assert response.status_code == 200
    assert response["HX-Push-Url"] == "false"
    assert "1 households" in response.content.decode()
    links = re.findall(r'(?:href|action|hx-\w+)="([^"]*)"', response.content.decode())
    assert not any(re.search(r"060(%20|[+ ])?170", link) for link in links)
    (event,) = AuditEvent.objects.all()
    assert event.verb == Verb.IDENTITY_SEARCHED


@pytest.mark.parametrize("number", [NUMBER, "0912345678"])
def test_an_address_with_the_number_of_a_person_is_left_at_once(official, number):
    response = browser(official).get(LIST, {"q": number, "dien": "HN"})

    assert response.status_code == 302
    assert response["Location"] == "/ho/?dien=HN"


def test_a_phone_number_is_found_but_not_kept_in_an_address(official):
    make_household(phone="0912345678", head_name="Đỗ Thị Ẩn")

    response = browser(official).post(LIST, {"q": "0912 345 678"}, headers=HTMX)

    assert response["HX-Push-Url"] == "false"
    assert "Đỗ Thị Ẩn" in response.content.decode()
    assert not AuditEvent.objects.exists()


def test_the_list_costs_the_same_number_of_queries_whatever_its_length(official):
    client = browser(official)

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    make_household(head_name="Đỗ Thị Ẩn", members=3)
    few = [cost(LIST), cost("/ho/?q=do&dien=HN")]
    for _ in range(20):
        make_household(head_name="Đỗ Văn Ba", members=3)
    assert [cost(LIST), cost("/ho/?q=do&dien=HN")] == few
    assert max(few) <= 12


def test_the_length_of_a_page_is_remembered(official, monkeypatch):
    monkeypatch.setattr(register, "PAGE_SIZES", (2, 50))
    for _ in range(3):
        make_household()
    client = browser(official)

    assert client.get("/ho/?moi_trang=2").content.decode().count('scope="row"') == 2
    assert client.get(LIST).content.decode().count('scope="row"') == 2
    assert client.get("/ho/?moi_trang=7").content.decode().count('scope="row"') == 2


def test_filters_that_are_on_can_be_taken_off_one_by_one(official):
    page = browser(official).get("/ho/?dien=HN&dien=HCN&thieu=1").content.decode()

    assert "/ho/?dien=HCN&amp;thieu=1" in page
    assert "/ho/?dien=HN&amp;dien=HCN" in page


def test_an_old_address_with_unknown_parts_still_shows_a_list(official):
    make_household(head_name="Đỗ Thị Ẩn")

    response = browser(official).get("/ho/?dien=XYZ&tt=nothing&sort=drop&page=x&thon=Thôn+lạ")

    assert "Đỗ Thị Ẩn" in response.content.decode()


def test_an_empty_list_says_what_to_do_next(official):
    client = browser(official)

    assert reverse("households:add") in client.get(LIST).content.decode()
    assert "No household matches." in client.get("/ho/?q=nobody").content.decode()
    assert "No household of your area has this number." in client.post(LIST, {"q": NUMBER}).content.decode()


def test_a_list_that_is_too_long_to_count_says_so(official, monkeypatch):
    for _ in range(4):
        make_household()
    monkeypatch.setattr(search, "MOST", 3)
    monkeypatch.setattr(register, "MOST", 3)

    assert "More than 3 households" in browser(official).get(LIST).content.decode()


# ---- The list as a file ----------------------------------------------------------------------------------------------
def test_the_filtered_list_is_taken_out_as_a_workbook_with_masked_numbers(official):
    make_household(head_name="Đỗ Thị Ẩn", identity=NUMBER, phone="0912345678", attributes=["NCC"], hamlet="=1+1")
    make_household(head_name="Lê Văn Ba", category="HCN")
    make_household(commune(PHU_HAI), head_name="Lê Văn Xa")

    response = browser(official).post("/ho/xuat/?dien=HN", {"dinh_dang": "xlsx"})

    assert not response.streaming
    assert re.fullmatch(
        r'attachment; filename="ho-22915-\d{8}-\d{4}-officer\d+\.xlsx"', response["Content-Disposition"]
    )
    rows = [*openpyxl.load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True)]
    assert rows[0][:2] == ("Household code", "Head of household")
    (row,) = rows[1:]
    assert row[1] == "Đỗ Thị Ẩn"
    assert {"060••••••123", "0912345678", "'=1+1"} <= set(row)
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.details) == (Verb.HOUSEHOLDS_EXPORTED, {"count": 1, "format": "xlsx"})


def test_the_list_as_csv_opens_in_excel_with_its_accents(official):
    make_household(head_name="Đỗ Thị Ẩn")

    content = browser(official).post("/ho/xuat/", {"dinh_dang": "csv"}).content

    assert content.startswith(b"\xef\xbb\xbf")
    assert "Đỗ Thị Ẩn" in content.decode()


def test_a_list_that_is_too_long_is_not_taken_out(official, monkeypatch):
    for _ in range(2):
        make_household()
    monkeypatch.setattr(register, "MOST", 1)

    response = browser(official).post("/ho/xuat/?dien=HN", {"dinh_dang": "xlsx"})

    assert response["Location"] == "/ho/?dien=HN"
    assert not AuditEvent.objects.exists()


def test_a_file_is_asked_for_by_post_and_in_a_known_format(official):
    assert browser(official).get("/ho/xuat/").status_code == 405
    assert browser(official).post("/ho/xuat/", {"dinh_dang": "exe"}).status_code == 400


# ---- One household ---------------------------------------------------------------------------------------------------
def test_the_record_shows_everything_but_masks_numbers(official):
    household = make_household(identity=NUMBER, members=2, phone="0912345678", note="Nhà xa", attributes=["NCC"])

    page = browser(official).get(reverse("households:detail", args=[household.code])).content.decode()

    assert all(text in page for text in ("060••••••123", "0912345678", "Nhà xa", "Trần Văn Con 1", household.code))
    assert NUMBER not in page


def test_the_record_tells_what_happened_newest_first(official):
    household = make_household(identity=NUMBER)
    client = browser(official)
    client.post(reverse("households:change", args=[household.code]), typed(household, hamlet="Khu phố 2"))
    household.refresh_from_db()
    client.post(reverse("households:identity", args=[household.code, household.members.get().pk]))

    page = client.get(reverse("households:detail", args=[household.code])).content.decode()
    shown, changed = page.index("Identity number shown"), page.index("Household changed")
    assert shown < changed
    assert '<del class="old">Khu phố 1</del>' in page
    assert '<ins class="new">Khu phố 2</ins>' in page
    assert "Earlier values of the record" in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_number_is_shown_once_on_demand_and_recorded(official, headers):
    household = make_household(identity=NUMBER)
    client = browser(official)
    url = reverse("households:identity", args=[household.code, household.members.get().pk])

    assert NUMBER in client.post(url, headers=headers).content.decode()
    assert NUMBER not in client.get(url, headers=headers).content.decode()
    assert [event.verb for event in AuditEvent.objects.all()] == [Verb.IDENTITY_REVEALED]


def test_a_number_that_is_shown_hides_again_by_itself(official):
    household = make_household(identity=NUMBER)
    url = reverse("households:identity", args=[household.code, household.members.get().pk])

    shown = browser(official).post(url, headers=HTMX).content.decode()
    assert f'hx-get="{url}"' in shown
    assert 'hx-trigger="load delay:60s"' in shown
    hidden = browser(official).get(url, headers=HTMX).content.decode()
    assert f'hx-post="{url}"' in hidden
    assert 'hx-target="closest .identity"' in hidden


def test_the_record_costs_the_same_number_of_queries_whatever_its_size(official):
    client = browser(official)
    household = make_household(members=2)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("households:detail", args=[household.code])).status_code == 200
        return len(queries)

    few = cost()
    for _ in range(5):
        make_person(household, full_name="Trần Văn Khoa")
        AuditEvent.record(
            Verb.IDENTITY_REVEALED, household, by=official, area=household.area, households=[household.pk]
        )
    assert cost() == few <= 15


# ---- The form --------------------------------------------------------------------------------------------------------
def test_a_household_is_added_and_shown(official):
    response = browser(official).post(reverse("households:add"), typed())

    household = Household.objects.get()
    assert response["Location"] == reverse("households:detail", args=[household.code])
    assert household.created_by == official
    assert str(household.members.get().birth_date) == "1970-03-05"


def test_saving_and_adding_another_goes_on_in_the_same_hamlet(official):
    client = browser(official)

    response = client.post(reverse("households:add"), typed(tiep="1"))

    assert response["Location"] == "/ho/them/?thon=Khu+ph%E1%BB%91+1"
    assert 'value="Khu phố 1"' in client.get(response["Location"]).content.decode()


def test_a_form_with_errors_comes_back_with_them_and_with_what_was_typed(official):
    response = browser(official).post(reverse("households:add"), typed(full_name="Đỗ 123", birth="31/02/1968"))

    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in page
    assert 'href="#id_birth"' in page
    assert 'value="31/02/1968"' in page
    assert not Household.objects.exists()


def test_the_key_of_a_form_with_errors_can_be_used_again(official):
    data = typed(birth="31/02/1968")
    client = browser(official)
    client.post(reverse("households:add"), data)

    response = client.post(reverse("households:add"), {**data, "birth": "5/3/1970"})

    assert response.status_code == 302
    assert Household.objects.count() == 1


def test_another_row_for_a_member_works_without_javascript_and_with(official):
    client = browser(official)
    data = typed(**{"tv-TOTAL_FORMS": "1", "tv-0-full_name": "Lê Văn Con", "them_dong": "1", "birth": "31/02/1968"})

    page = client.post(reverse("households:redraw"), data).content.decode()
    assert 'name="tv-1-full_name"' in page
    assert 'value="Lê Văn Con"' in page
    assert "errorlist" not in page
    fragment = client.post(reverse("households:redraw"), data, headers=HTMX).content.decode()
    assert 'name="tv-1-full_name"' in fragment
    assert "<form" not in fragment
    assert not Household.objects.exists()


def test_a_suggested_value_is_put_in_by_a_button(official):
    client = browser(official)
    page = client.post(reverse("households:add"), typed(gender="", identity_number="")).content.decode()
    assert 'value="gender=F"' in page

    page = client.post(reverse("households:redraw"), typed(gender="", dung="gender=F")).content.decode()
    assert re.search(r'value="F"[^>]*checked', page)


def test_the_form_asks_for_a_tick_where_there_is_a_doubt(official):
    client = browser(official)
    data = typed(identity_number="")
    page = client.post(reverse("households:add"), data).content.decode()
    signature = re.search(r'name="da_xem"[^>]*value="(\w+)"', page)[1]

    assert not Household.objects.exists()
    assert client.post(reverse("households:add"), {**data, "da_xem": signature}).status_code == 302


def test_a_household_changed_meanwhile_is_shown_beside_what_was_typed(official):
    household = make_household(identity=NUMBER, head_name="Đỗ Thị Ẩn")
    url = reverse("households:change", args=[household.code])
    colleague, client = browser(make_officer(full_name="Lê Thị Mai")), browser(official)
    mine = typed(household, hamlet="Khu phố 3")
    colleague.post(url, typed(household, hamlet="Khu phố 2"))

    response = client.post(url, mine)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Lê Thị Mai changed it" in page
    assert '<del class="old">Khu phố 2</del>' in page
    assert '<ins class="new">Khu phố 3</ins>' in page
    version = re.search(r'name="phien_ban" value="(\d+)"', page)[1]
    assert client.post(url, {**mine, "phien_ban": version}).status_code == 302
    household.refresh_from_db()
    assert household.hamlet == "Khu phố 3"


def test_a_household_is_taken_off_the_register_with_a_reason(official):
    household = make_household()
    client = browser(official)
    url = reverse("households:delist", args=[household.code])

    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Đã chuyển đi"}).status_code == 302
    assert "Đã chuyển đi" in client.get(reverse("households:detail", args=[household.code])).content.decode()
    assert client.get(reverse("households:change", args=[household.code])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_adds_one_household():
    with within(*EVERYWHERE):
        clients = [browser(make_officer(username="one"))]
        clients.append(browser(Officer.objects.get(username="one")))
    data = typed()
    answers: list[Any] = []

    def send(client: Client) -> None:
        try:
            answers.append(client.post(reverse("households:add"), data))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    with within(*EVERYWHERE):
        assert Household.objects.count() == 1
        assert AuditEvent.objects.filter(verb=Verb.HOUSEHOLD_ADDED).count() == 1
        assert Submission.objects.count() == 1


def test_the_register_of_a_district_offers_its_communes(everywhere):
    page = browser(make_officer(Role.REVIEWER)).get(LIST).content.decode()

    assert page.count('<option value="10') == Area.objects.inside(district()).communes().count()
    chosen = browser(make_officer(Role.REVIEWER)).get(f"/ho/?xa={commune().number}").content.decode()
    assert 'name="thon"' in chosen
