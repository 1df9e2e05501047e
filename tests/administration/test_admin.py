"""The administrator's desk: a doorway to the actions, closed to everybody else."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from administration.models import AuditEvent, Officer, Role
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from tests.factories import LIEN_HUONG, commune, district, make_officer

pytestmark = pytest.mark.django_db
OFFICERS = "admin:administration_officer_changelist"


def browser(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def desk() -> Client:
    return browser(make_officer(Role.ADMINISTRATOR, is_staff=True))


def verbs() -> list[str]:
    with within(*EVERYWHERE):
        return [event.verb for event in AuditEvent.objects.order_by("pk")]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
@pytest.mark.parametrize("is_staff", [False, True])
def test_other_roles_do_not_get_in(role, is_staff):
    client = browser(make_officer(role, is_staff=is_staff, is_superuser=is_staff))

    assert client.get(reverse(OFFICERS)).status_code in (302, 403)
    assert client.get(reverse("admin:administration_officer_add")).status_code in (302, 403)


def test_there_is_one_door_for_everybody():
    assert Client().get("/quan-tri/login/?next=/quan-tri/")["Location"].startswith("/dang-nhap/")


def test_an_account_is_made_with_a_password_that_is_shown_once(desk):
    data = {
        "username": "yen.lt",
        "full_name": "Lò Thị Yến",
        "phone": "",
        "role": "commune_official",
        "area": commune().number,
    }

    page = desk.post(reverse("admin:administration_officer_add"), data, follow=True).content.decode()

    officer = Officer.objects.get(username="yen.lt")
    password = re.search(r"Password of yen\.lt, shown this once: ([a-z-]{34})\.", page)[1]
    assert officer.check_password(password)
    assert officer.must_change_password
    assert verbs() == [Verb.OFFICER_CREATED]
    assert password not in desk.get(reverse(OFFICERS)).content.decode()


def test_an_account_below_administrator_needs_an_area(desk):
    data = {"username": "yen.lt", "full_name": "Lò Thị Yến", "role": "reviewer", "area": ""}

    page = desk.post(reverse("admin:administration_officer_add"), data).content.decode()
    assert "Choose the area in which this officer works." in page
    assert not Officer.objects.filter(username="yen.lt").exists()


def test_an_account_is_moved_and_locked_by_actions(desk):
    officer = make_officer(full_name="Lò Thị Yến")
    url = reverse("admin:administration_officer_change", args=[officer.pk])

    desk.post(url, {"role": "reviewer", "area": district().number, "full_name": "Tên Khác"})

    officer.refresh_from_db()
    assert (officer.role, officer.area, officer.is_active) == ("reviewer", district(), False)
    assert officer.full_name == "Lò Thị Yến"
    assert verbs() == [Verb.OFFICER_MOVED, Verb.OFFICER_LOCKED]


def test_a_refused_change_is_told(desk):
    self = Officer.objects.get(role=Role.ADMINISTRATOR)
    url = reverse("admin:administration_officer_change", args=[self.pk])

    page = desk.post(url, {"role": "reviewer", "area": district().number, "is_active": "on"}, follow=True)
    assert "Nobody changes their own role or area." in page.content.decode()
    self.refresh_from_db()
    assert self.role == Role.ADMINISTRATOR


def test_a_password_is_reset_after_a_question(desk):
    officer = make_officer()
    url = reverse("admin:officer_reset", args=[officer.pk])

    assert desk.get(url).status_code == 200
    officer.refresh_from_db()
    assert not officer.has_usable_password()
    page = desk.post(url, follow=True).content.decode()
    officer.refresh_from_db()
    assert officer.check_password(re.search(r"shown this once: ([a-z-]{34})\.", page)[1])
    assert verbs() == [Verb.PASSWORD_RESET]


def test_a_second_factor_that_does_not_exist_cannot_be_removed(desk):
    page = desk.post(reverse("admin:officer_2fa", args=[make_officer().pk]), follow=True)

    assert "This account has no two-step log-in." in page.content.decode()


@pytest.mark.parametrize("is_demo", [False, True])
def test_no_account_is_deleted(desk, is_demo):
    officer = make_officer(is_demo=is_demo)

    assert desk.post(reverse("admin:administration_officer_delete", args=[officer.pk])).status_code == 403
    desk.post(reverse(OFFICERS), {"action": "delete_selected", "_selected_action": [officer.pk], "post": "yes"})
    assert Officer.objects.filter(pk=officer.pk).exists()


def test_an_administrator_with_an_area_sees_the_accounts_inside_it():
    local = browser(make_officer(Role.ADMINISTRATOR, area=district(), is_staff=True))
    make_officer(username="trong", area=commune())
    foreign = make_officer(username="ngoai", area=commune(LIEN_HUONG))

    page = local.get(reverse(OFFICERS)).content.decode()
    assert "trong" in page
    assert "ngoai" not in page
    assert local.get(reverse("admin:officer_reset", args=[foreign.pk])).status_code == 404


def test_units_are_only_read(desk):
    url = reverse("admin:administration_area_change", args=[commune().number])

    assert desk.get(url).status_code == 200
    assert desk.post(url, {"name": "Khác"}).status_code == 403
    assert desk.get(reverse("admin:administration_area_add")).status_code == 403


def test_lists_of_the_desk_cost_a_fixed_number_of_queries(desk, django_assert_max_num_queries):
    for _ in range(20):
        make_officer()
    with django_assert_max_num_queries(14):
        desk.get(reverse(OFFICERS))
