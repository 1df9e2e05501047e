"""Everything that was changed in the settings of a programme, newest first."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from administration.models import AuditEvent
from administration.verbs import Verb
from allocations.models import Programme, Round

OF_PROGRAMME = [Verb.PROGRAMME_CHANGED]
OF_ROUNDS = [
    Verb.ROUND_ADDED, Verb.ROUND_CHANGED, Verb.ROUND_OPENED, Verb.ROUND_CLOSED, Verb.RULES_DRAFTED, Verb.RULES_WRITTEN,
    Verb.RULES_DROPPED, Verb.RULES_PUBLISHED, Verb.QUOTA_SET,
]  # fmt: skip
OF_PROVINCE = [Verb.CALENDAR_CHANGED, Verb.AREA_CLASS_CHANGED]


def events_of(programme: Programme) -> QuerySet[AuditEvent]:
    """Of the programme itself, of its rounds, and of the facts of its province. In the province's scope."""
    rounds = [str(pk) for pk in programme.rounds.values_list("pk", flat=True)]
    province = programme.province
    return AuditEvent.objects.filter(
        Q(verb__in=OF_PROGRAMME, subject_type=Programme._meta.label_lower, subject_id=str(programme.pk))
        | Q(verb__in=OF_ROUNDS, subject_type=Round._meta.label_lower, subject_id__in=rounds)
        | Q(verb__in=OF_PROVINCE, area_no__range=(province.number, province.last))
    ).newest_first()
