"""Reads units.csv: which units exist on a day, how they nest, and what old units have become.

units.csv is in tree order, one line a unit: code, kind, name without the word for its kind, valid_from, valid_to (the
first day it no longer exists), becomes (codes of the units that took it over; the first is where most people went),
number. The length of the code tells the level (2 province, 3 district, 5 commune), the lines above it the parent. A
line `era` opens a block: the dates are those of every unit in it that names none, and its number is the first one.

Numbers count up by ten from the era's first, so the same file gives the same numbers whatever is loaded and whenever.
Published numbers never change: a unit added to the middle of the file later carries a free number of its own in the
last column and is not counted.
"""

import csv
import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
STEP = 10
KNOWN_SINCE = datetime.date(2020, 1, 1)
REGISTER_DAY = datetime.date(2025, 3, 1)
REFORM_DAY = datetime.date(2025, 7, 1)
PROVINCES_WITH_HISTORY = frozenset({"60"})
LEVELS = {2: "province", 3: "district", 5: "commune"}
KINDS = {
    ("province", "T"): ("province", "Tỉnh"),
    ("province", "TP"): ("municipality", "Thành phố"),
    ("district", "Q"): ("urban_district", "Quận"),
    ("district", "H"): ("rural_district", "Huyện"),
    ("district", "TX"): ("town", "Thị xã"),
    ("district", "TP"): ("city", "Thành phố"),
    ("commune", "P"): ("ward", "Phường"),
    ("commune", "X"): ("commune", "Xã"),
    ("commune", "TT"): ("township", "Thị trấn"),
    ("commune", "DK"): ("special_zone", "Đặc khu"),
}


class NotInTheFile(LookupError):
    """The file does not hold the units asked for; each subclass says why."""


class UnknownProvince(NotInTheFile):
    """No province has this code, on any day."""


class ProvinceNotOnThatDay(NotInTheFile):
    """The province exists, but not on the day asked for. `moved_to` is where it went, if it had ended by then."""

    def __init__(self, province: "Unit", moved_to: "Unit | None") -> None:
        super().__init__(province.code)
        self.province = province
        self.moved_to = moved_to


class DayNotCovered(NotInTheFile):
    """The file says nothing about days before KNOWN_SINCE."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit during one validity. The subtree below it is the interval [number, last]; a leaf has last == number."""

    number: int
    last: int
    code: str
    level: str
    kind: str
    name: str
    short_name: str
    parent: int | None
    province: str
    valid_from: datetime.date
    valid_to: datetime.date | None
    becomes: tuple[str, ...] = ()

    def is_valid_on(self, day: datetime.date | None) -> bool:
        """`None` asks for the units that have no end."""
        if day is None:
            return self.valid_to is None
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Conversion:
    """Unit number `old` went to unit number `new`: wholly ("full") or in part ("part")."""

    old: int
    new: int
    extent: str
    is_default: bool


COUNTRY = Unit(
    number=0,
    last=2_000_000_000,
    code="VN",
    level="country",
    kind="country",
    name="Việt Nam",
    short_name="Việt Nam",
    parent=None,
    province="",
    valid_from=datetime.date(2004, 7, 8),
    valid_to=None,
)


def units(as_of: datetime.date | None, province: str) -> list[Unit]:
    """The province, its districts and its communes on that day, in tree order; `None` means as of now.

    Raises UnknownProvince, ProvinceNotOnThatDay or DayNotCovered.
    """
    if as_of is not None and as_of < KNOWN_SINCE:
        raise DayNotCovered(as_of)
    found = [unit for unit in all_units() if unit.province == province and unit.is_valid_on(as_of)]
    if found:
        return found
    known = [unit for unit in all_units() if unit.level == "province" and unit.code == province]
    if not known:
        raise UnknownProvince(province)
    raise ProvinceNotOnThatDay(known[-1], successor_province(known[-1]))


def provinces(as_of: datetime.date | None) -> list[Unit]:
    """All provinces of that day; `None` means as of now."""
    return [unit for unit in all_units() if unit.level == "province" and unit.is_valid_on(as_of)]


def is_exact(as_of: datetime.date, province: str) -> bool:
    """Whether earlier mergers are known far enough back; if not, the units of REGISTER_DAY stand in for that day's."""
    return as_of >= REGISTER_DAY or province in PROVINCES_WITH_HISTORY


def successor_province(old: Unit) -> Unit | None:
    """The province that took over an old province: where its communes went. `None` if it still exists."""
    if old.valid_to is None:
        return None
    heir = next(conversion.new for conversion in conversions() if old.number < conversion.old <= old.last)
    return next(unit for unit in provinces(old.valid_to) if unit.number < heir <= unit.last)


def area_class(unit: Unit) -> str:
    """The unit's class for priority by area: "island", or "unknown" as long as no decision is at hand."""
    era = REFORM_DAY if unit.valid_from >= REFORM_DAY else COUNTRY.valid_from
    return _area_classes().get((unit.code, era), "unknown")


@lru_cache(maxsize=1)
def conversions() -> tuple[Conversion, ...]:
    """Every step from an old commune (or a district without communes) to the units that took it over."""
    heirs: dict[tuple[str, str], list[Unit]] = {}
    for unit in all_units():
        heirs.setdefault((unit.level, unit.code), []).append(unit)
    return tuple(
        Conversion(old.number, new.number, "part" if len(old.becomes) > 1 else "full", is_default=not rank)
        for old in all_units()
        for rank, code in enumerate(old.becomes)
        for new in heirs["commune", code]
        if new.is_valid_on(old.valid_to)
    )


@lru_cache(maxsize=1)
def _area_classes() -> dict[tuple[str, datetime.date], str]:
    with (HERE / "area_class.csv").open(encoding="utf-8") as file:
        return {
            (row["code"], datetime.date.fromisoformat(row["era"])): row["area_class"] for row in csv.DictReader(file)
        }


@lru_cache(maxsize=1)
def all_units() -> tuple[Unit, ...]:
    """Every unit of every era, in tree order, without the country."""
    with (HERE / "units.csv").open(encoding="utf-8") as file:
        return tuple(read(file))


@dataclass
class _Draft:
    """A unit whose last number is not known until its subtree has been read."""

    row: dict[str, str]
    number: int
    level: str
    parent: int | None
    province: str
    last: int
    era: dict[str, str]

    def finish(self) -> Unit:
        kind, word = KINDS[self.level, self.row["kind"]]
        name = f"{word} {self.row['name']}"
        valid_to = self.row["valid_to"] or self.era["valid_to"]
        return Unit(
            number=self.number,
            last=self.last,
            code=self.row["code"],
            level=self.level,
            kind=kind,
            name=name,
            short_name=name if self.row["name"].isdigit() else self.row["name"],
            parent=self.parent,
            province=self.province,
            valid_from=datetime.date.fromisoformat(self.row["valid_from"] or self.era["valid_from"]),
            valid_to=datetime.date.fromisoformat(valid_to) if valid_to else None,
            becomes=tuple(self.row["becomes"].split()),
        )


def read(lines: Iterable[str]) -> Iterator[Unit]:
    """Reads text in the form of units.csv. Yields the units in tree order."""
    return (draft.finish() for draft in _drafts(lines))


def _drafts(lines: Iterable[str]) -> list[_Draft]:
    drafts: list[_Draft] = []
    above: list[_Draft] = []
    era: dict[str, str] = {}
    following = 0
    for row in csv.DictReader(lines, restval=""):
        if row["code"] == "era":
            era, following, above = row, int(row["number"]), []
            continue
        level = LEVELS[len(row["code"])]
        above = [draft for draft in above if len(draft.row["code"]) < len(row["code"])]
        number = int(row["number"] or following)
        following += 0 if row["number"] else STEP
        parent = above[-1].number if above else COUNTRY.number
        draft = _Draft(row, number, level, parent, above[0].row["code"] if above else row["code"], number, era)
        for ancestor in above:
            ancestor.last = number
        above.append(draft)
        drafts.append(draft)
    return drafts
