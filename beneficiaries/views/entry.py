"""The household form: adding, changing, taking a household off the register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from administration.access import OfficerRequest, Permission, requires
from administration.event_words import Change, differences_in_words
from administration.once import FIELD, new_key, once
from administration.refusals import NotPossible
from administration.templatetags.trao import moment
from administration.typed import number_in
from beneficiaries import actions
from beneficiaries.differences import household_differences
from beneficiaries.forms import PREFIX, RELATIONS, DelistingForm, HouseholdEntry, hamlets_of
from beneficiaries.models import EthnicGroup, Household, HouseholdDraft
from beneficiaries.timeline import events_of


@requires(Permission.HOUSEHOLDS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def household_add(request: OfficerRequest) -> HttpResponse:
    if request.method != "POST":
        return open_form(request, None)
    entry = _entry(request, None)
    if not entry.is_valid():
        return _form_page(request, entry, status=422)
    try:
        household = actions.add_household(entry.values(), by=request.user)
    except NotPossible as refusal:
        return _form_page(request, entry, refusal=str(refusal), status=422)
    actions.discard_draft(household_id=None, by=request.user)
    messages.success(request, _("Household %(code)s was added.") % {"code": household.code})
    if "tiep" in request.POST:
        return redirect(f"{request.path}?{_next_household(household)}")
    return redirect("households:detail", household.code)


@requires(Permission.HOUSEHOLDS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def household_change(request: OfficerRequest, code: str) -> HttpResponse:
    household = _editable(request, code)
    if request.method != "POST":
        return open_form(request, household)
    entry = _entry(request, household)
    if not entry.is_valid():
        return _form_page(request, entry, status=422)
    try:
        actions.change_household(household.pk, entry.values(), version=entry.version, by=request.user)
    except actions.ChangedMeanwhile as refusal:
        return _conflict(request, entry, str(refusal))
    except NotPossible as refusal:
        return _form_page(request, entry, refusal=str(refusal), status=422)
    actions.discard_draft(household_id=household.pk, by=request.user)
    messages.success(request, _("Household %(code)s was saved.") % {"code": code})
    return redirect("households:detail", code)


@requires(Permission.HOUSEHOLDS_EDIT)
@require_POST
def redraw(request: OfficerRequest, code: str = "") -> HttpResponse:
    """The form as it was typed, with one more row for a member, or with a suggested value put in."""
    household = _editable(request, code) if code else None
    data = request.POST.copy()
    if "them_dong" in data:
        data[f"{PREFIX}-TOTAL_FORMS"] = str(_number(data, f"{PREFIX}-TOTAL_FORMS") + 1)
    if "dung" in data:
        name, _sign, value = str(data["dung"]).partition("=")
        data[name] = value
    entry = HouseholdEntry(request.user, _area(request, household), household=household, data=data)
    entry.forget_errors()
    if "dung" in data:
        entry.focus_on(name)
    if "them_dong" in data:
        entry.focus_on_last_member()
        if request.htmx:
            return TemplateResponse(request, "beneficiaries/_members.html", {"entry": entry, **_lists(entry)})
    return _form_page(request, entry)


@requires(Permission.HOUSEHOLDS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def household_delist(request: OfficerRequest, code: str) -> HttpResponse:
    household = _editable(request, code)
    form = DelistingForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.delist_household(household.pk, reason=form.cleaned_data["reason"], by=request.user)
            except NotPossible as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Household %(code)s is off the register.") % {"code": code})
                return redirect("households:detail", code)
    context = {"household": household, "form": form, "hidden": [(FIELD, new_key())]}
    return TemplateResponse(request, "beneficiaries/household_delist.html", context, status=status)


def _editable(request: OfficerRequest, code: str) -> Household:
    households = Household.objects.visible_to(request.user).listed().select_related("area")
    return get_object_or_404(households, code=code)


def _area(request: OfficerRequest, household: Household | None) -> Any:
    return household.area if household else request.user.area


def open_form(request: OfficerRequest, household: Household | None) -> TemplateResponse:
    """The form as registered, or as the officer left it."""
    draft = HouseholdDraft.objects.filter(officer=request.user, household=household).first()
    if draft is None:
        return _form_page(request, _entry(request, household))
    data = QueryDict(draft.typed)
    entry = HouseholdEntry(request.user, _area(request, household), household=household, data=data)
    entry.forget_errors()
    return _form_page(request, entry, draft=draft)


def _entry(request: OfficerRequest, household: Household | None) -> HouseholdEntry:
    data = request.POST if request.method == "POST" else None
    area = _area(request, household)
    return HouseholdEntry(request.user, area, household=household, data=data, hamlet=request.GET.get("thon", ""))


def _form_page(
    request: OfficerRequest, entry: HouseholdEntry, *, refusal: str = "", status: int = 200, **more: Any
) -> TemplateResponse:
    context = {"entry": entry, "form": entry.form, "errors": entry.errors, "refusal": refusal, **_lists(entry), **more}
    return TemplateResponse(request, "beneficiaries/household_form.html", context, status=status)


def _conflict(request: OfficerRequest, entry: HouseholdEntry, reason: str) -> TemplateResponse:
    """What is registered now beside what was typed. The form carries the new version: saving again is deliberate."""
    assert entry.household is not None  # noqa: S101 - only a change can meet another change
    typed = request.POST.copy()
    typed["phien_ban"] = str(entry.household.version)
    entry.form.data = typed
    latest = events_of(entry.household)[:1]
    if latest:
        at = moment(timezone.localtime(latest[0].at))
        told = _("%(name)s changed it at %(at)s.") % {"name": latest[0].by, "at": at}
        reason = f"{reason} {told}"
    return _form_page(request, entry, conflict=reason, changes=_typed_against_register(entry), status=409)


def _typed_against_register(entry: HouseholdEntry) -> list[Change]:
    assert entry.household is not None  # noqa: S101 - see _conflict
    return differences_in_words(household_differences(entry.household, entry.people, entry.values()))


def _lists(entry: HouseholdEntry) -> dict[str, Any]:
    """What the fields suggest while typing."""
    return {
        "hamlets": hamlets_of(entry.area) if entry.area.is_commune else [],
        "ethnic_groups": EthnicGroup.objects.order_by("code"),
        "relations": RELATIONS,
        "save_url": reverse("households:change" if entry.household else "households:add", args=_code(entry.household)),
        "redraw_url": reverse("households:redraw", args=_code(entry.household)),
        "draft_url": reverse("households:draft", args=_code(entry.household)),
        "draft_discard_url": reverse("households:draft_discard", args=_code(entry.household)),
    }


def _code(household: Household | None) -> list[str]:
    return [household.code] if household else []


def _number(data: QueryDict, name: str) -> int:
    number = number_in(data.get(name))
    if number is None:
        raise BadRequest("the form is damaged")
    return number


def _next_household(household: Household) -> str:
    query = QueryDict(mutable=True)
    query["thon"] = household.hamlet
    return query.urlencode()
