"""Accounts: made, moved, locked, given a new password; who may do it and what is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import translation

from administration import actions
from administration.models import AuditEvent, Officer, Role
from administration.refusals import NotPossible
from administration.scope import NOWHERE, within
from administration.verbs import Verb
from tests.factories import LIEN_HUONG, commune, district, make_officer, province

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def administrator() -> Officer:
    return make_officer(Role.ADMINISTRATOR)


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.mark.usefixtures("everywhere")
def test_a_new_officer_gets_a_password_to_be_replaced(administrator):
    officer, password = actions.create_officer(
        "yen.lt", "Lò Thị Yến", Role.COMMUNE_OFFICIAL, commune(), by=administrator
    )

    assert officer.check_password(password)
    assert officer.must_change_password
    assert not officer.is_staff
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.area_no, event.officer_id) == (Verb.OFFICER_CREATED, commune().number, administrator.pk)
    assert password not in str(event.details)


def test_an_administrator_without_an_area_records_in_the_officers_area(administrator):
    """Such an administrator's own scope sees nothing: only the one event is written there."""
    with within(*NOWHERE):
        officer, _password = actions.create_officer(
            "yen.lt", "Lò Thị Yến", Role.COMMUNE_OFFICIAL, commune(), by=administrator
        )
        assert not AuditEvent.objects.exists()
    with within(commune().number, commune().number):
        assert AuditEvent.objects.get().subject_id == str(officer.pk)


@pytest.mark.usefixtures("everywhere")
def test_a_user_name_is_given_once(administrator):
    make_officer(username="yen.lt")

    with pytest.raises(IntegrityError):
        actions.create_officer("yen.lt", "Lò Thị Yến", Role.COMMUNE_OFFICIAL, commune(), by=administrator)


@pytest.mark.usefixtures("everywhere")
def test_only_an_administrator_may_be_without_an_area(administrator):
    with pytest.raises(NotPossible, match="area"):
        actions.create_officer("yen.lt", "Lò Thị Yến", Role.REVIEWER, None, by=administrator)
    officer, _password = actions.create_officer("quan.tri", "Quản Trị", Role.ADMINISTRATOR, None, by=administrator)
    assert officer.is_staff


@pytest.mark.usefixtures("everywhere")
def test_an_officer_is_moved_from_the_next_request_on(administrator):
    officer = make_officer(area=commune())

    actions.move_officer(officer.pk, role=Role.REVIEWER, area=district(), by=administrator)

    officer.refresh_from_db()
    assert (officer.role, officer.area) == (Role.REVIEWER, district())
    (event,) = AuditEvent.objects.all()
    assert event.details["changes"] == [
        {"field": "role", "old": Role.COMMUNE_OFFICIAL, "new": Role.REVIEWER},
        {"field": "area", "old": "Phường Mũi Né", "new": "Thành phố Phan Thiết"},
    ]


@pytest.mark.usefixtures("everywhere")
def test_a_move_that_moves_nothing_leaves_no_trace(administrator):
    officer = make_officer(area=commune())

    actions.move_officer(officer.pk, role=officer.role, area=commune(), by=administrator)
    assert not AuditEvent.objects.exists()


@pytest.mark.usefixtures("everywhere")
def test_an_administrator_with_an_area_stays_inside_it():
    local = make_officer(Role.ADMINISTRATOR, area=district())
    foreign = make_officer(area=commune(LIEN_HUONG))

    for refused in (
        lambda: actions.create_officer("a", "A", Role.PROVINCE_STAFF, province(), by=local),
        lambda: actions.create_officer("a", "A", Role.ADMINISTRATOR, None, by=local),
        lambda: actions.move_officer(make_officer().pk, role=Role.PROVINCE_STAFF, area=province(), by=local),
        lambda: actions.reset_password(foreign.pk, by=local),
        lambda: actions.lock_officer(foreign.pk, locked=True, by=local),
    ):
        with pytest.raises(NotPossible, match="outside your area"):
            refused()


@pytest.mark.usefixtures("everywhere")
def test_nobody_moves_or_locks_themselves(administrator):
    with pytest.raises(NotPossible, match="own role"):
        actions.move_officer(administrator.pk, role=Role.PROVINCE_STAFF, area=province(), by=administrator)
    with pytest.raises(NotPossible, match="own account"):
        actions.lock_officer(administrator.pk, locked=True, by=administrator)


@pytest.mark.usefixtures("everywhere")
def test_a_reset_password_ends_every_session(administrator):
    officer = make_officer()
    client = signed_in(officer)
    assert client.get("/ho/").status_code == 200

    password = actions.reset_password(officer.pk, by=administrator)

    assert client.get("/ho/")["Location"].startswith("/dang-nhap/")
    officer.refresh_from_db()
    assert officer.check_password(password)
    assert AuditEvent.objects.get().verb == Verb.PASSWORD_RESET


@pytest.mark.usefixtures("everywhere")
def test_a_locked_account_is_out_at_once_and_can_be_opened_again(administrator):
    officer = make_officer()
    client = signed_in(officer)

    actions.lock_officer(officer.pk, locked=True, by=administrator)
    assert client.get("/ho/").status_code == 302
    actions.lock_officer(officer.pk, locked=False, by=administrator)
    assert signed_in(Officer.objects.get(pk=officer.pk)).get("/ho/").status_code == 200
    assert {e.verb for e in AuditEvent.objects.all()} == {Verb.OFFICER_LOCKED, Verb.OFFICER_UNLOCKED}


@pytest.mark.usefixtures("everywhere")
def test_there_is_no_second_factor_to_remove_where_there_is_none(administrator):
    with pytest.raises(NotPossible, match="no two-step"):
        actions.remove_second_factor(make_officer().pk, by=administrator)


def test_spoken_passwords_differ_and_are_long_enough():
    passwords = {actions.spoken_password() for _ in range(50)}

    assert len(passwords) == 50
    assert all(len(password) == 34 and set(password) <= set("bcghlmntvaeiou-") for password in passwords)
