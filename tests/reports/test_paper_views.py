"""Papers of single things: who gets which, what stands on it, what must not stand on it, what is recorded."""

from __future__ import annotations

import datetime
import re
from contextlib import nullcontext
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from administration.access import ROLES, Permission
from administration.models import AuditEvent, Role
from administration.verbs import Verb
from allocations.models import Allocation, CommuneList, HandOver, Quota, Status
from beneficiaries.models import EthnicGroup, Person
from beneficiaries.sealing import seal
from reports import posting_papers
from reports.paper_views import inline_as
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    commune,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_person,
    make_quota,
    make_round,
    province,
)
from tests.reports.test_definitions import AT

pytestmark = [pytest.mark.usefixtures("everywhere"), pytest.mark.urls("config.urls")]
DAY = datetime.date(2024, 7, 20)
IDENTITY = "060170012345"


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def official(client: Any) -> Any:
    officer = make_officer(full_name="Nguyễn Thị Hồng Ạnh")
    client.force_login(officer)
    return officer


def receipt_url(line: Allocation) -> str:
    return reverse("papers:receipt", args=[line.household.code])


def list_url(name: str, commune_list: CommuneList, **query: str) -> str:
    return reverse(f"papers:{name}", args=[commune_list.round.code, commune_list.area.code], query=query)


def handed_over(commune_list: CommuneList, *, on: datetime.date = DAY, identity: str = "", **more: Any) -> HandOver:
    name = more.pop("head_name", "Nguyễn Thị Ẩn Ngữ")
    household = make_household(commune_list.area, head_name=name, hamlet="Khu phố Long Sơn", identity=identity)
    if not Quota.objects.filter(round=commune_list.round, area=commune_list.area).exists():
        make_quota(commune_list.round, commune_list.area)
    device = make_device(commune_list.area, state="handed_over")
    line = make_allocation(commune_list, household, Status.HANDED_OVER, device=device)
    values = {"receiver_name": name, "receiver_relation": "Chủ hộ", "by": line.listed_by, **more}
    return HandOver.objects.create(allocation=line, device=device, area=line.area, handed_on=on, **values)


def listed(number: int = 3, *, area: Any = None, **more: Any) -> CommuneList:
    made = make_list(make_round(name="Đợt 2 năm 2024"), area or commune(), **more)
    for rank in range(1, number + 1):
        make_allocation(made, make_household(made.area, head_name=f"Đặng Thị Quỳnh {rank:03d}"), rank=rank)
    return made


def pages_of(response: Any) -> list[str]:
    assert response.status_code == 200, response.content[:500]
    assert response["Content-Type"] == "application/pdf"
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(response.content)).pages]


def without_footer(text: str) -> str:
    """The digest in the footer may hold a run of digits that means nobody."""
    return re.sub(r"Mã kiểm tra: \w+", "", text)


def count_queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


# --- Receipt of one household ---------------------------------------------------------------------------------------


def test_receipt_holds_what_the_household_signs_twice_on_one_page(client, official):
    made = handed_over(listed(0))

    (text,) = pages_of(client.get(receipt_url(made.allocation)))

    for words in (
        "ỦY BAN NHÂN DÂN THÀNH PHỐ PHAN THIẾT", "PHƯỜNG MŨI NÉ", "Mũi Né, ngày 20 tháng 7 năm 2024",
        "PHIẾU KÝ NHẬN THIẾT BỊ", "Chương trình mẫu – Đợt 2 năm 2024", "Chủ hộ: Nguyễn Thị Ẩn Ngữ",
        made.allocation.household.code, "Khu phố Long Sơn, Phường Mũi Né, Thành phố Phan Thiết", "Hộ nghèo",
        "Điện thoại mẫu A", made.device.imei, "Ngày nhận: 20/07/2024", "NGƯỜI NHẬN", "NGƯỜI GIAO", str(made.by),
    ):  # fmt: skip
        assert text.count(words) >= 2, words


def test_receipt_masks_the_number_of_the_head_and_of_who_came_in_the_heads_place(client, official):
    head = handed_over(listed(0), identity=IDENTITY)
    authorised = handed_over(
        head.allocation.commune_list, receiver_name="Trần Văn Hàng Xóm", receiver_relation="Hàng xóm",
        receiver_identity_sealed=seal("060080999111"),
    )  # fmt: skip

    first, second = (pages_of(client.get(receipt_url(one.allocation)))[0] for one in (head, authorised))

    assert "Giấy tờ tùy thân: 060••••••345" in first
    assert "Giấy tờ tùy thân: 060••••••111" in second
    assert "Trần Văn Hàng Xóm" in second
    assert IDENTITY not in first + second
    assert "060080999111" not in second


def test_receipt_leaves_the_number_to_be_written_when_two_members_have_the_receivers_name(client, official):
    made = handed_over(listed(0), identity=IDENTITY)
    make_person(made.allocation.household, full_name=made.receiver_name)

    (text,) = pages_of(client.get(receipt_url(made.allocation)))

    assert "••••••345" not in text
    assert IDENTITY not in text
    assert "Giấy tờ tùy thân: ...." in text


def test_receipt_is_in_vietnamese_when_the_officer_reads_english(client, official):
    made = handed_over(listed(0))
    client.cookies["django_language"] = "en"

    (text,) = pages_of(client.get(receipt_url(made.allocation)))

    assert "Hộ nghèo" in text


def test_receipt_is_recorded_for_the_household(client, official):
    made = handed_over(listed(0))

    client.get(receipt_url(made.allocation))

    (event,) = AuditEvent.objects.filter(verb=Verb.RECEIPTS_PRINTED)
    assert (event.officer_id, event.area_no) == (official.pk, commune().number)
    assert event.household_ids == [made.allocation.household_id]
    assert event.details == {"count": 1, "round": "Đợt 2 năm 2024"}


def test_receipt_before_the_hand_over_is_a_page_that_says_so_and_leads_back(client, official):
    made = listed(0)
    make_quota(made.round)
    household = make_allocation(made, status=Status.APPROVED).household

    response = client.get(reverse("papers:receipt", args=[household.code]))

    assert response.status_code == 409
    assert response["Content-Type"].startswith("text/html")
    assert "Chưa giao máy nào" in response.content.decode()
    assert f'href="{reverse("households:detail", args=[household.code])}"' in response.content.decode()
    assert not AuditEvent.objects.exists()


def test_receipt_of_another_commune_is_not_found(client, official):
    foreign = handed_over(listed(0, area=commune(PHU_HAI)))

    assert client.get(receipt_url(foreign.allocation)).status_code == 404
    assert client.get(reverse("papers:receipt", args=["22915-99999"])).status_code == 404
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", [r for r in ROLES if Permission.DEVICES_HAND_OVER not in ROLES[r]])
def test_receipts_are_only_for_who_hands_over(client, role):
    made = handed_over(listed(0))
    client.force_login(make_officer(role))

    assert client.get(receipt_url(made.allocation)).status_code == 403
    assert client.get(reverse("papers:receipts")).status_code == 403


# --- Receipts of a day ----------------------------------------------------------------------------------------------


def test_receipts_of_a_day_are_those_of_the_commune_on_that_day_a_page_each(client, official):
    own = listed(0)
    for number in range(3):
        handed_over(own, head_name=f"Lê Thị Nhận {number}")
    handed_over(own, head_name="Phạm Thị Hôm Sau", on=DAY + datetime.timedelta(1))
    handed_over(listed(0, area=commune(PHU_HAI)), head_name="Võ Thị Phú Hài")

    pages = pages_of(client.get(reverse("papers:receipts", query={"ngay": "2024-07-20"})))

    assert [re.search(r"Chủ hộ: (.+?) Mã hộ", page)[1] for page in pages] == [f"Lê Thị Nhận {n}" for n in range(3)]
    (event,) = AuditEvent.objects.filter(verb=Verb.RECEIPTS_PRINTED)
    assert event.details["count"] == len(event.household_ids) == 3


def test_receipts_are_of_today_when_no_day_is_said(client, official):
    handed_over(listed(0), on=AT.date())

    assert len(pages_of(client.get(reverse("papers:receipts")))) == 1


def test_receipts_of_a_day_without_hand_over_and_of_no_real_day_are_pages(client, official):
    quiet = client.get(reverse("papers:receipts", query={"ngay": "2024-07-20"}))
    wrong = client.get(reverse("papers:receipts", query={"ngay": "2024-02-31"}))

    assert (quiet.status_code, wrong.status_code) == (409, 422)
    assert "Chưa giao máy nào" in quiet.content.decode()
    assert "Ngày không có thật" in wrong.content.decode()


# --- The commune's list ---------------------------------------------------------------------------------------------


def test_commune_list_holds_every_live_line_in_its_order_and_the_blocks_to_sign(client, official):
    made = listed(2, document_no="12/TTr-UBND", document_date=datetime.date(2024, 6, 28))
    first = make_household(
        head_name="Trần Thị Ưng Ý",
        attributes=["NCC_TC", "HS"],
        certificate_no="17/GCN",
        phone="0912000111",
        note="Ở nhờ",
    )
    Person.objects.filter(household=first).update(ethnic_group=EthnicGroup.objects.get(name="Chăm"))
    make_allocation(made, first, rank=0)
    gone = make_household(head_name="Bùi Thị Rút Lui")
    make_allocation(made, gone, Status.WITHDRAWN, rank=1)

    text = " ".join(pages_of(client.get(list_url("commune_list", made))))

    assert re.findall(r"Trần Thị Ưng Ý|Đặng Thị Quỳnh \d+|Bùi Thị Rút Lui", text) == [
        "Trần Thị Ưng Ý", "Đặng Thị Quỳnh 001", "Đặng Thị Quỳnh 002",
    ]  # fmt: skip
    for words in (
        "ỦY BAN NHÂN DÂN PHƯỜNG MŨI NÉ", "Mũi Né, ngày 28 tháng 6 năm 2024", "DANH SÁCH HỘ ĐỀ NGHỊ HỖ TRỢ THIẾT BỊ",
        "(Kèm theo văn bản số 12/TTr-UBND ngày 28/06/2024)", "Chăm", "NCC-TC, HS", "Điện thoại", "17/GCN",
        "0912000111", "Ở nhờ", "Tổng cộng: 3 hộ",
        "Diện ưu tiên: NCC-TC: Người có công đang hưởng trợ cấp hằng tháng; HS: Có học sinh phổ thông./.",
        "NGƯỜI LẬP BIỂU", str(made.prepared_by), "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH", "Nguyễn Thị Hồng Ạnh",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(("role", "in_full"), [(Role.COMMUNE_OFFICIAL, True), (Role.COMMUNE_LEADER, False)])
def test_commune_list_shows_full_numbers_only_to_who_may_reveal_them_and_records_which(client, role, in_full):
    made = listed(0)
    line = make_allocation(made, make_household(identity=IDENTITY))
    officer = make_officer(role)
    client.force_login(officer)

    text = without_footer("".join(pages_of(client.get(list_url("commune_list", made)))))

    assert (IDENTITY in text) is in_full
    assert ("060••••••345" in text) is not in_full
    assert bool(re.search(r"\d{12}", text)) is in_full
    (event,) = AuditEvent.objects.filter(verb=Verb.LIST_EXPORTED)
    assert event.officer_id == officer.pk
    assert event.details == {"kind": "pdf", "with_identity": in_full}
    assert event.household_ids == ([line.household_id] if in_full else [])


def test_commune_list_of_many_households_repeats_its_head_and_numbers_its_pages(client, official):
    pages = pages_of(client.get(list_url("commune_list", listed(40))))

    assert len(pages) > 1
    assert all("Họ và tên chủ hộ" in page for page in pages)
    assert [page.count("Đặng Thị Quỳnh") for page in pages][-1] >= 2  # nobody signs an empty page
    assert sum(page.count("Đặng Thị Quỳnh") for page in pages) == 40


# --- The posted list ------------------------------------------------------------------------------------------------


def test_posting_list_holds_nothing_the_public_may_not_read(client, official):
    made = listed(2)
    shy = make_household(
        head_name="Hoàng Thị Ước", identity=IDENTITY, phone="0912000111", attributes=["BTXH"], note="Khuyết tật nặng",
        certificate_no="17/GCN", address="Số 5 đường Hồ Xuân Hương", hamlet="Khu phố 14",
    )  # fmt: skip
    Person.objects.filter(household=shy).update(
        ethnic_group=EthnicGroup.objects.get(name="Chăm"), birth_date=datetime.date(1970, 11, 29), birth_precision="day"
    )
    make_allocation(made, shy)

    (text,) = pages_of(client.get(list_url("posting_list", made)))

    assert re.search(r"Hoàng Thị Ước 1970 Khu phố 14 Hộ nghèo", text)
    assert "A B 1 2 3" in text  # five columns
    assert not re.search(r"\d{12}", without_footer(text))
    for secret in ("345", "0912000111", "29/11", "Chăm", "17/GCN", "Khuyết tật", "trợ cấp", "Hồ Xuân Hương", shy.code):
        assert secret not in text, secret


def test_posting_list_says_from_when_until_when_and_where_to_object(client, official):
    made = listed(3)
    make_quota(made.round, allowed=2)

    (text,) = pages_of(client.get(list_url("posting_list", made, tu="05/08/2024", den="12/08/2024")))

    for words in (
        "(Niêm yết từ ngày 05/08/2024 đến hết ngày 12/08/2024)", "Danh sách có 3 hộ.", "Chỉ tiêu được giao: 2 máy",
        "trước 17 giờ ngày 12/08/2024 tại Ủy ban nhân dân phường Mũi Né", "Số: …/TB-UBND", "Lưu: VT.", "CHỦ TỊCH",
    ):  # fmt: skip
        assert words in text, words
    assert "NGƯỜI LẬP BIỂU" not in text


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ({}, "từ ngày 28/07/2024 đến hết ngày 02/08/2024"),
        ({"tu": "2024-08-01"}, "từ ngày 01/08/2024 đến hết ngày 08/08/2024"),
        ({"den": "30/07/2024"}, "từ ngày 28/07/2024 đến hết ngày 30/07/2024"),
    ],
)
def test_posting_list_is_posted_from_today_for_the_working_days_of_the_round(client, official, query, period):
    (text,) = pages_of(client.get(list_url("posting_list", listed(1), **query)))

    assert period in text
    assert "Chỉ tiêu" not in text  # there is no quota yet


@pytest.mark.parametrize(
    ("query", "said"),
    [({"tu": "32/07/2024"}, "Ngày không có thật"), ({"tu": "05/08/2024", "den": "04/08/2024"}, "Ngày cuối trước")],
)
def test_posting_list_refuses_days_that_are_none(client, official, query, said):
    response = client.get(list_url("posting_list", listed(1), **query))

    assert response.status_code == 422
    assert said in response.content.decode()


def test_posting_list_is_recorded_as_a_list_without_numbers(client, official):
    client.get(list_url("posting_list", listed(1)))

    (event,) = AuditEvent.objects.filter(verb=Verb.LIST_EXPORTED)
    assert event.details == {"kind": "posting", "with_identity": False}


def test_posting_list_of_180_households_has_five_pages_with_the_head_on_each(client, official):
    pages = pages_of(client.get(list_url("posting_list", listed(180))))

    assert len(pages) == 5
    assert all("Họ và tên chủ hộ" in page for page in pages)


# --- Both lists -----------------------------------------------------------------------------------------------------

LISTS = pytest.mark.parametrize("name", ["commune_list", "posting_list"])


@LISTS
def test_list_of_another_commune_or_of_none_is_not_found(client, official, name):
    foreign = listed(1, area=commune(PHU_HAI))

    assert client.get(list_url(name, foreign)).status_code == 404
    assert client.get(list_url(name, CommuneList(round=foreign.round, area=commune()))).status_code == 404
    assert client.get(reverse(f"papers:{name}", args=["khong-co", commune().code])).status_code == 404
    assert not AuditEvent.objects.exists()


@LISTS
def test_list_is_for_the_levels_above_too_but_not_for_the_administrator(client, name):
    made = listed(1)
    statuses = {}
    for role, area in [
        (Role.COMMUNE_LEADER, commune()), (Role.REVIEWER, commune().parent), (Role.PROVINCE_STAFF, province()),
        (Role.REVIEWER, commune(LIEN_HUONG).parent), (Role.ADMINISTRATOR, province()),
    ]:  # fmt: skip
        client.force_login(make_officer(role, area))
        statuses[role, area.name] = client.get(list_url(name, made)).status_code

    assert list(statuses.values()) == [200, 200, 200, 404, 403]


@LISTS
def test_list_without_a_live_line_is_a_page_that_leads_back(client, official, name):
    made = listed(0)
    make_allocation(made, status=Status.WITHDRAWN)

    response = client.get(list_url(name, made))

    assert response.status_code == 409
    assert "Danh sách này chưa có hộ nào." in response.content.decode()
    assert not AuditEvent.objects.exists()


@LISTS
def test_list_too_long_for_paper_is_a_page_that_says_what_to_do(client, official, name, monkeypatch):
    monkeypatch.setattr("reports.paper.MOST_CELLS", 13)

    response = client.get(list_url(name, listed(3)))

    assert response.status_code == 409
    assert "xuất ra tệp Excel" in response.content.decode()
    assert not AuditEvent.objects.exists()


@LISTS
def test_queries_of_a_list_do_not_grow_with_it(client, official, name, monkeypatch):
    monkeypatch.setattr("reports.paper_views.pdf_of", lambda document: b"%PDF")
    short, long = listed(1), listed(30)

    assert count_queries(client, list_url(name, short)) == count_queries(client, list_url(name, long)) <= 22


def test_queries_of_receipts_do_not_grow_with_the_day(client, official, monkeypatch):
    monkeypatch.setattr("reports.paper_views.write_receipts", lambda receipts: b"%PDF")
    own = listed(0)
    for number in range(6):
        handed_over(own, on=DAY if number else AT.date())

    one, five = reverse("papers:receipts"), reverse("papers:receipts", query={"ngay": "20/07/2024"})

    assert count_queries(client, one) == count_queries(client, five) <= 14


def test_papers_stay_in_the_commune_even_without_the_fence_of_the_database(client, official, monkeypatch):
    foreign = handed_over(listed(1, area=commune(PHU_HAI)), on=AT.date())
    monkeypatch.setattr("administration.middleware.scope_of", lambda officer: nullcontext())

    assert client.get(reverse("papers:receipts")).status_code == 409
    for url in (
        receipt_url(foreign.allocation),
        list_url("commune_list", foreign.allocation.commune_list),
        list_url("posting_list", foreign.allocation.commune_list),
    ):
        assert client.get(url).status_code == 404


def test_papers_are_only_got_so_that_looking_at_a_header_records_nothing(client, official):
    made = handed_over(listed(1))

    for url in (receipt_url(made.allocation), reverse("papers:receipts"), list_url("posting_list", listed(1))):
        assert client.head(url).status_code == client.post(url).status_code == 405
    assert not AuditEvent.objects.exists()


# --- The file -------------------------------------------------------------------------------------------------------


def test_file_has_a_vietnamese_name_is_shown_by_the_browser_and_not_kept(client, official):
    response = client.get(list_url("posting_list", listed(1)))

    disposition = response["Content-Disposition"]
    assert disposition.startswith('inline; filename="Danh-sach-niem-yet-Dot-2-nam-2024-Phuong-Mui-Ne.pdf"; ')
    assert unquote(disposition.split("filename*=UTF-8''")[1]) == "Danh sách niêm yết Đợt 2 năm 2024 Phường Mũi Né.pdf"
    assert response["Cache-Control"] == "no-store"


def test_name_of_a_file_cannot_break_out_of_its_header():
    header = inline_as('Đợt 1/2024: "thử"\r\n\\x.pdf')

    assert header == "inline; filename=\"Dot-1-2024---thu-x.pdf\"; filename*=UTF-8''" + (
        "%C4%90%E1%BB%A3t%201-2024-%20-th%E1%BB%AD-x.pdf"
    )
    assert header.isascii()


@pytest.mark.parametrize(("code", "words"), [("22915", "phường Mũi Né"), (LIEN_HUONG, "thị trấn Liên Hương")])
def test_kind_of_unit_begins_small_inside_a_sentence(code, words):
    assert posting_papers._in_running_text(commune(code)) == words


def test_kind_of_unit_stays_capital_before_a_number():
    assert posting_papers._in_running_text(type(commune())(name="Phường 10", short_name="10")) == "Phường 10"
