"""Every odd or hostile file by the way an official takes: sent on the page, read by the job, told on the page."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from beneficiaries.intake.read import refusal_message
from beneficiaries.models import ImportFile
from tests.beneficiaries.intake import test_guard, test_odd_files
from tests.beneficiaries.intake.workbooks import ROWS
from tests.beneficiaries.lists import reloaded, run_job, sent
from tests.factories import make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
REFUSED = {**{f"guard: {k}": v for k, v in test_guard.REFUSED.items() if v[1]}, **test_odd_files.REFUSED}
READ = {**{f"guard: {k}": v[:2] for k, v in test_guard.ACCEPTED.items()},
    **{k: v[:2] for k, v in test_odd_files.READ.items()}}  # fmt: skip
FOREIGN_COLUMNS = {"csv in windows-1258"}  # a list without any household of the sample


@pytest.fixture
def browser(client, everywhere):
    client.force_login(make_officer())
    with translation.override("vi"):
        yield client


def text_of(answer) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def send(browser, content: bytes, name: str):
    """The answer to the upload, and the page after the job, as the browser gets them."""
    answer = browser.post(reverse("imports:upload"), {"tep": sent(content, name.rsplit("\\", 1)[-1])}, follow=True)
    file = ImportFile.objects.first()
    if file is None:
        return None, answer
    run_job(file)
    return reloaded(file), browser.get(reverse("imports:file", args=[file.pk]), follow=True)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_file_sent_on_the_page_is_refused_there_in_one_sentence(browser, kind):
    make, name, code = REFUSED[kind]
    file, page = send(browser, make(), name)
    assert page.status_code == (422 if file is None else 200)
    sentence = refusal_message(code, {"megabytes": 10, "limit": "…", "sheet": "…", "column": "…", "row": "…"})
    parts = [part for part in sentence.split("…") if part.strip(' "')]
    assert [part for part in parts if part in text_of(page)] == parts
    if file:
        assert (file.state, file.households.count()) == ("refused", 0)
        assert all(part in file.refusal for part in parts)


@pytest.mark.parametrize("kind", READ)
def test_an_odd_file_sent_on_the_page_is_read_whole(browser, kind):
    make, name = READ[kind]
    file, page = send(browser, make(), name)
    assert page.status_code == 200
    assert file.state in ("uploaded", "checked"), file.refusal
    if kind not in FOREIGN_COLUMNS:
        stored = [one.values["household"]["people"][0].get("full_name") for one in file.households.in_file_order()]
        assert [name for name in stored if name in {row[1] for row in ROWS}] == [ROWS[1][1], ROWS[2][1]]
    columns = browser.get(reverse("imports:columns", args=[file.pk]))
    assert columns.status_code == 200
