"""Adding, changing, delisting a household and looking at numbers: what happens, what is recorded, what is refused."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import translation

from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from administration.verbs import Verb
from beneficiaries import actions
from beneficiaries.household_values import HouseholdValues, PersonValues
from beneficiaries.models import Household, Person
from beneficiaries.sealing import fingerprint
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    commune,
    district,
    made_up_identity,
    make_household,
    make_officer,
    make_person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def person(**more: Any) -> PersonValues:
    return PersonValues(**{"full_name": "Đỗ Thị Ẩn", "gender": "F", "birth_year": 1970, "identity_number": "", **more})


def values(head: PersonValues | None = None, *members: PersonValues, **more: Any) -> HouseholdValues:
    given = {"area_no": commune().number, "hamlet": "Khu phố 1", "category": "HN", **more}
    return HouseholdValues(head=head or person(), members=list(members), **given)


def as_registered(household: Household, **more: Any) -> HouseholdValues:
    """What the form would send for an unchanged household."""
    people = [
        PersonValues(
            full_name=p.full_name, gender=p.gender, birth_year=p.birth_year, birth_date=p.birth_date,
            birth_precision=p.birth_precision, ethnic_group=p.ethnic_group_id or "", relation=p.relation,
            attends_school=p.attends_school, person_id=p.pk,
        )
        for p in household.members.order_by("-is_head", "pk")
    ]  # fmt: skip
    given = {"hamlet": household.hamlet, "category": household.category, "member_count": household.member_count, **more}
    return values(people[0], *people[1:], **given)


def change(household: Household, given: HouseholdValues, **more: Any) -> Household:
    by = make_officer(area=household.area)
    return actions.change_household(household.pk, given, version=household.version, by=by, **more)


def test_a_new_household_gets_a_code_and_is_told_in_one_event():
    officer = make_officer()
    at = datetime.datetime(2024, 6, 3, 8, 0, tzinfo=datetime.UTC)
    number = made_up_identity()

    household = actions.add_household(
        values(person(identity_number=number), person(full_name="Lê Văn Con", gender="M", birth_year=2012)),
        by=officer,
        at=at,
    )

    assert household.code == "22915-00001"
    assert [(p.full_name, p.is_head, p.area_id) for p in household.members.order_by("pk")] == [
        ("Đỗ Thị Ẩn", True, commune().number), ("Lê Văn Con", False, commune().number),
    ]  # fmt: skip
    head = household.members.get(is_head=True)
    assert head.identity_number == number
    assert number.encode() not in bytes(head.cccd_sealed)
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.at, event.officer_id) == (Verb.HOUSEHOLD_ADDED, at, officer.pk)
    assert (event.area_no, event.household_ids) == (commune().number, [household.pk])


def test_a_household_is_added_only_to_a_commune_inside_the_officers_area():
    officer = make_officer(area=commune(PHU_HAI))

    with pytest.raises(NotPossible, match="outside your area"):
        actions.add_household(values(), by=officer)
    with pytest.raises(NotPossible, match="outside your area"):
        actions.add_household(values(area_no=district().number), by=make_officer(Role.REVIEWER))


def test_a_number_that_is_registered_elsewhere_is_refused_with_the_name_of_the_commune():
    holder = make_household(commune(LIEN_HUONG), identity="060170000777")

    with pytest.raises(NotPossible, match=f"060••••••777.*Thị trấn Liên Hương.*{holder.code}"):
        actions.add_household(values(person(identity_number="060170000777")), by=make_officer())
    assert Household.objects.count() == 1
    assert not AuditEvent.objects.exists()


def test_one_number_for_two_members_is_refused():
    with pytest.raises(NotPossible, match="060••••••777 is given to two members"):
        actions.add_household(
            values(person(identity_number="060170000777"), person(identity_number="060170000777")), by=make_officer()
        )


def test_a_change_writes_what_differs_and_masks_numbers():
    household = make_household(identity="060170000111", members=2)
    head, child = household.members.order_by("-is_head")
    given = as_registered(household, hamlet="Khu phố 2", attributes=["NCC"])
    given.head.birth_date, given.head.birth_precision = datetime.date(1970, 3, 5), "day"
    given.head.identity_number = "060170000222"
    given.members[0].full_name = "Trần Văn Đổi"

    changed = change(household, given)

    assert (changed.hamlet, changed.attributes, changed.version) == ("Khu phố 2", ["NCC"], 2)
    assert changed.updated_at > household.updated_at
    head.refresh_from_db()
    assert (head.birth_date, head.identity_number) == (datetime.date(1970, 3, 5), "060170000222")
    (event,) = AuditEvent.objects.all()
    assert event.verb == Verb.HOUSEHOLD_CHANGED
    assert event.details["changes"] == [
        {"field": "hamlet", "old": "Khu phố 1", "new": "Khu phố 2"},
        {"field": "attributes", "old": [], "new": ["NCC"]},
        {"field": "birth", "old": "1970", "new": "05/03/1970", "person": head.full_name},
        {"field": "identity_number", "old": "060••••••111", "new": "060••••••222", "person": head.full_name},
        {"field": "full_name", "old": child.full_name, "new": "Trần Văn Đổi", "person": child.full_name},
    ]
    assert "060170000" not in str(event.details)


def test_numbers_that_are_not_typed_again_stay_and_are_not_sealed_anew():
    household = make_household(identity="060170000111")
    sealed = bytes(household.members.get().cccd_sealed)

    change(household, as_registered(household, hamlet="Khu phố 9"))

    assert bytes(household.members.get().cccd_sealed) == sealed


def test_a_change_that_changes_nothing_leaves_no_trace():
    household = make_household(members=2)

    assert change(household, as_registered(household)).version == 1
    assert not AuditEvent.objects.exists()


def test_a_number_can_be_removed_and_can_move_to_another_member():
    household = make_household(identity="060170000111", members=2)
    head, child = household.members.order_by("-is_head")
    given = as_registered(household)
    given.head.identity_number, given.members[0].identity_number = "", "060170000111"

    change(household, given)

    head.refresh_from_db()
    child.refresh_from_db()
    assert (head.identity_number, child.identity_number) == ("", "060170000111")


def test_a_number_cannot_move_to_a_member_while_it_stays_with_another():
    household = make_household(identity="060170000111", members=2)
    given = as_registered(household)
    given.members[0].identity_number = "060170000111"

    with pytest.raises(NotPossible, match="given to two members"):
        change(household, given)


def test_members_are_added_and_removed():
    household = make_household(members=2)
    child = household.members.get(is_head=False)
    given = as_registered(household)
    given.members = [person(full_name="Đỗ Văn Mới", gender="M", birth_year=2020)]

    change(household, given)

    assert [p.full_name for p in household.members.filter(is_head=False)] == ["Đỗ Văn Mới"]
    changes = AuditEvent.objects.get().details["changes"]
    assert {"field": "member_added", "old": "", "new": "Đỗ Văn Mới"} in changes
    assert {"field": "member_removed", "old": child.full_name, "new": ""} in changes


def test_a_household_that_somebody_else_has_changed_is_not_overwritten():
    household = make_household()
    change(household, as_registered(household, hamlet="Khu phố 2"))

    with pytest.raises(actions.ChangedMeanwhile):
        change(household, as_registered(household, hamlet="Khu phố 3"))
    household.refresh_from_db()
    assert household.hamlet == "Khu phố 2"


def test_a_change_outside_the_officers_area_finds_nothing():
    household = make_household(commune(PHU_HAI))

    with pytest.raises(Household.DoesNotExist):
        actions.change_household(household.pk, as_registered(household), version=1, by=make_officer())


def test_a_delisted_household_keeps_its_record_and_frees_its_number():
    household = make_household(identity="060170000111")
    officer = make_officer()

    delisted = actions.delist_household(household.pk, reason=" Đã chuyển đi ", by=officer)

    assert (delisted.delisted_on is not None, delisted.delisting_reason, delisted.version) == (True, "Đã chuyển đi", 2)
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.details["reason"]) == (Verb.HOUSEHOLD_DELISTED, "Đã chuyển đi")
    actions.add_household(values(person(identity_number="060170000111")), by=officer)
    with pytest.raises(NotPossible, match="off the register"):
        actions.change_household(household.pk, as_registered(household), version=2, by=officer)


def test_delisting_needs_a_reason():
    with pytest.raises(NotPossible, match="Say why"):
        actions.delist_household(make_household().pk, reason=" ", by=make_officer())


def test_revealing_a_number_is_recorded_without_the_number():
    household = make_household(identity="060170000111")
    head = household.members.get()

    assert actions.reveal_identity(head.pk, by=make_officer()) == "060170000111"
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.household_ids) == (Verb.IDENTITY_REVEALED, [household.pk])
    assert event.details == {"person": head.full_name, "number": "060••••••111"}


def test_a_number_is_revealed_only_where_there_is_one_and_only_inside_the_area():
    nameless = make_household(identity=None).members.get()
    foreign = make_household(commune(PHU_HAI)).members.get()

    with pytest.raises(NotPossible, match="No identity number"):
        actions.reveal_identity(nameless.pk, by=make_officer())
    with pytest.raises(Person.DoesNotExist):
        actions.reveal_identity(foreign.pk, by=make_officer())
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("number", ["060170000111", "261234567"])
def test_looking_up_a_number_finds_any_member_and_is_recorded(number):
    household = make_household(identity=None)
    member = make_person(household, identity="060170000111")
    Person.objects.filter(pk=member.pk).update(cmnd_hash=fingerprint("261234567"))
    officer = make_officer()

    assert actions.find_by_identity(number, by=officer) == household.pk
    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.household_ids) == (Verb.IDENTITY_SEARCHED, [household.pk])
    assert event.details["found"] is True
    assert number not in str(event.details)


def test_looking_up_a_number_of_another_commune_finds_nobody_and_is_recorded():
    make_household(commune(PHU_HAI), identity="060170000111")

    assert actions.find_by_identity("060170000111", by=make_officer()) is None
    assert AuditEvent.objects.get().details["found"] is False
