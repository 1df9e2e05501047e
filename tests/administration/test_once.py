"""A form sent twice is carried out once."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory

from administration.models import Submission
from administration.once import FIELD, once
from administration.templatetags.once import once_key
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


class Form:
    """A view that counts how often it really ran."""

    def __init__(self, *answers: HttpResponse | Exception) -> None:
        self.answers = list(answers)
        self.officer = make_officer()
        self.key = str(uuid.uuid4())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def send(self, **more: object) -> HttpResponse:
        request = RequestFactory().post("/form/", {FIELD: self.key, **more})
        request.user = self.officer
        return once(self)(request)


def test_the_second_sending_gets_the_address_of_the_first_answer():
    form = Form(redirect("/done/1/"), redirect("/done/2/"))

    assert form.send()["Location"] == form.send()["Location"] == "/done/1/"
    assert len(form.answers) == 1


def test_an_htmx_answer_with_a_redirect_header_is_remembered_too():
    answer = HttpResponse()
    answer["HX-Redirect"] = "/done/"
    form = Form(answer)

    form.send()
    assert form.send()["Location"] == "/done/"


def test_a_fragment_without_an_address_leads_back_to_the_page():
    form = Form(HttpResponse("row"))

    form.send()
    assert form.send()["Location"] == "/form/"


@pytest.mark.parametrize("status", [409, 422])
def test_an_answer_that_changed_nothing_frees_the_key(status):
    form = Form(HttpResponse(status=status), redirect("/done/"))

    assert form.send().status_code == status
    assert form.send()["Location"] == "/done/"


def test_an_error_that_django_answers_frees_the_key():
    form = Form(Http404())

    with pytest.raises(Http404):
        form.send()
    assert not Submission.objects.exists()


def test_another_officer_cannot_use_the_key():
    form = Form(redirect("/done/"), redirect("/stolen/"))
    form.send()
    form.officer = make_officer()

    with pytest.raises(BadRequest):
        form.send()


def test_a_damaged_key_is_refused_and_a_missing_one_ignored():
    form = Form(redirect("/done/"))
    form.key = "x"
    with pytest.raises(BadRequest):
        form.send()

    request = RequestFactory().post("/form/")
    request.user = form.officer
    assert once(form)(request)["Location"] == "/done/"


def test_the_tag_makes_a_new_key_each_time():
    assert FIELD in once_key()
    assert once_key() != once_key()
