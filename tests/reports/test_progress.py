"""What the dashboard and the reports say about a round."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from administration.models import Area, Level, Officer, Role
from administration.scope import scope_of
from allocations.models import CommuneList, Round, Status
from devices.models import DeviceModel
from reports.delays import Delay, Step, Wait, delay_of, waits_of
from reports.figures import Figures
from reports.progress import CommuneProgress, Progress, count_of, gather
from tests.factories import (
    LIEN_HUONG,
    MUI_NE,
    PHU_HAI,
    TUY_PHONG,
    commune,
    district,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_lot,
    make_officer,
    make_quota,
    make_round,
    province,
)

OPENED = datetime.date(2024, 6, 3)  # lists due 3 July, review due 18 July, hand-over due 1 September
S = Status


def at(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(9, 30)))


BEFORE_DEADLINES = at(datetime.date(2024, 6, 10))
LISTS_DUE = at(datetime.date(2024, 7, 3))
LISTS_LATE = at(datetime.date(2024, 7, 10))
REVIEW_LATE = at(datetime.date(2024, 7, 28))
HAND_OVER_LATE = at(datetime.date(2024, 9, 11))


def submitted_list(round: Round, area: Area, statuses: list[str]) -> CommuneList:
    leader = make_officer(Role.COMMUNE_LEADER, area)
    commune_list = make_list(round, area, state="submitted", signed_by=leader, submitted_at=at(OPENED))
    for status in statuses:
        device = make_device(area, state="handed_over") if status == S.HANDED_OVER else None
        make_allocation(commune_list, make_household(area), status, device=device)
    return commune_list


def row(progress: Progress, code: str = MUI_NE) -> CommuneProgress:
    return next(commune for commune in progress.communes if commune.area.code == code)


def figures(**values: int) -> Figures:
    """Figures with so many poor households in each status."""
    extra = {name: values.pop(name) for name in ("stock", "ready", "quota") if name in values}
    target = Counter({"HN": values.pop("target", 0)})
    return Figures(target, Counter({("HN", status): n for status, n in values.items()}), **extra)


# --- Steps (pure) ---------------------------------------------------------------------------------------------------


def a_round(state: str = "open") -> Round:
    days = [OPENED + datetime.timedelta(n) for n in (0, 30, 45, 90)]
    return Round(state=state, opens_on=days[0], submit_by=days[1], review_by=days[2], hand_over_by=days[3])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"target": 9}, [(Step.NOT_STARTED, 9)]),
        ({"target": 9, "draft": 4}, [(Step.NOT_SUBMITTED, 4)]),
        ({"target": 9, "submitted": 4}, [(Step.REVIEW, 4)]),
        ({"returned": 1, "draft": 2, "submitted": 4}, [(Step.RETURNED, 1), (Step.REVIEW, 4)]),
        ({"approved": 5, "stock": 2, "ready": 2}, [(Step.NO_DEVICE, 3), (Step.HAND_OVER, 2)]),
        ({"rejected": 5, "waiting": 2, "handed_over": 3}, []),
    ],
)
def test_waits_of_a_commune_name_each_step_with_its_households(counts, expected):
    waits = waits_of(figures(**counts), a_round())

    assert [(wait.step, wait.households) for wait in waits] == expected


def test_waits_of_a_closed_round_are_none():
    assert waits_of(figures(target=9), a_round("closed")) == []


def test_delay_counts_days_after_the_deadline_and_not_the_day_itself():
    wait = Wait(Step.REVIEW, 5, datetime.date(2024, 7, 18))

    assert delay_of([wait], datetime.date(2024, 7, 18)) is None
    assert delay_of([wait], datetime.date(2024, 7, 20)) == Delay(Step.REVIEW, 5, wait.due, 2)


def test_delay_is_the_step_with_most_late_households_so_that_nobody_is_blamed_for_the_others():
    waits = [Wait(Step.RETURNED, 2, datetime.date(2024, 7, 18)), Wait(Step.REVIEW, 300, datetime.date(2024, 7, 18))]
    not_late = Wait(Step.HAND_OVER, 999, datetime.date(2024, 9, 1))

    delay = delay_of([*waits, not_late], datetime.date(2024, 7, 20))

    assert delay is not None
    assert delay.step == Step.REVIEW


# --- Figures -------------------------------------------------------------------------------------------------------


def test_figures_of_several_units_add_up():
    total = Figures.total(
        [figures(target=3, approved=1, quota=5), figures(target=4, approved=2, handed_over=1, stock=7)]
    )

    assert (total.target, total.granted, total.to_hand_over, total.handed_over) == (7, 4, 3, 1)
    assert (total.quota, total.quota_left, total.stock) == (5, 1, 7)


@pytest.mark.usefixtures("everywhere")
def test_gather_counts_each_status_of_a_commune():
    round = make_round(today=OPENED)
    make_quota(round, allowed=5)
    submitted_list(
        round,
        commune(),
        [S.DRAFT, S.SUBMITTED, S.RETURNED, S.WAITING, S.APPROVED, S.APPROVED, S.REJECTED, S.HANDED_OVER],
    )
    make_allocation(CommuneList.objects.get(), make_household(), S.WITHDRAWN)
    make_household(category="HCN")
    make_household(category="CSXH")  # not paid for by the fund
    make_device(commune())

    f = row(gather(province(), round, at=LISTS_LATE)).figures

    assert (f.target, f.targeted(["HN"]), f.targeted(["HCN"]), f.targeted(["CSXH"])) == (10, 9, 1, 0)
    assert (f.listed, f.drafted, f.sent, f.awaiting, f.returned, f.waiting) == (8, 1, 7, 1, 1, 1)
    assert (f.granted, f.to_hand_over, f.rejected, f.handed_over) == (3, 2, 1, 1)
    assert (f.stock, f.ready, f.arrived, f.quota, f.quota_left) == (1, 1, 2, 5, 2)


@pytest.mark.usefixtures("everywhere")
def test_households_of_an_earlier_round_are_not_the_target_of_the_next_but_stay_its_own():
    first = make_round(today=OPENED - datetime.timedelta(100))
    second = make_round(today=OPENED)
    make_quota(first)
    submitted_list(first, commune(), [S.HANDED_OVER, S.WAITING, S.REJECTED])
    submitted_list(second, commune(), [S.SUBMITTED])
    make_household()

    assert row(gather(province(), first, at=LISTS_LATE)).figures.target == 5
    assert row(gather(province(), second, at=LISTS_LATE)).figures.target == 3


@pytest.mark.usefixtures("everywhere")
def test_gather_counts_only_devices_of_the_round_s_kind_in_the_commune_s_own_stock():
    round = make_round(today=OPENED)
    submitted_list(round, commune(), [S.SUBMITTED])
    tablets = make_lot(model=DeviceModel.objects.create(name="Máy tính bảng mẫu", kind="tablet", networks=["4G"]))
    make_device(commune())
    make_device(commune(), lot=tablets)
    make_device(commune(), state="faulty")
    make_device(province())

    assert row(gather(province(), round, at=LISTS_LATE)).figures.stock == 1


@pytest.mark.usefixtures("everywhere")
def test_groups_and_total_are_the_sums_of_their_communes():
    round = make_round(today=OPENED)
    for code, statuses in ((MUI_NE, [S.SUBMITTED] * 3), (PHU_HAI, [S.REJECTED]), (LIEN_HUONG, [S.RETURNED] * 2)):
        submitted_list(round, commune(code), statuses)

    progress = gather(province(), round, at=LISTS_LATE)

    by_district = {group.area.code: group.figures.sent for group in progress.groups}
    assert by_district["593"] == 4
    assert by_district[TUY_PHONG] == 2
    assert progress.figures.sent == 6
    assert progress.has_groups
    assert [group.area.number for group in progress.groups] == sorted(group.area.number for group in progress.groups)


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    ("code", "level", "communes"), [("60", "province", 121), ("593", "district", 15), (MUI_NE, "commune", 1)]
)
def test_gather_works_for_every_level_and_groups_only_where_there_is_something_to_group(code, level, communes):
    area = Area.objects.get(code=code, level=level)

    progress = gather(area, make_round(today=OPENED), at=LISTS_LATE)

    assert len(progress.communes) == communes
    assert progress.has_groups == (level == "province")


@pytest.mark.usefixtures("everywhere")
def test_gather_in_a_province_without_districts_has_one_group_that_is_the_province():
    Area.objects.filter(level=Level.COMMUNE).update(parent=province())

    progress = gather(province(), make_round(today=OPENED), at=LISTS_LATE)

    assert [group.area.code for group in progress.groups] == ["60"]
    assert not progress.has_groups


# --- Who takes part ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everywhere")
def test_communes_take_part_by_their_quota_or_their_district_s_or_their_lines():
    round = make_round(today=OPENED)
    make_quota(round, commune(MUI_NE), 5)
    make_quota(round, district(TUY_PHONG), 50)
    make_quota(round, commune(LIEN_HUONG), 0)
    submitted_list(round, commune(PHU_HAI), [S.SUBMITTED])

    codes = {c.area.code for c in gather(province(), round, at=LISTS_LATE).communes}

    assert {MUI_NE, PHU_HAI} <= codes
    assert LIEN_HUONG not in codes
    assert len(codes) == 2 + 10  # the other ten communes of Tuy Phong have a part in its quota


@pytest.mark.usefixtures("everywhere")
def test_communes_that_ended_before_the_round_take_no_part_unless_all_have():
    Area.objects.filter(code=MUI_NE).update(valid_to=OPENED)
    in_time, after_the_reform = make_round(today=OPENED), make_round(today=datetime.date(2025, 8, 1))

    assert MUI_NE not in {c.area.code for c in gather(province(), in_time, at=LISTS_LATE).communes}
    assert len(gather(province(), after_the_reform, at=LISTS_LATE).communes) == 121


@pytest.mark.usefixtures("everywhere")
def test_a_quota_of_the_province_that_is_not_given_out_yet_excludes_nobody():
    round = make_round(today=OPENED)
    make_quota(round, province(), 500)

    assert len(gather(province(), round, at=LISTS_LATE).communes) == 121


# --- Who is late ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everywhere")
def test_late_communes_come_latest_first_with_their_step_days_and_households():
    round = make_round(today=OPENED)
    for code in (MUI_NE, PHU_HAI, LIEN_HUONG):
        make_quota(round, commune(code), 5)
    submitted_list(round, commune(MUI_NE), [S.SUBMITTED] * 3)
    submitted_list(round, commune(PHU_HAI), [S.HANDED_OVER])
    make_household(commune(LIEN_HUONG))

    late = gather(province(), round, at=REVIEW_LATE).late

    assert [(c.area.code, c.delay.step, c.delay.days, c.delay.households) for c in late if c.delay] == [
        (LIEN_HUONG, Step.NOT_STARTED, 25, 1),
        (MUI_NE, Step.REVIEW, 10, 3),
    ]


@pytest.mark.usefixtures("everywhere")
def test_nobody_is_late_on_the_day_of_the_deadline_and_those_who_wait_are_due_soon():
    round = make_round(today=OPENED)
    make_quota(round, commune())

    progress = gather(province(), round, at=LISTS_DUE)

    assert progress.late == []
    assert [c.area.code for c in progress.due_soon] == [MUI_NE]
    assert gather(province(), round, at=BEFORE_DEADLINES).due_soon == []


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    ("statuses", "devices", "when", "expected"),
    [
        ([], 0, LISTS_LATE, ["Xã Một", "Xã Hai"]),
        ([S.SUBMITTED], 0, REVIEW_LATE, ["Huyện"]),
        ([S.RETURNED], 0, REVIEW_LATE, ["Xã Một", "Xã Hai"]),
        ([S.APPROVED], 0, HAND_OVER_LATE, ["Tỉnh"]),
        ([S.APPROVED], 1, HAND_OVER_LATE, ["Xã Một", "Xã Hai"]),
    ],
)
def test_the_ball_is_held_by_whoever_has_to_act(statuses, devices, when, expected):
    round = make_round(today=OPENED)
    make_quota(round)
    for name in ("Xã Một", "Xã Hai"):
        make_officer(full_name=name, phone="0912 000 001")
    make_officer(full_name="Nghỉ việc", is_active=False)
    make_officer(area=commune(PHU_HAI), full_name="Xã khác")
    make_officer(Role.REVIEWER, full_name="Huyện")
    make_officer(Role.REVIEWER, district(TUY_PHONG), full_name="Huyện khác")
    make_officer(Role.PROVINCE_STAFF, full_name="Tỉnh")
    if statuses:
        for status in statuses:
            signer = make_officer(Role.COMMUNE_LEADER, full_name="Lãnh đạo")
            preparer = Officer.objects.get(full_name="Xã Một")
            reviewer = Officer.objects.get(full_name="Huyện")
            commune_list = make_list(
                round, official=preparer, state="submitted", signed_by=signer, submitted_at=at(OPENED)
            )
            decided_by = None if status == S.SUBMITTED else reviewer
            made = make_household(created_by=preparer)
            make_allocation(commune_list, made, status, signed_by=signer, decided_by=decided_by)
    for _ in range(devices):
        make_device(commune())

    contacts = row(gather(province(), round, at=when)).contacts

    assert [contact.name for contact in contacts] == expected


@pytest.mark.usefixtures("everywhere")
def test_the_commune_s_leader_is_called_where_no_official_has_an_account():
    round = make_round(today=OPENED)
    make_quota(round)
    make_officer(Role.COMMUNE_LEADER, full_name="Lãnh đạo", phone="0912 000 002")

    contacts = row(gather(province(), round, at=LISTS_LATE)).contacts

    assert [(contact.name, contact.phone) for contact in contacts] == [("Lãnh đạo", "0912 000 002")]


# --- Scope and cost ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everywhere")
def test_an_officer_s_scope_bounds_what_gather_sees_whatever_area_is_asked_for():
    round = make_round(today=OPENED)
    submitted_list(round, commune(MUI_NE), [S.SUBMITTED] * 2)
    submitted_list(round, commune(LIEN_HUONG), [S.SUBMITTED] * 5)
    reviewer = make_officer(Role.REVIEWER, district())

    with scope_of(reviewer):
        seen = gather(province(), round, at=LISTS_LATE).figures.sent
        own = gather(district(), round, at=LISTS_LATE).figures.sent

    assert seen == own == 2


@pytest.mark.usefixtures("everywhere")
def test_queries_do_not_grow_with_communes(django_assert_num_queries: Any):
    round = make_round(today=OPENED)
    submitted_list(round, commune(MUI_NE), [S.SUBMITTED])
    small, large = commune(), province()
    with django_assert_num_queries(3):
        gather(small, round, at=REVIEW_LATE)
    for code in (PHU_HAI, LIEN_HUONG):
        submitted_list(round, commune(code), [S.RETURNED] * 3)

    with django_assert_num_queries(3):
        progress = gather(large, round, at=REVIEW_LATE)

    assert len(progress.late) == 121


@pytest.mark.usefixtures("everywhere")
def test_count_of_reads_the_lines_of_one_area_and_round():
    round, other = make_round(), make_round()
    submitted_list(round, commune(MUI_NE), [S.SUBMITTED, S.RETURNED])
    submitted_list(round, commune(LIEN_HUONG), [S.SUBMITTED])
    submitted_list(other, commune(MUI_NE), [S.SUBMITTED])

    assert count_of(district(), round, S.SUBMITTED) == 1
    assert count_of(province(), round, S.SUBMITTED, S.RETURNED) == 3
    assert count_of(district(), round, S.HANDED_OVER) == 0
