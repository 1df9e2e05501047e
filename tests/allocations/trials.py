"""What the database must refuse, tried by direct SQL as the application role; each with the guard that refuses it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from administration.models import Delegation, Role
from allocations.models import Allocation, CommuneList, Complaint, Demand, Payment
from beneficiaries.models import Household, Person
from devices.models import Device, DeviceModel
from tests.factories import (
    LIEN_HUONG,
    PHU_HAI,
    TUY_PHONG,
    commune,
    district,
    made_up_identity,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_lot,
    make_officer,
    make_quota,
    make_round,
    make_support,
    province,
)


def execute(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


# ---- The scene the guards are tried on -------------------------------------------------------------------------------


@dataclass
class Scene:
    """One commune with a list of two rounds, quotas, and households in the states the trials need."""

    lists: list[CommuneList]
    line: Allocation
    submitted: Allocation
    approved: Allocation
    bare: Household  # has a live line and no members, so that only the household is claimed
    moving: Person  # member of the approved household, without a number
    gone: str  # identity number of a helped head who has left the register
    reviewer: int
    cash: Allocation  # approved for cash
    phone: Device
    tablet: Device


def set_scene() -> Scene:
    round, other = make_round(), make_round()
    for area, allowed in ((province(), 3), (district(), 2), (commune(), 2)):
        make_quota(round, area, allowed)
    first, second = make_list(round), make_list(other)
    make_quota(other, allowed=5)
    bare = make_household()
    bare.members.all().delete()
    make_allocation(first, bare)
    helped = make_household(members=2)
    approved = make_allocation(first, helped, "approved")
    number = made_up_identity(777)
    departed = make_household(identity=number)
    make_allocation(second, departed, "approved")
    departed.members.update(is_live=False)
    make_quota(round, allowed=5, source_id=make_support(round, "QUY", "TIEN").source_id, form="TIEN")
    Demand.objects.create(round=round, ram_gb=4)
    weak = DeviceModel.objects.create(name="Máy yếu", kind="phone", networks=["4G"], ram_gb=2)
    tablet = DeviceModel.objects.create(name="Máy tính bảng", kind="tablet", networks=["4G"])
    return Scene(
        lists=[first, second],
        line=make_allocation(first),
        submitted=make_allocation(first, status="submitted"),
        approved=approved,
        bare=bare,
        moving=helped.members.get(is_head=False),
        gone=number,
        reviewer=make_officer(Role.REVIEWER).pk,
        cash=make_allocation(first, status="approved", form="TIEN", decided_at=timezone.now()),
        phone=make_device(lot=make_lot(model=weak)),
        tablet=make_device(lot=make_lot(model=tablet)),
    )


# ---- What is tried --------------------------------------------------------------------------------------------------

Trial = Callable[[Scene], object]


def list_the_household_twice(s: Scene) -> None:
    make_allocation(s.lists[1], s.bare)


def list_a_person_helped_under_another_address(s: Scene) -> None:
    make_allocation(s.lists[0], make_household(identity=s.gone))


def move_a_helped_person_into_a_listed_household(s: Scene) -> None:
    execute("UPDATE beneficiaries_person SET household_id = %s WHERE id = %s", s.line.household_id, s.moving.pk)


def approve(s: Scene, *lines: Allocation) -> None:
    for line in lines:
        execute(
            "UPDATE allocations_allocation SET status = 'approved', decided_by_id = %s WHERE id = %s",
            s.reviewer, line.pk,
        )  # fmt: skip


def approve_one_more_than_the_quota(s: Scene) -> None:
    approve(s, s.submitted, make_allocation(s.lists[0], status="submitted"))


def approve_in_a_unit_without_a_quota(s: Scene) -> None:
    elsewhere = make_list(s.lists[0].round, commune(PHU_HAI))
    approve(s, make_allocation(elsewhere, status="submitted"))


def approve_a_draft(s: Scene) -> None:
    approve(s, s.line)


def becomes_reviewer(officer_id: int) -> None:
    """Somebody who has listed or signed is moved to the reviewing desk; the list is still their own work."""
    execute(
        "UPDATE administration_officer SET role = 'reviewer', area_id = %s WHERE id = %s", district().pk, officer_id
    )


def approve_what_one_has_listed(s: Scene) -> None:
    becomes_reviewer(s.submitted.listed_by_id)
    execute(
        "UPDATE allocations_allocation SET status = 'approved', decided_by_id = listed_by_id WHERE id = %s",
        s.submitted.pk,
    )  # fmt: skip


def approve_what_one_has_signed(s: Scene) -> None:
    becomes_reviewer(s.submitted.signed_by_id)
    execute(
        "UPDATE allocations_allocation SET status = 'approved', decided_by_id = signed_by_id WHERE id = %s",
        s.submitted.pk,
    )  # fmt: skip


def approve_as(s: Scene, officer_id: int, *, standing_in_for: int | None = None) -> None:
    execute(
        "UPDATE allocations_allocation SET status = 'approved', decided_by_id = %s, decided_for_id = %s,"
        " decided_at = now() WHERE id = %s",
        officer_id, standing_in_for, s.submitted.pk,
    )  # fmt: skip


def approve_for_the_province_where_the_district_decides(s: Scene) -> None:
    approve_as(s, make_officer(Role.REVIEWER, province()).pk)


def approve_for_another_district(s: Scene) -> None:
    approve_as(s, make_officer(Role.REVIEWER, district(TUY_PHONG)).pk)


def approve_for_the_district_where_the_province_decides(s: Scene) -> None:
    execute("UPDATE allocations_programme SET profile = 'HAI_CAP'")
    approve_as(s, s.reviewer)


def approve_as_a_commune_leader(s: Scene) -> None:
    approve_as(s, make_officer(Role.COMMUNE_LEADER).pk)


def approve_in_the_place_of_a_reviewer_who_gave_nothing(s: Scene) -> None:
    approve_as(s, make_officer().pk, standing_in_for=s.reviewer)


def delegate(giver: int, taker: int, *, ended: bool = False) -> None:
    today = timezone.localdate()
    Delegation.objects.create(
        giver_id=giver, taker_id=taker, starts_on=today, ends_on=today, reason="QĐ 5", made_by_id=giver,
        made_at=timezone.now(), ended_at=timezone.now() - datetime.timedelta(hours=1) if ended else None,
    )  # fmt: skip


def approve_with_a_delegation_that_is_over(s: Scene) -> None:
    taker = make_officer().pk
    delegate(s.reviewer, taker, ended=True)
    approve_as(s, taker, standing_in_for=s.reviewer)


def approve_in_the_reviewers_place_what_one_has_listed(s: Scene) -> None:
    delegate(s.reviewer, s.submitted.listed_by_id)
    approve_as(s, s.submitted.listed_by_id, standing_in_for=s.reviewer)


def approve_in_the_place_of_who_listed(s: Scene) -> None:
    taker = make_officer(area=district()).pk
    becomes_reviewer(s.submitted.listed_by_id)
    delegate(s.submitted.listed_by_id, taker)
    approve_as(s, taker, standing_in_for=s.submitted.listed_by_id)


def list_a_household_as_approved_by_nobody_of_the_tier(s: Scene) -> None:
    make_allocation(s.lists[1], status="approved", decided_by=make_officer())


def give_communes_of_two_tiers_more_than_the_province(s: Scene) -> None:
    execute("UPDATE allocations_programme SET profile = 'HAI_CAP'")
    make_quota(s.lists[0].round, commune(LIEN_HUONG), allowed=2)


def approve_without_anybody(s: Scene) -> None:
    execute("UPDATE allocations_allocation SET status = 'approved' WHERE id = %s", s.submitted.pk)


def sign_the_line_one_has_listed(s: Scene) -> None:
    execute(
        "UPDATE allocations_allocation SET status = 'submitted', signed_by_id = listed_by_id WHERE id = %s", s.line.pk
    )


def sign_the_list_one_has_prepared(s: Scene) -> None:
    execute(
        "UPDATE allocations_communelist SET state = 'submitted', signed_by_id = prepared_by_id, submitted_at = now()"
        " WHERE id = %s", s.lists[0].pk,
    )  # fmt: skip


def submit_without_a_signature(s: Scene) -> None:
    execute("UPDATE allocations_communelist SET state = 'submitted' WHERE id = %s", s.lists[0].pk)


def make_a_second_list(s: Scene) -> None:
    make_list(s.lists[0].round)


def give_a_commune_more_than_its_district(s: Scene) -> None:
    execute("UPDATE allocations_quota SET allowed = 3 WHERE round_id = %s AND area_no = %s",
            s.lists[0].round_id, commune().number)  # fmt: skip


def take_from_the_district_what_its_communes_have(s: Scene) -> None:
    execute("UPDATE allocations_quota SET allowed = 1 WHERE round_id = %s AND area_no = %s",
            s.lists[0].round_id, district().number)  # fmt: skip


def hand_over_without_a_device(s: Scene) -> None:
    execute("UPDATE allocations_allocation SET status = 'handed_over' WHERE id = %s", s.approved.pk)


def payer(s: Scene) -> int:
    return s.lists[0].round.supports.first().source_id


def give(s: Scene, device: Device) -> None:
    execute(
        "UPDATE allocations_allocation SET status = 'handed_over', device_id = %s WHERE id = %s",
        device.pk,
        s.approved.pk,
    )


def give_less_than_the_round_demands(s: Scene) -> None:
    give(s, s.phone)


def give_another_kind_of_device(s: Scene) -> None:
    give(s, s.tablet)


def pay(s: Scene, *, line: Allocation | None = None, **more: object) -> None:
    line, day = line or s.cash, timezone.localdate()
    values: dict[str, object] = {
        "amount": 500_000, "proof": "invoice", "proof_no": "1", "bought_on": datetime.date(2023, 1, 9), "price": 1,
        "method": "in_hand", "reference": "1", "is_signed_for": True, "paid_on": day, **more,
    }  # fmt: skip
    Payment.objects.create(
        allocation=line, area=line.area, receiver_name="A", receiver_relation="B", by=line.listed_by, **values
    )
    execute(
        "UPDATE allocations_allocation SET status = 'handed_over', paid_amount = %s WHERE id = %s",
        values["amount"], line.pk,
    )  # fmt: skip


def pay_without_a_payment(s: Scene) -> None:
    execute("UPDATE allocations_allocation SET status = 'handed_over', paid_amount = 5 WHERE id = %s", s.cash.pk)


def pay_less_than_the_round_pays(s: Scene) -> None:
    pay(s, amount=499_999)


def pay_for_an_older_phone(s: Scene) -> None:
    pay(s, bought_on=datetime.date(2022, 12, 11))


def pay_before_the_approval(s: Scene) -> None:
    pay(s, paid_on=timezone.localdate() - datetime.timedelta(2))


def pay_unsigned_in_hand(s: Scene) -> None:
    pay(s, is_signed_for=False)


def pay_without_papers(s: Scene) -> None:
    pay(s, reference=" ")


def pay_before_the_purchase(s: Scene) -> None:
    pay(s, bought_on=timezone.localdate() + datetime.timedelta(1))


def forget_the_payment_of_a_paid_line(s: Scene) -> None:
    pay(s)
    execute("DELETE FROM allocations_payment WHERE allocation_id = %s", s.cash.pk)


def list_whom_the_source_does_not_pay_for(s: Scene) -> None:
    make_allocation(s.lists[0], make_household(category="CSXH"))


def make_a_listed_household_one_that_is_not_paid_for(s: Scene) -> None:
    execute("UPDATE allocations_allocation SET category = 'CSXH' WHERE id = %s", s.line.pk)


def approve_whom_the_source_no_longer_pays_for(s: Scene) -> None:
    execute("UPDATE allocations_fundingsource SET categories = '{HCN}'")
    approve(s, s.submitted)


def approve_more_cash_than_its_quota(s: Scene) -> None:
    execute("UPDATE allocations_quota SET allowed = 1 WHERE form = 'TIEN'")
    approve(s, make_allocation(s.lists[0], status="submitted", form="TIEN"))


def give_what_the_round_does_not_give(s: Scene) -> None:
    execute("UPDATE allocations_allocation SET form = 'MTB' WHERE id = %s", s.line.pk)
    execute("SET CONSTRAINTS ALL IMMEDIATE")


def set_a_quota_for_what_the_round_does_not_give(s: Scene) -> None:
    make_quota(s.lists[0].round, commune(PHU_HAI), source_id=payer(s), form="MTB")
    execute("SET CONSTRAINTS ALL IMMEDIATE")


def answer_without_words(s: Scene) -> None:
    Complaint.objects.create(
        commune_list=s.lists[0], area=commune(), received_on=datetime.date(2024, 6, 3), complainant="A", text="b",
        recorded_by=s.lists[0].prepared_by, answered_on=datetime.date(2024, 6, 3),
    )  # fmt: skip


def put_a_line_on_a_list_of_another_round(s: Scene) -> None:
    other = s.lists[1].round
    execute(
        "UPDATE allocations_allocation SET round_id = %s, source_id = %s, rule_version_id = %s WHERE id = %s",
        other.pk, other.supports.get().source_id, other.rule_versions.get().pk, s.line.pk,
    )  # fmt: skip
    execute("SET CONSTRAINTS ALL IMMEDIATE")


ALLOCATION, LIST, QUOTA, CLAIM = "allocation", "communelist", "quota", "claim"
# (what is tried, the guard that refuses it: kind, table, name, what the refusal names)
GUARDS: list[tuple[Trial, str, str, str, str]] = [
    (list_the_household_twice, "index", ALLOCATION, "household_has_one_live_allocation", ""),
    (list_a_person_helped_under_another_address, "index", CLAIM, "identity_is_helped_once", ""),
    (move_a_helped_person_into_a_listed_household, "index", CLAIM, "person_is_helped_once", ""),
    (approve_one_more_than_the_quota, "constraint", QUOTA, "quota_is_never_exceeded", ""),
    (approve_one_more_than_the_quota, "trigger", ALLOCATION, "quota_counts_changed_lines", "quota_is_never_exceeded"),
    (approve_in_a_unit_without_a_quota, "trigger", ALLOCATION, "quota_counts_changed_lines", "unit_has_a_quota"),
    (approve_a_draft, "trigger", ALLOCATION, "pgtrigger_moves_as_allowed", "line_moves_as_allowed"),
    (approve_what_one_has_listed, "constraint", ALLOCATION, "nobody_approves_what_they_listed", ""),
    (approve_what_one_has_signed, "constraint", ALLOCATION, "nobody_approves_what_they_listed", ""),
    *(
        (trial, "trigger", ALLOCATION, "tier_decides_on_changed_lines", "tier_may_decide")
        for trial in (
            approve_for_the_province_where_the_district_decides, approve_for_another_district,
            approve_for_the_district_where_the_province_decides, approve_as_a_commune_leader,
            approve_in_the_place_of_a_reviewer_who_gave_nothing, approve_with_a_delegation_that_is_over,
        )
    ),
    (list_a_household_as_approved_by_nobody_of_the_tier, "trigger", ALLOCATION, "tier_decides_on_new_lines",
     "tier_may_decide"),
    (approve_in_the_reviewers_place_what_one_has_listed, "constraint", ALLOCATION, "nobody_approves_what_they_listed",
     ""),
    (approve_in_the_place_of_who_listed, "constraint", ALLOCATION, "nobody_decides_for_who_listed", ""),
    (give_communes_of_two_tiers_more_than_the_province, "trigger", QUOTA, "pgtrigger_stays_within_the_parent",
     "quota_stays_within_the_parent"),
    (approve_without_anybody, "constraint", ALLOCATION, "decision_has_somebody_behind_it", ""),
    (sign_the_line_one_has_listed, "constraint", ALLOCATION, "line_is_signed_by_somebody_else", ""),
    (sign_the_list_one_has_prepared, "constraint", LIST, "list_is_signed_by_somebody_else", ""),
    (submit_without_a_signature, "constraint", LIST, "submitted_list_is_signed", ""),
    (make_a_second_list, "index", LIST, "commune_has_one_list_per_round", ""),
    (give_a_commune_more_than_its_district, "trigger", QUOTA, "pgtrigger_stays_within_the_parent",
     "quota_stays_within_the_parent"),
    (take_from_the_district_what_its_communes_have, "trigger", QUOTA, "pgtrigger_stays_within_the_parent",
     "quota_covers_the_units_below"),
    (hand_over_without_a_device, "constraint", ALLOCATION, "handed_over_means_a_device_or_a_payment", ""),
    (give_less_than_the_round_demands, "trigger", ALLOCATION, "device_is_what_was_promised",
     "device_is_good_enough_for_the_round"),
    (give_another_kind_of_device, "trigger", ALLOCATION, "device_is_what_was_promised",
     "device_is_of_the_promised_kind"),
    (pay_without_a_payment, "trigger", ALLOCATION, "payment_stands_behind", "paid_line_has_its_payment"),
    (pay_less_than_the_round_pays, "trigger", ALLOCATION, "payment_stands_behind", "payment_is_what_the_round_pays"),
    (pay_for_an_older_phone, "trigger", ALLOCATION, "payment_stands_behind", "phone_was_bought_since_the_day"),
    (pay_before_the_approval, "trigger", ALLOCATION, "payment_stands_behind", "payment_follows_the_approval"),
    (pay_unsigned_in_hand, "constraint", "payment", "payment_in_hand_is_signed_for", ""),
    (pay_without_papers, "constraint", "payment", "payment_names_its_papers", ""),
    (pay_before_the_purchase, "constraint", "payment", "payment_follows_the_purchase", ""),
    (forget_the_payment_of_a_paid_line, "trigger", "payment", "paid_line_keeps_its_payment",
     "paid_line_has_its_payment"),
    (list_whom_the_source_does_not_pay_for, "trigger", ALLOCATION, "source_pays_for_new_lines",
     "source_pays_for_the_category"),
    (make_a_listed_household_one_that_is_not_paid_for, "trigger", ALLOCATION, "source_pays_for_changed_line",
     "source_pays_for_the_category"),
    (approve_whom_the_source_no_longer_pays_for, "trigger", ALLOCATION, "source_pays_for_approved_lines",
     "source_pays_for_the_category"),
    (approve_more_cash_than_its_quota, "constraint", QUOTA, "quota_is_never_exceeded", ""),
    (give_what_the_round_does_not_give, "constraint", ALLOCATION, "line_gets_what_its_round_gives", ""),
    (set_a_quota_for_what_the_round_does_not_give, "constraint", QUOTA, "quota_is_for_what_its_round_gives", ""),
    (answer_without_words, "constraint", "complaint", "complaint_is_answered_in_writing", ""),
    (put_a_line_on_a_list_of_another_round, "constraint", ALLOCATION, "line_is_of_its_list", ""),
]  # fmt: skip
