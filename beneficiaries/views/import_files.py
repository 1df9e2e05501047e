"""A file's way through the import: sending it, columns, progress, the last check, the result, giving up, undoing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from administration.access import OfficerRequest, Permission, requires
from administration.models import Job
from administration.once import once
from administration.refusals import NotPossible
from administration.tasks import ring
from administration.templatetags.trao import moment
from beneficiaries import import_pages as pages
from beneficiaries.actions import import_files as actions
from beneficiaries.forms.imports import STRUCTURES, UploadForm, read_columns
from beneficiaries.import_errors import count, left_because
from beneficiaries.import_template import NAME, template_workbook
from beneficiaries.import_words import FIELD_LABELS, category_options, ignored_in_words
from beneficiaries.intake.choices import choices_from_json
from beneficiaries.models import ImportFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = ImportFile.State


@requires(Permission.LISTS_IMPORT)
@require_GET
def import_list(request: OfficerRequest) -> HttpResponse:
    return _list_page(request, UploadForm())


def _list_page(request: OfficerRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form, "step": 1, "unfinished": pages.unfinished(request.user), "earlier": pages.earlier(request.user),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/import_list.html", context, status=status)


@requires(Permission.LISTS_IMPORT)
@require_POST
@once
def upload(request: OfficerRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    sent = form.cleaned_data["tep"]
    try:
        stored = actions.upload_file(sent, sent.name or "", by=request.user)
    except NotPossible as refusal:
        form.add_error("tep", str(refusal))
        return _list_page(request, form, status=422)
    if stored.is_new and stored.file.job:
        ring(stored.file.job)
    else:
        messages.info(request, _known_file(stored.file))
    return _go(request, reverse("imports:file", args=[stored.file.pk]))


def _known_file(file: ImportFile) -> str:
    if file.state == State.APPLIED:
        return _("This very file was saved at %(at)s (%(number)s households). Nothing needs to be done again.") % {
            "at": moment(file.applied_at), "number": file.added + file.updated + file.unchanged,
        }  # fmt: skip
    return _("This file is being imported already. You go on where you stopped.")


def _go(request: OfficerRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@requires(Permission.LISTS_IMPORT)
@require_GET
def import_file(request: OfficerRequest, file_id: int) -> HttpResponse:
    """Leads to the step at which the work goes on."""
    return redirect(pages.next_url(_file(request, file_id)))


@requires(Permission.LISTS_IMPORT)
@require_GET
@vary_on_headers("HX-Request")
def progress(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if file.job is None or not file.job.is_open:
        return _go(request, pages.next_url(file))
    context = {"file": file, "job": file.job, "label": _working(file.job), "step": _step_of(file.job)}
    if request.htmx:
        return TemplateResponse(request, "beneficiaries/_import_progress_answer.html", context)
    return TemplateResponse(request, "beneficiaries/import_progress.html", context)


def _working(job: Job) -> str:
    return {
        actions.READ: _("The file is being read and checked"),
        actions.APPLY: _("The households are being saved"),
        actions.UNDO: _("The import is being undone"),
    }[job.kind]


def _step_of(job: Job) -> int:
    return 2 if job.kind == actions.READ else 5


@requires(Permission.LISTS_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if not file.seen or file.state not in (State.UPLOADED, State.CHECKED):
        return redirect(pages.next_url(file))
    if request.method != "POST":
        return _columns_page(request, file)
    answer = read_columns(request.POST, request.POST.getlist("trang_tinh"), file.seen, choices_from_json(file.choices))
    try:
        job = actions.choose_columns(file.pk, answer.choices, is_final=not answer.read_again, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect(pages.next_url(file))
    if job:
        ring(job)
    return redirect("imports:file", file.pk)


def _columns_page(request: OfficerRequest, file: ImportFile) -> HttpResponse:
    seen = file.seen
    context: dict[str, Any] = {
        "file": file, "step": 2, "sheets": seen["sheets"], "questions": pages.questions_of(file),
        "tables": [(table, pages.missing_of(table)) for table in seen["tables"]],
        "taken": {table["sheet"]: table["header_row"] for table in reversed(seen["tables"])},
        "fields": list(FIELD_LABELS.items()), "structures": STRUCTURES, "categories": category_options(),
        "ignored": seen["ignored"], "ignored_words": list(ignored_in_words(file.summary.get("ignored", {}))),
        "terms": pages.terms_of(file),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/import_columns.html", context)


@requires(Permission.LISTS_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def confirm(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if not file.may_be_mended:
        return redirect(pages.next_url(file))
    if request.method == "POST":
        try:
            ring(actions.start_apply(file.pk, by=request.user))
        except NotPossible as refusal:
            messages.error(request, str(refusal))
        return redirect("imports:file", file.pk)
    counts = count(file)
    context = {
        "file": file, "step": 5, "counts": counts, "check": pages.last_check(file),
        "left": left_because(file, counts),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/import_confirm.html", context)


@requires(Permission.LISTS_IMPORT)
@require_GET
def result(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if file.state not in (State.APPLIED, State.UNDONE, State.REFUSED, State.ABANDONED):
        return redirect(pages.next_url(file))
    came = pages.result_of(file)
    context = {"file": file, "result": came, "left": left_because(file, came.counts)}
    return TemplateResponse(request, "beneficiaries/import_result.html", context)


@requires(Permission.LISTS_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def undo(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if request.method != "POST":
        if file.state != State.APPLIED:
            return redirect(pages.next_url(file))
        context = {"file": file, "undo": pages.undo_of(file)}
        return TemplateResponse(request, "beneficiaries/import_undo.html", context)
    try:
        ring(actions.undo_import(file.pk, by=request.user))
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:file", file.pk)


@requires(Permission.LISTS_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def abandon(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if request.method != "POST":
        return TemplateResponse(request, "beneficiaries/import_abandon.html", {"file": file})
    try:
        actions.abandon(file.pk, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("imports:file", file.pk)
    messages.success(
        request, _("The import of %(name)s was given up. Nothing was saved.") % {"name": file.original_name}
    )
    return redirect("imports:list")


@requires(Permission.LISTS_IMPORT)
@require_POST
def stop(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if actions.stop_work(file.pk, by=request.user):
        messages.info(request, _("The work was stopped."))
    return redirect("imports:file", file.pk)


@requires(Permission.LISTS_IMPORT)
@require_GET
def template(request: OfficerRequest) -> HttpResponse:
    """An empty list to fill in."""
    response = HttpResponse(template_workbook(request.user.area), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{NAME}"'
    return response


def _file(request: OfficerRequest, file_id: int) -> ImportFile:
    files = ImportFile.objects.visible_to(request.user).select_related("area", "job", "uploaded_by")
    return get_object_or_404(files, pk=file_id)
