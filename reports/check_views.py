"""Pages: what the nightly check of the data found."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from administration.access import OfficerRequest, Permission, requires
from reports.models import Verification
from reports.verifying import is_overdue, last_check, rules_of

NIGHTS = 14


@require_safe
@requires(Permission.DATA_CHECKS_VIEW)
def data_checks(request: OfficerRequest) -> HttpResponse:
    """Every rule with the first rows that break it, and the last two weeks."""
    last = last_check()
    context = {
        "last": last,
        "is_overdue": last is not None and is_overdue(last),
        "rules": rules_of(last) if last else [],
        "earlier": Verification.objects.all()[1:NIGHTS],
    }
    return TemplateResponse(request, "reports/data_checks.html", context)
