"""The pages around an account, ours and those of allauth, stand in our frame and speak Vietnamese."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_officer

ANONYMOUS = ["account_login", "account_inactive", "account_signup", "account_reset_password"]
OWN = ["account_logout", "account_change_password", "account_reauthenticate", "mfa_index"]
# Words of allauth and Django that would stand there if a template or a translation were missing.
ENGLISH = ["Sign In", "Sign Out", "Password", "Username", "Two-Factor", "Authenticator", "Confirm Access", "Menu:"]


def assert_in_our_frame(html: str) -> None:
    assert '<header class="site-header">' in html
    assert html.count("<h1") == 1
    assert '<html lang="vi">' in html


@pytest.mark.django_db
@pytest.mark.parametrize("name", ANONYMOUS)
def test_page_before_log_in_is_in_the_frame(client: Client, name: str) -> None:
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert_in_our_frame(response.content.decode())
    assert "site-nav" not in response.content.decode()


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("name", OWN)
def test_page_of_an_account_is_in_the_frame_and_in_vietnamese(client: Client, name: str) -> None:
    officer = make_officer()
    officer.set_password("một mật khẩu đủ dài")
    officer.save()
    client.force_login(officer)
    response = client.get(reverse(name), follow=True)
    html = response.content.decode()

    assert response.status_code == 200
    assert_in_our_frame(html)
    assert "site-nav" in html
    assert [word for word in ENGLISH if word in html] == []


@pytest.mark.django_db
def test_wrong_password_says_so_at_the_top_and_in_the_title(client: Client) -> None:
    response = client.post(reverse("account_login"), {"login": "nobody", "password": "wrong"})
    html = response.content.decode()

    assert "<title>Lỗi: " in html
    assert "error-summary" in html
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in html
    assert 'value="nobody"' in html


@pytest.mark.django_db
def test_language_is_switched_by_a_form(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "en", "next": reverse("account_login")})
    html = client.get(reverse("account_login")).content.decode()

    assert '<html lang="en">' in html
    assert "Log in" in html
    assert "Tiếng Việt" in html


@pytest.mark.usefixtures("everywhere")
def test_unknown_address_is_answered_in_the_frame(client: Client) -> None:
    client.force_login(make_officer())
    response = client.get("/khong-co-trang-nay/")

    assert response.status_code == 404
    assert_in_our_frame(response.content.decode())
