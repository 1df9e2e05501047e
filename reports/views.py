"""Pages: what to do, progress of a round, reports."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from administration.access import OfficerRequest, Permission, may, requires
from administration.models import Area
from administration.once import once
from administration.refusals import NotPossible
from administration.tasks import ring
from allocations.models import Round
from reports import actions
from reports.bundles import ask_for_bundle, runs_of
from reports.dashboard import (
    funnel_steps,
    kpis,
    late_rows,
    maps,
    orders,
    read_dashboard,
    reading,
    reminder_text,
    table_rows,
    total_row,
)  # fmt: skip
from reports.files import FORMATS, download_name
from reports.forms import ReportForm
from reports.models import ReportBundle, ReportRun
from reports.reasons import duplicates_of, reasons_of
from reports.runs import describe
from reports.todo import blocks_for, next_round
from reports.trend import LONG, SHORT, trend_of

REPORTS_PER_PAGE = 20


def _wants_fragment(request: OfficerRequest) -> bool:
    return bool(request.htmx) and not request.htmx.history_restore_request


@require_safe
@requires(Permission.TASKS_VIEW)
def tasks(request: OfficerRequest) -> HttpResponse:
    """S2: what this officer has to do."""
    now = timezone.now()
    context = {
        "blocks": blocks_for(request.user, at=now),
        "next_round": next_round(request.user.area, at=now),
        "now": now,
    }
    return TemplateResponse(request, "reports/tasks.html", context)


@require_safe
@vary_on_headers("HX-Request")
@requires(Permission.DASHBOARD_VIEW)
def dashboard(request: OfficerRequest) -> HttpResponse:
    """S13: who is late, and how far is the round."""
    page = read_dashboard(request.user, request.GET, at=timezone.now())
    context = {"page": page, "rows": table_rows(page), "total": total_row(page), "orders": orders(page)}
    if _wants_fragment(request):
        return TemplateResponse(request, "reports/_progress_table.html", context)
    if page.progress is not None:
        area, round, today = page.progress.area, page.round, page.progress.today
        context |= {
            "trend": trend_of(area, round, today, page.days),
            "periods": [(days, days == page.days) for days in (SHORT, LONG)],
            "maps": maps(page),
            "reasons": reasons_of(area, round),
            "duplicates": duplicates_of(area),
        }
    context |= {
        "late": late_rows(page),
        "kpis": kpis(page),
        "steps": funnel_steps(page),
        "reading": reading(page),
        "may_report": may(request.user, Permission.REPORTS_BUILD),
    }
    return TemplateResponse(request, "reports/dashboard.html", context)


@require_POST
@requires(Permission.COMMUNES_REMIND)
def remind(request: OfficerRequest, round_code: str, commune_code: str) -> HttpResponse:
    rounds = Round.objects.of_area(request.user.area).select_related("programme")
    round = get_object_or_404(rounds, code=round_code)
    communes = Area.objects.visible_to(request.user).communes().filter(code=commune_code)
    commune = communes.order_by("-valid_from").first()
    if commune is None:
        raise Http404
    try:
        found = actions.remind(round.pk, commune.pk, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, reminder_text(found, round))
    return redirect(f"{reverse('reports:dashboard')}?dot={round.code}")


@require_safe
@requires(Permission.REPORTS_BUILD)
def report_list(request: OfficerRequest) -> HttpResponse:
    """S14: ask for a report, and the reports one has asked for."""
    given = {name: request.GET[name] for name in ("mau", "pham_vi", "dot") if name in request.GET}
    return _report_list(request, ReportForm(officer=request.user, initial={"mau": "progress", **given}))


def _report_list(request: OfficerRequest, form: ReportForm, *, status: int = 200) -> HttpResponse:
    runs = ReportRun.objects.visible_to(request.user).newest_first().select_related("area", "round", "job")
    if snapshot := request.GET.get("ma", "").strip():
        runs = runs.filter(snapshot_id=snapshot)
    page = Paginator(runs, REPORTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "reports": [describe(run) for run in page], "snapshot": snapshot}
    return TemplateResponse(request, "reports/report_list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REPORTS_BUILD)
@once
def ask(request: OfficerRequest) -> HttpResponse:
    """Asks for a report, or for those of all units below.

    Read again (another language, a reload), the page with the form is the list's.
    """
    if request.method != "POST":
        return redirect("reports:list")
    form = ReportForm(request.POST, officer=request.user)
    if not form.is_valid():
        return _report_list(request, form, status=422)
    said = form.cleaned_data
    kind, area_id, round_id, reason = said["mau"], said["pham_vi"], form.round_id, said["ly_do"]
    try:
        if said["tung_don_vi"]:
            return _ring_all(ask_for_bundle(kind, area_id, round_id=round_id, reason=reason, by=request.user))
        run = actions.ask_for_report(kind, area_id, round_id=round_id, reason=reason, by=request.user)
    except NotPossible as refusal:
        form.add_error(None, str(refusal))
        return _report_list(request, form, status=422)
    return _ring_and_show(run)


def _ring_all(bundle: ReportBundle) -> HttpResponse:
    for run in runs_of(bundle):
        if run.job is not None:
            ring(run.job)
    return redirect("reports:bundle", bundle.pk)


def _ring_and_show(run: ReportRun) -> HttpResponse:
    if run.job is not None:
        ring(run.job)
    return redirect("reports:report", run.pk)


def _visible_run(request: OfficerRequest, run_id: int) -> ReportRun:
    runs = ReportRun.objects.visible_to(request.user).select_related("area", "round", "job")
    return get_object_or_404(runs, pk=run_id)


@require_safe
@vary_on_headers("HX-Request")
@requires(Permission.REPORTS_BUILD)
def report(request: OfficerRequest, run_id: int) -> HttpResponse:
    """One report: how far it is, then its files and figures."""
    shown = describe(_visible_run(request, run_id))
    if _wants_fragment(request) and not shown.is_open:
        return HttpResponseClientRefresh()
    template = "reports/_report_progress.html" if _wants_fragment(request) else "reports/report.html"
    return TemplateResponse(request, template, {"report": shown})


@require_POST
@requires(Permission.REPORTS_BUILD)
def cancel(request: OfficerRequest, run_id: int) -> HttpResponse:
    run = _visible_run(request, run_id)
    try:
        actions.cancel_report(run.pk, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The report was cancelled."))
    return redirect("reports:report", run.pk)


@require_POST
@requires(Permission.REPORTS_BUILD)
@once
def ask_again(request: OfficerRequest, run_id: int) -> HttpResponse:
    run = _visible_run(request, run_id)
    try:
        return _ring_and_show(actions.ask_again(run.pk, by=request.user))
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:report", run.pk)


@require_safe
@requires(Permission.REPORTS_BUILD)
def download(request: OfficerRequest, run_id: int, extension: str) -> FileResponse | HttpResponse:
    if extension not in FORMATS:
        raise Http404
    run = _visible_run(request, run_id)
    try:
        actions.download_report(run.pk, extension, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:report", run.pk)
    opened, name = getattr(run, extension).open(), download_name(run, extension)
    return FileResponse(opened, as_attachment=True, filename=name, content_type=FORMATS[extension])
