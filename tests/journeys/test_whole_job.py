"""The programme's real job through the pages, in one go: from a commune's file to the province's report.

A real Chromium, a real worker, a real broker. Every page on the way is held against axe, both widths and Vietnamese.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from administration.models import Job, Officer, Role
from administration.scope import EVERYWHERE, within
from allocations.models import Quota
from beneficiaries.models import Household
from devices.actions import dispatch, receive_lot
from devices.models import Device, DeviceModel
from tests.browser import OFFICE, PHONE, overflow, violations
from tests.factories import (
    commune,
    district,
    made_up_imei,
    make_lot,
    make_officer,
    make_quota,
    make_round,
    province,
)
from tests.faults.worker import RealWorker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files"), pytest.mark.timeout(240)]
LIST = Path(__file__).resolve().parent.parent.parent / "demo" / "lists" / "DS ho ngheo Mui Ne 2024.xls"
PASSWORD = "mat-khau-hu-cau-2024"
ENGLISH = re.compile(
    r"\b(the|and|of|households?|save|cancel|lists?|district|commune|approved?|submit|search|report)\b", re.I
)
SHOTS = os.environ.get("TRAO_SCREENSHOTS")


class Person:
    """An officer at a browser. `look` judges the page that is open."""

    def __init__(self, browser: Browser, address: str, username: str) -> None:
        self.username = username
        self.context = browser.new_context(viewport=OFFICE, base_url=address, accept_downloads=True)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.goto("/dang-nhap/")
        self.look("login")
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url("**/viec/")
        self.look("tasks")

    def press(self, selector: str) -> None:
        self.page.locator(f"main {selector}").first.click()

    def look(self, name: str) -> None:
        assert violations(self.page) == [], name
        for size in (PHONE, OFFICE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert overflow(self.page) == 0, (name, size)
            if SHOTS:
                self.page.screenshot(path=f"{SHOTS}/{self.username}-{name}-{size['width']}.png", full_page=True)
        english = ENGLISH.findall(self.page.locator("main").inner_text())
        assert english == [], name
        assert self.complaints == [], name


@pytest.fixture
def world() -> None:
    """Officers with a password, an open round with quota, and devices in the stock of Mũi Né."""
    with within(*EVERYWHERE):
        for username, role, area in (
            ("xa.muine", Role.COMMUNE_OFFICIAL, commune()),
            ("lanhdao.muine", Role.COMMUNE_LEADER, commune()),
            ("huyen.phanthiet", Role.REVIEWER, district()),
            ("tinh", Role.PROVINCE_STAFF, province()),
        ):
            officer = make_officer(role, area, username=username, full_name="Nguyễn Thị Hư Cấu")
            officer.set_password(PASSWORD)
            officer.save()
        opened = make_round(code="dot-1", name="Đợt 1")
        make_quota(opened, district(), allowed=20)
        make_quota(opened, commune(), allowed=5)
        staff = Officer.objects.get(username="tinh")
        make_lot()
        lot = receive_lot(
            code="L-01", model_id=DeviceModel.objects.get().pk, supplier="Nhà cung cấp mẫu", quantity=6,
            imeis=[made_up_imei() for _ in range(6)], received_on=opened.opens_on, province=province(), by=staff,
        )  # fmt: skip
        dispatch(lot.pk, commune().number, quantity=6, by=staff)


@pytest.fixture
def worker(tmp_path: Path, world: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealWorker]:
    (tmp_path / "worker").mkdir()
    with RealWorker(tmp_path / "worker") as running:
        monkeypatch.setattr("administration.tasks._ring_now", lambda job_id: running.ring(Job(pk=job_id)))
        yield running
    assert running.leftovers() == set()


def import_the_list(official: Person) -> int:
    """Drops the file in, mends what a group or a cell can mend, leaves the rest for later. Returns households saved."""
    page = official.page
    page.goto("/nhap/")
    official.look("import")
    page.locator("input[type=file]").set_input_files(LIST)
    page.wait_for_url(re.compile(r"/nhap/\d+/(cot|loi)/"), timeout=60_000)
    if "/cot/" in page.url:
        official.look("columns")
        official.press("form button.btn-primary")
        page.wait_for_url(re.compile(r"/nhap/\d+/loi/"), timeout=60_000)
    official.look("errors")
    before = page.locator("tr.problem").count()
    name = page.locator("form[data-cell]:has(input[value=full_name]) [name=gia_tri]").first
    name.fill("Lê Thị Hư Cấu")
    name.press("Enter")
    expect(page.locator("tr.problem")).to_have_count(before - 1)
    official.press("button[name=tat_ca]")
    page.wait_for_load_state()
    if "/trung/" in page.url:
        official.press("button[name=tat_ca]")
    page.goto(re.sub(r"/(loi|trung)/.*", "/xac-nhan/", page.url))
    official.look("confirm")
    official.press("form[data-once] button.btn-primary")
    page.wait_for_url(re.compile(r"/nhap/\d+/ket-qua/"), timeout=60_000)
    official.look("imported")
    with within(*EVERYWHERE):
        return Household.objects.count()


def build_and_submit(official: Person, leader: Person) -> None:
    official.page.goto("/dot/dot-1/")
    official.look("no-list-yet")
    official.page.goto("/dot/dot-1/lap/")
    official.look("build")
    official.press("form[data-once] button.btn-primary")
    official.page.wait_for_url("**/dot/dot-1/")
    official.look("list")
    leader.page.goto("/dot/dot-1/gui/")
    leader.look("submit")
    leader.page.fill("input[name=document_no]", "05/TTr-UBND")
    leader.page.check("input[name=leave_unready]")  # households without an identity number stay on the draft
    leader.press("form[data-once] button.btn-primary")
    leader.page.wait_for_url(re.compile(r"/dot/dot-1/(22915/)?$"))
    leader.look("submitted")


def approve_up_to_the_quota(reviewer: Person) -> None:
    page = reviewer.page
    page.goto("/duyet/")
    reviewer.look("queue")
    page.locator("main table a").first.click()
    page.wait_for_url(re.compile(r"/duyet/dot-1/22915/"))
    reviewer.look("review")
    reviewer.press("button[name=lam][value=het]")
    page.wait_for_url(re.compile(r"chon="))
    reviewer.press("button[name=lam][value=duyet]")
    page.wait_for_url("**/duyet/")
    reviewer.look("approve")
    reviewer.press("form[data-once] button.btn-primary")
    page.wait_for_url("**/ket-qua/")
    reviewer.look("approved")


def hand_over_one(official: Person) -> str:
    """Returns the name of the head who received the device."""
    page = official.page
    with within(*EVERYWHERE):
        imei = Device.objects.in_stock().held_by(commune()).order_by("pk").values_list("imei", flat=True)[0]
    page.goto("/giao-may/")
    official.look("desk")
    first = page.locator("main table tbody a").first
    head = first.inner_text()
    first.click()
    page.wait_for_url(re.compile(r"/giao-may/22915-\d+/$"))
    official.look("give")
    page.fill("input[name=imei]", imei)
    page.check("input[name=checked]")
    official.press("form[data-once] button.btn-primary")
    page.wait_for_url("**/bien-nhan/*")
    official.look("receipt")
    expect(page.locator("main")).to_contain_text(imei)
    return head


def build_report(staff: Person, kind: str, reason: str, folder: Path) -> openpyxl.Workbook:
    page = staff.page
    page.goto("/bao-cao/")
    staff.look("reports")
    page.check(f"input[name=mau][value={kind}]")
    page.select_option("select[name=dot]", label="Đợt 1")
    page.fill("[name=ly_do]", reason)
    staff.press("form[data-once] button.btn-primary")
    download = page.locator("main a[href*='/tai/xlsx/']")
    download.wait_for(timeout=60_000)
    staff.look("report-" + kind)
    with page.expect_download() as started:
        download.click()
    started.value.save_as(folder / f"{kind}.xlsx")
    return openpyxl.load_workbook(folder / f"{kind}.xlsx")


def cells(workbook: openpyxl.Workbook) -> list[list[object]]:
    return [list(row) for row in workbook.worksheets[0].iter_rows(values_only=True)]


def test_from_a_communes_file_to_the_provinces_report(browser, live_server: LiveServer, worker, tmp_path):
    official = Person(browser, live_server.url, "xa.muine")
    assert import_the_list(official) > 80
    leader = Person(browser, live_server.url, "lanhdao.muine")
    build_and_submit(official, leader)
    reviewer = Person(browser, live_server.url, "huyen.phanthiet")
    approve_up_to_the_quota(reviewer)
    with within(*EVERYWHERE):
        assert Quota.objects.get(area=commune()).used == 5
    head = hand_over_one(official)

    staff = Person(browser, live_server.url, "tinh")
    staff.page.goto("/tong-quan/?dot=dot-1")
    staff.look("dashboard")
    kpis = staff.page.locator(".kpis").inner_text()
    assert re.search(r"Đã duyệt\s+5\b", kpis)
    assert re.search(r"Đã giao máy\s+1\b", kpis)
    supported = cells(build_report(staff, "households_supported", "Đối soát với doanh nghiệp", tmp_path))
    assert [row for row in supported if head in row], "the household is counted by name"
    progress = cells(build_report(staff, "progress", "", tmp_path))
    (of_commune,) = [row for row in progress if "Phường Mũi Né" in row]
    assert 5 in of_commune
    assert 1 in of_commune
    for person in (official, leader, reviewer, staff):
        person.context.close()
