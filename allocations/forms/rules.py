"""Rules as staff edit them: each condition is a sentence with a picker, each group a line with choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from administration.models import AreaKind
from allocations.conditions import CHOICES
from allocations.forms.programme import CATEGORIES, DATE_INPUT
from allocations.models import Condition, ConditionKind, PriorityRule, RuleVersion, Tie
from beneficiaries.models import Attribute, PhoneKind

AREA_KINDS = [(code, label) for code, label in AreaKind.choices if code != AreaKind.UNKNOWN]
NUMBERS = {ConditionKind.RECOGNISED: (2015, 2100), ConditionKind.MEMBERS: (1, 30)}
BEGINS_WITH: dict[str, list[str]] = {
    ConditionKind.CATEGORY: ["HN", "HCN"],
    ConditionKind.PHONE: [PhoneKind.UNKNOWN, PhoneKind.NONE, PhoneKind.BASIC],
    ConditionKind.ANY_OF: [Attribute.PUPIL],
    ConditionKind.NONE_OF: [Attribute.PUPIL],
    ConditionKind.AREA_CLASS: [AreaKind.REGION_3],
    ConditionKind.MEMBERS: ["2"],
}


class RowForm(forms.Form):
    """What every row has: the article it rests on and the days on which it holds."""

    legal_basis = forms.CharField(label=_("Legal basis"), max_length=120, required=False)
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DATE_INPUT)
    valid_to = forms.DateField(label=_("Valid until"), required=False, widget=DATE_INPUT)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since, until = said.get("valid_from"), said.get("valid_to")
        if since and until and until < since:
            self.add_error("valid_to", _("A period ends on or after the day on which it begins."))
        return said

    @property
    def common(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("legal_basis", "valid_from", "valid_to")}


class ConditionForm(RowForm):
    """The kind is fixed once the row is there; its picker asks for what the kind needs."""

    kind = forms.ChoiceField(choices=ConditionKind.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = (self.data.get(self.add_prefix("kind")) if self.is_bound else None) or self.initial.get("kind")
        self.kind_chosen = str(kind) if kind in ConditionKind.values else ""
        if self.kind_chosen in NUMBERS:
            least, most = NUMBERS[ConditionKind(self.kind_chosen)]
            self.fields["chosen"] = forms.IntegerField(label=_("Number"), min_value=least, max_value=most)
        elif self.kind_chosen in CHOICES:
            self.fields["chosen"] = forms.MultipleChoiceField(
                label=_("One of"), choices=list(CHOICES[self.kind_chosen].items()), widget=forms.CheckboxSelectMultiple
            )

    @property
    def words(self) -> str:
        return str(ConditionKind(self.kind_chosen).label) if self.kind_chosen else ""

    @property
    def condition(self) -> Condition:
        chosen = self.cleaned_data.get("chosen", [])
        values = chosen if isinstance(chosen, list) else [str(chosen)]
        return Condition(kind=self.cleaned_data["kind"], values=values, **self.common)


class PriorityForm(RowForm):
    label = forms.CharField(label=_("In words"), max_length=200)
    categories = forms.MultipleChoiceField(label=_("Category"), choices=CATEGORIES, widget=forms.CheckboxSelectMultiple)
    attributes = forms.MultipleChoiceField(
        label=_("and any of"), choices=Attribute.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    area_classes = forms.MultipleChoiceField(
        label=_("and the commune is one of"), choices=AREA_KINDS, widget=forms.CheckboxSelectMultiple, required=False
    )

    @property
    def rule(self) -> PriorityRule:
        names = ("label", "categories", "attributes", "area_classes")
        return PriorityRule(**{name: self.cleaned_data[name] for name in names}, **self.common)


class VersionForm(forms.Form):
    """The version as a whole: what it rests on, why it is made, and what decides between equals."""

    legal_basis = forms.CharField(label=_("Legal basis of the version"), max_length=200)
    reason = forms.CharField(label=_("Why the rules are changed"), max_length=300)

    def __init__(self, *args: Any, version: RuleVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(legal_basis=version.legal_basis, reason=version.reason)
        for tie, label in Tie.choices:
            place = version.ties.index(tie) + 1 if tie in version.ties else None
            box = forms.NumberInput(attrs={"min": 1, "inputmode": "numeric"})
            self.fields[f"tie_{tie}"] = forms.IntegerField(
                label=label, min_value=1, max_value=len(Tie.choices), required=False, initial=place, widget=box
            )

    def tie_fields(self) -> list[forms.BoundField]:
        return [self[f"tie_{tie}"] for tie in Tie.values]

    @property
    def ties(self) -> list[str]:
        """Those with a number, in the order of their numbers."""
        places = {tie: self.cleaned_data.get(f"tie_{tie}") for tie in Tie.values}
        return [tie for place, tie in sorted((place, tie) for tie, place in places.items() if place)]


ConditionRows: type[BaseFormSet[ConditionForm]] = formset_factory(
    ConditionForm, extra=0, can_delete=True, can_order=True
)
PriorityRows: type[BaseFormSet[PriorityForm]] = formset_factory(PriorityForm, extra=1, can_delete=True, can_order=True)


def initial_conditions(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    return [
        {
            "kind": c.kind, "chosen": c.values[0] if c.kind in NUMBERS and c.values else c.values,
            "legal_basis": c.legal_basis, "valid_from": c.valid_from, "valid_to": c.valid_to,
        }
        for c in conditions
    ]  # fmt: skip


def initial_priorities(rules: Sequence[PriorityRule]) -> list[dict[str, Any]]:
    names = ("label", "categories", "attributes", "area_classes", "legal_basis", "valid_from", "valid_to")
    return [{name: getattr(rule, name) for name in names} for rule in rules]


def new_condition(kind: str) -> Condition | None:
    """A condition that staff asked to add, as it begins; None: no such kind."""
    if kind not in ConditionKind.values:
        return None
    return Condition(kind=kind, values=BEGINS_WITH.get(kind, []))
