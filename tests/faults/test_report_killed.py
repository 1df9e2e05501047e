"""Workers that die when a report is written but not yet kept: it is built once, and no file is left over."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from administration.models import AuditEvent, Job, Role
from administration.scope import EVERYWHERE, scope_of, within
from administration.verbs import Verb
from allocations.models import Status
from reports.actions import ask_for_report
from reports.files import shelf
from reports.models import ReportRun
from tests.factories import make_allocation, make_list, make_officer, make_quota, make_round
from tests.faults.test_import_killed import in_the_way, kill_the_child, kill_the_worker
from tests.faults.worker import RealWorker, end_lease

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
RUN = "SELECT 1 FROM reports_reportrun FOR UPDATE"  # the last step points the run to its finished files


@pytest.fixture
def worker(tmp_path) -> Iterator[RealWorker]:
    (tmp_path / "worker").mkdir()
    with RealWorker(tmp_path / "worker") as running:
        yield running
    assert running.leftovers() == set()


@pytest.fixture
def run() -> ReportRun:
    with within(*EVERYWHERE):
        opened = make_round()
        make_quota(opened, allowed=3)
        make_allocation(make_list(opened), status=Status.DRAFT)
        staff = make_officer(Role.PROVINCE_STAFF)
    with scope_of(staff):
        return ask_for_report("progress", staff.area_id, round_id=opened.pk, reason="", by=staff)


@pytest.mark.parametrize("kill", [kill_the_child, kill_the_worker], ids=["child", "worker"])
def test_a_report_killed_before_it_is_kept_is_built_once_by_the_next_worker(
    worker: RealWorker, run: ReportRun, kill: Callable[[RealWorker], None]
):
    job = run.job
    assert job is not None
    with in_the_way(RUN):
        worker.ring(job)
        worker.wait_until_blocked(job)
        written_by_the_dead = {file.name for file in shelf().iterdir()}
        kill(worker)
        worker.wait_until_gone()
    assert written_by_the_dead, "the worker died after it had written its files"
    end_lease(job)
    worker.sweep_for(job)
    worker.wait_until(job, Job.State.DONE)
    worker.wait_until_idle()
    with within(*EVERYWHERE):
        run.refresh_from_db()
        assert run.is_built
        assert AuditEvent.objects.filter(verb=Verb.REPORT_BUILT).count() == 1
        kept = {run.xlsx.name.rpartition("/")[2], run.pdf.name.rpartition("/")[2]}
    assert {file.name for file in shelf().iterdir()} == kept
    assert not kept & written_by_the_dead
