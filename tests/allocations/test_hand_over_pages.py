"""The hand-over desk, clicked without JavaScript."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from administration.models import AuditEvent, Role
from allocations import actions
from allocations.models import Allocation, HandOver, Status
from beneficiaries.models import Gender, Household, Person
from devices.models import Device
from tests.allocations.scenes import Scene, submitted
from tests.factories import LIEN_HUONG, commune, made_up_identity, made_up_imei, make_device, make_officer, make_person

pytestmark = pytest.mark.usefixtures("everywhere")


def approved(lines: int = 1, **more) -> Scene:
    return submitted(lines, status=Status.APPROVED, quota=lines, **more)


def desk_of(client: Client, scene: Scene) -> Client:
    client.force_login(scene.official)
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def give_url(scene: Scene, rank: int = 1) -> str:
    return f"/giao-may/{scene.lines[rank - 1].household.code}/"


def filled(device: Device, **more) -> dict[str, str]:
    today = timezone.localdate().strftime("%d/%m/%Y")
    return {"receiver": "head", "imei": device.imei, "checked": "on", "handed_on": today, **more}


def whole_identity(scene: Scene) -> str:
    return Person.objects.get(household=scene.lines[0].household).identity_number


# --- Who may ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.COMMUNE_LEADER, Role.REVIEWER, Role.PROVINCE_STAFF])
def test_only_commune_officials_hand_over(client, role):
    scene = approved()
    client.force_login(make_officer(role))

    for url in ("/giao-may/", "/giao-may/nhap-theo-bang/", give_url(scene), f"{give_url(scene)}bien-nhan/"):
        assert client.get(url).status_code == 403


def test_a_household_of_another_commune_does_not_exist(client):
    foreign, own = approved(area=commune(LIEN_HUONG)), approved()
    device = make_device(commune(LIEN_HUONG))
    desk_of(client, own)

    for ending in ("", "bien-nhan/", "hoan-tac/", "khong-nhan/"):
        assert client.get(f"{give_url(foreign)}{ending}").status_code == 404
    assert client.post(give_url(foreign), filled(device)).status_code == 404


# --- The desk ---------------------------------------------------------------------------------------------------------
def test_the_desk_lists_by_given_name_who_gets_a_device(client):
    scene = approved(2)
    Person.objects.filter(household=scene.lines[0].household).update(full_name="Lê Thị Yến")
    Person.objects.filter(household=scene.lines[1].household).update(full_name="Trần Văn An")
    make_device()

    page = text_of(desk_of(client, scene).get("/giao-may/"))

    assert page.index("Trần Văn An") < page.index("Lê Thị Yến")
    assert "còn 2 hộ chưa nhận" in page
    assert "máy còn trong kho 1" in page


def test_scanning_an_identity_card_leads_to_the_household_and_leaves_no_number_in_the_address(client):
    scene = approved()
    number = whole_identity(scene)

    answer = desk_of(client, scene).post("/giao-may/", {"q": f"{number}|28123|Nguyê~n Thi. Hô.|01011970"})

    assert answer.url == give_url(scene)
    assert number not in answer.url
    assert AuditEvent.objects.filter(verb="household.identity_searched").count() == 1


def test_scanning_the_card_of_a_member_leads_to_the_household(client):
    scene = approved()
    make_person(scene.lines[0].household, identity=made_up_identity(77), full_name="Trần Văn Con")

    assert desk_of(client, scene).post("/giao-may/", {"q": made_up_identity(77)}).url == give_url(scene)


def test_a_card_of_somebody_elses_commune_is_not_found(client):
    foreign, own = approved(area=commune(LIEN_HUONG)), approved()
    number = whole_identity(foreign)

    answer = desk_of(client, own).post("/giao-may/", {"q": number})

    assert answer.status_code == 422
    assert "Không có ai mang số định danh này" in text_of(answer)
    assert number not in answer.content.decode()


def test_a_scanned_box_is_kept_until_the_household_is_found(client):
    scene, device = approved(), make_device()

    scanned = desk_of(client, scene).post("/giao-may/", {"q": device.imei})
    page = client.get(scanned.url)
    found = client.post("/giao-may/", {"q": "Hộ 1", "imei": device.imei})

    assert f'value="{device.imei}"' in page.content.decode()
    assert found.url == f"{give_url(scene)}?imei={device.imei}"
    assert f'value="{device.imei}"' in client.get(found.url).content.decode()


def test_a_scanned_box_of_another_commune_is_named(client):
    scene, device = approved(), make_device(commune(LIEN_HUONG))

    answer = desk_of(client, scene).post("/giao-may/", {"q": device.imei})

    assert answer.status_code == 422
    assert commune(LIEN_HUONG).name in text_of(answer)


@pytest.mark.parametrize("words", ["ho 1", "NGUYEN THI HO 1", "code", "last digits"])
def test_one_match_by_name_code_or_last_digits_is_opened_at_once(client, words):
    scene = approved()
    words = {"code": scene.lines[0].household.code, "last digits": whole_identity(scene)[-4:]}.get(words, words)

    assert desk_of(client, scene).post("/giao-may/", {"q": words}).url == give_url(scene)


def test_a_household_that_waits_is_found_but_not_opened(client):
    scene = submitted(1, status=Status.WAITING)

    answer = desk_of(client, scene).post("/giao-may/", {"q": "ho 1"}, follow=True)

    assert "Danh sách chờ" in text_of(answer)
    assert f'href="{give_url(scene)}"' not in answer.content.decode()
    assert "Hộ đang ở danh sách chờ" in text_of(client.get(give_url(scene)))


def test_a_number_of_a_person_in_the_address_is_ignored(client):
    scene = approved()
    number = whole_identity(scene)

    answer = desk_of(client, scene).get(f"/giao-may/?q={number}")

    assert answer.url == "/giao-may/"
    assert number not in client.get(answer.url).content.decode()


def test_the_desk_is_empty_before_anybody_is_approved(client):
    scene = submitted(1)

    assert "Không có hộ nào chờ nhận hỗ trợ" in text_of(desk_of(client, scene).get("/giao-may/"))


@pytest.mark.parametrize("lines", [2, 40])
def test_the_desk_costs_the_same_queries_whatever_it_holds(client, lines):
    scene = approved(lines)
    desk_of(client, scene)

    with CaptureQueriesContext(connection) as queries:
        client.get("/giao-may/")

    assert len(queries) <= 20


# --- Giving -----------------------------------------------------------------------------------------------------------
def test_from_the_card_to_the_receipt(client):
    scene, device = approved(), make_device()
    household = desk_of(client, scene).post("/giao-may/", {"q": whole_identity(scene)}).url

    scanned = client.post(household, {**filled(device), "checked": ""})
    receipt = client.post(household, filled(device), follow=True)

    assert scanned.status_code == 422
    assert "Máy" in text_of(scanned)
    assert "Kiểm tra máy cùng với hộ" in text_of(scanned)
    assert "Có lỗi" not in text_of(scanned)
    assert receipt.redirect_chain[0][0] == f"{household}bien-nhan/"
    words = text_of(receipt)
    assert words.count("PHIẾU KÝ NHẬN THIẾT BỊ") == 2
    assert words.count(device.imei) == 2
    assert "Liên 2: Giao hộ gia đình" in words
    assert not re.search(r"\b\d{12}\b", receipt.content.decode())
    assert (HandOver.objects.get().receiver_name, HandOver.objects.get().receiver_relation) == (
        "Nguyễn Thị Hộ 1",
        "Chủ hộ",
    )


def test_the_next_household_can_be_scanned_on_the_receipt(client):
    scene, device = approved(), make_device()
    receipt = desk_of(client, scene).post(give_url(scene), filled(device), follow=True).content.decode()

    assert re.search(r'<form method="post" action="/giao-may/"', receipt)
    assert re.search(r'name="q"[^>]+autofocus', receipt)


def test_sending_the_form_twice_hands_over_once(client):
    scene, device = approved(), make_device()
    key = re.search(
        r'name="khoa_lan_gui" value="([^"]+)"', desk_of(client, scene).get(give_url(scene)).content.decode()
    )[1]

    answers = [client.post(give_url(scene), filled(device, khoa_lan_gui=key)) for _ in range(3)]

    assert {answer.url for answer in answers} == {f"{give_url(scene)}bien-nhan/"}
    assert HandOver.objects.count() == 1
    assert AuditEvent.objects.filter(verb="allocation.handed_over").count() == 1


def test_a_second_tab_learns_that_the_device_has_been_given(client):
    scene, first, second = approved(), make_device(), make_device()
    desk_of(client, scene).post(give_url(scene), filled(first))

    answer = client.post(give_url(scene), filled(second))

    assert answer.status_code == 409
    assert "đã nhận máy" in text_of(answer)
    assert Device.objects.get(pk=second.pk).state == Device.State.IN_STOCK
    assert client.get(give_url(scene)).url == f"{give_url(scene)}bien-nhan/"


def test_a_member_can_receive_for_the_household(client):
    scene, device = approved(), make_device()
    member = make_person(scene.lines[0].household, full_name="Trần Văn Con", relation="Con", gender=Gender.MALE)

    without = desk_of(client, scene).post(give_url(scene), filled(device, receiver="member"))
    client.post(give_url(scene), filled(device, receiver="member", member=str(member.pk)))

    assert without.status_code == 422
    made = HandOver.objects.get()
    assert (made.receiver_name, made.receiver_relation) == ("Trần Văn Con", "Con")


def test_somebody_else_needs_name_number_and_authorisation(client):
    scene, device = approved(), make_device()
    desk_of(client, scene)

    without = client.post(give_url(scene), filled(device, receiver="authorised"))
    client.post(
        give_url(scene),
        filled(device, receiver="authorised", name="lê văn hộ", identity="060170999999|x|Lê Văn Hộ", has_paper="on"),
    )

    assert without.status_code == 422
    assert "Đính kèm giấy ủy quyền" in text_of(without)
    made = HandOver.objects.get()
    assert (made.receiver_name, made.receiver_relation) == ("Lê Văn Hộ", "Được hộ ủy quyền")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("123", "phải gồm 15 chữ số"),
        ("foreign", "báo chuyển nhầm"),
        ("used", "đã giao cho hộ khác"),
        ("faulty", "đã báo lỗi"),
        ("unknown", "chưa có trong sổ kho"),
    ],
)
def test_a_wrong_imei_is_told_at_its_box(client, typed, words):
    scene = approved(2)
    devices = {
        "foreign": make_device(commune(LIEN_HUONG)).imei, "faulty": make_device(state=Device.State.FAULTY).imei,
        "used": make_device().imei, "unknown": made_up_imei(),
    }  # fmt: skip
    actions.hand_over(
        scene.ids[1], imei=devices["used"], receiver_name="B", receiver_relation="Chủ hộ", by=scene.official
    )
    right = make_device()

    answer = desk_of(client, scene).post(give_url(scene), filled(right) | {"imei": devices.get(typed, typed)})

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert 'href="#id_imei"' in answer.content.decode()
    assert scene.statuses()[0] == "approved"


@pytest.mark.parametrize("days", [1, -30])
def test_the_day_lies_between_approval_and_today(client, days):
    scene, device = approved(), make_device()
    day = (timezone.localdate() + datetime.timedelta(days)).strftime("%d/%m/%Y")

    assert desk_of(client, scene).post(give_url(scene), filled(device, handed_on=day)).status_code == 422
    assert not HandOver.objects.exists()


def test_a_contradiction_in_the_papers_stops_the_hand_over(client):
    scene = approved()
    Person.objects.filter(household=scene.lines[0].household).update(gender=Gender.MALE)

    page = desk_of(client, scene).get(give_url(scene))

    assert "Chữ số thứ 4 của số định danh" in text_of(page)
    assert 'name="imei"' not in page.content.decode()


# --- Undo and decline -------------------------------------------------------------------------------------------------
def test_a_hand_over_is_undone_with_a_reason(client):
    scene, device = approved(), make_device()
    desk_of(client, scene).post(give_url(scene), filled(device))

    assert client.post(f"{give_url(scene)}hoan-tac/", {"reason": ""}).status_code == 422
    client.post(f"{give_url(scene)}hoan-tac/", {"reason": "Nhầm máy"})

    assert scene.statuses() == ["approved"]
    assert Device.objects.get().state == Device.State.IN_STOCK


def test_after_half_an_hour_the_receipt_offers_no_undo(client):
    scene, device = approved(), make_device()
    desk_of(client, scene).post(give_url(scene), filled(device))
    HandOver.objects.update(recorded_at=timezone.now() - datetime.timedelta(minutes=31))

    assert "hoan-tac" not in client.get(f"{give_url(scene)}bien-nhan/").content.decode()
    assert client.post(f"{give_url(scene)}hoan-tac/", {"reason": "Nhầm"}).status_code == 422


def test_a_household_declines_with_a_reason(client):
    scene = approved()
    desk_of(client, scene)

    assert client.post(f"{give_url(scene)}khong-nhan/", {"reason": "other"}).status_code == 422
    client.post(f"{give_url(scene)}khong-nhan/", {"reason": "too_old", "note": "con cháu ở xa"})

    line = Allocation.objects.get()
    assert (line.status, line.reason_note) == ("withdrawn", "Già yếu, không sử dụng được: con cháu ở xa")


# --- The table --------------------------------------------------------------------------------------------------------
def table_data(scene: Scene, imeis: list[str], **more) -> dict[str, str]:
    today = timezone.localdate().strftime("%d/%m/%Y")
    boxes = {f"imei-{line.pk}": imei for line, imei in zip(scene.lines, imeis, strict=False)}
    return {"handed_on": today, **boxes, **more}


def test_the_table_records_the_filled_rows_as_one_action(client):
    scene, devices = approved(3), [make_device(), make_device()]

    answer = desk_of(client, scene).post(
        "/giao-may/nhap-theo-bang/", table_data(scene, [devices[0].imei, "", devices[1].imei]), follow=True
    )

    assert "Đã ghi 2 lượt giao máy" in text_of(answer)
    assert scene.statuses() == ["handed_over", "approved", "handed_over"]
    assert AuditEvent.objects.filter(verb="allocation.handed_over").count() == 1


def test_the_table_keeps_what_was_typed_and_says_what_is_wrong_in_which_row(client):
    scene, device = approved(3), make_device()

    answer = desk_of(client, scene).post(
        "/giao-may/nhap-theo-bang/", table_data(scene, [device.imei, device.imei, "12"])
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(f'value="{device.imei}"') == 2
    assert 'value="12"' in page
    assert text_of(answer).count("IMEI này còn ghi ở dòng khác") == 4  # in the summary and in the row, twice
    assert not HandOver.objects.exists()


def test_the_table_takes_another_member_as_receiver(client):
    scene, device = approved(), make_device()
    member = make_person(scene.lines[0].household, full_name="Trần Văn Con", relation="Con", gender=Gender.MALE)
    data = table_data(scene, [device.imei]) | {f"receiver-{scene.ids[0]}": str(member.pk)}

    desk_of(client, scene).post("/giao-may/nhap-theo-bang/", data)

    assert HandOver.objects.get().receiver_name == "Trần Văn Con"


def test_the_table_refuses_a_receiver_of_another_household(client):
    scene, device = approved(2), make_device()
    stranger = Person.objects.get(household=scene.lines[1].household)
    data = table_data(scene, [device.imei]) | {f"receiver-{scene.ids[0]}": str(stranger.pk)}

    assert desk_of(client, scene).post("/giao-may/nhap-theo-bang/", data).status_code == 422


def test_an_empty_table_is_sent_back(client):
    scene = approved()

    assert desk_of(client, scene).post("/giao-may/nhap-theo-bang/", table_data(scene, [])).status_code == 422


def test_the_table_has_20_rows_a_page(client):
    scene = approved(23)

    page = desk_of(client, scene).get("/giao-may/nhap-theo-bang/").content.decode()

    assert page.count('name="imei-') == 20


def test_no_page_of_the_desk_shows_a_whole_identity_number(client):
    scene = approved(2)
    desk_of(client, scene)

    pages = [client.get(url) for url in ("/giao-may/", "/giao-may/?q=ho", give_url(scene), "/giao-may/nhap-theo-bang/")]

    assert Household.objects.count() == 2
    assert not any(re.search(r"\b060170\d{6}\b", page.content.decode()) for page in pages)
