"""Mending a file's rows: the page of errors, one cell or one row, groups, rows left for later, look-alikes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from administration.access import OfficerRequest, Permission, requires
from administration.refusals import NotPossible
from administration.typed import number_in
from beneficiaries import import_errors as errors_page
from beneficiaries import import_pages as pages
from beneficiaries.actions import import_rows as actions
from beneficiaries.import_row_form import row_form, values_of
from beneficiaries.import_words import overview_of_changes, step_done
from beneficiaries.import_workbook import marked_workbook
from beneficiaries.intake.staged import opened
from beneficiaries.intake.vocabulary import FIELDS, IGNORE
from beneficiaries.models import ImportFile, StagedHousehold
from beneficiaries.views.import_files import XLSX


@requires(Permission.LISTS_IMPORT)
@require_GET
@vary_on_headers("HX-Request")
def errors(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if not file.may_be_mended:
        return redirect(pages.next_url(file))
    counts = errors_page.count(file)
    which = request.GET.get("xem", "")
    if not errors_page.is_view(which):
        which = errors_page.first_view(counts)
    page = errors_page.page_of(file, which, request.GET.get("trang"))
    context: dict[str, Any] = {
        "file": file, "step": 3, "counts": counts, "which": which, "page": page,
        "lines": errors_page.lines_of(file, page),
    }  # fmt: skip
    if request.htmx and not request.htmx.history_restore_request:
        return TemplateResponse(request, "beneficiaries/_import_rows.html", context)
    context["groups"] = errors_page.group_lines(file, actions.grouped_rows(file))
    context["steps_done"] = errors_page.steps_done(file)
    context["overview"] = overview_of_changes(file.seen.get("changes", []))
    context["overview_total"] = sum(line["count"] for line in context["overview"])
    return TemplateResponse(request, "beneficiaries/import_errors.html", context)


@requires(Permission.LISTS_IMPORT)
@require_POST
def cell(request: OfficerRequest, file_id: int) -> HttpResponse:
    """One cell, from its input on the page of errors."""
    file, staged_id = _file(request, file_id), _number(request.POST.get("ho", ""))
    name = request.POST.get("truong", "")
    if name not in FIELDS or name == IGNORE:
        raise BadRequest("no such field")
    value = request.POST.get("de_xuat") or request.POST.get("gia_tri", "")
    try:
        one = actions.mend_cell(
            file.pk, _row(file, staged_id).pk, _number(request.POST.get("dong", "")), name, value, by=request.user
        )
    except NotPossible as refusal:
        return _refused(request, file, str(refusal))
    if not request.htmx:
        return redirect(_back(request, file, staged_id))
    line = errors_page.line_of(one, errors_page.views_of(file))
    which = request.POST.get("xem", "")
    which = which if errors_page.is_view(which) else errors_page.ERRORS
    context = {"file": file, "line": line, "counts": errors_page.count(file), "which": which}
    return TemplateResponse(request, "beneficiaries/_import_row_answer.html", context)


@requires(Permission.LISTS_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: OfficerRequest, file_id: int, staged_id: int) -> HttpResponse:
    """All cells of one household on a page of their own; also the way without JavaScript."""
    file = _file(request, file_id)
    if not file.may_be_mended:
        return redirect(pages.next_url(file))
    one = opened(_row(file, staged_id))
    if request.method == "POST":
        try:
            one = actions.mend_cells(file.pk, staged_id, values_of(request.POST, one), by=request.user)
        except NotPossible as refusal:
            return _refused(request, file, str(refusal))
        if one.state == StagedHousehold.State.READY:
            messages.success(request, _("Row %(row)s is in order.") % {"row": one.row_no})
            return redirect(_back(request, file, staged_id))
    views = errors_page.views_of(file)
    context = {
        "file": file, "step": 3, "line": errors_page.line_of(one, views), "people": row_form(one, views),
        "changes": one.household.changes, "back": _back(request, file, staged_id),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/import_row.html", context, status=_status(request))


def _status(request: OfficerRequest) -> int:
    """A sent page that still has errors is shown again."""
    return 422 if request.method == "POST" else 200


@requires(Permission.LISTS_IMPORT)
@require_POST
def fix_group(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    try:
        number = actions.apply_group_fix(
            file.pk, request.POST.get("nhom", ""), value=request.POST.get("gia_tri", ""), by=request.user
        )
    except NotPossible as refusal:
        return _refused(request, file, str(refusal))
    messages.success(request, step_done(request.POST.get("nhom", "").partition("|")[0], number))
    return redirect("imports:errors", file.pk)


@requires(Permission.LISTS_IMPORT)
@require_POST
def unfix_group(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    try:
        number = actions.undo_group_fix(file.pk, request.POST.get("buoc", ""), by=request.user)
    except NotPossible as refusal:
        return _refused(request, file, str(refusal))
    words = ngettext("%(number)s row is as in the file again.", "%(number)s rows are as in the file again.", number)
    messages.success(request, words % {"number": number})
    return redirect("imports:errors", file.pk)


@requires(Permission.LISTS_IMPORT)
@require_POST
def skip(request: OfficerRequest, file_id: int) -> HttpResponse:
    """Leaves rows for later ("ho" names them, "tat_ca" takes every row that is not ready) or takes them up again."""
    file = _file(request, file_id)
    ids = None if "tat_ca" in request.POST else [_number(value) for value in request.POST.getlist("ho")]
    try:
        if "lay_lai" in request.POST:
            actions.take_back_rows(file.pk, ids or [], by=request.user)
        else:
            number = actions.skip_rows(file.pk, ids, by=request.user)
            words = ngettext("%(number)s row is left for later.", "%(number)s rows are left for later.", number)
            if not request.htmx:  # a swapped page shows its counters instead
                messages.info(request, words % {"number": number})
    except NotPossible as refusal:
        return _refused(request, file, str(refusal))
    return redirect(_back(request, file, 0))


@requires(Permission.LISTS_IMPORT)
@require_GET
def conflicts(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if not file.may_be_mended:
        return redirect(pages.next_url(file))
    pairs, doubles = pages.look_alikes(file)
    context = {"file": file, "step": 4, "counts": errors_page.count(file), "pairs": pairs, "doubles": doubles}
    return TemplateResponse(request, "beneficiaries/import_conflicts.html", context)


@requires(Permission.LISTS_IMPORT)
@require_POST
def decide(request: OfficerRequest, file_id: int) -> HttpResponse:
    """Whether a row is the household it looks like ("la" holds the household's id, 0 for none)."""
    file = _file(request, file_id)
    one = _row(file, _number(request.POST.get("ho", "")))
    try:
        actions.decide_twin(file.pk, one.pk, _number(request.POST.get("la", "")), by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:conflicts", file.pk)


@requires(Permission.LISTS_IMPORT)
@require_GET
def workbook(request: OfficerRequest, file_id: int) -> HttpResponse:
    file = _file(request, file_id)
    if not file.may_be_mended:
        return redirect(pages.next_url(file))
    name, content = marked_workbook(file)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename=\"Trao-{file.pk}.xlsx\"; filename*=UTF-8''{quote(name)}"
    return response


def _refused(request: OfficerRequest, file: ImportFile, sentence: str) -> HttpResponse:
    if request.htmx:
        context = {"reason": sentence, "url": reverse("imports:file", args=[file.pk])}
        return TemplateResponse(request, "parts/_conflict.html", context, status=409)
    messages.error(request, sentence)
    return redirect("imports:file", file.pk)


def _back(request: OfficerRequest, file: ImportFile, staged_id: int) -> str:
    """The page the officer came from, at the row."""
    if request.POST.get("ve") == "trung":
        return reverse("imports:conflicts", args=[file.pk])
    which = request.POST.get("xem") or request.GET.get("xem", "")
    number = request.POST.get("trang") or request.GET.get("trang", "")
    query = f"?xem={which}" if errors_page.is_view(which) else ""
    if query and number.isdecimal():
        query += f"&trang={number}"
    anchor = f"#ho-{staged_id}" if staged_id else ""
    return reverse("imports:errors", args=[file.pk]) + query + anchor


def _number(text: str) -> int:
    number = number_in(text)
    if number is None:
        raise BadRequest("not a number")
    return number


def _file(request: OfficerRequest, file_id: int) -> ImportFile:
    return get_object_or_404(ImportFile.objects.visible_to(request.user).select_related("area", "job"), pk=file_id)


def _row(file: ImportFile, staged_id: int) -> StagedHousehold:
    return get_object_or_404(StagedHousehold, file=file, pk=staged_id)
