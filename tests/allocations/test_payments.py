"""Cash for a phone that the household bought itself: from the choice on the list to the payment and its undoing."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from django.db import DatabaseError, ProgrammingError, transaction
from django.utils import timezone

from administration.models import AuditEvent
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations import actions
from allocations.actions import Evidence
from allocations.models import Allocation, Payment, Quota, Round, Status
from reports.models import DayCount
from reports.progress import gather
from reports.rollups import rebuild
from tests.allocations.scenes import Scene, submitted
from tests.factories import (
    LIEN_HUONG,
    commune,
    district,
    make_allocation,
    make_device,
    make_list,
    make_officer,
    make_quota,
    make_round,
    make_support,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
BOUGHT = datetime.date(2023, 1, 9)
EVIDENCE = Evidence(
    proof="invoice", proof_no="0000123", bought_on=BOUGHT, price=2_190_000, method="in_hand", reference="PC-07",
    receiver_name="Nguyễn Thị Hộ 1", receiver_relation="Chủ hộ", is_signed_for=True,
)  # fmt: skip
TYPED = {
    "receiver": "head", "proof": "invoice", "proof_no": "0000123", "bought_on": "09/01/2023", "price": "2.190.000",
    "method": "in_hand", "is_signed_for": "on", "reference": "PC-07",
}  # fmt: skip


def today() -> datetime.date:
    return timezone.localdate()


@pytest.fixture
def scene(everywhere) -> Scene:
    """One household approved for cash, one for a device."""
    made = submitted(2, status=Status.SUBMITTED, quota=5)
    support = make_support(made.round, "QUY", "TIEN")
    make_quota(made.round, allowed=3, source=support.source, form="TIEN")
    Allocation.objects.filter(pk=made.ids[0]).update(form="TIEN")
    Allocation.objects.filter(pk__in=made.ids).update(
        status=Status.APPROVED, decided_by=made.reviewer, decided_at=timezone.now()
    )
    return made


@pytest.fixture
def code(scene) -> str:
    return scene.lines[0].household.code


def line(scene: Scene, number: int = 0) -> Allocation:
    return Allocation.objects.get(pk=scene.ids[number])


def typed(**changes: str) -> dict[str, str]:
    return {**TYPED, "paid_on": f"{today():%d/%m/%Y}", **changes}


# --- Actions ----------------------------------------------------------------------------------------------------------
def test_a_payment_ties_household_amount_evidence_and_receiver_together_with_one_event(scene):
    paid = actions.pay(scene.ids[0], EVIDENCE, by=scene.official)
    assert (line(scene).status, line(scene).paid_amount, line(scene).device) == ("handed_over", 500_000, None)
    assert (paid.amount, paid.bought_on, paid.paid_on, paid.by) == (500_000, BOUGHT, today(), scene.official)
    (event,) = AuditEvent.objects.filter(verb=Verb.PAID)
    assert event.household_ids == [line(scene).household_id]
    assert event.details["amount"] == 500_000
    assert Quota.objects.get(form="TIEN").used == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bought_on": datetime.date(2022, 12, 11)}, "bought on 11/12/2022"),
        ({"is_signed_for": False}, "has been signed"),
        ({"proof_no": " "}, "numbers of the proof"),
        ({"reference": ""}, "numbers of the proof"),
        ({"bought_on": datetime.date(2999, 1, 1)}, "after the day of the payment"),
    ],
)
def test_evidence_that_does_not_hold_pays_nothing(scene, change, words):
    with pytest.raises(NotPossible, match=words):
        actions.pay(scene.ids[0], dataclasses.replace(EVIDENCE, **change), by=scene.official)
    assert line(scene).status == "approved"
    assert not Payment.objects.exists()


def test_a_phone_of_the_first_day_counts(scene):
    actions.pay(scene.ids[0], dataclasses.replace(EVIDENCE, bought_on=datetime.date(2022, 12, 12)), by=scene.official)
    assert line(scene).status == "handed_over"


def test_a_transfer_needs_no_signature(scene):
    actions.pay(scene.ids[0], dataclasses.replace(EVIDENCE, method="transfer", is_signed_for=False), by=scene.official)
    assert Payment.objects.get().method == "transfer"


def test_a_household_is_paid_once(scene):
    actions.pay(scene.ids[0], EVIDENCE, by=scene.official)
    with pytest.raises(NotPossible, match="already been paid"):
        actions.pay(scene.ids[0], EVIDENCE, by=scene.official)


def test_cash_is_not_handed_a_device_and_a_device_is_not_paid(scene):
    device = make_device()
    who = {"receiver_name": "A", "receiver_relation": "Chủ hộ"}
    with pytest.raises(NotPossible, match="gets cash"):
        actions.hand_over(scene.ids[0], imei=device.imei, **who, by=scene.official)
    with pytest.raises(NotPossible, match="gets a device"):
        actions.pay(scene.ids[1], EVIDENCE, by=scene.official)


def test_undo_takes_the_payment_back_and_it_can_be_recorded_again(scene):
    actions.pay(scene.ids[0], EVIDENCE, by=scene.official)
    actions.undo_payment(scene.ids[0], reason="Nhầm hộ", by=scene.official)
    assert (line(scene).status, line(scene).paid_amount) == ("approved", None)
    assert not Payment.objects.exists()
    assert AuditEvent.objects.get(verb=Verb.PAYMENT_UNDONE).details["reason"] == "Nhầm hộ"
    actions.pay(scene.ids[0], EVIDENCE, by=scene.official)


@pytest.mark.parametrize(("minutes", "reason"), [(31, "Nhầm hộ"), (1, " ")])
def test_undo_is_over_after_half_an_hour_and_needs_a_reason(scene, minutes, reason):
    actions.pay(scene.ids[0], EVIDENCE, by=scene.official)
    later = timezone.now() + datetime.timedelta(minutes=minutes)
    with pytest.raises(NotPossible):
        actions.undo_payment(scene.ids[0], reason=reason, by=scene.official, at=later)
    assert line(scene).status == "handed_over"


def test_who_was_paid_gets_no_device_in_a_later_round(scene):
    actions.pay(scene.ids[0], EVIDENCE, by=scene.official)
    later = make_round()
    made = actions.build_list(later.pk, commune().pk, by=scene.official)
    assert line(scene).household_id not in set(made.lines.values_list("household_id", flat=True))
    with pytest.raises(DatabaseError, match="household_has_one_live_allocation"), transaction.atomic():
        make_allocation(made, line(scene).household)


# --- The household's choice -------------------------------------------------------------------------------------------
@pytest.fixture
def draft(everywhere) -> Allocation:
    round = make_round(code="dot-7")
    make_support(round, "QUY", "TIEN")
    make_support(round, "NST", "MTB")
    return make_allocation(make_list(round))


def support(round: Round, form: str) -> int:
    return round.supports.get(form=form).pk


def test_the_household_chooses_cash_and_a_rebuild_of_the_list_keeps_the_choice(draft):
    official = draft.listed_by
    actions.choose_support(draft.pk, support(draft.round, "TIEN"), by=official)
    assert Allocation.objects.get().form == "TIEN"
    actions.build_list(draft.round_id, draft.area_id, by=official)
    assert Allocation.objects.get().form == "TIEN"
    (event,) = AuditEvent.objects.filter(verb=Verb.SUPPORT_CHOSEN)
    assert event.household_ids == [draft.household_id]


def test_a_tablet_is_only_for_households_with_a_pupil(draft):
    tablet = support(draft.round, "MTB")
    with pytest.raises(NotPossible, match="does not give that"):
        actions.choose_support(draft.pk, tablet, by=draft.listed_by)
    draft.household.attributes = ["HS"]
    draft.household.save()
    actions.choose_support(draft.pk, tablet, by=draft.listed_by)
    assert Allocation.objects.get().form == "MTB"


def test_what_is_signed_is_not_chosen_anew(scene):
    with pytest.raises(NotPossible, match="has been submitted"):
        actions.choose_support(scene.ids[1], support(scene.round, "TIEN"), by=scene.official)


def test_the_choice_on_its_page(browser, draft):
    browser.force_login(draft.listed_by)
    page = browser.get("/dot/dot-7/").content.decode()
    url = f"hinh-thuc/{draft.household.code}/"
    assert url in page
    text = browser.get(f"/dot/dot-7/{url}").content.decode()
    assert "Cash for a smartphone" in text
    assert "Tablet" not in text
    response = browser.post(f"/dot/dot-7/{url}", {"support": support(draft.round, "TIEN")}, follow=True)
    assert "the choice is saved" in response.content.decode()
    assert Allocation.objects.get().form == "TIEN"
    assert browser.post(f"/dot/dot-7/{url}", {"support": support(draft.round, "MTB")}).status_code == 422


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_from_the_desk_to_the_payment_and_back(browser, scene, code):
    browser.force_login(scene.official)
    desk = browser.get("/giao-may/").content.decode()
    assert f"/giao-may/{code}/chi-tien/" in desk
    assert "1 household to be paid" in desk
    assert browser.get(f"/giao-may/{code}/").url == f"/giao-may/{code}/chi-tien/"
    page = browser.get(f"/giao-may/{code}/chi-tien/").content.decode()
    assert "gets 500.000 đồng for a smartphone bought since 12/12/2022" in page
    response = browser.post(f"/giao-may/{code}/chi-tien/", typed(), follow=True)
    assert response.redirect_chain[-1][0] == f"/giao-may/{code}/da-chi/"
    for words in ("Cash paid out", "500.000", "0000123", "09/01/2023", "2.190.000", "PC-07"):
        assert words in response.content.decode()
    assert "Paid last" in browser.get("/giao-may/").content.decode()
    shown = browser.get(f"/phan-bo/{code}/").content.decode()
    for words in ("Cash paid out", "0000123", "Paid on"):
        assert words in shown
    response = browser.post(f"/giao-may/{code}/da-chi/hoan-tac/", {"reason": "Nhầm hộ"}, follow=True)
    assert "not paid" in response.content.decode()
    assert line(scene).status == "approved"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bought_on": "11/12/2022"}, "bought since 12/12/2022"),
        ({"is_signed_for": ""}, "have it signed first"),
        ({"paid_on": "01/01/2999"}, "lies in the future"),
        ({"paid_on": "01/01/2024"}, "approved after this date"),
        ({"price": "0"}, "greater than or equal to 1"),
        ({"proof_no": ""}, "required"),
        ({"receiver": "authorised"}, "Write the name"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_and_nothing_is_paid(browser, scene, code, changes, words):
    browser.force_login(scene.official)
    response = browser.post(f"/giao-may/{code}/chi-tien/", typed(**changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Payment.objects.exists()


def test_a_payment_sent_twice_is_recorded_once(browser, scene, code):
    browser.force_login(scene.official)
    data = typed(khoa_lan_gui="7b6c5f0e-8f0a-4c9b-9f6e-0d8f6f5a4b3c")
    for _ in range(2):
        assert browser.post(f"/giao-may/{code}/chi-tien/", data).url == f"/giao-may/{code}/da-chi/"
    assert Payment.objects.count() == 1


def test_a_device_is_given_on_the_page_for_devices_only(browser, scene):
    browser.force_login(scene.official)
    other = scene.lines[1].household.code
    assert browser.get(f"/giao-may/{other}/chi-tien/").url == f"/giao-may/{other}/"
    assert browser.get(f"/giao-may/{other}/da-chi/").status_code == 404
    assert "imei-" in browser.get("/giao-may/nhap-theo-bang/").content.decode()
    assert f"imei-{scene.ids[0]}" not in browser.get("/giao-may/nhap-theo-bang/").content.decode()


def test_another_commune_neither_sees_nor_pays(browser, scene, code):
    browser.force_login(make_officer(area=commune(LIEN_HUONG)))
    for url in (f"/giao-may/{code}/chi-tien/", f"/giao-may/{code}/da-chi/"):
        assert browser.get(url).status_code == 404
    assert browser.post(f"/giao-may/{code}/chi-tien/", typed()).status_code == 404


# --- Figures ----------------------------------------------------------------------------------------------------------
def days() -> dict[str, int]:
    found = DayCount.objects.filter(step="handed_over").values_list("day", "n")
    return {str(day): n for day, n in found if n}


def test_a_payment_counts_like_a_hand_over_and_its_undo_counts_back(scene):
    actions.pay(scene.ids[0], EVIDENCE, by=scene.official)
    assert days() == {str(today()): 1}
    rebuild()
    assert days() == {str(today()): 1}
    actions.undo_payment(scene.ids[0], reason="Nhầm hộ", by=scene.official)
    assert days() == {}


def test_who_waits_for_cash_waits_for_no_device(scene):
    figures = gather(district(), scene.round, at=timezone.now()).figures
    assert (figures.to_hand_over, figures.ready) == (2, 1)
    make_device()
    assert gather(district(), scene.round, at=timezone.now()).figures.ready == 2


# --- The database -----------------------------------------------------------------------------------------------------
def test_payments_are_not_rewritten(scene):
    actions.pay(scene.ids[0], EVIDENCE, by=scene.official)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Payment.objects.update(amount=1)
