"""A browser for the tests of the look, closed with each module: its event loop must not meet others' queries."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.look import gallery

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RESULTS = '<div id="results" data-announce="2 hộ"><p id="answer">2 hộ</p></div>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a server with all sample pages; /ho/ answers a search with a fragment."""
    pages = {name: gallery.render(name) for name in gallery.sample_pages()}
    pages["login.html"] = gallery.render("account/login.html", gallery.Sample(anonymous=True, more=gallery.login()))
    with gallery.served(pages | {"ho/": RESULTS, "nothing": ""}) as address:
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A desk screen. What the browser complains about, such as a refused inline style, fails the test."""
    context = browser.new_context(base_url=site, viewport={"width": 1366, "height": 768})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    context.close()
    assert complaints == []
