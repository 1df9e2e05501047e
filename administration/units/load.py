"""Puts units of the national file into the database, and links old units to the ones that took them over."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from administration.models import Area, AreaSuccessor
from administration.units import read

FACTS = ("last", "code", "name", "short_name", "kind", "level", "parent_id", "valid_from", "valid_to")
WRITTEN = [fact.removesuffix("_id") for fact in FACTS]


@dataclass(frozen=True, slots=True)
class LoadedProvince:
    """What loading one province found and did; `levels` counts its units by level."""

    province: read.Unit
    levels: Counter[str]
    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one call of `load_areas` did; `links` counts the links old unit to new unit that it added."""

    provinces: tuple[LoadedProvince, ...]
    links: int


@transaction.atomic
def load_areas(provinces: Iterable[str], *, as_of: datetime.date) -> Loaded:
    """Loads the units that the provinces (codes) have on that day. Loading twice changes nothing.

    An area class set by an officer stays. Raises UnknownProvince, ProvinceNotOnThatDay or DayNotCovered.
    """
    found = [read.units(as_of, code) for code in dict.fromkeys(provinces)]
    _write([read.COUNTRY])
    loaded = tuple(_load_province(units) for units in found)
    return Loaded(loaded, _link())


def _load_province(units: list[read.Unit]) -> LoadedProvince:
    added, changed = _write(units)
    return LoadedProvince(units[0], Counter(unit.level for unit in units), added, changed)


def _write(units: list[read.Unit]) -> tuple[int, int]:
    """Adds and mends areas. Returns how many it added and how many it changed."""
    present = Area.objects.in_bulk([unit.number for unit in units])
    areas = [_area(unit) for unit in units]
    added = [area for area in areas if area.number not in present]
    changed = [area for area in areas if area.number in present and _differ(area, present[area.number])]
    Area.objects.bulk_create(added + changed, update_conflicts=True, unique_fields=["number"], update_fields=WRITTEN)
    return len(added), len(changed)


def _area(unit: read.Unit) -> Area:
    return Area(
        number=unit.number,
        last=unit.last,
        code=unit.code,
        name=unit.name,
        short_name=unit.short_name,
        kind=unit.kind,
        level=unit.level,
        parent_id=unit.parent,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        area_class=read.area_class(unit),
    )


def _differ(area: Area, present: Area) -> bool:
    return any(getattr(area, fact) != getattr(present, fact) for fact in FACTS)


def _link() -> int:
    """Adds every link whose two units are loaded. Returns how many there were not yet."""
    loaded = set(Area.objects.values_list("number", flat=True))
    linked = set(AreaSuccessor.objects.values_list("old_id", "new_id"))
    links = [
        AreaSuccessor(old_id=step.old, new_id=step.new, extent=step.extent, is_default=step.is_default)
        for step in read.conversions()
        if step.old in loaded and step.new in loaded and (step.old, step.new) not in linked
    ]
    return len(AreaSuccessor.objects.bulk_create(links, ignore_conflicts=True))
