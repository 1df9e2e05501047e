"""Two-step log-in from end to end: switched on with an authenticator, asked for at the next log-in, lost telephone."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from administration.models import Officer
from tests.factories import make_officer
from tests.look.test_account_pages import ENGLISH, assert_in_our_frame

pytestmark = pytest.mark.usefixtures("everywhere")
PASSWORD = "một mật khẩu đủ dài"


@pytest.fixture
def officer() -> Officer:
    officer = make_officer()
    officer.set_password(PASSWORD)
    officer.save()
    return officer


def log_in(client: Client, officer: Officer) -> str:
    answer = client.post(reverse("account_login"), {"login": officer.get_username(), "password": PASSWORD}, follow=True)
    return answer.request["PATH_INFO"]


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def switch_on(client: Client) -> str:
    """Returns the secret that the authenticator app would keep."""
    address = reverse("mfa_activate_totp")
    ask = client.get(address)  # the password is asked for again first
    page = client.post(ask["Location"], {"password": PASSWORD}, follow=True)
    assert page.request["PATH_INFO"] == address
    html = page.content.decode()
    assert_in_our_frame(html)
    assert [word for word in ENGLISH if word in html] == []
    secret = page.context["form"].secret
    answer = client.post(address, {"code": code_for(secret)}, follow=True)
    assert answer.status_code == 200
    assert Authenticator.objects.filter(type="totp").count() == 1
    return secret


def test_second_step_is_asked_for_once_it_is_switched_on(client: Client, officer: Officer) -> None:
    assert log_in(client, officer) == reverse("tasks")
    secret = switch_on(client)
    client.logout()
    assert log_in(client, officer) == reverse("mfa_authenticate")
    assert client.get(reverse("tasks")).status_code == 302  # the password alone opens nothing

    html = client.get(reverse("mfa_authenticate")).content.decode()
    assert_in_our_frame(html)
    assert [word for word in ENGLISH if word in html] == []

    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "error" in wrong.content.decode()
    assert client.get(reverse("tasks")).status_code == 302

    cache.clear()  # a code serves once: this stands for the next one
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert client.get(reverse("tasks")).status_code == 200


def test_recovery_code_opens_once_when_the_telephone_is_lost(client: Client, officer: Officer) -> None:
    log_in(client, officer)
    switch_on(client)
    html = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert_in_our_frame(html)
    assert [word for word in ENGLISH if word in html] == []
    code = re.findall(r"\b\d{8}\b", html)[0]
    for expected in (200, 302):
        client.logout()
        assert log_in(client, officer) == reverse("mfa_authenticate")
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert client.get(reverse("tasks")).status_code == expected
