"""A household that moves: which one, where to, why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Level, Officer


class MoveForm(forms.Form):
    """The communes are those of the officer's province; the officer's own is chosen to begin with."""

    code = forms.CharField(
        label=_("Household code"), max_length=12,
        help_text=_("The code stands on the household's page. A household of another commune tells you its own."),
    )  # fmt: skip
    to_area = forms.TypedChoiceField(label=_("Moves to the commune"), coerce=int)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the household moves.")},
    )  # fmt: skip

    def __init__(self, *args: Any, officer: Officer, **more: Any) -> None:
        super().__init__(*args, **more)
        if officer.area is None:
            return
        number = officer.area.number
        province = Area.objects.get(level=Level.PROVINCE, number__lte=number, last__gte=number)
        communes = Area.objects.inside(province).communes().in_tree_order()
        self.fields["to_area"].choices = [(c.number, c.name) for c in communes]  # type: ignore[attr-defined]
        if officer.area.is_commune:
            self.initial.setdefault("to_area", number)
