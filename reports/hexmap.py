"""The map of communes as hexagons, before and after July 2025, from figures that are read already.

hexgrid.json is our own layout (odd rows are shifted by half a hexagon) with the unit of 2025 that most people of each
old commune belong to now. A commune that the layout does not know is left out of the map, never out of the table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from math import sqrt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from administration.templatetags.trao import grouped, heat_of, percent_of
from reports.figures import Figures
from reports.progress import CommuneProgress

SIDE = 12.0  # half the width of a hexagon's box, in user units of the SVG
HEIGHT = 0.866 * 2 * SIDE
CIRCLE = 0.6 * SIDE  # of the unit with most households


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit of July 2025 with what its former communes have together."""

    code: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Hexagon:
    """One unit on the map: its outline, the tint of its share, the circle of its number of households."""

    name: str
    points: str
    x: str
    y: str
    radius: str
    step: int
    part: int
    whole: int
    url: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Map:
    """One map; `box` is the viewBox of its SVG."""

    hexagons: list[Hexagon]
    box: str

    @property
    def shapes(self) -> SafeString:
        """All hexagons as SVG. Put together here: a template's loop over them would be half of the page's time."""
        language = get_language()
        return mark_safe("".join([_shape(one, language) for one in self.hexagons]))  # noqa: S308 - escaped in _shape


@lru_cache(maxsize=4096)
def _shape(one: Hexagon, _language: str | None) -> str:
    """What comes from people is escaped: the name and the address; the rest are numbers of this module."""
    words = f"{escape(one.name)}: {grouped(one.part)}/{grouped(one.whole)} ({percent_of(one.part, one.whole)})"
    link = f' href="{escape(one.url)}"' if one.url else ""
    late = " hex-late" if one.is_late else ""
    shape = f'<polygon points="{one.points}"/><circle cx="{one.x}" cy="{one.y}" r="{one.radius}"/>'
    return f'<a{link}><g class="hex hex-{one.step}{late}"><title>{words}</title>{shape}</g></a>'


@cache
def _layouts() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "reports" / "hexgrid.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def _places(when: str) -> dict[str, list[int]]:
    """Code of a unit -> its column and row, then whatever else the layout says of it."""
    return {code: place for layout in _layouts().values() for code, place in layout[when].items()}


@cache
def _became() -> dict[str, tuple[str, str]]:
    """Code of an old commune -> (code, name) of its unit of 2025."""
    return {
        old: (new, layout["after"][new][2]) for layout in _layouts().values() for old, new in layout["became"].items()
    }


def new_units(communes: Iterable[CommuneProgress]) -> list[NewUnit]:
    """The same figures by unit of July 2025; a split commune counts where most of its people went."""
    became = _became()
    parts: dict[tuple[str, str], list[Figures]] = {}
    for commune in communes:
        unit = became.get(commune.area.code, (commune.area.code, commune.area.name))
        parts.setdefault(unit, []).append(commune.figures)
    units = [NewUnit(code, name, Figures.total(figures)) for (code, name), figures in parts.items()]
    return sorted(units, key=lambda unit: unit.code)


def map_before(communes: Iterable[CommuneProgress], urls: Mapping[str, str]) -> Map:
    """The communes of the area where they lie; `urls` by code."""
    places = _places("before")
    shown = [(c.area.code, c.area.name, c.figures, c.delay is not None) for c in communes if c.area.code in places]
    return _drawn(shown, places, urls)


def map_after(units: Iterable[NewUnit], urls: Mapping[str, str]) -> Map:
    """The units of July 2025; none of them is late, because lists are those of the old communes."""
    places = _places("after")
    shown = [(unit.code, unit.name, unit.figures, False) for unit in units if unit.code in places]
    return _drawn(shown, places, urls)


def _drawn(
    shown: list[tuple[str, str, Figures, bool]], places: Mapping[str, list[int]], urls: Mapping[str, str]
) -> Map:
    largest = max((figures.target for _code, _name, figures, _late in shown), default=0) or 1
    hexagons, xs, ys = [], [0.0], [0.0]
    for code, name, figures, is_late in shown:
        column, row = places[code][:2]
        x, y = (column + 0.5 * (row % 2)) * 2 * SIDE, row * HEIGHT
        xs.append(x)
        ys.append(y)
        part, whole = figures.handed_over, figures.target
        step = heat_of(part, whole)
        radius = CIRCLE * sqrt(max(0, whole) / largest)
        hexagons.append(
            Hexagon(name, _outline(x, y), _n(x), _n(y), _n(radius), step, part, whole, urls.get(code, ""), is_late)
        )
    left, top = min(xs[1:], default=0) - 1.2 * SIDE, min(ys[1:], default=0) - 1.4 * SIDE
    width, height = max(xs) - left + 1.2 * SIDE, max(ys) - top + 1.4 * SIDE
    return Map(hexagons, f"{_n(left)} {_n(top)} {_n(width)} {_n(height)}")


@lru_cache(maxsize=4096)
def _outline(x: float, y: float) -> str:
    """Six corners, pointing up; a hair smaller than its place, so that neighbours stay apart."""
    half, high = 0.94 * SIDE, 0.94 * SIDE / 0.866
    corners = ((0, -high), (half, -high / 2), (half, high / 2), (0, high), (-half, high / 2), (-half, -high / 2))
    return " ".join(f"{_n(x + dx)},{_n(y + dy)}" for dx, dy in corners)


def _n(number: float) -> str:
    """SVG wants a decimal point, whatever language the page has."""
    return f"{number:.1f}".removesuffix(".0")
