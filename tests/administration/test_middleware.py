"""The transaction and the scope around every request."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory

from administration.middleware import PrivatePagesMiddleware, ScopeMiddleware
from administration.models import AuditEvent
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from beneficiaries.models import Household
from tests.factories import LIEN_HUONG, commune, make_household, make_officer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def request_of_an_officer():
    with within(*EVERYWHERE):
        make_household(commune())
        make_household(commune(LIEN_HUONG))
        officer = make_officer()
    request = RequestFactory().get("/")
    request.user = officer
    return request


def write_event(request):
    AuditEvent.record(Verb.HOUSEHOLD_ADDED, request.user, by=request.user, area=request.user.area)


def events() -> int:
    with within(*EVERYWHERE):
        return AuditEvent.objects.count()


def test_a_view_and_its_late_rendering_see_the_officers_commune(request_of_an_officer):
    counts = []

    def view(request):
        response = TemplateResponse(request, "django/forms/field.html", {})
        response.add_post_render_callback(lambda _: counts.append(Household.objects.count()))
        response.resolve_template = lambda _: type("T", (), {"render": lambda *a: ""})()
        counts.append(Household.objects.count())
        return response.render()

    ScopeMiddleware(view)(request_of_an_officer)
    assert counts == [1, 1]


def test_an_answer_of_500_takes_everything_back(request_of_an_officer):
    def view(request):
        write_event(request)
        return HttpResponse(status=500)

    ScopeMiddleware(view)(request_of_an_officer)
    assert events() == 0


def test_any_other_answer_keeps_what_was_written(request_of_an_officer):
    def view(request):
        write_event(request)
        return HttpResponse(status=422)

    ScopeMiddleware(view)(request_of_an_officer)
    assert events() == 1


def test_nobody_signed_in_gets_no_scope():
    with within(*EVERYWHERE):
        make_household()
    request = RequestFactory().get("/")
    request.user = type("Anonymous", (), {"is_authenticated": False})()
    seen = []
    ScopeMiddleware(lambda r: seen.append(Household.objects.count()) or HttpResponse())(request)
    assert seen == [0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.lo', true), '')")
        assert cursor.fetchone() == ("",)


def test_pages_of_an_officer_are_not_kept_by_the_browser(request_of_an_officer):
    response = PrivatePagesMiddleware(lambda r: HttpResponse())(request_of_an_officer)
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("cookie", "language"), [(None, "vi"), ("en", "en"), ("vi", "vi"), ("xx", "vi")])
def test_the_language_is_the_chosen_one_and_never_the_browsers(client, cookie, language):
    if cookie:
        client.cookies["django_language"] = cookie
    response = client.get("/dang-nhap/", headers={"accept-language": "en-US,en;q=0.9"})
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in response.content.decode()
