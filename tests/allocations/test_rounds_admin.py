"""Programme, rounds and device models are configured in the administration; what is work is not done there."""

import datetime

import pytest
from django.contrib import admin

from administration.models import Role
from allocations.models import Programme, Round
from devices.models import DeviceModel
from tests.factories import make_officer, make_round, province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]
WORK = {"allocations.allocation", "allocations.communelist", "allocations.quota", "allocations.claim",
        "allocations.handover", "allocations.complaint", "devices.lot", "devices.device"}  # fmt: skip


@pytest.fixture
def desk(browser):
    browser.force_login(make_officer(Role.ADMINISTRATOR, is_staff=True))
    return browser


def round_data(**more):
    day = datetime.date(2024, 6, 3)
    supports = {"supports-TOTAL_FORMS": 0, "supports-INITIAL_FORMS": 0}
    return {
        "code": "dot-9", "name": "Đợt 9", "categories": ["HN", "HCN"], "device_kind": "phone",
        "opens_on": day, "submit_by": day, "review_by": day, "hand_over_by": day, "state": "open", "posting_days": 5,
        "complaint_days": 3, "accepts_late_lists": "on", **supports, **more,
    }  # fmt: skip


def test_a_programme_its_rounds_and_the_catalogue_are_set_up_in_the_administration(desk):
    made = {"province": province().pk, "name": "Chương trình", "legal_basis": "TT 14/2022", "reviewer_label": "Huyện",
            "code": "mau", "profile": "BA_CAP", "sources-TOTAL_FORMS": 0, "sources-INITIAL_FORMS": 0}  # fmt: skip
    assert desk.post("/quan-tri/allocations/programme/add/", made).status_code == 302
    data = round_data(programme=Programme.objects.get().pk)
    assert desk.post("/quan-tri/allocations/round/add/", data).status_code == 302
    round = Round.objects.get()
    assert round.categories == ["HN", "HCN"]
    assert round.state == "planned"  # the form has no say in it
    phone = {"name": "Mẫu B", "kind": "phone", "networks": ["4G", "5G"], "warranty_months": 12}
    assert desk.post("/quan-tri/devices/devicemodel/add/", phone).status_code == 302
    assert DeviceModel.objects.get().networks == ["4G", "5G"]


def test_a_model_without_4g_is_refused_in_words(desk):
    data = {"name": "Mẫu cũ", "kind": "phone", "networks": ["2G"], "warranty_months": 12}
    text = desk.post("/quan-tri/devices/devicemodel/add/", data).content.decode()
    assert "neither 4G nor 5G" in text
    assert not DeviceModel.objects.exists()


def test_deadlines_that_do_not_follow_one_another_are_refused_in_words(desk):
    data = round_data(programme=make_round().programme.pk, review_by=datetime.date(2024, 6, 1))
    assert "must follow the one before it" in desk.post("/quan-tri/allocations/round/add/", data).content.decode()


def test_once_open_a_round_keeps_whom_it_covers_and_its_order_but_dates_may_move(desk):
    round = make_round()
    url = f"/quan-tri/allocations/round/{round.pk}/change/"
    text = desk.get(url).content.decode()
    assert 'name="categories"' not in text
    assert 'name="supports-0-form"' not in text
    later = dict.fromkeys(("submit_by", "review_by", "hand_over_by"), datetime.date(2024, 9, 1))
    data = round_data(programme=round.programme.pk, categories=["CSXH"], name="Đợt mới", **later)
    assert desk.post(url, data).status_code == 302
    round.refresh_from_db()
    assert (round.name, round.submit_by, round.categories) == ("Đợt mới", later["submit_by"], ["HN", "HCN"])
    assert round.priority_rules.count() == 4
    assert desk.get(f"/quan-tri/allocations/round/{round.pk}/delete/").status_code == 403


def test_what_is_work_is_not_in_the_administration():
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert not registered & WORK
    assert {"allocations.programme", "allocations.round", "devices.devicemodel"} <= registered
