"""Who was helped by an earlier programme or another fund: the lists as they were given, and whom of ours they name."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Job, Officer
from beneficiaries.models.households import Household, Person
from beneficiaries.sealing import seal_json, unseal_json


def _upload_name(instance: ExclusionSource, filename: str) -> str:
    """A stored name never comes from the user (ASVS 5.3.2)."""
    return f"sources/{instance.sha256[:2]}/{instance.sha256}-{instance.province_id}"


def _file_store() -> Any:
    return storages["default"]


class Effect(models.TextChoices):
    """What it means for a round that a household is on such a list."""

    BLOCKS = "blocks", _("Keeps the household out")
    WARNS = "warns", _("Is only a warning")


class ExclusionSourceQuerySet(models.QuerySet["ExclusionSource"]):
    def of_area(self, area: Area | None) -> Self:
        """Sources of the province that holds the area."""
        if area is None:
            return self.none()
        return self.filter(province__number__lte=area.number, province__last__gte=area.last)

    def active(self) -> Self:
        return self.filter(state=ExclusionSource.State.ACTIVE)


class ExclusionSource(models.Model):
    """One list of a programme that helped before: configuration of the province, without a word about people.

    `seen` (sealed) is what the page shows of the file: columns and the rows with problems. `effect` holds in every
    round that does not say otherwise.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("Smartphone")
        TABLET = "tablet", _("Tablet")
        COMPUTER = "computer", _("Computer")
        PACKAGE = "package", _("Service package or SIM")
        CASH = "cash", _("Money")
        OTHER = "other", _("Other support")

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        READ = "read", _("To be confirmed")
        MATCHING = "matching", _("Being compared with the register")
        ACTIVE = "active", _("In use")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REFUSED = "refused", _("Could not be read")

    province = models.ForeignKey(Area, models.PROTECT, db_column="province_no", related_name="+")
    name = models.CharField(_("name of the programme"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    giver = models.CharField(_("who gave"), max_length=120)
    kind = models.CharField(_("what was given"), max_length=10, choices=Kind.choices)
    document_no = models.CharField(_("number of the document"), max_length=60, blank=True)
    effect = models.CharField(_("in a round it"), max_length=10, choices=Effect.choices, default=Effect.BLOCKS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    original_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to=_upload_name, storage=_file_store, max_length=200)
    choices = models.JSONField(default=dict)  # how the file is read: intake.parse.Choices
    summary = models.JSONField(default=dict)  # numbers and codes only
    preview = models.BinaryField(null=True, editable=False)
    refusal = models.TextField(blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=300, blank=True)

    objects = ExclusionSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("earlier programme")
        verbose_name_plural = _("earlier programmes")
        ordering = ["-year", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "province", "sha256", name="source_file_is_taken_once",
                condition=~Q(state__in=["refused", "withdrawn"]),
                violation_error_message=_("This very file is there already, as the list of an earlier programme."),
            ),
            models.CheckConstraint(
                name="source_is_of_a_plausible_year",
                condition=Q(year__range=(1990, 2100)),
                violation_error_message=_("The year lies between 1990 and this year."),
            ),
            models.CheckConstraint(
                name="withdrawn_source_says_by_whom",
                condition=~Q(state="withdrawn") | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} ({self.year})"

    @property
    def seen(self) -> dict[str, Any]:
        return unseal_json(self.preview) if self.preview else {}

    @seen.setter
    def seen(self, value: dict[str, Any]) -> None:
        self.preview = seal_json(value)


class ExclusionEntry(models.Model):
    """One row or household of such a list. `content` is sealed: names, births and numbers, address, phone.

    `commune_no` is the commune that the row names, if it could be told; `area` the province (the fence).
    """

    source = models.ForeignKey(ExclusionSource, models.CASCADE, related_name="entries")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    commune_no = models.IntegerField(null=True)
    sheet = models.CharField(max_length=200)
    row_no = models.PositiveIntegerField()
    content = models.BinaryField(editable=False)

    class Meta:
        constraints = [models.UniqueConstraint("source", "sheet", "row_no", name="row_of_a_source_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.row_no}"


class ExclusionPerson(models.Model):
    """A person of such a row, known by keyed hashes and by the keys of likeness; the words are in the entry, sealed."""

    entry = models.ForeignKey(ExclusionEntry, models.CASCADE, related_name="people")
    source = models.ForeignKey(ExclusionSource, models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+", db_index=False)
    member_no = models.PositiveSmallIntegerField()
    cccd_hash = models.BinaryField(max_length=32, null=True, editable=False)
    cmnd_hash = models.BinaryField(max_length=32, null=True, editable=False)
    likeness_keys = ArrayField(models.BigIntegerField(null=True), editable=False)

    class Meta:
        indexes = [
            models.Index("cccd_hash", name="recipient_by_cccd", condition=Q(cccd_hash__isnull=False)),
            models.Index("cmnd_hash", name="recipient_by_cmnd", condition=Q(cmnd_hash__isnull=False)),
        ]
        constraints = [models.UniqueConstraint("entry", "member_no", name="member_of_an_entry_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.member_no}"


class ReceivedHitQuerySet(models.QuerySet["ReceivedHit"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))

    def in_force(self) -> Self:
        """Of a household that is in the register and of a source in use."""
        return self.filter(is_live=True, household__isnull=False)

    def open(self) -> Self:
        return self.filter(state=ReceivedHit.State.OPEN)

    def standing(self) -> Self:
        """What counts as received, until somebody says that it is another person."""
        return self.filter(stands=True)


class ReceivedHit(models.Model):
    """A household that looks like a row of such a list. `evidence` holds codes and ids only.

    A number alone proves it: "same" stands until somebody says that these are two people; a likeness only once
    somebody says that it is one. The keys (32 bytes) outlive rows: what was decided is not asked again, whatever is
    imported anew.
    """

    class Certainty(models.TextChoices):
        SAME = "same", _("Certainly the same")
        LIKELY = "likely", _("Probably the same")

    class State(models.TextChoices):
        OPEN = "open", _("To be decided")
        RECEIVED = "received", _("Has received")
        NOT_SAME = "not_same", _("Not the same")

    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+", db_index=False)
    # The database keeps these links itself (migration 0014): what disappears leaves NULL behind.
    household = models.ForeignKey(Household, models.DO_NOTHING, null=True, related_name="received", db_constraint=False)
    person = models.ForeignKey(
        Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    source = models.ForeignKey(ExclusionSource, models.CASCADE, related_name="hits")
    entry = models.ForeignKey(ExclusionEntry, models.CASCADE, related_name="hits")
    member_no = models.PositiveSmallIntegerField(default=0)
    key_entry = models.BinaryField(max_length=32)
    key_person = models.BinaryField(max_length=32)
    certainty = models.CharField(max_length=10, choices=Certainty.choices)
    score = models.PositiveSmallIntegerField(default=0)
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    is_live = models.BooleanField(default=True)
    stands = models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(is_live=True, state="received") | Q(is_live=True, state="open", certainty="same"),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    found_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ReceivedHitQuerySet.as_manager()

    class Meta:
        verbose_name = _("support from an earlier programme")
        verbose_name_plural = _("supports from earlier programmes")
        indexes = [
            models.Index("area", "state", "certainty", name="hit_of_area"),
            models.Index("key_entry", "key_person", name="hit_by_keys"),
            models.Index("household", name="hit_that_stands", condition=Q(stands=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                "household", "entry", name="household_and_entry_are_one_hit",
                condition=Q(household__isnull=False),
            ),
            models.CheckConstraint(
                name="decided_hit_says_by_whom",
                condition=Q(state="open") | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.household_id} ~ {self.entry_id}"
