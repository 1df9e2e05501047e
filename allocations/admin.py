"""Programme and rounds as configuration. Opening a round, quotas and lists are work, which has pages of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from administration.admin import AdministratorsOnly
from administration.models import Area, Level
from allocations.models import PriorityRule, Programme, Round
from beneficiaries.models import Attribute, Category

CATEGORIES = [(code, label) for code, label in Category.choices if code != Category.NONE]


class ProgrammeForm(forms.ModelForm):
    province = forms.ModelChoiceField(queryset=Area.objects.filter(level=Level.PROVINCE).in_tree_order())

    class Meta:
        model = Programme
        fields = ("province", "name", "legal_basis", "reviewer_label")


class RoundForm(forms.ModelForm):
    categories = forms.MultipleChoiceField(choices=CATEGORIES, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Round
        fields = (
            "programme", "code", "name", "source", "categories", "device_kind", "refuses_smartphone_owners",
            "opens_on", "submit_by", "review_by", "hand_over_by",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "categories" in self.fields:
            self.fields["categories"].label = Round._meta.get_field("categories").verbose_name


class PriorityRuleForm(forms.ModelForm):
    categories = forms.MultipleChoiceField(choices=CATEGORIES, widget=forms.CheckboxSelectMultiple)
    attributes = forms.MultipleChoiceField(
        choices=Attribute.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = PriorityRule
        fields = ("position", "label", "categories", "attributes", "legal_basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in PriorityRule._meta.fields:
            if field.name in self.fields:
                self.fields[field.name].label = field.verbose_name


class RulesInline(admin.TabularInline):
    """The order of priority. Once the round is open, lists are made under it and it stays as it is."""

    model = PriorityRule
    form = PriorityRuleForm
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        return True  # who may see the round may see its rules

    def has_add_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        return _is_planned(obj)

    def has_change_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        return _is_planned(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        return _is_planned(obj)


@admin.register(Programme)
class ProgrammeAdmin(AdministratorsOnly):
    form = ProgrammeForm
    list_display = ("name", "province", "reviewer_label")


@admin.register(Round)
class RoundAdmin(AdministratorsOnly):
    """Dates may be moved while a round runs; whom it covers is fixed when it opens. The pages change the state."""

    form = RoundForm
    inlines = [RulesInline]
    list_display = (
        "name",
        "code",
        "programme",
        "source",
        "state",
        "opens_on",
        "submit_by",
        "review_by",
        "hand_over_by",
    )
    list_filter = ("state", "source")
    fixed_when_open = ("programme", "code", "source", "categories", "device_kind", "refuses_smartphone_owners")

    def get_readonly_fields(self, request: HttpRequest, obj: Round | None = None) -> tuple[str, ...]:
        return ("state",) if _is_planned(obj) else ("state", *self.fixed_when_open)


def _is_planned(round: Round | None) -> bool:
    return round is None or round.state == Round.State.PLANNED
