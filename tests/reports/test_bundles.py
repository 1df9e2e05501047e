"""One click, a report for every district; reports that come by themselves; files that stay what they were."""

from __future__ import annotations

import datetime
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from administration import jobs
from administration.models import AuditEvent, Job, Officer, Role
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.models import Round
from reports import actions, schedules, tasks
from reports.models import ReportBundle, ReportRun, ReportSchedule
from tests.factories import district, make_officer, make_round, province
from tests.reports.test_definitions import AT, make_busy_round

pytestmark = [pytest.mark.usefixtures("everywhere", "files"), pytest.mark.urls("config.urls")]
assert tasks.BUILD in jobs.HANDLERS  # the worker knows how to build


@pytest.fixture
def staff(client: Client) -> Officer:
    officer = make_officer(Role.PROVINCE_STAFF, full_name="Nguyễn Văn Tỉnh")
    client.force_login(officer)
    return officer


def ask_for_all(client: Client, round: Round, **more: str) -> Any:
    said = {"mau": "progress", "pham_vi": str(province().number), "dot": round.code, "tung_don_vi": "1", **more}
    return client.post(reverse("reports:ask"), said)


def build_all() -> None:
    for pk in list(Job.objects.filter(state="queued").values_list("pk", flat=True)):
        jobs.run(pk)


def test_one_click_asks_for_a_report_of_every_district_as_jobs_of_their_own(client, staff):
    response = ask_for_all(client, make_busy_round())

    bundle = ReportBundle.objects.get()
    assert response.url == reverse("reports:bundle", args=[bundle.pk])
    assert bundle.runs.count() == 10
    assert Job.objects.filter(state="queued").count() == 10
    assert "0/10" in client.get(response.url).content.decode()


def test_the_zip_holds_both_files_of_every_district_once_all_are_built_and_is_the_same_each_time(client, staff):
    ask_for_all(client, make_busy_round())
    bundle = ReportBundle.objects.get()
    address = reverse("reports:bundle_download", args=[bundle.pk])
    assert client.get(address).status_code == 302  # not whole yet

    build_all()

    first, second = (b"".join(client.get(address).streaming_content) for _ in range(2))
    names = zipfile.ZipFile(BytesIO(first)).namelist()
    assert len(names) == 20
    assert any(name.startswith("593-") and name.endswith(".xlsx") for name in names)
    assert first == second
    assert AuditEvent.objects.filter(verb=Verb.REPORT_BUNDLE_DOWNLOADED).count() == 2
    assert "10/10" in client.get(reverse("reports:bundle", args=[bundle.pk])).content.decode()


def test_another_officer_does_not_find_the_bundle(client, staff):
    ask_for_all(client, make_busy_round())
    client.force_login(make_officer(Role.PROVINCE_STAFF))

    assert client.get(reverse("reports:bundle", args=[ReportBundle.objects.get().pk])).status_code == 404


def test_a_report_that_failed_is_replaced_in_its_bundle_when_it_is_tried_again(client, staff):
    ask_for_all(client, make_busy_round())
    bundle = ReportBundle.objects.get()
    run = bundle.runs.get(area=district())
    Job.objects.filter(pk=run.job_id).update(state="failed")

    again = actions.ask_again(run.pk, by=staff)

    assert set(bundle.runs.filter(area=district())) == {again}


def test_a_file_that_was_changed_on_the_shelf_is_not_given_out(client, staff):
    run = actions.ask_for_report("progress", province().pk, round_id=make_busy_round().pk, by=staff)
    jobs.run(run.job_id)
    run.refresh_from_db()
    assert set(run.digests) == {"xlsx", "pdf"}
    actions.download_report(run.pk, "xlsx", by=staff)

    with open(run.xlsx.path, "ab") as file:
        file.write(b"!")

    with pytest.raises(NotPossible):
        actions.download_report(run.pk, "xlsx", by=staff)
    actions.download_report(run.pk, "pdf", by=staff)


def test_a_snapshot_is_found_by_its_id(client, staff):
    run = actions.ask_for_report("progress", province().pk, round_id=make_busy_round().pk, by=staff)
    actions.ask_for_report("summary", province().pk, round_id=run.round_id, by=staff)
    build_all()
    run.refresh_from_db()

    page = client.get(reverse("reports:list"), {"ma": run.snapshot_id})

    assert [report.run for report in page.context["reports"]] == [run]


# --- By themselves --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "after", "next_on"),
    [
        ("week", "2024-07-28", "2024-07-29"),  # a Sunday
        ("week", "2024-07-29", "2024-08-05"),  # a Monday itself
        ("month", "2024-12-31", "2025-01-01"),
        ("month", "2025-01-01", "2025-02-01"),
    ],
)
def test_next_day_of_a_schedule_lies_after_the_day(every, after, next_on):
    assert schedules.next_day(every, datetime.date.fromisoformat(after)).isoformat() == next_on


def test_switch_on_the_page_turns_a_schedule_on_and_off_and_records_both(client, staff):
    said = {"mau": "progress", "ky": "week"}
    client.post(reverse("reports:schedules"), {**said, "bat": "1"})
    client.post(reverse("reports:schedules"), {**said, "bat": "1"})
    assert ReportSchedule.objects.of(staff).count() == 1

    page = client.get(reverse("reports:schedules")).content.decode()
    client.post(reverse("reports:schedules"), {**said, "bat": "0"})

    assert 'value="0"' in page
    assert not ReportSchedule.objects.exists()
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == [Verb.REPORT_SCHEDULED, Verb.REPORT_UNSCHEDULED]


def test_lists_with_personal_data_cannot_be_scheduled(staff):
    with pytest.raises(NotPossible):
        schedules.switch("households_supported", "week", on=True, by=staff)


def test_a_due_report_is_asked_for_once_about_the_newest_open_round_and_then_waits_for_its_next_day(staff):
    make_round(state=Round.State.CLOSED)
    round = make_busy_round()
    schedules.switch("progress", "week", on=True, by=staff, at=AT)
    monday = AT + datetime.timedelta(days=22)  # three Mondays late: the machine was off

    assert schedules.ask_due(AT) == []
    runs = schedules.ask_due(monday)

    assert [(run.kind, run.round, run.area, run.is_scheduled) for run in runs] == [
        ("progress", round, province(), True)
    ]
    assert schedules.ask_due(monday) == []
    assert ReportSchedule.objects.get().next_on == datetime.date(2024, 8, 26)
    assert ReportRun.objects.count() == 1


def test_nothing_is_asked_for_somebody_who_has_left(staff):
    make_busy_round()
    schedules.switch("progress", "week", on=True, by=staff, at=AT)
    Officer.objects.filter(pk=staff.pk).update(is_active=False)

    assert schedules.ask_due(AT + datetime.timedelta(days=8)) == []
