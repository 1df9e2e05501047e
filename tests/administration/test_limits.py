"""Nobody reads the register number by number: reveals, look-ups and exports are limited, and so are files at once."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from administration.limits import LIMITS, Limit, TooMany
from administration.models import AuditEvent, Job, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from beneficiaries.actions import find_by_identity, record_export, reveal_identity
from beneficiaries.actions.import_files import MOST_AT_ONCE, upload_file
from tests.factories import commune, make_household, make_officer

pytestmark = pytest.mark.usefixtures("everywhere", "files")
NOW = datetime.datetime(2024, 12, 20, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def officer() -> Officer:
    return make_officer()


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for verb in LIMITS:
        monkeypatch.setitem(LIMITS, verb, Limit(2, datetime.timedelta(hours=1)))


def reveal(officer: Officer, at: datetime.datetime) -> object:
    return reveal_identity(make_household(area=officer.area).members.get().pk, by=officer, at=at)


def look_up(officer: Officer, at: datetime.datetime) -> object:
    return find_by_identity("060170000123", by=officer, at=at)


def export(officer: Officer, at: datetime.datetime) -> object:
    assert officer.area
    return record_export(officer.area, count=1, file_format="csv", by=officer, at=at)


@pytest.mark.parametrize("act", [reveal, look_up, export])
def test_one_officer_is_stopped_at_the_limit_and_goes_on_when_the_hour_is_over(
    officer: Officer, act: Callable[[Officer, datetime.datetime], object]
) -> None:
    act(officer, NOW)
    act(officer, NOW + datetime.timedelta(minutes=10))
    with pytest.raises(TooMany, match="Go on at 17:00"):
        act(officer, NOW + datetime.timedelta(minutes=59))
    act(make_officer(area=officer.area), NOW + datetime.timedelta(minutes=59))  # somebody else is not concerned
    act(officer, NOW + datetime.timedelta(minutes=61))

    assert AuditEvent.objects.filter(officer_id=officer.pk).count() == 3


def test_a_page_beyond_the_limit_answers_429_with_the_time_to_go_on(client: Client, officer: Officer) -> None:
    client.force_login(officer)
    for _ in range(2):
        assert client.post(reverse("households:list"), {"q": "060170000123"}).status_code == 200
    answer = client.post(reverse("households:list"), {"q": "060170000123"})

    assert answer.status_code == 429
    assert "Tiếp tục lúc" in answer.content.decode()
    assert AuditEvent.objects.filter(verb=Verb.IDENTITY_SEARCHED).count() == 2


def test_an_identity_number_beyond_the_limit_stays_masked(client: Client, officer: Officer) -> None:
    client.force_login(officer)
    household = make_household(area=officer.area)
    person = household.members.get()
    for _ in range(2):
        AuditEvent.record(Verb.IDENTITY_REVEALED, household, by=officer, area=commune())
    answer = client.post(reverse("households:identity", args=[household.code, person.pk]))

    assert person.identity_number not in answer.content.decode()
    assert "nhiều nhất" in answer.content.decode()


def test_a_fifth_file_waits_until_one_is_read(officer: Officer) -> None:
    for number in range(MOST_AT_ONCE):
        upload_file(BytesIO(b"%d" % number), "danh sach.csv", by=officer)
    with pytest.raises(NotPossible, match="4 files"):
        upload_file(BytesIO(b"another"), "danh sach.csv", by=officer)
    Job.objects.unfinished().update(state=Job.State.DONE)

    assert upload_file(BytesIO(b"another"), "danh sach.csv", by=officer).is_new
