"""Four communes of two districts with their officers, quotas, devices and two rounds that are open at the same time."""

from __future__ import annotations

from dataclasses import dataclass, field

from administration.models import Area, Officer, Role
from administration.scope import EVERYWHERE, within
from allocations.models import Round
from tests.factories import (
    commune,
    make_device,
    make_lot,
    make_officer,
    make_quota,
    make_round,
    province,
)

COMMUNES = ("22915", "22921", "22969", "22972")  # two of Phan Thiết, two of Tuy Phong
DEVICES = 40  # of a commune


@dataclass
class Desk:
    """Who works for one commune."""

    area: Area
    officials: list[Officer] = field(default_factory=list)
    leader: Officer | None = None
    reviewers: list[Officer] = field(default_factory=list)


@dataclass
class Province:
    desks: list[Desk]
    rounds: list[Round]
    staff: Officer

    @property
    def round_ids(self) -> list[int]:
        return [one.pk for one in self.rounds]


def make_province(places: int) -> Province:
    """In one transaction of the application role."""
    with within(*EVERYWHERE):
        rounds = [make_round(), make_round()]
        lot = make_lot(quantity=len(COMMUNES) * DEVICES)
        desks = []
        for code in COMMUNES:
            area = commune(code)
            desk = Desk(area, [make_officer(area=area) for _ in range(2)], make_officer(Role.COMMUNE_LEADER, area))
            desk.reviewers = [make_officer(Role.REVIEWER, area.parent) for _ in range(2)]
            desks.append(desk)
            for one in rounds:
                make_quota(one, area, places)
            for _ in range(DEVICES):
                make_device(area, lot=lot)
        return Province(desks, rounds, make_officer(Role.PROVINCE_STAFF, province()))
