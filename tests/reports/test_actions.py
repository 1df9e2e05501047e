"""Asking for a report, giving it up, downloading it; reminding a late commune."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from administration.models import AuditEvent, Job, Role
from administration.refusals import NotPossible
from administration.scope import scope_of
from administration.verbs import Verb
from reports import actions
from reports.models import ReportRun
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    commune,
    district,
    make_household,
    make_officer,
    make_quota,
    make_round,
    province,
)

pytestmark = pytest.mark.usefixtures("everywhere")
NOON = datetime.datetime(2024, 7, 10, 12, 0, tzinfo=timezone.get_default_timezone())


def asked(kind: str = "progress", *, by=None, area=None, **more) -> ReportRun:
    round_id = more.pop("round_id", None) or make_round().pk
    by = by or make_officer(Role.PROVINCE_STAFF)
    return actions.ask_for_report(kind, (area or by.area).pk, round_id=round_id, by=by, **more)


def built(run: ReportRun, taken_at: datetime.datetime = NOON) -> ReportRun:
    run.taken_at, run.checksum = taken_at, "0" * 64
    run.xlsx.save("a.xlsx", ContentFile(b"x"))
    run.save()
    return run


# --- Asking --------------------------------------------------------------------------------------------------------


def test_asking_writes_the_run_its_job_and_one_event():
    run = asked()

    assert run.job is not None
    assert (run.job.kind, run.job.subject_id, run.job.state) == ("report.build", run.pk, "queued")
    assert run.requested_by == run.job.requested_by
    event = AuditEvent.objects.get()
    assert (event.verb, event.area_no) == (Verb.REPORT_ASKED, province().number)


def test_asking_twice_while_it_is_being_built_gives_the_same_run():
    officer, round = make_officer(Role.PROVINCE_STAFF), make_round()
    first = asked(by=officer, round_id=round.pk)

    assert asked(by=officer, round_id=round.pk) == first
    assert asked("summary", by=officer, round_id=round.pk) != first
    assert asked(by=make_officer(Role.PROVINCE_STAFF), round_id=round.pk) != first
    Job.objects.filter(pk=first.job_id).update(state="done")
    assert asked(by=officer, round_id=round.pk) != first


def test_personal_data_needs_a_reason():
    with pytest.raises(NotPossible):
        asked("households_supported", reason="  vì cần  ")

    assert asked("households_supported", reason="Đối soát với nhà cung cấp").reason == "Đối soát với nhà cung cấp"
    assert not ReportRun.objects.filter(reason="").exists()


@pytest.mark.parametrize(
    ("role", "area", "kind"),
    [
        (Role.REVIEWER, province, "progress"),
        (Role.REVIEWER, lambda: district("595"), "progress"),
        (Role.COMMUNE_OFFICIAL, lambda: commune(PHU_HAI), "progress"),
        (Role.COMMUNE_OFFICIAL, commune, "summary"),
        (Role.PROVINCE_STAFF, province, "no_such_report"),
        (Role.ADMINISTRATOR, province, "progress"),
    ],
)
def test_a_report_is_refused_for_an_area_or_a_role_that_may_not_have_it(role, area, kind):
    with pytest.raises(NotPossible):
        asked(kind, by=make_officer(role), area=area())

    assert not Job.objects.exists()


def test_a_round_of_another_province_or_none_is_refused():
    officer = make_officer(Role.PROVINCE_STAFF)
    with pytest.raises(NotPossible):
        actions.ask_for_report("progress", officer.area.pk, round_id=None, by=officer)
    with pytest.raises(NotPossible):
        actions.ask_for_report("progress", officer.area.pk, round_id=999_999, by=officer)


def test_asking_again_asks_for_the_same_with_the_figures_of_now():
    run = asked("households_supported", reason="Đối soát với nhà cung cấp")
    Job.objects.update(state="failed")

    again = actions.ask_again(run.pk, by=run.requested_by)

    assert again.pk != run.pk
    assert (again.kind, again.area, again.round, again.reason) == (run.kind, run.area, run.round, run.reason)


# --- Giving up -----------------------------------------------------------------------------------------------------


def test_a_waiting_report_can_be_cancelled_once():
    run = asked()

    actions.cancel_report(run.pk, by=run.requested_by)

    assert Job.objects.get().state == "cancelled"
    assert AuditEvent.objects.filter(verb=Verb.REPORT_CANCELLED).count() == 1
    with pytest.raises(NotPossible):
        actions.cancel_report(run.pk, by=run.requested_by)


def test_somebody_else_s_report_cannot_be_cancelled():
    run = asked()

    with pytest.raises(ReportRun.DoesNotExist):
        actions.cancel_report(run.pk, by=make_officer(Role.PROVINCE_STAFF))


# --- Downloading ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("files")
def test_each_download_is_one_event_with_reason_and_format():
    run = built(asked("households_supported", reason="Đối soát với nhà cung cấp"))

    actions.download_report(run.pk, "xlsx", by=run.requested_by, at=NOON)
    actions.download_report(run.pk, "xlsx", by=run.requested_by, at=NOON)

    events = AuditEvent.objects.filter(verb=Verb.REPORT_DOWNLOADED)
    assert events.count() == 2
    assert events[0].details["reason"] == "Đối soát với nhà cung cấp"
    assert events[0].details["format"] == "xlsx"


@pytest.mark.usefixtures("files")
def test_personal_files_expire_after_seven_days_and_others_never():
    personal = built(asked("households_supported", reason="Đối soát với nhà cung cấp"))
    plain = built(asked())
    week = datetime.timedelta(days=7)

    actions.download_report(
        personal.pk, "xlsx", by=personal.requested_by, at=NOON + week - datetime.timedelta(minutes=1)
    )
    with pytest.raises(NotPossible):
        actions.download_report(personal.pk, "xlsx", by=personal.requested_by, at=NOON + week)
    actions.download_report(plain.pk, "xlsx", by=plain.requested_by, at=NOON + 100 * week)


def test_a_report_without_the_file_says_so():
    run = asked()

    with pytest.raises(NotPossible):
        actions.download_report(run.pk, "pdf", by=run.requested_by)

    assert not AuditEvent.objects.filter(verb=Verb.REPORT_DOWNLOADED).exists()


# --- Reminding -----------------------------------------------------------------------------------------------------


def late_round():
    round = make_round(today=datetime.date(2024, 6, 3))  # lists due 3 July
    make_quota(round, commune())
    make_household()
    return round


def test_a_late_commune_is_reminded_with_step_days_and_whom():
    round, staff = late_round(), make_officer(Role.PROVINCE_STAFF)
    make_officer(full_name="Lê Thị Xã", phone="0912 000 003")

    found = actions.remind(round.pk, commune().pk, by=staff, at=NOON)

    event = AuditEvent.objects.get(verb=Verb.REMINDED)
    assert event.area_no == commune().number
    assert (event.details["step"], event.details["days"], event.details["households_left"]) == ("not_started", 7, 1)
    assert "Lê Thị Xã" in event.details["to"]
    assert found.contacts


def test_a_commune_is_reminded_once_a_day_whoever_does_it():
    round = late_round()
    actions.remind(round.pk, commune().pk, by=make_officer(Role.PROVINCE_STAFF), at=NOON)

    with pytest.raises(NotPossible, match="12:00"):
        actions.remind(round.pk, commune().pk, by=make_officer(Role.REVIEWER), at=NOON + datetime.timedelta(hours=2))

    actions.remind(round.pk, commune().pk, by=make_officer(Role.REVIEWER), at=NOON + datetime.timedelta(days=1))
    assert AuditEvent.objects.filter(verb=Verb.REMINDED).count() == 2


def test_a_commune_in_time_is_not_reminded():
    round = late_round()

    with pytest.raises(NotPossible):
        actions.remind(round.pk, commune().pk, by=make_officer(Role.REVIEWER), at=NOON - datetime.timedelta(days=7))


def test_a_commune_of_another_district_is_not_reminded():
    round, reviewer = late_round(), make_officer(Role.REVIEWER)

    with scope_of(reviewer), pytest.raises(type(commune()).DoesNotExist):
        actions.remind(round.pk, commune(LIEN_HUONG).pk, by=reviewer, at=NOON)
