"""Made-up officers, households, rounds and devices. One function per thing; ask only for what the test is about."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from administration.models import Area, Level, Officer, Role
from allocations.models import (
    Allocation,
    CommuneList,
    Condition,
    ConditionKind,
    FundingSource,
    PriorityRule,
    Programme,
    Quota,
    Round,
    RoundSupport,
    RuleVersion,
    SourceCode,
    Status,
    SupportForm,
)
from beneficiaries.models import Category, Gender, Household, Person
from beneficiaries.sealing import fingerprint, seal
from devices.models import Device, DeviceKind, DeviceModel, Lot

_serial = itertools.count(1)
MUI_NE, PHU_HAI, LIEN_HUONG = "22915", "22921", "22969"
PHAN_THIET, TUY_PHONG = "593", "595"
BINH_THUAN = "60"


def next_number() -> int:
    return next(_serial)


def commune(code: str = MUI_NE) -> Area:
    return Area.objects.get(code=code, level=Level.COMMUNE)


def district(code: str = PHAN_THIET) -> Area:
    return Area.objects.get(code=code, level=Level.DISTRICT)


def province(code: str = BINH_THUAN) -> Area:
    return Area.objects.get(code=code, level=Level.PROVINCE)


def make_officer(role: str = Role.COMMUNE_OFFICIAL, area: Area | None = None, **more: Any) -> Officer:
    if area is None and role != Role.ADMINISTRATOR:
        area = {Role.REVIEWER: district, Role.PROVINCE_STAFF: province}.get(Role(role), commune)()
    number = next_number()
    officer = Officer(
        username=more.pop("username", f"officer{number}"),
        full_name=more.pop("full_name", f"Cán Bộ Số {number}"),
        role=role,
        area=area,
        **more,
    )
    officer.set_unusable_password()
    officer.save()
    return officer


def made_up_identity(number: int | None = None) -> str:
    """A well-formed CCCD of a woman of Bình Thuận born in 1970."""
    return f"060170{(number or next_number()) % 1_000_000:06d}"


def make_household(area: Area | None = None, *, members: int = 1, identity: str | None = "", **more: Any) -> Household:
    """A listed poor household with a head (and children). `identity=None` leaves the head without a number."""
    number = next_number()
    area = area or commune()
    head_name = more.pop("head_name", f"Nguyễn Thị Mẫu {number}")
    household = Household.objects.create(
        area=area,
        code=more.pop("code", f"{area.code}-{number:05d}"),
        hamlet=more.pop("hamlet", "Khu phố 1"),
        category=more.pop("category", Category.POOR),
        created_by=more.pop("created_by", None) or make_officer(area=area),
        member_count=members,
        **more,
    )
    identity = made_up_identity(number) if identity == "" else identity
    make_person(household, is_head=True, full_name=head_name, identity=identity)
    for i in range(1, members):
        make_person(household, full_name=f"Trần Văn Con {i}", gender=Gender.MALE, birth_year=2000 + i, identity=None)
    return household


def make_person(household: Household, *, identity: str | None = None, **more: Any) -> Person:
    values = {"full_name": "Nguyễn Thị Mẫu", "gender": Gender.FEMALE, "birth_year": 1970, **more}
    return Person.objects.create(
        household=household,
        area_id=household.area_id,
        cccd_hash=fingerprint(identity or ""),
        cccd_sealed=seal(identity or ""),
        **values,
    )


def make_round(**more: Any) -> Round:
    programme = more.pop("programme", None) or Programme.objects.create(
        province=province(), name="Chương trình mẫu", reviewer_label="Huyện"
    )
    code, form = more.pop("source", SourceCode.FUND), more.pop("form", SupportForm.DEVICE)
    orders = more.pop("order", ORDER)
    today = more.pop("today", datetime.date(2024, 6, 3))
    number = next_number()
    made = Round.objects.create(
        programme=programme,
        code=more.pop("code", f"dot-{number}"),
        name=more.pop("name", f"Đợt {number}"),
        categories=more.pop("categories", ["HN", "HCN"]),
        device_kind=DeviceKind.PHONE,
        opens_on=today,
        submit_by=today + datetime.timedelta(30),
        review_by=today + datetime.timedelta(45),
        hand_over_by=today + datetime.timedelta(90),
        demands_posting=more.pop("demands_posting", False),
        state=more.pop("state", Round.State.OPEN),
        **more,
    )
    make_support(made, code, form)
    make_rules(made, orders)
    return made


ORDER: list[tuple[str, list[str], list[str]]] = [
    ("Hộ nghèo, cận nghèo là gia đình người có công", ["HN", "HCN"], ["NCC", "NCC_TC"]),
    ("Hộ nghèo, cận nghèo là gia đình chính sách xã hội", ["HN", "HCN"], ["BTXH"]),
    ("Hộ nghèo", ["HN"], []),
    ("Hộ cận nghèo", ["HCN"], []),
]
PAYS_FOR = {SourceCode.FUND: ["HN", "HCN"]}


def make_support(
    round: Round, code: str = SourceCode.FUND, form: str = SupportForm.DEVICE, **more: Any
) -> RoundSupport:
    """A payer of the programme, who pays for what the law says or for everybody, and what it gives in the round."""
    categories = more.pop("categories", None) or PAYS_FOR.get(SourceCode(code), ["HN", "HCN", "CSXH", "CSK"])
    source, _made = FundingSource.objects.get_or_create(
        programme=round.programme, code=code, defaults={"name": str(SourceCode(code).label), "categories": categories}
    )
    position = more.pop("position", round.supports.count() + 1)
    if form == SupportForm.CASH:
        more = {"amount": 500_000, "bought_since": datetime.date(2022, 12, 12), **more}
    return RoundSupport.objects.create(round=round, source=source, form=form, position=position, **more)


def make_rules(
    round: Round, order: list[tuple[str, list[str], list[str]]], *, legal_basis: str = "", publish: bool = True,
    conditions: list[tuple[str, list[str]]] | None = None,
) -> RuleVersion:  # fmt: skip
    """The next version of the rules: the order of priority and that nobody is helped twice."""
    round.rule_versions.filter(state="published").update(state="superseded")
    made = RuleVersion.objects.create(round=round, number=round.rule_versions.count() + 1)
    Condition.objects.create(
        version=made, position=1, kind=ConditionKind.NO_PRIOR_DEVICE, legal_basis="TT 14/2022/TT-BTTTT, Điều 15"
    )
    for position, (kind, values) in enumerate(conditions or [], start=2):
        Condition.objects.create(version=made, position=position, kind=kind, values=values)
    for position, (label, categories, attributes) in enumerate(order, start=1):
        PriorityRule.objects.create(
            version=made, position=position, label=label, categories=categories, attributes=attributes,
            legal_basis=legal_basis,
        )  # fmt: skip
    if publish:
        RuleVersion.objects.filter(pk=made.pk).update(state="published")
    return made


def make_quota(round: Round, area: Area | None = None, allowed: int = 10, **more: Any) -> Quota:
    return Quota.objects.create(round=round, area=area or commune(), allowed=allowed, **more)


def make_list(round: Round, area: Area | None = None, *, official: Officer | None = None, **more: Any) -> CommuneList:
    area = area or commune()
    return CommuneList.objects.create(round=round, area=area, prepared_by=official or make_officer(area=area), **more)


def make_allocation(
    commune_list: CommuneList, household: Household | None = None, status: str = Status.DRAFT, **more: Any
) -> Allocation:
    """A line made directly in a status; what goes with the status (who signed, who decided) is filled in."""
    household = household or make_household(commune_list.area)
    number = next_number()
    values: dict[str, Any] = {"priority_group": 3, "rank": number, "listed_by": commune_list.prepared_by, **more}
    if status not in (Status.DRAFT, Status.POSTED, Status.WITHDRAWN):
        values.setdefault("signed_by", make_officer(Role.COMMUNE_LEADER, commune_list.area))
    if status in (Status.APPROVED, Status.WAITING, Status.RETURNED, Status.REJECTED, Status.HANDED_OVER):
        values.setdefault("decided_by", make_officer(Role.REVIEWER, commune_list.area.parent))
    return Allocation.objects.create(
        commune_list=commune_list,
        round=commune_list.round,
        area=commune_list.area,
        household=household,
        category=household.category,
        status=status,
        **values,
    )


def made_up_imei(number: int | None = None) -> str:
    """15 digits from the test range 00-1017 with a right check digit."""
    body = f"001017{(number or next_number()) % 100_000_000:08d}"
    total = sum(d if i % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(map(int, body)))
    return f"{body}{-total % 10}"


def make_device(area: Area | None = None, *, lot: Lot | None = None, **more: Any) -> Device:
    return Device.objects.create(
        imei=more.pop("imei", made_up_imei()), lot=lot or make_lot(), area=area or commune(), **more
    )


def make_lot(**more: Any) -> Lot:
    number = next_number()
    model = (
        more.pop("model", None)
        or DeviceModel.objects.get_or_create(
            name="Điện thoại mẫu A", defaults={"kind": DeviceKind.PHONE, "networks": ["4G"]}
        )[0]
    )
    return Lot.objects.create(
        province=province(),
        code=f"L-{number:04d}",
        model=model,
        supplier="Nhà cung cấp mẫu",
        quantity=more.pop("quantity", 10),
        received_on=datetime.date(2024, 6, 1),
        **more,
    )
