"""The grid of quotas: one number per unit, a reason, and what the officer saw when filling it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from allocations.forms.lists import RoundChoiceField
from allocations.models import Round
from allocations.quota_table import QuotaRow, QuotaTable

MOST = 1_000_000


class RoundForm(forms.Form):
    """Which round's quota to show."""

    show_optional = False
    dot = RoundChoiceField(label=_("Round"), queryset=Round.objects.none(), to_field_name="code", empty_label=None)

    def __init__(self, *args: Any, rounds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["dot"]
        assert isinstance(field, RoundChoiceField)  # noqa: S101 - declared above
        field.queryset = rounds
        field.widget.attrs["data-auto-submit"] = True


class ProposalForm(forms.Form):
    """How many devices to share out in proportion to the households."""

    show_optional = False
    tong = forms.IntegerField(label=_("Devices to share out"), min_value=0, max_value=MOST, localize=True)


class QuotaForm(forms.Form):
    """One number per unit of the table; an empty one leaves the unit without a quota."""

    reason = forms.CharField(
        label=_("Reason or number of the decision"),
        max_length=300,
        help_text=_("Recorded with the change and with your name."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, table: QuotaTable, proposed: dict[int, int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self.initial.setdefault("seen", table.fingerprint)
        for row in table.rows:
            box = forms.NumberInput(attrs={"min": 0, "inputmode": "numeric", "aria-label": row.area.name})
            self.fields[self.key(row)] = forms.IntegerField(
                label=row.area.name, min_value=0, max_value=MOST, required=False, widget=box,
                initial=(proposed or {}).get(row.area.number, row.allowed),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        for row in self.table.rows:
            if row.allowed is not None and self.cleaned_data.get(self.key(row), 0) is None:
                self.add_error(self.key(row), _("Write a number; 0 takes the quota away."))
        return self.cleaned_data

    @staticmethod
    def key(row: QuotaRow) -> str:
        return f"u{row.area.number}"

    def cells(self) -> Iterator[tuple[QuotaRow, BoundField]]:
        """Every row of the table with the box for its quota."""
        for row in self.table.rows:
            yield row, self[self.key(row)]

    @property
    def amounts(self) -> dict[int, int]:
        """Quota by unit, as typed; units left empty are not in it."""
        typed = {row.area.number: self.cleaned_data.get(self.key(row)) for row in self.table.rows}
        return {area: amount for area, amount in typed.items() if amount is not None}
