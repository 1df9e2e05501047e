"""Printing the posting list at a real browser (T-07): two clicks from the round, then the paper itself is measured."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from administration.scope import EVERYWHERE, within
from allocations.actions import start_posting
from allocations.models import CommuneList, Round
from tests.allocations.scenes import submitted
from tests.beneficiaries.test_household_browser import signed_in
from tests.browser import OFFICE, PHONE, overflow, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
HOUSEHOLDS = 180
POINTS_PER_MM = 72 / 25.4
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>')


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The official of a commune whose list of 180 households hangs from today."""
    with within(*EVERYWHERE):
        scene = submitted(HOUSEHOLDS, quota=100, status="draft")
        Round.objects.update(demands_posting=True, posted_columns=["birth_year", "hamlet", "identity", "category"])
        CommuneList.objects.update(state="draft", submission_no=0)
        start_posting(
            scene.commune_list.pk, starts_on=timezone.localdate(), places=["Trụ sở Ủy ban nhân dân phường"],
            by=scene.official,
        )  # fmt: skip
        url = f"/dot/{scene.round.code}/"
    context = browser.new_context(viewport=OFFICE, base_url=live_server.url)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": signed_in(scene.official), "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(url)
    yield page
    page.goto("about:blank")
    context.close()


def test_the_posting_list_is_two_clicks_away_and_measures_as_the_decree_wants(page, tmp_path):
    judge(page)
    page.get_by_role("link", name="Niêm yết công khai").first.click()
    judge(page)
    link = page.get_by_role("link", name="In danh sách niêm yết A4")  # the second click opens the paper
    answer = page.context.request.get(link.get_attribute("href"))
    assert answer.status == 200
    paper = answer.body()

    sheets = PdfReader(io.BytesIO(paper)).pages
    texts = [sheet.extract_text() for sheet in sheets]
    assert len(sheets) == 5
    assert all([round(float(side) / POINTS_PER_MM) for side in sheet.mediabox[2:]] == [210, 297] for sheet in sheets)
    assert all("STT" in text and "Họ và tên" in text for text in texts)
    whole = "\n".join(texts)
    assert not re.search(r"\b\d{12}\b", whole)
    assert len(re.findall(r"060•{6}\d{3}", whole)) == HOUSEHOLDS
    assert "TM. ỦY BAN NHÂN DÂN" in texts[-1]
    assert re.search(r"180\s+Nguyễn Thị Hộ 180", texts[-1])  # nobody signs an empty page
    assert "Danh sách có 180 hộ" in texts[-1]
    margins(paper, tmp_path)


def judge(page: Page) -> None:
    assert violations(page) == []
    for size in (PHONE, OFFICE):
        page.set_viewport_size(size)
        assert overflow(page) == 0, size


def margins(paper: bytes, folder: Path) -> None:
    """Words lie within 20 mm above, 30 mm left and 15 mm right; the numbers of pages and the foot stand outside."""
    (folder / "paper.pdf").write_bytes(paper)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(folder / "paper.pdf"), "-"], capture_output=True, check=True, text=True
    ).stdout
    for number, sheet in enumerate(boxes.split("<page ")[1:], start=1):
        words = [(*map(float, found[:4]), found[4]) for found in WORD.findall(sheet)]
        above = [word for *box, word in words if box[3] / POINTS_PER_MM < 19.5]
        assert above == ([] if number == 1 else [str(number)])  # the number of the page, none on the first
        body = [
            (box, word) for *box, word in words if box[1] / POINTS_PER_MM >= 19.5 and box[3] / POINTS_PER_MM <= 277.5
        ]
        assert [word for box, word in body if box[0] / POINTS_PER_MM < 29.5 or box[2] / POINTS_PER_MM > 195.5] == []
