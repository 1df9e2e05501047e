"""The audit page: who sees which events, and what the filters leave."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from administration import actions, trail
from administration.event_words import in_words, value_in_words
from administration.models import AuditEvent, Officer, Role
from administration.verbs import Verb
from tests.factories import LIEN_HUONG, PHU_HAI, commune, district, make_household, make_officer, province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def browser(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def record(verb: Verb = Verb.HOUSEHOLD_ADDED, **more: Any) -> AuditEvent:
    household = more.pop("household", None) or make_household(more.pop("area", commune()))
    by = more.pop("by", None) or make_officer(full_name="Lò Thị Yến")
    return AuditEvent.record(verb, household, by=by, area=household.area, households=[household.pk], **more)


def test_an_officer_sees_the_events_of_their_area():
    record(by=make_officer(full_name="Của Phú Hài"), area=commune(PHU_HAI))
    record(by=make_officer(full_name="Của Liên Hương"), area=commune(LIEN_HUONG))

    page = browser(make_officer(Role.REVIEWER)).get("/nhat-ky/").content.decode()
    assert "Của Phú Hài" in page
    assert "Của Liên Hương" not in page
    assert "Của Liên Hương" in browser(make_officer(Role.PROVINCE_STAFF)).get("/nhat-ky/").content.decode()


def test_an_administrator_of_the_country_sees_accounts_and_nothing_else():
    record(by=make_officer(full_name="Của Hộ"))
    administrator = make_officer(Role.ADMINISTRATOR)
    actions.lock_officer(make_officer(full_name="Bị Khóa").pk, locked=True, by=administrator)

    page = browser(administrator).get("/nhat-ky/").content.decode()
    assert "Bị Khóa" in page
    assert "Của Hộ" not in page


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICIAL, Role.COMMUNE_LEADER])
def test_a_commune_does_not_read_the_trail(role):
    assert browser(make_officer(role)).get("/nhat-ky/").status_code == 403


def test_the_last_seven_days_are_shown_when_nothing_is_asked():
    record(at=timezone.now() - datetime.timedelta(8), by=make_officer(full_name="Tuần Trước"))
    record(at=timezone.now() - datetime.timedelta(6), by=make_officer(full_name="Tuần Này"))
    client = browser(make_officer(Role.REVIEWER))

    page = client.get("/nhat-ky/").content.decode()
    assert "Tuần Này" in page
    assert "Tuần Trước" not in page
    day = timezone.localdate() - datetime.timedelta(8)
    assert "Tuần Trước" in client.get(f"/nhat-ky/?tu={day:%d/%m/%Y}").content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"nguoi": "yến"}, {"Lò Thị Yến"}),
        ({"viec": "household.changed"}, {"Lê Văn Ba"}),
        ({"ho": "22915-00042"}, {"Lò Thị Yến"}),
        ({"ho": "22915-99999"}, set()),
        ({"nguoi": "yến", "viec": "household.changed"}, set()),
    ],
)
def test_the_filters_narrow_the_trail(asked, found):
    record(household=make_household(code="22915-00042"))
    record(Verb.HOUSEHOLD_CHANGED, by=make_officer(full_name="Lê Văn Ba"))

    page = browser(make_officer(Role.REVIEWER)).get("/nhat-ky/", asked).content.decode()
    assert {name for name in ("Lò Thị Yến", "Lê Văn Ba") if f">{name}<" in page} == found


def test_days_that_make_no_sense_are_refused_with_words():
    page = browser(make_officer(Role.REVIEWER)).get("/nhat-ky/?tu=05/03/2026&den=01/03/2026").content.decode()
    assert "The last day lies before the first." in page
    assert "31/02" not in browser(make_officer(Role.REVIEWER)).get("/nhat-ky/").content.decode()


def test_the_trail_is_read_a_page_at_a_time_at_a_fixed_cost(monkeypatch):
    monkeypatch.setattr(trail, "PER_PAGE", 2)
    for i in range(3):
        record(at=timezone.now() - datetime.timedelta(minutes=i), by=make_officer(full_name=f"Người {i}"))
    client = browser(make_officer(Role.REVIEWER))

    with CaptureQueriesContext(connection) as queries:
        first = client.get("/nhat-ky/").content.decode()
    assert len(queries) <= 9
    assert [f"Người {i}" in first for i in range(3)] == [True, True, False]
    assert "?page=2" in first
    second = client.get("/nhat-ky/?page=2").content.decode()
    assert [f"Người {i}" in second for i in range(3)] == [False, False, True]


def test_an_event_is_told_in_words_with_old_and_new_values():
    changes = [
        {"field": "category", "old": "HN", "new": "HCN"},
        {"field": "birth", "old": "1970", "new": "05/03/1970", "person": "Đỗ Thị Ẩn"},
    ]
    event = record(Verb.HOUSEHOLD_CHANGED, changes=changes, reason="Gõ nhầm", unknown={"a": 1})

    with translation.override("en"):
        entry = in_words(event)
        assert entry.changes == [
            ("category", "Poor household", "Near-poor household"),
            ("Đỗ Thị Ẩn · date or year of birth", "1970", "05/03/1970"),
        ]
        assert (entry.title, entry.reason, entry.by) == ("Household changed", "Gõ nhầm", "Lò Thị Yến")
        assert value_in_words("attributes", ["NCC", "HS"]) == "Family of a person of merit, Has a school pupil"
        assert value_in_words("found", False) == "no"
        assert value_in_words("ethnic_group_id", "01") == "Kinh"


def test_what_the_machine_did_itself_has_a_name():
    event = AuditEvent.record(Verb.REPORT_BUILT, province(), by=None, area=district())

    with translation.override("en"):
        assert in_words(event).by == "Trao itself"
