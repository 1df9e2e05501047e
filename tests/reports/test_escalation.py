"""A step that stays late goes up a level; public posting is a step of the commune's work."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from administration.models import Role
from allocations.actions import build_list, start_posting
from reports.delays import Delay, Step, escalated_to
from tests.factories import commune, district, make_household, make_officer, make_quota, make_round

DAY = datetime.date(2024, 7, 1)


@pytest.mark.parametrize(
    ("step", "days", "roles"),
    [
        (Step.NOT_SUBMITTED, 2, []),
        (Step.NOT_SUBMITTED, 3, [Role.COMMUNE_LEADER]),
        (Step.RETURNED, 7, [Role.COMMUNE_LEADER, Role.REVIEWER]),
        (Step.HAND_OVER, 14, [Role.COMMUNE_LEADER, Role.REVIEWER, Role.PROVINCE_STAFF]),
        (Step.REVIEW, 2, []),
        (Step.REVIEW, 3, [Role.PROVINCE_STAFF]),
        (Step.NO_DEVICE, 30, []),
    ],
)
def test_the_longer_a_step_is_late_the_higher_it_is_told(step, days, roles):
    assert escalated_to(Delay(step, 5, DAY, days)) == roles


def tasks_of(client, officer) -> str:
    client.force_login(officer)
    return " ".join(client.get("/viec/").content.decode().split())


@pytest.mark.parametrize(
    ("late", "leader_reads", "reviewer_reads"), [(2, False, False), (3, True, False), (8, True, True)]
)
def test_leader_and_reviewer_read_what_was_escalated_to_them(client, everywhere, late, leader_reads, reviewer_reads):
    today = timezone.localdate()
    round = make_round(today=today - datetime.timedelta(30 + late))
    make_quota(round, district(), 10)
    make_quota(round)
    make_household()
    build_list(round.pk, commune().pk, by=make_officer())
    words = "Chuyển lên bạn: Phường Mũi Né"

    assert (words in tasks_of(client, make_officer(Role.COMMUNE_LEADER))) == leader_reads
    assert (words in tasks_of(client, make_officer(Role.REVIEWER))) == reviewer_reads
    assert words not in tasks_of(client, make_officer())


def test_public_posting_is_a_step_of_the_communes_work(client, everywhere):
    today = timezone.localdate()
    round = make_round(code="dot-2", today=today, demands_posting=True)
    make_quota(round)
    make_household()
    official = make_officer()
    listed = build_list(round.pk, commune().pk, by=official)

    before = tasks_of(client, official)
    assert "niem-yet/" in before
    assert "Cần biên bản kết thúc niêm yết" in before
    start_posting(listed.pk, starts_on=today, places=["Trụ sở"], by=official)
    assert "Lập biên bản kết thúc khi hết hạn niêm yết" in tasks_of(client, official)
