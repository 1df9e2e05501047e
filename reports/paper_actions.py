"""What is recorded when a single paper with personal data is printed. Lists are recorded by allocations.actions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.models import HandOver


@transaction.atomic
def record_receipts(hand_over_ids: Sequence[int], *, by: Officer, at: datetime.datetime | None = None) -> AuditEvent:
    """Receipts of one commune leave the system as one PDF. Raises NotPossible when nothing was handed over."""
    hand_overs = list(HandOver.objects.filter(pk__in=hand_over_ids).select_related("area", "allocation__round"))
    if not hand_overs:
        raise NotPossible(_("Nothing was handed over, so there is no receipt to print."))
    return AuditEvent.record(
        Verb.RECEIPTS_PRINTED, hand_overs[0].area, by=by, area=hand_overs[0].area_id, at=at, count=len(hand_overs),
        households=sorted(hand_over.allocation.household_id for hand_over in hand_overs),
        round=", ".join(sorted({hand_over.allocation.round.name for hand_over in hand_overs})),
    )  # fmt: skip
