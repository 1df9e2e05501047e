"""The households page with 300,000 households, through the whole request, beside Django's stock admin list."""

from __future__ import annotations

import os

import psycopg
from django.db import connection
from django.test import Client

from administration.models import Area, Level, Officer, Role
from administration.scope import everywhere
from benchmarks.timing import interleaved, table
from beneficiaries.models import Household
from beneficiaries.sealing import seal

HOUSEHOLDS = 300_000
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Đỗ", "Lâm", "Thông"]
MIDDLE = ["Thị", "Văn", "Hữu", "Ngọc", "Đức", "Kim", "Minh", "Thanh"]
GIVEN = ["An", "Ánh", "Ẩn", "Bình", "Dũng", "Đông", "Hòa", "Lan", "Mai", "Phương", "Tám", "Út", "Ý", "Yến"]


def run() -> None:
    with everywhere():
        officers = _officers()
        if Household.objects.count() < HOUSEHOLDS:
            _fill(officers["commune"])
    _analyze()
    clients = {name: _signed_in(officer) for name, officer in officers.items()}

    def page(who: str, query: str = "") -> object:
        response = clients[who].get(f"/ho/{query}")
        assert response.status_code == 200, response.status_code
        return response

    def stock_admin() -> object:
        return clients["administrator"].get("/quan-tri/administration/area/")

    times = interleaved(
        {
            "commune, first page": lambda: page("commune"),
            "district, first page": lambda: page("district"),
            "province, first page": lambda: page("province"),
            "province, search by name": lambda: page("province", "?q=do+thi+an"),
            "province, one category": lambda: page("province", "?dien=HCN"),
            "stock admin list (131 units)": stock_admin,
        },
        runs=20,
    )
    table(f"/ho/ with {HOUSEHOLDS:,} households", times, against="commune, first page")


def _officers() -> dict[str, Officer]:
    places = {
        "commune": (Level.COMMUNE, "22915", Role.COMMUNE_OFFICIAL),
        "district": (Level.DISTRICT, "593", Role.REVIEWER),
        "province": (Level.PROVINCE, "60", Role.PROVINCE_STAFF),
    }
    officers = {}
    for name, (level, code, role) in places.items():
        area = Area.objects.get(level=level, code=code)
        values = {"role": role, "area": area, "full_name": f"Cán Bộ {name}", "is_demo": True}
        officers[name] = Officer.objects.get_or_create(username=f"bench.{name}", defaults=values)[0]
    rights = {
        "role": Role.ADMINISTRATOR,
        "full_name": "Quản Trị",
        "is_staff": True,
        "is_superuser": True,
        "is_demo": True,
    }
    officers["administrator"] = Officer.objects.get_or_create(username="bench.admin", defaults=rights)[0]
    return officers


def _signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def _fill(maker: Officer) -> None:
    """Households spread over the 121 communes, by two INSERT ... SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO beneficiaries_household (area_no, code, hamlet, address, category, attributes,
                   certificate_no, original_code, phone, phone_kind, prior_device, note, created_by_id, version,
                   delisting_reason, member_count)
            SELECT c.number, c.code || '-' || lpad(n::text, 6, '0'), 'Thôn ' || n %% 9, '',
                   (ARRAY['HN','HCN','CSXH'])[1 + n %% 3], '{}', '', '', '09' || lpad(n::text, 8, '0'), 'basic', '',
                   '', %s, 1, '', 3
              FROM generate_series(1, %s) AS n
              JOIN (SELECT number, code, row_number() OVER (ORDER BY number) - 1 AS i FROM administration_area
                     WHERE level = 'commune') AS c ON c.i = n %% 121
            """,
            [maker.pk, HOUSEHOLDS],
        )
        cursor.execute(
            """
            INSERT INTO beneficiaries_person (household_id, area_no, is_head, is_live, full_name, gender, birth_year,
                birth_precision, relation, attends_school, cccd_hash, cccd_sealed)
            SELECT id, area_no, true, true,
                   (%s::text[])[1 + id %% 10] || ' ' || (%s::text[])[1 + id / 7 %% 8] || ' '
                       || (%s::text[])[1 + id / 3 %% 14],
                   'F', 1940 + id %% 60, 'year', '', false, sha256(id::text::bytea), %s
              FROM beneficiaries_household
            """,
            [FAMILY, MIDDLE, GIVEN, seal("060170000001")],
        )


def _analyze() -> None:
    """As autovacuum would have by the time anybody looks."""
    connection.close()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
