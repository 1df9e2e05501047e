"""Which commune a row belongs to: by code, by any of its names or abbreviations, by what became of it in a reform.

Never by a name alone where two communes share it: then the kind (xã, phường) or the district must tell them apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from administration.models import Area, AreaSuccessor, Level
from beneficiaries.names import fold

_KINDS = {
    "xa": "xa", "x": "xa", "phuong": "phuong", "p": "phuong", "thi tran": "thi tran", "tt": "thi tran",
    "t t": "thi tran", "dac khu": "dac khu", "dk": "dac khu",
}  # fmt: skip
_KIND = re.compile(r"^(?:ubnd |ui ban nhan dan )?(xa|x|phuong|p|thi tran|tt|t t|dac khu|dk) (?=\S)")
_DISTRICT = re.compile(r"^(?:huien|h|thi xa|tx|t x|thanh pho|tp|t p|quan|q) (?=\S)")
_PROVINCE = re.compile(r"^(?:tinh|t) (?=\S)")
_PARTS = re.compile(r"\s*[,;()/\n]\s*|\s+[-–]\s+|\s*–\s*")
_LOOSE_NUMBER = re.compile(r"(?<=[A-Za-zĐđ])\.(?=\S)")

Outcome = Literal["own", "other", "several", "unknown", "silent"]


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune of the province: `kind` and `key` are folded, `district` is the folded name of the unit above."""

    number: int
    code: str
    name: str
    kind: str
    key: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text says about the commune. `names` are those it could mean."""

    outcome: Outcome
    commune: Commune | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Place:
    """The unit a file is for, and how the communes of its province are called.

    `alone` is the commune itself when the file is for one commune: then a row that says nothing belongs to it.
    """

    name: str
    low: int
    high: int
    alone: Commune | None = None
    communes: list[Commune] = field(default_factory=list)
    former: dict[str, set[int]] = field(default_factory=dict)
    _by_key: dict[str, list[Commune]] = field(default_factory=dict)
    _by_number: dict[int, Commune] = field(default_factory=dict)
    _known: dict[str, Finding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_key = defaultdict(list)
        for commune in self.communes:
            by_key[commune.key].append(commune)
            self._by_number[commune.number] = commune
        self._by_key = dict(by_key)

    @property
    def keys(self) -> frozenset[str]:
        """In a file of several communes: folded names that open a commune's section, also without their kind."""
        if self.alone:
            return frozenset()
        bare = {commune.key for commune in self.communes} | set(self.former)
        return frozenset(bare | {f"{commune.kind} {commune.key}" for commune in self.communes})

    def find(self, text: str) -> Finding:
        """Which commune a cell or heading names."""
        text = text.strip()
        if not re.search(r"\w", text):
            return Finding("own", self.alone) if self.alone else Finding("silent")
        if text not in self._known:
            self._known[text] = self._find(text)
        return self._known[text]

    def mentioned(self, texts: Iterable[str]) -> Finding:
        """The one commune of the place that a title, a sheet's or a file's name mentions with its kind."""
        for text in texts:
            padded = f" {fold(text)} "
            named = [c for c in self.communes if self.holds(c) and f" {c.kind} {c.key} " in padded]
            longest = [c for c in named if not any(c.key in o.key and c is not o and c.kind == o.kind for o in named)]
            if len(longest) == 1:
                return Finding("own", longest[0])
        return Finding("own", self.alone) if self.alone else Finding("silent")

    def holds(self, commune: Commune) -> bool:
        return self.low <= commune.number <= self.high

    def _find(self, text: str) -> Finding:
        parts = [part for part in _PARTS.split(_LOOSE_NUMBER.sub(". ", text)) if part]
        districts = {_DISTRICT.sub("", fold(part)) for part in parts}
        named = [part for part in parts if _KIND.match(fold(part))] or parts
        found: list[Commune] = []
        for part in named:
            found = self._called(part, districts)
            if found:
                break
        return self._decide(found)

    def _called(self, part: str, districts: set[str]) -> list[Commune]:
        """All communes one part of an address can mean, as far as kind and district tell them apart."""
        if part.strip().isdigit():
            return [commune for commune in self.communes if commune.code == part.strip().zfill(5)]
        kind, key = split_kind(part)
        if _DISTRICT.match(fold(part)) or _PROVINCE.match(fold(part)):
            return []
        named = self._by_key.get(key, [])
        named = [commune for commune in named if kind in ("", commune.kind)] or named
        named = [commune for commune in named if commune.district in districts] or named
        if not named and key in self.former:
            named = [self._by_number[number] for number in sorted(self.former[key]) if number in self._by_number]
        return named

    def _decide(self, found: list[Commune]) -> Finding:
        if not found:
            return Finding("unknown")
        if self.alone and any(commune.number == self.alone.number for commune in found):
            return Finding("own", self.alone)
        inside = [commune for commune in found if self.holds(commune)]
        candidates = inside or found
        if len(candidates) > 1:
            names = tuple(f"{commune.name} ({commune.district.title()})" for commune in candidates)
            return Finding("several", None, names)
        return Finding("own" if inside else "other", candidates[0])


def split_kind(text: str) -> tuple[str, str]:
    """(kind, key) of a unit's name: "P. Mũi Né" and "Phường Mũi Né" are both ("phuong", "mui ne")."""
    key, kind = fold(_LOOSE_NUMBER.sub(". ", text)), ""
    while found := _KIND.match(key):
        kind, key = _KINDS[found[1]], key[found.end() :]
    return kind, key


def place_of(area: Area, *, is_alone: bool = True) -> Place:
    """Three queries: the communes of the province, their districts, what became of units or what they were made of.

    `is_alone`: the file is the commune's own list; otherwise every row has to say where it belongs.
    """
    province = Area.objects.filter(level=Level.PROVINCE, number__lte=area.number, last__gte=area.number).first()
    inside = Area.objects.communes().inside(province or area).select_related("parent").in_tree_order()
    communes = [_commune(unit) for unit in inside]
    own = next((commune for commune in communes if commune.number == area.number), None)
    alone = own if is_alone and area.is_commune else None
    return Place(area.name, area.number, area.last, alone, communes, _former({c.number for c in communes}))


def _commune(unit: Area) -> Commune:
    kind, key = split_kind(unit.name)
    district = fold(unit.parent.short_name) if unit.parent and unit.parent.level == Level.DISTRICT else ""
    return Commune(unit.number, unit.code, unit.name, kind, key, district)


def _former(numbers: set[int]) -> dict[str, set[int]]:
    """Names of another time: what these communes were made of, and what they became."""
    former: dict[str, set[int]] = defaultdict(set)
    for number, name in _renamed(numbers):
        former[split_kind(name)[1]].add(number)
    return dict(former)


def _renamed(numbers: set[int]) -> Iterator[tuple[int, str]]:
    yield from AreaSuccessor.objects.filter(new__in=numbers).values_list("new", "old__name")
    yield from AreaSuccessor.objects.filter(old__in=numbers).values_list("old", "new__name")
