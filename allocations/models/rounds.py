"""Programme, payers and rounds: configuration, the same for every unit of the province."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Subquery
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Level
from beneficiaries.models import Category, Effect, ExclusionSource
from devices.models import DeviceKind, Specification

if TYPE_CHECKING:
    from allocations.models.rules import PriorityRule


class SourceCode(models.TextChoices):
    """Kinds of money. Who pays decides who is eligible."""

    FUND = "QUY", _("Vietnam public-utility telecommunication service fund")
    PROVINCE = "NST", _("Province budget")
    TELECOM = "DNVT", _("Telecommunication companies")
    DONATION = "XHH", _("Donations")


class SupportForm(models.TextChoices):
    """What a household gets (TT 14/2022/TT-BTTTT, Chương IV Mục 2; tablets: TT 09/2022/TT-BTTTT)."""

    DEVICE = "MAY", _("Device in kind")
    PACKAGE = "GOI", _("Device with a service package")
    CASH = "TIEN", _("Cash for a smartphone that was bought")
    TABLET = "MTB", _("Tablet for pupils")


class Profile(models.TextChoices):
    """Who lists, who decides, who watches: before and after the districts ended (1/7/2025)."""

    THREE_TIERS = "BA_CAP", _("Three tiers: the commune lists, the district approves, the province watches")
    TWO_TIERS = "HAI_CAP", _("Two tiers: the commune leader signs, the province or its reviewing unit approves")


DECIDING_LEVEL: dict[str, Level] = {Profile.THREE_TIERS: Level.DISTRICT, Profile.TWO_TIERS: Level.PROVINCE}
TIER_NAME = {Level.DISTRICT: _("district level"), Level.PROVINCE: _("province level")}


def new_code() -> str:
    return f"ct-{secrets.token_hex(3)}"


class PostedColumn(models.TextChoices):
    """What the public list may show beside the number and the name of the head; never a whole number."""

    BIRTH_YEAR = "birth_year", _("Year of birth")
    HAMLET = "hamlet", _("Hamlet")
    CATEGORY = "category", _("Category")
    IDENTITY = "identity", _("Identity number, masked")
    GROUP = "group", _("Priority group")


def usual_posted_columns() -> list[str]:
    return [PostedColumn.BIRTH_YEAR.value, PostedColumn.HAMLET.value, PostedColumn.CATEGORY.value]


class Programme(models.Model):
    province = models.ForeignKey(Area, models.PROTECT, db_column="province_no", related_name="+")
    code = models.SlugField(_("code"), max_length=20, unique=True, default=new_code)
    name = models.CharField(_("name"), max_length=200)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    profile = models.CharField(_("who decides"), max_length=10, choices=Profile.choices, default=Profile.THREE_TIERS)
    reviewer_label = models.CharField(
        _("what the reviewing tier is called"), max_length=60, blank=True,
        help_text=_("For example the name of the unit that reviews. Left empty: district level or province level."),
    )  # fmt: skip
    publishing_needs_two = models.BooleanField(_("rules are published by a second officer"), default=False)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.name

    @property
    def deciding_level(self) -> Level:
        """The level whose reviewing officers decide on lists."""
        return DECIDING_LEVEL[self.profile]

    @property
    def has_districts(self) -> bool:
        """Whether districts stand between the communes and the province: for quota, figures and who decides."""
        return self.deciding_level == Level.DISTRICT

    @property
    def reviewing_tier(self) -> str:
        """What the tier that decides is called: the name of its unit, or of its level."""
        return self.reviewer_label or str(TIER_NAME[self.deciding_level])


class FundingSource(models.Model):
    """One payer of a programme and the categories it pays for."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="sources")
    code = models.CharField(_("kind of money"), max_length=5, choices=SourceCode.choices)
    name = models.CharField(_("name"), max_length=120)
    categories = ArrayField(models.CharField(max_length=5, choices=Category.choices), verbose_name=_("pays for"))
    legal_basis = models.CharField(_("legal basis"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering = ["programme", "pk"]
        constraints = [
            models.UniqueConstraint(
                "programme", "name", name="source_is_named_once",
                violation_error_message=_("This programme already has a source of that name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def categories_in_words(self) -> str:
        return categories_in_words(self.categories)


def categories_in_words(codes: Iterable[str]) -> str:
    labels = dict(Category.choices)
    return ", ".join(str(labels.get(code, code)) for code in codes)


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> Self:
        return self.filter(state=Round.State.OPEN)

    def of_area(self, area: Area | None) -> Self:
        """Rounds of the province that holds the area."""
        if area is None:
            return self.none()
        return self.filter(programme__province__number__lte=area.number, programme__province__last__gte=area.last)

    def newest_first(self) -> Self:
        return self.order_by("-opens_on", "-pk")


class Round(models.Model):
    """One round (đợt). `categories`: whom it is for; for each of them one of its sources must pay."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="rounds")
    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    categories = ArrayField(models.CharField(max_length=5, choices=Category.choices), verbose_name=_("covers"))
    device_kind = models.CharField(_("device"), max_length=10, choices=DeviceKind.choices)
    opens_on = models.DateField(_("opens on"))
    submit_by = models.DateField(_("commune lists due"))
    review_by = models.DateField(_("review due"))
    hand_over_by = models.DateField(_("hand-over due"))
    posting_days = models.PositiveSmallIntegerField(_("working days of public posting"), default=5)
    complaint_days = models.PositiveSmallIntegerField(_("working days to answer a complaint"), default=3)
    demands_posting = models.BooleanField(_("lists are posted in public before they are submitted"), default=True)
    posted_columns = ArrayField(
        models.CharField(max_length=12, choices=PostedColumn.choices), verbose_name=_("columns of the public list"),
        default=usual_posted_columns, blank=True,
    )  # fmt: skip
    accepts_late_lists = models.BooleanField(_("takes lists after the deadline, as late ones"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.CheckConstraint(
                name="round_deadlines_follow_one_another",
                condition=Q(
                    submit_by__gte=F("opens_on"), review_by__gte=F("submit_by"), hand_over_by__gte=F("review_by")
                ),
                violation_error_message=_("Each deadline must follow the one before it."),
            ),
            models.CheckConstraint(
                name="round_posts_for_three_to_seven_days",
                condition=Q(posting_days__range=(3, 7)),
                violation_error_message=_("A list is posted for 3 to 7 working days."),
            ),
            models.CheckConstraint(
                name="round_answers_complaints_within_days",
                condition=Q(complaint_days__range=(1, 30)),
                violation_error_message=_("Complaints are answered within 1 to 30 working days."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def days_late(self, today: datetime.date) -> int:
        """Days since lists were due; 0 while there is time."""
        return max(0, (today - self.submit_by).days)

    @property
    def priority_rules(self) -> models.QuerySet[PriorityRule]:
        """The order of priority in force; before the first is published, the one being drafted."""
        rules = apps.get_model("allocations", "PriorityRule").objects
        return rules.filter(version=Subquery(self.rule_versions.in_force().values("pk")[:1])).order_by("position")

    def days_too_late(self, today: datetime.date) -> int:
        """Days after the deadline in a round that takes no late lists; else 0."""
        return 0 if self.accepts_late_lists else self.days_late(today)

    @property
    def categories_in_words(self) -> str:
        return categories_in_words(self.categories)

    @property
    def sources_in_words(self) -> str:
        """Who pays, each payer once."""
        return "; ".join(dict.fromkeys(support.source.name for support in self.supports.select_related("source")))


class Demand(Specification):
    """The least a device of the round must be able to do. 4G is demanded by law, whatever stands here."""

    round = models.OneToOneField(Round, models.CASCADE, related_name="demand")

    class Meta:
        verbose_name = _("minimum specification")
        verbose_name_plural = _("minimum specifications")

    def __str__(self) -> str:
        return str(self.round)


class RoundSupport(models.Model):
    """One thing a round gives: a form of support paid by a source. The first that suits a household is offered to it.

    Cash repays a smartphone that the household bought itself on or after `bought_since` (TT 14/2022/TT-BTTTT).
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="supports")
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="supports")
    form = models.CharField(_("form of support"), max_length=5, choices=SupportForm.choices, default=SupportForm.DEVICE)
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    amount = models.PositiveIntegerField(_("amount (đồng)"), null=True, blank=True)
    bought_since = models.DateField(_("for phones bought since"), null=True, blank=True)

    class Meta:
        verbose_name = _("form of support")
        verbose_name_plural = _("forms of support")
        ordering = ["round", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "round", "source", "form", name="round_gives_a_support_once",
                violation_error_message=_("The round already gives this form of support from this source."),
            ),
            models.CheckConstraint(
                name="cash_has_an_amount_and_a_day",
                condition=(Q(form="TIEN") & Q(amount__gt=0, bought_since__isnull=False))
                | (~Q(form="TIEN") & Q(amount=None, bought_since=None)),
                violation_error_message=_("Cash, and only cash, needs an amount and the day since which phones count."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_form_display()} – {self.source}"

    @property
    def device_kind(self) -> DeviceKind | None:
        """What kind of device is handed over; None: cash."""
        if self.form == SupportForm.CASH:
            return None
        return DeviceKind.TABLET if self.form == SupportForm.TABLET else DeviceKind(self.round.device_kind)


class RoundEffect(models.Model):
    """What being on the list of an earlier programme means in this round, where it is not what the list says itself."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="effects")
    source = models.ForeignKey(ExclusionSource, models.CASCADE, related_name="+")
    effect = models.CharField(_("in this round it"), max_length=10, choices=Effect.choices)

    class Meta:
        verbose_name = _("effect of an earlier programme")
        verbose_name_plural = _("effects of earlier programmes")
        constraints = [models.UniqueConstraint("round", "source", name="source_has_one_effect_in_a_round")]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_effect_display()}"
