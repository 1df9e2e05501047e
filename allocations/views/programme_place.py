"""Which programme and round a settings page speaks of, what its tabs are, and how a change is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from administration.access import OfficerRequest, Permission, may
from administration.models import Officer
from administration.refusals import NotPossible
from administration.scope import interval, within
from allocations.models import Programme, Round

TABS = [
    ("general", _("General")), ("sources", _("Funding sources")), ("rounds", _("Rounds and rules")),
    ("calendar", _("Holiday calendar")), ("area_classes", _("Area classes")), ("history", _("History")),
]  # fmt: skip


@dataclass(frozen=True)
class Tab:
    label: Any
    url: str
    current: bool


def visible_programmes(officer: Officer) -> QuerySet[Programme]:
    """Those of the officer's province; the administrator, who has no area, looks after all of them."""
    programmes = Programme.objects.select_related("province").order_by("pk")
    if officer.area is None:
        return programmes if may(officer, Permission.PROGRAMME_EDIT) else programmes.none()
    number = officer.area.number
    return programmes.filter(province__number__lte=number, province__last__gte=number)


def find_programme(officer: Officer, code: str) -> Programme:
    return get_object_or_404(visible_programmes(officer), code=code)


def find_round(officer: Officer, code: str, round_code: str) -> Round:
    rounds = Round.objects.select_related("programme__province")
    return get_object_or_404(rounds, programme=find_programme(officer, code), code=round_code)


@contextmanager
def scope_of_programme(programme: Programme) -> Iterator[None]:
    """The administrator has no area: settings are written, and their events recorded, in the programme's province."""
    with within(*interval(programme.province)):
        yield


def page(
    request: OfficerRequest, template: str, programme: Programme, tab: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    tabs = [Tab(label, reverse(f"programme:{name}", args=[programme.code]), name == tab) for name, label in TABS]
    context = {
        "programme": programme, "tabs": tabs, "may_edit": may(request.user, Permission.PROGRAMME_EDIT),
        "may_publish": may(request.user, Permission.RULES_PUBLISH), **more,
    }  # fmt: skip
    return render(request, template, context, status=status)


def save(
    request: OfficerRequest, programme: Programme, form: BaseForm, act: Callable[[], object], url: str, said: str
) -> HttpResponse | None:
    """Does it and goes to the page that shows it; None: refused, with the sentence in the form."""
    try:
        with scope_of_programme(programme):
            act()
    except NotPossible as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, said)
    return redirect(url)
