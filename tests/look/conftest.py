"""The sample pages of the look, in the suite's browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.look import gallery

RESULTS = '<div id="results" data-announce="2 hộ"><p id="answer">2 hộ</p></div>'


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
