"""The grid of quotas: a number per unit and form of support, a reason, and what the officer saw when filling it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from allocations.forms.lists import RoundChoiceField
from allocations.models import Round, RoundSupport
from allocations.quota_table import Amounts, Figures, QuotaRow, QuotaTable

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
    """How many of which support to share out in proportion to the households."""

    show_optional = False
    ho_tro = forms.TypedChoiceField(label=_("Form of support"), coerce=int, required=False, empty_value=None)
    tong = forms.IntegerField(label=_("How many to share out"), min_value=0, max_value=MOST, localize=True)

    def __init__(self, *args: Any, table: QuotaTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ho_tro"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [(support.pk, str(support)) for support in table.supports]
        self.table = table
        if len(table.supports) < 2:
            del self.fields["ho_tro"]

    @property
    def support(self) -> RoundSupport | None:
        """The one that was chosen, the round's first when there was nothing to choose."""
        chosen = self.cleaned_data.get("ho_tro")
        first = self.table.supports[0] if self.table.supports else None
        return next((support for support in self.table.supports if support.pk == chosen), first)


@dataclass(frozen=True)
class Cell:
    """One number of the grid: its box, and the figures of this unit and support."""

    support: RoundSupport
    figures: Figures
    box: BoundField


class QuotaForm(forms.Form):
    """One number per unit and support; an empty one leaves the unit without a quota."""

    reason = forms.CharField(
        label=_("Reason or number of the decision"),
        max_length=300,
        help_text=_("Recorded with the change and with your name. The units concerned read it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)
    bang = forms.CharField(
        label=_("Rows copied from Excel"), required=False, max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One unit a row: its name or code, then one number for each form of support, in the order above."),
    )  # fmt: skip

    def __init__(self, *args: Any, table: QuotaTable, proposed: Amounts | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self.initial.setdefault("seen", table.fingerprint)
        for support in table.supports:
            filled = (proposed or {}).get(support.pk, {})
            for row in table.rows:
                held = row.cells[support.pk].allowed
                self.fields[self.key(row, support)] = _box(row, support, filled.get(row.area.number, held))

    def clean(self) -> dict[str, Any]:
        for support in self.table.supports:
            for row in self.table.rows:
                name, held = self.key(row, support), row.cells[support.pk].allowed
                if held is not None and self.cleaned_data.get(name, 0) is None:
                    self.add_error(name, _("Write a number; 0 takes the quota away."))
        return self.cleaned_data

    @staticmethod
    def key(row: QuotaRow, support: RoundSupport) -> str:
        return f"u{row.area.number}-{support.pk}"

    def lines(self) -> Iterator[tuple[QuotaRow, list[Cell]]]:
        """Every row of the table with its cells, in the order of the supports."""
        for row in self.table.rows:
            cells = [Cell(s, row.cells[s.pk], self[self.key(row, s)]) for s in self.table.supports]
            yield row, cells

    @property
    def amounts(self) -> Amounts:
        """Quotas as typed; units left empty are not in it."""
        return {
            support.pk: {
                row.area.number: typed
                for row in self.table.rows
                if (typed := self.cleaned_data.get(self.key(row, support))) is not None
            }
            for support in self.table.supports
        }  # fmt: skip


def _box(row: QuotaRow, support: RoundSupport, value: int | None) -> forms.IntegerField:
    """A box for digits. No spin buttons: the arrow keys move between the boxes (static/js/grid.js)."""
    label = f"{row.area.name} – {support}"
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST, required=False, localize=True, initial=value,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "aria-label": label, "autocomplete": "off"}),
    )  # fmt: skip
