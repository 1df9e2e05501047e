"""Inspection of what the database counts and of the reports that were asked for. Nothing is changed here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from reports.models import AllocationCount, DayCount, HouseholdCount, ReportRun


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AllocationCount)
class AllocationCountAdmin(ReadOnlyAdmin):
    list_display = ("round", "area", "category", "source", "form", "status", "reason", "n")
    list_filter = ("round", "status", "category", "source", "form")
    list_select_related = ("round", "area", "source")


@admin.register(DayCount)
class DayCountAdmin(ReadOnlyAdmin):
    list_display = ("round", "area", "step", "day", "n")
    list_filter = ("round", "step")
    list_select_related = ("round", "area")


@admin.register(HouseholdCount)
class HouseholdCountAdmin(ReadOnlyAdmin):
    list_display = ("area", "category", "n")
    list_filter = ("category",)
    list_select_related = ("area",)


@admin.register(ReportRun)
class ReportRunAdmin(ReadOnlyAdmin):
    list_display = ("kind", "area", "round", "requested_by", "requested_at", "taken_at", "snapshot_id")
    list_filter = ("kind",)
    list_select_related = ("area", "round", "requested_by")
