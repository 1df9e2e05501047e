"""What an officer fills in to ask for a report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from administration.models import Area, Officer
from reports.actions import SHORTEST_REASON
from reports.definition import ReportDefinition
from reports.definitions import REPORTS, reports_for, rounds_for

EVERY_ROUND = "tat-ca"


class ReportForm(forms.Form):
    """Which report, of which unit and round, and what personal data is needed for."""

    show_optional = False

    mau = forms.ChoiceField(label=gettext_lazy("Report"), widget=forms.RadioSelect)
    pham_vi = forms.TypedChoiceField(label=gettext_lazy("Area"), coerce=int)
    dot = forms.ChoiceField(label=gettext_lazy("Round"))
    ly_do = forms.CharField(
        label=gettext_lazy("What the personal data is needed for"),
        help_text=gettext_lazy("Only for lists with personal data. It is recorded and printed in the file."),
        required=False,
        max_length=200,
    )
    tung_don_vi = forms.BooleanField(
        label=gettext_lazy("One report for each unit directly below, together in one zip"), required=False
    )

    def __init__(self, *args: Any, officer: Officer, **more: Any) -> None:
        super().__init__(*args, **more)
        definitions = reports_for(officer)
        self._rounds = {round.code: round for round in rounds_for(officer.area)}
        self._areas = {area.number: area for area in Area.objects.visible_to(officer).in_tree_order()}
        self._choices("mau", [(definition.key, definition.title) for definition in definitions])
        self.definitions = definitions
        self._choices("pham_vi", _grouped(list(self._areas.values())))
        self._choices(
            "dot", [*((round.code, round.name) for round in self._rounds.values()), (EVERY_ROUND, _("All rounds"))]
        )

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Says at once, beside its field, what the action would refuse."""
        said = super().clean() or {}
        definition, area = REPORTS.get(said.get("mau", "")), self._areas.get(said.get("pham_vi", -1))
        if definition is None or area is None:
            return said
        if area.level not in definition.levels and not said.get("tung_don_vi"):
            self.add_error("pham_vi", _("This report is not made for a single commune. Choose a unit above it."))
        if definition.needs_round and said.get("dot") == EVERY_ROUND:
            self.add_error("dot", _("This report is about one round. Choose which."))
        if definition.has_personal_data and len(said.get("ly_do", "").strip()) < SHORTEST_REASON:
            self.add_error("ly_do", _("Write what the personal data is needed for, in a few words."))
        return said

    @property
    def kinds(self) -> list[tuple[ReportDefinition, bool]]:
        """The reports to choose from, each with whether it is chosen."""
        chosen = self["mau"].value()
        return [(definition, definition.key == chosen) for definition in self.definitions]

    @property
    def round_id(self) -> int | None:
        round = self._rounds.get(self.cleaned_data["dot"])
        return round.pk if round else None


def _grouped(areas: list[Area]) -> list[Any]:
    """The officer's own unit first, then each unit below it; communes under the name of their district."""
    if not areas:
        return []
    own, *below = areas
    choices: list[Any] = [(own.number, own.name)]
    for area in below:
        if not area.is_commune:
            choices.append((area.name, [(area.number, _("The whole of %(area)s") % {"area": area.name})]))
        elif isinstance(choices[-1][1], list):
            choices[-1][1].append((area.number, area.name))
        else:
            choices.append((area.number, area.name))
    return choices
