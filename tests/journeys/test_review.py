"""The reviewer at a real browser (T-02, T-02b, T-02c, T-02d, T-03): clicks are counted, pages held against axe."""

from __future__ import annotations

import datetime
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from administration.models import AuditEvent, Officer, Role
from administration.scope import EVERYWHERE, within
from allocations.models import Allocation, Flag, Quota, Status
from tests.allocations.scenes import Scene, submitted
from tests.beneficiaries.test_household_browser import signed_in
from tests.browser import OFFICE, PHONE, overflow, violations
from tests.factories import make_officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
CLEAN, MISSING, PAIRS = 438, 35, 27
A_PAIR = 4.0  # seconds that a person may take for a pair; the machine's part is far below it


@dataclass
class Desk:
    """A page whose clicks are counted."""

    page: Page
    clicks: int = 0
    complaints: list[str] = field(default_factory=list)

    def click(self, name: str | re.Pattern[str], role: str = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()
        self.clicks += 1

    def judge(self) -> None:
        assert violations(self.page) == []
        for size in (PHONE, OFFICE):
            self.page.set_viewport_size(size)
            assert overflow(self.page) == 0, size
        assert self.complaints == []


@pytest.fixture
def desk_of(browser: Browser, live_server: LiveServer) -> Iterator[object]:
    contexts = []

    def open_desk(officer: Officer, url: str, *, javascript: bool = True) -> Desk:
        context = browser.new_context(viewport=OFFICE, base_url=live_server.url, java_script_enabled=javascript)
        context.add_cookies([{"name": "sessionid", "value": signed_in(officer), "url": live_server.url}])
        contexts.append(context)
        desk = Desk(context.new_page())
        desk.page.set_default_timeout(20_000)
        desk.page.on("console", lambda said: desk.complaints.append(said.text) if said.type == "error" else None)
        desk.page.goto(url)
        return desk

    yield open_desk
    for context in contexts:
        context.pages[0].goto("about:blank")
        context.close()


def five_hundred(quota: int) -> Scene:
    """F2: 438 clean, 35 without a certificate number, 27 that may be somebody else's."""
    flags = {n: [Flag.NO_CERTIFICATE] for n in range(CLEAN + 1, CLEAN + MISSING + 1)}
    flags |= {n: [Flag.NAMESAKE] for n in range(CLEAN + MISSING + 1, CLEAN + MISSING + PAIRS + 1)}
    with within(*EVERYWHERE):
        return submitted(CLEAN + MISSING + PAIRS, quota=quota, flags=flags)


def counted(scene: Scene) -> dict[str, int]:
    with within(*EVERYWHERE):
        found = Allocation.objects.filter(commune_list=scene.commune_list).values_list("status", flat=True)
        return {status: list(found).count(status) for status in set(found)}


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_500_households_are_decided_with_14_clicks_and_27_keys(desk_of, javascript):
    """T-02, and without JavaScript (P-04)."""
    scene = five_hundred(quota=600)
    desk = desk_of(scene.reviewer, "/duyet/", javascript=javascript)
    page = desk.page

    desk.click(scene.commune_list.area.name, "link")
    desk.click(re.compile(r"Sạch"), "link")
    desk.click(f"Chọn cả {CLEAN} hộ sạch")
    desk.click("Duyệt…")
    if javascript:
        desk.judge()
    desk.click(f"Duyệt {CLEAN} hộ")
    expect(page.locator("h1")).to_have_text("Kết quả")
    desk.click("Tiếp tục danh sách này", "link")
    desk.click(re.compile(r"Thiếu số giấy"), "link")
    desk.click(re.compile(rf"Chọn cả {MISSING} hộ"))
    desk.click("Trả lại…")
    page.get_by_label("Thiếu minh chứng", exact=True).check()
    desk.clicks += 1
    desk.click(re.compile(rf"Trả lại {MISSING} hộ"))
    desk.click("Tiếp tục danh sách này", "link")
    page.goto(f"{scene.url}?che-do=tung-ho&loc=trung")
    desk.clicks += 1
    if javascript:
        desk.judge()
        page.get_by_label(re.compile("Phím đơn")).check()
        desk.clicks += 1
    seconds = []
    for left in range(PAIRS, 0, -1):
        expect(page.locator("main")).to_contain_text(str(left))
        began = time.monotonic()
        with page.expect_navigation():
            if javascript:
                page.keyboard.press("d")
            else:
                page.get_by_role("button", name="Duyệt", exact=True).click()
        seconds.append(time.monotonic() - began)

    assert statistics.median(seconds) < A_PAIR  # T-03: one key a pair
    assert counted(scene) == {"approved": CLEAN + PAIRS, "returned": MISSING}
    assert desk.clicks <= 14
    with within(*EVERYWHERE):
        named = [
            pk for event in AuditEvent.objects.filter(verb__startswith="allocation.") for pk in event.household_ids
        ]
    assert sorted(named) == sorted(line.household_id for line in scene.lines)


def test_the_confirm_page_says_who_is_last_in_and_first_out_and_the_quota_holds(desk_of):
    """T-02b: 48 places for 438 clean households."""
    scene = five_hundred(quota=48)
    desk = desk_of(scene.reviewer, f"{scene.url}?loc=sach")

    desk.click(f"Chọn cả {CLEAN} hộ sạch")
    desk.click("Duyệt…")
    text = desk.page.locator("main").inner_text()
    assert "Nguyễn Thị Hộ 48" in text
    assert "Nguyễn Thị Hộ 49" in text
    desk.judge()
    desk.click("Duyệt 48 hộ, đưa 390 hộ vào danh sách chờ")
    expect(desk.page.locator("h1")).to_have_text("Kết quả")

    found = counted(scene)
    assert (found["approved"], found["waiting"]) == (48, 390)


def test_of_two_reviewers_the_second_reads_every_row_and_nothing_is_decided_twice(desk_of):
    """T-02c: both have chosen the same fifty."""
    with within(*EVERYWHERE):
        scene = submitted(50, quota=100)
        second = make_officer(Role.REVIEWER, scene.commune_list.area.parent)
    desks = [desk_of(officer, f"{scene.url}?loc=sach") for officer in (scene.reviewer, second)]
    for desk in desks:
        desk.click("Chọn cả 50 hộ sạch")
        desk.click("Duyệt…")
    desks[0].click("Duyệt 50 hộ")
    expect(desks[0].page.locator("h1")).to_have_text("Kết quả")
    with desks[1].page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        desks[1].click("Duyệt 50 hộ")

    assert answer.value.status == 409
    assert desks[1].page.locator("#conflict li").count() == 50
    with within(*EVERYWHERE):
        assert AuditEvent.objects.filter(verb="allocation.approved").count() == 1
    assert counted(scene) == {"approved": 50}


def test_a_decision_is_undone_within_15_minutes_and_not_after(desk_of, monkeypatch):
    """T-02d."""
    with within(*EVERYWHERE):
        scene = submitted(3, quota=3)
    desk = desk_of(scene.reviewer, f"{scene.url}?loc=sach")
    for _again in range(2):
        desk.page.goto(f"{scene.url}?loc=sach")
        desk.click("Chọn cả 3 hộ sạch")
        desk.click("Duyệt…")
        desk.click("Duyệt 3 hộ")
        expect(desk.page.get_by_role("button", name="Hoàn tác")).to_be_visible()
        if not _again:
            desk.click("Hoàn tác")
            expect(desk.page.locator("main")).to_contain_text("Đã hoàn tác")
            assert counted(scene) == {"submitted": 3}
    monkeypatch.setattr("allocations.actions.review.UNDO_WITHIN", datetime.timedelta(0))
    desk.click("Hoàn tác")
    expect(desk.page.locator("main")).to_contain_text("15 phút")
    assert counted(scene) == {"approved": 3}


def test_a_double_click_decides_once(desk_of):
    """P-06."""
    with within(*EVERYWHERE):
        scene = submitted(5, quota=5)
    desk = desk_of(scene.reviewer, f"{scene.url}?loc=sach")
    desk.click("Chọn cả 5 hộ sạch")
    desk.click("Duyệt…")
    desk.page.get_by_role("button", name="Duyệt 5 hộ").dblclick()
    expect(desk.page.locator("h1")).to_have_text("Kết quả")
    with within(*EVERYWHERE):
        assert AuditEvent.objects.filter(verb="allocation.approved").count() == 1
        assert Quota.objects.get().used == 5
        assert Allocation.objects.filter(status=Status.APPROVED).count() == 5


def late(page: Page, route: Route) -> None:
    page.wait_for_timeout(1500)
    route.continue_()


def search_late(page: Page, words: str) -> None:
    """Types a search whose answer takes a second and a half; it is under way when this returns."""
    page.route(re.compile(r"q=Nguy"), lambda route: late(page, route))
    with page.expect_request(re.compile(r"q=Nguy")):
        page.locator("input[name=q]").fill(words)


def test_a_late_answer_of_a_search_does_not_overtake_the_chip_pressed_after_it(desk_of):
    """P-05: the answer to the search comes after the one to the chip that was pressed later."""
    with within(*EVERYWHERE):
        scene = submitted(3, flags={3: [Flag.NAMESAKE]})
    page = desk_of(scene.reviewer, f"{scene.url}?loc=tat-ca").page

    search_late(page, "Nguyễn Thị Hộ 1")
    page.locator("#results .chip", has_text="Nghi trùng").first.click()
    page.wait_for_timeout(2000)
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page.locator("#results")).to_contain_text("Nguyễn Thị Hộ 3")


def test_a_late_answer_of_a_search_does_not_overtake_the_page_turned_after_it(desk_of):
    """P-05: both answers go into one region. The older request is dropped, and the region it asked for is gone."""
    with within(*EVERYWHERE):
        scene = submitted(60)
    page = desk_of(scene.reviewer, f"{scene.url}?loc=tat-ca").page

    search_late(page, "Nguyễn Thị Hộ 7")
    page.locator("#results a[rel=next]").first.click()
    expect(page.locator("#results tbody tr")).to_have_count(10)
    page.wait_for_timeout(2000)
    expect(page.locator("#results tbody tr")).to_have_count(10)
    expect(page.locator("#results")).to_contain_text("Nguyễn Thị Hộ 60")
