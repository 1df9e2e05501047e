"""Settings of a programme: who decides, who pays, its rounds with their dates and what they give."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from administration.access import OfficerRequest, Permission, may, requires
from allocations import actions
from allocations.calendar import read_calendar
from allocations.forms.programme import (
    DemandForm,
    GeneralForm,
    ReasonForm,
    RoundForm,
    SourceForm,
    SupportRows,
    ordered,
)
from allocations.models import Demand, Round, RoundSupport
from allocations.views.programme_place import find_programme, find_round, page, save, visible_programmes

GET_AND_POST = ["GET", "HEAD", "POST"]


@require_safe
@requires(Permission.PROGRAMME_VIEW)
def programmes(request: OfficerRequest) -> HttpResponse:
    found = list(visible_programmes(request.user))
    if len(found) == 1:
        return redirect("programme:general", found[0].code)
    return render(request, "allocations/programme_list.html", {"programmes": found})


@require_http_methods(GET_AND_POST)
@requires(Permission.PROGRAMME_VIEW)
def general(request: OfficerRequest, code: str) -> HttpResponse:
    """Name, legal basis, who decides, what the reviewing tier is called."""
    programme = find_programme(request.user, code)
    form = GeneralForm(_posted(request), instance=programme)
    if form.is_bound and form.is_valid():
        done = save(
            request, programme, form,
            lambda: actions.change_programme(programme.pk, form.values, reason=form.reason, by=request.user),
            reverse("programme:general", args=[code]), _("The settings were saved."),
        )  # fmt: skip
        if done:
            return done
    return page(request, "allocations/programme_general.html", programme, "general", form=form, status=_status(form))


@require_safe
@requires(Permission.PROGRAMME_VIEW)
def sources(request: OfficerRequest, code: str) -> HttpResponse:
    programme = find_programme(request.user, code)
    return page(request, "allocations/programme_sources.html", programme, "sources", sources=programme.sources.all())


@require_http_methods(GET_AND_POST)
@requires(Permission.PROGRAMME_EDIT)
def source(request: OfficerRequest, code: str, source_id: int | None = None) -> HttpResponse:
    """One payer and the categories it pays for."""
    programme = find_programme(request.user, code)
    found = get_object_or_404(programme.sources, pk=source_id) if source_id else None
    form = SourceForm(_posted(request), instance=found)
    if form.is_bound and form.is_valid():
        done = save(
            request, programme, form,
            lambda: actions.set_source(programme.pk, source_id, form.values, reason=form.reason, by=request.user),
            reverse("programme:sources", args=[code]), _("The funding source was saved."),
        )  # fmt: skip
        if done:
            return done
    return page(
        request,
        "allocations/programme_source.html",
        programme,
        "sources",
        form=form,
        source=found,
        status=_status(form),
    )


@require_safe
@requires(Permission.PROGRAMME_VIEW)
def rounds(request: OfficerRequest, code: str) -> HttpResponse:
    programme = find_programme(request.user, code)
    found = programme.rounds.newest_first().prefetch_related("supports__source", "rule_versions")
    return page(request, "allocations/programme_rounds.html", programme, "rounds", rounds=found)


@require_http_methods(GET_AND_POST)
@requires(Permission.PROGRAMME_EDIT)
def add_round(request: OfficerRequest, code: str) -> HttpResponse:
    """A planned round; its supports and rules come next."""
    programme = find_programme(request.user, code)
    form = RoundForm(_posted(request), instance=Round(programme=programme), calendar=read_calendar(programme.province))
    if form.is_bound and form.is_valid():
        url = reverse("programme:supports", args=[code, form.values["code"]])
        done = save(
            request, programme, form,
            lambda: actions.add_round(programme.pk, form.values, by=request.user),
            url, _("The round was added. Say now what it gives and who pays."),
        )  # fmt: skip
        if done:
            return done
    return page(
        request, "allocations/programme_round.html", programme, "rounds", form=form, round=None, status=_status(form)
    )


@require_http_methods(GET_AND_POST)
@requires(Permission.PROGRAMME_VIEW)
def round_settings(request: OfficerRequest, code: str, round_code: str) -> HttpResponse:
    """Dates, working days and the minimum specification; whom it covers until it is opened."""
    round = find_round(request.user, code, round_code)
    calendar = read_calendar(round.programme.province)
    form = RoundForm(_posted(request), instance=round, calendar=calendar)
    demand = DemandForm(_posted(request), instance=Demand.objects.filter(round=round).first() or Demand())
    if form.is_bound and form.is_valid() and demand.is_valid():
        wanted = {name: demand.cleaned_data[name] for name in demand.Meta.fields}
        done = save(
            request, round.programme, form,
            lambda: actions.change_round(round.pk, form.values, demand=wanted, reason=form.reason, by=request.user),
            reverse("programme:round", args=[code, round_code]), _("The settings of the round were saved."),
        )  # fmt: skip
        if done:
            return done
    return page(
        request, "allocations/programme_round.html",
        round.programme, "rounds", form=form, demand=demand, round=round,
        status=_status(form, demand),
    )  # fmt: skip


@require_http_methods(GET_AND_POST)
@requires(Permission.PROGRAMME_VIEW)
def supports(request: OfficerRequest, code: str, round_code: str) -> HttpResponse:
    """What the round gives and who pays, in the order in which it is offered to a household."""
    round = find_round(request.user, code, round_code)
    present = list(round.supports.select_related("source"))
    rows = SupportRows(
        _posted(request), prefix="s", form_kwargs={"programme": round.programme}, initial=_initial(present)
    )
    form = ReasonForm(_posted(request))
    if form.is_bound and form.is_valid() and rows.is_valid():
        wanted = [row.support for row in ordered(rows)]
        done = save(
            request, round.programme, form,
            lambda: actions.set_supports(round.pk, wanted, reason=form.cleaned_data["reason"], by=request.user),
            reverse("programme:supports", args=[code, round_code]), _("The forms of support were saved."),
        )  # fmt: skip
        if done:
            return done
    return page(
        request, "allocations/programme_supports.html",
        round.programme, "rounds", form=form, rows=rows, round=round, present=present,
        status=_status(form, rows),
    )  # fmt: skip


def _initial(supports: list[RoundSupport]) -> list[dict[str, Any]]:
    return [
        {"source": s.source_id, "form": s.form, "amount": s.amount, "bought_since": s.bought_since} for s in supports
    ]


def _posted(request: OfficerRequest) -> Any:
    """What was typed by somebody who may change settings; None shows the page."""
    return request.POST if request.method == "POST" and may(request.user, Permission.PROGRAMME_EDIT) else None


def _status(*forms: Any) -> int:
    return 422 if any(form.is_bound and not form.is_valid() for form in forms) else 200
