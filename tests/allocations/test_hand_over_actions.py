"""Devices change hands, without pages."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone, translation

from administration.models import AuditEvent
from administration.refusals import NotPossible
from allocations import actions
from allocations.models import Allocation, HandOver, Quota, Status
from allocations.receiving import Scan, problem_with_imei, read_imei, read_scan
from beneficiaries.models import Gender, Person
from beneficiaries.sealing import unseal
from devices.models import Device, DeviceKind, DeviceModel
from tests.allocations.scenes import submitted
from tests.factories import LIEN_HUONG, commune, made_up_imei, make_device, make_lot

pytestmark = pytest.mark.usefixtures("everywhere", "vietnamese")
WHO = {"receiver_name": "Nguyễn Thị Hộ 1", "receiver_relation": "Chủ hộ"}


@pytest.fixture
def vietnamese():
    with translation.override("vi"):
        yield


def approved(lines: int = 1):
    return submitted(lines, status=Status.APPROVED, quota=lines)


def test_hand_over_ties_device_household_and_receiver_together():
    scene, device = approved(), make_device()

    actions.hand_over(scene.ids[0], imei=device.imei, **WHO, receiver_identity="060170000009", by=scene.official)

    line, made = Allocation.objects.get(), HandOver.objects.get()
    assert (line.status, line.device_id) == (Status.HANDED_OVER, device.pk)
    assert Device.objects.get().state == Device.State.HANDED_OVER
    assert unseal(made.receiver_identity_sealed) == "060170000009"
    event = AuditEvent.objects.get(verb="allocation.handed_over")
    assert event.details["imei"] == device.imei
    assert event.household_ids == [line.household_id]


def test_a_day_is_recorded_whole_or_not_at_all():
    scene, device = approved(2), make_device()
    deliveries = [
        actions.Delivery(scene.ids[0], device.imei, "A", "Chủ hộ"),
        actions.Delivery(scene.ids[1], made_up_imei(), "B", "Chủ hộ"),
    ]

    with pytest.raises(NotPossible):
        actions.hand_over_many(deliveries, by=scene.official)

    assert not HandOver.objects.exists()
    assert set(scene.statuses()) == {"approved"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": Device.State.FAULTY}, "báo lỗi"),
        ({"state": Device.State.HANDED_OVER}, "hộ khác"),
        ({"area": LIEN_HUONG}, "kho"),
    ],
)
def test_a_device_that_is_not_in_the_communes_stock_is_refused(change, words):
    if "area" in change:
        change = {"area": commune(LIEN_HUONG)}
    scene, device = approved(), make_device()
    Device.objects.filter(pk=device.pk).update(**change)

    with pytest.raises(NotPossible, match=words):
        actions.hand_over(scene.ids[0], imei=device.imei, **WHO, by=scene.official)

    assert words in problem_with_imei(device.imei, unit=commune())


def test_a_tablet_is_not_given_in_a_round_of_telephones():
    tablets = DeviceModel.objects.create(name="Máy tính bảng mẫu", kind=DeviceKind.TABLET, networks=["4G"])
    scene, device = approved(), make_device(lot=make_lot(model=tablets))

    with pytest.raises(NotPossible):
        actions.hand_over(scene.ids[0], imei=device.imei, **WHO, by=scene.official)

    assert "máy tính bảng" in problem_with_imei(device.imei, unit=commune(), line=scene.lines[0])


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.WAITING, Status.RETURNED, Status.REJECTED])
def test_only_an_approved_household_receives_a_device(status):
    scene, device = submitted(1, status=status), make_device()

    with pytest.raises(NotPossible):
        actions.hand_over(scene.ids[0], imei=device.imei, **WHO, by=scene.official)

    assert Device.objects.get().state == Device.State.IN_STOCK


@pytest.mark.parametrize("change", [{"gender": Gender.MALE}, {"birth_year": 1971, "birth_date": None}])
def test_a_head_whose_number_contradicts_the_register_receives_nothing(change):
    scene, device = approved(), make_device()
    Person.objects.update(**change)

    with pytest.raises(NotPossible, match=r"(?i)số định danh"):
        actions.hand_over(scene.ids[0], imei=device.imei, **WHO, by=scene.official)


def test_a_household_receives_one_device():
    scene, first, second = approved(), make_device(), make_device()
    actions.hand_over(scene.ids[0], imei=first.imei, **WHO, by=scene.official)

    with pytest.raises(NotPossible, match="đã nhận máy"):
        actions.hand_over(scene.ids[0], imei=second.imei, **WHO, by=scene.official)


def test_undo_puts_the_device_back_into_stock():
    scene, device = approved(), make_device()
    actions.hand_over(scene.ids[0], imei=device.imei, **WHO, by=scene.official)

    actions.undo_hand_over(scene.ids[0], reason="Nhầm hộ", by=scene.official)

    assert scene.statuses() == ["approved"]
    assert Device.objects.get().state == Device.State.IN_STOCK
    assert not HandOver.objects.exists()
    actions.hand_over(scene.ids[0], imei=device.imei, **WHO, by=scene.official)


@pytest.mark.parametrize(("minutes", "reason"), [(31, "Nhầm hộ"), (1, " ")])
def test_undo_is_over_after_half_an_hour_and_needs_a_reason(minutes, reason):
    scene, device = approved(), make_device()
    actions.hand_over(scene.ids[0], imei=device.imei, **WHO, by=scene.official)

    with pytest.raises(NotPossible):
        actions.undo_hand_over(
            scene.ids[0], reason=reason, by=scene.official, at=timezone.now() + datetime.timedelta(minutes=minutes)
        )

    assert scene.statuses() == ["handed_over"]


def test_declining_is_written_down_and_gives_the_place_back():
    scene = approved()

    actions.decline(scene.ids[0], reason="Già yếu", by=scene.official)

    line = Allocation.objects.get()
    assert (line.status, line.reason, line.reason_note) == ("withdrawn", "declined", "Già yếu")
    assert Quota.objects.get().used == 0


def test_who_has_received_a_device_cannot_decline_it_any_more():
    scene, device = approved(), make_device()
    actions.hand_over(scene.ids[0], imei=device.imei, **WHO, by=scene.official)

    with pytest.raises(NotPossible):
        actions.decline(scene.ids[0], reason="Không cần", by=scene.official)


# --- What a scanner types ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "scan"),
    [
        ("060170000123|281234567|Nguyễn Thị Mẫu|01011970|Nữ|Khu phố 1|01012021", Scan(identity="060170000123")),
        ("060170000123|281234567|Nguyê~n Thi. Mâ~u|01011970", Scan(identity="060170000123")),
        (" 001017000000013\r", Scan(imei="001017000000013")),
        ("IMEI1:001017000000013 IMEI2:001017000000021", Scan(imei="001017000000013")),
        ("0601701", Scan()),
        ("", Scan()),
    ],
)
def test_the_first_run_of_digits_decides_what_was_scanned(typed, scan):
    assert read_scan(typed) == scan


def test_an_imei_may_be_typed_in_groups():
    assert read_imei("001017 00 000001 3") == "001017000000013"


@pytest.mark.parametrize("imei", ["123", "001017000000014", "٠٠١٠١٧٠٠٠٠٠٠٠١٣"])
def test_a_number_that_is_no_imei_is_named(imei):
    assert "không hợp lệ" in problem_with_imei(imei, unit=commune())


def test_an_unknown_imei_is_not_in_the_books():
    assert "chưa có trong sổ kho" in problem_with_imei(made_up_imei(), unit=commune())


def test_the_imei_of_another_commune_names_its_holder():
    device = make_device(commune(LIEN_HUONG))

    assert commune(LIEN_HUONG).name in problem_with_imei(device.imei, unit=commune())
