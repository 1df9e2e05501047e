"""The counters kept by triggers equal a plain count, whatever statement changed the rows."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F
from django.utils import timezone

from administration.models import Role
from allocations.models import MOVES, Allocation, FundingSource, HandOver, Profile, Programme, Reason, Round, Status
from beneficiaries.models import Category, Household
from reports.models import AllocationCount, DayCount, HouseholdCount
from tests.factories import (
    LIEN_HUONG,
    MUI_NE,
    PHU_HAI,
    commune,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
    province,
)

pytestmark = pytest.mark.usefixtures("everywhere")
S = Status


LINE = ("round_id", "area_id", "category", "source_id", "form", "status", "reason")


def counted_lines() -> Counter[tuple[Any, ...]]:
    rows = Allocation.objects.values_list(*LINE).annotate(n=Count("pk"))
    return Counter({row[:-1]: row[-1] for row in rows.order_by()})


def kept_lines() -> Counter[tuple[Any, ...]]:
    return Counter({row[:-1]: row[-1] for row in AllocationCount.objects.exclude(n=0).values_list(*LINE, "n")})


def counted_days() -> Counter[tuple[int, int, str, datetime.date]]:
    """By a plain loop over lines and hand-overs, days in Việt Nam."""
    days: Counter[tuple[int, int, str, datetime.date]] = Counter()
    for line in Allocation.objects.all():
        if line.status != S.WITHDRAWN:
            days[line.round_id, line.area_id, "listed", timezone.localdate(line.listed_at)] += 1
        if line.status in (S.APPROVED, S.HANDED_OVER) and line.decided_at:
            days[line.round_id, line.area_id, "granted", timezone.localdate(line.decided_at)] += 1
    for hand_over in HandOver.objects.select_related("allocation"):
        days[hand_over.allocation.round_id, hand_over.area_id, "handed_over", hand_over.handed_on] += 1
    return days


def kept_days() -> Counter[tuple[int, int, str, datetime.date]]:
    rows = DayCount.objects.exclude(n=0).values_list("round_id", "area_id", "step", "day", "n")
    return Counter({row[:-1]: row[-1] for row in rows})


def counted_households() -> Counter[tuple[int, str]]:
    rows = Household.objects.listed().values_list("area_id", "category").annotate(n=Count("pk"))
    return Counter({row[:2]: row[2] for row in rows.order_by()})


def kept_households() -> Counter[tuple[int, str]]:
    rows = HouseholdCount.objects.exclude(n=0).values_list("area_id", "category", "n")
    return Counter({row[:2]: row[2] for row in rows})


UNDER_WAY = [S.SUBMITTED, S.WAITING, S.APPROVED]  # such a household stays in the register


class Walk:
    """Random changes, each one statement of the kind the actions send."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.areas = [commune(code) for code in (MUI_NE, PHU_HAI, LIEN_HUONG)]
        self.rounds = [make_round(), make_round()]
        FundingSource.objects.update(categories=Category.values)
        Programme.objects.update(profile=Profile.TWO_TIERS)  # one reviewer decides everywhere
        self.reviewer = make_officer(Role.REVIEWER, province())
        self.lists = {}
        for round in self.rounds:
            for area in self.areas:
                make_quota(round, area, 1000)
                self.lists[round.pk, area.number] = make_list(round, area)
        self.leader = make_officer(Role.COMMUNE_LEADER)
        self.seen: Counter[str] = Counter()

    def step(self) -> None:
        moves: list[Callable[[], object]] = [
            self.add, self.add, self.list_some, self.list_some, self.move_some, self.move_some, self.move_some,
            self.hand_over_one, self.change_category, self.change_line_category, self.delist, self.delete_lines,
            self.delete_households, self.move_house, self.correct_the_day, self.forget_hand_over,
        ]  # fmt: skip
        chosen = self.random.choice(moves)
        if chosen():
            self.seen[chosen.__name__] += 1

    def add(self) -> bool:
        area = self.random.choice(self.areas)
        for _ in range(self.random.randint(1, 4)):
            make_household(area, category=self.random.choice(Category.values), created_by=self.leader)
        return True

    def list_some(self) -> bool:
        """One INSERT of many lines, in several communes."""
        free = list(Household.objects.listed().filter(allocations=None).order_by("pk")[:5])
        round = self.random.choice(self.rounds)
        lines = [
            Allocation(
                commune_list=self.lists[round.pk, household.area_id], round=round, area_id=household.area_id,
                household=household, category=household.category, priority_group=1, rank=rank, listed_by=self.leader,
            )
            for rank, household in enumerate(free)
        ]  # fmt: skip
        return bool(Allocation.objects.bulk_create(lines))

    def move_some(self) -> int:
        """One UPDATE of all lines in a status, in both rounds and all communes."""
        present = sorted(set(Allocation.objects.values_list("status", flat=True)) & MOVES.keys() - {S.HANDED_OVER})
        if not present:
            return 0
        status = self.random.choice(present)
        to = self.random.choice(sorted(MOVES[status] - {S.HANDED_OVER}))
        at = datetime.datetime(2024, 12, self.random.randint(1, 9), self.random.randint(0, 23), tzinfo=datetime.UTC)
        reason = self.random.choice(["", *Reason.values]) if to in (S.RETURNED, S.REJECTED) else ""
        lines = Allocation.objects.filter(status=status, household__delisted_on=None)
        return lines.update(status=to, decided_by=self.reviewer, decided_at=at, reason=reason)

    def hand_over_one(self) -> bool:
        under_way = Allocation.objects.filter(status__in=UNDER_WAY, household__delisted_on=None, recheck__isnull=True)
        line = under_way.order_by("pk").first()
        if line is None:
            return False
        if line.status != S.APPROVED:
            Allocation.objects.filter(pk=line.pk).update(status=S.APPROVED, decided_by=self.reviewer)
        line.status, line.device = S.HANDED_OVER, make_device(line.area, state="handed_over")
        line.save()
        if self.random.random() < 0.7:
            HandOver.objects.create(
                allocation=line, device=line.device, area=line.area, receiver_name="Nguyễn Thị Mẫu",
                receiver_relation="Chủ hộ", handed_on=datetime.date(2024, 12, self.random.randint(10, 20)),
                by=self.leader,
            )  # fmt: skip
        return True

    def correct_the_day(self) -> int:
        return HandOver.objects.all().update(handed_on=datetime.date(2024, 12, self.random.randint(10, 20)))

    def forget_hand_over(self) -> int:
        return HandOver.objects.filter(pk__in=HandOver.objects.order_by("pk").values("pk")[:1]).delete()[0]

    def change_category(self) -> int:
        return Household.objects.filter(category=self.random.choice(Category.values)).update(
            category=self.random.choice(Category.values)
        )

    def change_line_category(self) -> int:
        return Allocation.objects.filter(status=S.DRAFT).update(category=self.random.choice(Category.values))

    def delist(self) -> int:
        free = Household.objects.exclude(pk__in=Allocation.objects.filter(status__in=UNDER_WAY).values("household"))
        chosen = free.order_by("version", "pk").values("pk")[:3]
        there, back = {"delisted_on": timezone.localdate()}, {"delisted_on": None}
        return Household.objects.filter(pk__in=chosen).update(**self.random.choice([there, back]))

    def delete_lines(self) -> int:
        return Allocation.objects.filter(status__in=[S.WITHDRAWN, S.REJECTED]).delete()[0]

    def delete_households(self) -> int:
        return Household.objects.filter(allocations=None, category=self.random.choice(Category.values)).delete()[0]

    def move_house(self) -> int:
        chosen = Household.objects.filter(allocations=None)
        return chosen.update(area=self.random.choice(self.areas), version=F("version") + 1)


@pytest.mark.parametrize("seed", [1, 2])
def test_counters_equal_a_plain_count_after_each_of_many_random_changes(seed):
    walk = Walk(seed)
    steps: set[str] = set()

    for _ in range(300):
        walk.step()
        assert kept_lines() == counted_lines()
        assert kept_households() == counted_households()
        assert kept_days() == counted_days()
        steps |= {step for _, _, step, _ in kept_days()}

    assert kept_lines().total() > 0
    assert steps == {"listed", "granted", "handed_over"}
    assert len(walk.seen) == 12, walk.seen  # every kind of change happened


def test_a_change_that_is_taken_back_leaves_the_counters_as_they_were():
    make_allocation(make_list(make_round()), make_household())
    before = kept_lines()

    savepoint = transaction.savepoint()
    Allocation.objects.update(status=S.SUBMITTED)
    assert kept_lines() != before
    transaction.savepoint_rollback(savepoint)

    assert kept_lines() == before


def test_a_counter_below_zero_is_refused_so_that_a_lost_trigger_is_noticed():
    make_allocation(make_list(make_round()), make_household())
    AllocationCount.objects.update(n=0)

    with pytest.raises(IntegrityError, match="allocation_count_is_not_negative"), transaction.atomic():
        Allocation.objects.all().delete()


def test_an_undone_hand_over_counts_as_approved_again():
    round = make_round()
    make_quota(round)
    device = make_device(state="handed_over")
    line = make_allocation(make_list(round), make_household(), S.HANDED_OVER, device=device)
    HandOver.objects.filter(allocation=line).delete()

    Allocation.objects.filter(pk=line.pk).update(status=S.APPROVED, device=None)

    assert {row[-2]: n for row, n in kept_lines().items()} == {S.APPROVED: 1}
    assert kept_days() == counted_days()


def test_closing_a_round_does_not_lose_its_counts():
    round = make_round()
    make_allocation(make_list(round), make_household(), S.SUBMITTED)

    Round.objects.update(state="closed")

    assert kept_lines().total() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n) FROM reports_allocationcount")
        assert cursor.fetchone() == (1,)
