"""What officials and leaders do to a list. Every change is asked for on a page of its own that says what it does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from administration.access import OfficerRequest, Permission, requires
from administration.refusals import NotPossible
from administration.typed import number_in
from allocations import actions
from allocations import list_contents as contents
from allocations.forms.lists import SubmitForm, TakeOffForm
from allocations.models import Allocation
from allocations.submission import SubmissionSummary, summarise
from allocations.views.place import Place, find_place

MOST_SELECTED = 5000


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_PREPARE)
def build(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """Makes the list, or brings it up to date with the register."""
    place = find_place(request.user, round_code, commune_code)
    errors = []
    if request.method == "POST":
        try:
            made = actions.build_list(place.round.pk, place.commune.pk, by=request.user)
        except NotPossible as refusal:
            errors.append({"text": str(refusal)})
        else:
            lines = made.lines.live().count()
            messages.success(request, _("The list is up to date: %(n)s households by priority.") % {"n": lines})
            return redirect(place.url())
    new = contents.eligible_count(place.round, place.commune)
    context = {"place": place, "new": new, "errors": errors}
    return render(request, "allocations/list_build.html", context, status=422 if errors else 200)


@require_POST
@requires(Permission.LISTS_PREPARE)
def take_off(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """Asks for the reason, then takes the chosen lines off the list."""
    place = find_place(request.user, round_code, commune_code)
    chosen = _chosen(request, place)
    if not chosen:
        return _nothing_chosen(request, place, contents.ON_LIST)
    form = TakeOffForm(
        request.POST if "confirmed" in request.POST else None, initial={"reason": request.POST.get("why")}
    )
    if form.is_valid():
        try:
            done = actions.take_off(_ids(chosen), reason=form.cleaned_data["reason"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("%(n)s household taken off the list.", "%(n)s households taken off the list.", done)
            messages.success(request, words % {"n": done})
            return redirect(place.url())
    return _confirm(
        request, place, chosen, form,
        title=ngettext("Take %(n)s household off the list?", "Take %(n)s households off the list?", len(chosen)),
        text=_("They are not submitted in this round. They can be listed again as long as the round is open."),
        label=ngettext("Take %(n)s household off", "Take %(n)s households off", len(chosen)),
        danger=True,
    )  # fmt: skip


@require_POST
@requires(Permission.LISTS_PREPARE)
def put_back(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """Returned lines that have been completed become drafts again."""
    place = find_place(request.user, round_code, commune_code)
    chosen = _chosen(request, place)
    if not chosen:
        return _nothing_chosen(request, place, contents.RETURNED)
    count = len(chosen)
    form = forms.Form(request.POST if "confirmed" in request.POST else None)
    if form.is_valid():
        try:
            done = actions.put_back(_ids(chosen), by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("%(n)s household is back on the draft.", "%(n)s households are back on the draft.", done)
            messages.success(request, words % {"n": done})
            return redirect(place.url())
    return _confirm(
        request, place, chosen, form,
        title=ngettext("Put %(n)s household back on the draft?", "Put %(n)s households back on the draft?", count),
        text=_("They keep their place. The leader signs and submits them again."),
        label=ngettext("Put %(n)s household back", "Put %(n)s households back", count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_SIGN)
def submit(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """The leader reads what is submitted, gives the document's number and date, and signs."""
    place = find_place(request.user, round_code, commune_code)
    summary = summarise(place.own_list, by=request.user)
    form = SubmitForm(
        request.POST if request.method == "POST" else None, initial={"document_date": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            sent = actions.submit_list(place.own_list.pk, **form.cleaned_data, by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _sent(place, summary, sent))
            return redirect(place.url())
    context = {"place": place, "summary": summary, "form": form}
    return render(request, "allocations/list_submit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_SIGN)
def withdraw(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    """Takes the list back while nobody has opened it."""
    place = find_place(request.user, round_code, commune_code)
    errors = []
    if request.method == "POST":
        try:
            done = actions.withdraw_list(place.own_list.pk, by=request.user)
        except NotPossible as refusal:
            errors.append({"text": str(refusal)})
        else:
            words = ngettext(
                "The list with %(n)s household is taken back.", "The list with %(n)s households is taken back.", done
            )
            messages.success(request, words % {"n": done})
            return redirect(place.url())
    context = {
        "place": place, "title": _("Take the list back?"), "errors": errors, "label": _("Take the list back"),
        "text": _("Its households become drafts again; the leader signs and submits once more."),
        "back_url": place.url(),
    }  # fmt: skip
    return render(request, "allocations/list_confirm.html", context, status=422 if errors else 200)


def _chosen(request: OfficerRequest, place: Place) -> list[Allocation]:
    """The ticked lines of this list that the commune still works on; anything else in the form is ignored."""
    ticked = map(number_in, request.POST.getlist("selected")[:MOST_SELECTED])
    ids = [number for number in ticked if number is not None]
    return contents.chosen_lines(place.own_list, ids, statuses=actions.MAY_BE_TAKEN_OFF)


def _ids(lines: list[Allocation]) -> list[int]:
    return [line.pk for line in lines]


def _nothing_chosen(request: OfficerRequest, place: Place, tab: str) -> HttpResponse:
    messages.error(request, _("Choose at least one household that has not been submitted yet."))
    return redirect(place.tab_url(tab))


def _confirm(
    request: OfficerRequest, place: Place, chosen: list[Allocation], form: forms.Form, *,
    title: str, text: str, label: str, danger: bool = False,
) -> HttpResponse:  # fmt: skip
    count = {"n": len(chosen)}
    context: dict[str, Any] = {
        "place": place, "title": title % count, "text": text, "label": label % count, "danger": danger,
        "form": form, "back_url": place.url(), "points": contents.names_of(chosen, most=10),
        "hidden": [("confirmed", "1"), *(("selected", line.pk) for line in chosen)],
    }  # fmt: skip
    return render(request, "allocations/list_confirm.html", context, status=422 if form.errors else 200)


def _sent(place: Place, summary: SubmissionSummary, sent: int) -> str:
    return _("Submitted: %(n)s households. Submission %(code)s. %(tier)s decides before %(day)s.") % {
        "n": sent, "code": summary.code, "tier": place.round.programme.reviewing_tier,
        "day": date_format(place.round.review_by, "SHORT_DATE_FORMAT"),
    }  # fmt: skip
