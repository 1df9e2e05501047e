"""The complaints register: recorded, answered once in writing, and closed to lines of other lists."""

import datetime

import pytest

from administration.models import AuditEvent
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.actions import answer_complaint, record_complaint
from allocations.models import Complaint
from tests.factories import commune, make_allocation, make_list, make_officer, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
DAY = datetime.date(2024, 6, 10)


@pytest.fixture
def line(everywhere):
    return make_allocation(make_list(make_round()))


def record(line, **more):
    values = {"complainant": "Ông Lò Văn Pó", "text": "Hộ này đã có máy.", "received_on": DAY, "by": make_officer()}
    return record_complaint(line.commune_list_id, **{**values, **more})


def test_a_complaint_is_recorded_with_one_event_in_the_households_timeline(line):
    made = record(line, allocation_id=line.pk)
    assert (made.area, made.allocation, made.answered_on) == (commune(), line, None)
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.household_ids) == (Verb.COMPLAINT_RECORDED, [line.household_id])


def test_a_complaint_about_nobody_on_the_list_is_recorded_too(line):
    assert record(line).allocation is None
    assert AuditEvent.objects.get().household_ids == []


@pytest.mark.parametrize("missing", [{"complainant": " "}, {"text": ""}])
def test_a_complaint_says_who_and_what(line, missing):
    with pytest.raises(NotPossible, match="who complains"):
        record(line, **missing)
    assert not Complaint.objects.exists()


def test_a_line_of_another_list_is_refused_instead_of_forgotten(line):
    other = make_allocation(make_list(make_round()))
    with pytest.raises(NotPossible, match="not on the list"):
        record(line, allocation_id=other.pk)
    assert not AuditEvent.objects.exists()


def test_an_answer_closes_the_complaint_once(line):
    made = record(line, allocation_id=line.pk)
    answered = answer_complaint(made.pk, answer="Đã xác minh: chưa có máy.", by=make_officer())
    assert answered.answered_on
    assert not Complaint.objects.open().exists()
    assert AuditEvent.objects.filter(verb=Verb.COMPLAINT_ANSWERED).count() == 1
    with pytest.raises(NotPossible, match="already been answered"):
        answer_complaint(made.pk, answer="Lần nữa", by=make_officer())


def test_an_answer_has_words(line):
    with pytest.raises(NotPossible, match="Write the answer"):
        answer_complaint(record(line).pk, answer="  ", by=make_officer())
