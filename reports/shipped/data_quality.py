"""Data quality by commune: what files brought, what was left out, what the register lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum, Value
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import BirthPrecision, Household, ImportFile, Person, SuspectedPair
from reports.by_unit import by_commune, figures_by_unit, inside, together
from reports.definition import NUMBER, UNIT, ReportDefinition, figure, ratio
from reports.sources import Answer, Question

FILES = {
    "files": Count("pk"),
    "saved": Sum(F("added") + F("updated") + F("unchanged")),
    "left_out": Sum("left_out"),
}
HOUSEHOLDS = {
    "households": Count("pk"),
    "no_certificate": Count("pk", filter=Q(certificate_no="")),
    "no_phone": Count("pk", filter=Q(phone="")),
}
HEADS = {
    "no_identity": Count("pk", filter=Q(cccd_hash=None)),
    "year_only": Count("pk", filter=Q(birth_precision=BirthPrecision.YEAR)),
}
PAIRS = {"pairs": Count("pk")}


def gaps(question: Question) -> Answer:
    """Everything counted by commune, and once more without grouping for the totals."""
    area = inside(question)
    listed = Household.objects.listed().filter(area__number__range=area)
    queries: list[tuple[QuerySet[Any], str, Mapping[str, Aggregate]]] = [
        (
            ImportFile.objects.filter(area__number__range=area, applied_at__isnull=False, undone_at=None),
            "area_id",
            FILES,
        ),
        (listed, "area_id", HOUSEHOLDS),
        (Person.objects.heads().filter(household__in=listed), "area_id", HEADS),
        (SuspectedPair.objects.open().of_register().filter(area_a__number__range=area), "area_a_id", PAIRS),
    ]
    parts = []
    total: Counter[str] = Counter()
    for query, unit, counted in queries:
        for key, aggregate in counted.items():
            parts.append(figures_by_unit(query.order_by().values_list(unit, Value(key)).annotate(n=aggregate)))
        total.update({key: n or 0 for key, n in query.order_by().aggregate(**counted).items()})
    return by_commune(question, together(*parts), total, counted="files")


REPORT = ReportDefinition(
    key="data_quality",
    title=_("Data quality by commune"),
    about=_("Rows saved and left out, identity numbers, certificates and phones that are missing, open duplicates."),
    paper_title="Chất lượng dữ liệu theo xã",
    source=gaps,
    needs_round=False,
    fields=(
        NUMBER,
        UNIT,
        figure("files", "Số tệp đã lưu", 16, group="Tệp đã nhập"),
        figure("saved", "Dòng đã lưu", 18, group="Tệp đã nhập"),
        figure("left_out", "Dòng để lại", 18, group="Tệp đã nhập"),
        ratio("error_rate", "Dòng để lại so với dòng đã lưu (%)", "left_out", "saved", group="Tệp đã nhập"),
        figure("households", "Số hộ", 18),
        figure("no_identity", "Chủ hộ thiếu CCCD", 18, group="Còn thiếu"),
        figure("year_only", "Chỉ có năm sinh", 18, group="Còn thiếu"),
        figure("no_certificate", "Thiếu số GCN", 18, group="Còn thiếu"),
        figure("no_phone", "Thiếu điện thoại", 18, group="Còn thiếu"),
        figure("pairs", "Cặp nghi trùng chưa xử lý", 20),
    ),
    unit="dòng, hộ, cặp",
    text_size=10,
    position=8,
)
