"""The reviewer's pages, clicked without JavaScript."""

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
from allocations.models import Allocation, CommuneList, Flag, Quota, Reason, Selection
from beneficiaries.models import Person
from tests.allocations.scenes import BORN, Scene, submitted
from tests.factories import LIEN_HUONG, PHU_HAI, commune, district, make_household, make_officer, make_round

pytestmark = pytest.mark.usefixtures("everywhere")


def open_as(client: Client, scene: Scene) -> Client:
    client.force_login(scene.reviewer)
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def choose(client: Client, scene: Scene, how: str, query: str = "?loc=sach", **data):
    return client.post(f"{scene.url}{query}", {"lam": how, **data})


# --- The queue --------------------------------------------------------------------------------------------------------
def test_queue_shows_the_list_that_has_waited_longest_first(client):
    younger = submitted(2)
    older = submitted(3, area=commune(PHU_HAI), round=younger.round, flags={1: [Flag.NAMESAKE]})
    CommuneList.objects.filter(pk=older.commune_list.pk).update(
        submitted_at=timezone.now() - datetime.timedelta(days=9)
    )

    page = open_as(client, younger).get("/duyet/").content.decode()

    assert page.index(older.url) < page.index(younger.url)
    assert "5 hộ" in page


def test_queue_names_communes_that_have_not_submitted(client):
    scene = submitted(1)

    page = text_of(open_as(client, scene).get("/duyet/"))

    assert commune(PHU_HAI).name in page


def test_queue_is_empty_without_lists(client):
    client.force_login(make_officer(Role.REVIEWER))

    assert "Không có hộ nào chờ quyết định" in text_of(client.get("/duyet/"))


def test_queue_offers_a_waiting_list_for_which_there_are_devices_again(client):
    scene = submitted(2, quota=1)
    actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)
    Quota.objects.update(allowed=2)

    assert "Danh sách chờ có thể xét tiếp" in text_of(open_as(client, scene).get("/duyet/"))


def test_queue_does_not_show_lists_of_another_district(client):
    scene, foreign = submitted(1), submitted(1, area=commune(LIEN_HUONG))

    page = open_as(client, scene).get("/duyet/").content.decode()

    assert scene.url in page
    assert foreign.url not in page


# --- Who may ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICIAL, Role.COMMUNE_LEADER, Role.PROVINCE_STAFF])
def test_only_reviewers_see_the_pages(client, role):
    scene = submitted(1)
    client.force_login(make_officer(role))

    assert client.get("/duyet/").status_code == 403
    assert client.get(scene.url).status_code == 403
    assert client.post(scene.url, {"lam": "duyet", "selected": scene.ids}).status_code == 403


def test_a_list_of_another_district_does_not_exist(client):
    foreign = submitted(1, area=commune(LIEN_HUONG))
    client.force_login(make_officer(Role.REVIEWER, district()))

    assert client.get(foreign.url).status_code == 404
    assert client.post(foreign.url, {"lam": "duyet", "selected": foreign.ids}).status_code == 404


def test_somebody_elses_selection_does_not_exist(client):
    scene = submitted(1)
    selection = actions.select_lines(scene.commune_list.pk, scene.ids, by=make_officer(Role.REVIEWER))

    for page in ("duyet", "tra-lai", "tu-choi", "ket-qua"):
        assert open_as(client, scene).get(f"{scene.url}{selection.pk}/{page}/").status_code == 404


def test_who_prepared_the_list_reads_it_but_does_not_decide(client):
    scene = submitted(2)
    CommuneList.objects.filter(pk=scene.commune_list.pk).update(prepared_by=scene.reviewer)

    page = text_of(open_as(client, scene).get(scene.url))

    assert "Bạn đã lập hoặc ký danh sách này nên không duyệt được" in page
    assert "Duyệt…" not in page
    selection = actions.select_lines(scene.commune_list.pk, scene.ids, by=scene.reviewer)
    refused = client.post(f"{scene.url}{selection.pk}/duyet/", {"den_ho": scene.ids[-1]})
    assert refused.status_code == 409
    assert set(scene.statuses()) == {"submitted"}


# --- The list ---------------------------------------------------------------------------------------------------------
def test_chips_count_what_is_behind_them(client):
    flags = {1: [Flag.NAMESAKE], 2: [Flag.NO_CERTIFICATE], 3: [Flag.NO_IDENTITY, Flag.NO_CERTIFICATE]}
    scene = submitted(6, flags=flags)

    chips = re.findall(r'class="chip"[^>]*>([^<]+)<', open_as(client, scene).get(scene.url).content.decode())

    assert [chip.rsplit(" ", 1)[1] for chip in chips] == ["3", "1", "0", "1", "2", "0", "0", "0", "0", "6"]


def test_search_finds_names_without_tones(client):
    scene = submitted(3)
    Person.objects.filter(household=scene.lines[1].household).update(full_name="Đặng Thị Hòa")

    page = open_as(client, scene).get(f"{scene.url}?loc=sach&q=dang hoa")
    page_of_words = open_as(client, scene).get(f"{scene.url}?loc=sach&q=dang thi")

    assert "Không có hộ nào khớp" in text_of(page)
    assert "Đặng Thị Hòa" in text_of(page_of_words)
    assert "Nguyễn Thị Hộ 1 " not in text_of(page_of_words)


def test_a_search_by_htmx_gets_only_the_region(client):
    scene = submitted(1)

    page = open_as(client, scene).get(f"{scene.url}?q=nguyen", headers={"HX-Request": "true"}).content.decode()

    assert page.lstrip().startswith('<div id="results"')


def test_a_possible_duplicate_says_in_which_commune(client):
    scene = submitted(1, flags={1: [Flag.NAMESAKE]})
    double = make_household(commune(LIEN_HUONG), head_name="Nguyễn Thị Hộ 1")
    Person.objects.filter(household=double).update(birth_date=BORN, birth_precision="day")

    page = text_of(open_as(client, scene).get(f"{scene.url}?loc=trung"))

    assert f"Nghi trùng · {commune(LIEN_HUONG).name}" in page
    assert double.code not in page


def test_nothing_chosen_is_answered_with_422(client):
    scene = submitted(1)

    response = choose(open_as(client, scene), scene, "duyet")

    assert response.status_code == 422
    assert "Chọn ít nhất một hộ" in text_of(response)


@pytest.mark.parametrize(("lines", "most"), [(3, 26), (60, 26)])
def test_the_list_costs_the_same_queries_whatever_it_holds(client, lines, most):
    scene = submitted(lines, flags={1: [Flag.NAMESAKE]})
    open_as(client, scene)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(f"{scene.url}?loc=tat-ca")

    assert len(queries) <= most


def test_the_queue_costs_the_same_queries_whatever_it_holds(client):
    scene = submitted(2)
    for code in ("22918", "22921", "22924"):
        submitted(2, area=commune(code), round=scene.round)
    open_as(client, scene)

    with CaptureQueriesContext(connection) as queries:
        client.get("/duyet/")

    assert len(queries) <= 19


# --- Choosing ---------------------------------------------------------------------------------------------------------
def test_choosing_this_page_keeps_what_was_chosen_on_another(client):
    scene = submitted(70)
    first = choose(open_as(client, scene), scene, "trang", shown=scene.ids[:50])
    query = f"?{first.url.split('?')[1]}&page=2"
    second = choose(client, scene, "trang", query=query, shown=scene.ids[50:])

    assert Selection.objects.get(pk=re.search(r"chon=([0-9a-f-]{36})", second.url)[1]).line_ids == scene.ids


def test_a_tick_taken_away_leaves_the_selection(client):
    scene = submitted(3)
    chosen = choose(open_as(client, scene), scene, "het")

    confirm = choose(
        client, scene, "duyet", query=f"?{chosen.url.split('?')[1]}", shown=scene.ids, selected=scene.ids[:2]
    )

    token = re.search(r"/([0-9a-f-]{36})/", confirm.url)[1]
    assert Selection.objects.get(pk=token).line_ids == scene.ids[:2]


def test_filling_the_quota_chooses_clean_households_and_the_waiting_list_by_priority(client):
    scene = submitted(5, quota=3, flags={1: [Flag.NAMESAKE]})
    Allocation.objects.filter(pk=scene.ids[2]).update(status="waiting", decided_by=scene.reviewer)

    chosen = choose(open_as(client, scene), scene, "du")

    token = re.search(r"chon=([0-9a-f-]{36})", chosen.url)[1]
    assert Selection.objects.get(pk=token).line_ids == scene.ids[1:4]


def test_the_page_says_how_many_are_chosen_and_shows_them_ticked(client):
    scene = submitted(60, quota=40)
    chosen = choose(open_as(client, scene), scene, "du")

    page = client.get(chosen.url).content.decode()

    assert re.search(r'data-selected-count="0">40<', page)
    assert page.count(" checked>") == 40
    assert "đang chọn 40" in text_of(client.get(chosen.url))


# --- Approving --------------------------------------------------------------------------------------------------------
def test_approving_438_clean_households_with_48_devices_left(client):
    scene = submitted(438, quota=48)
    open_as(client, scene)
    chosen = choose(client, scene, "het")
    confirm_url = choose(client, scene, "duyet", query=f"?{chosen.url.split('?')[1]}", shown=scene.ids[:50],
                         selected=scene.ids[:50]).url  # fmt: skip

    confirm = client.get(confirm_url)

    words = text_of(confirm)
    assert "Duyệt 438 hộ?" in words
    assert "Duyệt 48 hộ, đưa 390 hộ vào danh sách chờ" in words
    assert "Hộ cuối cùng trong chỉ tiêu: Nguyễn Thị Hộ 48 " in words
    assert "Hộ đầu danh sách chờ: Nguyễn Thị Hộ 49 " in words
    result = client.post(confirm_url, {"den_ho": boundary(confirm), "document_no": "45/QĐ-UBND"}, follow=True)
    assert "Đã duyệt 48, chờ 390, không xử lý được 0." in text_of(result)
    assert scene.statuses() == ["approved"] * 48 + ["waiting"] * 390
    assert AuditEvent.objects.filter(verb="allocation.approved").count() == 1


def boundary(page) -> str:
    return re.search(r'name="den_ho" value="(\d+)"', page.content.decode())[1]


def confirm_page(client: Client, scene: Scene, how: str = "duyet", ids: list[int] | None = None) -> str:
    return choose(open_as(client, scene), scene, how, query="?loc=tat-ca", selected=ids or scene.ids).url


def test_the_confirm_page_says_who_dropped_out_since(client):
    scene = submitted(3)
    url = confirm_page(client, scene)
    actions.send_back(scene.commune_list.pk, scene.ids[:1], reason=Reason.DUPLICATE, by=make_officer(Role.REVIEWER))

    words = text_of(client.get(url))

    assert "Từ đó có 1 hộ đã được quyết định hoặc bị xã rút lại, không tính" in words
    assert "Duyệt 2 hộ" in words


def test_sending_the_confirm_page_twice_decides_once(client):
    scene = submitted(2)
    url = confirm_page(client, scene)
    data = {"den_ho": boundary(client.get(url))}

    first, second = client.post(url, data), client.post(url, data)

    assert first.url == second.url
    assert first.url.endswith("/ket-qua/")
    assert AuditEvent.objects.filter(verb="allocation.approved").count() == 1


def test_the_officer_is_asked_again_when_the_quota_shrank(client):
    scene = submitted(3, quota=3)
    url = confirm_page(client, scene)
    data = {"den_ho": boundary(client.get(url)), "document_no": "7/QĐ"}
    Quota.objects.update(allowed=1)

    conflict = client.post(url, data)

    assert conflict.status_code == 409
    assert "Duyệt 1 hộ, đưa 2 hộ vào danh sách chờ" in text_of(conflict)
    assert 'value="7/QĐ"' in conflict.content.decode()
    assert set(scene.statuses()) == {"submitted"}
    assert client.post(url, {"den_ho": boundary(conflict)}).status_code == 302
    assert scene.statuses() == ["approved", "waiting", "waiting"]


def test_the_second_of_two_reviewers_gets_409_with_every_row(client):
    scene = submitted(50, quota=60)
    url = confirm_page(client, scene)
    data = {"den_ho": boundary(client.get(url))}
    other = make_officer(Role.REVIEWER, full_name="Phạm Văn Ân")
    actions.approve(scene.commune_list.pk, scene.ids, by=other)

    conflict = client.post(url, data)

    assert conflict.status_code == 409
    assert text_of(conflict).count("Phạm Văn Ân đã quyết định") == 50
    assert AuditEvent.objects.filter(verb="allocation.approved").count() == 1


def test_passing_over_better_placed_households_needs_a_reason(client):
    scene = submitted(4)
    url = confirm_page(client, scene, ids=scene.ids[2:])
    page = client.get(url)
    assert "Có 2 hộ ưu tiên cao hơn chưa được chọn" in text_of(page)

    assert client.post(url, {"den_ho": boundary(page)}).status_code == 422
    client.post(url, {"den_ho": boundary(page), "reason": "Hai hộ đang xác minh"})

    assert scene.statuses() == ["submitted", "submitted", "approved", "approved"]
    assert AuditEvent.objects.get(verb="allocation.approved").details["reason"] == "Hai hộ đang xác minh"


def test_households_that_cannot_be_approved_are_named_with_the_reason(client):
    scene = submitted(2, flags={1: [Flag.NO_IDENTITY]})

    words = text_of(client.get(confirm_page(client, scene)))

    assert "Có 1 hộ giữ nguyên" in words
    assert "Thiếu số định danh" in words


def test_the_result_can_be_undone_for_15_minutes(client):
    scene = submitted(2, quota=1)
    url = confirm_page(client, scene)
    result = client.post(url, {"den_ho": boundary(client.get(url))}, follow=True)
    undo = re.search(r'action="([^"]+hoan-tac[^"]+)"', result.content.decode())[1]

    answer = client.post(undo, follow=True)

    assert "Đã hoàn tác" in text_of(answer)
    assert set(scene.statuses()) == {"submitted"}
    assert "hoan-tac" not in client.get(result.request["PATH_INFO"]).content.decode()


def test_undo_after_15_minutes_says_why_not(client):
    scene = submitted(1)
    late = timezone.now() - datetime.timedelta(minutes=16)
    outcome = actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer, at=late)

    answer = open_as(client, scene).post(f"{scene.url}hoan-tac/{outcome.event.pk}/", follow=True)

    assert "15 phút" in text_of(answer)
    assert scene.statuses() == ["approved"]


def test_a_recent_decision_can_be_undone_from_the_list(client):
    scene = submitted(2)
    actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)

    assert "Quyết định của bạn: Đã duyệt, 2 hộ" in text_of(open_as(client, scene).get(scene.url))


def test_undo_of_another_list_or_of_no_decision_does_not_exist(client):
    scene, other = submitted(1), submitted(1, area=commune(PHU_HAI), round=make_round())
    outcome = actions.approve(other.commune_list.pk, other.ids, by=scene.reviewer)

    assert open_as(client, scene).post(f"{scene.url}hoan-tac/{outcome.event.pk}/").status_code == 404


def test_an_old_selection_sends_nobody_anywhere(client):
    scene = submitted(1)
    old = timezone.now() - datetime.timedelta(minutes=31)
    selection = actions.select_lines(scene.commune_list.pk, scene.ids, by=scene.reviewer, at=old)

    answer = open_as(client, scene).post(f"{scene.url}{selection.pk}/duyet/", {"den_ho": scene.ids[0]})

    assert answer.status_code == 409
    assert "30 phút" in text_of(answer)


def test_a_commune_without_quota_is_told_apart(client):
    scene = submitted(1)
    Quota.objects.all().delete()

    page = text_of(open_as(client, scene).get(scene.url))

    assert "chưa có chỉ tiêu" in page
    assert "Duyệt…" not in page


# --- Returning and rejecting ------------------------------------------------------------------------------------------
def test_returning_shows_what_the_commune_will_read(client):
    scene = submitted(35, flags={rank: [Flag.NO_CERTIFICATE] for rank in range(1, 36)})
    url = choose(open_as(client, scene), scene, "tra-lai", query="?loc=thieu-giay", selected=scene.ids).url
    data = {"reason": "missing_evidence", "note": "Thiếu giấy chứng nhận 2024"}

    preview = client.post(url, {**data, "xem": "1"})
    fragment = client.post(url, {**data, "xem": "1"}, headers={"HX-Request": "true"}).content.decode()

    assert "Thiếu minh chứng: Thiếu giấy chứng nhận 2024" in text_of(preview)
    assert 'id="preview"' in fragment
    assert "<html" not in fragment
    assert set(scene.statuses()) == {"submitted"}
    assert "Trả lại 35 hộ" in text_of(preview)
    result = client.post(url, data, follow=True)
    assert "Đã trả lại 35, không xử lý được 0." in text_of(result)
    line = Allocation.objects.first()
    assert (line.status, line.reason, line.reason_note) == (
        "returned",
        "missing_evidence",
        "Thiếu giấy chứng nhận 2024",
    )


def test_rejecting_needs_the_provision_it_rests_on(client):
    scene = submitted(2)
    url = confirm_page(client, scene, "tu-choi", scene.ids[:1])

    assert client.post(url, {"reason": "not_covered"}).status_code == 422
    client.post(url, {"reason": "not_covered", "note": "TT 14/2022, Điều 3"})

    assert scene.statuses() == ["rejected", "submitted"]


def test_an_other_reason_without_words_is_refused_at_its_field(client):
    scene = submitted(1)
    url = confirm_page(client, scene, "tra-lai")

    answer = client.post(url, {"reason": "other"})

    assert answer.status_code == 422
    assert 'href="#id_note"' in answer.content.decode()


def test_a_list_taken_back_meanwhile_is_a_conflict(client):
    scene = submitted(1)
    url = confirm_page(client, scene, "tra-lai")
    actions.withdraw_list(scene.commune_list.pk, by=scene.leader)

    answer = client.post(url, {"reason": "duplicate"})

    assert answer.status_code == 409
    assert "rút lại" in text_of(answer)


def test_no_page_shows_a_whole_identity_number(client):
    scene = submitted(3)
    open_as(client, scene)

    pages = [client.get("/duyet/"), client.get(scene.url), client.get(confirm_page(client, scene))]

    assert not any(re.search(r"\b\d{12}\b", page.content.decode()) for page in pages)
