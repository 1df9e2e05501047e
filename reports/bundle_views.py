"""Pages: the reports of all units in one, and reports that come by themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from administration.access import OfficerRequest, Permission, requires
from administration.refusals import NotPossible
from reports import bundles
from reports.definitions import REPORTS
from reports.models import ReportBundle
from reports.runs import describe
from reports.schedules import switch, switches_of


def _visible(request: OfficerRequest, bundle_id: int) -> ReportBundle:
    return get_object_or_404(ReportBundle.objects.visible_to(request.user).select_related("area"), pk=bundle_id)


@require_safe
@requires(Permission.REPORTS_BUILD)
def bundle(request: OfficerRequest, bundle_id: int) -> HttpResponse:
    """How far the reports of all units are; one download once all are built."""
    found = _visible(request, bundle_id)
    reports = [describe(run) for run in bundles.runs_of(found)]
    definition = REPORTS.get(found.kind)
    context = {
        "bundle": found,
        "title": definition.title if definition else found.kind,
        "reports": reports,
        "built": sum(report.run.is_built for report in reports),
        "is_open": any(report.is_open for report in reports),
        "is_whole": all(report.files for report in reports),
    }
    return TemplateResponse(request, "reports/bundle.html", context)


@require_safe
@requires(Permission.REPORTS_BUILD)
def download(request: OfficerRequest, bundle_id: int) -> FileResponse | HttpResponse:
    found = _visible(request, bundle_id)
    try:
        runs = bundles.download_bundle(found.pk, by=request.user)
        spool = bundles.zip_of(runs)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:bundle", found.pk)
    name = f"{found.area.code}-{found.kind}-{found.pk}.zip"
    return FileResponse(spool, as_attachment=True, filename=name, content_type="application/zip")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REPORTS_BUILD)
def schedules(request: OfficerRequest) -> HttpResponse:
    """Which reports come by themselves; each has a switch."""
    if request.method != "POST":
        return TemplateResponse(request, "reports/schedules.html", {"switches": switches_of(request.user)})
    on = request.POST.get("bat") == "1"
    try:
        switch(request.POST.get("mau", ""), request.POST.get("ky", ""), on=on, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The schedule is on.") if on else _("The schedule is off."))
    return redirect("reports:schedules")
