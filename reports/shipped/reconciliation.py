"""Reconciliation by source (form 9): approved, handed over or paid, IMEI and money of each payer."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from allocations.models import Allocation, FundingSource, HandOver, Payment, Round, Status
from reports.by_unit import inside
from reports.definition import NUMBER, REMARK, ReportDefinition, field, figure
from reports.figures import GRANTED
from reports.models import AllocationCount
from reports.sources import Answer, Line, Question

GIVEN = Q(status=Status.HANDED_OVER)


def by_source(question: Question) -> Answer:
    """A bold line per payer and form, the communes under it. Sums come from the roll-up and from the hand-overs."""
    if question.round is None:
        raise ValueError("A reconciliation is always that of one round.")
    figures = _lines(question, question.round)
    names = dict(FundingSource.objects.filter(programme=question.round.programme_id).values_list("pk", "name"))
    lines: list[Line] = []
    for position, source in enumerate(sorted({source for source, *_unit in figures}), start=1):
        units = sorted((key, found) for key, found in figures.items() if key[0] == source)
        group = sum((found for _key, found in units), Counter())
        lines.append(Line(str(position), names[source], group, _why(group), level=0, bold=True))
        for number, (key, found) in enumerate(units, start=1):
            lines.append(Line(f"{position}.{number}", key[2], found, _why(found)))
    return Answer(lines, Line("", "", _total(question, question.round)))


def _lines(question: Question, round: Round) -> dict[tuple[int, int, str], Counter[str]]:
    """Figures by (source, commune, name of the commune), read line by line from what was allocated."""
    granted = Allocation.objects.filter(round=round, area__number__range=inside(question), status__in=GRANTED)
    rows = granted.order_by("source_id", "area_id").values_list("source_id", "area_id", "area__name")
    found = rows.annotate(
        granted=Count("pk"),
        handed_over=Count("pk", filter=GIVEN),
        imei=Count("device", distinct=True),
        paid=Count("payment"),
        money=Coalesce(Sum("device__lot__model__price"), 0) + Coalesce(Sum("payment__amount"), 0),
        priceless=Count("device", filter=Q(device__lot__model__price=None)),
    )
    keys = ("granted", "handed_over", "imei", "paid", "money", "priceless")
    return {row[:3]: _differences(Counter(dict(zip(keys, (n or 0 for n in row[3:]), strict=True)))) for row in found}


def _differences(figures: Counter[str]) -> Counter[str]:
    figures["left"] = figures["granted"] - figures["handed_over"]
    figures["unmatched"] = figures["handed_over"] - figures["imei"] - figures["paid"]
    return figures


def _total(question: Question, round: Round) -> Counter[str]:
    """The same from other tables: the roll-up knows the lines, hand-overs and payments know devices and money."""
    area = {"area__number__range": inside(question)}
    counts = AllocationCount.objects.filter(round=round, status__in=GRANTED, **area)
    sums = counts.aggregate(granted=Sum("n"), handed_over=Sum("n", filter=GIVEN))
    handed = HandOver.objects.filter(allocation__round=round, **area)
    devices = handed.aggregate(
        imei=Count("device__imei", distinct=True),
        money=Sum("device__lot__model__price"),
        priceless=Count("pk", filter=Q(device__lot__model__price=None)),
    )
    cash = Payment.objects.filter(allocation__round=round, **area).aggregate(paid=Count("pk"), cash=Sum("amount"))
    found = Counter({key: n or 0 for key, n in {**sums, **devices, **cash}.items()})
    found["money"] += found.pop("cash")
    return _differences(found)


def _why(figures: Counter[str]) -> str:
    reasons = [
        (figures["left"], "{} hộ được duyệt chưa nhận"),
        (figures["unmatched"], "{} lượt giao không có IMEI, không có chứng từ chi tiền"),
        (figures["priceless"], "{} máy chưa nhập giá"),
    ]
    return "; ".join(words.format(n) for n, words in reasons if n)


REPORT = ReportDefinition(
    key="reconciliation",
    title=_("Reconciliation by source"),
    about=_("Approved, handed over or paid, IMEI and money for each source, with the differences (form 9)."),
    paper_title="Đối soát nghiệm thu theo nguồn kinh phí",
    source=by_source,
    fields=(
        NUMBER,
        field("unit", "Nguồn, đơn vị", "text", 50, lambda line: line.name),
        figure("granted", "Số hộ được duyệt", 20),
        figure("handed_over", "Số hộ đã giao, đã chi", 20),
        figure("imei", "Số IMEI", 18),
        figure("paid", "Số hộ đã nhận tiền", 18),
        field(
            "money",
            "Giá trị thiết bị và tiền đã chi (đồng)",
            "money",
            32,
            lambda line: line.record["money"],
            total=True,
        ),
        figure("left", "Chênh lệch duyệt – giao", 22),
        figure("unmatched", "Chênh lệch giao – IMEI, chứng từ", 22),
        REMARK,
    ),
    unit="hộ, máy, đồng",
    position=5,
)
