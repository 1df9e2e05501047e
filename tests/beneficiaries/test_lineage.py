"""Merging, moving and splitting keep every row, every history and the promise; undoing gives everything back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction

from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from administration.scope import scope_of
from administration.verbs import Verb
from allocations.actions import build_list, decline, undo_hand_over
from allocations.models import Allocation, Claim
from beneficiaries import actions
from beneficiaries.models import Household, HouseholdLink, MoveRequest, Person
from beneficiaries.sealing import fingerprint
from reports.invariants import INVARIANTS, breaches_of
from tests.beneficiaries.test_household_actions import as_registered
from tests.factories import (
    PHU_HAI,
    commune,
    district,
    made_up_identity,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_person,
    make_quota,
    make_round,
)
from tests.reports.test_definitions import hand_over_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def there(everywhere):
    return make_officer(area=commune(PHU_HAI))


def all_rules_hold() -> bool:
    return [rule.key for rule in INVARIANTS if rule.key != "I4-decisions" and breaches_of(rule)] == []


def received(household: Household, round=None) -> Allocation:
    """A device has been given to the household."""
    round = round or make_round()
    make_quota(round, household.area)
    line = make_allocation(
        make_list(round, household.area), household, "handed_over",
        device=make_device(household.area, state="handed_over"),
    )  # fmt: skip
    hand_over_to(line)
    return line


def picture() -> dict[str, list[tuple]]:
    """What the register and the promise look like, ids and all; versions apart."""
    return {
        "households": list(
            Household.objects.order_by("pk").values_list("pk", "area", "hamlet", "delisted_on", "continues_in", "phone")
        ),
        "people": [
            (pk, household, head, live, bytes(number or b""))
            for pk, household, head, live, number in Person.objects.order_by("pk").values_list(
                "pk", "household", "is_head", "is_live", "cccd_hash"
            )
        ],
        "lines": list(Allocation.objects.order_by("pk").values_list("pk", "household", "counts_for", "status")),
        "claims": sorted(
            (allocation, person or 0, bytes(number or b""))
            for allocation, person, number in Claim.objects.values_list("allocation", "person", "identity_hash")
        ),
    }


# --- Merging ----------------------------------------------------------------------------------------------------------


def test_a_merger_closes_one_record_and_takes_its_people_and_numbers_along(official):
    kept = make_household(head_name="Nguyễn Thị Hoa", identity=None, phone="")
    gone = make_household(head_name="Nguyễn Thị Hòa", identity=made_up_identity(77), phone="0912345678")
    child = make_person(gone, full_name="Trần Văn Con", gender="M", birth_year=2010)
    heads = {gone.members.get(is_head=True).pk: kept.members.get(is_head=True).pk}

    link = actions.merge_households(kept.pk, gone.pk, same=heads, by=official)

    kept.refresh_from_db(), gone.refresh_from_db(), child.refresh_from_db()
    assert (gone.continues_in_id, gone.delisted_on is not None) == (kept.pk, True)
    assert kept.phone == "0912345678"
    head = kept.members.get(is_head=True)
    assert bytes(head.cccd_hash) == fingerprint(made_up_identity(77))
    assert child.household_id == kept.pk
    assert [p.full_name for p in gone.members.order_by("pk")] == ["Nguyễn Thị Hòa", "Trần Văn Con"]
    assert not gone.members.filter(is_live=True).exists()
    assert AuditEvent.objects.get(verb=Verb.HOUSEHOLDS_MERGED).household_ids == [kept.pk, gone.pk]
    assert not link.both_received
    assert all_rules_hold()


def test_an_undone_merger_leaves_everything_as_it_was(official):
    kept = make_household(head_name="Nguyễn Thị Hoa", identity=None, members=2)
    gone = make_household(head_name="Nguyễn Thị Hòa", identity=made_up_identity(77), phone="0912345678")
    make_person(gone, full_name="Trần Văn Út", gender="M", birth_year=2010, identity=made_up_identity(78))
    received(gone)
    before = picture()
    heads = {gone.members.get(is_head=True).pk: kept.members.get(is_head=True).pk}
    link = actions.merge_households(kept.pk, gone.pk, same=heads, by=official)
    assert picture() != before

    actions.undo_link(link.pk, by=official)

    assert picture() == before
    assert all_rules_hold()
    with pytest.raises(NotPossible, match="already been undone"):
        actions.undo_link(link.pk, by=official)


def test_what_the_closed_record_received_counts_for_the_other(official):
    kept, gone = make_household(members=2), make_household()
    line = received(gone)

    actions.merge_households(kept.pk, gone.pk, by=official)

    line.refresh_from_db()
    assert line.counts_for_id == kept.pk
    build_list(make_round().pk, commune().pk, by=official)
    assert not Allocation.objects.filter(household=kept).exists()
    newborn = make_person(kept, full_name="Trần Thị Mới", birth_year=2024)
    assert line.claims.filter(person=newborn).exists()
    assert all_rules_hold()


def test_a_record_that_is_on_a_list_is_not_closed(official):
    kept, gone = make_household(), make_household()
    line = make_allocation(make_list(make_round()), gone, "submitted")
    with pytest.raises(NotPossible, match="being decided on"):
        actions.merge_households(kept.pk, gone.pk, by=official)
    Allocation.objects.filter(pk=line.pk).update(status="draft")
    with pytest.raises(NotPossible, match="Take it off first"):
        actions.merge_households(kept.pk, gone.pk, by=official)
    assert not HouseholdLink.objects.exists()


@pytest.mark.parametrize("status", ["draft", "submitted", "approved"])
def test_a_household_on_a_list_does_not_swallow_one_that_received(official, status):
    kept, gone = make_household(), make_household()
    received(gone)
    other = make_round()
    make_quota(other)
    make_allocation(make_list(other), kept, status)

    with pytest.raises(NotPossible, match="already has a device or is on a list"):
        actions.merge_households(kept.pk, gone.pk, by=official)


def test_where_both_have_received_the_merger_says_so_and_nobody_receives_again(official):
    kept, gone = make_household(members=2), make_household()
    make_person(gone, full_name="Trần Văn Út", gender="M", birth_year=2010)
    received(kept), received(gone)
    before = picture()

    link = actions.merge_households(kept.pk, gone.pk, by=official)

    assert link.both_received
    assert AuditEvent.objects.get(verb=Verb.HOUSEHOLDS_MERGED).details["both_received"] is True
    assert all_rules_hold()
    actions.undo_link(link.pk, by=official)
    assert picture() == before


def test_a_merger_is_not_undone_after_somebody_changed_the_household(official):
    kept, gone = make_household(), make_household()
    link = actions.merge_households(kept.pk, gone.pk, by=official)
    Household.objects.filter(pk=kept.pk).update(version=99)
    with pytest.raises(NotPossible, match="changed since"):
        actions.undo_link(link.pk, by=official)


def test_two_records_outside_the_area_are_not_merged(official):
    with pytest.raises(NotPossible, match="your area"):
        actions.merge_households(make_household().pk, make_household(commune(PHU_HAI)).pk, by=official)


def test_an_office_above_both_communes_merges_across_them():
    kept, gone = make_household(), make_household(commune(PHU_HAI))
    line = received(gone)
    reviewer = make_officer(Role.REVIEWER, district())

    with scope_of(reviewer):
        actions.merge_households(kept.pk, gone.pk, by=reviewer)

    line.refresh_from_db()
    assert line.counts_for_id == kept.pk
    assert all_rules_hold()


def test_a_chain_of_mergers_carries_the_device_to_its_end(official):
    first, second, third = make_household(), make_household(), make_household()
    line = received(first)
    actions.merge_households(second.pk, first.pk, by=official)
    last = actions.merge_households(third.pk, second.pk, by=official)
    line.refresh_from_db()
    assert line.counts_for_id == third.pk
    assert all_rules_hold()

    actions.undo_link(last.pk, by=official)

    line.refresh_from_db()
    assert line.counts_for_id == second.pk
    assert all_rules_hold()


# --- Moving -----------------------------------------------------------------------------------------------------------


def test_a_household_moves_when_both_communes_agree(official, there):
    household = make_household(members=2)
    line = received(household)
    with scope_of(there):
        asked = actions.ask_move(household.code, to_area_no=commune(PHU_HAI).pk, reason="Đã về ở với con", by=there)
        assert asked.head_name == ""  # whoever asks by a code learns no name
        with pytest.raises(NotPossible, match="other commune answers"):
            actions.accept_move(asked.pk, by=there)
    with scope_of(official):
        link = actions.accept_move(asked.pk, by=official)

    household.refresh_from_db(), line.refresh_from_db()
    new = Household.objects.get(pk=link.target_id)
    assert (new.area_id, household.continues_in_id, line.counts_for_id) == (commune(PHU_HAI).pk, new.pk, new.pk)
    assert new.members.filter(is_live=True, is_head=True).count() == 1
    assert household.members.count() == 2  # the picture that the commune's papers show
    assert all_rules_hold()
    with scope_of(there):
        build_list(make_round().pk, commune(PHU_HAI).pk, by=there)
    assert not Allocation.objects.filter(household=new).exists()


def test_a_member_who_leaves_after_a_move_leaves_the_copy_that_the_former_commune_keeps(official, there):
    household = make_household()
    make_person(household, relation="con")
    asked = actions.ask_move(household.code, to_area_no=commune(PHU_HAI).pk, reason="Chuyển đi", by=official)
    new = Household.objects.get(pk=actions.accept_move(asked.pk, by=there).target_id)
    values = as_registered(new)

    with scope_of(there):
        actions.change_household(new.pk, replace(values, members=[]), version=new.version, by=there)
        transaction.get_connection().check_constraints()

    assert [person.is_head for person in new.members.all()] == [True]
    copies = household.members.order_by("pk")
    assert [(copy.is_live, copy.same_as_id is None) for copy in copies] == [(False, False), (False, True)]
    assert all_rules_hold()


def test_a_move_is_undone_by_the_commune_that_has_the_household(official, there):
    household = make_household(members=2)
    received(household)
    before = picture()
    asked = actions.ask_move(household.code, to_area_no=commune(PHU_HAI).pk, reason="Chuyển đi", by=official)
    assert asked.head_name
    link = actions.accept_move(asked.pk, by=there)
    with scope_of(official), pytest.raises(NotPossible, match="has the household now"):
        actions.undo_link(link.pk, by=official)

    with scope_of(there):
        actions.undo_link(link.pk, by=there)

    after = picture()
    for what in ("lines", "claims"):
        assert after[what] == before[what]
    assert after["households"][: len(before["households"])] == before["households"]
    assert [row for row in after["people"] if row[1] == household.pk] == before["people"]
    assert Household.objects.get(pk=link.target_id).delisted_on
    assert all_rules_hold()


def test_the_destinations_own_record_becomes_one_with_the_moved_one(official, there):
    old = make_household(head_name="Lê Thị Mai", identity=made_up_identity(41))
    own = make_household(commune(PHU_HAI), head_name="Lê Thị Mai", identity=None)
    asked = actions.ask_move(
        old.code, to_area_no=commune(PHU_HAI).pk, reason="Hộ đã chuyển về", into_id=own.pk, by=there
    )  # fmt: skip
    actions.accept_move(asked.pk, by=official)

    assert bytes(own.members.get(is_live=True).cccd_hash) == fingerprint(made_up_identity(41))
    assert not old.members.filter(is_live=True).exists()
    assert all_rules_hold()


def test_a_move_is_refused_with_a_reason_asked_once_and_taken_back_by_who_asked(official, there):
    household = make_household()
    asked = actions.ask_move(household.code, to_area_no=commune(PHU_HAI).pk, reason="Chuyển đi", by=official)
    with pytest.raises(NotPossible, match="already asked"):
        actions.ask_move(household.code, to_area_no=commune(PHU_HAI).pk, reason="Chuyển đi", by=there)
    with pytest.raises(NotPossible, match="do not agree"):
        actions.refuse_move(asked.pk, reason=" ", by=there)
    actions.refuse_move(asked.pk, reason="Không ở xã tôi", by=there)
    with pytest.raises(NotPossible, match="already been answered"):
        actions.accept_move(asked.pk, by=there)
    again = actions.ask_move(household.code, to_area_no=commune(PHU_HAI).pk, reason="Chuyển đi", by=official)
    with scope_of(there), pytest.raises(NotPossible, match="side that asked"):
        actions.take_back_move(again.pk, by=there)
    actions.take_back_move(again.pk, by=official)
    assert set(MoveRequest.objects.values_list("state", flat=True)) == {"refused", "taken_back"}
    with pytest.raises(NotPossible, match="this code"):
        actions.ask_move("00000-00000", to_area_no=commune(PHU_HAI).pk, reason="x", by=there)
    with pytest.raises(NotPossible, match="belongs to this commune"):
        actions.ask_move(household.code, to_area_no=commune().pk, reason="x", by=official)


# --- Splitting --------------------------------------------------------------------------------------------------------


def test_a_household_splits_with_its_history_and_what_was_received_counts_for_both(official):
    household = make_household(members=1, prior_device="Máy tính bảng")
    son = make_person(household, full_name="Trần Văn Con", gender="M", birth_year=1995, identity=made_up_identity(5))
    line = received(household)

    link = actions.split_household(household.pk, [son.pk], head_id=son.pk, version=1, by=official)

    new, son = link.target, Person.objects.get(pk=son.pk)
    assert (son.household_id, son.is_head, new.prior_device) == (new.pk, True, "Máy tính bảng")
    assert line.claims.filter(person=son).exists()
    build_list(make_round().pk, commune().pk, by=official)
    assert not Allocation.objects.filter(household=new).exists()
    assert all_rules_hold()


def test_a_splitting_is_undone(official):
    household = make_household(members=3)
    leaving = list(household.members.filter(is_head=False))
    received(household)
    before = picture()
    link = actions.split_household(
        household.pk, [p.pk for p in leaving], head_id=leaving[0].pk, version=1, by=official
    )  # fmt: skip

    actions.undo_link(link.pk, by=official)

    after = picture()
    assert [row for row in after["people"] if row[1] == household.pk] == before["people"]
    assert after["claims"] == before["claims"]
    assert Household.objects.get(pk=household.pk).member_count == 3
    assert all_rules_hold()
    with pytest.raises(NotPossible, match="live elsewhere"):
        actions.relist_household(link.target_id, reason="x", by=official)


def test_a_household_under_decision_is_not_split(official):
    household = make_household(members=2)
    child = household.members.get(is_head=False)
    make_allocation(make_list(make_round()), household, "submitted")
    with pytest.raises(NotPossible, match="after the decision"):
        actions.split_household(household.pk, [child.pk], head_id=child.pk, version=1, by=official)


@pytest.mark.parametrize("who", ["head", "stranger", "nobody"])
def test_only_members_leave_and_the_head_stays(official, who):
    household = make_household(members=2)
    chosen = {
        "head": [household.members.get(is_head=True).pk], "stranger": [make_household().members.get().pk], "nobody": []
    }[who]  # fmt: skip
    with pytest.raises(NotPossible, match="the head stays"):
        actions.split_household(household.pk, chosen, head_id=0, version=1, by=official)


# --- Leaving and coming back ------------------------------------------------------------------------------------------


def test_a_household_comes_back_unless_its_number_is_taken(official):
    household = make_household(identity=made_up_identity(9))
    actions.delist_household(household.pk, reason="Nhầm", by=official)
    other = make_household(identity=made_up_identity(9))
    with pytest.raises(NotPossible, match="already belongs"):
        actions.relist_household(household.pk, reason="Vẫn ở đây", by=official)
    other.delete()

    back = actions.relist_household(household.pk, reason="Vẫn ở đây", by=official)

    assert back.delisted_on is None
    assert back.members.get().is_live
    with pytest.raises(NotPossible, match="has not left"):
        actions.relist_household(household.pk, reason="x", by=official)


@pytest.mark.parametrize("status", ["submitted", "waiting", "approved"])
def test_a_household_under_way_does_not_leave_the_register(official, status):
    household = make_household()
    round = make_round()
    make_quota(round)
    make_allocation(make_list(round), household, status)
    with pytest.raises(NotPossible, match="being decided on"):
        actions.delist_household(household.pk, reason="Chuyển đi", by=official)


def test_a_line_of_a_household_that_left_is_not_signed(official):
    household = make_household()
    line = make_allocation(make_list(make_round()), household)
    actions.delist_household(household.pk, reason="Chuyển đi", by=official)
    from administration.refusals import refusals_as_sentences

    with pytest.raises(NotPossible, match="no longer in the register"), refusals_as_sentences():
        Allocation.objects.filter(pk=line.pk).update(status="submitted", signed_by=make_officer())


def test_a_hand_over_is_not_undone_once_somebody_helped_elsewhere_has_joined(official):
    """Otherwise the approved line would give that person a second device."""
    household, helped = make_household(), make_household(members=2, identity=made_up_identity(6))
    child = helped.members.get(is_head=False)
    received(helped)
    link = actions.split_household(helped.pk, [child.pk], head_id=child.pk, version=1, by=official)
    line = received(household)
    actions.merge_households(household.pk, link.target_id, by=official)
    assert all_rules_hold()

    with pytest.raises(NotPossible, match="already has a device"):
        undo_hand_over(line.pk, reason="Ghi nhầm", by=official)


def test_whoever_a_line_lets_go_of_belongs_to_what_their_household_has_received_meanwhile(official):
    helped, given = make_household(members=2, identity=made_up_identity(6)), make_household()
    child = helped.members.get(is_head=False)
    first, second = received(helped), received(given)
    link = actions.split_household(helped.pk, [child.pk], head_id=child.pk, version=1, by=official)
    actions.merge_households(link.target_id, given.pk, by=official)
    assert Claim.objects.get(person=child).allocation_id == first.pk

    undo_hand_over(first.pk, reason="Ghi nhầm", by=official)
    decline(first.pk, reason="Không nhận", by=official)

    assert Claim.objects.get(person=child).allocation_id == second.pk
    assert all_rules_hold()
