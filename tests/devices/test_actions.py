"""A device on its way: received, sent, reported faulty. One event each; never twice, never to the wrong place."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from allocations.models import Demand, Round
from devices.actions import dispatch, receive_lot, report_faulty
from devices.models import Device, DeviceKind, DeviceModel, Lot
from tests.conftest import owner_connection
from tests.factories import (
    commune,
    district,
    made_up_imei,
    make_allocation,
    make_device,
    make_list,
    make_lot,
    make_officer,
    make_quota,
    make_round,
    province,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = datetime.date(2024, 6, 1)


@pytest.fixture
def staff(everywhere):
    return make_officer(Role.PROVINCE_STAFF)


def receive(staff, imeis, **more):
    model, _new = DeviceModel.objects.get_or_create(name="Mẫu A", defaults={"kind": "phone", "networks": ["4G"]})
    values = {"code": "L-1", "quantity": 10, "supplier": "VNPT", "received_on": DAY, **more}
    return receive_lot(model_id=model.pk, imeis=imeis, province=province(), by=staff, **values)


def test_a_lot_comes_into_the_provinces_stock_with_one_event(staff):
    lot = receive(staff, [made_up_imei(n) for n in (1, 2, 3)])
    assert set(lot.devices.values_list("area", "state")) == {(province().pk, "in_stock")}
    (event,) = AuditEvent.objects.all()
    assert event.verb == Verb.LOT_RECEIVED
    assert event.details == {"lot": "L-1", "quantity": 10, "count": 3}


@pytest.mark.parametrize(
    ("imeis", "more", "words"),
    [
        ([made_up_imei(1)] * 2, {}, "appears twice"),
        ([made_up_imei(1), made_up_imei(2)], {"quantity": 1}, "more IMEIs than devices"),
        (["356938035643800"], {}, "right check digit"),
    ],
)
def test_a_wrong_list_of_imeis_leaves_nothing_behind(staff, imeis, more, words):
    with pytest.raises(NotPossible, match=words):
        receive(staff, imeis, **more)
    assert not Lot.objects.exists()
    assert not AuditEvent.objects.exists()


def test_an_imei_is_in_the_books_once(staff):
    receive(staff, [made_up_imei(1)])
    with pytest.raises(NotPossible, match="already in the books"):
        receive(staff, [made_up_imei(1)], code="L-2")
    assert Lot.objects.count() == 1


def test_a_model_without_4g_may_not_be_in_the_catalogue(staff):
    with pytest.raises(DatabaseError, match="device_model_works_without_2g"), transaction.atomic():
        DeviceModel.objects.create(name="Mẫu cũ", kind="phone", networks=["2G", "3G"])


def test_devices_go_to_a_commune_with_one_event_there(staff):
    lot = make_lot()
    for _ in range(5):
        make_device(province(), lot=lot)
    sent = dispatch(lot.pk, commune().pk, quantity=3, by=staff)
    assert len(sent) == 3
    assert Device.objects.filter(area=commune()).count() == 3
    assert Device.objects.filter(area=province()).count() == 2
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.area_no) == (Verb.DEVICES_DISPATCHED, commune().pk)
    assert event.details == {"lot": lot.code, "count": 3}


@pytest.mark.parametrize("quantity", [0, -1])
def test_at_least_one_device_is_sent(staff, quantity):
    with pytest.raises(NotPossible, match="at least one"):
        dispatch(make_lot().pk, commune().pk, quantity=quantity, by=staff)


def test_no_more_is_sent_than_is_there(staff):
    lot = make_lot()
    make_device(province(), lot=lot)
    make_device(province(), lot=lot, state="faulty")
    make_device(commune(), lot=lot)
    with pytest.raises(NotPossible, match="Only 1 devices"):
        dispatch(lot.pk, commune().pk, quantity=2, by=staff)
    assert Device.objects.filter(area=province()).count() == 2


@pytest.mark.parametrize("area", [district, province])
def test_only_a_commune_receives_devices(staff, area):
    lot = make_lot()
    make_device(province(), lot=lot)
    with pytest.raises(NotPossible, match="sent to a commune of the province"):
        dispatch(lot.pk, area().pk, quantity=1, by=staff)


def test_a_faulty_device_leaves_the_stock_with_one_event_that_says_why(staff):
    device = make_device()
    report_faulty(device.pk, note="Không lên nguồn", by=staff)
    device.refresh_from_db()
    assert device.state == "faulty"
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.details["note"]) == (Verb.DEVICE_FAULTY, "Không lên nguồn")


@pytest.mark.parametrize("state", ["handed_over", "faulty"])
def test_only_a_device_in_stock_is_reported_faulty(staff, state):
    with pytest.raises(NotPossible, match="in stock"):
        report_faulty(make_device(state=state).pk, note="x", by=staff)


def test_a_report_says_what_is_wrong(staff):
    with pytest.raises(NotPossible, match="what is wrong"):
        report_faulty(make_device().pk, note=" ", by=staff)


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_at_once_never_send_the_same_device():
    """The first holds its devices; the second looks meanwhile and gets others, then none."""
    with within(*EVERYWHERE):
        staff = make_officer(Role.PROVINCE_STAFF)
        lot = make_lot()
        for _ in range(3):
            make_device(province(), lot=lot)

    def second(quantity):
        try:
            with within(*EVERYWHERE):
                return {d.pk for d in dispatch(lot.pk, commune().pk, quantity=quantity, by=staff)}
        except NotPossible:
            return set()
        finally:
            connection.close()

    with within(*EVERYWHERE), ThreadPoolExecutor(1) as pool:
        first = {d.pk for d in dispatch(lot.pk, commune().pk, quantity=2, by=staff)}
        other = pool.submit(second, 1).result()
        assert len(other) == 1
        assert not first & other
        assert pool.submit(second, 1).result() == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("guard", "away", "imei"),
    [
        ("imei_is_known_once", "DROP INDEX imei_is_known_once", made_up_imei(1)),
        (
            "imei_has_15_digits_and_a_right_check_digit",
            "ALTER TABLE devices_device DROP CONSTRAINT imei_has_15_digits_and_a_right_check_digit",
            "111111111111111",
        ),
    ],
)
def test_the_database_refuses_a_wrong_or_known_imei_and_only_its_guard_makes_it_refuse(guard, away, imei):
    with within(*EVERYWHERE):
        lot = make_lot()
        make_device(province(), lot=lot, imei=made_up_imei(1))
    with pytest.raises(DatabaseError, match=guard), within(*EVERYWHERE):
        make_device(province(), lot=lot, imei=imei)
    connection.close()
    with owner_connection() as owner:
        owner.execute("SET lock_timeout = '10s'")
        with owner.transaction(force_rollback=True):
            owner.execute("SELECT set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true)")
            owner.execute(away)
            owner.execute(
                "INSERT INTO devices_device (imei, imei2, lot_id, area_no, state) VALUES (%s, '', %s, %s, 'in_stock')",
                [imei, lot.pk, province().pk],
            )


# --- The least that rounds demand -------------------------------------------------------------------------------------
@pytest.fixture
def weak(everywhere):
    """A lot of telephones with 2 GB, and an open round that demands 4 GB."""
    model = DeviceModel.objects.create(name="Máy yếu", kind=DeviceKind.PHONE, networks=["4G"], ram_gb=2)
    lot = make_lot(model=model)
    for _ in range(2):
        make_device(province(), lot=lot)
    Demand.objects.create(round=make_round(name="Đợt 4 GB"), ram_gb=4)
    return lot


def test_what_no_round_may_give_is_not_sent_to_a_commune(weak, staff):
    with pytest.raises(NotPossible, match="Đợt 4 GB"):
        dispatch(weak.pk, commune().pk, quantity=1, by=staff)
    assert Device.objects.held_by(commune()).count() == 0


def test_what_another_open_round_may_give_is_sent(weak, staff):
    make_round(name="Đợt không đòi hỏi")
    assert len(dispatch(weak.pk, commune().pk, quantity=1, by=staff)) == 1


def test_a_round_that_is_over_asks_nothing_any_more_unless_somebody_still_waits_in_it(weak, staff):
    Round.objects.update(state="closed")
    assert len(dispatch(weak.pk, commune().pk, quantity=1, by=staff)) == 1
    round = Round.objects.get()
    make_quota(round)
    make_allocation(make_list(round), status="approved")
    with pytest.raises(NotPossible, match="Đợt 4 GB"):
        dispatch(weak.pk, commune().pk, quantity=1, by=staff)


def test_a_round_of_tablets_asks_nothing_of_telephones(weak, staff):
    Round.objects.update(device_kind=DeviceKind.TABLET)
    assert len(dispatch(weak.pk, commune().pk, quantity=1, by=staff)) == 1


def test_tablets_need_not_call(everywhere):
    tablet = DeviceModel(name="Máy tính bảng", kind=DeviceKind.TABLET, networks=["4G"], volte=False)
    assert tablet.short_of(Demand(volte=True)) == []
    assert DeviceModel(name="x", kind=DeviceKind.PHONE, networks=["4G"], volte=False).short_of(Demand(volte=True))
