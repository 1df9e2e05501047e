"""Looking at one household at a time: the same verbs, who else is looking, what changed since the approval."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone

from administration.models import Role
from allocations import actions
from allocations.models import Allocation, Flag, Look, Reason
from beneficiaries.models import Household, Person
from tests.allocations.scenes import BORN, submitted
from tests.allocations.test_review_pages import open_as, text_of
from tests.factories import LIEN_HUONG, PHU_HAI, commune, make_household, make_officer

pytestmark = pytest.mark.usefixtures("everywhere")


# --- One by one -------------------------------------------------------------------------------------------------------
def test_one_by_one_goes_from_household_to_household(client):
    scene = submitted(3)
    open_as(client, scene)

    first = client.get(f"{scene.url}?che-do=tung-ho&loc=sach").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(f"{scene.url}{following}").content.decode()

    assert "Nguyễn Thị Hộ 1" in first
    assert "Nguyễn Thị Hộ 2" in second
    assert "2 trong 3" in second


def test_one_by_one_approves_and_shows_the_next(client):
    scene = submitted(2)
    open_as(client, scene)

    answer = client.post(
        f"{scene.url}?che-do=tung-ho&loc=sach",
        {"lam": "duyet", "dong": scene.ids[0], "phien_ban": "1", "den_ho": scene.ids[0]}, follow=True,
    )  # fmt: skip

    assert scene.statuses() == ["approved", "submitted"]
    assert "Nguyễn Thị Hộ 2" in answer.content.decode()


def test_one_by_one_puts_on_the_waiting_list_when_the_quota_is_used_up(client):
    scene = submitted(1, quota=0)
    page = open_as(client, scene).get(f"{scene.url}?che-do=tung-ho&loc=sach").content.decode()
    assert "Đưa vào danh sách chờ" in page

    client.post(
        f"{scene.url}?che-do=tung-ho&loc=sach",
        {"lam": "duyet", "dong": scene.ids[0], "phien_ban": "1", "den_ho": "0"},
    )

    assert scene.statuses() == ["waiting"]


def test_one_by_one_answers_409_when_somebody_was_quicker(client):
    scene = submitted(1)
    actions.reject(scene.commune_list.pk, scene.ids, reason=Reason.MOVED_AWAY, by=make_officer(Role.REVIEWER))

    answer = open_as(client, scene).post(
        f"{scene.url}?che-do=tung-ho&loc=tat-ca",
        {"lam": "duyet", "dong": scene.ids[0], "phien_ban": "1", "den_ho": scene.ids[0]},
    )

    assert answer.status_code == 409
    assert scene.statuses() == ["rejected"]


def test_one_by_one_returns_with_a_reason_and_goes_on(client):
    scene = submitted(2)
    asked = open_as(client, scene).post(
        f"{scene.url}?che-do=tung-ho&loc=sach", {"lam": "tra-lai", "dong": scene.ids[0]}
    )

    answer = client.post(asked.url, {"reason": "duplicate"}, follow=True)

    assert scene.statuses() == ["returned", "submitted"]
    assert "Nguyễn Thị Hộ 2" in answer.content.decode()


def test_one_by_one_shows_whom_the_household_may_be_confused_with(client):
    scene = submitted(1, flags={1: [Flag.NAMESAKE]})
    near = make_household(commune(PHU_HAI), head_name="Nguyễn Thị Hộ 1", hamlet="Khu phố 9")
    far = make_household(commune(LIEN_HUONG), head_name="Nguyễn Thị Hộ 1", hamlet="Thôn Xa")
    Person.objects.filter(household__in=[near, far]).update(birth_date=BORN, birth_precision="day")

    page = open_as(client, scene).get(f"{scene.url}?che-do=tung-ho&loc=trung").content.decode()

    assert "Khu phố 9" in page
    assert "Thôn Xa" not in page
    assert commune(LIEN_HUONG).name in page
    assert not re.search(r"\b\d{12}\b", page)


# --- Changed after approval -------------------------------------------------------------------------------------------
def changed():
    scene = submitted(2, quota=2)
    actions.approve(scene.commune_list.pk, scene.ids, by=scene.reviewer)
    Household.objects.filter(pk=scene.lines[0].household_id).update(category="HCN")
    return scene


def decide(client, scene, how, **more):
    line = Allocation.objects.get(pk=scene.ids[0])
    data = {"lam": how, "dong": line.pk, "phien_ban": line.version, **more}
    return client.post(f"{scene.url}?che-do=tung-ho&loc=doi", data)


def test_a_change_after_approval_is_in_the_queue_and_under_its_chip_with_old_and_new(client):
    scene = changed()

    queue = text_of(open_as(client, scene).get("/duyet/"))
    page = text_of(client.get(f"{scene.url}?loc=doi"))

    assert "Thay đổi sau khi duyệt" in queue
    assert "Hộ nghèo → Hộ cận nghèo" in page
    assert "Nguyễn Thị Hộ 1" in page
    assert "Nguyễn Thị Hộ 2" not in page


def test_a_reviewer_confirms_or_reopens_what_changed(client):
    scene = changed()
    page = text_of(open_as(client, scene).get(f"{scene.url}?che-do=tung-ho&loc=doi"))
    assert "máy chưa được giao trước khi có người xem lại" in page

    refused = decide(client, scene, "mo-lai", ly_do="")
    assert refused.status_code == 409
    assert "Ghi lý do mở lại" in text_of(refused)
    assert decide(client, scene, "xac-nhan").status_code == 302
    assert Allocation.objects.get(pk=scene.ids[0]).recheck is None
    assert decide(client, scene, "mo-lai", ly_do="Không còn là hộ nghèo").status_code == 302
    assert scene.statuses() == ["submitted", "approved"]


def test_returned_households_are_shown_as_waiting_for_the_commune(client):
    scene = submitted(2)
    actions.send_back(scene.commune_list.pk, scene.ids[:1], reason=Reason.MISSING_EVIDENCE, by=scene.reviewer)
    actions.approve(scene.commune_list.pk, scene.ids[1:], by=scene.reviewer)

    assert "Chờ xã bổ sung" in text_of(open_as(client, scene).get("/duyet/"))
    assert "Nguyễn Thị Hộ 1" in text_of(client.get(f"{scene.url}?loc=tra"))


# --- Who else is looking ----------------------------------------------------------------------------------------------
def test_two_reviewers_at_one_household_see_each_other_and_nobody_else(client):
    scene = submitted(2)
    first, second = scene.reviewer, make_officer(Role.REVIEWER, full_name="Phạm Văn Ân")
    url = f"{scene.url}?che-do=tung-ho&loc=sach&dong="
    client.force_login(second)
    assert "đang xem" not in text_of(client.get(f"{url}{scene.ids[0]}"))

    client.force_login(first)
    assert "Phạm Văn Ân đang xem hộ này" in text_of(client.get(f"{url}{scene.ids[0]}"))
    assert "đang xem" not in text_of(client.get(f"{url}{scene.ids[1]}"))
    assert "Phạm Văn Ân đang xem danh sách này" in text_of(client.get(scene.url))


def test_the_look_of_a_minute_ago_is_over_and_the_page_asks_again_by_itself(client, monkeypatch):
    scene = submitted(1)
    second = make_officer(Role.REVIEWER, full_name="Phạm Văn Ân")
    client.force_login(second)
    page = client.get(scene.url).content.decode()
    assert f'hx-get="{scene.url}dang-xem/"' in page

    client.force_login(scene.reviewer)
    assert "Phạm Văn Ân" in text_of(client.get(f"{scene.url}dang-xem/"))
    Look.objects.update(at=timezone.now() - datetime.timedelta(seconds=61))
    assert "Phạm Văn Ân" not in text_of(client.get(f"{scene.url}dang-xem/"))
    assert client.get(f"{scene.url}dang-xem/?dong=999999999").status_code == 200
