"""What happened to a household: its audit events in words, and the earlier versions of its record."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from administration.event_words import Change, Entry, differences_in_words, in_words
from administration.models import Area, AuditEvent
from beneficiaries.differences import Difference, between, with_birth
from beneficiaries.household_values import household_columns, person_columns
from beneficiaries.models import Household, Person

SHOWN = 200


def events_of(household: Household, *, verbs: Collection[str] | None = None) -> list[Entry]:
    """Newest first, of these verbs or of all.

    Asked for by unit, because row-level security keeps the index on households from being used.
    """
    units = Area.objects.filter(number__lte=household.area_id, last__gte=household.area_id)
    events = (
        AuditEvent.objects.filter(area_no__in=list(units.values_list("number", flat=True)))
        .about_household(household.pk)
        .newest_first()
    )
    if verbs is not None:
        events = events.filter(verb__in=verbs)
    return [in_words(event) for event in events[:SHOWN]]


def versions_of(household: Household) -> list[tuple[datetime.datetime, list[Change]]]:
    """(when, changes) of each change to the household's own record or to a member, newest first, whoever made it."""
    found = list(_changes(household.events.all(), household, household_columns))  # type: ignore[attr-defined]
    for person in household.members.prefetch_related("events"):
        for at, differences in _changes(person.events.all(), person, _person_values):  # type: ignore[attr-defined]
            found.append((at, [{**difference, "person": person.full_name} for difference in differences]))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [(at, differences_in_words(differences)) for at, differences in found]


def _person_values(person: Person) -> dict[str, Any]:
    return with_birth(person_columns(person))


def _changes(
    versions: Iterable[Any], now: Any, columns: Callable[[Any], dict[str, Any]]
) -> Iterator[tuple[datetime.datetime, list[Difference]]]:
    """A version is the row before a change; after it came the next version, or the row as it is now."""
    after = columns(now)
    for version in sorted(versions, key=lambda version: version.pgh_id, reverse=True):
        before = columns(version)
        if differences := between(before, after):
            yield version.pgh_created_at, differences
        after = before
