"""The public posting of a list: begin it, print it, close it with its record, stop it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from administration.access import OfficerRequest, Permission, may, requires
from administration.once import once
from administration.refusals import NotPossible
from allocations import actions
from allocations.forms.postings import ClosePostingForm, StartPostingForm, StopPostingForm
from allocations.models import Posting
from allocations.posting_page import PostingPage, read_posting_page
from allocations.views.place import Place, find_place


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_VIEW)
@once
def posting(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """What hangs and until when, complaints, earlier postings. POST begins a posting."""
    place = find_place(request.user, round_code, commune_code)
    page = read_posting_page(place.own_list, at=timezone.now())
    if request.method == "POST":
        return _start(request, place, page)
    form = StartPostingForm(initial={"starts_on": timezone.localdate(), "places": _usual_places(place, page)})
    return render(request, "allocations/posting.html", _context(request, place, page, form))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_PREPARE)
@once
def close(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """Form 3b: who was present, what was found; behind it the list can be signed."""
    place, running = _running(request, round_code, commune_code)
    form = ClosePostingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_posting(running.pk, by=request.user, **form.chosen)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The posting is closed. The leader can now sign and submit the list."))
            return redirect(place.url("posting"))
    context = {"place": place, "page": read_posting_page(place.own_list, at=timezone.now()), "form": form}
    return render(request, "allocations/posting_close.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_PREPARE)
def stop(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """A posting with a mistake in it: its households are drafts again."""
    place, running = _running(request, round_code, commune_code)
    form = StopPostingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.stop_posting(running.pk, reason=form.cleaned_data["reason"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("%(n)s household is back on the draft.", "%(n)s households are back on the draft.", done)
            messages.success(request, words % {"n": done})
            return redirect(place.url("posting"))
    context: dict[str, Any] = {
        "place": place, "form": form, "title": _("Stop the posting?"), "label": _("Stop the posting"), "danger": True,
        "text": _("Take the papers down. The list is posted again from its first day when it has been mended."),
        "back_url": place.url("posting"),
    }  # fmt: skip
    return render(request, "allocations/list_confirm.html", context, status=422 if form.errors else 200)


def _start(request: OfficerRequest, place: Place, page: PostingPage) -> HttpResponse:
    form = StartPostingForm(request.POST)
    if not _may_prepare(request, place):
        form.add_error(None, _("The commune official posts the list."))
    elif form.is_valid():
        try:
            begun = actions.start_posting(place.own_list.pk, by=request.user, **form.cleaned_data)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("%(n)s households are posted until the end of %(day)s. Print the list and hang it up.")
                % {"n": begun.households, "day": date_format(begun.ends_on, "SHORT_DATE_FORMAT")},
            )
            return redirect(place.url("posting"))
    return render(request, "allocations/posting.html", _context(request, place, page, form), status=422)


def _context(request: OfficerRequest, place: Place, page: PostingPage, form: StartPostingForm) -> dict[str, Any]:
    return {
        "place": place, "page": page, "form": form, "may_prepare": _may_prepare(request, place),
        "complaints": [(row, place.url("answer_complaint", row.complaint.pk)) for row in page.complaints],
    }  # fmt: skip


def _may_prepare(request: OfficerRequest, place: Place) -> bool:
    return may(request.user, Permission.LISTS_PREPARE) and request.user.area_id == place.commune.pk


def _usual_places(place: Place, page: PostingPage) -> str:
    """Where lists usually hang: the People's Committee and the culture house of every hamlet. In Vietnamese: data."""
    houses = [f"Nhà văn hóa {hamlet[:1].lower()}{hamlet[1:]}" for hamlet in page.hamlets[:20]]
    return "\n".join([f"Trụ sở Ủy ban nhân dân {place.commune.name}", *houses])


def _running(request: OfficerRequest, round_code: str, commune_code: str) -> tuple[Place, Posting]:
    place = find_place(request.user, round_code, commune_code)
    own = Posting.objects.visible_to(request.user).filter(commune_list=place.own_list)
    return place, get_object_or_404(own, state=Posting.State.RUNNING)
