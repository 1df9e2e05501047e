"""Deciding on pairs in a real browser: keys, no keys, a narrow screen, and what axe finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from administration.scope import EVERYWHERE, within
from beneficiaries.models import SuspectedPair
from tests.beneficiaries.test_household_browser import signed_in
from tests.beneficiaries.test_pair_pages import two
from tests.browser import OFFICE, PHONE, overflow, violations
from tests.factories import LIEN_HUONG, make_officer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[OFFICE, PHONE], ids=["office", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with within(*EVERYWHERE):
        officer = make_officer(full_name="Lò Thị Yến")
        two(score=90), two(score=80), two(LIEN_HUONG, score=70)
    context = browser.new_context(viewport=request.param, base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": signed_in(officer), "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    page.goto("about:blank")
    context.close()


def states() -> list[str]:
    with within(*EVERYWHERE):
        return list(SuspectedPair.objects.order_by("-score").values_list("state", flat=True))


def test_three_pairs_are_decided_with_the_keys_one_two_and_three(page):
    page.goto("/trung-lap/")
    assert (violations(page), overflow(page)) == ([], 0)
    page.locator("a.btn-primary").click()
    assert (violations(page), overflow(page)) == ([], 0)
    page.keyboard.press("1")
    assert states() == ["open", "open", "open"]  # single keys are off until they are switched on

    page.locator("[data-keys-switch]").check()
    with page.expect_navigation():
        page.keyboard.press("1")
    with page.expect_navigation():
        page.keyboard.press("2")
    assert states() == ["not_same", "merged", "open"]
    assert (violations(page), overflow(page)) == ([], 0)
    with page.expect_navigation():
        page.keyboard.press("3")
    assert page.url.endswith("/trung-lap/")
    assert states() == ["not_same", "merged", "open"]
