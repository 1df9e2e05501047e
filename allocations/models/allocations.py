"""The lines of commune lists: the promise of one device to one household, once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer
from allocations.models.lists import CommuneList
from allocations.models.postings import Posting
from allocations.models.rounds import FundingSource, Round, SupportForm
from allocations.models.rules import RuleVersion
from beneficiaries.models import Category, Household, Person
from devices.models import Device, DeviceKind


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Being posted")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for completion")
    WAITING = "waiting", _("Waiting list")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Not eligible")
    HANDED_OVER = "handed_over", _("Handed over")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = Status
MOVES: dict[str, set[str]] = {  # what is not here is refused, by the database too
    S.DRAFT: {S.POSTED, S.SUBMITTED, S.WITHDRAWN},
    S.POSTED: {S.DRAFT, S.SUBMITTED, S.WITHDRAWN},
    S.SUBMITTED: {S.DRAFT, S.APPROVED, S.WAITING, S.RETURNED, S.REJECTED},
    S.RETURNED: {S.DRAFT, S.SUBMITTED, S.WAITING, S.WITHDRAWN},
    S.WAITING: {S.SUBMITTED, S.APPROVED, S.RETURNED, S.REJECTED, S.WITHDRAWN},
    S.APPROVED: {S.SUBMITTED, S.WAITING, S.HANDED_OVER, S.WITHDRAWN},
    S.REJECTED: {S.SUBMITTED, S.WAITING},
    S.HANDED_OVER: {S.APPROVED},
}
_MOVES_AS_TEXT = ",".join(f"{before}:{after}" for before, afters in MOVES.items() for after in sorted(afters))
LIVE = [S.DRAFT, S.POSTED, S.SUBMITTED, S.RETURNED, S.WAITING, S.APPROVED, S.HANDED_OVER]
IN_QUOTA = [S.APPROVED, S.HANDED_OVER]
DECIDED = [S.APPROVED, S.WAITING, S.RETURNED, S.REJECTED]


class Flag(models.TextChoices):
    """What a reviewer should look at; flags combine, they are not states."""

    NO_IDENTITY = "no_identity", _("Identity number missing")
    NAMESAKE = "namesake", _("Possible duplicate")
    NO_CERTIFICATE = "no_certificate", _("Certificate number missing")
    RECEIVED = "received", _("Received from an earlier programme")
    MAY_HAVE_RECEIVED = "may_have_received", _("May have received before")


class Reason(models.TextChoices):
    """Why a line is returned or rejected."""

    MISSING_EVIDENCE = "missing_evidence", _("Evidence missing")
    WRONG_IDENTITY = "wrong_identity", _("Identity number wrong or missing")
    NOT_COVERED = "not_covered", _("Category not covered")
    ALREADY_RECEIVED = "already_received", _("Already received a device")
    DUPLICATE = "duplicate", _("The same as another household")
    MOVED_AWAY = "moved_away", _("Moved away")
    DECLINED = "declined", _("Household declined")
    OTHER = "other", _("Other reason")


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def among(self, ids: Collection[int]) -> Self:
        """Lines with these ids, as one parameter: thousands of them cost what one does."""
        is_one = Func(F("pk"), Value(list(ids)), template="%(expressions)s)", arg_joiner=" = ANY(")
        return self.filter(models.ExpressionWrapper(is_one, models.BooleanField()))

    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def awaiting_decision(self) -> Self:
        return self.filter(status=Status.SUBMITTED)

    def by_priority(self) -> Self:
        return self.order_by("rank", "pk")


# Once a statement, not once a row: a row-level trigger of these libraries opens subtransactions for every row, and ten
# thousand approvals would take half a minute. Without a condition the old rows need no join with the new ones.
@pghistory.track(
    pghistory.UpdateEvent("changed", row=pghistory.Old, condition=None, level=pghistory.Statement),
    pghistory.DeleteEvent("removed", level=pghistory.Statement),
    model_name="AllocationVersion",
)
class Allocation(models.Model):
    """One household on one commune's list of one round.

    `source`, `form`: what it is to get; `rule_version`: the rules it was placed under. Left empty, the database takes
    the round's first support that pays for the category, and the version in force.
    """

    # An index for each key would be written anew for every decided line: those of Meta serve the pages and the fences.
    commune_list = models.ForeignKey(CommuneList, models.PROTECT, related_name="lines", db_index=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+", db_index=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="allocations", db_index=False)
    # The household that counts as helped, when the one on the list was merged or moved into it. Set by the database.
    counts_for = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        related_name="allocations_of_earlier_records",
        editable=False,
        db_index=False,
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    category = models.CharField(max_length=5, choices=Category.choices)  # at the time of listing
    priority_group = models.PositiveSmallIntegerField()
    rank = models.PositiveIntegerField()
    source = models.ForeignKey(
        FundingSource, models.PROTECT, related_name="+", verbose_name=_("funding source"), db_index=False
    )
    form = models.CharField(_("form of support"), max_length=5, choices=SupportForm.choices)
    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+", db_index=False)
    flags = ArrayField(models.CharField(max_length=20, choices=Flag.choices), default=list)
    listed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", db_index=False)
    listed_at = models.DateTimeField(db_default=Now())
    signed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", db_index=False)
    # Whom `decided_by` stood in for: the decision was made in that officer's role and area.
    decided_for = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    reason_note = models.CharField(max_length=300, blank=True)
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    # Cash instead of a device, in đồng. The database lets it stand only over a Payment that says so.
    paid_amount = models.PositiveIntegerField(_("paid (đồng)"), null=True)
    posting = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="lines")
    recheck = models.JSONField(null=True)  # what changed in the register since the approval; written by the database
    version = models.PositiveIntegerField(default=1)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        indexes = [
            models.Index("area", "round", "status", name="allocation_of_area"),
            models.Index("commune_list", "rank", name="allocation_of_list"),
            models.Index("household", name="allocation_of_household"),
            # What a reviewer's queue counts, read from the index alone: an approved line leaves it.
            models.Index(
                "commune_list",
                "status",
                name="allocation_in_review",
                include=["area", "flags"],
                condition=Q(status__in=[S.SUBMITTED, S.WAITING, S.RETURNED]),
            ),
            models.Index(
                "commune_list", name="allocation_changed", condition=Q(status=S.APPROVED, recheck__isnull=False)
            ),
            models.Index("counts_for", name="allocation_counting_for", condition=Q(counts_for__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                Coalesce("counts_for", "household"),
                name="household_has_one_live_allocation",
                condition=Q(status__in=LIVE),
                violation_error_message=_(
                    "This household already has a device or is on a list. Each household is helped once."
                ),
            ),
            models.UniqueConstraint(
                "device",
                name="device_goes_to_one_household",
                violation_error_message=_("This device has already been given to another household."),
            ),
            models.CheckConstraint(
                name="handed_over_means_a_device_or_a_payment",
                condition=Q(status="handed_over", device__isnull=False, paid_amount__isnull=True) & ~Q(form="TIEN")
                | Q(status="handed_over", device__isnull=True, paid_amount__isnull=False, form="TIEN")
                | ~Q(status="handed_over") & Q(device__isnull=True, paid_amount__isnull=True),
                violation_error_message=_("A hand-over names the device; cash names its payment."),
            ),
            models.CheckConstraint(
                name="line_is_signed_by_somebody_else",
                condition=~Q(signed_by=F("listed_by")),
                violation_error_message=_("Who prepares the list may not sign it."),
            ),
            models.CheckConstraint(
                name="nobody_approves_what_they_listed",
                condition=Q(decided_by=None) | (~Q(decided_by=F("listed_by")) & ~Q(decided_by=F("signed_by"))),
                violation_error_message=_("Who prepared or signed the list may not decide on it."),
            ),
            models.CheckConstraint(
                name="nobody_decides_for_who_listed",
                condition=Q(decided_for=None) | (~Q(decided_for=F("listed_by")) & ~Q(decided_for=F("signed_by"))),
                violation_error_message=_("Nobody decides in the place of who prepared or signed the list."),
            ),
            models.CheckConstraint(
                name="what_changed_is_looked_at_first",
                condition=~Q(status="handed_over") | Q(recheck__isnull=True),
                violation_error_message=_(
                    "This household has changed since its approval. The reviewer looks at it again first."
                ),
            ),
            models.CheckConstraint(
                name="decision_has_somebody_behind_it",
                condition=~Q(status__in=["approved", "waiting", "rejected", "returned", "handed_over"])
                | Q(decided_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="moves_as_allowed",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(old="old_values", new="new_values"),
                declare=[("forbidden", "text")],
                # Both sides in one aggregate: a join would be planned for the size of the first update of a session.
                func=f"""
                    SELECT came_from || ':' || goes_to INTO forbidden FROM (
                        SELECT max(status) FILTER (WHERE is_old) AS came_from,
                               max(status) FILTER (WHERE NOT is_old) AS goes_to
                          FROM (SELECT id, status, true AS is_old FROM old_values
                                UNION ALL SELECT id, status, false FROM new_values) AS both_sides
                         GROUP BY id) AS moves
                     WHERE came_from <> goes_to
                       AND came_from || ':' || goes_to <> ALL ('{{{_MOVES_AS_TEXT}}}'::text[]) LIMIT 1;
                    IF forbidden IS NOT NULL THEN
                        RAISE EXCEPTION 'a line may not move %', forbidden
                        USING ERRCODE = '23514', CONSTRAINT = 'line_moves_as_allowed';
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 - the moves are constants of this module
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} ({self.get_status_display()})"

    @property
    def promised_kind(self) -> DeviceKind | None:
        """What kind of device is handed over; None: cash."""
        if self.form == SupportForm.CASH:
            return None
        return DeviceKind.TABLET if self.form == SupportForm.TABLET else DeviceKind(self.round.device_kind)

    @property
    def is_cash(self) -> bool:
        return self.form == SupportForm.CASH

    @property
    def tag(self) -> str:
        """The code of its status tag: cash is paid, a device handed over."""
        return "paid" if self.status == Status.HANDED_OVER and self.is_cash else self.status


class Claim(models.Model):
    """One person counted as helped through one live allocation. Written only by the database's triggers.

    Its two unique keys are what "once per person, ever" means, whatever household the person turns up in. The claim of
    an approved line outlives the person's place in the register: then `person` is empty and the identity stays claimed.
    """

    allocation = models.ForeignKey(Allocation, models.CASCADE, related_name="claims")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    person = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+")
    identity_hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person",
                name="person_is_helped_once",
                violation_error_message=_("A member of this household already has a device or is on a list."),
            ),
            models.UniqueConstraint(
                "identity_hash",
                name="identity_is_helped_once",
                violation_error_message=_("A member of this household already has a device or is on a list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.allocation_id}"


class HandOver(models.Model):
    """Who received which device, when, from whom (form 7)."""

    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="hand_over")
    device = models.OneToOneField(Device, models.PROTECT, related_name="hand_over")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    receiver_name = models.CharField(_("received by"), max_length=80)
    receiver_relation = models.CharField(_("relation to the head"), max_length=40)
    receiver_identity_sealed = models.BinaryField(null=True)
    handed_on = models.DateField(_("on"))
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")

    def __str__(self) -> str:
        return f"{self.device} → {self.receiver_name}"


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def open(self) -> Self:
        return self.filter(answered_on=None)


class Complaint(models.Model):
    """A line of the complaints register (form 4)."""

    commune_list = models.ForeignKey(CommuneList, models.PROTECT, related_name="complaints")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    allocation = models.ForeignKey(Allocation, models.PROTECT, null=True, blank=True, related_name="complaints")
    received_on = models.DateField(_("received on"))
    complainant = models.CharField(_("from"), max_length=80)
    text = models.TextField(_("content"))
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    recorded_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        constraints = [
            models.CheckConstraint(
                name="complaint_is_answered_in_writing",
                condition=Q(answered_on=None) | ~Q(answer=""),
                violation_error_message=_("Write the answer."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
