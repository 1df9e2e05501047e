"""The household form while it is typed: its draft is kept, and the checks are told beside the fields."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from administration.access import OfficerRequest, Permission, requires
from administration.once import FIELD
from beneficiaries import actions
from beneficiaries.forms import PREFIX, HouseholdEntry, told_while_typing
from beneficiaries.models import Household

_NOT_TYPED = ("csrfmiddlewaretoken", FIELD, "them_dong", "dung", "tiep", "da_xem")
_WORDS = ("full_name", "birth", "identity_number", "old_identity_number", "phone", "address", "certificate_no", "note")


@requires(Permission.HOUSEHOLDS_EDIT)
@require_POST
def keep(request: OfficerRequest, code: str = "") -> HttpResponse:
    """Keeps what is typed. With htmx it is answered with what the checks say, otherwise with the form again."""
    household = _household(request, code)
    is_kept = _says_something(request.POST) and actions.keep_draft(
        _typed(request.POST),
        household_id=household.pk if household else None,
        form_key=request.POST.get(FIELD, ""),
        by=request.user,
    )
    if not request.htmx:
        if is_kept:
            messages.success(request, _("What you typed is kept as a draft. Nothing is in the register yet."))
        return redirect(_form_url(household))
    area = household.area if household else request.user.area
    entry = HouseholdEntry(request.user, area, household=household, data=request.POST)  # type: ignore[arg-type]
    context = {
        "people": told_while_typing(entry), "kept_at": timezone.now() if is_kept else None,
        "redraw_url": reverse("households:redraw", args=[household.code] if household else []),
    }  # fmt: skip
    return TemplateResponse(request, "beneficiaries/_draft_answer.html", context)


@requires(Permission.HOUSEHOLDS_EDIT)
@require_POST
def discard(request: OfficerRequest, code: str = "") -> HttpResponse:
    household = _household(request, code)
    if actions.discard_draft(household_id=household.pk if household else None, by=request.user):
        messages.info(request, _("The draft was thrown away."))
    return redirect(_form_url(household))


def _household(request: OfficerRequest, code: str) -> Household | None:
    if not code:
        return None
    return get_object_or_404(Household.objects.visible_to(request.user).listed().select_related("area"), code=code)


def _form_url(household: Household | None) -> str:
    return reverse("households:change", args=[household.code]) if household else reverse("households:add")


def _typed(data: QueryDict) -> str:
    kept = data.copy()
    for name in _NOT_TYPED:
        kept.pop(name, None)
    return kept.urlencode()


def _says_something(data: QueryDict) -> bool:
    """Whether there is anything to lose: a form that was only opened leaves no draft."""
    names = [f"{PREFIX}-{number}-full_name" for number in range(40)]
    return any(str(data.get(name, "")).strip() for name in (*_WORDS, *names))
