"""The page on which another member becomes the head of a household."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from administration.access import OfficerRequest, Permission, requires
from administration.once import FIELD, new_key, once
from administration.refusals import NotPossible
from beneficiaries.actions.heads import change_head
from beneficiaries.forms.head import HeadForm
from beneficiaries.models import Household


@requires(Permission.HOUSEHOLDS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def household_head(request: OfficerRequest, code: str) -> HttpResponse:
    households = Household.objects.visible_to(request.user).listed().select_related("area")
    household = get_object_or_404(households, code=code)
    form = HeadForm(request.POST or None, household=household)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            change_head(
                household.pk, said["person"], relation=said["relation"], version=said["version"], by=request.user
            )
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The head of household %(code)s was changed.") % {"code": code})
            return redirect("households:detail", code)
    context = {"household": household, "form": form, "hidden": [(FIELD, new_key())]}
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "beneficiaries/household_head.html", context, status=status)
