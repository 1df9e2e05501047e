"""Sharing devices out by largest remainder: the properties a province relies on."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allocations.proposal import Claimant, TooFew, share_out, with_superiors

units = st.lists(
    st.builds(Claimant, unit=st.integers(1, 10_000), weight=st.integers(0, 400), floor=st.integers(0, 60)),
    max_size=25,
    unique_by=lambda c: c.unit,
)


def least(claimants):
    return sum(c.floor for c in claimants)


def most(claimants):
    return sum(c.most for c in claimants)


@given(units, st.integers(0, 5000))
def test_the_shares_add_up_exactly_or_to_all_that_can_be_used(claimants, extra):
    total = least(claimants) + extra
    assert sum(share_out(total, claimants).values()) == min(total, most(claimants))


@given(units, st.integers(0, 5000))
def test_nobody_gets_less_than_is_approved_nor_more_than_it_has_households(claimants, extra):
    shares = share_out(least(claimants) + extra, claimants)
    assert all(c.floor <= shares[c.unit] <= c.most for c in claimants)


@given(units, st.integers(0, 5000))
def test_with_equal_floors_more_households_never_mean_fewer_devices(claimants, extra):
    shares = share_out(least(claimants) + extra, claimants)
    for a in claimants:
        for b in claimants:
            if a.floor == b.floor and a.weight > b.weight:
                assert shares[a.unit] >= shares[b.unit]


@given(units, st.integers(0, 3000))
def test_without_bounds_every_share_is_the_exact_one_rounded_down_or_up(claimants, total):
    free = [Claimant(c.unit, c.weight, 0) for c in claimants]
    weights = sum(c.weight for c in free)
    assume(weights and total <= weights)
    shares = share_out(total, free)
    assert all(abs(shares[c.unit] - total * c.weight / weights) < 1 for c in free)


@given(units, st.integers(0, 3000), st.randoms(use_true_random=False))
def test_the_result_does_not_depend_on_the_order_of_the_units(claimants, extra, chance):
    shuffled = list(claimants)
    chance.shuffle(shuffled)
    total = least(claimants) + extra
    assert share_out(total, shuffled) == share_out(total, claimants)


def test_the_textbook_case_gives_the_largest_remainders_one_more():
    claimants = [Claimant(1, 47), Claimant(2, 16), Claimant(3, 158), Claimant(4, 12), Claimant(5, 61), Claimant(6, 6)]
    assert share_out(100, claimants) == {1: 16, 2: 5, 3: 53, 4: 4, 5: 20, 6: 2}


def test_of_equal_remainders_the_lower_number_gets_the_device():
    assert share_out(1, [Claimant(7, 5), Claimant(3, 5)]) == {3: 1, 7: 0}


def test_fewer_devices_than_are_approved_cannot_be_shared_out():
    with pytest.raises(TooFew) as refusal:
        share_out(9, [Claimant(1, 5, 6), Claimant(2, 50, 4)])
    assert refusal.value.needed == 10


def test_superior_units_get_the_sum_of_what_lies_below_them():
    parents = {11: 10, 12: 10, 21: 20, 10: 1, 20: 1, 1: None}
    assert with_superiors({11: 3, 12: 4, 21: 5}, parents, top=1) == {11: 3, 12: 4, 21: 5, 10: 7, 20: 5}


def test_in_a_province_without_districts_only_communes_get_a_share():
    assert with_superiors({11: 3, 12: 4}, {11: 1, 12: 1, 1: None}, top=1) == {11: 3, 12: 4}
