"""Reasons and order: pure rules, checked case by case and by property."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.eligibility import (
    Candidate,
    RuleBook,
    decision_blockers,
    find_blockers,
    flags_of,
    in_order,
    rank_key,
    reasons_against,
    rule_for,
)
from allocations.models import Condition, ConditionKind, Flag, PriorityRule
from allocations.readiness import assess, disqualification
from beneficiaries.models import Attribute, Category, PhoneKind

pytestmark = pytest.mark.usefixtures("english")
NOT_HELPED = Condition(position=1, kind=ConditionKind.NO_PRIOR_DEVICE, legal_basis="TT 14/2022/TT-BTTTT, Điều 15")
NO_SMARTPHONE = Condition(position=2, kind=ConditionKind.PHONE, values=["unknown", "none", "basic"])
RULES = [
    PriorityRule(position=1, label="Người có công", categories=["HN", "HCN"], attributes=["NCC", "NCC_TC"]),
    PriorityRule(position=2, label="Chính sách xã hội", categories=["HN", "HCN"], attributes=["BTXH"]),
    PriorityRule(position=3, label="Hộ nghèo", categories=["HN"], attributes=[]),
    PriorityRule(position=4, label="Hộ cận nghèo", categories=["HCN"], attributes=[]),
]
FUND = RuleBook(version=1, categories=["HN", "HCN"], conditions=[NOT_HELPED], rules=RULES)
STRICT = replace(FUND, conditions=[NOT_HELPED, NO_SMARTPHONE])
BASE = Candidate(
    household_id=1, category=Category.POOR, attributes=frozenset(), phone_kind=PhoneKind.BASIC, prior_device="",
    has_identity=True, has_certificate=True, member_count=3, head_birth_year=1970, deprivation_score=30,
    registered_at=datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "round", "codes"),
    [
        ({}, FUND, []),
        ({"category": "HCN"}, FUND, []),
        ({"category": "CSXH"}, FUND, ["KTD"]),
        ({"category": "KTD"}, FUND, ["KTD"]),
        ({"prior_device": "Máy tính bảng 2022"}, FUND, ["DA_NHAN"]),
        ({"phone_kind": "smart"}, FUND, []),
        ({"phone_kind": "smart"}, STRICT, ["CO_MAY"]),
        ({"phone_kind": "unknown"}, STRICT, []),
        ({"has_live_allocation": True}, FUND, ["TRUNG"]),
        ({"has_helped_member": True}, FUND, ["TRUNG"]),
        ({"has_live_allocation": True, "has_helped_member": True}, FUND, ["TRUNG"]),
        ({"category": "KTD", "prior_device": "x", "phone_kind": "smart", "has_live_allocation": True}, STRICT,
         ["KTD", "DA_NHAN", "CO_MAY", "TRUNG"]),
        ({"has_identity": False, "has_certificate": False}, FUND, []),
    ],
)  # fmt: skip
def test_every_reason_against_a_household_is_named_at_once(change, round, codes):
    assert [b.code for b in find_blockers(replace(BASE, **change), round)] == codes


def test_a_reason_says_what_it_rests_on_and_names_the_device():
    (blocker,) = find_blockers(replace(BASE, prior_device="Máy tính bảng"), FUND)
    assert "Máy tính bảng" in str(blocker.message)
    assert blocker.article == "TT 14/2022/TT-BTTTT, Điều 15"


def test_a_household_without_a_place_in_the_order_is_told_so():
    reasons = reasons_against(replace(BASE, category="HCN"), replace(FUND, rules=RULES[:3]))
    assert [r.code for r in reasons] == ["KTD"]
    assert reasons_against(BASE, FUND) == []


@pytest.mark.parametrize(
    ("category", "attributes", "position"),
    [
        ("HN", {"NCC"}, 1), ("HCN", {"NCC_TC", "BTXH"}, 1), ("HN", {"BTXH"}, 2), ("HCN", {"BTXH", "HS"}, 2),
        ("HN", set(), 3), ("HN", {"DTTS"}, 3), ("HCN", {"HS"}, 4), ("CSXH", {"NCC"}, None),
    ],
)  # fmt: skip
def test_the_first_rule_that_fits_gives_the_group(category, attributes, position):
    rule = rule_for(replace(BASE, category=category, attributes=frozenset(attributes)), RULES)
    assert (rule.position if rule else None) == position


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"category": "HN", "attributes": frozenset({"NCC"})}, {"category": "HN"}),
        ({"category": "HCN", "attributes": frozenset({"NCC"})}, {"category": "HN"}),  # merit before plain poor
        ({"category": "HN", "attributes": frozenset({"NCC"})}, {"category": "HCN", "attributes": frozenset({"NCC"})}),
        ({"deprivation_score": 50}, {"deprivation_score": 30}),
        ({"member_count": 6}, {"member_count": 2}),
        ({"head_birth_year": 1940}, {"head_birth_year": 1980}),
        ({"registered_at": datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)}, {}),
    ],
)
def test_of_two_households_the_one_with_the_better_claim_comes_first(first, second):
    better, worse = replace(BASE, household_id=2, **first), replace(BASE, household_id=1, **second)
    assert [c.household_id for c, _rule in in_order([worse, better], RULES)] == [2, 1]


candidates = st.builds(
    Candidate,
    household_id=st.integers(1, 10_000),
    category=st.sampled_from(["HN", "HCN", "CSXH", "KTD"]),
    attributes=st.frozensets(st.sampled_from([a.value for a in Attribute]), max_size=3),
    phone_kind=st.sampled_from([p.value for p in PhoneKind]),
    prior_device=st.just(""),
    has_identity=st.booleans(),
    has_certificate=st.booleans(),
    member_count=st.integers(1, 12),
    head_birth_year=st.integers(1920, 2006),
    deprivation_score=st.integers(0, 60),
    registered_at=st.datetimes(datetime.datetime(2023, 1, 1), datetime.datetime(2024, 1, 1)),  # noqa: DTZ001
)
lists = st.lists(candidates, max_size=30, unique_by=lambda c: c.household_id)


@given(lists, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_the_households_come_in(households, chance):
    shuffled = list(households)
    chance.shuffle(shuffled)
    assert in_order(shuffled, RULES) == in_order(households, RULES)


@given(lists)
def test_the_order_is_whole_sorted_by_group_and_leaves_out_only_who_has_no_place(households):
    placed = in_order(households, RULES)
    assert {c.household_id for c, _r in placed} == {c.household_id for c in households if rule_for(c, RULES)}
    groups = [rule.position for _c, rule in placed]
    assert groups == sorted(groups)
    keys = [rank_key(c, rule.position) for c, rule in placed]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)  # no two households share a place


@given(lists, candidates)
def test_one_more_household_never_changes_the_order_of_the_others(households, newcomer):
    before = [c.household_id for c, _r in in_order(households, RULES)]
    others = [c for c in households if c.household_id != newcomer.household_id]
    after = [
        c.household_id for c, _r in in_order([*others, newcomer], RULES) if c.household_id != newcomer.household_id
    ]
    assert after == [pk for pk in before if pk != newcomer.household_id]


@given(candidates, st.sets(st.sampled_from([a.value for a in Attribute])))
def test_a_further_circumstance_never_moves_a_household_down(household, more):
    richer = replace(household, attributes=household.attributes | more)
    before, after = rule_for(household, RULES), rule_for(richer, RULES)
    if before is not None:
        assert after is not None
        assert after.position <= before.position


@pytest.mark.parametrize(
    ("identity", "certificate", "namesake", "flags"),
    [(True, True, False, []), (False, True, False, [Flag.NO_IDENTITY]),
     (True, False, True, ["no_certificate", "namesake"]),
     (False, False, True, ["no_identity", "no_certificate", "namesake"])],
)  # fmt: skip
def test_flags_name_what_a_reviewer_must_look_at(identity, certificate, namesake, flags):
    candidate = replace(BASE, has_identity=identity, has_certificate=certificate)
    assert flags_of(candidate, RuleBook(None, []), has_namesake=namesake) == flags


def test_only_a_missing_identity_forbids_an_approval():
    assert [b.code for b in decision_blockers(["no_certificate", "namesake"])] == []
    assert [b.code for b in decision_blockers(["no_identity"])] == ["THIEU_HS"]


class Line:
    """What `assess` reads of a draft."""

    def __init__(self, pk: int) -> None:
        self.pk = self.household_id = pk
        self.posting = None


def test_drafts_are_sorted_out_by_the_gravest_reason():
    facts = {
        1: BASE,
        2: replace(BASE, has_identity=False),
        3: BASE,
        4: replace(BASE, prior_device="x", has_identity=False),
        6: replace(BASE, has_live_allocation=True),
    }
    found = assess([Line(n) for n in (1, 2, 3, 4, 5, 6)], facts, FUND, complained={3, 4})
    assert found.ready == [1, 6]  # its own place on the list is no reason against it
    assert found.without_identity == [2]
    assert found.with_complaint == [3]
    assert set(found.disqualified) == {4, 5}
    assert found.held_back == 4
    assert len(found.sentences()) == 3


def test_a_household_that_left_the_register_no_longer_qualifies():
    assert [b.code for b in disqualification(None, FUND)] == ["CHUYEN_DI"]
    assert disqualification(BASE, FUND) == []
