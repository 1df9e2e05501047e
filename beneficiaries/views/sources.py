"""Earlier programmes: their lists from the file to the use, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from administration.access import OfficerRequest, Permission, may, requires
from administration.models import Job
from administration.once import once
from administration.refusals import NotPossible
from administration.tasks import ring
from beneficiaries import hit_pages
from beneficiaries import source_pages as pages
from beneficiaries.actions import sources as actions
from beneficiaries.forms.imports import STRUCTURES, read_columns
from beneficiaries.forms.sources import NewSourceForm, SourceForm, WithdrawalForm
from beneficiaries.import_words import FIELD_LABELS, category_options
from beneficiaries.intake.choices import choices_from_json
from beneficiaries.models import ExclusionSource

PER_PAGE = 50
GET_AND_POST = ["GET", "HEAD", "POST"]
State = ExclusionSource.State


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def source_list(request: OfficerRequest) -> HttpResponse:
    lines = pages.lines_of(pages.sources_of(request.user), request.user)
    context = {
        "lines": lines, "may_manage": _may_manage(request), "to_decide": hit_pages.count_queues(request.user)["mo"],
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/source_list.html", context)


@requires(Permission.SOURCES_MANAGE)
@require_http_methods(GET_AND_POST)
@once
def add(request: OfficerRequest) -> HttpResponse:
    form = NewSourceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["tep"]
        try:
            made = actions.add_source(sent, sent.name or "", form.values, by=request.user)
        except NotPossible as refusal:
            form.add_error("tep", str(refusal))
        else:
            _ring(made.job)
            return redirect("sources:source", made.pk)
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "beneficiaries/source_add.html", {"form": form}, status=status)


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def source(request: OfficerRequest, source_id: int) -> HttpResponse:
    """What was read, while it waits to be confirmed; then the households it names."""
    found = _source(request, source_id)
    is_working = found.job is not None and found.job.is_open
    if request.htmx:
        if not is_working:
            return HttpResponseClientRedirect(request.path)
        context = {"job": found.job, "label": pages.working(found), "source": found}
        return TemplateResponse(request, "beneficiaries/_source_progress.html", context)
    hits = hit_pages.hits_of(request.user).filter(source=found)
    page = Paginator(hits, PER_PAGE).get_page(request.GET.get("page"))
    counts = pages.count_hits([found], request.user).get(found.pk, pages.Counts())
    page_context: dict[str, Any] = {
        "source": found, "may_manage": _may_manage(request), "is_working": is_working, "label": pages.working(found),
        "job": found.job, "read": pages.read_of(found) if _may_manage(request) else None, "counts": counts,
        "found_words": pages.found_in_words(counts), "page": page, "lines": hit_pages.lines_of(page.object_list),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/source_detail.html", page_context)


@requires(Permission.SOURCES_MANAGE)
@require_http_methods(GET_AND_POST)
@once
def change(request: OfficerRequest, source_id: int) -> HttpResponse:
    found = _source(request, source_id)
    form = SourceForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        done = _do(request, lambda: actions.change_source(source_id, form.values, by=request.user))
        if done:
            messages.success(request, _("The settings were saved."))
        return redirect("sources:source", source_id)
    status = 422 if form.is_bound else 200
    context = {"form": form, "source": ExclusionSource.objects.get(pk=source_id)}
    return TemplateResponse(request, "beneficiaries/source_change.html", context, status=status)


@requires(Permission.SOURCES_MANAGE)
@require_http_methods(GET_AND_POST)
def columns(request: OfficerRequest, source_id: int) -> HttpResponse:
    """What each column says, as in the import of households."""
    found = _source(request, source_id)
    seen = found.seen
    if found.state != State.READ or not seen:
        return redirect("sources:source", source_id)
    if request.method == "POST":
        answer = read_columns(request.POST, request.POST.getlist("trang_tinh"), seen, choices_from_json(found.choices))
        _ring(_do(request, lambda: actions.choose_source_columns(source_id, answer.choices, by=request.user)))
        return redirect("sources:source", source_id)
    context: dict[str, Any] = {
        "source": found, "sheets": seen["sheets"], "tables": seen["tables"],
        "taken": {table["sheet"]: table["header_row"] for table in reversed(seen["tables"])},
        "fields": list(FIELD_LABELS.items()), "structures": STRUCTURES, "categories": category_options(),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/source_columns.html", context)


@requires(Permission.SOURCES_MANAGE)
@require_POST
def confirm(request: OfficerRequest, source_id: int) -> HttpResponse:
    _source(request, source_id)
    _ring(_do(request, lambda: actions.confirm_source(source_id, by=request.user)))
    return redirect("sources:source", source_id)


@requires(Permission.SOURCES_MANAGE)
@require_POST
def abandon(request: OfficerRequest, source_id: int) -> HttpResponse:
    found = _source(request, source_id)
    try:
        actions.abandon_source(source_id, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("sources:source", source_id)
    messages.success(request, _("The list “%(name)s” was given up. Nothing of it is kept.") % {"name": found.name})
    return redirect("sources:list")


@requires(Permission.SOURCES_MANAGE)
@require_http_methods(GET_AND_POST)
def withdraw(request: OfficerRequest, source_id: int) -> HttpResponse:
    found = _source(request, source_id)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_source(source_id, reason=form.cleaned_data["reason"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The list is withdrawn: what it said about households counts no more."))
            return redirect("sources:source", source_id)
    counts = pages.count_hits([found], request.user).get(found.pk, pages.Counts())
    context = {"source": found, "form": form, "counts": counts}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "beneficiaries/source_withdraw.html", context, status=status)


@requires(Permission.SOURCES_MANAGE)
@require_POST
def take_up(request: OfficerRequest, source_id: int) -> HttpResponse:
    _source(request, source_id)
    _ring(_do(request, lambda: actions.take_up_source(source_id, by=request.user)))
    return redirect("sources:source", source_id)


def _do(request: OfficerRequest, act: Callable[[], Any]) -> Any:
    """What the action gives; None when it was refused, with the reason as a message."""
    try:
        return act()
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return None


def _ring(job: Job | None) -> None:
    if job:
        ring(job)


def _may_manage(request: OfficerRequest) -> bool:
    return may(request.user, Permission.SOURCES_MANAGE)


def _source(request: OfficerRequest, source_id: int) -> ExclusionSource:
    return get_object_or_404(pages.sources_of(request.user), pk=source_id)
