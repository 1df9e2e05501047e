"""The sample pages in a real browser: accessible, nothing cut off, nothing hidden, at every size an office has."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.look import measures

DESK, DESK_AT_200_PERCENT, TELEPHONE = (1366, 768), (683, 384), (360, 740)
PAGES = ["parts.html", "list.html", "review.html", "dashboard.html", "login.html", "404.html"]
LOOKED_AT = [(page, size) for page in PAGES for size in (DESK, TELEPHONE)] + [("parts.html", DESK_AT_200_PERCENT)]
WALKED = [
    ("list.html", DESK),
    ("review.html", DESK_AT_200_PERCENT),
    ("parts.html", DESK_AT_200_PERCENT),
    ("list.html", TELEPHONE),
]


@pytest.mark.parametrize(("name", "size"), LOOKED_AT)
def test_page_is_accessible_and_nothing_is_cut_off(page: Page, name: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(name)

    assert measures.violations(page) == []
    assert measures.overflow(page) == 0
    assert measures.clipped(page) == []
    assert measures.cramped_text(page) == []
    assert measures.small_targets(page) == []


@pytest.mark.parametrize(("name", "size"), WALKED)
def test_every_stop_of_the_keyboard_is_seen_and_has_the_ring(page: Page, name: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(name)
    if name != "parts.html":  # a selected row makes the bulk bar stick, which must not cover what has the focus
        page.locator("tbody input[data-row]").first.check()

    walked = measures.walk(page)

    assert walked["stops"] > 20
    assert walked["hidden"] == []
    assert walked["without_ring"] == []


@pytest.mark.parametrize("name", ["list.html", "parts.html"])
def test_page_reflows_at_320_pixels(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(name)

    assert measures.overflow(page) == 0


def test_page_reflows_with_wide_text_spacing(page: Page) -> None:
    page.goto("parts.html")
    page.evaluate(
        """() => { for (const e of document.querySelectorAll('body *')) {
            e.style.lineHeight = '1.5'; e.style.letterSpacing = '0.12em'; e.style.wordSpacing = '0.16em'; } }"""
    )

    assert measures.clipped(page) == []
    assert measures.overflow(page) == 0


@pytest.mark.parametrize(("name", "rows"), [("list.html", 12), ("review.html", 10)])
def test_office_screen_shows_enough_rows(page: Page, name: str, rows: int) -> None:
    page.goto(name)
    page.locator("tbody input[data-row]").first.check()

    visible = page.evaluate(
        """() => { const bar = document.querySelector('.bulk-bar');
            const floor = bar ? bar.getBoundingClientRect().top : innerHeight;
            const rows = [...document.querySelectorAll('tbody tr')];
            return rows.filter(row => row.getBoundingClientRect().bottom <= floor + 1).length; }"""
    )

    assert visible >= rows


def test_every_tag_says_its_status_in_words_beside_an_icon(page: Page) -> None:
    page.goto("parts.html")

    tags = page.locator(".tag")
    bare = tags.evaluate_all("tags => tags.filter(t => !t.textContent.trim() || !t.querySelector('svg use')).length")

    assert tags.count() > 30
    assert bare == 0


def test_icons_come_from_the_sprite(page: Page) -> None:
    page.goto("parts.html")

    drawn = page.locator(".tag .icon").first.bounding_box()
    names = page.locator("svg use").evaluate_all("uses => [...new Set(uses.map(u => u.getAttribute('href')))]")
    sprite = page.request.get("static/img/icons.svg").text()

    assert drawn
    assert drawn["width"] == pytest.approx(14, abs=1)
    assert [name for name in names if f'id="{name.split("#")[1]}"' not in sprite] == []


def test_narrow_screen_folds_the_menu_and_turns_rows_into_cards(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("list.html")

    menu = page.locator("details.site-menu")
    assert not menu.locator("nav").is_visible()
    menu.locator("summary").click()
    assert menu.locator("nav").is_visible()
    label = page.locator("tbody tr td[data-label]").first.evaluate("e => getComputedStyle(e, '::before').content")
    assert label == '"Mã hộ"'


def test_paper_shows_the_list_without_the_frame(page: Page) -> None:
    page.goto("list.html")
    page.emulate_media(media="print")

    assert page.locator("tbody tr").first.is_visible()
    for left_out in [".site-header", ".filters", ".bulk-bar", ".site-footer", ".page-actions"]:
        assert not page.locator(left_out).is_visible(), left_out
    assert "Times New Roman" in page.locator("body").evaluate("e => getComputedStyle(e).fontFamily")


def test_forced_colours_keep_edges_on_tags(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto("list.html")

    edge = page.locator(".tag").first.evaluate("e => getComputedStyle(e).borderTopWidth")

    assert edge == "1px"


def test_bulk_bar_sticks_only_while_rows_are_selected(page: Page) -> None:
    page.goto("list.html")
    bar = page.locator(".bulk-bar")
    assert bar.evaluate("e => getComputedStyle(e).position") == "static"

    page.locator("tbody input[data-row]").first.check()

    assert bar.evaluate("e => getComputedStyle(e).position") == "sticky"
    assert bar.bounding_box()["y"] + bar.bounding_box()["height"] <= 769  # type: ignore[index]
