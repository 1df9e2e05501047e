"""Health, the officer's own account, and the system checks."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone

from administration import checks, health
from administration.models import Job, Officer, Role
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


def test_health_is_public_and_says_nothing_private():
    response = Client().get("/suc-khoe/")

    assert response.status_code == 200
    assert response.json()["database"] == response.json()["jobs"] == "ok"
    assert set(response.json()) == {"database", "jobs", "oldest_waiting_job_seconds", "version"}


@pytest.mark.parametrize(("minutes", "status"), [(5, 200), (16, 503)])
def test_health_fails_when_nobody_works_on_what_is_waiting(minutes, status):
    waiting_since = timezone.now() - datetime.timedelta(minutes=minutes)
    Job.objects.create(kind="test", subject_id=1, requested_by=make_officer(), rung_at=waiting_since)

    response = Client().get("/suc-khoe/")
    assert response.status_code == status
    assert response.json()["oldest_waiting_job_seconds"] in range(minutes * 60, minutes * 60 + 30)


def test_health_fails_when_the_database_does_not_answer(monkeypatch):
    def refuse() -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)

    response = Client().get("/suc-khoe/")
    assert (response.status_code, response.json()) == (503, {"database": "down"})
    with pytest.raises(DatabaseError):
        health.oldest_waiting_seconds()


@pytest.mark.parametrize("role", list(Role))
def test_every_officer_has_an_account_page(role):
    client = Client()
    officer = make_officer(role, full_name="Lò Thị Yến")
    client.force_login(officer)

    page = client.get("/tai-khoan-cua-toi/").content.decode()
    assert "Lò Thị Yến" in page
    assert "/doi-mat-khau/" in page
    client.post(reverse("set_language"), {"language": "en", "next": "/tai-khoan-cua-toi/"})
    assert "My account" in client.get("/tai-khoan-cua-toi/").content.decode()


def test_the_check_finds_a_view_of_ours_without_a_permission(settings):
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert checks.every_view_names_its_permission(None) == []
    bare.__module__ = "beneficiaries.views.entry"

    class Urls:
        urlpatterns = [path("x/", bare, name="x")]

    settings.ROOT_URLCONF = Urls
    (error,) = checks.every_view_names_its_permission(None)
    assert "beneficiaries.views.entry" in error.msg


def test_the_check_finds_published_passwords_outside_the_demo(settings):
    make_officer()
    Officer.objects.update(is_demo=True)
    assert checks.no_published_passwords(None) == []

    settings.DEMO = False
    (error,) = checks.no_published_passwords(None)
    assert error.id == "trao.E002"
    Officer.objects.update(is_demo=False)
    assert checks.no_published_passwords(None) == []
