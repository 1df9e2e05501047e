"""The demo's province in either shape, with districts or without: two communes go all the way."""

from __future__ import annotations

import pytest
from django.utils import timezone

from administration.models import Level, Officer, Role
from allocations.actions import close_round
from allocations.models import Allocation, CommuneList, Complaint, Posting, Profile, Programme, Quota, Status
from demo import province
from demo.accounts import LOGINS, LOGINS_OF_TWO_TIERS
from demo.officers import logins

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def made(tiers: int) -> province.Province:
    """The whole land with its officers and rounds; only the communes whose log-ins are printed do any work."""
    land = province.Province(2024, timezone.localdate(), lambda _said: None, tiers=tiers)
    province._settle(land, 3_000)
    first, second, third = province._make_rounds(land)
    favourites = [commune for commune in land.communes if commune.code in land.favourites]
    assert len(favourites) == 2
    province._work_through(land, favourites, [province._register, lambda *at: province._run_first(*at, made=first)])
    close_round(first.pk, by=land.staff.head_office, at=land.at(-90))
    for run, opened in ((province._run_second, second), (province._run_third, third)):
        for commune in favourites:
            run(land, commune, opened)
    return land


@pytest.mark.parametrize(
    ("tiers", "profile", "level", "districts", "printed"),
    [
        (3, Profile.THREE_TIERS, Level.DISTRICT, 10, LOGINS),
        (2, Profile.TWO_TIERS, Level.PROVINCE, 0, LOGINS_OF_TWO_TIERS),
    ],
)
def test_the_land_is_made_by_the_products_own_actions(tiers, profile, level, districts, printed):
    land = made(tiers)

    assert len(land.districts) == districts
    assert Programme.objects.get().profile == profile
    assert logins() == printed
    assert set(dict(printed)) <= set(Officer.objects.values_list("username", flat=True))
    assert set(Officer.objects.filter(role=Role.REVIEWER).values_list("area__level", flat=True)) == {level}
    assert set(Quota.objects.values_list("area__level", flat=True)) == {level, Level.COMMUNE}
    decided = Allocation.objects.exclude(decided_by=None).select_related("decided_by__area")
    assert {line.decided_by.area.level for line in decided} == {level}
    assert Allocation.objects.filter(status=Status.HANDED_OVER).exists()

    signed = CommuneList.objects.exclude(signed_by=None)
    assert {one.postings.get().state for one in signed} == {Posting.State.CLOSED}
    [hanging] = Posting.objects.running().select_related("commune_list__area")  # for the page of a running posting
    assert hanging.commune_list.area.code == province.PHU_HAI[tiers]
    assert hanging.ends_on > land.today
    assert Complaint.objects.open().get(allocation__isnull=False).allocation.posting == hanging
