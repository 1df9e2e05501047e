"""What a household's page shows of where its record came from and where it continues."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from administration.models import Officer
from beneficiaries.models import Household, HouseholdLink, MoveRequest
from beneficiaries.pair_pages import may_decide
from beneficiaries.row_pairs import codes_of

Kind = HouseholdLink.Kind


@dataclass(frozen=True, slots=True)
class Step:
    """One link, seen from one of its two households. `is_visible`: the other household may be opened."""

    link: HouseholdLink
    words: str
    code: str
    place: str
    is_visible: bool
    may_undo: bool


def with_lineage(households: QuerySet[Household]) -> QuerySet[Household]:
    """Says of each whether there is anything to ask for: most records were never merged or moved."""
    either = Q(source=OuterRef("pk")) | Q(target=OuterRef("pk"))
    asked = Q(household=OuterRef("pk")) | Q(into=OuterRef("pk"))
    return households.annotate(
        has_links=Exists(HouseholdLink.objects.in_force().filter(either)),
        has_requests=Exists(MoveRequest.objects.open().filter(asked)),
    )


def lineage_of(household: Household, officer: Officer) -> list[Step]:
    """Oldest first; what was undone is in the timeline only. The household comes from `with_lineage`."""
    if not household.has_links:  # type: ignore[attr-defined]
        return []
    links = list(
        HouseholdLink.objects.in_force()
        .filter(Q(source=household) | Q(target=household))
        .select_related("area", "other_area", "by")
        .order_by("pk")
    )
    codes = codes_of({pk for link in links for pk in (link.source_id, link.target_id)}) if links else {}
    return [_step(link, household, codes, officer) for link in links]


def requests_of(household: Household) -> list[MoveRequest]:
    """Open requests to move this household, or to make it one with another. The household comes from `with_lineage`."""
    if not household.has_requests:  # type: ignore[attr-defined]
        return []
    return list(MoveRequest.objects.open().filter(Q(household=household) | Q(into=household)).order_by("pk"))


def _step(link: HouseholdLink, household: Household, codes: dict[int, str], officer: Officer) -> Step:
    onward = link.source_id == household.pk
    other_id, place = (link.target_id, link.other_area) if onward else (link.source_id, link.area)
    here = officer.area
    return Step(
        link,
        _words(link.kind, onward=onward),
        codes.get(other_id, ""),
        place.name,
        is_visible=here is not None and here.contains(place.number),
        may_undo=here is not None and here.contains(link.other_area_id) and may_decide(officer),
    )


def _words(kind: str, *, onward: bool) -> str:
    return {
        (Kind.MERGED, True): _("Merged into"),
        (Kind.MERGED, False): _("Merged with it"),
        (Kind.MOVED, True): _("Moved away, continues as"),
        (Kind.MOVED, False): _("Moved here from"),
        (Kind.SPLIT, True): _("Members left for"),
        (Kind.SPLIT, False): _("Split off from"),
    }[Kind(kind), onward]
