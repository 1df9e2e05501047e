"""A proposal for sharing devices out among communes, by largest remainder. Pure; a person decides and saves.

Every commune gets at least what is already approved there and never more than the households it could give to. Between
these bounds devices are shared in proportion to the households (Hamilton's method: whole parts first, what is left over
goes to the largest remainders).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Claimant:
    """A unit that shares in the devices: `weight` households could receive one, `floor` already have a decision."""

    unit: int
    weight: int
    floor: int = 0

    @property
    def most(self) -> int:
        return max(self.weight, self.floor)


class TooFew(ValueError):
    """Fewer devices than are already approved; `needed` is how many there must be at least."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


def share_out(total: int, claimants: Iterable[Claimant]) -> dict[int, int]:
    """Devices by unit, together exactly `total`, or all that can be used if that is less. Raises TooFew.

    Of two units with equal floors the one with more households never gets less; ties go to the lower number.
    """
    units = sorted(claimants, key=lambda c: c.unit)
    least = sum(c.floor for c in units)
    if total < least:
        raise TooFew(least)
    total = min(total, sum(c.most for c in units))
    shares = _exact_shares(total, units)
    given = {unit: int(share) for unit, share in shares.items()}
    order = sorted(shares, key=lambda unit: (given[unit] - shares[unit], unit))
    for unit in order[: total - sum(given.values())]:
        given[unit] += 1
    return given


def _exact_shares(total: int, units: list[Claimant]) -> dict[int, Fraction]:
    """Proportional shares held between floor and most; they add up to `total` exactly.

    The shares are `rate × weight` cut off at both bounds. What they add up to grows with the rate in straight stretches
    between the rates at which some unit reaches a bound, so the right stretch is searched and solved exactly.
    """

    def reached(rate: Fraction) -> Fraction:
        return sum((_cut(rate * c.weight, c) for c in units), Fraction(0))

    rates = sorted({Fraction(0), *(Fraction(edge, c.weight) for c in units if c.weight for edge in (c.floor, c.most))})
    low, high = 0, len(rates) - 1
    while low < high:
        middle = (low + high) // 2
        if reached(rates[middle]) < total:
            low = middle + 1
        else:
            high = middle
    end = rates[low]
    if low and reached(end) > total:
        start = rates[low - 1]
        below, above = reached(start), reached(end)
        end = start + (end - start) * (total - below) / (above - below)
    return {c.unit: _cut(end * c.weight, c) for c in units}


def _cut(share: Fraction, claimant: Claimant) -> Fraction:
    return min(Fraction(claimant.most), max(Fraction(claimant.floor), share))


def with_superiors(shares: Mapping[int, int], parents: Mapping[int, int | None], top: int) -> dict[int, int]:
    """The same shares and, for every unit between a commune and `top`, the sum of what lies below it."""
    totals = dict(shares)
    for unit, devices in shares.items():
        superior = parents.get(unit)
        while superior is not None and superior != top:
            totals[superior] = totals.get(superior, 0) + devices
            superior = parents.get(superior)
    return totals
