"""How rare a name is, in bits: what the register counted, steadied by how Vietnamese names are made. Pure."""

from __future__ import annotations

import math

STEADYING = 30_000  # so many imagined people, named after the tables below, are added to those counted
# Shares of the most frequent family names (Lê Trung Hoa, Họ và tên người Việt Nam, 2005; southern spellings added).
_FAMILY = {
    "nguien": 0.36, "tran": 0.11, "le": 0.095, "pham": 0.07, "huinh": 0.04, "hoang": 0.03, "phan": 0.04, "vo": 0.035,
    "vu": 0.025, "dang": 0.021, "bui": 0.02, "do": 0.014, "ho": 0.013, "ngo": 0.013, "duong": 0.01, "truong": 0.02,
    "li": 0.005, "dinh": 0.01, "doan": 0.008, "lam": 0.008, "mai": 0.008, "cao": 0.007,
}  # fmt: skip
_MIDDLE = {"thi": 0.3, "van": 0.2, "ngoc": 0.04, "huu": 0.03, "minh": 0.03, "kim": 0.03, "thanh": 0.03, "duc": 0.03}
_OTHER_FAMILY, _OTHER_MIDDLE, _GIVEN = 0.003, 0.01, 0.01


class Rarity:
    """`people` is the size of the register; how many bear a name is learned, names of few need not be."""

    def __init__(self, people: int) -> None:
        self.people = people
        self._counted: dict[str, int] = {}
        self._bits: dict[str, float] = {}

    def learn(self, key: str, people: int | None) -> None:
        """So many people of the register bear this folded name; None: too few to have been counted."""
        if people and self._counted.get(key) != people:
            self._counted[key] = people
            self._bits.pop(key, None)

    def bits(self, key: str) -> float:
        """log2 of one in how many bears this folded name."""
        known = self._bits.get(key)
        if known is None:
            share = (self._counted.get(key, 1) + STEADYING * expected_share(key)) / (self.people + STEADYING)
            known = self._bits[key] = -math.log2(share)
        return known


def expected_share(key: str) -> float:
    """The share of people expected to bear a folded name, from its words."""
    words = key.split()
    if not words:
        return 1.0
    if len(words) == 1:
        return _GIVEN / 10
    share = _FAMILY.get(words[0], _OTHER_FAMILY) * _GIVEN
    for word in words[1:-1]:
        share *= _MIDDLE.get(word, _OTHER_MIDDLE)
    return share if len(words) > 2 else share / 10
