"""The reviewer's pages with 300,000 households on lists: the queue, one list, and the page that asks for approval."""

from __future__ import annotations

import datetime

from django.db import connection
from django.test import Client
from django.utils import timezone

from administration.models import Area, Level, Officer, Role
from administration.scope import everywhere
from allocations.models import Allocation, CommuneList, Profile, Programme, Quota
from benchmarks.approving import empty, vacuum
from benchmarks.households_page import HOUSEHOLDS, _fill
from benchmarks.timing import interleaved, table
from beneficiaries.models import Household
from tests.factories import make_officer, make_quota, make_round


def run() -> None:
    empty()
    with everywhere():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        district = Area.objects.get(level=Level.DISTRICT, code="593")
        reviewer = make_officer(Role.REVIEWER, district)
        province = make_officer(Role.REVIEWER, Area.objects.get(level=Level.PROVINCE, code="60"))
        _fill(make_officer(area=Area.objects.get(level=Level.COMMUNE, code="22915")))
        commune = _submit_everything()
        print(
            f"{Household.objects.count():,} households, {Allocation.objects.count():,} lines that wait for a decision"
        )
    vacuum()
    clients = {"district": _signed_in(reviewer), "province": _signed_in(province)}
    one = f"/duyet/dot-1/{commune}/"

    def page(who: str, url: str) -> object:
        response = clients[who].get(url)
        assert response.status_code == 200, (url, response.status_code)
        return response

    times = interleaved(
        {
            "queue, district": lambda: page("district", "/duyet/"),
            "one list, first page": lambda: page("district", f"{one}?loc=sach"),
            "one list, last page": lambda: page("district", f"{one}?loc=sach&page=20"),
            "one list, search by name": lambda: page("district", f"{one}?loc=tat-ca&q=do+thi+an"),
            "one household": lambda: page("district", f"{one}?che-do=tung-ho&loc=sach"),
        },
        runs=30,
    )
    table(f"/duyet/ with {HOUSEHOLDS:,} households", times, against="queue, district")
    with everywhere():  # without districts the province reviews every commune's list
        Programme.objects.update(profile=Profile.TWO_TIERS)
    times = interleaved({"queue, whole province": lambda: page("province", "/duyet/")}, runs=30)
    table("the same in two tiers", times, against="queue, whole province")


def _submit_everything() -> str:
    """A list in every commune with all its households of the round; the code of one commune of Phan Thiết."""
    made = make_round(code="dot-1", today=timezone.localdate() - datetime.timedelta(20))
    communes = list(Area.objects.communes().filter(valid_to=None) or Area.objects.communes())
    for level in (Level.PROVINCE, Level.DISTRICT):
        for area in Area.objects.filter(level=level):
            make_quota(made, area, allowed=1_000_000 if level == Level.PROVINCE else 50_000)
    for area in communes:
        _submit(made, area)
    return "22915"


def _submit(made: object, area: Area) -> None:
    official, leader = make_officer(area=area), make_officer(Role.COMMUNE_LEADER, area)
    listed = CommuneList.objects.create(
        round=made, area=area, prepared_by=official, signed_by=leader, state="submitted",
        submitted_at=timezone.now() - datetime.timedelta(2), submission_no=1, document_no="1/TTr-UBND",
    )  # fmt: skip
    Quota.objects.create(round=made, area=area, allowed=500, **_support(made))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO allocations_allocation (commune_list_id, round_id, area_no, household_id, status, category,
                   priority_group, rank, flags, listed_by_id, signed_by_id, reason, reason_note, version)
            SELECT %s, %s, area_no, id, 'submitted', category, 3, row_number() OVER (ORDER BY id),
                   CASE WHEN id %% 15 = 0 THEN '{no_certificate}'::text[] ELSE '{}' END, %s, %s, '', '', 1
              FROM beneficiaries_household WHERE area_no = %s AND category IN ('HN', 'HCN')
            """,
            [listed.pk, made.pk, official.pk, leader.pk, area.pk],  # type: ignore[attr-defined]
        )


def _support(made: object) -> dict[str, object]:
    support = made.supports.get()  # type: ignore[attr-defined]
    return {"source": support.source, "form": support.form}


def _signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client
