"""The hand-over desk: find the household, scan the device, confirm, print the receipt; undo; decline."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from administration.access import OfficerRequest, Permission, requires
from administration.once import once
from administration.refusals import NotPossible
from allocations import actions
from allocations import handover_contents as contents
from allocations.actions.hand_over import UNDO_WITHIN
from allocations.forms.hand_over import DeclineForm, HandOverForm, UndoForm
from allocations.models import Allocation, HandOver, Status
from allocations.receiving import contradictions, problem_with_imei, read_scan
from beneficiaries.actions import find_by_identity
from beneficiaries.models import Household


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DEVICES_HAND_OVER)
def desk(request: OfficerRequest) -> HttpResponse:
    """Who gets a device. POST is the box: numbers of people stay out of addresses."""
    if request.method == "POST":
        return _asked(request, request.POST.get("q", "").strip())
    if read_scan(request.GET.get("q", "")).identity:
        messages.info(request, _("Type the number into the search box: numbers of people are not kept in addresses."))
        return redirect("handover:list")
    return render(request, "allocations/hand_over_list.html", _desk(request))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DEVICES_HAND_OVER)
@once
def give(request: OfficerRequest, household_code: str) -> HttpResponse:
    """Hands the device over. A scanner's Enter behind the IMEI first shows what was scanned."""
    household, line = find_line(request, household_code)
    if line.is_cash:
        return redirect("handover:pay", household.code)
    if line.status == Status.HANDED_OVER and request.method != "POST":
        return redirect("handover:receipt", household.code)
    members = contents.members_of([household.pk]).get(household.pk, [])
    initial = {"handed_on": timezone.localdate(), "imei": read_scan(request.GET.get("imei", "")).imei}
    form = HandOverForm(request.POST or None, line=line, members=members, initial=initial)
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(line.pk, by=request.user, **form.chosen)
        except NotPossible as refusal:
            conflict = str(refusal)
        else:
            messages.success(request, _("Handed over. Print the receipt and have it signed."))
            return redirect("handover:receipt", household.code)
    context = {
        "household": household, "line": line, "members": members, "form": form, "conflict": conflict,
        "contradictions": contradictions(members[0]) if members else [], "may_give": line.status == Status.APPROVED,
        "desk": contents.read_desk(request.user, timezone.localdate()), "focus_check": form.waits_only_for_the_check,
        "focus_imei": not form.errors or "imei" in form.errors,
    }  # fmt: skip
    code = 409 if conflict else 422 if form.errors else 200
    return render(request, "allocations/hand_over_give.html", context, status=code)


@require_safe
@requires(Permission.DEVICES_HAND_OVER)
def receipt(request: OfficerRequest, household_code: str) -> HttpResponse:
    """The receipt in two copies on one sheet, and the box for the next household."""
    household, _line = find_line(request, household_code)
    hand_over = _hand_over(household)
    context = {
        "household": household, "hand_over": hand_over, "printed_at": timezone.now(),
        "head": contents.members_of([household.pk])[household.pk][0], "may_undo": _may_undo(hand_over),
        "undo_until": hand_over.recorded_at + UNDO_WITHIN, "copies": [1, 2],
        "desk": contents.read_desk(request.user, timezone.localdate()),
    }  # fmt: skip
    return render(request, "allocations/receipt_print.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DEVICES_HAND_OVER)
def undo(request: OfficerRequest, household_code: str) -> HttpResponse:
    """A hand-over recorded by mistake: within 30 minutes, with the reason."""
    household, line = find_line(request, household_code)
    hand_over = _hand_over(household)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo_hand_over(line.pk, reason=form.cleaned_data["reason"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The hand-over is undone; the device is in stock again."))
            return redirect("handover:give", household.code)
    context = {"household": household, "hand_over": hand_over, "form": form}
    return render(request, "allocations/hand_over_undo.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DEVICES_HAND_OVER)
def decline(request: OfficerRequest, household_code: str) -> HttpResponse:
    """The household does not take the device; its place is free for the next."""
    household, line = find_line(request, household_code)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline(line.pk, reason=form.in_words, by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("Recorded: %(household)s declines. Its place in the quota is free.") % {"household": household},
            )
            return redirect("handover:list")
    context = {"household": household, "line": line, "form": form}
    return render(request, "allocations/hand_over_decline.html", context, status=422 if form.errors else 200)


def _desk(request: OfficerRequest, error: str = "") -> dict[str, Any]:
    words, imei = request.GET.get("q", "")[:80], read_scan(request.GET.get("imei", "")).imei
    page, rows = (None, contents.find_rows(request.user, words)) if words.strip() else contents.page_to_hand_over(
        request.user, request.GET.get("page")
    )  # fmt: skip
    return {
        "words": words, "imei": imei, "page": page, "rows": rows, "error": error, "now": timezone.now(),
        "desk": contents.read_desk(request.user, timezone.localdate()), "undo_within": UNDO_WITHIN,
        "latest": contents.latest_hand_overs(request.user), "payments": contents.latest_payments(request.user),
    }  # fmt: skip


def _asked(request: OfficerRequest, typed: str) -> HttpResponse:
    """Twelve digits are a person, fifteen a device, anything else is looked for."""
    scan = read_scan(typed)
    if scan.identity:
        household_id = find_by_identity(scan.identity, by=request.user)
        household = Household.objects.visible_to(request.user).filter(pk=household_id or 0).first()
        if household is None:
            return _not_found(request, _("Nobody with this identity number is registered in your unit."))
        return _lead_to(request, household)
    if scan.imei:
        unit = request.user.area
        problem = problem_with_imei(scan.imei, unit=unit) if unit else ""
        return _not_found(request, problem) if problem else redirect(_desk_url(imei=scan.imei))
    rows = contents.find_rows(request.user, typed) if typed else []
    if len(rows) == 1 and rows[0].may_receive:
        return _lead_to(request, rows[0].household)
    return redirect(_desk_url(q=typed, imei=read_scan(request.POST.get("imei", "")).imei))


def _lead_to(request: OfficerRequest, household: Household) -> HttpResponse:
    line = contents.line_of(household)
    if line is None:
        return _not_found(
            request, _("%(household)s is on no list: it has not been approved.") % {"household": household}
        )
    imei = read_scan(request.POST.get("imei", "")).imei
    url = reverse("handover:give", args=[household.code])
    return redirect(f"{url}?{urlencode({'imei': imei})}" if imei else url)


def _not_found(request: OfficerRequest, sentence: str) -> HttpResponse:
    return render(request, "allocations/hand_over_list.html", _desk(request, error=sentence), status=422)


def _desk_url(**query: str) -> str:
    given = {key: value for key, value in query.items() if value}
    return reverse("handover:list") + (f"?{urlencode(given)}" if given else "")


def find_line(request: OfficerRequest, code: str) -> tuple[Household, Allocation]:
    """The household and its newest line; 404 outside the officer's area and without a line."""
    household = get_object_or_404(Household.objects.visible_to(request.user).select_related("area"), code=code)
    line = contents.line_of(household)
    if line is None:
        raise Http404
    return household, line


def _hand_over(household: Household) -> HandOver:
    found = contents.hand_over_of(household)
    if found is None:
        raise Http404
    return found


def _may_undo(hand_over: HandOver) -> bool:
    return timezone.now() - hand_over.recorded_at <= UNDO_WITHIN
