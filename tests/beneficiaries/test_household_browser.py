"""The register in a real browser: typing a household without a mouse, searching while typing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from administration.models import AuditEvent, Officer
from administration.scope import EVERYWHERE, within
from beneficiaries.models import Household
from tests.browser import OFFICE, PHONE, overflow, violations
from tests.factories import make_household, make_officer

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(officer: Officer) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@pytest.fixture(params=[OFFICE, PHONE], ids=["office", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with within(*EVERYWHERE):
        officer = make_officer(full_name="Lò Thị Yến")
        make_household(head_name="Đỗ Thị Ẩn", created_by=officer)
        make_household(head_name="Lê Văn Ba", created_by=officer)
    context = browser.new_context(viewport=request.param, base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": signed_in(officer), "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    page.goto("about:blank")  # ends what the form would still send
    page.wait_for_timeout(300)  # and lets the server finish what it has
    context.close()


def test_a_household_of_four_is_entered_with_the_keyboard_alone(page):
    page.goto("/ho/them/")
    keys = page.keyboard

    def field(*texts: str) -> None:
        for text in texts:
            keys.insert_text(text)
            keys.press("Tab")

    field("060168000391", "lò thị hòa", "5/3/68", "", "Thái", "0912 345 678", "")
    field("KP 3", "")
    keys.press("Space")  # the first category
    field(*[""] * 7, "2024", "12/GCN", "", "", "")
    for name, relation, birth, downs in [("Lò Văn Bun", "Chồng", "1966", 1), ("Lò Văn Pó", "Con", "12/9/2010", 1),
                                         ("Lò Thị Pò", "Con", "2014", 2)]:  # fmt: skip
        field(name, relation, birth)
        for _ in range(downs):
            keys.press("ArrowDown")
        field("", "", "", "")
    with page.expect_navigation():
        page.locator("#id_note").focus()
        keys.press("Tab")
        keys.press("Enter")

    assert page.locator("h1").inner_text().startswith("Lò Thị Hòa")
    with within(*EVERYWHERE):
        household = Household.objects.get(hamlet="Khu phố 3")
        assert [(p.full_name, p.gender, p.birth_text) for p in household.members.order_by("pk")] == [
            ("Lò Thị Hòa", "F", "05/03/1968"), ("Lò Văn Bun", "M", "1966"), ("Lò Văn Pó", "M", "12/09/2010"),
            ("Lò Thị Pò", "F", "2014"),
        ]  # fmt: skip
    assert violations(page) == []
    assert overflow(page) == 0


def test_a_household_of_four_is_entered_without_javascript(browser, live_server):
    """P-04 for the form: errors, one more row for a member, a doubt that asks for a tick, saved once."""
    with within(*EVERYWHERE):
        officer = make_officer()
    context = browser.new_context(viewport=OFFICE, base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": signed_in(officer), "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/ho/them/")
    for name, text in {"full_name": "Lò Thị Hòa", "birth": "31/02/1968", "hamlet": "KP 3"}.items():
        page.fill(f"[name={name}]", text)
    page.fill("[name=identity_number]", "060168000391")
    page.check("[name=category][value=HN]")
    for number, (name, relation, birth) in enumerate([("Lò Văn Bun", "Chồng", "1966"), ("Lò Văn Pó", "Con", "2010")]):
        page.fill(f"[name=tv-{number}-full_name]", name)
        page.fill(f"[name=tv-{number}-relation]", relation)
        page.fill(f"[name=tv-{number}-birth]", birth)
        page.locator(f"[name=tv-{number}-gender]").select_option("M")
    with page.expect_navigation():
        page.locator("[name=them_dong]").click()
    page.fill("[name=tv-3-full_name]", "Lò Thị Pò")
    page.fill("[name=tv-3-birth]", "2014")
    page.locator("[name=tv-3-gender]").select_option("F")
    page.fill("[name=tv-3-relation]", "Con")
    save = page.locator("#household-form button.btn-primary")
    with page.expect_navigation():
        save.click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("[name=tv-3-full_name]")).to_have_value("Lò Thị Pò")
    page.fill("[name=birth]", "5/3/1968")
    with page.expect_navigation():
        save.click()
    if page.locator("[name=da_xem]").count() and "/them/" in page.url:
        page.check("[name=da_xem]")
        with page.expect_navigation():
            save.click()
    page.wait_for_url("**/ho/22915-*/")
    with within(*EVERYWHERE):
        household = Household.objects.get()
        names = list(household.members.order_by("pk").values_list("full_name", flat=True))
    assert names == ["Lò Thị Hòa", "Lò Văn Bun", "Lò Văn Pó", "Lò Thị Pò"]
    context.close()


def test_enter_saves_and_the_first_error_gets_the_focus(page):
    page.goto("/ho/them/")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert page.title().startswith("Lỗi: ")
    assert violations(page) == []
    assert overflow(page) == 0


def test_a_row_for_a_member_is_added_without_leaving_the_form(page):
    page.goto("/ho/them/")
    page.fill("#id_full_name", "Lò Thị Hòa")
    page.locator("#members button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=tv-3-full_name]")

    assert page.evaluate("document.activeElement.name") == "tv-3-full_name"
    assert page.input_value("#id_full_name") == "Lò Thị Hòa"


def test_searching_while_typing_asks_once_and_keeps_the_cursor(page):
    page.goto("/ho/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.locator("#loc_q").focus()
    page.keyboard.type("do an", delay=30)
    page.wait_for_url("**/ho/?q=do+an")

    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert len(sent) == 1
    assert page.evaluate("document.activeElement.id") == "loc_q"
    expect(page.locator("#live")).to_have_text("1 hộ")
    assert violations(page) == []
    assert overflow(page) == 0


def test_an_identity_number_never_enters_the_address(page):
    page.goto("/ho/")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator("#loc_q").fill("060170000123")
    page.wait_for_selector("#results .empty")

    assert page.url.endswith("/ho/")
    assert not any("060170" in address for address in addresses)
    with within(*EVERYWHERE):
        assert AuditEvent.objects.count() == 1


def test_a_number_is_shown_in_its_place(page):
    with within(*EVERYWHERE):
        household = Household.objects.order_by("pk").first()
    page.goto(f"/ho/{household.code}/")
    page.locator(".identity button").click()
    number = page.locator(".identity b")
    number.wait_for()

    assert len(number.inner_text()) == 12
    page.wait_for_function("document.activeElement.tagName === 'B'")
    page.reload()
    assert page.locator(".identity b").count() == 0
