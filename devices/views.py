"""The stock: lots and devices, as far as an officer's area goes; receiving, sending, reporting faulty."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from administration.access import OfficerRequest, Permission, may, requires
from administration.actions import record_export
from administration.models import Area, AuditEvent, Officer
from administration.once import once
from administration.refusals import NotPossible
from administration.spreadsheets import KINDS, MOST, answer
from devices import actions, stock
from devices.demands import fit_of
from devices.forms import DeviceFilterForm, DispatchForm, FaultyForm, FindDeviceForm, ReceiveForm
from devices.models import Device, Lot


@require_safe
@requires(Permission.STOCK_VIEW)
def stock_list(request: OfficerRequest) -> HttpResponse:
    """The equation, the lots, and one device by its IMEI."""
    page, lots = stock.lots_of(request.user, request.GET.get("page"))
    find = FindDeviceForm(request.GET if "q" in request.GET else None)
    digits = _digits(find.cleaned_data["q"]) if find.is_valid() else ""
    context = {
        "stock": stock.stock_of(request.user), "page": page, "lots": lots, "find_form": find,
        "digits": digits, "found": stock.find_devices(request.user, digits),
        "sees_province": stock.sees_province(request.user),
        "may_manage": may(request.user, Permission.STOCK_MANAGE),
    }  # fmt: skip
    return render(request, "devices/stock_list.html", context)


@require_safe
@requires(Permission.STOCK_VIEW)
def lot_detail(request: OfficerRequest, lot_code: str) -> HttpResponse:
    """Where the devices of one lot are."""
    lot = _find_lot(request.user, lot_code)
    form = DeviceFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "tt": ""}
    page = stock.devices_of_lot(
        request.user, lot, state=asked["tt"], digits=_digits(asked["q"]), number=request.GET.get("page")
    )  # fmt: skip
    export_url = f"{reverse('stock:lot_export', args=[lot.code])}?{request.GET.urlencode()}"
    context = {"lot": lot, "filter_form": form, "page": page, "export_url": export_url}
    if request.htmx:
        return render(request, "devices/_devices.html", context)
    context |= {
        "stock": stock.stock_of_lot(request.user, lot), "units": stock.units_of_lot(request.user, lot),
        "sees_province": stock.sees_province(request.user),
        "may_manage": may(request.user, Permission.STOCK_MANAGE),
    }  # fmt: skip
    return render(request, "devices/lot_detail.html", context)


@require_POST
@requires(Permission.STOCK_VIEW)
def lot_export(request: OfficerRequest, lot_code: str) -> HttpResponse:
    """The devices of the lot that the officer sees, filtered as on the page, as a file."""
    lot, kind, form = (
        _find_lot(request.user, lot_code),
        request.POST.get("dinh_dang", ""),
        DeviceFilterForm(request.GET),
    )
    if kind not in KINDS or not form.is_valid():
        raise BadRequest("no such format, or filters that mean nothing")
    asked = form.cleaned_data
    rows = stock.rows_of_lot(request.user, lot, state=asked["tt"], digits=_digits(asked["q"]), most=MOST)
    record_export("devices", count=len(rows), kind=kind, by=request.user)
    heads = ("IMEI", "IMEI 2", _("Held by"), _("State"), _("Since"))
    return answer(f"thiet-bi-{lot.code}", heads, rows, kind, by=request.user)


@require_safe
@requires(Permission.STOCK_VIEW)
def device_detail(request: OfficerRequest, imei: str) -> HttpResponse:
    """One device and what happened to it."""
    device = _find_device(request.user, imei)
    happened = AuditEvent.objects.visible_to(request.user).about(device).newest_first()
    events = [
        {"title": e.get_verb_display(), "at": e.at, "by": e.officer_name, "reason": e.details.get("note", "")}
        for e in happened
    ]
    context = {
        "device": device, "events": events,
        "may_report": _may_report(request.user) and device.state == Device.State.IN_STOCK,
    }  # fmt: skip
    return render(request, "devices/device_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.STOCK_MANAGE)
@once
def receive(request: OfficerRequest) -> HttpResponse:
    """Books a delivery with its IMEIs into the province's stock."""
    form = ReceiveForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        initial={"received_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data
        assert request.user.area is not None  # noqa: S101 - province staff have an area (a constraint of officers)
        try:
            lot = actions.receive_lot(
                code=note["code"], model_id=note["model"].pk, supplier=note["supplier"], quantity=note["quantity"],
                imeis=form.imeis, received_on=note["received_on"], province=request.user.area, by=request.user,
            )  # fmt: skip
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext(
                "Lot %(lot)s received: %(n)s device.", "Lot %(lot)s received: %(n)s devices.", len(form.imeis)
            )
            messages.success(request, words % {"lot": lot.code, "n": len(form.imeis)})
            _warn_of_weakness(request, lot)
            return redirect("stock:lot", lot.code)
    return render(request, "devices/lot_receive.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.STOCK_MANAGE)
@once
def dispatch(request: OfficerRequest, lot_code: str) -> HttpResponse:
    """Sends devices of a lot to a commune."""
    lot = _find_lot(request.user, lot_code)
    left = stock.stock_of_lot(request.user, lot).in_province
    form = DispatchForm(request.POST if request.method == "POST" else None, communes=_communes(request.user), left=left)
    if request.method == "POST" and form.is_valid():
        commune, quantity = form.cleaned_data["commune"], form.cleaned_data["quantity"]
        try:
            actions.dispatch(lot.pk, commune.pk, quantity=quantity, by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("%(n)s device sent to %(unit)s.", "%(n)s devices sent to %(unit)s.", quantity)
            messages.success(request, words % {"n": quantity, "unit": commune.name})
            return redirect("stock:lot", lot.code)
    context = {"lot": lot, "form": form, "left": left, "fit": fit_of(lot.model, lot.province)}
    return render(request, "devices/lot_dispatch.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.STOCK_VIEW)
def report_faulty(request: OfficerRequest, imei: str) -> HttpResponse:
    """Takes a device out of stock: the province for any device, the commune's official for its own."""
    if not _may_report(request.user):
        raise PermissionDenied(_("Your role does not include this page."))
    device = _find_device(request.user, imei)
    form = FaultyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_faulty(device.pk, note=form.cleaned_data["note"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The device is out of stock and is not given to anybody."))
            return redirect("stock:device", device.imei)
    context = {"device": device, "form": form}
    return render(request, "devices/device_faulty.html", context, status=422 if form.errors else 200)


def _warn_of_weakness(request: OfficerRequest, lot: Lot) -> None:
    """The lot is booked whatever it can do; the supplier is told before the devices go to the communes."""
    if short := fit_of(lot.model, lot.province).in_words:
        words = _("%(model)s can do less than open rounds demand: %(short)s. Clear this with the supplier.")
        messages.warning(request, words % {"model": lot.model.name, "short": "; ".join(short)})


def _find_lot(officer: Officer, code: str) -> Lot:
    """404 for a lot of another province, and for one of which nothing lies in the officer's area."""
    lot = get_object_or_404(Lot.objects.select_related("model", "province"), code=code)
    if stock.sees_province(officer) and lot.province_id == officer.area_id:
        return lot
    if not Device.objects.visible_to(officer).filter(lot=lot).exists():
        raise Http404
    return lot


def _find_device(officer: Officer, imei: str) -> Device:
    devices = Device.objects.visible_to(officer).select_related("lot__model", "area")
    return get_object_or_404(devices, imei=imei)


def _may_report(officer: Officer) -> bool:
    return may(officer, Permission.STOCK_MANAGE) or may(officer, Permission.DEVICES_HAND_OVER)


def _communes(officer: Officer) -> QuerySet[Area]:
    return Area.objects.visible_to(officer).communes().select_related("parent").in_tree_order()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
