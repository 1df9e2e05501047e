"""How often one officer may look at what is personal: counted in the audit log (ASVS 2.4.1)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb


@dataclass(frozen=True)
class Limit:
    """At most `times` events of one officer within `window`."""

    times: int
    window: datetime.timedelta


HOUR = datetime.timedelta(hours=1)
LIMITS = {  # a busy day of honest work stays far below; reading the register number by number does not
    Verb.IDENTITY_REVEALED: Limit(120, HOUR),
    Verb.IDENTITY_SEARCHED: Limit(300, HOUR),
    Verb.HOUSEHOLDS_EXPORTED: Limit(30, HOUR),
}


class TooMany(NotPossible):
    """The officer has done this too often lately; a page that does not catch it answers 429."""


def refuse_too_many(verb: Verb, *, by: Officer, at: datetime.datetime | None = None) -> None:
    """Raises TooMany when the officer has used up the limit of the verb. Called by the action before it records."""
    limit = LIMITS[verb]
    since = (at or timezone.now()) - limit.window
    events = AuditEvent.objects.filter(officer_id=by.pk, verb=verb, at__gt=since).order_by("-at")
    oldest_that_counts = events[limit.times - 1 : limit.times].values_list("at", flat=True).first()
    if oldest_that_counts:
        again = timezone.localtime(oldest_that_counts + limit.window)
        raise TooMany(
            _("“%(action)s” %(times)s times in an hour is the most one account may do. Go on at %(time)s.")
            % {"action": verb.label, "times": limit.times, "time": f"{again:%H:%M}"}
        )


def answer(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """The page that says how long to wait."""
    return render(request, "429.html", {"sentence": str(refusal)}, status=429)
