"""The list that is signed when cash is paid out, and money in words."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from administration.models import AuditEvent
from administration.verbs import Verb
from allocations import actions
from allocations.models import Allocation
from reports.money_in_words import dong_in_words
from reports.shipped.reconciliation import by_source
from reports.sources import Question, households_handed_over
from tests.allocations.scenes import submitted
from tests.allocations.test_payments import EVIDENCE
from tests.factories import LIEN_HUONG, commune, district, make_device, make_officer, make_quota, make_support

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
URL = "/giao-may/danh-sach-ky-nhan-tien.pdf"


@pytest.fixture
def scene(everywhere):
    """Three households approved for cash, the first of them paid; a fourth has its device."""
    made = submitted(4, quota=5)
    support = make_support(made.round, "QUY", "TIEN")
    make_quota(made.round, allowed=3, source=support.source, form="TIEN")
    Allocation.objects.filter(pk__in=made.ids[:3]).update(form="TIEN")
    Allocation.objects.update(status="approved", decided_by=made.reviewer, decided_at=timezone.now())
    actions.pay(made.ids[0], EVIDENCE, by=made.official)
    who = {"receiver_name": "A", "receiver_relation": "Chủ hộ"}
    actions.hand_over(made.ids[3], imei=make_device().imei, **who, by=made.official)
    return made


def test_the_list_says_who_is_paid_and_has_room_for_who_is_not_yet(client, scene):
    client.force_login(scene.official)
    response = client.get(URL)
    assert response["Content-Type"] == "application/pdf"
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages).split())
    for words in (
        "Nguyễn Thị Hộ 1",
        "Nguyễn Thị Hộ 3",
        "1.500.000",
        "Một triệu năm trăm nghìn đồng",
        "0000123",
        "PC-07",
    ):
        assert words in text
    assert "Nguyễn Thị Hộ 4" not in text
    event = AuditEvent.objects.get(verb=Verb.PAYMENT_LIST_PRINTED)
    assert len(event.household_ids) == (3 if event.details["with_identity"] else 0)


def test_a_commune_without_cash_gets_no_list(client, scene):
    client.force_login(make_officer(area=commune(LIEN_HUONG)))
    assert client.get(URL).status_code == 409
    assert not AuditEvent.objects.filter(verb=Verb.PAYMENT_LIST_PRINTED).exists()


def test_form_9_counts_cash_beside_devices_and_finds_no_difference(scene):
    question = Question(district(), scene.round, by=scene.reviewer, at=timezone.now())
    answer = by_source(question)
    whole = answer.total.record
    assert (whole["granted"], whole["handed_over"], whole["imei"], whole["paid"]) == (4, 2, 1, 1)
    assert (whole["left"], whole["unmatched"], whole["money"]) == (2, 0, 500_000)
    assert [line.record["paid"] for line in answer.lines] == [1, 1]


def test_the_list_of_households_supported_says_what_was_paid(scene):
    question = Question(commune(), scene.round, by=scene.official, at=timezone.now())
    records = [line.record for line in households_handed_over(question).lines if line.record]
    assert {(record.model, record.receiver) for record in records} == {
        ("Tiền, 500.000 đồng", "Nguyễn Thị Hộ 1"), ("Điện thoại mẫu A", "A"),
    }  # fmt: skip
    assert {record.handed_on for record in records} == {timezone.localdate()}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (500_000, "Năm trăm nghìn đồng"),
        (2_000_000, "Hai triệu đồng"),
        (1_005, "Một nghìn không trăm lẻ năm đồng"),
        (21_515, "Hai mươi mốt nghìn năm trăm mười lăm đồng"),
        (1_000_110_055, "Một tỷ một trăm mười nghìn không trăm năm mươi lăm đồng"),
        (10_000_000, "Mười triệu đồng"),
        (12_300_000_000, "Mười hai tỷ ba trăm triệu đồng"),
        (105, "Một trăm lẻ năm đồng"),
    ],
)
def test_an_amount_in_words(amount, words):
    assert dong_in_words(amount) == words


def test_a_negative_amount_has_no_words():
    with pytest.raises(ValueError, match="not negative"):
        dong_in_words(-1)
