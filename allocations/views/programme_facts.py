"""Facts that rules and terms rest on: the holiday calendar and the area classes; and the history of all settings."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from administration.access import OfficerRequest, Permission, may, requires
from administration.event_words import in_words
from administration.models import Area, AreaKind
from allocations import actions
from allocations.forms.programme import AreaClassForm, CalendarDayForm, YearForm
from allocations.models import CalendarDay, Programme
from allocations.programme_history import events_of
from allocations.views.programme_place import find_programme, page, save, scope_of_programme

GET_AND_POST = ["GET", "HEAD", "POST"]
PAGE_SIZE = 30


@require_http_methods(GET_AND_POST)
@requires(Permission.PROGRAMME_VIEW)
def calendar(request: OfficerRequest, code: str) -> HttpResponse:
    """One year of days off and days worked; the province adds, mends and takes back its own."""
    programme = find_programme(request.user, code)
    days = CalendarDay.objects.for_province(programme.province)
    years = sorted({day.year for day in days.values_list("day", flat=True)} | {timezone.localdate().year})
    years_form = YearForm(request.GET or None, years=years, initial={"nam": timezone.localdate().year})
    year = (years_form.is_valid() and years_form.cleaned_data["nam"]) or timezone.localdate().year
    posted = request.POST if request.method == "POST" and may(request.user, Permission.PROGRAMME_EDIT) else None
    form = CalendarDayForm(posted)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        url = f"{reverse('programme:calendar', args=[code])}?nam={said['day'].year}"
        if done := save(
            request, programme, form, lambda: _change_day(request, programme, form), url, _("The calendar was saved.")
        ):
            return done
    return page(
        request, "allocations/programme_calendar.html",
        programme, "calendar", form=form, years_form=years_form, year=year,
        days=days.filter(day__year=year), status=422 if form.is_bound else 200,
    )  # fmt: skip


def _change_day(request: OfficerRequest, programme: Programme, form: CalendarDayForm) -> None:
    said = form.cleaned_data
    if "rut" in request.POST:
        actions.remove_calendar_day(programme.province, said["day"], reason=said["reason"], by=request.user)
    else:
        actions.set_calendar_day(
            programme.province, said["day"], kind=said["kind"], name=said["name"], source=said["source"],
            reason=said["reason"], by=request.user,
        )  # fmt: skip


@require_safe
@requires(Permission.PROGRAMME_VIEW)
def area_classes(request: OfficerRequest, code: str) -> HttpResponse:
    """Every commune that exists today (or existed last), with its class and the decision behind it."""
    programme = find_programme(request.user, code)
    communes = Area.objects.inside(programme.province).communes().in_tree_order()
    today = timezone.localdate()
    found = communes.valid_on(today)
    rows = found if found.exists() else communes
    return page(
        request, "allocations/programme_area_classes.html",
        programme, "area_classes", kinds=dict(AreaKind.choices),
        communes=rows.select_related("parent").prefetch_related("classes"),
    )  # fmt: skip


@require_http_methods(GET_AND_POST)
@requires(Permission.PROGRAMME_EDIT)
def area_class(request: OfficerRequest, code: str, commune_code: str) -> HttpResponse:
    programme = find_programme(request.user, code)
    communes = Area.objects.inside(programme.province).communes().filter(code=commune_code)
    commune = get_object_or_404(communes.order_by("-valid_from")[:1])
    form = AreaClassForm(request.POST or None, initial={"kind": commune.area_class})
    if form.is_bound and form.is_valid():
        said = form.values
        if done := save(
            request, programme, form,
            lambda: actions.set_area_class(
                commune.pk, said["kind"], valid_from=said["valid_from"], decision_no=said["decision_no"],
                reason=form.reason, by=request.user,
            ),
            reverse("programme:area_classes", args=[code]), _("The area class was saved."),
        ):  # fmt: skip
            return done
    return page(
        request, "allocations/programme_area_class.html",
        programme, "area_classes", form=form, commune=commune,
        classes=commune.classes.all(), status=422 if form.is_bound else 200,
    )  # fmt: skip


@require_safe
@requires(Permission.PROGRAMME_VIEW)
def history(request: OfficerRequest, code: str) -> HttpResponse:
    """Who changed which setting, when, from what to what, and why."""
    programme = find_programme(request.user, code)
    with scope_of_programme(programme):
        shown = Paginator(events_of(programme), PAGE_SIZE).get_page(request.GET.get("page"))
        entries = [in_words(event) for event in shown]
    return page(request, "allocations/programme_history.html", programme, "history", entries=entries, shown=shown)
