"""Addresses of the rows behind a number. A page that is not there gives "", and the number stands without a link."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.http import urlencode

from administration.models import Area
from allocations.models import Round


def page(name: str, *args: object, **query: object) -> str:
    """The address of a named page with a query string; "" when there is no such page."""
    address = _address(name, args, get_script_prefix(), get_urlconf())
    if not address:
        return ""
    said: dict[str, Any] = {key: value for key, value in query.items() if value not in (None, "", [])}
    return f"{address}?{urlencode(said, doseq=True)}" if said else address


@lru_cache(maxsize=16384)
def _address(name: str, args: tuple[object, ...], _prefix: str, _urls: str | None) -> str:
    """A page with a hundred communes asks for the same hundreds of addresses each time."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def households_of(commune: Area, round: Round) -> str:
    """The register's households whose category the round covers."""
    return page("households:list", xa=commune.number, dien=round.categories)


def list_of(commune: Area, round: Round, tab: str = "") -> str:
    """The commune's list in the round, on one of its tabs."""
    return page("rounds:list", round.code, commune.code, loc=tab)


def returned_of(commune: Area, round: Round) -> str:
    """The returned households of the commune's list."""
    return list_of(commune, round, "tra-lai")


def review_of(commune: Area, round: Round) -> str:
    """The commune's list as the reviewer decides on it."""
    return page("review:list", round.code, commune.code)
