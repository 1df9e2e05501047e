"""Hand-overs of a whole day typed from the paper list: one table, saved as one action, errors in their rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from administration.access import OfficerRequest, Permission, requires
from administration.once import once
from administration.refusals import NotPossible
from allocations import actions
from allocations import handover_contents as contents
from allocations.delivery_table import TableRow, check_table, deliveries_of, read_table
from allocations.forms.hand_over import check_day


class DayForm(forms.Form):
    handed_on = forms.DateField(label=lazy("Handed over on"), widget=forms.DateInput(attrs={"class": "short"}))

    def clean_handed_on(self) -> Any:
        return check_day(self.cleaned_data["handed_on"])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DEVICES_HAND_OVER)
@once
def delivery_table(request: OfficerRequest) -> HttpResponse:
    """Approved households of one page with boxes for IMEIs; empty rows are passed over."""
    page, rows = contents.page_to_hand_over(
        request.user, request.GET.get("page"), size=contents.BULK_PAGE_SIZE, only_devices=True
    )
    table = read_table(rows, contents.members_of(row.line.household_id for row in rows), request.POST.dict())
    form = DayForm(request.POST or None, initial={"handed_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid() and check_table(table, form.cleaned_data["handed_on"]):
        try:
            return _save(request, form, table)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
    errors = _errors_of(table)
    context = {
        "page": page, "table": table, "form": form, "errors": errors,
        "desk": contents.read_desk(request.user, timezone.localdate()),
    }  # fmt: skip
    status = 422 if form.errors or errors else 200
    return render(request, "allocations/hand_over_table.html", context, status=status)


def _save(request: OfficerRequest, form: DayForm, table: list[TableRow]) -> HttpResponse:
    deliveries = deliveries_of(table)
    if not deliveries:
        raise NotPossible(_("Write the IMEI of at least one household."))
    done = len(actions.hand_over_many(deliveries, handed_on=form.cleaned_data["handed_on"], by=request.user))
    words = ngettext("%(n)s hand-over is recorded.", "%(n)s hand-overs are recorded.", done)
    messages.success(request, words % {"n": done})
    return redirect(request.get_full_path())


def _errors_of(table: list[TableRow]) -> list[dict[str, str]]:
    """Every row's errors for the summary, with the way to the row."""
    return [
        {"text": f"{one.row.head}: {text}", "url": f"#imei-{one.row.line.pk}"} for one in table for text in one.errors
    ]
