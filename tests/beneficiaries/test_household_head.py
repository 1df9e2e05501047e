"""Another member becomes the head: what changes, what stays, what is refused."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.models import Status
from beneficiaries.actions.heads import change_head
from beneficiaries.actions.households import ChangedMeanwhile
from beneficiaries.models import Household, Person
from tests.beneficiaries.test_household_views import browser
from tests.factories import (
    LIEN_HUONG,
    commune,
    make_allocation,
    make_household,
    make_list,
    make_officer,
    make_person,
    make_quota,
    make_round,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def official(everywhere: None) -> Officer:
    return make_officer()


@pytest.fixture
def family(everywhere: None) -> tuple[Household, Person, Person]:
    household = make_household(head_name="Đỗ Văn Ẩn", identity="060070000123")
    wife = make_person(household, full_name="Lê Thị Bưởi", relation="Vợ", identity="060170000456")
    return household, household.members.get(is_head=True), wife


def people(household: Household) -> list[tuple[str, bool, str]]:
    return list(household.members.order_by("pk").values_list("full_name", "is_head", "relation"))


def change(household: Household, person: Person, official: Officer, **over: object) -> Household:
    said = {"relation": "Chồng", "version": household.version, "by": official, **over}
    return change_head(household.pk, person.pk, **said)  # type: ignore[arg-type]


def test_the_new_head_steps_up_and_the_former_one_stays_as_a_member(family, official):
    household, _former, wife = family
    after = change(household, wife, official)
    assert people(household) == [("Đỗ Văn Ẩn", False, "Chồng"), ("Lê Thị Bưởi", True, "")]
    assert after.version == household.version + 1
    event = AuditEvent.objects.get(verb=Verb.HOUSEHOLD_HEAD_CHANGED)
    assert (event.details["head"], event.details["former_head"]) == ("Lê Thị Bưởi", "Đỗ Văn Ẩn")


def test_a_former_head_who_left_is_no_member_and_the_number_is_free(family, official):
    household, former, wife = family
    change(household, wife, official, relation="")
    assert people(household) == [("Lê Thị Bưởi", True, "")]
    assert not Person.objects.filter(cccd_hash=former.cccd_hash).exists()


@pytest.mark.parametrize("relation", ["Chồng", ""], ids=["stays", "leaves"])
@pytest.mark.parametrize("status", [Status.DRAFT, Status.APPROVED])
def test_what_was_promised_stays_with_the_household(family, official, status, relation):
    household, _former, wife = family
    opened = make_round()
    make_quota(opened, household.area, allowed=5)
    line = make_allocation(make_list(opened, household.area), household, status)
    change(household, wife, official, relation=relation)
    line.refresh_from_db()
    assert (line.status, line.household_id) == (status, household.pk)


@pytest.mark.parametrize("who", ["head", "stranger", "gone"])
def test_only_another_living_member_can_be_the_head(family, official, who):
    household, former, wife = family
    Person.objects.filter(pk=wife.pk).update(is_live=who != "gone")
    chosen = {"head": former, "gone": wife, "stranger": make_household(identity=None).members.get()}[who]
    with pytest.raises(NotPossible):
        change(household, chosen, official)
    assert people(household)[0][:2] == ("Đỗ Văn Ẩn", True)


def test_a_household_changed_meanwhile_is_not_changed(family, official):
    household, _former, wife = family
    Household.objects.filter(pk=household.pk).update(version=7)
    with pytest.raises(ChangedMeanwhile):
        change(household, wife, official)


def test_the_page_offers_the_members_and_asks_for_the_relation(family, official):
    household, _former, wife = family
    client, url = browser(official), reverse("households:head", args=[household.code])
    assert url in client.get(reverse("households:detail", args=[household.code])).text
    page = client.get(url).text
    assert "Lê Thị Bưởi" in page
    said = {"person": wife.pk, "former": "o", "relation": "", "version": household.version}
    refused = client.post(url, said | {"khoa_lan_gui": str(uuid.uuid4())})
    assert (refused.status_code, "Say how the former head is related" in refused.text) == (422, True)
    done = client.post(url, said | {"relation": "Chồng", "khoa_lan_gui": str(uuid.uuid4())}, follow=True)
    assert "Another head of household" in done.text  # the timeline
    assert people(household)[1] == ("Lê Thị Bưởi", True, "")


def test_a_household_alone_is_asked_for_a_member_first(official):
    household = make_household()
    assert "Add a member" in browser(official).get(reverse("households:head", args=[household.code])).text


def test_the_head_of_another_communes_household_cannot_be_changed(family):
    household, _former, _wife = family
    client = browser(make_officer(area=commune(LIEN_HUONG), username="another"))
    assert client.get(reverse("households:head", args=[household.code])).status_code == 404
