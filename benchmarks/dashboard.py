"""The province's dashboard at 30,000 households and at 3 million over 10,000 communes, and what a roll-up costs.

Rows are made by INSERT ... SELECT with triggers off and counted once by the product's own rebuild.
"""

from __future__ import annotations

import os
import statistics
import time

import psycopg
from django.db import connection
from django.test import Client

from administration.models import Area, Level, Officer, Role
from administration.scope import everywhere
from allocations.models import (
    CommuneList,
    FundingSource,
    Profile,
    Programme,
    Round,
    RoundSupport,
    RuleVersion,
    SourceCode,
    SupportForm,
)
from benchmarks.timing import interleaved, table
from beneficiaries.models import Household
from reports.rollups import rebuild

SMALL, LARGE = 30_000, 3_000_000
COMMUNES = 10_000
LINES = 3  # every third household is on a list
RUNS = 40
MANY, BLOCKS, WARM = 1000, 6, 8  # lines of a bulk decision; see _one_approval
FILLED = ("beneficiaries_household", "allocations_communelist", "allocations_allocation")


def run() -> None:
    with everywhere():
        staff, round = officer("tinh", Role.PROVINCE_STAFF), the_round()
    times = {}
    for size, communes in ((SMALL, 121), (LARGE, COMMUNES)):
        fill(size, communes, staff, round)
        client = Client()
        client.force_login(staff)
        name = f"{size:,} households, {communes:,} communes"
        times |= interleaved({name: lambda client=client: _page(client)}, runs=RUNS)
    table("/tong-quan/ of one province", times, against=f"{SMALL:,} households, 121 communes")
    _one_approval()


def _page(client: Client) -> None:
    response = client.get("/tong-quan/")
    assert response.status_code == 200, response.status_code


def officer(name: str, role: str) -> Officer:
    area = Area.objects.get(level=Level.PROVINCE, code="60")
    values = {"role": role, "area": area, "full_name": f"Cán Bộ {name}", "is_demo": True}
    return Officer.objects.get_or_create(username=f"bench.{name}", defaults=values)[0]


def the_round() -> Round:
    if found := Round.objects.filter(code="bench").first():
        Programme.objects.filter(pk=found.programme_id).update(
            profile=Profile.TWO_TIERS
        )  # its reviewer is the province's
        return found
    province = Area.objects.get(level=Level.PROVINCE, code="60")
    programme = Programme.objects.create(province=province, name="Bench", reviewer_label="", profile=Profile.TWO_TIERS)
    round = Round.objects.create(
        programme=programme, code="bench", name="Bench", device_kind="phone", opens_on="2026-08-01",
        submit_by="2026-09-01", review_by="2026-10-01", hand_over_by="2026-11-01", state="open",
        categories=["HN", "HCN", "CSXH"],
    )  # fmt: skip
    source = FundingSource.objects.create(
        programme=programme, code=SourceCode.PROVINCE, name="Bench", categories=["HN", "HCN", "CSXH"]
    )
    RoundSupport.objects.create(round=round, source=source, form=SupportForm.DEVICE, position=1)
    RuleVersion.objects.create(round=round, number=1)
    RuleVersion.objects.filter(round=round).update(state="published")
    return round


AREAS = """
INSERT INTO administration_area (number, last, code, name, short_name, kind, level, parent_id, valid_from, area_class)
SELECT 100000000 + n, 100000000 + n, 'z' || to_hex(n), 'Xã ' || n, n::text, 'commune', 'commune', NULL, '2020-01-01',
       'unknown'
  FROM generate_series(1, %(more)s) AS n ON CONFLICT DO NOTHING
"""
HOUSEHOLDS = """
INSERT INTO beneficiaries_household (area_no, code, hamlet, address, category, attributes, certificate_no,
       original_code, phone, phone_kind, prior_device, note, created_by_id, version, delisting_reason, member_count)
SELECT c.number, 'b' || n, 'Thôn ' || n %% 9, '', (ARRAY['HN','HCN','CSXH'])[1 + n %% 3], '{}', '', '', '', 'basic', '',
       '', %(officer)s, 1, '', 3
  FROM generate_series(%(after)s + 1, %(until)s) AS n
  JOIN (SELECT number, row_number() OVER (ORDER BY number) - 1 AS i FROM administration_area
         WHERE level = 'commune') AS c ON c.i = n %% %(communes)s
"""
LISTS = """
INSERT INTO allocations_communelist (round_id, area_no, state, prepared_by_id, signed_by_id, submitted_at, document_no,
       content_hash, submission_no)
SELECT %(round)s, a.number, 'submitted', %(officer)s, %(signer)s, now() - interval '60 days', '', '', 1
  FROM administration_area a
 WHERE a.level = 'commune'
   AND NOT EXISTS (SELECT 1 FROM allocations_communelist l WHERE l.area_no = a.number AND l.round_id = %(round)s)
"""
ALLOCATIONS = """
INSERT INTO allocations_allocation (commune_list_id, round_id, area_no, household_id, status, category, priority_group,
       rank, flags, listed_by_id, listed_at, signed_by_id, decided_by_id, decided_at, reason, reason_note, version,
       source_id, form, rule_version_id)
SELECT l.id, %(round)s, h.area_no, h.id,
       (ARRAY['submitted','approved','approved','waiting','rejected'])[1 + h.id %% 5], h.category, 1, h.id %% 100000,
       '{}', %(officer)s, now() - interval '20 days', %(signer)s, CASE WHEN h.id %% 5 > 0 THEN %(reviewer)s END,
       now() - (h.id %% 20) * interval '1 day', CASE WHEN h.id %% 5 = 4 THEN 'duplicate' ELSE '' END, '', 1,
       %(source)s, 'MAY', %(rules)s
  FROM beneficiaries_household h JOIN allocations_communelist l ON l.area_no = h.area_no AND l.round_id = %(round)s
 WHERE h.id %% %(lines)s = 0 AND NOT EXISTS (SELECT 1 FROM allocations_allocation a WHERE a.household_id = h.id)
"""


def fill(households: int, communes: int, staff: Officer, round: Round) -> None:
    with everywhere():
        present = Household.objects.count()
        signer, reviewer = officer("ky", Role.COMMUNE_LEADER), officer("duyet", Role.REVIEWER)
        said = {
            "more": communes - 121, "officer": staff.pk, "signer": signer.pk, "reviewer": reviewer.pk,
            "after": present, "until": households, "communes": communes, "round": round.pk, "lines": LINES,
            "source": FundingSource.objects.get(programme=round.programme_id).pk,
            "rules": RuleVersion.objects.get(round=round).pk,
        }  # fmt: skip
    connection.close()
    began = time.perf_counter()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        for name in FILLED:
            owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        owner.execute("SELECT set_config('app.lo', '0', false), set_config('app.hi', '2000000000', false)")
        for statement in (AREAS, HOUSEHOLDS, LISTS, ALLOCATIONS):
            owner.execute(statement, said)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in FILLED:
            owner.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        for name in FILLED:
            owner.execute(f"VACUUM ANALYZE {name}")
    with everywhere():
        assert CommuneList.objects.filter(round=round).count() >= communes
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        rebuild()
    connection.close()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE reports_allocationcount, reports_householdcount, reports_daycount")
    print(f"filled to {households:,} households in {time.perf_counter() - began:.0f} s")


def _one_approval() -> None:
    """One line and a thousand of them rejected and rolled back, with and without the trigger that counts.

    In blocks whose first runs are not counted: switching a trigger throws away the plans of the trigger's functions,
    which a worker's connection keeps.
    """
    times: dict[tuple[bool, int], list[float]] = {(counts, n): [] for counts in (True, False) for n in (1, MANY)}
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("SELECT set_config('app.lo', '0', false), set_config('app.hi', '2000000000', false)")
        found = owner.execute(
            "SELECT a.id FROM allocations_allocation a JOIN allocations_round r ON r.id = a.round_id"
            " WHERE a.status = 'waiting' AND r.code = 'bench' ORDER BY a.area_no, a.id LIMIT %s",
            [MANY],
        )
        lines = [pk for (pk,) in found]
        owner.commit()
        for _ in range(BLOCKS):
            for counts in (True, False):
                _switch(owner, counts=counts)
                for n in (1, MANY):
                    runs = [_rejected(owner, lines[:n]) for _ in range(WARM + RUNS // (1 if n == 1 else 10))]
                    times[counts, n] += runs[WARM:]
        _switch(owner, counts=True)
    for n in (1, MANY):
        with_it, without = (statistics.median(times[counts, n]) for counts in (True, False))
        each = (with_it - without) / n
        print(
            f"\n{n:,} at once: {with_it:.2f} ms, without roll-up {without:.2f} ms: {each:.3f} ms of roll-up a decision"
        )


def _switch(owner: psycopg.Connection, *, counts: bool) -> None:
    on = "ENABLE" if counts else "DISABLE"
    owner.execute(f"ALTER TABLE allocations_allocation {on} TRIGGER counts_changed_lines")
    owner.commit()


def _rejected(owner: psycopg.Connection, lines: list[int]) -> float:
    """Milliseconds of one statement, which is taken back."""
    began = time.perf_counter()
    owner.execute("UPDATE allocations_allocation SET status = 'rejected' WHERE id = ANY(%s)", [lines])
    spent = (time.perf_counter() - began) * 1000
    owner.rollback()
    return spent
