"""Looking at the lines of a chip one household at a time: which one, who lives there, whom it may be confused with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from administration.models import Area
from allocations.explained import Explained, explain_lines
from allocations.models import Allocation, CommuneList, Flag
from allocations.review_contents import ReviewRow, describe, lines_of
from beneficiaries.hit_pages import received_of
from beneficiaries.identity_rules import mask
from beneficiaries.models import BirthPrecision, Person, ReceivedHit


@dataclass(frozen=True)
class Twin:
    """Somebody inside the reviewer's area with the head's name, sex and date of birth; masked to what is needed."""

    person: Person
    line: Allocation | None

    @property
    def identity(self) -> str:
        return mask(self.person.identity_number)


@dataclass(frozen=True)
class OneHousehold:
    """`position` counts from 1. `twins_elsewhere`: units of which the reviewer may know only the name."""

    row: ReviewRow
    position: int
    total: int
    previous: int | None
    following: int | None
    members: list[Person]
    twins: list[Twin]
    twins_elsewhere: list[Area]
    received: list[ReceivedHit] = field(default_factory=list)
    explained: Explained | None = None


def find_household(commune_list: CommuneList, chip: str, *, asked: int = 0, after: int = 0) -> OneHousehold | None:
    """The line that is asked for, or the next one behind `after`, or the first; None: the chip is empty."""
    places = list(lines_of(commune_list, chip).values_list("pk", "rank"))
    if not places:
        return None
    ids = [pk for pk, _rank in places]
    index = ids.index(asked) if asked in ids else _next_index(commune_list, places, asked or after)
    line = commune_list.lines.select_related("household", "decided_by", "decided_for").get(pk=ids[index])
    row = describe([line], commune_list)[0]
    twins = _twins(row) if Flag.NAMESAKE in line.flags else []
    seen = {twin.person.area_id for twin in twins}
    return OneHousehold(
        row, index + 1, len(ids),
        previous=ids[index - 1] if index else None,
        following=ids[index + 1] if index + 1 < len(ids) else None,
        members=list(Person.objects.filter(household=line.household_id).order_by("-is_head", "birth_year", "pk")),
        received=received_of([line.household_id]).get(line.household_id, []),
        twins=twins, twins_elsewhere=[area for area in row.namesakes if area.pk not in seen],
        explained=explain_lines([line], commune_list.area_id).get(line.pk),
    )  # fmt: skip


def _next_index(commune_list: CommuneList, places: Sequence[tuple[int, int]], after: int) -> int:
    rank = commune_list.lines.filter(pk=after).values_list("rank", flat=True).first() or 0
    following = (i for i, (pk, place) in enumerate(places) if (place, pk) > (rank, after))
    return next(following, 0)


def _twins(row: ReviewRow) -> list[Twin]:
    head = row.head
    if head is None or head.birth_date is None:
        return []
    people = Person.objects.filter(
        search_key=head.search_key, birth_year=head.birth_year, birth_date=head.birth_date, gender=head.gender,
        birth_precision=BirthPrecision.DAY, is_live=True,
    ).exclude(household=head.household_id)  # fmt: skip
    found = list(people.select_related("household__area").order_by("area", "pk"))
    households = [person.household_id for person in found]
    live = Allocation.objects.live().filter(household__in=households).select_related("round")
    lines = {line.household_id: line for line in live}
    return [Twin(person, lines.get(person.household_id)) for person in found]
