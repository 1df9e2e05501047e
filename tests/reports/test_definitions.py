"""Reports as data: what each says, whose numbers it takes, what it hides."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone

from administration.models import Level, Role
from administration.scope import scope_of
from allocations.models import Allocation, HandOver, Round, Status
from reports.building import gather
from reports.definitions import REPORTS, reports_for
from reports.document import TotalsDiffer
from reports.models import AllocationCount
from reports.progress import gather as gather_progress
from reports.sources import Question, progress_by_commune
from tests.factories import (
    LIEN_HUONG,
    MUI_NE,
    PHU_HAI,
    commune,
    district,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
    province,
)

PROGRESS, SUMMARY = REPORTS["progress"], REPORTS["summary"]
pytestmark = pytest.mark.usefixtures("everywhere")
S = Status
AT = datetime.datetime(2024, 7, 28, 14, 5, tzinfo=timezone.get_default_timezone())


def hand_over_to(line: Allocation, name: str = "Nguyễn Thị Mẫu") -> HandOver:
    return HandOver.objects.create(
        allocation=line, device=line.device, area=line.area, receiver_name=name, receiver_relation="Chủ hộ",
        handed_on=datetime.date(2024, 7, 20), by=line.listed_by,
    )  # fmt: skip


def make_busy_round() -> Round:
    """Three communes of two districts, every status and three categories."""
    round = make_round(today=datetime.date(2024, 6, 3), categories=["HN", "HCN", "CSXH", "CSK"], source="NST")
    for code, categories in ((MUI_NE, ["HN", "HN", "HCN"]), (PHU_HAI, ["CSXH", "CSK"]), (LIEN_HUONG, ["HN", "HCN"])):
        area = commune(code)
        make_quota(round, area, 20)
        commune_list = make_list(round, area)
        for category in categories:
            for status in (S.SUBMITTED, S.APPROVED, S.REJECTED, S.HANDED_OVER):
                device = make_device(area, state="handed_over") if status == S.HANDED_OVER else None
                line = make_allocation(commune_list, make_household(area, category=category), status, device=device)
                if device:
                    hand_over_to(line)
    return round


def ask(key: str, round: Round | None, *, area=None, by=None) -> Question:
    return Question(area or province(), round, by or make_officer(Role.PROVINCE_STAFF), AT)


@pytest.mark.parametrize("key", ["progress", "summary"])
def test_totals_of_a_report_are_those_of_the_dashboard_and_of_a_plain_count(key):
    round = make_busy_round()

    gathered = gather(REPORTS[key], ask(key, round), snapshot_id="60-240728-140500-1")

    dashboard = gather_progress(province(), round, at=AT).figures
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status IN ('approved', 'handed_over')),"
            " count(*) FILTER (WHERE status = 'handed_over') FROM allocations_allocation WHERE round_id = %s",
            [round.pk],
        )
        granted, handed_over = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM beneficiaries_household WHERE delisted_on IS NULL")
        (target,) = cursor.fetchone()
    assert (dashboard.target, dashboard.granted, dashboard.handed_over) == (target, granted, handed_over) == (28, 14, 7)
    totals = gathered.totals
    assert (totals["target"], totals["granted"], totals["handed_over"]) == (target, granted, handed_over)


def test_progress_has_a_bold_line_for_each_district_that_sums_its_communes():
    round = make_busy_round()

    gathered = gather(PROGRESS, ask("progress", round), snapshot_id="x")

    position = gathered.document.position
    rows = {row.cells[position["unit"]]: row for row in gathered.rows}
    phan_thiet, mui_ne, phu_hai = (rows[name] for name in ("Thành phố Phan Thiết", "Phường Mũi Né", "Phường Phú Hài"))
    assert (phan_thiet.bold, phan_thiet.level, mui_ne.bold, mui_ne.level) == (True, 0, False, 1)
    assert (phan_thiet.cells[0], mui_ne.cells[0], phu_hai.cells[0]) == ("1", "1.1", "1.2")
    for key in ("target", "target_poor", "target_other", "granted", "handed_over", "rejected", "to_hand_over"):
        at = position[key]
        assert phan_thiet.cells[at] == mui_ne.cells[at] + phu_hai.cells[at], key


def test_progress_of_a_district_has_no_lines_of_other_districts_and_no_group_lines():
    round = make_busy_round()

    gathered = gather(PROGRESS, ask("progress", round, area=district()), snapshot_id="x")

    assert not any(row.bold for row in gathered.rows)
    assert gathered.totals["granted"] == 10
    assert "Thị trấn Liên Hương" not in {row.cells[1] for row in gathered.rows}


def test_progress_says_who_is_late_and_which_communes_are_missing():
    round = make_busy_round()
    make_quota(round, commune("22924"), 5)

    gathered = gather(PROGRESS, ask("progress", round), snapshot_id="x")

    position = gathered.document.position
    remarks = {row.cells[position["unit"]]: row.cells[position["remark"]] for row in gathered.rows}
    assert "10" in remarks["Phường Mũi Né"]
    assert gathered.document.info.missing == ("Phường Phú Thủy",)


def test_categories_of_a_line_of_the_summary_add_up_to_its_total():
    gathered = gather(SUMMARY, ask("summary", make_busy_round()), snapshot_id="x")

    position = gathered.document.position
    parts = ("_poor", "_near_poor", "_social_policy", "_other")
    for row in gathered.rows:
        for what in ("target", "granted", "handed_over"):
            assert row.cells[position[what]] == sum(row.cells[position[f"{what}{part}"]] for part in parts)
    assert gathered.totals["quota"] == 60


def test_a_report_whose_lines_do_not_add_up_to_the_roll_up_is_not_made():
    round = make_busy_round()

    def one_missing(question):
        answer = progress_by_commune(question)
        return replace(answer, lines=[line for line in answer.lines if line.name != "Phường Phú Hài"])

    with pytest.raises(TotalsDiffer):
        gather(replace(PROGRESS, source=one_missing), ask("progress", round), snapshot_id="x")


def test_a_list_with_fewer_households_than_the_roll_up_counts_is_not_made():
    round = make_busy_round()
    AllocationCount.objects.filter(status=S.HANDED_OVER, category="HN", area=commune()).update(n=3)

    with pytest.raises(TotalsDiffer, match="7 lines, the roll-up counts 8"):
        gather(REPORTS["households_supported"], ask("x", round), snapshot_id="x")


def test_households_supported_lists_each_household_once_under_its_commune():
    round = make_busy_round()

    gathered = gather(REPORTS["households_supported"], ask("x", round), snapshot_id="x")

    position = gathered.document.position
    assert gathered.totals == {"rows": 7}
    assert [row.cells[1] for row in gathered.rows if row.bold] == [
        "Phường Mũi Né: 3 hộ", "Phường Phú Hài: 2 hộ", "Thị trấn Liên Hương: 2 hộ",
    ]  # fmt: skip
    assert [row.cells[0] for row in gathered.rows if not row.bold] == [str(n) for n in range(1, 8)]
    imeis = [row.cells[position["imei"]] for row in gathered.rows if not row.bold]
    assert len(set(imeis)) == 7


def test_households_supported_of_all_rounds_counts_them_all():
    make_busy_round()
    make_busy_round()

    assert gather(REPORTS["households_supported"], ask("x", None), snapshot_id="x").totals == {"rows": 14}


@pytest.mark.parametrize(
    ("role", "is_masked"), [(Role.PROVINCE_STAFF, True), (Role.REVIEWER, False), (Role.COMMUNE_OFFICIAL, False)]
)
def test_identity_numbers_are_whole_only_for_roles_that_may_reveal_them(role, is_masked):
    round = make_busy_round()
    officer = make_officer(role)
    assert officer.area is not None

    with scope_of(officer):
        gathered = gather(
            REPORTS["households_supported"], ask("x", round, area=officer.area, by=officer), snapshot_id="x"
        )

    identities = [row.cells[gathered.document.position["identity"]] for row in gathered.rows if not row.bold]
    assert identities
    assert all(len(identity) == 12 and ("••••••" in identity) == is_masked for identity in identities)


def test_a_personal_list_carries_the_officer_s_name_and_reason_and_the_others_do_not():
    round = make_busy_round()
    officer = make_officer(Role.PROVINCE_STAFF, full_name="Nguyễn Văn Tỉnh")

    personal = gather(
        REPORTS["households_supported"], ask("x", round, by=officer), snapshot_id="x", reason="Đối soát với kho"
    ).document
    plain = gather(PROGRESS, ask("x", round, by=officer), snapshot_id="x").document

    assert personal.watermark == "Nguyễn Văn Tỉnh"
    assert ("Lý do sử dụng dữ liệu cá nhân", "Đối soát với kho") in personal.info.filters
    assert plain.watermark == ""


def test_the_checksum_changes_with_the_figures_and_with_nothing_else():
    round = make_busy_round()
    question = ask("progress", round)
    first = gather(PROGRESS, question, snapshot_id="a")

    again = gather(PROGRESS, question, snapshot_id="b")
    Allocation.objects.filter(status=S.SUBMITTED, area=commune()).update(
        status=S.WAITING, decided_by=make_officer("reviewer")
    )
    changed = gather(PROGRESS, question, snapshot_id="a")

    assert first.checksum == again.checksum == first.document.info.checksum
    assert changed.checksum != first.checksum


def test_a_commune_sees_its_own_line_only():
    round = make_busy_round()
    official = make_officer()

    with scope_of(official):
        gathered = gather(PROGRESS, ask("x", round, area=commune(), by=official), snapshot_id="x")

    assert [row.cells[1] for row in gathered.rows] == ["Phường Mũi Né"]
    assert gathered.document.letterhead.body == "Ủy ban nhân dân\nPhường Mũi Né"
    assert gathered.document.letterhead.superior == "Ủy ban nhân dân Thành phố Phan Thiết"


def test_every_definition_is_complete_and_known_under_its_key():
    for key, definition in REPORTS.items():
        assert definition.key == key
        assert definition.levels <= {Level.PROVINCE, Level.DISTRICT, Level.COMMUNE}
        assert len({column.key for column in definition.columns}) == len(definition.columns)
        for column in definition.columns:
            assert column.ratio is None or set(column.ratio) <= {other.key for other in definition.columns}


def test_an_administrator_gets_no_reports():
    assert reports_for(make_officer(Role.ADMINISTRATOR)) == []
    assert {one.key for one in reports_for(make_officer(Role.COMMUNE_LEADER))} == set(REPORTS)
