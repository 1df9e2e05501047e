"""Official papers of single things, made while the officer waits. Who takes which paper is recorded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from administration.access import OfficerRequest, Permission, may, requires
from administration.refusals import NotPossible
from allocations.actions import record_export
from allocations.calendar import read_calendar
from allocations.models import HandOver, Posting
from allocations.views.place import Place, find_place
from beneficiaries.models import Household, ImportFile
from reports import links
from reports.document import Document
from reports.import_papers import write_import_record
from reports.paper import TooLongForPaper, write_receipts
from reports.paper_actions import record_import_record, record_payment_list, record_receipts
from reports.paper_forms import HandOverDayForm, PostingForm
from reports.payment_paper import gather_payment_list, rounds_with_cash
from reports.posting_papers import OnTheWall, gather_posting_list, gather_register, write_posting_record
from reports.single_papers import (
    gather_commune_list,
    gather_receipts,
    hand_overs_on,
    hand_overs_to,
    pdf_of,
)


@require_GET
@requires(Permission.DEVICES_HAND_OVER)
def receipt(request: OfficerRequest, household_code: str) -> HttpResponse:
    """Form 7 of one household, as the two copies that are signed."""
    household = get_object_or_404(Household.objects.visible_to(request.user), code=household_code)
    back = links.page("households:detail", household.code)
    return _receipts(request, hand_overs_to(household), f"Phiếu ký nhận {household.code}", back)


@require_GET
@requires(Permission.DEVICES_HAND_OVER)
def receipts(request: OfficerRequest) -> HttpResponse:
    """Form 7 of every household that the officer's commune gave a device to on a day (?ngay=)."""
    commune = request.user.area
    if commune is None or not commune.is_commune:
        raise Http404
    back, form = links.page("handover:list"), HandOverDayForm(request.GET)
    if not form.is_valid():
        return _no_paper(request, _errors_of(form), back, status=422)
    day = form.cleaned_data["ngay"]
    name = f"Phiếu ký nhận {commune.name} {day:%Y-%m-%d}"
    return _receipts(request, hand_overs_on(day, commune), name, back)


def _receipts(request: OfficerRequest, hand_overs: Sequence[HandOver], name: str, back: str) -> HttpResponse:
    now = timezone.now()
    try:
        record_receipts([hand_over.pk for hand_over in hand_overs], by=request.user, at=now)
    except NotPossible as refusal:
        return _no_paper(request, str(refusal), back)
    return _pdf(write_receipts(gather_receipts(hand_overs, at=now)), name)


@require_GET
@requires(Permission.DEVICES_HAND_OVER)
def payment_list(request: OfficerRequest) -> HttpResponse:
    """The list that is signed when cash is paid out, of one round (?dot=) of the officer's commune."""
    commune, now = request.user.area, timezone.now()
    if commune is None or not commune.is_commune:
        raise Http404
    rounds = rounds_with_cash(commune)
    round = rounds.filter(code=request.GET.get("dot", "")).first() or rounds.first()
    if round is None:
        return _no_paper(request, _("No household of this commune gets cash."), links.page("handover:list"))
    with_identity = may(request.user, Permission.IDENTITY_REVEAL)
    document = gather_payment_list(round, commune, with_identity=with_identity, by=request.user, at=now)
    record_payment_list(round, commune, with_identity=with_identity, by=request.user, at=now)
    return _pdf(pdf_of(document), f"Danh sách ký nhận tiền {round.name} {commune.name}")


@require_GET
@requires(Permission.LISTS_VIEW)
def commune_list(request: OfficerRequest, round_code: str, commune_code: str) -> HttpResponse:
    """Form 2, the list that is signed: with full identity numbers for who may reveal them."""
    place, now = find_place(request.user, round_code, commune_code), timezone.now()
    with_identity = may(request.user, Permission.IDENTITY_REVEAL)
    document = gather_commune_list(place.own_list, with_identity=with_identity, by=request.user, at=now)
    return _list(request, place, document, "Danh sách đề nghị", kind="pdf", with_identity=with_identity)


@require_GET
@requires(Permission.LISTS_VIEW)
def posting_list(request: OfficerRequest, round_code: str, commune_code: str) -> HttpResponse:
    """Form 3, the list on the wall (?tu= and ?den=): nothing the public may not read."""
    place, now = find_place(request.user, round_code, commune_code), timezone.now()
    own_list = place.own_list
    hangs = own_list.postings.exclude(state=Posting.State.STOPPED).newest_first().first()
    calendar = read_calendar(place.round.programme.province)
    form = PostingForm(request.GET, posting=hangs, days=place.round.posting_days, calendar=calendar)
    if not form.is_valid():
        return _no_paper(request, _errors_of(form), place.url(), status=422)
    said = form.cleaned_data
    wall = OnTheWall(said["tu"], said["den"], hangs, hamlet=said["thon"], large_type=said["lon"])
    document = gather_posting_list(own_list, wall, by=request.user, at=now)
    return _list(request, place, document, "Danh sách niêm yết", kind="posting", with_identity=False)


@require_GET
@requires(Permission.LISTS_VIEW)
def posting_record(request: OfficerRequest, round_code: str, commune_code: str, posting_id: int) -> HttpResponse:
    """Form 3b, the record with which a posting was closed."""
    place, now = find_place(request.user, round_code, commune_code), timezone.now()
    closed = place.own_list.postings.filter(state=Posting.State.CLOSED).select_related("area__parent", "ended_by")
    posting = get_object_or_404(closed.select_related("commune_list__round__programme"), pk=posting_id)
    content = write_posting_record(posting, by=request.user, at=now)
    record_export(place.own_list.pk, kind="posting_record", with_identity=False, by=request.user, at=now)
    return _pdf(content, f"Biên bản kết thúc niêm yết {place.round.name} {place.commune.name}")


@require_GET
@requires(Permission.LISTS_IMPORT)
def import_record(request: OfficerRequest, file_id: int) -> HttpResponse:
    """What came of a commune's file, for the folder beside it."""
    files = ImportFile.objects.visible_to(request.user).select_related("area__parent", "uploaded_by")
    file, now = get_object_or_404(files, pk=file_id), timezone.now()
    try:
        record_import_record(file.pk, by=request.user, at=now)
    except NotPossible as refusal:
        return _no_paper(request, str(refusal), links.page("imports:file", file.pk))
    content = write_import_record(file, by=request.user, at=now)
    return _pdf(content, f"Biên bản nhập liệu {file.area.name} {file.pk}")


@require_GET
@requires(Permission.LISTS_VIEW)
def complaint_register(request: OfficerRequest, round_code: str, commune_code: str) -> HttpResponse:
    """Form 4, every complaint about the list."""
    place, now = find_place(request.user, round_code, commune_code), timezone.now()
    document = gather_register(place.own_list, by=request.user, at=now)
    return _list(request, place, document, "Sổ tiếp nhận phản ánh", kind="complaints", with_identity=False)


def _list(
    request: OfficerRequest, place: Place, document: Document, title: str, *, kind: str, with_identity: bool
) -> HttpResponse:
    if not document.rows:
        return _no_paper(request, _("There is no household on this list."), place.url())
    try:
        content = pdf_of(document)
    except TooLongForPaper:
        return _no_paper(request, _("This list is too long for paper. Export it as a spreadsheet."), place.url())
    taken_at = document.info.taken_at
    record_export(place.own_list.pk, kind=kind, with_identity=with_identity, by=request.user, at=taken_at)
    return _pdf(content, f"{title} {place.round.name} {place.commune.name}")


def _errors_of(form: forms.Form) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _no_paper(request: OfficerRequest, reason: str, back_url: str, *, status: int = 409) -> HttpResponse:
    context = {"reason": reason, "back_url": back_url or "/"}
    return TemplateResponse(request, "reports/no_paper.html", context, status=status)


def _pdf(content: bytes, name: str) -> HttpResponse:
    """Shown by the browser, from where it is printed: less stays behind on a shared PC than of a saved file."""
    headers = {"Content-Disposition": inline_as(f"{name}.pdf")}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def inline_as(name: str) -> str:
    """The header that names a file (RFC 6266): in plain letters for old programs, then in Vietnamese."""
    safe = re.sub(r'[\x00-\x1f\x7f"*/:<>?\\|]+', "-", name)
    letters = unicodedata.normalize("NFD", safe.replace("đ", "d").replace("Đ", "D"))
    plain = letters.encode("ascii", "ignore").decode().replace(" ", "-")
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
