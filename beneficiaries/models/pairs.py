"""Two records that may be one household: what was found, why, and what people decided. A decision is kept for ever."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least, Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer
from beneficiaries.models.households import Household, Person
from beneficiaries.models.imports import ImportFile, StagedHousehold


class SuspectedPairQuerySet(models.QuerySet["SuspectedPair"]):
    def visible_to(self, officer: Officer) -> Self:
        """Pairs with at least one side in the officer's area."""
        if officer.area is None:
            return self.none()
        scope = (officer.area.number, officer.area.last)
        return self.filter(Q(area_a__number__range=scope) | Q(area_b__number__range=scope))

    def open(self) -> Self:
        """Nobody has decided yet."""
        return self.filter(state=SuspectedPair.State.OPEN)

    def of_register(self) -> Self:
        """Both sides are households of the register."""
        return self.filter(household_a__isnull=False, household_b__isnull=False)

    def of_file(self, file: ImportFile) -> Self:
        """At least one side is a row of this file that is not in the register yet."""
        return self.filter(found_in=file, row_a__isnull=False)


class SuspectedPair(models.Model):
    """A pair of households, or of a file's row (side a) and a household or another row of that file.

    The persons are the two that look most alike. Their keys (beneficiaries.pairing.person_key, 32 bytes) outlive rows,
    so that "not the same" is remembered when a file is taken back and imported again. `evidence` holds codes and row
    ids only, never personal data (beneficiaries.likeness.Evidence). The area of a side follows its household.
    """

    class Certainty(models.TextChoices):
        SAME = "same", _("Certainly the same")
        LIKELY = "likely", _("Probably the same")

    class State(models.TextChoices):
        OPEN = "open", _("To be decided")
        WAITING = "waiting", _("Waiting for the other commune")
        NOT_SAME = "not_same", _("Not the same")
        SAME = "same", _("The same household")
        MERGED = "merged", _("Merged")

    area_a = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+", db_index=False)
    area_b = models.ForeignKey(Area, models.PROTECT, db_column="other_area_no", related_name="+", db_index=False)
    # The database keeps these links itself (migration 0006): what disappears leaves NULL behind, at any size of import.
    household_a = models.ForeignKey(Household, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    household_b = models.ForeignKey(Household, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    person_a = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    person_b = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    row_a = models.ForeignKey(StagedHousehold, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    row_b = models.ForeignKey(StagedHousehold, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    key_a = models.BinaryField(max_length=32)
    key_b = models.BinaryField(max_length=32)
    found_in = models.ForeignKey(ImportFile, models.SET_NULL, null=True, related_name="pairs")
    certainty = models.CharField(max_length=10, choices=Certainty.choices)
    score = models.PositiveSmallIntegerField(default=0)
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = SuspectedPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspected duplicate")
        verbose_name_plural = _("suspected duplicates")
        indexes = [
            models.Index("area_a", "state", "certainty", name="pair_of_area"),
            models.Index("area_b", "state", "certainty", name="pair_of_other_area"),
            models.Index("key_a", "key_b", name="pair_by_keys"),
        ]
        constraints = [
            models.UniqueConstraint(
                Least("household_a", "household_b"),
                Greatest("household_a", "household_b"),
                name="two_households_are_one_pair",
                condition=Q(household_a__isnull=False, household_b__isnull=False),
                violation_error_message=_("These two households are already waiting for a decision."),
            ),
            models.UniqueConstraint(
                "row_a", "household_b", name="row_and_household_are_one_pair", condition=Q(household_a=None)
            ),
            models.UniqueConstraint("row_a", "row_b", name="two_rows_are_one_pair"),
            models.CheckConstraint(name="pair_has_two_sides", condition=~Q(household_a=F("household_b"))),
            models.CheckConstraint(
                name="decided_pair_says_by_whom",
                condition=Q(state__in=["open", "waiting"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_a_id or self.row_a_id} ~ {self.household_b_id or self.row_b_id}"


class NameFrequency(models.Model):
    """How many people of the register bear a name (folded, no spaces); only names that several bear are kept.

    The row "" holds the number of all people. Counted anew by `find_duplicates`.
    """

    name = models.CharField(max_length=80, primary_key=True)
    people = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("frequent name")
        verbose_name_plural = _("frequent names")

    def __str__(self) -> str:
        return f"{self.name}: {self.people}"
