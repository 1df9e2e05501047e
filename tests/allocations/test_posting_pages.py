"""The pages of a public posting: who begins it, what they say while it hangs, what its papers hold."""

from __future__ import annotations

import datetime
import io

import pytest
from django.utils import timezone
from pypdf import PdfReader

from administration.models import Role
from allocations.actions import build_list, close_posting, record_complaint, start_posting
from allocations.models import Complaint, Posting, Round
from tests.factories import PHU_HAI, commune, made_up_identity, make_household, make_officer, make_quota, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
URL = "/dot/dot-2/niem-yet/"
TODAY = timezone.localdate()


@pytest.fixture
def official(everywhere):
    return make_officer(full_name="Lê Thị Lập")


@pytest.fixture
def leader(everywhere):
    return make_officer(Role.COMMUNE_LEADER)


@pytest.fixture
def listed(official):
    round = make_round(code="dot-2", name="Đợt 2", demands_posting=True, today=TODAY)
    make_quota(round, allowed=1)
    make_household(head_name="Lò Thị Yến", hamlet="Khu phố 1", identity=made_up_identity(123))
    make_household(head_name="Giàng A Chổ", hamlet="Khu phố 2")
    make_household(identity=None, head_name="Vàng Hữu An")
    return build_list(round.pk, commune().pk, by=official)


@pytest.fixture
def hanging(listed, official) -> Posting:
    return start_posting(listed.pk, starts_on=TODAY, places=["Trụ sở", "Nhà văn hóa khu phố 1"], by=official)


@pytest.fixture
def over(listed, official) -> Posting:
    """A posting whose last day was a week ago."""
    at = timezone.now() - datetime.timedelta(21)
    return start_posting(listed.pk, starts_on=at.date(), places=["Trụ sở"], by=official, at=at)


def page(browser, officer, url=URL, *, status=200) -> str:
    browser.force_login(officer)
    response = browser.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def send(browser, officer, url, data, *, status=302) -> str:
    browser.force_login(officer)
    response = browser.post(url, data)
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def paper(browser, officer, url) -> str:
    browser.force_login(officer)
    response = browser.get(url)
    assert response.status_code == 200, response.content.decode()[:1000]
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(response.content)).pages)


# ---- Beginning -------------------------------------------------------------------------------------------------------


def test_the_page_offers_what_can_be_posted_and_where_lists_usually_hang(browser, official, listed):
    text = page(browser, official)
    assert "Post 2 households" in text
    assert "1 household stays behind for another posting" in text
    assert "Nhà văn hóa khu phố 1" in text
    assert "hangs for 5 working days" in text


def test_posting_says_until_when_and_leads_to_the_paper(browser, official, listed):
    send(browser, official, URL, {"starts_on": f"{TODAY:%d/%m/%Y}", "places": "Trụ sở\nChợ"})
    hangs = Posting.objects.get()
    assert hangs.places == ["Trụ sở", "Chợ"]
    text = page(browser, official)
    assert "2 households are posted until the end of" in text
    assert f"{hangs.ends_on:%d/%m/%Y}" in text
    assert "5 working days left" in text
    assert "/dot/dot-2/22915/niem-yet.pdf" in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"starts_on": "01/01/2020", "places": "Trụ sở"}, "today or later"),
        ({"starts_on": f"{TODAY:%d/%m/%Y}", "places": " "}, "This field is required"),
    ],
)
def test_what_is_missing_is_said_at_its_field(browser, official, listed, data, words):
    assert words in send(browser, official, URL, data, status=422)
    assert not Posting.objects.exists()


def test_only_the_commune_official_posts(browser, leader, listed):
    assert "The commune official posts the list" in send(
        browser, leader, URL, {"starts_on": f"{TODAY:%d/%m/%Y}", "places": "Trụ sở"}, status=422
    )
    assert "The commune official begins the posting" in page(browser, leader)


def test_the_posting_of_another_commune_does_not_exist(browser, listed):
    page(browser, make_officer(area=commune(PHU_HAI)), "/dot/dot-2/22915/niem-yet/", status=404)


def test_a_double_click_posts_once(browser, official, listed):
    data = {
        "starts_on": f"{TODAY:%d/%m/%Y}",
        "places": "Trụ sở",
        "khoa_lan_gui": "6b1ff2c4-0d0e-4f0e-9c8e-0d6f5d1a8f11",
    }
    send(browser, official, URL, data)
    send(browser, official, URL, data)
    assert Posting.objects.count() == 1


# ---- Ending ----------------------------------------------------------------------------------------------------------


def test_a_posting_that_hangs_is_not_closed_yet(browser, official, hanging):
    assert "closing record" not in page(browser, official)
    text = send(browser, official, f"{URL}ket-thuc/", {"record_no": "07/BB-UBND"}, status=422)
    assert "Not yet 5 working days of public posting (5 to go)" in text


def test_the_record_closes_the_posting_and_is_printed(browser, official, over):
    assert "no complaint is open" in page(browser, official)
    send(browser, official, f"{URL}ket-thuc/", {
        "record_no": "07/BB-UBND", "present": "Bà Mẫu, trưởng khu phố 1", "findings": "Niêm yết đúng nơi.",
    })  # fmt: skip
    text = page(browser, official)
    assert "with record 07/BB-UBND" in text
    said = paper(browser, official, f"/dot/dot-2/22915/niem-yet/{over.pk}/bien-ban.pdf")
    for words in ("BIÊN BẢN", "Kết thúc niêm yết công khai", "07/BB-UBND", "Bà Mẫu, trưởng khu phố 1", "Gồm 2 hộ",
                  "đủ 5 ngày làm việc", "Không có.", "đúng nơi", "TM. ỦY BAN NHÂN DÂN"):  # fmt: skip
        assert words in said, words


def test_a_complaint_is_in_the_record_and_in_the_register(browser, official, listed, over):
    record_complaint(
        listed.pk, complainant="Ông Mẫu", text="Hộ số 1 đã có máy", received_on=over.ends_on,
        allocation_id=over.lines.by_priority().first().pk, by=official,
    )  # fmt: skip
    text = page(browser, official)
    assert "1 complaint is still open" in text
    assert "Overdue" in text
    close_posting(over.pk, record_no="07/BB-UBND", by=official)
    said = paper(browser, official, f"/dot/dot-2/22915/niem-yet/{over.pk}/bien-ban.pdf")
    assert "Tiếp nhận 1, đã trả lời 0, đang xác minh 1" in said
    assert "Hộ số 1 đã có máy" in said
    register = paper(browser, official, "/dot/dot-2/22915/so-phan-anh.pdf")
    assert "SỔ TIẾP NHẬN PHẢN ÁNH" in register
    assert "Ông Mẫu" in register


def test_a_posting_is_stopped_with_a_reason(browser, official, listed, hanging):
    send(browser, official, f"{URL}dung/", {"reason": ""}, status=422)
    send(browser, official, f"{URL}dung/", {"reason": "In nhầm"})
    assert "Stopped" in page(browser, official)
    assert set(listed.lines.values_list("status", flat=True)) == {"draft"}


def test_the_leader_reads_why_the_list_cannot_be_signed_yet(browser, leader, listed, official):
    assert "posted in public before it is submitted" in page(browser, leader, "/dot/dot-2/gui/")
    start_posting(listed.pk, starts_on=TODAY, places=["Trụ sở"], by=official)
    assert "The record of its end comes first" in page(browser, leader, "/dot/dot-2/gui/")


def test_the_steps_of_the_list_name_the_posting(browser, official, hanging):
    text = page(browser, official, "/dot/dot-2/")
    assert "Public posting" in text
    assert "until the end of" in text
    assert 'href="/dot/dot-2/niem-yet/"' in text
    assert 'href="/dot/dot-2/22915/danh-sach.pdf"' in text


# ---- The list on the wall --------------------------------------------------------------------------------------------


def test_the_paper_holds_what_hangs_with_its_days(browser, official, hanging):
    make_household(head_name="Đỗ Thị Muộn")
    build_list(hanging.commune_list.round_id, commune().pk, by=official)
    said = paper(browser, official, "/dot/dot-2/22915/niem-yet.pdf")
    assert f"từ ngày {hanging.starts_on:%d/%m/%Y} đến hết ngày {hanging.ends_on:%d/%m/%Y}" in said
    assert "Lò Thị Yến" in said
    assert "Đỗ Thị Muộn" not in said


def test_one_hamlet_keeps_its_numbers(browser, official, hanging):
    said = paper(browser, official, "/dot/dot-2/22915/niem-yet.pdf?thon=Khu phố 2")
    assert "Lò Thị Yến" not in said
    assert "2\nGiàng A Chổ" in said or "2 Giàng A Chổ" in said


@pytest.mark.parametrize(
    ("columns", "there", "absent"),
    [
        ([], [], ["Năm sinh", "Thôn, khu phố", "Diện", "060"]),
        (["identity"], ["060••••••123"], ["Năm sinh", "060170000123"]),
        (["birth_year", "group"], ["Năm sinh", "Nhóm ưu tiên", "1970"], ["Khu phố 1"]),
    ],
)
def test_the_setting_says_which_columns_the_public_reads(browser, official, hanging, columns, there, absent):
    Round.objects.update(posted_columns=columns)
    said = paper(browser, official, "/dot/dot-2/22915/niem-yet.pdf")
    table = said[said.index("STT") : said.index("Danh sách có")]
    assert all(words in table for words in there), table
    assert not any(words in table for words in absent), table


def test_the_register_without_complaints_is_a_page_that_says_so(browser, official, listed):
    browser.force_login(official)
    response = browser.get("/dot/dot-2/22915/so-phan-anh.pdf")
    assert response.status_code == 409
    assert not Complaint.objects.exists()
