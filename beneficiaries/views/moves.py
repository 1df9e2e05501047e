"""A household moves to another commune: asking, answering, taking the request back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from administration.access import OfficerRequest, Permission, may, requires
from administration.refusals import NotPossible
from beneficiaries import actions
from beneficiaries.forms.moving import MoveForm
from beneficiaries.models import MoveRequest
from beneficiaries.pair_pages import may_decide
from beneficiaries.views.pairs import refuse_onlookers

SHOWN = 50


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def move_list(request: OfficerRequest) -> HttpResponse:
    """What waits for an answer, then what was answered lately."""
    visible = MoveRequest.objects.visible_to(request.user).select_related("area", "other_area", "asked_by")
    context = {
        "open": visible.open().order_by("pk")[:SHOWN],
        "answered": visible.exclude(state=MoveRequest.State.ASKED).order_by("-answered_at")[:SHOWN],
        "may_edit": may(request.user, Permission.HOUSEHOLDS_EDIT),
    }
    return TemplateResponse(request, "beneficiaries/move_list.html", context)


@requires(Permission.HOUSEHOLDS_VIEW)
@require_safe
def move_request(request: OfficerRequest, request_id: int) -> HttpResponse:
    return _page(request, _asked(request, request_id))


@requires(Permission.HOUSEHOLDS_VIEW)
@require_POST
def answer(request: OfficerRequest, request_id: int) -> HttpResponse:
    """viec: "dong-y" (agree), "khong" (do not agree, with a reason) or "rut" (take it back)."""
    asked = _asked(request, request_id)
    refuse_onlookers(request)
    try:
        messages.success(request, _answer(request, asked, request.POST.get("viec", "")))
    except NotPossible as refusal:
        asked.refresh_from_db()
        return _page(request, asked, error=str(refusal))
    return redirect("moves:request", asked.pk)


def _answer(request: OfficerRequest, asked: MoveRequest, what: str) -> str:
    if what == "dong-y":
        link = actions.accept_move(asked.pk, by=request.user)
        if link.both_received:
            return _("The household has moved. Both records had received a device; the province sees this.")
        return _("The household has moved. Its record continues in the other commune.")
    if what == "rut":
        actions.take_back_move(asked.pk, by=request.user)
        return _("The request is taken back.")
    actions.refuse_move(asked.pk, reason=request.POST.get("ly_do", "")[:300], by=request.user)
    return _("The request is refused. The other commune reads why.")


@requires(Permission.HOUSEHOLDS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: OfficerRequest) -> HttpResponse:
    """By the household's code: from here to another commune, or from elsewhere to here."""
    form = MoveForm(request.POST or None, officer=request.user, initial={"code": request.GET.get("ho", "")})
    if form.is_valid():
        said = form.cleaned_data
        try:
            asked = actions.ask_move(said["code"], to_area_no=said["to_area"], reason=said["reason"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The other commune has been asked."))
            return redirect("moves:request", asked.pk)
    context: dict[str, Any] = {"form": form, "back_url": reverse("moves:list")}
    return TemplateResponse(request, "beneficiaries/move_ask.html", context, status=422 if form.errors else 200)


def _page(request: OfficerRequest, asked: MoveRequest, *, error: str = "") -> TemplateResponse:
    area, decides = request.user.area, may_decide(request.user) and asked.state == MoveRequest.State.ASKED
    asking = asked.other_area_id if asked.asked_by_destination else asked.area_id
    here = area is not None and area.contains(asked.area_id)
    context = {
        "asked": asked, "error": error, "reason": request.POST.get("ly_do", ""), "is_ours": here,
        "may_answer": decides and area is not None and area.contains(asked.answered_from),
        "may_take_back": decides and area is not None and area.contains(asking),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/move_request.html", context, status=422 if error else 200)


def _asked(request: OfficerRequest, request_id: int) -> MoveRequest:
    visible = MoveRequest.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("area", "other_area", "asked_by", "answered_by"), pk=request_id)
