"""The import in a real browser: sent when chosen, mended with the keyboard, whole on a phone, clean under axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from administration import jobs
from administration.scope import EVERYWHERE, within
from beneficiaries.models import Household, ImportFile, StagedHousehold
from tests.beneficiaries.lists import FIRST_ROW, a_list, household, identity, name
from tests.beneficiaries.test_household_browser import signed_in
from tests.browser import OFFICE, PHONE, overflow, violations
from tests.factories import LIEN_HUONG, commune, make_household, make_officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, monkeypatch) -> Iterator:
    """Opens a page of a commune official; jobs run at once, where a worker would take them."""
    monkeypatch.setattr("administration.tasks._ring_now", jobs.run)
    with within(*EVERYWHERE):
        officer = make_officer()
        make_household(commune(LIEN_HUONG), identity=identity(5))
        make_household(commune(), identity=None, head_name=name(6), hamlet="Khu phố 9")
    contexts = []

    def opened(viewport: dict[str, int], *, javascript: bool = True) -> Page:
        context = browser.new_context(viewport=viewport, base_url=live_server.url, java_script_enabled=javascript)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": signed_in(officer), "url": live_server.url}]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def choose(page: Page, rows: list[dict]) -> None:
    page.goto("/nhap/")
    file = {"name": "DS hộ nghèo.xlsx", "mimeType": XLSX, "buffer": a_list(rows)}
    page.locator("input[type=file]").set_input_files(file)


def messy() -> list[dict]:
    return [
        household(1, **{"Ngày sinh": "31/02/1970"}),
        household(2, **{"Họ và tên chủ hộ": "", "Số CCCD": "123"}),
        household(3),
        household(5),
        household(6, **{"Số CCCD": ""}),
        household(7, **{"Loại hộ": "HNN"}),
        household(8, **{"Loại hộ": "HNN"}),
    ]


def cell(page: Page, row_no: int, field: str):
    return page.locator(
        f"form[data-cell]:has(input[name=dong][value='{row_no}']):has(input[value={field}]) [name=gia_tri]"
    )


def settled(row_no: int) -> str:
    with within(*EVERYWHERE):
        return StagedHousehold.objects.get(row_no=row_no).state


def test_a_chosen_file_is_sent_at_once_and_its_cells_are_mended_with_the_keyboard_alone(open_page):
    page = open_page(OFFICE)
    choose(page, messy())
    page.wait_for_url("**/loi/")
    birth = cell(page, FIRST_ROW, "birth")
    birth.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("30/02/1970")
    page.keyboard.press("Enter")
    expect(page.locator(f"tr:has(#{birth.get_attribute('id')}) .is-error").first).to_contain_text("30/02/1970")
    expect(birth).to_be_focused()  # still wrong: the cell keeps the focus
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("1970")
    page.keyboard.press("Enter")
    expect(cell(page, FIRST_ROW + 1, "full_name")).to_be_focused()
    expect(page.locator("#import-counts")).to_contain_text("3 cần sửa")
    page.keyboard.insert_text("Lê Thị Mận")
    page.keyboard.press("Enter")
    expect(cell(page, FIRST_ROW + 1, "identity_number")).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("9")
    page.keyboard.press("Escape")
    expect(cell(page, FIRST_ROW + 1, "identity_number")).to_have_value("123")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(identity(2))
    page.keyboard.press("Tab")  # leaving a changed cell saves it, too
    expect(page.locator(f"tr:has(th:text-is('{FIRST_ROW + 1}')) form[data-cell]")).to_have_count(0)
    assert [settled(FIRST_ROW), settled(FIRST_ROW + 1)] == ["ready", "ready"]


def test_enter_goes_to_the_next_broken_cell_and_passes_warnings_of_a_row_that_is_in_order(open_page):
    page = open_page(OFFICE)
    broken = {"Ngày sinh": "31/02/1970"}
    choose(page, [household(1, **broken, **{"Số điện thoại": "123"}), household(2), household(3, **broken)])
    page.wait_for_url("**/loi/")
    cell(page, FIRST_ROW + 2, "birth").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("1970")
    page.keyboard.press("Enter")  # from the last broken cell to the first one
    expect(cell(page, FIRST_ROW, "birth")).to_be_focused()
    with page.expect_response(lambda answer: answer.url.endswith("/o/")):
        page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("1971")
    page.keyboard.press("Enter")
    expect(page.locator("#import-counts")).to_contain_text("0 cần sửa")
    expect(cell(page, FIRST_ROW, "phone")).to_be_visible()


def test_a_choice_is_saved_when_it_is_left_and_not_at_every_arrow_key(open_page):
    page = open_page(OFFICE)
    choose(page, [household(1, **{"Loại hộ": ""}), household(2)])
    page.wait_for_url("**/loi/")
    category = cell(page, FIRST_ROW, "category")
    category.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(category).to_have_value("HCN")
    page.keyboard.press("Tab")
    expect(category).to_have_count(0)
    with within(*EVERYWHERE):
        row = StagedHousehold.objects.get(row_no=FIRST_ROW)
        assert (row.state, row.values["household"]["category"]) == ("ready", "HCN")


def test_what_is_typed_in_another_cell_of_the_row_survives_the_answer(open_page):
    page = open_page(OFFICE)
    choose(page, messy())
    page.wait_for_url("**/loi/")
    page.route("**/o/", lambda route: (page.wait_for_timeout(400), route.continue_()))
    cell(page, FIRST_ROW + 1, "full_name").fill("Lê Thị Mận")
    page.keyboard.press("Tab")
    number = cell(page, FIRST_ROW + 1, "identity_number")
    number.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("06017")
    expect(cell(page, FIRST_ROW + 1, "full_name")).to_have_count(0)
    expect(number).to_be_focused()
    expect(number).to_have_value("06017")


@pytest.mark.parametrize("viewport", [OFFICE, PHONE], ids=["office", "phone"])
def test_every_page_of_the_way_is_clean_and_fits(open_page, viewport):
    page = open_page(viewport)

    def is_clean() -> None:
        assert violations(page) == [], page.url
        assert overflow(page) == 0, page.url

    choose(page, messy())
    page.wait_for_url("**/loi/")
    is_clean()
    file = page.url.split("/nhap/")[1].split("/")[0]
    page.locator("form:has(input[name=nhom][value^=V51]) select").select_option("HN")
    page.locator("form:has(input[name=nhom][value^=V51]) button").click()
    page.wait_for_load_state()
    for step in ("cot", "loi", "loi/?xem=canh-bao", "trung", "xac-nhan", "bo"):
        page.goto(f"/nhap/{file}/{step}" + ("" if "?" in step else "/"))
        is_clean()
    page.goto(f"/nhap/{file}/loi/")
    page.get_by_role("link", name="Sửa cả dòng").first.click()
    is_clean()
    page.goto(f"/nhap/{file}/loi/")
    page.locator("#import-bar button[name=tat_ca]").click()
    page.goto(f"/nhap/{file}/xac-nhan/")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/ket-qua/")
    is_clean()
    page.goto(f"/nhap/{file}/hoan-tac/")
    is_clean()
    page.goto("/nhap/")
    is_clean()
    with within(*EVERYWHERE):
        assert ImportFile.objects.get().added == Household.objects.filter(source__file_id=file).count() > 0


def test_the_whole_way_goes_without_javascript(open_page):
    page = open_page(OFFICE, javascript=False)
    choose(page, messy())
    page.locator("form[data-upload] button[type=submit]").click()
    page.wait_for_url("**/loi/")
    cell(page, FIRST_ROW, "birth").fill("1970")
    cell(page, FIRST_ROW, "birth").press("Enter")
    page.wait_for_url("**/loi/**")
    assert settled(FIRST_ROW) == "ready"
    page.locator("#import-bar button[name=tat_ca]").click()
    page.get_by_role("link", name="Tiếp tục").click()
    if page.url.endswith("/trung/"):
        page.get_by_role("button", name="Hộ khác").click()
        page.get_by_role("link", name="Tiếp tục").click()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/ket-qua/")


def test_a_file_chosen_before_the_script_has_come_is_sent_when_it_comes_and_not_again_on_the_way_back(open_page):
    page, held = open_page(OFFICE), []
    page.route("**/js/upload*.js", lambda route: held.append(route))
    page.goto("/nhap/", wait_until="commit")
    file = {"name": "DS hộ nghèo.xlsx", "mimeType": XLSX, "buffer": a_list([household(3)])}
    page.locator("input[type=file]").set_input_files(file)

    held[0].continue_()

    page.wait_for_url("**/nhap/*/*/")
    page.unroute("**/js/upload*.js")
    page.go_back()
    page.wait_for_timeout(500)
    assert page.url.endswith("/nhap/")


def test_a_file_that_is_too_large_is_not_sent(open_page):
    page = open_page(OFFICE)
    page.goto("/nhap/")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.xlsx", "mimeType": XLSX, "buffer": b"x" * (10 * 1024 * 1024 + 1)}
    )
    expect(page.locator("[data-upload-error]")).to_be_visible()
    with within(*EVERYWHERE):
        assert not ImportFile.objects.exists()


def test_an_upload_that_stands_still_is_given_up_and_can_be_sent_again(open_page):
    page = open_page(OFFICE)
    page.clock.install()
    held = []
    page.route("**/nhap/tep/", lambda route: held.append(route))  # no byte of an answer ever comes
    choose(page, messy())
    expect(page.locator("[data-upload-progress]")).to_be_visible()
    page.wait_for_function("() => true")
    page.clock.fast_forward(61_000)
    expect(page.locator("[data-upload-failed]")).to_be_visible()
    expect(page.locator("[data-upload-failed] button")).to_be_focused()
    page.unroute("**/nhap/tep/")
    page.keyboard.press("Enter")
    page.clock.resume()
    page.wait_for_url("**/loi/")
    with within(*EVERYWHERE):
        assert ImportFile.objects.count() == 1


def test_a_refused_file_is_explained_on_the_page(open_page):
    page = open_page(OFFICE)
    page.goto("/nhap/")
    page.locator("input[type=file]").set_input_files({"name": "a.xlsx", "mimeType": XLSX, "buffer": b"%PDF-1.7"})
    page.wait_for_url("**/ket-qua/")
    expect(page.get_by_role("alert")).to_contain_text(".xlsx")
