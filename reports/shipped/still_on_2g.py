"""Households still on 2G, by commune and hamlet: who loses the line when the network is switched off."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from allocations.models import Allocation, Status
from beneficiaries.models import Household, PhoneKind
from reports.by_unit import inside
from reports.definition import NUMBER, ReportDefinition, field, figure, ratio
from reports.models import HouseholdCount
from reports.sources import Answer, Line, Question

HELPED = Exists(Allocation.objects.filter(household=OuterRef("pk"), status=Status.HANDED_OVER))
FIGURES = {
    "all": Count("pk"),
    "basic": Count("pk", filter=Q(phone_kind=PhoneKind.BASIC)),
    "waiting": Count("pk", filter=Q(phone_kind=PhoneKind.BASIC) & ~Q(HELPED)),
    "no_phone": Count("pk", filter=Q(phone_kind=PhoneKind.NONE)),
    "smart": Count("pk", filter=Q(phone_kind=PhoneKind.SMART)),
    "unknown": Count("pk", filter=Q(phone_kind=PhoneKind.UNKNOWN)),
}


def by_hamlet(question: Question) -> Answer:
    """Hamlets under the bold line of their commune; all households of the total come from the roll-up."""
    area = inside(question)
    listed = Household.objects.listed().filter(area__number__range=area)
    hamlets = listed.values_list("area_id", "area__name", "hamlet").order_by("area_id", "hamlet").annotate(**FIGURES)
    lines: list[Line] = []
    for position, ((_number, name), found) in enumerate(groupby(hamlets, key=lambda row: row[:2]), start=1):
        rows = [(row[2], Counter(dict(zip(FIGURES, row[3:], strict=True)))) for row in found]
        group = sum((figures for _hamlet, figures in rows), Counter())
        lines.append(Line(str(position), name, group, level=0, bold=True))
        lines.extend(Line(f"{position}.{n}", hamlet, figures) for n, (hamlet, figures) in enumerate(rows, start=1))
    kinds = listed.order_by().values_list("phone_kind").annotate(n=Count("pk"))
    total = Counter({_KEYS[kind]: n for kind, n in kinds})
    total["waiting"] = listed.filter(phone_kind=PhoneKind.BASIC).exclude(HELPED).count()
    total["all"] = HouseholdCount.objects.filter(area__number__range=area).aggregate(n=Sum("n"))["n"] or 0
    return Answer(lines, Line("", "", total))


_KEYS = {
    PhoneKind.BASIC: "basic",
    PhoneKind.NONE: "no_phone",
    PhoneKind.SMART: "smart",
    PhoneKind.UNKNOWN: "unknown",
}

REPORT = ReportDefinition(
    key="still_on_2g",
    title=_("Households still on 2G"),
    about=_("Phones in use by commune and hamlet, and who on 2G has not received a device yet."),
    paper_title="Hộ còn dùng điện thoại 2G theo xã và thôn",
    source=by_hamlet,
    needs_round=False,
    fields=(
        NUMBER,
        field("unit", "Xã, thôn", "text", 60, lambda line: line.name),
        figure("all", "Tổng số hộ", 22),
        figure("basic", "Đang dùng 2G", 22),
        ratio("of_all", "Tỷ lệ dùng 2G (%)", "basic", "all"),
        figure("waiting", "Dùng 2G, chưa nhận thiết bị", 26),
        figure("no_phone", "Không có điện thoại", 22),
        figure("smart", "Điện thoại thông minh", 22),
        figure("unknown", "Chưa ghi nhận", 22),
    ),
    unit="hộ",
    position=10,
)
