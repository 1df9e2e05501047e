"""Bình Thuận with its 121 communes of 2024 and made-up people: a year of work, done by the product's own actions.

Dates lie around `today`, so that rounds are always in the same stages; everything else follows from the seed.
"""

from __future__ import annotations

import datetime
import gc
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from django.db import connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Area, Level, Officer
from administration.refusals import NotPossible
from administration.scope import everywhere, scope_of
from administration.units.load import load_areas
from allocations.actions import (
    Delivery,
    answer_complaint,
    approve,
    build_list,
    close_posting,
    close_round,
    decline,
    hand_over_many,
    record_complaint,
    reject,
    send_back,
    start_posting,
    submit_list,
    take_off,
)
from allocations.models import Allocation, CommuneList, Complaint, Posting, Quota, Reason, Round, Status
from demo import programme
from demo.households import doubles_of, leave_unfinished, register
from demo.officers import Staff, hire
from devices.actions import dispatch
from devices.models import Device, Lot

UNITS_AS_OF = {3: datetime.date(2024, 12, 1), 2: datetime.date(2025, 7, 1)}
PROVINCE = {3: "60", 2: "68"}  # Bình Thuận with its districts; Lâm Đồng, of which it is a part since July 2025
HOUSEHOLDS = 24_000
UNFINISHED_LIST = Path(__file__).parent / "lists" / "Phu Hai - ho ngheo can ngheo.xlsx"
PHU_HAI = {3: "22921", 2: "22924"}  # the commune of that list; since July 2025 a part of Phú Thủy
HANGS = 12  # days from posting to signature: five working days and days off between them
LOTS_PER_ROUND = 2
FAVOURITES = {3: {"22915", "22921"}, 2: {"22918", "22924"}}  # their log-ins are printed: in the middle of their work
REFUSALS = ["Hộ đã tự mua điện thoại", "Già yếu, không sử dụng được", "Không có nhu cầu"]
COMPLAINTS = [
    "Hộ số 14 trong danh sách đã có điện thoại thông minh.",
    "Gia đình tôi là hộ cận nghèo nhưng không có tên trong danh sách.",
    "Họ tên trong danh sách niêm yết bị sai chữ đệm.",
    "Hộ này đã chuyển đi nơi khác từ năm ngoái.",
]


@dataclass
class Province:
    """What the following steps work on."""

    seed: int
    today: datetime.date
    say: Callable[[str], None]
    communes: list[Area] = field(default_factory=list)
    districts: list[Area] = field(default_factory=list)
    root: Area | None = None
    staff: Staff = field(default_factory=Staff)
    targets: dict[int, int] = field(default_factory=dict)
    tiers: int = 3

    @property
    def favourites(self) -> set[str]:
        return FAVOURITES[self.tiers]

    def reviewer_of(self, commune: Area) -> Officer:
        """The reviewing officer of the unit right above: of the district, or of the province where there are none."""
        assert commune.parent_id is not None  # noqa: S101 - every commune lies in a province
        return self.staff.reviewers[commune.parent_id]

    def rng(self, *about: object) -> random.Random:
        """A generator of its own for each purpose, so that steps do not disturb one another."""
        return random.Random(f"{self.seed}:{about}")

    def at(self, day: int, hour: int = 9, minute: int = 0) -> datetime.datetime:
        """A moment `day` days from today, in local time; never in the future."""
        moment = datetime.datetime.combine(
            self.today + datetime.timedelta(day), datetime.time(hour, minute), timezone.get_current_timezone()
        )
        return min(moment, timezone.now())


Step = Callable[..., None]


def build(
    *, seed: int, today: datetime.date, households: int = HOUSEHOLDS, processes: int = 2, tiers: int = 3,
    say: Callable[[str], None],
) -> Province:  # fmt: skip
    """Makes the whole demo province. Communes work side by side, as they do in life; steps follow one another."""
    gc.disable()  # many short-lived rows: collecting costs as much as the work, and the process ends soon
    land = Province(seed, today, say, tiers=tiers)
    with everywhere():
        _settle(land, households)
    first, second, third = _make_rounds(land)
    say(_("Households and round 1"))
    _side_by_side(land, [_register, partial(_run_first, made=first)], processes)
    with everywhere():
        close_round(first.pk, by=land.staff.head_office, at=land.at(-90))
    say(_("Rounds 2 and 3"))
    _side_by_side(land, [partial(_run_second, made=second), partial(_run_third, made=third)], processes)
    phu_hai = next(commune for commune in land.communes if commune.code == PHU_HAI[tiers])
    leave_unfinished(UNFINISHED_LIST, official=land.staff.officials[phu_hai.number], at=land.at(-1, 16))
    return land


def _side_by_side(land: Province, steps: Sequence[Step], processes: int) -> None:
    """Takes every commune through the steps, half of them in each process; a failure in one is a failure of all."""
    if processes == 1:
        _work_through(land, land.communes, steps)
        return
    connections.close_all()  # a connection must not be shared by two processes
    children = [
        get_context("fork").Process(target=_in_a_process, args=(land, land.communes[part::processes], steps))
        for part in range(processes)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        raise RuntimeError("a part of the demo province could not be made; its error is printed above")


def _in_a_process(land: Province, communes: list[Area], steps: Sequence[Step]) -> None:
    with connection.cursor() as cursor:  # made-up data can be made again: do not wait for the disk at each commit
        cursor.execute("SET synchronous_commit = off")
    _work_through(land, communes, steps)
    connections.close_all()


def _work_through(land: Province, communes: list[Area], steps: Sequence[Step]) -> None:
    for commune in communes:
        for step in steps:
            step(land, commune)


def _register(land: Province, commune: Area) -> None:
    """Every tenth list names two households of the commune that was entered before it by the same process."""
    at = land.at(-178 - land.rng("import", commune.code).randrange(12), 14)
    place = land.communes.index(commune)
    doubles = []
    if place >= LOTS_PER_ROUND and place % 10 == 0:
        other = land.communes[place - LOTS_PER_ROUND]
        doubles = doubles_of(other, land.targets[other.number], land.rng("people", other.code))
    register(
        commune, land.targets[commune.number], from_elsewhere=doubles, official=land.staff.officials[commune.number],
        at=at, rng=land.rng("people", commune.code),
    )  # fmt: skip


def _settle(land: Province, households: int) -> None:
    load_areas([PROVINCE[land.tiers]], as_of=UNITS_AS_OF[land.tiers])
    land.root = Area.objects.get(code=PROVINCE[land.tiers], level=Level.PROVINCE)
    inside = Area.objects.inside(land.root).select_related("parent").in_tree_order()
    land.districts = [area for area in inside if area.level == Level.DISTRICT]
    land.communes = [area for area in inside if area.level == Level.COMMUNE]
    land.staff = hire([land.root, *land.districts, *land.communes], land.rng("officers"), two_tiers=land.tiers == 2)
    rng = land.rng("targets")
    weights = {commune.number: rng.lognormvariate(0, 0.45) for commune in land.communes}
    total = sum(weights.values())
    land.targets = {number: max(3, round(households * weight / total)) for number, weight in weights.items()}


def _make_rounds(land: Province) -> list[Round]:
    assert land.root is not None  # noqa: S101 - set by _settle
    with everywhere():
        models, plan = programme.make_models(), programme.make_programme(land.root, two_tiers=land.tiers == 2)
        rounds = []
        for number, stage in enumerate(programme.STAGES):
            made = programme.make_round(plan, stage, today=land.today)
            amounts = programme.share_out(land.targets, land.communes, stage.share)
            programme.give_quota(made, amounts, staff=land.staff, at=land.at(stage.opens))
            for part in range(LOTS_PER_ROUND):  # a lot for each half, so that nobody waits for the other's devices
                needed = sum(amounts[commune.number] for commune in land.communes[part::LOTS_PER_ROUND])
                programme.receive(
                    f"L-{number + 1}{part + 1:02d}", models[number % 2], needed + 30, number * 100_000 + part * 50_000,
                    province=land.root, staff=land.staff, at=land.at(stage.submit),
                )  # fmt: skip
            rounds.append(made)
    return rounds


def _run_first(land: Province, commune: Area, made: Round) -> None:
    """Long ago and finished: every commune took part, nearly every device has been given."""
    rng = land.rng(made.code, commune.code)
    line_ids = _list_and_submit(land, made, commune, day=-150 - rng.randrange(12))
    _decide(land, made, commune, line_ids, day=-142, rng=rng)
    _hand_over(land, made, commune, day=-115 + rng.randrange(10), share=0.97, rng=rng)


def _run_second(land: Province, commune: Area, made: Round) -> None:
    """Under way: most communes are handing over, some wait for the reviewer, some have not even begun."""
    rng = land.rng(made.code, commune.code)
    step = 4 if commune.code in land.favourites else _how_far(rng)
    line_ids: list[int] = []
    if step == 1:
        _list_only(land, made, commune, day=-50)
    if step >= 2:
        line_ids = _list_and_submit(land, made, commune, day=-34 - rng.randrange(10))
    if step >= 3:
        _decide(land, made, commune, line_ids, day=-20 - rng.randrange(6), rng=rng)
    if step >= 4:
        share = 0.6 if commune.code in land.favourites else rng.uniform(0.25, 1.0)
        _hand_over(land, made, commune, day=-12 + rng.randrange(10), share=share, rng=rng)


def _run_third(land: Province, commune: Area, made: Round) -> None:
    """Just begun: early communes have submitted, a few have been decided, in others the list hangs in public, in
    Phú Hài with a complaint; Mũi Né has stock and has not begun.
    """
    rng = land.rng(made.code, commune.code)
    luck = rng.random()
    if commune.code in land.favourites:
        _send_stock(land, made, commune, 12, day=-3)
        if commune.code == PHU_HAI[land.tiers]:
            _hang(land, made, commune, day=-3)
    elif luck < 0.28:
        line_ids = _list_and_submit(land, made, commune, day=-4 - rng.randrange(5))
        if luck < 0.06:
            _decide(land, made, commune, line_ids, day=-2, rng=rng)
    elif luck < 0.42:
        _list_and_post(land, made, commune, day=-3 if luck < 0.36 else -15)
    elif luck < 0.5:
        _list_only(land, made, commune, day=-5)


def _hang(land: Province, made: Round, commune: Area, *, day: int) -> None:
    """A list that hangs now, with a complaint about its first household that nobody has answered."""
    posting, official = _list_and_post(land, made, commune, day=day), land.staff.officials[commune.number]
    if posting is None:
        return
    with scope_of(official):
        first = posting.lines.by_priority()[0]
        record_complaint(
            posting.commune_list_id, complainant=f"Ông/bà ở {commune.short_name}", text=COMPLAINTS[0],
            received_on=land.at(day + 1).date(), allocation_id=first.pk, by=official, at=land.at(day + 1),
        )  # fmt: skip


def _how_far(rng: random.Random) -> int:
    """0 not started, 1 drafting, 2 submitted, 3 decided, 4 handing over."""
    return rng.choices([0, 1, 2, 3, 4], weights=[4, 6, 10, 14, 66])[0]


def _list_only(land: Province, made: Round, commune: Area, *, day: int) -> list[int]:
    official = land.staff.officials[commune.number]
    with scope_of(official):
        commune_list = build_list(made.pk, commune.number, by=official, at=land.at(day))
        return list(commune_list.lines.by_priority().values_list("pk", flat=True))


def _list_and_post(land: Province, made: Round, commune: Area, *, day: int) -> Posting | None:
    """The list hangs in public from that day. Drafts that nobody could sign stay behind; None: that is all of them."""
    _list_only(land, made, commune, day=day)
    official, at = land.staff.officials[commune.number], land.at(day, 10)
    with scope_of(official):
        commune_list = CommuneList.objects.get(round=made, area=commune)
        places = ["Trụ sở Ủy ban nhân dân", "Nhà văn hóa khu phố 1"]
        try:
            return start_posting(commune_list.pk, starts_on=at.date(), places=places, by=official, at=at)
        except NotPossible:  # in a very small province a list may hold nobody who is ready
            return None


def _take_down(land: Province, posting: Posting, commune: Area, *, day: int) -> datetime.datetime | None:
    """Closes the posting with its record on that day, or when its last day is over; None: it still hangs."""
    official = land.staff.officials[commune.number]
    over = (posting.ends_on - land.today).days + 1
    if over > 0:
        return None
    at = land.at(max(day, over), 8)
    with scope_of(official):
        record_no = f"{int(commune.code) % 90 + 10}/BB-UBND"
        close_posting(posting.pk, record_no=record_no, present=str(official), by=official, at=at)
    return at


def _list_and_submit(land: Province, made: Round, commune: Area, *, day: int) -> list[int]:
    """Lines that were posted and that the leader signed; those without an identity number stay behind as drafts."""
    posting = _list_and_post(land, made, commune, day=day - HANGS)
    taken_down = _take_down(land, posting, commune, day=day) if posting else None
    if posting is None or taken_down is None:
        return []
    leader, at = land.staff.leaders[commune.number], max(land.at(day + 1, 15), taken_down)
    with scope_of(leader):
        commune_list = CommuneList.objects.get(round=made, area=commune)
        document_no = f"{int(commune.code) % 90 + 10}/TTr-UBND"
        submit_list(commune_list.pk, document_no=document_no, document_date=at.date(), by=leader, at=at)
        return list(commune_list.lines.awaiting_decision().by_priority().values_list("pk", flat=True))


def _decide(land: Province, made: Round, commune: Area, line_ids: list[int], *, day: int, rng: random.Random) -> None:
    """Like a careful reviewer: a few lines go back, a few are refused, the rest is approved up to the quota."""
    reviewer, at = land.reviewer_of(commune), land.at(day, 10)
    if not line_ids:
        return
    luck = {pk: rng.random() for pk in line_ids}
    returned = [pk for pk in line_ids if luck[pk] < 0.015]
    refused = [pk for pk in line_ids if 0.015 <= luck[pk] < 0.027]
    rest = [pk for pk in line_ids if luck[pk] >= 0.027]
    reason = rng.choice([Reason.ALREADY_RECEIVED, Reason.MOVED_AWAY, Reason.NOT_COVERED])
    with scope_of(reviewer):
        commune_list = CommuneList.objects.get(round=made, area=commune)
        if returned:
            note = "Bổ sung giấy chứng nhận của năm nay"
            send_back(commune_list.pk, returned, reason=Reason.MISSING_EVIDENCE, note=note, by=reviewer, at=at)
        if refused:
            reject(commune_list.pk, refused, reason=reason, by=reviewer, at=at)
        if rest:
            approve(commune_list.pk, rest, document_no=f"{rng.randrange(100, 900)}/QĐ-UBND", by=reviewer, at=at)


def _hand_over(land: Province, made: Round, commune: Area, *, day: int, share: float, rng: random.Random) -> None:
    """Devices arrive; two hand-over days; some households decline, a few complain."""
    official = land.staff.officials[commune.number]
    with everywhere():
        used = Quota.objects.filter(round=made, area=commune).aggregate(n=Sum("used"))["n"] or 0
    if not used:
        return
    _send_stock(land, made, commune, used, day=day - 3)
    with scope_of(official):
        approved = list(
            Allocation.objects.filter(round=made, area=commune, status=Status.APPROVED)
            .select_related("household")
            .prefetch_related("household__members")
            .by_priority()
        )
        for line in approved[:]:
            if rng.random() < 0.015:
                decline(line.pk, reason=rng.choice(REFUSALS), by=official, at=land.at(day - 1))
                approved.remove(line)
        if commune.code not in land.favourites and rng.random() < 0.9:
            returned = Allocation.objects.filter(round=made, area=commune, status=Status.RETURNED)
            if ids := list(returned.values_list("pk", flat=True)):
                take_off(ids, reason="Chưa bổ sung được hồ sơ, chuyển đợt sau", by=official, at=land.at(day - 1))
        given = approved[: round(len(approved) * share)]
        half = (len(given) + 1) // 2
        for days, group in ((day, given[:half]), (day + 1, given[half:])):
            _give(group, official=official, at=land.at(days, 8 + rng.randrange(3), rng.randrange(60)), commune=commune)
        if rng.random() < 0.25:
            _complain(land, made, commune, day=day, rng=rng)


def _give(group: list[Allocation], *, official: object, at: datetime.datetime, commune: Area) -> None:
    stock = Device.objects.in_stock().held_by(commune).order_by("pk").values_list("imei", flat=True)[: len(group)]
    deliveries = [
        Delivery(line.pk, imei, next(m.full_name for m in line.household.members.all() if m.is_head), "Chủ hộ")
        for line, imei in zip(group, stock, strict=True)
    ]
    if deliveries:
        hand_over_many(deliveries, by=official, at=at)  # type: ignore[arg-type]


def _send_stock(land: Province, made: Round, commune: Area, quantity: int, *, day: int) -> None:
    with everywhere():
        part = land.communes.index(commune) % LOTS_PER_ROUND
        lot = Lot.objects.get(code=f"L-{made.code[-1]}{part + 1:02d}")
        dispatch(lot.pk, commune.number, quantity=quantity, by=land.staff.head_office, at=land.at(day))


def _complain(land: Province, made: Round, commune: Area, *, day: int, rng: random.Random) -> None:
    official = land.staff.officials[commune.number]
    commune_list = CommuneList.objects.get(round=made, area=commune)
    complaint: Complaint = record_complaint(
        commune_list.pk, complainant=f"Ông/bà ở {commune.short_name}", text=rng.choice(COMPLAINTS),
        received_on=land.at(day).date(), by=official, at=land.at(day),
    )  # fmt: skip
    if rng.random() < 0.6:
        answer = "Ủy ban nhân dân đã kiểm tra hồ sơ và trả lời bằng văn bản."
        answer_complaint(complaint.pk, answer=answer, by=official, at=land.at(min(0, day + 3)))


@transaction.atomic
def is_built() -> bool:
    with everywhere():
        return Round.objects.exists()
