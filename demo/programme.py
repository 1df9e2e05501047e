"""The demo's programme: three rounds in different stages, their order of priority, devices and quotas."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

from administration.models import Area
from allocations.actions import open_round, set_quota
from allocations.models import (
    Condition,
    ConditionKind,
    FundingSource,
    PriorityRule,
    Profile,
    Programme,
    Round,
    RoundSupport,
    RuleVersion,
    SourceCode,
    SupportForm,
)
from demo.officers import Staff
from devices.actions import receive_lot
from devices.models import DeviceKind, DeviceModel, Lot

LAW = "TT 14/2022/TT-BTTTT, Điều 17"
FUND_ORDER = [
    ("Hộ nghèo, hộ cận nghèo là gia đình người có công với cách mạng", ["HN", "HCN"], ["NCC", "NCC_TC"], LAW),
    ("Hộ nghèo, hộ cận nghèo là gia đình chính sách xã hội", ["HN", "HCN"], ["BTXH"], LAW),
    ("Hộ nghèo", ["HN"], [], LAW),
    ("Hộ cận nghèo", ["HCN"], [], LAW),
]
PROVINCE_ORDER = [
    *FUND_ORDER,
    ("Gia đình chính sách xã hội", ["CSXH"], [], "Kế hoạch của tỉnh"),
    ("Đối tượng chính sách khác", ["CSK"], [], "Kế hoạch của tỉnh"),
]


@dataclass(frozen=True)
class Stage:
    """A round's place in time: days from today to its deadlines, whom it covers, devices per 100 target households."""

    code: str
    name: str
    supports: list[tuple[SourceCode, SupportForm]]
    categories: list[str]
    order: list[tuple[str, list[str], list[str], str]]
    opens: int
    submit: int
    review: int
    hand_over: int
    share: float


FUND_PAYS = [(SourceCode.FUND, SupportForm.PACKAGE)]
BOTH_PAY = [(SourceCode.FUND, SupportForm.PACKAGE), (SourceCode.PROVINCE, SupportForm.DEVICE)]
FIRST_OF_TWO = 70  # per cent of the devices, where a round has two supports
SOURCES = [
    (SourceCode.FUND, "Quỹ Dịch vụ viễn thông công ích Việt Nam", ["HN", "HCN"], "TT 14/2022/TT-BTTTT, Điều 15"),
    (SourceCode.PROVINCE, "Ngân sách tỉnh", ["HN", "HCN", "CSXH", "CSK"], "Kế hoạch của tỉnh"),
]
STAGES = [
    Stage("dot-1", "Đợt 1", FUND_PAYS, ["HN"], FUND_ORDER, -178, -150, -140, -100, 0.24),
    Stage("dot-2", "Đợt 2", FUND_PAYS, ["HN", "HCN"], FUND_ORDER, -75, -32, -12, 20, 0.22),
    Stage("dot-3", "Đợt 3", BOTH_PAY, ["HN", "HCN", "CSXH", "CSK"], PROVINCE_ORDER, -24, 9, 24, 60, 0.15),
]


TWO_TIERS = {"profile": Profile.TWO_TIERS, "reviewer_label": "Sở Khoa học và Công nghệ"}
THREE_TIERS = {"profile": Profile.THREE_TIERS, "reviewer_label": "Huyện"}


def make_programme(province: Area, *, two_tiers: bool = False) -> Programme:
    made = Programme.objects.create(
        province=province,
        code=f"thiet-bi-{province.code}",
        name="Hỗ trợ thiết bị thông minh cho hộ nghèo, hộ cận nghèo và hộ chính sách",
        legal_basis="Thông tư 14/2022/TT-BTTTT ngày 28/10/2022; Kế hoạch của Ủy ban nhân dân tỉnh (số liệu mẫu)",
        **(TWO_TIERS if two_tiers else THREE_TIERS),
    )
    FundingSource.objects.bulk_create(
        FundingSource(programme=made, code=code, name=name, categories=categories, legal_basis=law)
        for code, name, categories, law in SOURCES
    )
    return made


def make_round(programme: Programme, stage: Stage, *, today: datetime.date) -> Round:
    days = {
        name: today + datetime.timedelta(getattr(stage, name)) for name in ("opens", "submit", "review", "hand_over")
    }
    made = Round.objects.create(
        programme=programme, code=stage.code, name=stage.name, categories=stage.categories,
        device_kind=DeviceKind.PHONE, opens_on=days["opens"], submit_by=days["submit"], review_by=days["review"],
        hand_over_by=days["hand_over"], demands_posting=True, state=Round.State.PLANNED,
    )  # fmt: skip
    sources = {source.code: source for source in programme.sources.all()}
    RoundSupport.objects.bulk_create(
        RoundSupport(round=made, source=sources[code], form=form, position=position)
        for position, (code, form) in enumerate(stage.supports, start=1)
    )
    _write_rules(made, stage)
    return made


def _write_rules(made: Round, stage: Stage) -> None:
    version = RuleVersion.objects.create(round=made, number=1, legal_basis="Thông tư 14/2022/TT-BTTTT")
    Condition.objects.create(
        version=version, position=1, kind=ConditionKind.NO_PRIOR_DEVICE, legal_basis="TT 14/2022/TT-BTTTT, Điều 15"
    )
    PriorityRule.objects.bulk_create(
        PriorityRule(
            version=version, position=position, label=label, categories=categories, attributes=attributes,
            legal_basis=law,
        )
        for position, (label, categories, attributes, law) in enumerate(stage.order, start=1)
    )  # fmt: skip
    RuleVersion.objects.filter(pk=version.pk).update(state=RuleVersion.State.PUBLISHED)


def give_quota(made: Round, amounts: dict[int, int], *, staff: Staff, at: datetime.datetime) -> None:
    """Opens the round and gives every unit its quota, superior units first."""
    open_round(made.pk, by=staff.head_office, at=at)
    supports = list(made.supports.all())
    rest = dict(amounts)
    for support in supports:
        part = {unit: n * FIRST_OF_TWO // 100 for unit, n in amounts.items()} if support != supports[-1] else rest
        rest = {unit: n - part[unit] for unit, n in rest.items()}
        set_quota(
            made.pk, _with_sums(part), support=support, by=staff.head_office, at=at,
            reason="Quyết định phân bổ chỉ tiêu (số liệu mẫu)",
        )  # fmt: skip


def share_out(targets: dict[int, int], communes: list[Area], share: float) -> dict[int, int]:
    """Devices per commune, from target households per commune."""
    return {commune.number: round(targets[commune.number] * share) for commune in communes}


def _with_sums(amounts: dict[int, int]) -> dict[int, int]:
    """The same and what the units right above the communes get: districts, or the province where there are none."""
    sums = dict(amounts)
    for number, superior in Area.objects.filter(pk__in=amounts).values_list("number", "parent_id"):
        if superior is not None:
            sums[superior] = sums.get(superior, 0) + amounts[number]
    return sums


def make_models() -> list[DeviceModel]:
    return DeviceModel.objects.bulk_create(
        [
            DeviceModel(name="Điện thoại mẫu A (4G)", kind=DeviceKind.PHONE, networks=["4G"], price=1_490_000),
            DeviceModel(name="Điện thoại mẫu B (5G)", kind=DeviceKind.PHONE, networks=["4G", "5G"], price=2_190_000),
        ]
    )


def receive(
    code: str, model: DeviceModel, quantity: int, first: int, *, province: Area, staff: Staff, at: datetime.datetime
) -> Lot:
    """A delivery of devices with made-up IMEIs of the test range 00-1017."""
    imeis = [made_up_imei(first + n) for n in range(quantity)]
    return receive_lot(
        code=code, model_id=model.pk, supplier="Nhà cung cấp mẫu", quantity=quantity, imeis=imeis,
        received_on=at.date(), province=province, by=staff.head_office, at=at,
    )  # fmt: skip


def made_up_imei(number: int) -> str:
    """15 digits: test prefix 001017, serial, Luhn check digit (3GPP TS 23.003, 6.2.1)."""
    body = f"001017{number:08d}"
    doubled = [int(digit) if i % 2 == 0 else sum(divmod(int(digit) * 2, 10)) for i, digit in enumerate(body)]
    return f"{body}{-sum(doubled) % 10}"


def spread(count: int, rng: random.Random) -> list[float]:
    """How far each of `count` communes has come, 0..1, a few of them far behind."""
    return [min(1.0, max(0.0, rng.gauss(0.8, 0.25))) for _ in range(count)]
