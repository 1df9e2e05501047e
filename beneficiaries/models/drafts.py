"""What an officer has typed into a household form and not saved yet: kept on the server, never in the browser."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer
from beneficiaries.models.households import Household
from beneficiaries.sealing import seal_json, unseal_json


class HouseholdDraft(models.Model):
    """One form of one officer: the fields as they were typed, sealed. Without a household: of a new one."""

    area = models.ForeignKey(Area, models.CASCADE, db_column="area_no", related_name="+")
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="+")
    household = models.ForeignKey(Household, models.CASCADE, null=True, related_name="+")
    content = models.BinaryField(editable=False)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("draft of a household")
        verbose_name_plural = _("drafts of households")
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "household"], name="one_draft_for_a_form", nulls_distinct=False
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.officer_id}:{self.household_id or '-'}"

    @property
    def typed(self) -> str:
        """The form as a query string."""
        return str(unseal_json(self.content)["form"])

    @typed.setter
    def typed(self, value: str) -> None:
        self.content = seal_json({"form": value})
