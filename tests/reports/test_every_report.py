"""Every report says what a plain count says: on screen, in the workbook and on paper, while others approve (F23)."""

from __future__ import annotations

import datetime
import threading
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from pypdf import PdfReader

from administration.models import Officer, Role
from administration.scope import EVERYWHERE, snapshot_of, within
from allocations.models import Allocation, Complaint, Round, Status
from beneficiaries.models import Household, ImportFile
from devices.models import DeviceModel
from reports.building import Gathered, gather, write
from reports.definitions import REPORTS
from reports.document import shown
from reports.sources import Question
from tests.factories import MUI_NE, commune, make_device, make_officer, make_quota, province
from tests.reports.test_definitions import AT, make_busy_round

GRANTED = "status IN ('approved', 'handed_over')"
LINES = "FROM allocations_allocation WHERE round_id = %(round)s"
REGISTER = "FROM beneficiaries_household WHERE delisted_on IS NULL"
# What each report must say, counted without any of the product's code: column key -> query.
PLAIN = {
    "progress": {
        "target": f"SELECT count(*) {REGISTER}",
        "listed": f"SELECT count(*) {LINES} AND status <> 'withdrawn'",
        "granted": f"SELECT count(*) {LINES} AND {GRANTED}",
        "handed_over": f"SELECT count(*) {LINES} AND status = 'handed_over'",
        "to_hand_over": f"SELECT count(*) {LINES} AND status = 'approved'",
        "rejected": f"SELECT count(*) {LINES} AND status = 'rejected'",
    },
    "summary": {
        "quota": "SELECT sum(allowed) FROM allocations_quota WHERE round_id = %(round)s",
        "granted": f"SELECT count(*) {LINES} AND {GRANTED}",
        "granted_poor": f"SELECT count(*) {LINES} AND {GRANTED} AND category = 'HN'",
        "handed_over_near_poor": f"SELECT count(*) {LINES} AND status = 'handed_over' AND category = 'HCN'",
    },
    "households_supported": {"rows": f"SELECT count(*) {LINES} AND status = 'handed_over'"},
    "stock": {
        "rows": "SELECT count(*) FROM devices_device",
        "in_stock": "SELECT count(*) FROM devices_device WHERE state = 'in_stock'",
        "handed_over": "SELECT count(*) FROM devices_device WHERE state = 'handed_over'",
        "faulty": "SELECT count(*) FROM devices_device WHERE state = 'faulty'",
    },
    "reconciliation": {
        "granted": f"SELECT count(*) {LINES} AND {GRANTED}",
        "handed_over": f"SELECT count(*) {LINES} AND status = 'handed_over'",
        "imei": f"SELECT count(DISTINCT device_id) {LINES}",
        "money": "SELECT sum(m.price) FROM allocations_handover h JOIN devices_device d ON d.id = h.device_id"
        " JOIN devices_lot l ON l.id = d.lot_id JOIN devices_devicemodel m ON m.id = l.model_id",
        "left": f"SELECT count(*) {LINES} AND status = 'approved'",
        "unmatched": "SELECT 0",
    },
    "poverty": {
        "all": f"SELECT count(*) {REGISTER}",
        "members": f"SELECT sum(member_count) {REGISTER}",
        "poor": f"SELECT count(*) {REGISTER} AND category = 'HN'",
        "near_poor": f"SELECT count(*) {REGISTER} AND category = 'HCN'",
        "social_policy": f"SELECT count(*) {REGISTER} AND category = 'CSXH'",
        "other": f"SELECT count(*) {REGISTER} AND category NOT IN ('HN', 'HCN', 'CSXH')",
        "stale": f"SELECT count(*) {REGISTER} AND recognised_year <> 2024",
    },
    "complaints": {"rows": "SELECT count(*) FROM allocations_complaint"},
    "data_quality": {
        "files": "SELECT count(*) FROM beneficiaries_importfile",
        "saved": "SELECT sum(added + updated + unchanged) FROM beneficiaries_importfile",
        "left_out": "SELECT sum(left_out) FROM beneficiaries_importfile",
        "households": f"SELECT count(*) {REGISTER}",
        "no_identity": "SELECT count(*) FROM beneficiaries_person WHERE is_head AND cccd_hash IS NULL",
        "year_only": "SELECT count(*) FROM beneficiaries_person WHERE is_head AND birth_precision = 'year'",
        "no_certificate": f"SELECT count(*) {REGISTER} AND certificate_no = ''",
        "no_phone": f"SELECT count(*) {REGISTER} AND phone = ''",
    },
    "lists_missing": {
        "rows": "SELECT count(*) FROM allocations_quota q WHERE q.round_id = %(round)s AND NOT EXISTS"
        f" (SELECT 1 {LINES} AND area_no = q.area_no AND status NOT IN ('draft', 'posted', 'withdrawn'))",
        "target": "SELECT 0",
    },
    "still_on_2g": {
        "all": f"SELECT count(*) {REGISTER}",
        "basic": f"SELECT count(*) {REGISTER} AND phone_kind = 'basic'",
        "waiting": f"SELECT count(*) {REGISTER} AND phone_kind = 'basic' AND id NOT IN"
        " (SELECT household_id FROM allocations_allocation WHERE status = 'handed_over')",
        "unknown": f"SELECT count(*) {REGISTER} AND phone_kind = 'unknown'",
    },
}  # fmt: skip


def make_world() -> Round:
    round = make_busy_round()
    make_quota(round, commune("22924"), 5)
    DeviceModel.objects.update(price=1_590_000)
    area = commune(MUI_NE)
    make_device(area)
    make_device(province(), state="faulty")
    line = Allocation.objects.filter(area=area).first()
    assert line is not None
    Complaint.objects.create(
        commune_list=line.commune_list, area=area, allocation=line, received_on=datetime.date(2024, 7, 1),
        complainant="Trần Văn Phản Ánh", text="=1+1 hộ này đã có máy",
        answer="Đã xác minh", answered_on=datetime.date(2024, 7, 5), recorded_by=line.listed_by,
    )  # fmt: skip
    ImportFile.objects.create(
        area=area, uploaded_by=line.listed_by, original_name="a.xlsx", sha256="0" * 64, size=1, file="imports/a",
        state="applied", applied_at=AT, added=20, updated=3, unchanged=2, left_out=4,
    )  # fmt: skip
    half = Household.objects.filter(area=area).order_by("pk")[:5]
    Household.objects.filter(pk__in=list(half.values_list("pk", flat=True))).update(
        phone_kind="basic", recognised_year=2023
    )
    return round


def plain(key: str, round: Round) -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for column, query in PLAIN[key].items():
            cursor.execute(query, {"round": round.pk})
            found[column] = int(cursor.fetchone()[0] or 0)
    return found


def ask(key: str, round: Round, by: Officer) -> Question:
    about = round if REPORTS[key].needs_round or key == "households_supported" else None
    return Question(province(), about, by, AT)


def in_workbook(gathered: Gathered, path: Path) -> dict[str, int]:
    """The totals row of the signed sheet, found by its label, by column."""
    sheet = openpyxl.load_workbook(path)["Biểu"]
    label = gathered.document.totals_label.replace("{count}", shown(gathered.totals["rows"], "integer"))
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == label]
    if not rows:
        return {}
    position = gathered.document.position
    return {key: rows[0][position[key]] for key in gathered.totals if key != "rows"}


def on_paper(path: Path) -> list[str]:
    return " ".join(page.extract_text() for page in PdfReader(path).pages).split()


def test_every_report_has_its_plain_count():
    assert set(PLAIN) == set(REPORTS)


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("key", list(PLAIN))
def test_a_report_says_what_a_plain_count_says_on_screen_in_excel_and_on_paper(key, tmp_path):
    round = make_world()

    gathered = gather(REPORTS[key], ask(key, round, make_officer(Role.PROVINCE_STAFF)), snapshot_id="60-1")
    written = write(gathered, tmp_path, "report")

    counted = plain(key, round)
    assert {column: gathered.totals[column] for column in counted} == counted
    assert any(counted.values())
    excel, paper = in_workbook(gathered, written.xlsx), on_paper(written.pdf)
    for column, n in counted.items():
        if column != "rows":
            assert excel[column] == n, column
            assert shown(n, "integer") in paper, column


@pytest.mark.django_db(transaction=True)
def test_every_report_holds_while_others_approve(tmp_path):
    with within(*EVERYWHERE):
        round = make_world()
    staff = make_officer(Role.PROVINCE_STAFF)
    stop, commits = threading.Event(), []

    def approve_and_take_back() -> None:
        """Somebody else's decisions, each committed, until all reports are made."""
        try:
            reviewer = Officer.objects.get(pk=reviewer_id)
            before, after = Status.SUBMITTED, Status.APPROVED
            while not stop.is_set():
                with within(*EVERYWHERE):
                    moving = Allocation.objects.filter(pk__in=lines, status=before)
                    moving.update(status=after, decided_by=reviewer, decided_at=AT)
                commits.append(after)
                before, after = after, before
        finally:
            connection.close()

    with within(*EVERYWHERE):
        reviewer_id = make_officer(Role.REVIEWER).pk
        own = Allocation.objects.filter(status=Status.SUBMITTED, area__parent=commune().parent)
        lines = list(own.values_list("pk", flat=True))
    thread = threading.Thread(target=approve_and_take_back)
    thread.start()
    try:
        for key in [*REPORTS, *REPORTS]:
            with snapshot_of(staff):
                before = len(commits)
                gathered = gather(REPORTS[key], ask(key, round, staff), snapshot_id="60-1")
                while (
                    thread.is_alive() and len(commits) < before + 3
                ):  # the world moves on between the report and the plain count
                    stop.wait(0.005)
                counted = plain(key, round)
            assert {column: gathered.totals[column] for column in counted} == counted, key
            if key == "progress":
                written = write(gathered, tmp_path, f"{key}-{len(commits)}")
                assert in_workbook(gathered, written.xlsx)["granted"] == counted["granted"]
    finally:
        stop.set()
        thread.join()
    assert len(commits) >= 3 * 2 * len(REPORTS)
