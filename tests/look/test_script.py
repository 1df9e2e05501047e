"""static/js/app.js in a real browser: typing Vietnamese, selecting, warning, and pages that work without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Request

# How UniKey makes "Đặng": it deletes what it typed and inserts the finished letters, without composition events.
UNIKEY = [("type", "D"), ("back", 1), ("insert", "Đ"), ("type", "a"), ("back", 1), ("insert", "ă"), ("type", "n")]
UNIKEY += [("type", "g"), ("back", 3), ("insert", "ặng")]


@pytest.fixture
def searches(page: Page) -> list[Request]:
    """Every search that the page sends."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if "/ho/" in request.url else None)
    return sent


def test_search_typed_with_unikey_is_sent_once_and_keeps_the_focus(page: Page, searches: list[Request]) -> None:
    page.goto("list.html")
    page.focus("#id_q")
    for act, what in UNIKEY:
        if act == "type":
            page.keyboard.type(str(what))
        elif act == "insert":
            page.keyboard.insert_text(str(what))
        for _ in range(what if act == "back" else 0):
            page.keyboard.press("Backspace")
        page.wait_for_timeout(60)
    page.wait_for_selector("#answer")
    page.wait_for_timeout(500)

    assert ["q=%C4%90%E1%BA%B7ng" in request.url for request in searches] == [True]
    assert searches[0].headers["hx-request"] == "true"
    assert page.evaluate("document.activeElement.id") == "id_q"
    assert page.input_value("#id_q") == "Đặng"
    assert page.text_content("#live") == "2 hộ"
    assert "q=" in page.url


def test_search_is_sent_while_a_telephone_keyboard_still_composes(page: Page, searches: list[Request]) -> None:
    page.goto("list.html")
    page.focus("#id_q")
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "Đặng", "selectionStart": 4, "selectionEnd": 4})
    page.wait_for_timeout(300)
    assert searches == []

    page.wait_for_selector("#answer", timeout=1200)

    assert len(searches) == 1


def test_enter_that_ends_a_composition_submits_nothing(page: Page, searches: list[Request]) -> None:
    page.goto("list.html")
    page.focus("#id_q")
    passed = page.evaluate(
        """() => { let passed = 0; const box = document.querySelector('#id_q');
            box.addEventListener('keydown', () => { passed += 1; });
            box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}));
            box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
            return passed; }"""
    )

    assert passed == 1
    assert searches == []


def test_single_letter_and_unchanged_text_ask_nothing(page: Page, searches: list[Request]) -> None:
    page.goto("list.html")
    page.focus("#id_q")
    page.keyboard.type("a")
    page.wait_for_timeout(550)
    page.keyboard.press("Backspace")
    page.wait_for_timeout(550)

    assert searches == []


def test_shift_click_selects_the_range_and_counts_it(page: Page) -> None:
    page.goto("review.html")
    rows = page.locator("tbody input[data-row]")
    rows.nth(1).click()
    rows.nth(4).click(modifiers=["Shift"])

    assert page.locator("tbody tr.selected").count() == 4
    assert page.text_content("output[data-selected-count]") == "4"
    assert page.text_content("button[value=approve] [data-selected-count]") == "4"
    assert (page.text_content("#live") or "").endswith("4")
    assert page.evaluate("document.querySelector('[data-select-page]').indeterminate")


def test_tick_in_the_head_selects_the_page_and_nothing_else(page: Page) -> None:
    page.goto("list.html")
    page.locator("[data-select-page]").click()
    assert page.text_content("output[data-selected-count]") == "14"

    page.locator("[data-select-page]").click()

    assert page.locator("tbody tr.selected").count() == 0


def test_error_summary_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("parts.html")
    assert page.evaluate("document.activeElement.className") == "error-summary"

    page.locator(".error-summary a").nth(2).click()

    assert page.evaluate("document.activeElement.id") == "id_identity"
    described = page.get_attribute("#id_identity", "aria-describedby") or ""
    assert [page.locator(f"#{part}").count() for part in described.split()] == [1, 1]


def test_leaving_unsaved_work_asks_first(page: Page) -> None:
    page.goto("parts.html")
    asked: list[str] = []

    def answer(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", answer)
    page.locator("#id_note").fill("chưa lưu")
    page.goto("list.html")
    assert asked == ["beforeunload"]

    page.goto("parts.html")

    assert asked == ["beforeunload"]


def test_form_that_must_go_once_is_sent_once(page: Page) -> None:
    page.goto("login.html")
    page.fill("#id_login", "tinh")
    page.fill("#id_password", "mật khẩu")
    stopped = page.evaluate(
        """() => { const stopped = [], form = document.querySelector('.login form');
            addEventListener('submit', e => { stopped.push(e.defaultPrevented); e.preventDefault(); });
            form.requestSubmit(); form.requestSubmit();
            return stopped; }"""
    )

    assert stopped == [False, True]
    page.wait_for_selector(".login button[type=submit]:disabled")


def test_lost_connection_keeps_the_page_and_offers_to_try_again(page: Page, searches: list[Request]) -> None:
    page.goto("list.html")
    page.route("**/ho/**", lambda route: route.abort())
    page.fill("#id_q", "Đặng")
    page.locator("#banner [data-retry]").wait_for()
    assert page.locator("#banner [data-when=network]").is_visible()
    assert page.input_value("#id_q") == "Đặng"

    page.unroute("**/ho/**")
    page.locator("#banner [data-retry]").click()
    page.wait_for_selector("#answer")

    assert not page.locator("#banner").is_visible()


def test_slow_answer_marks_the_region_busy(page: Page) -> None:
    page.goto("list.html")
    held: list[object] = []
    page.route("**/ho/**", lambda route: held.append(route))
    page.fill("#id_q", "Đặng")

    page.wait_for_selector("#results[aria-busy=true]")

    held[0].fulfill(body='<div id="results"></div>')  # type: ignore[attr-defined]
    page.wait_for_selector("#results:not([aria-busy])", state="attached")


def test_password_can_be_shown(page: Page) -> None:
    page.goto("login.html")
    page.locator("[data-password-toggle] input").check()
    assert page.get_attribute("#id_password", "type") == "text"

    page.locator("[data-password-toggle] input").uncheck()

    assert page.get_attribute("#id_password", "type") == "password"


def test_code_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("parts.html")
    page.locator("[data-copy]").click()

    assert page.evaluate("navigator.clipboard.readText()") == "MN-00412"


def test_without_javascript_everything_needed_is_there_and_nothing_useless(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("list.html")
    assert not page.locator("[data-select-page]").is_visible()
    page.fill("#id_q", "Đặng")
    page.locator(".filters button").click()
    assert page.url.endswith("/list.html?q=%C4%90%E1%BA%B7ng&status=&category=&village=")
    page.goto("parts.html")
    assert not page.locator("[data-print]").is_visible()
    assert not page.locator("[data-copy]").is_visible()
    page.goto("login.html")
    assert not page.locator("[data-password-toggle]").is_visible()
    context.close()
