"""The nightly check: kept, shown to those who can act, and loud when something is wrong."""

from __future__ import annotations

import datetime
import logging

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from administration.models import AuditDigest, AuditEvent, AuditSeal, Job, Role
from administration.verbs import Verb
from config.celery import app
from reports.models import Verification
from reports.tasks import verify_nightly
from reports.todo import blocks_for
from reports.verifying import in_groups, verify_and_keep
from tests.factories import make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
LONG_AGO = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


def stuck_jobs(count: int) -> None:
    for n in range(count):
        Job.objects.create(kind="x", subject_id=n, requested_by=make_officer(), rung_at=LONG_AGO)


def check_row(role: Role, at: datetime.datetime | None = None):
    rows = [task for block in blocks_for(make_officer(role), at=at or timezone.now()) for task in block.tasks]
    (row,) = [task for task in rows if task.url == "/kiem-tra-so-lieu/"]
    return row


def test_the_clock_knows_the_nightly_check():
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    app.loader.import_default_modules()

    assert "reports.tasks.verify_nightly" in names
    assert names <= set(app.tasks), "the clock rings for a task that nobody has"


def test_a_night_in_which_all_is_well_is_kept_and_said():
    verify_nightly()

    kept = Verification.objects.get()
    assert (kept.broken, kept.rules > 20) == ([], True)
    for role in (Role.ADMINISTRATOR, Role.PROVINCE_STAFF):
        row = check_row(role)
        assert row.state == "done"
        assert str(kept.rules) in row.amount


def test_a_broken_rule_is_an_error_in_the_log_and_a_late_row_for_those_who_can_act(caplog, client):
    stuck_jobs(2)

    with caplog.at_level(logging.ERROR):
        verify_nightly()

    assert "I8-jobs: 2 rows" in caplog.text
    for role in (Role.ADMINISTRATOR, Role.PROVINCE_STAFF):
        assert (check_row(role).state, check_row(role).amount) == ("late", "2 rows break a rule")
    client.force_login(make_officer(Role.ADMINISTRATOR))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get("/kiem-tra-so-lieu/").content.decode()
    assert page.index("I8-jobs") < page.index("I2-household"), "what is broken comes first"
    assert "2 rows break it" in page
    assert "kind=x" in page


def test_a_night_without_a_check_is_noticed(client):
    verify_nightly()
    in_two_days = timezone.now() + datetime.timedelta(hours=37)

    assert check_row(Role.ADMINISTRATOR, in_two_days).state == "late"
    Verification.objects.update(began_at=timezone.now() - datetime.timedelta(hours=37))
    client.force_login(make_officer(Role.PROVINCE_STAFF))
    assert "note-warning" in client.get("/kiem-tra-so-lieu/").content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_the_page_is_for_province_and_administrator(client, role):
    client.force_login(make_officer(role))

    may_see = role in (Role.PROVINCE_STAFF, Role.ADMINISTRATOR)
    assert client.get("/kiem-tra-so-lieu/").status_code == (200 if may_see else 403)
    verify_and_keep()
    verify_and_keep()
    assert client.get("/kiem-tra-so-lieu/").status_code == (200 if may_see else 403)


# --- The seal --------------------------------------------------------------------------------------------------------


def record() -> AuditEvent:
    officer = make_officer()
    return AuditEvent.record(Verb.FILE_APPLIED, officer, by=officer, area=officer.area_id)


def test_each_night_seals_what_came_since_and_says_so_in_the_log(caplog):
    first = record()
    with caplog.at_level(logging.WARNING):
        one = verify_and_keep()
    second, third = record(), record()
    other = verify_and_keep()
    again = verify_and_keep()

    assert in_groups(one.seal) in caplog.text
    assert len({one.seal, other.seal}) == 2
    assert again.seal == other.seal
    assert list(AuditSeal.objects.order_by("pk").values_list("last_event_id", "events")) == [
        (first.pk, 1), (third.pk, 2),
    ]  # fmt: skip
    assert set(AuditDigest.objects.values_list("event_id", flat=True)) == {first.pk, second.pk, third.pk}


@pytest.mark.parametrize("table", ["administration_auditdigest", "administration_auditseal"])
def test_the_application_cannot_forge_a_seal(table):
    record()
    verify_and_keep()

    for statement in (f"UPDATE {table} SET digest = ''", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(),
            connection.cursor() as cursor,
        ):  # fmt: skip
            cursor.execute(statement)
