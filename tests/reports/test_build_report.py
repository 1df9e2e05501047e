"""The command that builds one report at once."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from administration.models import AuditEvent, Officer, Role
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from allocations.models import Round
from reports import building
from reports.models import ReportRun
from tests.factories import make_officer, make_round
from tests.reports.test_definitions import make_busy_round

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]


@pytest.fixture
def round() -> Round:
    with within(*EVERYWHERE):
        return make_busy_round()


@pytest.fixture
def staff() -> Officer:
    return make_officer(Role.PROVINCE_STAFF, username="tinh")


def build(*arguments: str, out: Path) -> str:
    said = io.StringIO()
    call_command("build_report", *arguments, "--out", str(out), stdout=said)
    return said.getvalue()


def test_it_writes_both_files_and_prints_the_totals(round, staff, tmp_path):
    said = build("progress", "--area", "60", "--round", round.code, out=tmp_path / "new")

    assert "granted = 14" in said
    assert "handed_over = 7" in said
    (book,) = (tmp_path / "new").glob("*.xlsx")
    (paper,) = (tmp_path / "new").glob("*.pdf")
    assert str(book) in said
    assert paper.read_bytes().startswith(b"%PDF-")
    values = {cell.value for row in openpyxl.load_workbook(book).worksheets[0].iter_rows() for cell in row}
    assert "Phường Mũi Né" in values


def test_it_is_recorded_like_a_report_asked_for_on_the_page(round, staff, tmp_path):
    build("progress", "--area", "593", out=tmp_path)

    with within(*EVERYWHERE):
        run = ReportRun.objects.get()
        verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert (run.requested_by, run.area.code, run.is_built) == (staff, "593", True)
    assert verbs == {Verb.REPORT_ASKED, Verb.REPORT_BUILT}


def test_the_newest_open_round_is_taken_when_none_is_named(round, staff, tmp_path):
    with within(*EVERYWHERE):
        make_round(programme=round.programme, state=Round.State.CLOSED)
        make_round(programme=round.programme, state=Round.State.PLANNED)

    assert "granted = 14" in build("progress", "--area", "60", out=tmp_path)


def test_it_is_built_for_the_officer_named_and_in_their_scope(round, staff, tmp_path):
    make_officer(Role.REVIEWER, username="huyen")

    assert "granted = 10" in build("progress", "--area", "593", "--as", "huyen", out=tmp_path)
    with pytest.raises(CommandError):
        build("progress", "--area", "60", "--as", "huyen", out=tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("progress", "--area", "99999"),
        ("progress", "--area", "60", "--round", "khong-co"),
        ("progress", "--area", "60", "--as", "khong-co"),
        ("households_supported", "--area", "60"),
        ("summary", "--area", "22915"),
        ("khong-co", "--area", "60"),
    ],
)
def test_what_cannot_be_built_is_said(round, staff, tmp_path, arguments):
    with pytest.raises(CommandError):
        build(*arguments, out=tmp_path)

    assert not list(tmp_path.glob("*.xlsx"))


def test_personal_data_is_built_with_its_reason(round, staff, tmp_path):
    said = build("households_supported", "--area", "60", "--reason", "Đối soát với kho", out=tmp_path)

    assert "rows = 7" in said


def test_a_report_that_fails_ends_with_an_error(round, staff, tmp_path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(building, "write_workbook", fail)

    with pytest.raises(CommandError):
        build("progress", "--area", "60", out=tmp_path)
