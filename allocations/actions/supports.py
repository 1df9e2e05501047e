"""Which form of support a household gets: its own choice among what the round gives to households like it."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.candidates import gather_candidates
from allocations.eligibility import may_have
from allocations.models import Allocation, RoundSupport, Status

MAY_CHOOSE = [Status.DRAFT, Status.POSTED, Status.RETURNED]


@transaction.atomic
@refusals_as_sentences()
def choose_support(
    allocation_id: int, support_id: int, *, by: Officer, at: datetime.datetime | None = None
) -> Allocation:
    """As long as the commune still works on the line; what is signed stays as it was signed."""
    locked = Allocation.objects.select_for_update(of=["self"]).select_related("commune_list", "round", "household")
    line = locked.get(pk=allocation_id)
    if line.status not in MAY_CHOOSE:
        raise NotPossible(_("This list has been submitted; the form of support can no longer be chosen."))
    support = next((one for one in supports_for(line) if one.pk == support_id), None)
    if support is None:
        raise NotPossible(_("This round does not give that to households like this one."))
    if (line.source_id, line.form) == (support.source_id, support.form):
        return line
    before = line.get_form_display()
    Allocation.objects.filter(pk=line.pk).update(
        source=support.source_id, form=support.form, version=F("version") + 1
    )  # fmt: skip
    change = {"field": "support", "old": str(before), "new": str(support)}
    AuditEvent.record(
        Verb.SUPPORT_CHOSEN, line.commune_list, by=by, area=line.area_id, households=[line.household_id], at=at,
        changes=[change],
    )  # fmt: skip
    line.refresh_from_db()
    return line


def supports_for(line: Allocation) -> list[RoundSupport]:
    """What the round gives to a household like this one, in the order of the round."""
    supports = RoundSupport.objects.filter(round=line.round_id).select_related("source", "round")
    return [
        support
        for candidate in gather_candidates(line.area_id, [line.household_id], with_helped=False)
        for support in supports
        if may_have(candidate, support)
    ]
