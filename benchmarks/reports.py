"""Reports: the province's, a list of 50,000 x 20 beside tablib's export, all districts by one and by two workers."""

from __future__ import annotations

import datetime
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import tablib
from django.db import connection
from django.utils import timezone

from administration import jobs
from administration.models import Area, Job, Level, Role
from administration.scope import everywhere, scope_of, snapshot_of
from benchmarks.dashboard import SMALL, fill, officer, the_round
from reports import tasks
from reports.building import gather, write
from reports.bundles import ask_for_bundle
from reports.definitions import REPORTS
from reports.document import Cell, Column, Document, Info, Kind, Letterhead, Row
from reports.sources import Question
from reports.workbook import write_workbook

ROWS, COLUMNS = 50_000, 20
BYTES_PER_KB = 1024


def run() -> None:
    with everywhere():
        staff, round = officer("tinh", Role.PROVINCE_STAFF), the_round()
    fill(SMALL, 121, staff, round)
    province = Area.objects.get(level=Level.PROVINCE, code="60")
    with tempfile.TemporaryDirectory() as folder:
        for key in ("progress", "summary", "reconciliation", "poverty", "lists_missing", "still_on_2g"):
            began = time.perf_counter()
            with snapshot_of(staff):
                gathered = gather(
                    REPORTS[key], Question(province, round, staff, timezone.now()), snapshot_id="60-bench"
                )
            write(gathered, Path(folder), key)
            print(f"{key}: {len(gathered.rows)} lines, xlsx and pdf in {time.perf_counter() - began:.2f} s")
    _long_list()
    for workers in (1, 2):
        _all_districts(workers)


def _long_list() -> None:
    for who in ("trao", "tablib"):
        done = subprocess.run(_alone(f"measure({who!r})"), check=True, capture_output=True, text=True)
        print(f"{ROWS:,} x {COLUMNS} by {who}: {done.stdout.strip()}")


def _cells(number: int) -> tuple[Cell, ...]:
    return (
        str(number), f"Nguyễn Thị Mẫu {number}", 1970, f"{60_170_000_000 + number:012d}",
        datetime.date(2026, 1, 1 + number % 28), *(f"Ô {i} dòng {number}" if i % 2 else number for i in range(15)),
    )  # fmt: skip


class _Made:
    """Rows that are made while they are written, as a cursor hands them out."""

    def __iter__(self) -> Iterator[Row]:
        return (Row(_cells(number)) for number in range(ROWS))


def _write_list(path: Path) -> None:
    kinds: list[Kind] = ["ordinal", "text", "year", "code", "date"]
    kinds += ["text" if i % 2 else "integer" for i in range(15)]
    columns = tuple(Column(f"c{i}", f"Cột {i}", kind, 20, total=kind == "integer") for i, kind in enumerate(kinds))
    info = Info("Tỉnh mẫu", timezone.now(), "Cán bộ mẫu", "60-bench")
    head = Letterhead("UBND", "UBND TỈNH", "Mẫu", datetime.date(2026, 1, 1))
    write_workbook(Document("list", "Danh sách", head, columns, _Made(), info), path)


def _write_with_tablib(path: Path) -> None:
    data = tablib.Dataset(*map(_cells, range(ROWS)), headers=[f"Cột {i}" for i in range(COLUMNS)])
    path.write_bytes(data.export("xlsx"))


def _alone(call: str) -> list[str]:
    """The command that calls a function of this module in a process of its own, so that its memory is its own."""
    prepared = "import django; django.setup(); from benchmarks import reports"
    return [sys.executable, "-c", f"{prepared}; reports.{call}"]


def measure(who: str) -> None:
    began, before = time.perf_counter(), _resident("VmHWM")
    with tempfile.TemporaryDirectory() as folder:
        (_write_list if who == "trao" else _write_with_tablib)(Path(folder) / "list.xlsx")
    print(f"{time.perf_counter() - began:.1f} s, peak {_resident('VmHWM')} MB ({before} MB before it began)")


def _resident(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(int(next(line.split()[1] for line in lines if line.startswith(name))) / BYTES_PER_KB)


def _all_districts(workers: int) -> None:
    """Six kinds of report for each district; the workers take jobs until none is left."""
    with everywhere():
        Job.objects.unfinished().update(state="cancelled", finished_at=timezone.now())
        staff, round = officer("tinh", Role.PROVINCE_STAFF), the_round()
    assert staff.area is not None
    with scope_of(staff):
        for key in ("progress", "summary", "reconciliation", "poverty", "lists_missing", "still_on_2g"):
            ask_for_bundle(key, staff.area.pk, round_id=round.pk, by=staff)
        asked = Job.objects.filter(state="queued").count()
    connection.close()
    working = [subprocess.Popen(_alone("work()"), stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    spans = [process.communicate()[0].split() for process in working]
    span = max(float(one[1]) for one in spans) - min(float(one[0]) for one in spans)
    print(f"{asked} district reports by {workers} worker(s): {span:.1f} s")


def work() -> None:
    """What one worker does: takes jobs until none is left, and says when it began and ended."""
    assert tasks.BUILD in jobs.HANDLERS
    began = time.time()
    while pk := Job.objects.filter(state="queued").order_by("?").values_list("pk", flat=True).first():
        jobs.run(pk)
    print(began, time.time())
