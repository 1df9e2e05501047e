"""A real Chromium for journeys, and what a browser can measure on a page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright runs an event loop in the test's thread
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
OFFICE, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 740}
AXE = next((Path(__file__).parent / "vendor").glob("**/axe.min.js"))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


def violations(page: Page) -> list[str]:
    """What axe finds (WCAG 2.2 AA): "rule × nodes: first node"."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(
        """async tags => (await axe.run(document, {runOnly: tags})).violations
            .map(v => `${v.id} × ${v.nodes.length}: ${v.nodes[0].html.slice(0, 120)}`)""",
        TAGS,
    )


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window (WCAG 1.4.10): 0 is right."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
