"""Made-up lists of earlier programmes, and their way into use without a worker process."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from administration import jobs
from administration.models import Officer, Role
from administration.scope import scope_of
from beneficiaries import tasks
from beneficiaries.actions import sources
from beneficiaries.models import ExclusionSource
from tests.beneficiaries.lists import xlsx
from tests.factories import make_officer

assert tasks  # registers the work that jobs.run does
HEADER = ("STT", "Họ và tên học sinh", "Ngày sinh", "Số CCCD", "Xã, phường", "Thiết bị")


def person(name: str, birth: str = "15/08/1970", number: str = "", commune: str = "", **more: Any) -> dict[str, Any]:
    return {"Họ và tên học sinh": name, "Ngày sinh": birth, "Số CCCD": number, "Xã, phường": commune, **more}


def a_source_list(people: Iterable[dict[str, Any]]) -> bytes:
    """A title, an empty row, the header, one person a row; neither hamlet nor category."""
    lines: list[list[Any]] = [["DANH SÁCH HỌC SINH ĐÃ NHẬN MÁY TÍNH BẢNG NĂM 2021"], [], list(HEADER)]
    return xlsx(
        lines + [[row.get(name, i if name == "STT" else "") for name in HEADER] for i, row in enumerate(people, 1)]
    )


def values(**over: Any) -> sources.SourceValues:
    said = {"name": "Sóng và máy tính cho em", "year": 2021, "giver": "Sở Giáo dục", "kind": "tablet"} | over
    return sources.SourceValues(**said)


def staff() -> Officer:
    return make_officer(Role.PROVINCE_STAFF)


def add(people: Iterable[dict[str, Any]], officer: Officer, **over: Any) -> ExclusionSource:
    """Sends a list and has it read."""
    with scope_of(officer):
        source = sources.add_source(io.BytesIO(a_source_list(people)), "ds.xlsx", values(**over), by=officer)
    return run_job(source)


def take_into_use(people: Iterable[dict[str, Any]], officer: Officer | None = None, **over: Any) -> ExclusionSource:
    """Sends, reads, confirms a list and compares the register with it."""
    officer = officer or staff()
    source = add(people, officer, **over)
    with scope_of(officer):
        sources.confirm_source(source.pk, by=officer)
    return run_job(source)


def run_job(source: ExclusionSource) -> ExclusionSource:
    source.refresh_from_db()
    if source.job and source.job.is_open:
        assert jobs.run(source.job.pk)
    return ExclusionSource.objects.select_related("job").get(pk=source.pk)
