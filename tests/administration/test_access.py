"""Who gets in, and how far: log-in, roles, the password that must be replaced."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from administration.access import ROLES, OfficerBackend, Permission, may
from administration.models import AuditEvent, Officer, Role
from administration.scope import within
from administration.verbs import Verb
from tests.factories import commune, make_officer

pytestmark = pytest.mark.django_db
PASSWORD = "ba-lo-xanh-troi-mua"


@pytest.fixture
def officer() -> Officer:
    officer = make_officer(username="yen.lt")
    officer.set_password(PASSWORD)
    officer.save()
    return officer


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def log_in(client: Client, password: str = PASSWORD, username: str = "yen.lt", next_page: str = "/ho/"):
    return client.post("/dang-nhap/", {"login": username, "password": password, "next": next_page})


def test_the_addresses_are_words_that_officers_know():
    assert reverse("account_login") == "/dang-nhap/"
    assert reverse("account_logout") == "/dang-xuat/"
    assert reverse("account_change_password") == "/doi-mat-khau/"


def test_an_officer_logs_in_and_out(officer, browser):
    assert log_in(browser)["Location"] == "/ho/"
    assert browser.get("/ho/").status_code == 200
    browser.post("/dang-xuat/")
    assert browser.get("/ho/")["Location"].startswith("/dang-nhap/?next=")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(officer, browser):
    wrong, unknown = log_in(browser, "x" * 14), log_in(browser, username="nobody")

    assert wrong.status_code == unknown.status_code == 200
    text = [part.content.decode().split('class="error-summary"')[1].split("</div>")[0] for part in (wrong, unknown)]
    assert text[0] == text[1]


def test_the_log_in_page_names_the_demos_log_ins(browser):
    page = browser.get("/dang-nhap/").content.decode()

    assert settings.DEMO
    assert "xa.muine" in page


def test_an_officer_of_the_demo_enters_the_demo_only(officer, browser, settings):
    Officer.objects.update(is_demo=True)
    officer.refresh_from_db()
    assert OfficerBackend().user_can_authenticate(officer)

    settings.DEMO = False
    assert not OfficerBackend().user_can_authenticate(officer)
    assert OfficerBackend().get_user(officer.pk) is None


def test_nobody_can_sign_up(browser):
    page = browser.get(reverse("account_signup"))

    assert b"<form" not in page.content.split(b"<main")[1].split(b"</main>")[0]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_pages_of_its_permissions_and_no_others(role, browser):
    browser.force_login(make_officer(role))
    pages = {
        "/ho/": Permission.HOUSEHOLDS_VIEW,
        "/ho/them/": Permission.HOUSEHOLDS_EDIT,
        "/nhat-ky/": Permission.AUDIT_VIEW,
    }

    opened = {page: browser.get(page).status_code for page in pages}
    assert opened == {page: 200 if permission in ROLES[role] else 403 for page, permission in pages.items()}


def test_a_refusal_says_as_whom_one_is_signed_in(browser):
    browser.force_login(make_officer(Role.PROVINCE_STAFF, full_name="Trần Thị Mai"))

    page = browser.get("/ho/them/")
    assert page.status_code == 403
    assert "Trần Thị Mai" in page.content.decode()


def test_a_password_that_was_given_must_be_replaced_before_anything_else(officer, browser):
    Officer.objects.update(must_change_password=True)
    log_in(browser)

    assert browser.get("/ho/")["Location"] == "/doi-mat-khau/"
    new = {"oldpassword": PASSWORD, "password1": "mua-roi-tren-bien-xanh", "password2": "mua-roi-tren-bien-xanh"}
    browser.post("/doi-mat-khau/", new)
    assert browser.get("/ho/").status_code == 200
    with within(commune().number, commune().number):
        assert [event.verb for event in AuditEvent.objects.all()] == [Verb.PASSWORD_CHANGED]
    officer.refresh_from_db()
    assert officer.check_password("mua-roi-tren-bien-xanh")


@pytest.mark.parametrize("password", ["ngan", "123456789012", "password1234"])
def test_a_weak_password_is_refused(officer, browser, password):
    log_in(browser)
    browser.post("/doi-mat-khau/", {"oldpassword": PASSWORD, "password1": password, "password2": password})

    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_what_a_role_may_do_is_asked_of_the_table():
    assert may(make_officer(Role.COMMUNE_OFFICIAL), Permission.LISTS_IMPORT)
    assert not may(make_officer(Role.COMMUNE_OFFICIAL), Permission.ALLOCATIONS_DECIDE)
    assert not may(Officer(role="unknown"), Permission.TASKS_VIEW)
