"""A list on paper (form 2) and as a spreadsheet. Full identity numbers leave the system only by name and on record."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from administration.access import OfficerRequest, Permission, may, requires
from administration.spreadsheets import KINDS
from allocations import actions
from allocations.forms.lists import ExportForm
from allocations.list_paper import paper_rows
from allocations.resources import export_rows
from allocations.views.place import Place, find_place
from beneficiaries.import_template import TITLE, XLSX, template_workbook


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_VIEW)
def print_list(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """Masked when it is only looked at; a POST shows the full numbers to those who may see them, and is recorded."""
    place = find_place(request.user, round_code, commune_code)
    may_reveal = may(request.user, Permission.IDENTITY_REVEAL)
    with_identity = request.method == "POST" and may_reveal
    if with_identity:
        actions.record_export(place.own_list.pk, kind="print", with_identity=True, by=request.user)
    context = {
        "place": place,
        "rows": paper_rows(place.own_list, with_identity=with_identity),
        "may_reveal": may_reveal and not with_identity,
        "printed_at": timezone.now(),
    }
    return render(request, "allocations/list_print.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_VIEW)
def export(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """Asks for the kind of file, then hands it over."""
    place = find_place(request.user, round_code, commune_code)
    commune_list = place.own_list
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        kinds=[(kind, f".{kind}") for kind in KINDS],
        initial={"kind": "xlsx"},
        may_reveal=may(request.user, Permission.IDENTITY_REVEAL),
    )
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        actions.record_export(commune_list.pk, kind=kind, with_identity=form.wants_identity, by=request.user)
        content, media_type = export_rows(paper_rows(commune_list, with_identity=form.wants_identity), kind)
        return _download(content, media_type, _file_name(place, kind))
    context = {"place": place, "form": form}
    return render(request, "allocations/list_export.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.LISTS_IMPORT)
def template(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """An empty list to fill in for this round."""
    place = find_place(request.user, round_code, commune_code)
    due = f"Danh sách của {place.round.name} cần gửi trước ngày {place.round.submit_by:%d/%m/%Y}."
    content = template_workbook(place.commune, title=f"{TITLE} – {place.round.name}", remarks=[due])
    return _download(content, XLSX, f"mau-{place.round.code}-{place.commune.code}.xlsx")


def _file_name(place: Place, extension: str) -> str:
    return f"danh-sach-{place.round.code}-{place.commune.code}.{extension}"


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
