"""Whole situations for tests of review and hand-over, made in a few statements."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.utils import timezone

from administration.models import Area, Officer, Role
from allocations.models import Allocation, CommuneList, Flag, Quota, Round, Status
from beneficiaries.models import BirthPrecision, Gender, Household, Person
from beneficiaries.sealing import fingerprint, seal
from tests.factories import (
    commune,
    made_up_identity,
    make_list,
    make_officer,
    make_quota,
    make_round,
    next_number,
)

BORN = datetime.date(1970, 5, 4)


@dataclass
class Scene:
    """A submitted list, its quota and the people around it. `lines` by rank."""

    round: Round
    commune_list: CommuneList
    quota: Quota
    official: Officer
    leader: Officer
    reviewer: Officer
    lines: list[Allocation] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [line.pk for line in self.lines]

    @property
    def url(self) -> str:
        return f"/duyet/{self.round.code}/{self.commune_list.area.code}/"

    def statuses(self) -> list[str]:
        return list(self.commune_list.lines.by_priority().values_list("status", flat=True))

    def with_status(self, status: str) -> list[int]:
        return list(self.commune_list.lines.filter(status=status).by_priority().values_list("pk", flat=True))


def submitted(
    lines: int = 3, *, quota: int = 10, area: Area | None = None, round: Round | None = None,
    flags: dict[int, list[str]] | None = None, status: str = Status.SUBMITTED,
) -> Scene:  # fmt: skip
    """A commune's list that waits for its reviewer. `flags`: by rank, from 1."""
    area, made = area or commune(), round or make_round()
    official = make_officer(area=area)
    leader = make_officer(Role.COMMUNE_LEADER, area)
    reviewer = make_officer(Role.REVIEWER, area.parent)
    commune_list = make_list(
        made, area, official=official, state=CommuneList.State.SUBMITTED, signed_by=leader,
        submitted_at=timezone.now() - datetime.timedelta(1), submission_no=1, document_no="12/TTr-UBND",
    )  # fmt: skip
    scene = Scene(made, commune_list, make_quota(made, area, quota), official, leader, reviewer)
    scene.lines = add_lines(scene, lines, flags or {}, status)
    return scene


def add_lines(scene: Scene, number: int, flags: dict[int, list[str]], status: str) -> list[Allocation]:
    households = _households(scene, number, flags)
    decided = status not in (Status.SUBMITTED, Status.DRAFT)
    return Allocation.objects.bulk_create(
        Allocation(
            commune_list=scene.commune_list, round=scene.round, area_id=scene.commune_list.area_id, household=household,
            category=household.category, priority_group=3, rank=rank, status=status, flags=flags.get(rank, []),
            listed_by=scene.official, signed_by=scene.leader,
            decided_by=scene.reviewer if decided else None, decided_at=timezone.now() if decided else None,
        )
        for rank, household in enumerate(households, start=1)
    )  # fmt: skip


def _households(scene: Scene, number: int, flags: dict[int, list[str]]) -> list[Household]:
    area, serials = scene.commune_list.area, [next_number() for _ in range(number)]
    households = Household.objects.bulk_create(
        Household(
            area=area, code=f"{area.code}-{serial:05d}", hamlet="Khu phố 2", category="HN", member_count=1,
            certificate_no=f"{serial}/GCN", created_by=scene.official,
        )
        for serial in serials
    )  # fmt: skip
    identities = [
        "" if Flag.NO_IDENTITY in flags.get(rank, []) else made_up_identity(serial)
        for rank, serial in enumerate(serials, start=1)
    ]
    Person.objects.bulk_create(
        Person(
            household=household, area=area, is_head=True, full_name=f"Nguyễn Thị Hộ {rank}", gender=Gender.FEMALE,
            birth_year=1970, birth_date=BORN, birth_precision=BirthPrecision.DAY,
            cccd_hash=fingerprint(identity), cccd_sealed=seal(identity),
        )
        for rank, (household, identity) in enumerate(zip(households, identities, strict=True), start=1)
    )  # fmt: skip
    return households
