"""Pages of the ground floor: is the machine well, what was done, my account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from administration import trail
from administration.access import OfficerRequest, Permission, requires
from administration.forms import AuditFilterForm
from administration.health import STUCK_AFTER, oldest_waiting_seconds


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For the load balancer and the monitor: 200 when database and workers are well, else 503. Says nothing private."""
    try:
        waiting = oldest_waiting_seconds()
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    is_stuck = waiting > STUCK_AFTER
    facts = {"database": "ok", "jobs": "stuck" if is_stuck else "ok", "oldest_waiting_job_seconds": waiting}
    return JsonResponse({**facts, "version": settings.VERSION}, status=503 if is_stuck else 200)


@requires(Permission.AUDIT_VIEW)
@require_safe
def audit(request: OfficerRequest) -> HttpResponse:
    filters = AuditFilterForm(request.GET)
    number = request.GET.get("page", "1")
    page = None
    if filters.is_valid():
        page = trail.read(filters.cleaned_data, officer=request.user, number=int(number) if number.isdecimal() else 1)
    context: dict[str, Any] = {"form": filters, "trail": page, "has_area": request.user.area is not None}
    return TemplateResponse(request, "administration/audit.html", {**context, **_neighbours(request, page)})


def _neighbours(request: OfficerRequest, page: trail.Page | None) -> dict[str, str]:
    """The addresses of the newer and the older page; empty where there is none."""
    return {
        "newer": _at_page(request, page.number - 1) if page and page.number > 1 else "",
        "summary": _("Page %(number)s") % {"number": page.number} if page else "",
        "older": _at_page(request, page.number + 1) if page and page.has_next else "",
    }


def _at_page(request: OfficerRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@requires(Permission.TASKS_VIEW)
@require_safe
def account(request: OfficerRequest) -> HttpResponse:
    """Who I am here, what I may do, in which language; my password."""
    return TemplateResponse(request, "administration/account.html", {"languages": settings.LANGUAGES})
