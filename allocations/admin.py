"""Programme and rounds as configuration. Opening a round, quotas and lists are work, which has pages of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from administration.admin import AdministratorsOnly
from administration.models import Area, Level
from allocations.models import FundingSource, PostedColumn, Programme, Round, RoundSupport
from beneficiaries.models import Category

CATEGORIES = [(code, label) for code, label in Category.choices if code != Category.NONE]


class ProgrammeForm(forms.ModelForm):
    province = forms.ModelChoiceField(queryset=Area.objects.filter(level=Level.PROVINCE).in_tree_order())

    class Meta:
        model = Programme
        fields = ("province", "code", "name", "legal_basis", "profile", "reviewer_label", "publishing_needs_two")


class RoundForm(forms.ModelForm):
    categories = forms.MultipleChoiceField(choices=CATEGORIES, widget=forms.CheckboxSelectMultiple)
    posted_columns = forms.MultipleChoiceField(
        choices=PostedColumn.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = Round
        fields = (
            "programme", "code", "name", "categories", "device_kind", "opens_on", "submit_by", "review_by",
            "hand_over_by", "posting_days", "complaint_days", "demands_posting", "posted_columns", "accepts_late_lists",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "categories": Round._meta.get_field("categories").verbose_name,
            "posted_columns": Round._meta.get_field("posted_columns").verbose_name,
        }
        for name in labels.keys() & self.fields.keys():
            self.fields[name].label = labels[name]


class SourcesInline(admin.TabularInline):
    model = FundingSource
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Programme | None = None) -> bool:
        return True

    has_add_permission = has_change_permission = has_view_permission


class SupportsInline(admin.TabularInline):
    """What the round gives and who pays. Once the round is open, quotas and lists rest on it and it stays."""

    model = RoundSupport
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        return True  # who may see the round may see what it gives

    def has_add_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        return _is_planned(obj)

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Programme)
class ProgrammeAdmin(AdministratorsOnly):
    form = ProgrammeForm
    inlines = [SourcesInline]
    list_display = ("name", "province", "reviewer_label")


@admin.register(Round)
class RoundAdmin(AdministratorsOnly):
    """Dates may be moved while a round runs; whom it covers is fixed when it opens. The pages change the state."""

    form = RoundForm
    inlines = [SupportsInline]
    list_display = (
        "name",
        "code",
        "programme",
        "state",
        "opens_on",
        "submit_by",
        "review_by",
        "hand_over_by",
    )
    list_filter = ("state",)
    fixed_when_open = ("programme", "code", "categories", "device_kind")

    def get_readonly_fields(self, request: HttpRequest, obj: Round | None = None) -> tuple[str, ...]:
        return ("state",) if _is_planned(obj) else ("state", *self.fixed_when_open)


def _is_planned(round: Round | None) -> bool:
    return round is None or round.state == Round.State.PLANNED
