"""The complaints register of a list (form 4): what came in, and its written answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from administration.access import OfficerRequest, Permission, requires
from administration.once import once
from administration.refusals import NotPossible
from allocations import actions
from allocations.forms.lists import AnswerForm, ComplaintForm
from allocations.list_contents import COMPLAINTS
from allocations.models import Complaint
from allocations.views.place import find_place


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_PREPARE)
@once
def record(request: OfficerRequest, round_code: str, commune_code: str = "") -> HttpResponse:
    place = find_place(request.user, round_code, commune_code)
    form = ComplaintForm(
        request.POST if request.method == "POST" else None,
        commune_list=place.own_list,
        initial={"received_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        line_id = form.line.pk if form.line else None
        try:
            actions.record_complaint(
                place.own_list.pk, complainant=said["complainant"], text=said["text"],
                received_on=said["received_on"], allocation_id=line_id, by=request.user,
            )  # fmt: skip
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The complaint is in the register."))
            return redirect(place.tab_url(COMPLAINTS))
    context = {"place": place, "form": form}
    return render(request, "allocations/complaint_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LISTS_PREPARE)
def answer(request: OfficerRequest, round_code: str, complaint_id: int, commune_code: str = "") -> HttpResponse:
    place = find_place(request.user, round_code, commune_code)
    own = Complaint.objects.visible_to(request.user).filter(commune_list=place.own_list)
    complaint = get_object_or_404(own.select_related("allocation__household"), pk=complaint_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_complaint(complaint.pk, answer=form.cleaned_data["answer"], by=request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The answer is in the register."))
            return redirect(place.tab_url(COMPLAINTS))
    context = {"place": place, "form": form, "complaint": complaint}
    return render(request, "allocations/complaint_answer.html", context, status=422 if form.errors else 200)
