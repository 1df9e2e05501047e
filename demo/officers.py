"""The demo's officers: one of each role wherever the programme needs one, all with the published password."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from administration.models import Area, Level, Officer, Role
from demo.accounts import LOGINS, LOGINS_OF_TWO_TIERS, PASSWORD
from demo.people import make_name

KNOWN = {  # (level, code) -> (log-in, role); codes are used again after July 2025, so each land has its own
    ("province", "60"): [("tinh", Role.PROVINCE_STAFF)],
    ("district", "593"): [("huyen.phanthiet", Role.REVIEWER)],
    ("district", "595"): [("huyen.tuyphong", Role.REVIEWER)],
    ("commune", "22915"): [("xa.muine", Role.COMMUNE_OFFICIAL), ("lanhdao.muine", Role.COMMUNE_LEADER)],
    ("commune", "22921"): [("xa.phuhai", Role.COMMUNE_OFFICIAL)],
}
KNOWN_OF_TWO_TIERS = {
    ("province", "68"): [("tinh", Role.PROVINCE_STAFF), ("thamdinh", Role.REVIEWER)],
    ("commune", "22918"): [("xa.muine", Role.COMMUNE_OFFICIAL), ("lanhdao.muine", Role.COMMUNE_LEADER)],
    ("commune", "22924"): [("xa.phuhai", Role.COMMUNE_OFFICIAL)],
}
STAFF = {
    Level.PROVINCE: [Role.PROVINCE_STAFF, Role.PROVINCE_STAFF],
    Level.DISTRICT: [Role.REVIEWER],
    Level.COMMUNE: [Role.COMMUNE_OFFICIAL, Role.COMMUNE_LEADER],
}
STAFF_OF_TWO_TIERS = {**STAFF, Level.PROVINCE: [*STAFF[Level.PROVINCE], Role.REVIEWER, Role.REVIEWER]}
PREFIX = {
    Role.PROVINCE_STAFF: "tinh",
    Role.REVIEWER: "huyen",
    Role.COMMUNE_OFFICIAL: "xa",
    Role.COMMUNE_LEADER: "lanhdao",
}


@dataclass
class Staff:
    """Who works where: by role, then by the unit's number."""

    officials: dict[int, Officer] = field(default_factory=dict)
    leaders: dict[int, Officer] = field(default_factory=dict)
    reviewers: dict[int, Officer] = field(default_factory=dict)
    province: Officer | None = None

    @property
    def head_office(self) -> Officer:
        assert self.province is not None  # noqa: S101 - set by `hire`
        return self.province


def logins() -> list[tuple[str, str]]:
    """The log-ins of the demo that was made: where the province reviews, those of two tiers."""
    province_reviews = Officer.objects.filter(username="thamdinh", is_demo=True).exists()
    return LOGINS_OF_TWO_TIERS if province_reviews else LOGINS


def hire(areas: list[Area], rng: random.Random, *, two_tiers: bool = False) -> Staff:
    """Makes the officers of the province. One password hash serves all: 260 Argon2 rounds would take half a minute."""
    password = make_password(PASSWORD)
    officers = [o for area in areas for o in _of_area(area, password, rng, two_tiers=two_tiers)]
    officers.append(_officer("quantri", Role.ADMINISTRATOR, None, password, rng, is_staff=True, is_superuser=True))
    return _sorted_by_place(Officer.objects.bulk_create(officers))


def _of_area(area: Area, password: str, rng: random.Random, *, two_tiers: bool) -> list[Officer]:
    known = (KNOWN_OF_TWO_TIERS if two_tiers else KNOWN).get((area.level, area.code), [])
    officers = [_officer(username, role, area, password, rng) for username, role in known]
    missing = list((STAFF_OF_TWO_TIERS if two_tiers else STAFF).get(Level(area.level), []))
    for _, role in known:
        missing.remove(role)
    for number, role in enumerate(missing, start=1):
        prefix = "thamdinh" if two_tiers and role == Role.REVIEWER else PREFIX[role]
        officers.append(_officer(f"{prefix}.{area.code}.{number}", role, area, password, rng))
    return officers


def _officer(username: str, role: str, area: Area | None, password: str, rng: random.Random, **more: bool) -> Officer:
    phone = f"0900{rng.randrange(10**6):06d}"
    return Officer(
        username=username,
        role=role,
        area=area,
        full_name=make_name("01", rng.choice("MF"), rng),
        phone=phone,
        password=password,
        is_demo=True,
        **more,
    )


def _sorted_by_place(officers: list[Officer]) -> Staff:
    staff = Staff()
    for officer in officers:
        if officer.area_id is None:
            continue
        if officer.role == Role.COMMUNE_OFFICIAL:
            staff.officials[officer.area_id] = officer
        elif officer.role == Role.COMMUNE_LEADER:
            staff.leaders[officer.area_id] = officer
        elif officer.role == Role.REVIEWER:
            staff.reviewers[officer.area_id] = officer
        elif staff.province is None:
            staff.province = officer
    return staff
