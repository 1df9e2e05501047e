"""Overview of the poverty lists: households and members by category (layout of the official review)."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, F, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Category, Household
from reports.by_unit import by_commune, figures_by_unit, inside, together
from reports.definition import NUMBER, UNIT, ReportDefinition, figure, ratio
from reports.models import HouseholdCount
from reports.sources import Answer, Question

NAMED = {Category.POOR: "poor", Category.NEAR_POOR: "near_poor", Category.SOCIAL_POLICY: "social_policy"}


def households_by_category(question: Question) -> Answer:
    """Households of the register by category, with members and lines of another year; totals from the roll-up."""
    listed = Household.objects.listed().filter(area__number__range=inside(question)).order_by()
    stale = listed.exclude(recognised_year=None).exclude(recognised_year=timezone.localdate(question.at).year)
    categories = list(listed.values_list("area_id", "category").annotate(n=Count("pk")))
    figures = together(
        figures_by_unit((area, NAMED.get(Category(category), "other"), n) for area, category, n in categories),
        figures_by_unit((area, "all", n) for area, _category, n in categories),
        figures_by_unit(listed.values_list("area_id", Value("members")).annotate(n=Sum("member_count"))),
        figures_by_unit(stale.values_list("area_id", Value("stale")).annotate(n=Count("pk"))),
    )
    total: Counter[str] = Counter()
    for category, n in HouseholdCount.objects.filter(area__number__range=inside(question)).values_list("category", "n"):
        total[NAMED.get(Category(category), "other")] += n
        total["all"] += n
    total["members"] = listed.aggregate(n=Sum(F("member_count")))["n"] or 0
    total["stale"] = stale.count()
    return by_commune(question, figures, total, counted="all")


REPORT = ReportDefinition(
    key="poverty",
    title=_("Poverty-list overview"),
    about=_("Poor, near-poor and policy households of the register, commune by commune, with their shares."),
    paper_title="Tổng hợp danh sách hộ nghèo, hộ cận nghèo, hộ chính sách",
    source=households_by_category,
    needs_round=False,
    fields=(
        NUMBER,
        UNIT,
        figure("all", "Tổng số hộ trong danh sách", 20),
        figure("members", "Nhân khẩu", 18),
        figure("poor", "Số hộ", 16, group="Hộ nghèo"),
        ratio("of_poor", "Tỷ lệ (%)", "poor", "all", group="Hộ nghèo"),
        figure("near_poor", "Số hộ", 16, group="Hộ cận nghèo"),
        ratio("of_near_poor", "Tỷ lệ (%)", "near_poor", "all", group="Hộ cận nghèo"),
        figure("social_policy", "Số hộ", 16, group="Hộ chính sách xã hội"),
        ratio("of_social_policy", "Tỷ lệ (%)", "social_policy", "all", group="Hộ chính sách xã hội"),
        figure("other", "Hộ khác", 16),
        figure("stale", "Giấy chứng nhận của năm khác", 20),
    ),
    unit="hộ, người",
    text_size=10,
    position=6,
)
