"""Reports are built once in effect, whole or not at all, on one snapshot."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.db import connection, transaction
from pypdf import PdfReader

from administration import jobs
from administration.jobs import JobRun
from administration.models import Area, AuditEvent, Job, Officer, Role
from administration.scope import EVERYWHERE, scope_of, snapshot_of, within
from administration.verbs import Verb
from allocations.models import Allocation, Round, Status
from devices.models import Device
from reports import actions, building, sources, tasks
from reports.definitions import REPORTS
from reports.document import TotalsDiffer
from reports.files import shelf
from reports.models import ReportRun
from reports.progress import count_of
from reports.progress import gather as gather_progress
from reports.sources import Question
from tests.factories import (
    commune,
    district,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
)
from tests.reports.test_definitions import AT
from tests.reports.test_every_report import make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
REASON = "Đối soát với nhà cung cấp"


@pytest.fixture
def round() -> Round:
    with within(*EVERYWHERE):
        return make_world()


@pytest.fixture
def staff() -> Officer:
    return make_officer(Role.PROVINCE_STAFF, full_name="Nguyễn Văn Tỉnh")


def ask(kind: str, round: Round, by: Officer) -> ReportRun:
    with scope_of(by):
        return actions.ask_for_report(kind, by.area_id, round_id=round.pk, reason=REASON, by=by)


def seen(run: ReportRun) -> ReportRun:
    with within(*EVERYWHERE):
        return ReportRun.objects.select_related("job").get(pk=run.pk)


def events(verb: Verb) -> int:
    with within(*EVERYWHERE):
        return AuditEvent.objects.filter(verb=verb).count()


def on_shelf() -> list[str]:
    return sorted(path.name for path in shelf().glob("*") if path.is_file())


def elsewhere(work: Callable[[], object]) -> None:
    """Somebody else's committed change, on a connection of its own."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with within(*EVERYWHERE):
                work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not errors, errors


# --- Built ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(REPORTS))
def test_a_report_is_built_with_files_totals_checksum_and_one_event(kind, round, staff):
    run = ask(kind, round, staff)

    assert jobs.run(run.job_id)

    run = seen(run)
    assert run.job.state == "done"
    assert on_shelf() == [f"{run.pk:08d}-1.pdf", f"{run.pk:08d}-1.xlsx"]
    assert run.totals["rows"] > 0
    assert len(run.checksum) == 64
    assert run.snapshot_id.startswith("60-")
    assert events(Verb.REPORT_BUILT) == 1


def test_workbook_and_paper_hold_the_totals_of_the_run(round, staff):
    run = ask("progress", round, staff)
    jobs.run(run.job_id)
    run = seen(run)

    book = openpyxl.load_workbook(run.xlsx.path)
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    paper = " ".join(page.extract_text() for page in PdfReader(run.pdf.path).pages)
    assert run.totals["handed_over"] == 7
    sheet = book.worksheets[0]
    headings = {cell.value: cell.column for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)}
    last = next(row for row in sheet.iter_rows() if row[0].value == "Tổng cộng")
    assert last[headings["Đã bàn giao"] - 1].value == 7
    assert run.checksum in texts
    assert run.snapshot_id in texts
    assert run.snapshot_id in paper


def test_a_personal_list_bears_the_officer_s_name_in_both_files(round, staff):
    run = ask("households_supported", round, staff)
    jobs.run(run.job_id)
    run = seen(run)

    paper = PdfReader(run.pdf.path).pages[0].extract_text()
    assert "Nguyễn Văn Tỉnh" in paper
    book = openpyxl.load_workbook(run.xlsx.path)
    info = {row[0].value: row[1].value for row in book["Thông tin"].iter_rows()}
    assert info["Bản của"] == "Nguyễn Văn Tỉnh"
    assert info["Lý do sử dụng dữ liệu cá nhân"] == REASON


# --- Once in effect ------------------------------------------------------------------------------------------------


def test_a_doubled_message_builds_nothing_a_second_time(round, staff):
    run = ask("progress", round, staff)

    assert jobs.run(run.job_id) is True
    first = seen(run)
    assert jobs.run(run.job_id) is False

    again = seen(run)
    assert (again.checksum, again.taken_at, again.xlsx.name) == (first.checksum, first.taken_at, first.xlsx.name)
    assert events(Verb.REPORT_BUILT) == 1


def test_a_worker_killed_after_the_files_leaves_no_half_report_and_the_next_attempt_is_whole(
    round, staff, monkeypatch: pytest.MonkeyPatch
):
    run = ask("progress", round, staff)
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "keep_report", _raise)
        jobs.run(run.job_id)
    interrupted = seen(run)
    assert not interrupted.is_built
    assert (interrupted.job.state, interrupted.job.attempts) == ("queued", 1)
    assert on_shelf()  # written, but nothing points to them

    jobs.run(run.job_id)

    run = seen(run)
    assert (run.job.state, run.is_built) == ("done", True)
    assert on_shelf() == [f"{run.pk:08d}-2.pdf", f"{run.pk:08d}-2.xlsx"]
    assert events(Verb.REPORT_BUILT) == 1


def test_a_worker_killed_while_writing_leaves_no_file_under_a_final_name(round, staff, monkeypatch: pytest.MonkeyPatch):
    def half(document: object, path: Path) -> None:
        path.write_bytes(b"%PDF-half")
        _raise()

    monkeypatch.setattr(building, "write_pdf", half)
    run = ask("progress", round, staff)

    jobs.run(run.job_id)

    assert on_shelf() == [f"{run.pk:08d}-1.xlsx"]
    assert not seen(run).is_built


def test_a_report_that_fails_three_times_says_a_code_and_leaves_nothing_on_the_shelf(
    round, staff, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tasks, "keep_report", _raise)
    run = ask("progress", round, staff)

    for _ in range(3):
        jobs.run(run.job_id)

    job = seen(run).job
    assert job.state == "failed"
    assert str(job.pk)[:8] in job.error
    assert on_shelf() == []


def _raise(*_: object, **__: object) -> None:
    raise RuntimeError("the worker was killed here")


def test_an_attempt_that_was_taken_over_does_not_touch_the_report_of_the_other(
    round, staff, monkeypatch: pytest.MonkeyPatch
):
    run = ask("progress", round, staff)
    keep = tasks.keep_report

    def overtaken(*args: object, **more: object) -> ReportRun:
        """The lease ran out while this attempt slept: another worker claims the job and finishes it."""
        monkeypatch.setattr(tasks, "keep_report", keep)
        elsewhere_without_scope(lambda: Job.objects.update(lease_until="2000-01-01T00:00:00Z"))
        elsewhere_without_scope(lambda: jobs.run(run.job_id))
        return keep(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "keep_report", overtaken)
    jobs.run(run.job_id)

    run = seen(run)
    assert (run.job.state, run.job.attempts) == ("done", 2)
    assert run.xlsx.name == f"reports/{run.pk:08d}-2.xlsx"
    assert Path(run.xlsx.path).exists()
    assert events(Verb.REPORT_BUILT) == 1


def elsewhere_without_scope(work: Callable[[], object]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


# --- Cancelled -----------------------------------------------------------------------------------------------------


def test_a_report_cancelled_while_it_is_written_keeps_nothing(round, staff, monkeypatch: pytest.MonkeyPatch):
    run = ask("progress", round, staff)
    write = tasks.write

    def cancelled_meanwhile(*args: object, **more: object) -> object:
        elsewhere(lambda: actions.cancel_report(run.pk, by=staff))
        return write(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "write", cancelled_meanwhile)

    jobs.run(run.job_id)

    assert seen(run).job.state == "cancelled"
    assert not seen(run).is_built
    assert on_shelf() == []
    assert events(Verb.REPORT_BUILT) == 0


def test_a_cancelled_report_is_never_started(round, staff):
    run = ask("progress", round, staff)
    with scope_of(staff):
        actions.cancel_report(run.pk, by=staff)

    assert jobs.run(run.job_id) is False
    assert on_shelf() == []


# --- One snapshot --------------------------------------------------------------------------------------------------


def approve_all() -> None:
    """Each commune's lines by a reviewing officer of its own district."""
    waiting = Allocation.objects.filter(status=Status.SUBMITTED)
    for area in Area.objects.filter(pk__in=waiting.values("area")).select_related("parent"):
        reviewer = make_officer(Role.REVIEWER, area.parent)
        waiting.filter(area=area).update(status=Status.APPROVED, decided_by=reviewer)


def plain_count(round: Round) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status IN ('approved', 'handed_over')), count(*) FILTER (WHERE status <>"
            " 'withdrawn') FROM allocations_allocation WHERE round_id = %s",
            [round.pk],
        )
        granted, listed = cursor.fetchone()
    return granted, listed


def add_one_line(round: Round) -> None:
    area = commune()
    commune_list = round.lists.get(area=area)
    make_allocation(commune_list, make_household(area), Status.APPROVED)


def test_report_dashboard_and_plain_count_are_equal_on_one_snapshot_while_approvals_go_on(round, staff):
    question = Question(staff.area, round, staff, AT)
    with snapshot_of(staff):
        before = plain_count(round)
        elsewhere(approve_all)
        report = building.gather(REPORTS["progress"], question, snapshot_id="x").totals
        elsewhere(lambda: add_one_line(round))
        dashboard = gather_progress(staff.area, round, at=AT).figures
        summary = building.gather(REPORTS["summary"], question, snapshot_id="x").totals
        after = plain_count(round)

    assert before == after == (14, 28)
    assert (report["granted"], report["listed"]) == (dashboard.granted, dashboard.listed) == after
    assert summary["granted"] == report["granted"]
    with scope_of(staff):
        assert gather_progress(staff.area, round, at=AT).figures.granted == 14 + 7 + 1  # they did go on


@pytest.fixture
def hand_over_between(monkeypatch: pytest.MonkeyPatch, round: Round) -> None:
    """A device is handed over between the reading of the list and the reading of the roll-up."""

    def hand_over_one() -> None:
        line = Allocation.objects.filter(status=Status.APPROVED, recheck__isnull=True).order_by("pk").first()
        device = make_device(line.area, state=Device.State.HANDED_OVER)
        Allocation.objects.filter(pk=line.pk).update(status=Status.HANDED_OVER, device=device)

    def count_after_a_change(*args: object) -> int:
        elsewhere(hand_over_one)
        return count_of(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "count_of", count_after_a_change)


@pytest.mark.usefixtures("hand_over_between")
def test_the_task_gathers_on_one_snapshot_so_that_a_change_in_the_middle_does_not_show(round, staff):
    run = ask("households_supported", round, staff)

    jobs.run(run.job_id)

    assert seen(run).totals == {"rows": 7}


@pytest.mark.usefixtures("hand_over_between")
def test_without_the_snapshot_the_change_in_the_middle_would_be_noticed(round, staff):
    """The negative control of the test above."""
    with scope_of(staff), pytest.raises(TotalsDiffer, match="7 lines, the roll-up counts 8"):
        building.gather(REPORTS["households_supported"], Question(staff.area, round, staff, AT), snapshot_id="x")


def test_a_report_built_twice_from_the_same_figures_has_the_same_checksum(round, staff):
    first = ask("progress", round, staff)
    jobs.run(first.job_id)
    second = ask("progress", round, staff)
    jobs.run(second.job_id)

    assert first.pk != second.pk
    assert seen(first).checksum == seen(second).checksum
    assert seen(first).snapshot_id != seen(second).snapshot_id


# --- Scope ---------------------------------------------------------------------------------------------------------


def test_a_reviewer_s_report_holds_only_the_reviewer_s_district(round):
    reviewer = make_officer(Role.REVIEWER, district())
    run = ask("progress", round, reviewer)

    jobs.run(run.job_id)

    assert seen(run).totals["granted"] == 10


def test_progress_goes_up_while_files_are_written(round, staff, monkeypatch: pytest.MonkeyPatch):
    marks: list[tuple[int, int]] = []
    monkeypatch.setattr(JobRun, "progress", lambda self, done, total: marks.append((done, total)))
    monkeypatch.setattr(building, "ROWS_PER_MARK", 1)
    run = ask("progress", round, staff)

    jobs.run(run.job_id)

    done = [mark for mark, _ in marks]
    assert done == sorted(done)
    assert done[-1] < marks[-1][1]
    assert len(done) == marks[-1][1] - 1


# --- The shelf -----------------------------------------------------------------------------------------------------


def test_expired_personal_files_and_leftovers_are_taken_off_the_shelf_and_the_rest_stays(round, staff):
    old, fresh, plain = (
        ask("households_supported", round, staff),
        ask("households_supported", round, make_officer(Role.PROVINCE_STAFF)),
        ask("progress", round, staff),
    )
    for run in (old, fresh, plain):
        jobs.run(run.job_id)
    (shelf() / "00009999-1.pdf").write_bytes(b"left by a lost worker")
    for path in shelf().glob("*"):
        os.utime(path, (0, 0))
    (shelf() / "00009998-1.pdf").write_bytes(b"being written now")
    with within(*EVERYWHERE):
        ReportRun.objects.filter(pk__in=[old.pk, plain.pk]).update(taken_at=AT)

    tasks.tidy_shelf()

    assert on_shelf() == sorted(
        [f"{run.pk:08d}-1.{extension}" for run in (fresh, plain) for extension in ("pdf", "xlsx")] + ["00009998-1.pdf"]
    )
    assert not seen(old).xlsx
    assert seen(plain).xlsx


def test_rows_of_the_shelf_are_fenced(round, staff):
    run = ask("progress", round, staff)
    with transaction.atomic():
        assert not ReportRun.objects.filter(pk=run.pk).exists()
    with scope_of(make_officer(Role.REVIEWER, district())):
        assert not ReportRun.objects.filter(pk=run.pk).exists()


def test_the_unused_quota_is_not_lost_when_a_list_is_empty(staff):
    """A round without any line still gives a report: every commune of the quota is missing."""
    with within(*EVERYWHERE):
        empty = make_round()
        make_quota(empty, commune(), 5)
        make_list(empty, commune())
    run = ask("summary", empty, staff)

    jobs.run(run.job_id)

    assert seen(run).totals["quota"] == 5
    assert seen(run).totals["granted"] == 0
