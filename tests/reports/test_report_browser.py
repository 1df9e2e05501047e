"""In a real browser: who is late is seen at once (T-06), a report takes three clicks (T-08), both agree (T-09)."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterator

import openpyxl
import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from administration import jobs
from administration.models import Role
from administration.scope import EVERYWHERE, within
from allocations.models import Round
from reports import tasks
from reports.progress import gather
from tests.beneficiaries.test_household_browser import signed_in
from tests.browser import OFFICE, PHONE, overflow, violations
from tests.factories import make_officer, make_quota, province
from tests.reports.test_every_report import make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
assert tasks.BUILD in jobs.HANDLERS  # the worker knows how to build


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, monkeypatch) -> Iterator[Page]:
    """Province staff at a desk; jobs run at once, where a worker would take them. The round is late since yesterday."""
    monkeypatch.setattr("administration.tasks._ring_now", jobs.run)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with within(*EVERYWHERE):
        staff = make_officer(Role.PROVINCE_STAFF)
        round = make_world()
        Round.objects.filter(pk=round.pk).update(
            opens_on=yesterday - datetime.timedelta(days=60), submit_by=yesterday, review_by=yesterday,
            hand_over_by=timezone.localdate() + datetime.timedelta(days=30),
        )  # fmt: skip
        for commune in province().children.get(code="593").children.all()[:12]:
            round.quotas.filter(area=commune).exists() or make_quota(round, commune, 5)
    context = browser.new_context(viewport=OFFICE, base_url=live_server.url, accept_downloads=True)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": signed_in(staff), "url": live_server.url}])
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


def test_who_is_late_stands_on_the_first_screen_in_order_with_the_step_and_whom_to_call(page: Page):
    page.goto("/tong-quan/")

    block = page.locator("section:has(#late)")
    box = block.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= OFFICE["height"]
    shown = block.locator("tbody tr th").all_inner_texts()
    with within(*EVERYWHERE):
        late = gather(province(), Round.objects.get(), at=timezone.now()).late
    assert len(shown) == 8
    assert [name.strip() for name in shown] == [commune.area.name for commune in late[:8]]
    assert all("ngày" in text for text in block.locator("tbody tr").all_inner_texts())
    assert violations(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert overflow(page) == 0


def test_a_report_takes_three_clicks_and_its_files_say_what_the_dashboard_says(page: Page, tmp_path):
    page.goto("/tong-quan/")
    handed_over = page.locator(".kpis a").nth(2).inner_text().strip()
    began = time.monotonic()

    page.get_by_role("link", name="Lập báo cáo").click()
    page.get_by_role("button", name="Lập báo cáo").click()
    with page.expect_download() as excel:
        page.get_by_role("link", name="Excel").first.click()

    assert time.monotonic() - began < 60
    excel.value.save_as(tmp_path / "report.xlsx")
    with page.expect_download() as pdf:
        page.get_by_role("link", name="PDF").first.click()
    pdf.value.save_as(tmp_path / "report.pdf")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["Biểu"]
    totals = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Tổng cộng")
    assert handed_over in {str(cell) for cell in totals}
    assert sheet.print_area
    assert sheet.print_title_rows
    words = " ".join(one.extract_text() for one in PdfReader(tmp_path / "report.pdf").pages)
    assert re.search(rf"Tổng cộng.*\b{handed_over}\b", words, re.S)
    assert "./." in words


def test_identity_numbers_and_imei_are_text_and_days_are_days_in_the_list_of_households(page: Page, tmp_path):
    page.goto("/bao-cao/?mau=households_supported")
    page.get_by_label("Cần dữ liệu cá nhân để làm gì").fill("Đối soát với nhà cung cấp")
    page.get_by_role("button", name="Lập báo cáo").click()
    with page.expect_download() as excel:
        page.get_by_role("link", name="Excel").first.click()

    excel.value.save_as(tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx")["Biểu"]
    rows = [
        row for row in sheet.iter_rows() if row[0].value and re.fullmatch(r"\d+", str(row[0].value)) and row[9].is_date
    ]
    assert len(rows) == 7
    for row in rows:
        assert isinstance(row[3].value, str)
        assert isinstance(row[8].value, str)
        assert len(row[8].value) == 15
        assert isinstance(row[9].value, datetime.datetime)


def test_the_reports_pages_are_clean_and_fit_a_phone(page: Page):
    for address in ("/bao-cao/", "/bao-cao/lich/", "/tong-quan/?xep=moi&ngay=30"):
        page.goto(address)
        assert violations(page) == [], address
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert overflow(page) == 0, address
        page.set_viewport_size(OFFICE)  # type: ignore[arg-type]
