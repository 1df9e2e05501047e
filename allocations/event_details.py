"""The words for what events of lists and decisions hold. A reason is a code of the catalogue or free text."""

from __future__ import annotations

from django.db.models import Model, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from administration.event_words import Detail, name_details
from administration.models import Area, AreaKind
from allocations.models import (
    Allocation,
    CalendarDay,
    Demand,
    PaymentMethod,
    Programme,
    Reason,
    Round,
    SourceCode,
    Status,
)
from beneficiaries.models import Category
from devices.demands import DEMANDS, Wanted

name_details(
    reason=Detail(_("Reason"), dict(Reason.choices)),
    already_received=Detail(_("Received from an earlier programme")),
    days_late=Detail(_("Days late")),
    starts_on=Detail(_("Posted from")),
    ends_on=Detail(_("Posted until")),
    amount=Detail(_("Amount (đồng)")),
    proof_no=Detail(_("Number of the invoice or receipt")),
    bought_on=Detail(_("Phone bought on")),
    method=Detail(_("How it was paid"), dict(PaymentMethod.choices)),
    reference=Detail(_("Number of the payment")),
    paid_on=Detail(_("Paid on")),
)

_SETTINGS: dict[type[Model], list[str]] = {
    Programme: ["profile", "reviewer_label", "publishing_needs_two"],
    Round: [
        "device_kind", "opens_on", "submit_by", "review_by", "hand_over_by", "posting_days", "complaint_days",
    ],
    Demand: ["ram_gb", "storage_gb", "screen_inches", "battery_mah", "volte"],
}  # fmt: skip
name_details(
    **{
        name: Detail(capfirst(field.verbose_name), dict(field.flatchoices))
        for model, names in _SETTINGS.items()
        for name in names
        for field in model._meta.fields
        if field.name == name
    },
    name=Detail(_("Name")),
    legal_basis=Detail(_("Legal basis")),
    categories=Detail(_("Categories"), dict(Category.choices)),
    supports=Detail(_("Forms of support")),
    support=Detail(_("Form of support")),
    quota=Detail(_("Quota")),
    code=Detail(_("Kind of money"), dict(SourceCode.choices)),
    source=Detail(_("Funding source")),
    day_kind=Detail(_("What it is"), dict(CalendarDay.Kind.choices)),
    day=Detail(_("Day")),
    occasion=Detail(_("Occasion")),
    area_class=Detail(_("Area class"), dict(AreaKind.choices)),
    rule_version=Detail(_("Version of the rules")),
)


def _wanted(province: Area, kind: str) -> list[Wanted]:
    """Rounds of the province in which devices of the kind are still given, with the least they demand."""
    still_giving = Q(state=Round.State.OPEN) | Q(
        pk__in=Allocation.objects.filter(status=Status.APPROVED).values("round")
    )
    rounds = Round.objects.of_area(province).filter(still_giving).select_related("demand")
    return [
        Wanted(round.name, getattr(round, "demand", None))
        for round in rounds.prefetch_related("supports__round")
        if any(support.device_kind == kind for support in round.supports.all())
    ]


DEMANDS.of = _wanted
