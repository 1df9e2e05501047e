"""Officers: who works with Trao. What they may do is their role; where is their area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from administration.models.areas import Area

if TYPE_CHECKING:
    from administration.models.delegations import Delegation


class Role(models.TextChoices):
    COMMUNE_OFFICIAL = "commune_official", _("Commune official")
    COMMUNE_LEADER = "commune_leader", _("Commune leader")
    REVIEWER = "reviewer", _("Reviewing officer")
    PROVINCE_STAFF = "province_staff", _("Province staff")
    ADMINISTRATOR = "administrator", _("Administrator")


class OfficerQuerySet(models.QuerySet["Officer"]):
    def visible_to(self, officer: Officer) -> Self:
        if officer.area is None:
            return self.none()
        return self.filter(area__number__range=(officer.area.number, officer.area.last))


class OfficerManager(UserManager["Officer"]):
    def get_queryset(self) -> OfficerQuerySet:
        return OfficerQuerySet(self.model, using=self._db)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **more: Any
    ) -> Officer:
        return super().create_superuser(username, email, password, role=Role.ADMINISTRATOR, **more)


class Officer(AbstractUser):
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("full name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("area"))
    must_change_password = models.BooleanField(_("must choose a new password"), default=False, editable=False)
    is_demo = models.BooleanField(_("made up for the demo"), default=False, editable=False)

    # Set for one request while the officer stands in for somebody: `role` and `area` are then those of the giver.
    stands_in: Delegation | None = None
    own_role: str = ""

    objects = OfficerManager()  # type: ignore[misc]

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        constraints = [
            models.CheckConstraint(
                name="officer_below_administrator_has_an_area",
                condition=Q(role=Role.ADMINISTRATOR) | Q(area__isnull=False),
                violation_error_message=_("Choose the area in which this officer works."),
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Never while standing in: the borrowed role would be written down as one's own."""
        if self.stands_in is not None and not {"last_login", "password"}.issuperset(
            kwargs.get("update_fields") or ["*"]
        ):
            raise RuntimeError("an officer who stands in for somebody is not saved")
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
