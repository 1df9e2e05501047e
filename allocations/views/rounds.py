"""Opening a planned round: from then on communes list households."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from administration.access import OfficerRequest, Permission, requires
from administration.refusals import NotPossible
from allocations import actions
from allocations.list_overview import existing_communes
from allocations.models import Quota
from allocations.views.place import find_round


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.QUOTA_SET)
def open_round(request: OfficerRequest, round_code: str) -> HttpResponse:
    """Shows what the round says, then opens it."""
    round = find_round(request.user, round_code)
    errors = []
    if request.method == "POST":
        try:
            actions.open_round(round.pk, by=request.user)
        except NotPossible as refusal:
            errors.append({"text": str(refusal)})
        else:
            messages.success(request, _("%(round)s is open: communes may now list households.") % {"round": round.name})
            return redirect(f"{reverse('rounds:lists')}?dot={round.code}")
    communes = existing_communes(request.user, round).count()
    context = {
        "round": round, "rules": round.priority_rules.order_by("position"), "communes": communes, "errors": errors,
        "with_quota": Quota.objects.visible_to(request.user).filter(round=round, area__level="commune").count(),
    }  # fmt: skip
    return render(request, "allocations/round_open.html", context, status=422 if errors else 200)
