"""The usability script of the import (T-01, T-01b, c, d and P-07) in a real browser, with its budget of clicks.

Jobs run at once, where a worker would take them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from administration import jobs
from administration.models import Officer
from administration.scope import EVERYWHERE, within
from allocations.models import Allocation
from beneficiaries.models import Household, ImportFile, StagedHousehold
from demo.make_lists import to_tcvn3
from tests.beneficiaries.found_list import FoundList, found_list, head_name, identity, year
from tests.beneficiaries.lists import FIRST_ROW, a_list, household
from tests.beneficiaries.test_household_browser import signed_in
from tests.browser import OFFICE
from tests.factories import LIEN_HUONG, commune, make_household, make_officer, make_person, make_quota, make_round

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files"), pytest.mark.timeout(280)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CLICKS = 25
TAKEN, TWINS, DOUBLES = 6, 6, 3


class Official:
    """An official at a browser who counts clicks."""

    def __init__(self, browser: Browser, address: str, officer: Officer) -> None:
        self.browser, self.address, self.officer = browser, address, officer
        self.clicks = 0
        self.context: BrowserContext
        self.page: Page
        self.sit_down()

    def sit_down(self) -> None:
        """A new session in a browser that knows nothing of the last one."""
        self.context = self.browser.new_context(viewport=OFFICE, base_url=self.address)  # type: ignore[arg-type]
        name, value = settings.SESSION_COOKIE_NAME, signed_in(self.officer)
        self.context.add_cookies([{"name": name, "value": value, "url": self.address}])
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)

    def leave(self) -> None:
        self.page.goto("about:blank")
        self.page.wait_for_timeout(200)
        self.context.close()

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.first.click()

    def choose(self, content: bytes, name: str = "ban.xlsx") -> None:
        """Two clicks in the dialogue of the system."""
        self.clicks += 2
        self.page.locator("input[type=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
        self.page.wait_for_url(re.compile(r"/nhap/\d+/(cot|loi|trung|xac-nhan)/"), timeout=60_000)

    def press(self, text: str) -> None:
        self.click(self.page.locator("main").get_by_role("button", name=text))

    def follow(self, text: str) -> None:
        self.click(self.page.locator("main").get_by_role("link", name=text))


@pytest.fixture
def official(browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Official]:
    monkeypatch.setattr("administration.tasks._ring_now", jobs.run)
    with within(*EVERYWHERE):
        officer = make_officer()
    sitting = Official(browser, live_server.url, officer)
    yield sitting
    sitting.leave()


def as_found() -> FoundList:
    """The list, and a register in which some of its households are known already."""
    first = sum(len(rows) for rows in found_list().rows.values()) + 1
    taken = range(first, first + TAKEN)
    twins = range(taken.stop, taken.stop + TWINS)
    with within(*EVERYWHERE):
        for number in taken:
            make_household(commune(LIEN_HUONG), identity=identity(number))
        for number in twins:
            known = make_household(commune(), identity=None, hamlet=f"Khu phố {number % 9 + 1}", head_name="x")
            known.members.all().delete()
            make_person(known, is_head=True, full_name=head_name(number), birth_year=year(number))
    return found_list({
        "taken": [{}] * TAKEN,
        "twin": [{}] * TWINS,
        "double": [{"Số CMND/CCCD": identity(number)} for number in (1, 41, 81)],
    })  # fmt: skip


def mend_by_keyboard(page: Page, mended: dict[tuple[int, str], str]) -> None:
    """Types into broken cells and goes on with Enter; passes cells that are settled elsewhere with Tab."""
    left = dict(mended)
    page.locator("form[data-cell] [name=gia_tri]").first.focus()
    for _ in range(400):
        if not left:
            return
        cell = page.locator("form[data-cell] [name=gia_tri]:focus")
        key = cell.evaluate(PLACE) if cell.count() else None
        if key is None or (int(key[0]), key[1]) not in left:
            page.keyboard.press("Tab")
            continue
        with page.expect_response(lambda answer: answer.url.endswith("/o/")):
            page.keyboard.press("ControlOrMeta+A")
            page.keyboard.insert_text(left.pop((int(key[0]), key[1])))
            page.keyboard.press("Enter")
        page.wait_for_timeout(60)
    raise AssertionError(left)


PLACE = "cell => [cell.form.elements.dong.value, cell.form.elements.truong.value]"


def mends_of(found: FoundList) -> dict[tuple[int, str], str]:
    dates, numbers, missing = found.rows["dates"], found.rows["numbers"], found.rows["missing"]
    mended = {(dates[0], "birth"): "28/02/1968", (dates[3], "birth"): "1968"}
    mended |= {(row, "identity_number"): f"060168{index:06d}" for index, row in enumerate(numbers, 910_001)}
    mended |= {(row, "full_name"): f"Lê Thị Mận {['Xuân', 'Hạ'][index]}" for index, row in enumerate(missing[:2])}
    mended |= {(row, "birth"): "1960" for row in missing[2:]}
    return mended


def test_t01_a_list_as_found_is_in_the_register_within_the_budget_of_clicks(official):
    found = as_found()
    with within(*EVERYWHERE):
        opened = make_round(code="dot-1", name="Đợt 1")
        make_quota(opened, commune(), allowed=400)
        before = Household.objects.count()
    page = official.page
    page.goto("/viec/")
    official.click(page.get_by_role("link", name="Nhập Excel"))
    official.choose(found.content)
    official.press("Đúng, tiếp tục")
    page.wait_for_url("**/loi/")
    expect(page.locator("#import-counts")).to_contain_text("312")
    for code in ("V47", "V51", "V81"):  # one button for each group
        official.click(page.locator(f"form:has(input[name=nhom][value^={code}]) button"))
        page.wait_for_load_state()
    mend_by_keyboard(page, mends_of(found))
    official.follow("Tiếp tục")
    page.wait_for_url("**/trung/")
    for _ in range(DOUBLES + TAKEN):  # the key 1: keep the first row, the same household
        expect(page.locator("[data-pair]:focus")).to_have_count(1)
        left = page.locator("[data-pair]").count()
        page.keyboard.press("1")
        expect(page.locator("[data-pair]")).to_have_count(left - 1)
    official.follow("Tiếp tục")
    page.wait_for_url("**/xac-nhan/")
    expect(page.locator("main")).to_contain_text("đã có trong sổ hộ 6")
    official.click(page.locator("main form button.btn-primary"))
    page.wait_for_url("**/ket-qua/")
    official.follow("Tạo danh sách của đợt")
    official.click(page.locator("main").get_by_role("link", name="Đợt 1"))
    official.follow("Lập danh sách")
    official.click(page.locator("main form button.btn-primary"))
    page.wait_for_url("**/dot/dot-1/")

    with within(*EVERYWHERE):
        file = ImportFile.objects.get()
        states = list(StagedHousehold.objects.values_list("state", flat=True))
        listed = Allocation.objects.count()
        assert Household.objects.count() == before + file.added
    assert (states.count("applied"), states.count("skipped")) == (312 - TAKEN - DOUBLES, TAKEN + DOUBLES)
    assert (file.added, file.updated) == (312 - TAKEN - DOUBLES - TWINS, TWINS)
    assert listed > 250
    assert official.clicks <= MOST_CLICKS, official.clicks


def test_t01b_the_same_layout_again_is_one_click_and_changes_nothing(official):
    rows = [household(number) for number in range(1, 31)]
    rows = [row | {"Họ và tên chủ hộ": to_tcvn3(row["Họ và tên chủ hộ"])} for row in rows]
    page = official.page
    page.goto("/nhap/")
    official.choose(a_list(rows))
    assert "/cot/" in page.url  # old fonts are asked about
    save_all(official)
    page.goto("/nhap/")
    official.clicks = 0
    official.choose(a_list(reversed(rows)), "lần 2.xlsx")
    assert "/cot/" not in page.url  # and remembered
    page.wait_for_url("**/xac-nhan/")
    expect(page.locator(".kpi", has_text="Không đổi")).to_contain_text("30")
    assert official.clicks <= 2 + 1  # choosing the file, and one for the columns at most
    official.click(page.locator("main form button.btn-primary"))
    page.wait_for_url("**/ket-qua/")
    with within(*EVERYWHERE):
        latest = ImportFile.objects.order_by("pk").last()
        assert (latest.added, latest.updated, latest.unchanged) == (0, 0, 30)


def save_all(official: Official) -> None:
    page = official.page
    page.goto(re.sub(r"/(cot|loi|trung|xac-nhan)/.*", "/", page.url))
    if "/cot/" in page.url:
        official.press("Đúng, tiếp tục")
    page.wait_for_url(re.compile(r"/(loi|trung|xac-nhan)/"))
    if "/xac-nhan/" not in page.url:
        page.goto(re.sub(r"/(loi|trung)/.*", "/xac-nhan/", page.url))
    official.click(page.locator("main form button.btn-primary"))
    page.wait_for_url("**/ket-qua/")


def test_t01c_the_next_day_the_work_goes_on_where_it_was_left(official):
    rows = [household(1, **{"Ngày sinh": "31/02/1970"}), household(2, **{"Ngày sinh": "32/02/1970"})]
    page = official.page
    page.goto("/nhap/")
    official.choose(a_list([*rows, *(household(number) for number in range(3, 9))]))
    page.locator("form[data-cell] [name=gia_tri]").first.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("1970")
    page.keyboard.press("Enter")
    expect(page.locator("#import-counts")).to_contain_text("1 cần sửa")
    official.leave()

    official.sit_down()
    official.clicks, page = 0, official.page
    page.goto("/viec/")
    official.click(page.locator("main a[href*='/nhap/']"))
    page.wait_for_load_state()
    if "/loi/" not in page.url:
        official.follow("Làm tiếp")
    page.wait_for_url("**/loi/**")
    expect(page.locator("#import-counts")).to_contain_text("1 cần sửa")
    expect(page.locator("form[data-cell] [name=gia_tri]")).to_have_value("32/02/1970")
    assert official.clicks <= 2


def test_t01d_undoing_names_the_household_that_was_changed_since(official):
    page = official.page
    page.goto("/nhap/")
    official.choose(a_list([household(number) for number in range(1, 21)]))
    save_all(official)
    undo_url = page.url.replace("/ket-qua/", "/hoan-tac/")
    with within(*EVERYWHERE):
        touched = Household.objects.order_by("pk").first()
    page.goto(f"/ho/{touched.code}/sua/")
    page.fill("#id_address", "12 Huỳnh Thúc Kháng")
    page.locator("#household-form button.btn-primary").click()
    page.wait_for_url(f"**/ho/{touched.code}/")

    page.goto(undo_url)
    expect(page.locator(".note-warning")).to_contain_text(touched.code)
    official.press("Hoàn tác 19 hộ")
    page.wait_for_url("**/ket-qua/")
    expect(page.locator("#kept + ul")).to_contain_text(touched.code)
    with within(*EVERYWHERE):
        assert list(Household.objects.values_list("code", flat=True)) == [touched.code]


def test_p07_a_file_that_the_network_did_not_take_is_sent_when_it_is_back(official):
    page = official.page
    page.goto("/nhap/")
    official.context.set_offline(True)
    content = a_list([household(1), household(2)])
    page.locator("input[type=file]").set_input_files({"name": "a.xlsx", "mimeType": XLSX, "buffer": content})
    expect(page.locator("[data-upload-failed]")).to_be_visible(timeout=3_000)
    official.context.set_offline(False)
    page.wait_for_url(re.compile(r"/nhap/\d+/"), timeout=20_000)
    with within(*EVERYWHERE):
        assert ImportFile.objects.count() == 1


def test_p07_cells_keep_what_the_network_did_not_take_and_are_sent_in_order(official):
    broken = [household(number, **{"Ngày sinh": "31/02/1970"}) for number in range(1, 4)]
    page = official.page
    page.goto("/nhap/")
    official.choose(a_list([*broken, household(9)]))
    sent: list[str] = []
    official.context.set_offline(True)
    cells = page.locator("form[data-cell] [name=gia_tri]")
    cells.first.focus()
    for text in ("1970", "1971"):
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(text)
        page.keyboard.press("Enter")
        expect(page.locator(f"form.unsent:has([value='{FIRST_ROW + len(sent)}'])")).to_be_visible(timeout=3_000)
        sent.append(text)
    expect(cells.nth(2)).to_be_focused()
    expect(page.locator("#banner")).to_be_visible()
    official.context.set_offline(False)
    expect(page.locator("form.unsent")).to_have_count(0, timeout=15_000)
    expect(page.locator("#import-counts")).to_contain_text("1 cần sửa")
    with within(*EVERYWHERE):
        rows = StagedHousehold.objects.order_by("row_no")[:3]
        assert [row.state for row in rows] == ["ready", "ready", "broken"]
