"""What is typed into a household form survives a power cut, and the checks speak while it is typed."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from administration.once import FIELD
from beneficiaries import actions
from beneficiaries.models import Household, HouseholdDraft
from tests.beneficiaries.lists import a_list, household, read, save, undo
from tests.factories import LIEN_HUONG, commune, make_household, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
ADD, KEEP = "/ho/them/", "/ho/them/nhap/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def browser(client, official):
    client.force_login(official)
    return client


def typed(**over: str) -> dict[str, str]:
    form = {
        "identity_number": "060168000391", "full_name": "Lò Thị Hòa", "birth": "5/3/68", "hamlet": "Khu phố 3",
        "category": "HN", "phone_kind": "unknown", "tv-TOTAL_FORMS": "1", "tv-INITIAL_FORMS": "0",
        "tv-0-full_name": "Lò Văn Bun", "tv-0-birth": "1966", "tv-0-gender": "M",
    }  # fmt: skip
    return form | over


def test_what_was_typed_is_there_when_the_form_is_opened_again(browser):
    answer = browser.post(KEEP, typed(), headers=HTMX)
    assert "Tự lưu nháp lúc" in answer.content.decode()
    page = browser.get(ADD).content.decode()
    assert 'value="Lò Thị Hòa"' in page
    assert 'value="Lò Văn Bun"' in page
    assert "Đây là bản nháp" in page
    assert "errorlist" not in page


def test_a_draft_is_sealed_and_its_officers_own(browser, client):
    browser.post(KEEP, typed(), headers=HTMX)
    draft = HouseholdDraft.objects.get()
    assert b"L%C3%B2" not in bytes(draft.content)
    assert "060168000391" in draft.typed
    client.force_login(make_officer())
    assert "Lò Thị Hòa" not in client.get(ADD).content.decode()


def test_an_opened_form_leaves_no_draft(browser):
    browser.post(KEEP, {"phone_kind": "unknown", "tv-TOTAL_FORMS": "0", "tv-INITIAL_FORMS": "0"}, headers=HTMX)
    assert not HouseholdDraft.objects.exists()


def test_saving_ends_the_draft_and_a_late_one_does_not_come_back(browser):
    key = {FIELD: str(uuid.uuid4())}
    browser.post(KEEP, typed() | key, headers=HTMX)
    saved = browser.post(ADD, typed(birth="05/03/1968") | key)
    assert (saved.status_code, Household.objects.count()) == (302, 1)
    assert not HouseholdDraft.objects.exists()
    browser.post(KEEP, typed() | key, headers=HTMX)
    assert not HouseholdDraft.objects.exists()


@pytest.mark.parametrize("key", ["", "no key", "0" * 50])
def test_a_damaged_key_does_no_harm(browser, key):
    assert browser.post(KEEP, typed() | {FIELD: key}, headers=HTMX).status_code == 200
    assert HouseholdDraft.objects.count() == 1


def test_without_javascript_a_button_keeps_the_draft(browser):
    answer = browser.post(KEEP, typed(), follow=True)
    assert answer.redirect_chain == [(ADD, 302)]
    assert "Đã lưu nháp" in answer.content.decode()
    browser.post("/ho/them/nhap/bo/", follow=True)
    assert not HouseholdDraft.objects.exists()


def test_a_draft_of_a_change_belongs_to_its_household(browser, official):
    one, other = make_household(), make_household()
    browser.post(reverse("households:draft", args=[one.code]), typed(phien_ban="1"), headers=HTMX)
    assert "Lò Thị Hòa" in browser.get(reverse("households:change", args=[one.code])).content.decode()
    for page in (reverse("households:change", args=[other.code]), ADD):
        assert "Lò Thị Hòa" not in browser.get(page).content.decode()


def test_no_draft_about_a_household_of_another_commune(browser):
    foreign = make_household(commune(LIEN_HUONG))
    assert browser.post(reverse("households:draft", args=[foreign.code]), typed(), headers=HTMX).status_code == 404


def test_the_number_tells_gender_year_and_province_while_it_is_typed(browser):
    told = browser.post(KEEP, typed(birth=""), headers=HTMX).content.decode()
    assert "Theo số định danh: Nữ, 1968, Bình Thuận" in told
    assert "Thiếu năm sinh" not in told  # what is still empty is no mistake yet
    assert "05/03/1968" in browser.post(KEEP, typed(), headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"identity_number": "12345"}, "phải gồm đúng 12"),
        ({"identity_number": "060170000005", "birth": "1970"}, "đã có ở"),
        ({"birth": "31/02/1968"}, "31/02/1968"),
        ({"tv-0-identity_number": "060170000005"}, "đã có ở"),
        ({"full_name": "Nguyễn Thị Mẫu Đơn", "birth": "1970", "identity_number": ""}, "Có phải cùng một hộ không"),
    ],
)
def test_the_checks_of_saving_speak_while_it_is_typed(browser, over, sentence):
    make_household(identity="060170000005", head_name="Nguyễn Thị Mẫu Đơn")
    told = browser.post(KEEP, typed(**over), headers=HTMX).content.decode()
    assert sentence.casefold() in told.casefold()


def test_undoing_an_import_takes_drafts_about_its_households_with_it(official):
    file = save(read(a_list([household(1)]), official), official)
    actions.keep_draft("a=1", household_id=Household.objects.get().pk, form_key="", by=official)
    assert undo(file, official).state == "undone"
    assert not Household.objects.exists()
    assert not HouseholdDraft.objects.exists()
