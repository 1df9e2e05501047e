"""The words for what events of lists and decisions hold. A reason is a code of the catalogue or free text."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from administration.event_words import Detail, name_details
from allocations.models import Reason

name_details(
    reason=Detail(_("Reason"), dict(Reason.choices)),
    days_late=Detail(_("Days late")),
    starts_on=Detail(_("Posted from")),
    ends_on=Detail(_("Posted until")),
)
