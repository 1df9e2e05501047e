"""Who becomes the head of a household, and what becomes of the former head."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Household, Person

STAYS, LEAVES = "o", "di"


class HeadForm(forms.Form):
    """`household` offers its other members. `relation` is empty when the former head is no longer a member."""

    person = forms.TypedChoiceField(label=_("New head of household"), coerce=int, widget=forms.RadioSelect)
    former = forms.ChoiceField(
        label=_("The former head"), initial=STAYS, widget=forms.RadioSelect,
        choices=[(STAYS, _("stays in the household")), (LEAVES, _("no longer belongs to it (died, moved away)"))],
    )  # fmt: skip
    relation = forms.CharField(
        label=_("Relation of the former head to the new one"), max_length=40, required=False,
        help_text=_("For example: wife, father. Left empty when the former head no longer belongs to the household."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, household: Household) -> None:
        super().__init__(data, initial={"version": household.version, "former": STAYS})
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            (person.pk, _told(person))
            for person in household.members.filter(is_live=True, is_head=False).order_by("pk")
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("former") == LEAVES:
            said["relation"] = ""
        elif not said.get("relation", "").strip() and "former" in said:
            self.add_error("relation", _("Say how the former head is related to the new one."))
        return said


def _told(person: Person) -> str:
    return " · ".join(filter(None, (person.full_name, person.birth_text, person.relation)))
