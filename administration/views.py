"""Pages of the ground floor: is the machine well, what was done, my account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from administration import trail
from administration.access import OfficerRequest, Permission, requires
from administration.actions import record_export
from administration.forms import AuditFilterForm
from administration.health import STUCK_AFTER, oldest_waiting_seconds
from administration.spreadsheets import KINDS, MOST, answer
from administration.typed import number_in


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
    number = number_in(request.GET.get("page"))
    page = None
    if filters.is_valid():
        page = trail.read(filters.cleaned_data, officer=request.user, number=1 if number is None else number)
    context: dict[str, Any] = {"form": filters, "trail": page, "has_area": request.user.area is not None}
    context["query"] = request.GET.urlencode()
    return TemplateResponse(request, "administration/audit.html", {**context, **_neighbours(request, page)})


@requires(Permission.AUDIT_VIEW)
@require_POST
def audit_export(request: OfficerRequest) -> HttpResponse:
    """The filtered trail as a file, the newest lines first; that it was taken out is written down, too."""
    kind, filters = request.POST.get("dinh_dang", ""), AuditFilterForm(request.GET)
    if kind not in KINDS or not filters.is_valid():
        raise BadRequest("no such format, or filters that mean nothing")
    found = trail.rows(filters.cleaned_data, officer=request.user, most=MOST)
    record_export("audit", count=len(found), kind=kind, by=request.user)
    heads = (_("When"), _("What was done"), _("Officer"), _("Household code"), _("Households"), _("Reason"))
    return answer("nhat-ky", heads, found, kind, by=request.user)


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
