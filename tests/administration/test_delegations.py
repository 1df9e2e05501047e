"""Delegation during absence: one's role for some days, on record, and never an extra pair of eyes."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from administration.delegation_actions import SESSION_KEY, delegate, end_delegation, possible_takers, standing_in
from administration.models import AuditEvent, Delegation, Officer, Role
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.actions import approve, build_list, submit_list
from allocations.models import CommuneList
from tests.allocations.scenes import submitted
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    TUY_PHONG,
    commune,
    district,
    make_household,
    make_officer,
    make_quota,
    make_round,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
TODAY = timezone.localdate()
WEEK = datetime.timedelta(7)


@pytest.fixture
def leader(everywhere) -> Officer:
    return make_officer(Role.COMMUNE_LEADER, full_name="Trần Văn Ký")


@pytest.fixture
def deputy(everywhere) -> Officer:
    return make_officer(Role.COMMUNE_OFFICIAL, full_name="Phó Thị Thay")


def give(giver, taker, *, first=TODAY, last=TODAY + WEEK, **more) -> Delegation:
    return delegate(taker.pk, starts_on=first, ends_on=last, reason=more.pop("reason", "Đi học"), by=giver, **more)


def as_taker(client, made: Delegation):
    client.force_login(made.taker)
    assert client.post(f"/vang-mat/{made.pk}/thay/").status_code == 302
    return client


def test_a_role_is_given_for_days_with_one_event(leader, deputy):
    made = give(leader, deputy)
    assert (made.giver, made.taker, made.made_by) == (leader, deputy, leader)
    [event] = AuditEvent.objects.filter(verb=Verb.ROLE_DELEGATED)
    assert event.area_no == leader.area.number
    assert (event.details["officer"], event.details["giver"]) == ("Phó Thị Thay", "Trần Văn Ký")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "Write the reason"),
        ({"first": TODAY - datetime.timedelta(1)}, "today or later"),
        ({"last": TODAY - datetime.timedelta(1)}, "ends after it begins"),
        ({"last": TODAY + datetime.timedelta(91)}, "within 90 days"),
    ],
)
def test_a_delegation_has_a_reason_and_an_end(leader, deputy, change, words):
    with pytest.raises(NotPossible, match=words):
        give(leader, deputy, **change)
    assert not Delegation.objects.exists()


def test_only_active_colleagues_of_the_same_branch_can_stand_in(leader, deputy):
    reviewer, foreign = make_officer(Role.REVIEWER, district()), make_officer(area=commune(LIEN_HUONG))
    make_officer(area=commune(), is_active=False)
    make_officer(Role.ADMINISTRATOR)
    neighbour = make_officer(area=commune(PHU_HAI))
    assert set(possible_takers(leader)) == {deputy, reviewer, neighbour}
    with pytest.raises(NotPossible, match="cannot stand in"):
        give(leader, foreign)
    with pytest.raises(NotPossible, match="cannot stand in"):
        give(leader, leader)
    with pytest.raises(IntegrityError, match="nobody_stands_in_for_themselves"), transaction.atomic():
        Delegation.objects.create(
            giver=leader, taker=leader, starts_on=TODAY, ends_on=TODAY, reason="x", made_by=leader,
            made_at=timezone.now(),
        )  # fmt: skip


def test_a_given_role_is_not_passed_on(leader, deputy):
    made = give(leader, deputy)
    acting = standing_in(Officer.objects.get(pk=deputy.pk), made.pk)
    with pytest.raises(NotPossible, match="cannot be passed on"):
        give(acting, make_officer())


# ---- Standing in -----------------------------------------------------------------------------------------------------


def test_who_stands_in_has_the_role_and_area_of_the_giver_and_only_those(leader, deputy):
    reviewer = make_officer(Role.REVIEWER, district(TUY_PHONG))
    other = make_officer(Role.REVIEWER, district())
    made = give(reviewer, other)
    acting = standing_in(Officer.objects.get(pk=other.pk), made.pk)
    assert (acting.role, acting.area, acting.pk) == (Role.REVIEWER, district(TUY_PHONG), other.pk)


@pytest.mark.parametrize(
    ("first", "last"),
    [(TODAY + WEEK, TODAY + 2 * WEEK), (TODAY - 2 * WEEK, TODAY - WEEK)],
)
def test_outside_its_days_nobody_stands_in(leader, deputy, first, last):
    made = give(leader, deputy)
    Delegation.objects.update(starts_on=first, ends_on=last)
    assert standing_in(Officer.objects.get(pk=deputy.pk), made.pk).stands_in is None


def test_somebody_elses_delegation_a_closed_account_and_an_ended_one_give_nothing(leader, deputy):
    made = give(leader, deputy)
    assert standing_in(make_officer(), made.pk).stands_in is None
    assert standing_in(Officer.objects.get(pk=deputy.pk), "1").stands_in is None
    Officer.objects.filter(pk=leader.pk).update(is_active=False)
    assert standing_in(Officer.objects.get(pk=deputy.pk), made.pk).stands_in is None
    Officer.objects.filter(pk=leader.pk).update(is_active=True)
    end_delegation(made.pk, by=leader)
    assert standing_in(Officer.objects.get(pk=deputy.pk), made.pk).stands_in is None
    with pytest.raises(NotPossible, match="over"):
        end_delegation(made.pk, by=leader)


def test_a_borrowed_role_is_never_written_down(leader, deputy):
    acting = standing_in(Officer.objects.get(pk=deputy.pk), give(leader, deputy).pk)
    with pytest.raises(RuntimeError, match="not saved"):
        acting.save()
    with pytest.raises(RuntimeError, match="not saved"):
        acting.save(update_fields=["role"])
    acting.save(update_fields=["last_login"])
    assert Officer.objects.get(pk=deputy.pk).role == Role.COMMUNE_OFFICIAL


# ---- Four eyes -------------------------------------------------------------------------------------------------------


def listed(official) -> object:
    round = make_round(code="dot-2")
    make_quota(round)
    make_household()
    return build_list(round.pk, commune().pk, by=official)


def test_who_prepared_the_list_does_not_sign_it_in_the_leaders_role(client, leader, deputy):
    listed(deputy)
    page = as_taker(client, give(leader, deputy))
    answer = page.post("/dot/dot-2/gui/", {"document_no": "1", "document_date": f"{TODAY:%d/%m/%Y}"})
    assert answer.status_code == 422
    assert "Người lập danh sách" in answer.content.decode() or "không được ký" in answer.content.decode()
    assert not AuditEvent.objects.filter(verb=Verb.LIST_SUBMITTED).exists()


def test_another_colleague_signs_in_the_leaders_role_in_their_own_name(client, leader, deputy):
    made = listed(make_officer())
    page = as_taker(client, give(leader, deputy))
    answer = page.post("/dot/dot-2/gui/", {"document_no": "1", "document_date": f"{TODAY:%d/%m/%Y}"})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.signed_by == deputy
    [event] = AuditEvent.objects.filter(verb=Verb.LIST_SUBMITTED)
    assert (event.officer_name, event.details["stands_in_for"]) == ("Phó Thị Thay", "Trần Văn Ký")


def test_without_standing_in_the_page_stays_closed(client, leader, deputy):
    give(leader, deputy)
    client.force_login(deputy)
    assert client.get("/dot/dot-2/gui/").status_code == 403


def test_who_signed_in_the_leaders_role_does_not_approve_in_the_reviewers(leader, deputy):
    made = listed(make_officer())
    acting = standing_in(Officer.objects.get(pk=deputy.pk), give(leader, deputy).pk)
    submit_list(made.pk, document_no="1", document_date=TODAY, by=acting)
    reviewer = make_officer(Role.REVIEWER)
    again = standing_in(Officer.objects.get(pk=deputy.pk), give(reviewer, deputy).pk)
    with pytest.raises(NotPossible, match="may not decide on it"):
        approve(made.pk, list(made.lines.values_list("pk", flat=True)), by=again)


# ---- Pages -----------------------------------------------------------------------------------------------------------


def test_the_page_gives_the_role_names_both_and_ends_it(client, leader, deputy):
    client.force_login(leader)
    data = {"taker": deputy.pk, "starts_on": f"{TODAY:%d/%m/%Y}", "ends_on": f"{TODAY + WEEK:%d/%m/%Y}", "reason": ""}
    assert client.post("/vang-mat/", data).status_code == 422
    assert client.post("/vang-mat/", {**data, "reason": "Đi công tác"}).status_code == 302
    assert "Phó Thị Thay" in client.get("/vang-mat/").content.decode()
    made = Delegation.objects.get()
    client.force_login(deputy)
    assert "Trần Văn Ký" in client.get("/vang-mat/").content.decode()
    assert client.post(f"/vang-mat/{made.pk}/ket-thuc/").status_code == 302
    made.refresh_from_db()
    assert made.ended_at is not None


def test_every_page_says_for_whom_one_stands_in_and_leads_back(client, leader, deputy):
    page = as_taker(client, give(leader, deputy))
    text = page.get("/viec/").content.decode()
    assert "Bạn đang thay Trần Văn Ký (Lãnh đạo xã)" in text
    page.post("/vang-mat/thoi-thay/")
    assert "Bạn đang thay" not in page.get("/viec/").content.decode()
    assert SESSION_KEY not in page.session


def test_a_foreign_delegation_is_not_taken_up(client, leader, deputy):
    made = give(leader, deputy)
    client.force_login(make_officer())
    client.post(f"/vang-mat/{made.pk}/thay/")
    assert SESSION_KEY not in client.session


# ---- By the administrator, for somebody who is absent unexpectedly ---------------------------------------------------


@pytest.fixture
def administrator(everywhere):
    return make_officer(Role.ADMINISTRATOR, full_name="Quản Trị Viên")


def data_for(taker) -> dict[str, object]:
    return {
        "taker": taker.pk, "starts_on": f"{TODAY:%d/%m/%Y}", "ends_on": f"{TODAY + WEEK:%d/%m/%Y}",
        "reason": "Nằm viện",
    }  # fmt: skip


def test_an_administrator_gives_the_work_of_an_absent_officer_away_and_ends_it(client, administrator, leader, deputy):
    client.force_login(administrator)
    url = f"/vang-mat/cho/{leader.pk}/"
    assert "Phó Thị Thay" in client.get(url).content.decode()
    assert client.post(url, {**data_for(deputy), "reason": ""}).status_code == 422
    assert client.post(url, data_for(deputy)).status_code == 302
    made = Delegation.objects.get()
    assert (made.giver, made.taker, made.made_by) == (leader, deputy, administrator)
    [event] = AuditEvent.objects.filter(verb=Verb.ROLE_DELEGATED)
    assert (event.officer_name, event.details["giver"]) == ("Quản Trị Viên", "Trần Văn Ký")
    page = client.get("/vang-mat/").content.decode()
    assert "do Quản Trị Viên ghi" in page
    assert "thay mặt Trần Văn Ký" in page
    assert client.post(f"/vang-mat/{made.pk}/ket-thuc/").status_code == 302
    made.refresh_from_db()
    assert made.ended_at is not None


@pytest.mark.parametrize("role", [r for r in Role.values if r != Role.ADMINISTRATOR])
def test_nobody_else_gives_the_work_of_somebody_away(client, leader, deputy, role):
    other = make_officer(role)
    client.force_login(other)
    assert client.get(f"/vang-mat/cho/{leader.pk}/").status_code == 403
    with pytest.raises(NotPossible, match="Only an administrator"):
        delegate(deputy.pk, giver_id=leader.pk, starts_on=TODAY, ends_on=TODAY, reason="x", by=other)
    made = give(leader, deputy)
    with pytest.raises(NotPossible, match="over"):
        end_delegation(made.pk, by=other)


def test_an_administrator_of_another_district_does_not_and_nobody_gives_an_administrator_away(
    client, administrator, leader, deputy
):
    elsewhere = make_officer(Role.ADMINISTRATOR, district(TUY_PHONG))
    client.force_login(elsewhere)
    assert client.get(f"/vang-mat/cho/{leader.pk}/").status_code == 404
    with pytest.raises(NotPossible, match="Only an administrator"):
        delegate(deputy.pk, giver_id=leader.pk, starts_on=TODAY, ends_on=TODAY, reason="x", by=elsewhere)
    client.force_login(administrator)
    assert client.get(f"/vang-mat/cho/{elsewhere.pk}/").status_code == 404
    with pytest.raises(NotPossible):
        delegate(leader.pk, giver_id=elsewhere.pk, starts_on=TODAY, ends_on=TODAY, reason="x", by=administrator)


def test_what_the_stand_in_decides_is_marked_on_every_page_with_on_whose_behalf(client, administrator):
    scene = submitted(1)
    deputy = make_officer(area=district(), full_name="Phó Thị Thay")
    Officer.objects.filter(pk=scene.reviewer.pk).update(full_name="Trần Văn Duyệt")
    made = delegate(
        deputy.pk, giver_id=scene.reviewer.pk, starts_on=TODAY, ends_on=TODAY, reason="QĐ 5", by=administrator
    )
    acting = standing_in(Officer.objects.select_related("area").get(pk=deputy.pk), made.pk)
    approve(scene.commune_list.pk, scene.ids, by=acting)
    line = scene.commune_list.lines.get()
    assert (line.decided_by, line.decided_for) == (deputy, scene.reviewer)
    client.force_login(scene.official)
    page = client.get(f"/phan-bo/{line.household.code}/").content.decode()
    assert "Phó Thị Thay thay mặt Trần Văn Duyệt" in " ".join(page.split())
    reviewed = as_taker(client, made).get(f"{scene.url}?loc=da-quyet").content.decode()
    assert "Phó Thị Thay thay mặt Trần Văn Duyệt" in " ".join(reviewed.split())


def test_nobody_decides_in_the_place_of_who_prepared_the_list(administrator):
    scene = submitted(1)
    desk = make_officer(Role.REVIEWER)  # has listed for a commune before
    CommuneList.objects.filter(pk=scene.commune_list.pk).update(prepared_by=desk)
    deputy = make_officer(area=district())
    made = delegate(deputy.pk, giver_id=desk.pk, starts_on=TODAY, ends_on=TODAY, reason="QĐ 5", by=administrator)
    acting = standing_in(Officer.objects.select_related("area").get(pk=deputy.pk), made.pk)
    with pytest.raises(NotPossible, match="in the place of who prepared"):
        approve(scene.commune_list.pk, scene.ids, by=acting)
