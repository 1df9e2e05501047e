"""What is recorded when a single paper with personal data is printed. Lists are recorded by allocations.actions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from administration.models import Area, AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.models import IN_QUOTA, Allocation, HandOver, Round, SupportForm
from beneficiaries.models import ImportFile


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


@transaction.atomic
def record_import_record(file_id: int, *, by: Officer, at: datetime.datetime | None = None) -> AuditEvent:
    """The record of an import leaves the system. Raises NotPossible while nothing of the file is in the register."""
    file = ImportFile.objects.get(pk=file_id)
    if file.state != ImportFile.State.APPLIED:
        raise NotPossible(_("Nothing of this file is in the register, so there is no record to print."))
    return AuditEvent.record(Verb.FILE_RECORD_PRINTED, file, by=by, area=file.area_id, at=at, file=file.original_name)


@transaction.atomic
def record_payment_list(
    round: Round, commune: Area, *, with_identity: bool, by: Officer, at: datetime.datetime | None = None
) -> AuditEvent:
    """The list that is signed when cash is paid out leaves the system as a PDF, with full identity numbers or not."""
    lines = Allocation.objects.filter(area=commune, round=round, form=SupportForm.CASH, status__in=IN_QUOTA)
    households = lines.order_by("household").values_list("household", flat=True) if with_identity else []
    return AuditEvent.record(
        Verb.PAYMENT_LIST_PRINTED, round, by=by, area=commune, households=households, at=at, round=round.name,
        with_identity=with_identity,
    )  # fmt: skip
