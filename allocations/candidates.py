"""The facts about the households of a commune that the rules of eligibility look at, read in a few queries."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from allocations.conditions import Candidate, Received
from allocations.models import Allocation
from beneficiaries.models import Effect, Household, Person, ReceivedHit

FACTS = (
    "pk", "category", "attributes", "phone_kind", "prior_device", "certificate_no", "member_count",
    "deprivation_score", "created_at", "recognised_year", "area__area_class",
)  # fmt: skip


def gather_candidates(
    area_id: int, household_ids: Collection[int] | None = None, *, with_helped: bool = True
) -> list[Candidate]:
    """Every household in the register of a commune, or those asked for; as many queries for one as for thousands.

    `with_helped=False` leaves out whether members were helped elsewhere, which is the dear question.
    """
    households = Household.objects.listed().filter(area_id=area_id)
    heads = Person.objects.heads().filter(area_id=area_id)
    live = Allocation.objects.live().filter(area_id=area_id)
    if household_ids is not None:
        households = households.filter(pk__in=household_ids)
        heads, live = heads.filter(household__in=household_ids), live.filter(household__in=household_ids)
    listed = set(live.values_list("household_id", flat=True))
    head_of = {pk: (year, identity is not None)
               for pk, year, identity in heads.values_list("household_id", "birth_year", "cccd_hash")}  # fmt: skip
    rows = list(households.values_list(*FACTS))
    helped = _helped_elsewhere([row[0] for row in rows]) if with_helped else set()
    received = _received(area_id, household_ids)
    unknown = (9999, False)
    return [
        Candidate(
            household_id=pk,
            category=category,
            attributes=frozenset(attributes),
            phone_kind=phone_kind,
            prior_device=prior_device,
            has_identity=head_of.get(pk, unknown)[1],
            has_certificate=bool(certificate),
            member_count=members or 1,
            head_birth_year=head_of.get(pk, unknown)[0],
            deprivation_score=deprivation or 0,
            registered_at=created_at,
            recognised_year=recognised,
            area_class=area_class,
            has_live_allocation=pk in listed,
            has_helped_member=pk in helped,
            received=received.get(pk, ()),
        )
        for (
            pk, category, attributes, phone_kind, prior_device, certificate, members, deprivation, created_at,
            recognised, area_class,
        ) in rows
    ]  # fmt: skip


def _received(area_id: int, household_ids: Collection[int] | None) -> dict[int, tuple[Received, ...]]:
    """Household -> the lists of earlier programmes that name it. One query."""
    hits = ReceivedHit.objects.in_force().filter(area_id=area_id).exclude(state=ReceivedHit.State.NOT_SAME)
    if household_ids is not None:
        hits = hits.filter(household__in=household_ids)
    found: dict[int, tuple[Received, ...]] = {}
    for hit in hits.select_related("source").only(
        "household_id", "stands", "source__name", "source__year", "source__effect"
    ):
        one = Received(hit.source_id, str(hit.source), hit.source.effect == Effect.BLOCKS, hit.stands)
        found[hit.household_id or 0] = (*found.get(hit.household_id or 0, ()), one)
    return found


def with_namesakes(household_ids: Collection[int]) -> set[int]:
    """Which of these households have a head whose name, sex and date of birth somebody else in the register has."""
    return _households("SELECT household_id FROM namesakes_elsewhere(%s)", household_ids)


def _helped_elsewhere(household_ids: Collection[int]) -> set[int]:
    return _households("SELECT household_id FROM households_with_helped_members(%s)", household_ids)


def _households(sql: str, household_ids: Collection[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(household_ids)])
        return {household_id for (household_id,) in cursor.fetchall()}
