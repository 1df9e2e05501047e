"""The pages of the stock: the equation, lots, devices, receiving, sending, reporting faulty."""

from __future__ import annotations

import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from administration.models import AuditEvent, Role
from devices.models import Device, DeviceModel, Lot
from devices.stock import stock_of
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    commune,
    made_up_imei,
    make_device,
    make_lot,
    make_officer,
    province,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]


@pytest.fixture
def staff(everywhere):
    return make_officer(Role.PROVINCE_STAFF)


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def lot(everywhere):
    """Ten on the note, eight in the books: three in the province, four in Mũi Né, one far away."""
    made = make_lot(quantity=10)
    for area, state in [
        (province(), "in_stock"), (province(), "in_stock"), (province(), "in_stock"), (commune(), "in_stock"),
        (commune(), "in_stock"), (commune(), "handed_over"), (commune(), "faulty"), (commune(LIEN_HUONG), "in_stock"),
    ]:  # fmt: skip
        make_device(area, lot=made, state=state)
    return made


def page(browser, officer, url, *, status=200, **more) -> str:
    browser.force_login(officer)
    response = browser.get(url, **more)
    assert response.status_code == status
    return response.content.decode()


def send(browser, officer, url, data=None, *, status=302):
    browser.force_login(officer)
    response = browser.post(url, data or {})
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def equation(officer):
    s = stock_of(officer)
    return s.received, s.sent, s.handed_over, s.in_communes, s.in_province, s.faulty, s.difference


def test_the_equation_of_the_province_shows_what_is_missing(lot, staff):
    assert equation(staff) == (10, 5, 1, 3, 3, 1, 2)
    make_lot(quantity=5)
    assert equation(staff)[-1] == 7


@pytest.mark.parametrize(
    ("role", "numbers"), [(Role.COMMUNE_OFFICIAL, (4, 4, 1, 2, 0, 1, 0)), (Role.REVIEWER, (4, 4, 1, 2, 0, 1, 0))]
)
def test_below_the_province_the_stock_is_what_has_come_down(lot, role, numbers):
    assert equation(make_officer(role)) == numbers


def test_a_difference_is_said_in_words_and_marks_its_lot(browser, lot, staff):
    text = page(browser, staff, "/thiet-bi/")
    assert "2 devices are on the delivery notes but their IMEIs are not in the books" in text
    assert "2 IMEIs missing" in text
    make_device(province(), lot=lot)
    make_device(province(), lot=lot)
    assert "not in the books" not in page(browser, staff, "/thiet-bi/")


def test_a_commune_sees_only_lots_of_which_it_has_something(browser, lot, official):
    other = make_lot()
    make_device(commune(PHU_HAI), lot=other)
    text = page(browser, official, "/thiet-bi/")
    assert lot.code in text
    assert other.code not in text
    page(browser, official, f"/thiet-bi/lo/{other.code}/", status=404)


def test_a_lot_page_shows_and_filters_its_devices(browser, lot, staff, official):
    url = f"/thiet-bi/lo/{lot.code}/"
    faulty = lot.devices.get(state="faulty")
    assert page(browser, staff, url).count("/thiet-bi/may/") == 8
    assert page(browser, official, url).count("/thiet-bi/may/") == 4
    fragment = page(browser, staff, f"{url}?tt=faulty", headers={"HX-Request": "true"})
    assert fragment.count("/thiet-bi/may/") == 1
    assert fragment.lstrip().startswith('<div id="results"')
    assert faulty.imei in page(browser, staff, f"{url}?q={faulty.imei[6:14]}")
    assert "No device matches" in page(browser, staff, f"{url}?q=99999999")


def test_a_device_is_found_by_the_first_or_last_digits_of_its_imei(browser, lot, official, staff):
    device = lot.devices.filter(area=commune()).first()
    far = lot.devices.get(area=commune(LIEN_HUONG))
    assert device.imei in page(browser, official, f"/thiet-bi/?q={device.imei[-6:]}")
    assert "No device in your area" in page(browser, official, f"/thiet-bi/?q={far.imei}")
    assert far.imei in page(browser, staff, f"/thiet-bi/?q={far.imei[:15]}")


def test_a_device_of_another_commune_is_not_found(browser, lot, official):
    far = lot.devices.get(area=commune(LIEN_HUONG))
    page(browser, official, f"/thiet-bi/may/{far.imei}/", status=404)
    page(browser, official, f"/thiet-bi/may/{far.imei}/hong/", status=404)
    send(browser, official, f"/thiet-bi/may/{far.imei}/hong/", {"note": "x"}, status=404)


READ = {Role.COMMUNE_OFFICIAL, Role.COMMUNE_LEADER, Role.REVIEWER, Role.PROVINCE_STAFF}
MANAGE = {Role.PROVINCE_STAFF}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(
    ("url", "roles"),
    [
        ("/thiet-bi/", READ),
        ("/thiet-bi/lo/{lot}/", READ),
        ("/thiet-bi/may/{imei}/", READ),
        ("/thiet-bi/nhan/", MANAGE),
        ("/thiet-bi/lo/{lot}/xuat/", MANAGE),
        ("/thiet-bi/may/{imei}/hong/", {Role.PROVINCE_STAFF, Role.COMMUNE_OFFICIAL}),
    ],
)
def test_only_the_roles_of_a_page_get_past_its_door(browser, lot, role, url, roles):
    address = url.format(lot=lot.code, imei=lot.devices.filter(area=commune()).first().imei)
    browser.force_login(make_officer(role))
    assert browser.get(address).status_code == (200 if role in roles else 403)
    if role not in roles:
        assert browser.post(address).status_code in (403, 405)


# ---- Receiving -------------------------------------------------------------------------------------------------------


def note(**more):
    model, _new = DeviceModel.objects.get_or_create(name="Mẫu A", defaults={"kind": "phone", "networks": ["4G"]})
    return {
        "code": "L-0426", "model": model.pk, "supplier": "VNPT", "quantity": "3", "received_on": "2024-06-01",
        "khoa_lan_gui": str(uuid.uuid4()), **more,
    }  # fmt: skip


def test_a_lot_is_received_with_pasted_imeis(browser, staff):
    pasted = "\n".join(["", made_up_imei(1), f" {made_up_imei(2)}", ""])
    response = send(browser, staff, "/thiet-bi/nhan/", note(pasted=pasted))
    assert response.url == "/thiet-bi/lo/L-0426/"
    assert Lot.objects.get().devices.count() == 2


def test_every_wrong_line_is_named_with_its_number(browser, staff):
    known = make_device(province(), imei=made_up_imei(9))
    pasted = "\n".join([made_up_imei(1), "123", made_up_imei(1), made_up_imei(9)])
    text = send(browser, staff, "/thiet-bi/nhan/", note(pasted=pasted), status=422).content.decode()
    assert "Line 2: “123” is no IMEI" in text
    assert "Line 3: IMEI" in text
    assert "also in line 1" in text
    assert "Line 4:" in text
    assert f"(lot {known.lot.code})" in text
    assert not Lot.objects.filter(code="L-0426").exists()


def test_many_wrong_lines_are_summed_up(browser, staff):
    text = send(browser, staff, "/thiet-bi/nhan/", note(pasted="\n".join(["x"] * 60)), status=422).content.decode()
    assert "and 40 more lines with a problem" in text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"pasted": f"{made_up_imei(1)}\n{made_up_imei(2)}", "quantity": "1"}, "2 IMEIs, but the delivery note says 1"),
        ({"code": "L 1"}, "valid"),
        ({"received_on": "2999-01-01"}, "lies in the future"),
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"model": "999999"}, "valid choice"),
    ],
)
def test_a_wrong_note_is_refused_in_words(browser, staff, more, words):
    assert words in send(browser, staff, "/thiet-bi/nhan/", note(**more), status=422).content.decode()
    assert not Lot.objects.exists()


def test_a_lot_is_known_once(browser, staff):
    Lot.objects.filter(pk=make_lot().pk).update(code="l-0426")
    text = send(browser, staff, "/thiet-bi/nhan/", note(), status=422).content.decode()
    assert "already in the books" in text


def workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_imeis_come_from_the_column_of_a_file_numbers_or_text(browser, staff, kind):
    real = "356938035643809"
    if kind == "xlsx":
        content = workbook(["STT", "IMEI"], [1, made_up_imei(1)], [2, int(real)])
    else:
        content = f"STT;IMEI\n1;{made_up_imei(1)}\n2;{real}\n".encode()
    file = SimpleUploadedFile(f"lo.{kind}", content)
    send(browser, staff, "/thiet-bi/nhan/", note(file=file))
    assert set(Device.objects.values_list("imei", flat=True)) == {made_up_imei(1), real}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("lo.xlsx", workbook(["IMEI"], [made_up_imei(1)], ["123"]), "Line 3:"),
        ("lo.xlsx", workbook(["Tên", "Số"], ["a", "1"]), "No column of this file"),
        ("lo.xlsx", b"PK\x03\x04broken", "damaged"),
        ("lo.pdf", b"%PDF-1.7", "not a spreadsheet"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(browser, staff, name, content, words):
    data = note(file=SimpleUploadedFile(name, content))
    assert words in send(browser, staff, "/thiet-bi/nhan/", data, status=422).content.decode()
    assert not Lot.objects.exists()


def test_pasted_numbers_and_a_file_together_are_one_too_many(browser, staff):
    data = note(pasted=made_up_imei(1), file=SimpleUploadedFile("a.csv", b"x"))
    assert "not both" in send(browser, staff, "/thiet-bi/nhan/", data, status=422).content.decode()


def test_a_note_sent_twice_is_booked_once(browser, staff):
    data = note(pasted=made_up_imei(1))
    for _ in range(2):
        assert send(browser, staff, "/thiet-bi/nhan/", data).url == "/thiet-bi/lo/L-0426/"
    assert AuditEvent.objects.count() == 1


# ---- Sending and faults ----------------------------------------------------------------------------------------------


def test_devices_are_sent_to_a_commune_once_even_if_the_form_is_sent_twice(browser, lot, staff):
    data = {"commune": commune(PHU_HAI).pk, "quantity": "2", "khoa_lan_gui": str(uuid.uuid4())}
    for _ in range(2):
        assert send(browser, staff, f"/thiet-bi/lo/{lot.code}/xuat/", data).url == f"/thiet-bi/lo/{lot.code}/"
    assert Device.objects.filter(area=commune(PHU_HAI)).count() == 2
    assert "2 devices sent to Phường Phú Hài" in page(browser, staff, f"/thiet-bi/lo/{lot.code}/")


@pytest.mark.parametrize(
    ("data", "words"),
    [({"quantity": "4"}, "Only 3 devices"), ({"quantity": "0"}, "greater"), ({"commune": ""}, "required")],
)
def test_a_dispatch_that_cannot_be_is_refused_in_words(browser, lot, staff, data, words):
    values = {"commune": commune(PHU_HAI).pk, "quantity": "1", **data}
    assert words in send(browser, staff, f"/thiet-bi/lo/{lot.code}/xuat/", values, status=422).content.decode()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICIAL, Role.PROVINCE_STAFF])
def test_a_faulty_device_is_reported_with_what_is_wrong_and_shows_it(browser, lot, role):
    device = lot.devices.filter(area=commune(), state="in_stock").first()
    officer = make_officer(role)
    url = f"/thiet-bi/may/{device.imei}/"
    assert f"{url}hong/" in page(browser, officer, url)
    send(browser, officer, f"{url}hong/", {"note": ""}, status=422)
    send(browser, officer, f"{url}hong/", {"note": "Vỡ màn hình"})
    text = page(browser, officer, url)
    assert "Vỡ màn hình" in text
    assert f"{url}hong/" not in text
    assert "in stock" in send(browser, officer, f"{url}hong/", {"note": "x"}, status=422).content.decode()


@pytest.mark.parametrize(("url", "ceiling"), [("/thiet-bi/", 14), ("/thiet-bi/lo/{lot}/", 16)])
def test_a_page_takes_as_many_queries_for_many_devices_as_for_few(
    browser, lot, staff, django_assert_max_num_queries, url, ceiling
):
    browser.force_login(staff)
    address = url.format(lot=lot.code)
    with django_assert_max_num_queries(ceiling) as few:
        browser.get(address)
    for code in (PHU_HAI, LIEN_HUONG):
        for _ in range(5):
            make_device(commune(code), lot=lot)
            make_device(province(), lot=make_lot())
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(address)
