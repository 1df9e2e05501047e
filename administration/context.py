"""What every page frame shows: navigation by role, the officer's place, help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from administration.access import Permission, may
from administration.models import Officer


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    url: str
    current: bool = False
    count: int | None = None


# At most eight entries a role: name of the url, label, permission that opens it.
NAVIGATION: list[tuple[str, Any, Permission]] = [
    ("tasks", _("To do"), Permission.TASKS_VIEW),
    ("households:list", _("Households"), Permission.HOUSEHOLDS_VIEW),
    ("imports:list", _("Import Excel"), Permission.LISTS_IMPORT),
    ("rounds:lists", _("Rounds"), Permission.LISTS_VIEW),
    ("review:queue", _("Review"), Permission.ALLOCATIONS_DECIDE),
    ("handover:list", _("Hand-over"), Permission.DEVICES_HAND_OVER),
    ("quota:list", _("Quota"), Permission.QUOTA_SET),
    ("stock:list", _("Stock"), Permission.STOCK_VIEW),
    ("reports:dashboard", _("Progress"), Permission.DASHBOARD_VIEW),
    ("reports:list", _("Reports"), Permission.REPORTS_BUILD),
    ("programme:list", _("Settings"), Permission.PROGRAMME_EDIT),
    ("audit", _("Audit trail"), Permission.AUDIT_VIEW),
    ("admin:index", _("Administration"), Permission.ACCOUNTS_MANAGE),
]
MOST_ENTRIES = 8


def page_frame(request: HttpRequest) -> dict[str, Any]:
    officer = getattr(request, "user", None)
    frame: dict[str, Any] = {"help_phone": settings.HELP_PHONE, "version": settings.VERSION, "is_demo": settings.DEMO}
    if isinstance(officer, Officer):
        frame["navigation"] = navigation(officer, request.path)
        frame["area"] = officer.area
    return frame


def navigation(officer: Officer, path: str) -> list[Entry]:
    entries = []
    for name, label, permission in NAVIGATION:
        if may(officer, permission) and (url := _address(name)):
            entries.append(Entry(label, url, current=path.startswith(url)))
    return entries[:MOST_ENTRIES]


def _address(name: str) -> str:
    """An app that is not installed has no entry."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
