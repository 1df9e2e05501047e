"""The complaints register of a commune list (form 4)."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from allocations.models import Allocation, CommuneList, Complaint


@transaction.atomic
def record_complaint(
    list_id: int, *, complainant: str, text: str, received_on: datetime.date, allocation_id: int | None = None,
    by: Officer, at: datetime.datetime | None = None,
) -> Complaint:  # fmt: skip
    """Enters a complaint in the register; with a line, that line is not signed until the complaint is answered."""
    if not complainant.strip() or not text.strip():
        raise NotPossible(_("Write who complains and about what."))
    commune_list = CommuneList.objects.get(pk=list_id)
    line = _line_of(commune_list, allocation_id)
    complaint = Complaint.objects.create(
        commune_list=commune_list, area_id=commune_list.area_id, allocation=line, complainant=complainant, text=text,
        received_on=received_on, recorded_by=by,
    )  # fmt: skip
    AuditEvent.record(
        Verb.COMPLAINT_RECORDED, complaint, by=by, area=commune_list.area_id,
        households=[line.household_id] if line else [], at=at,
    )  # fmt: skip
    return complaint


@transaction.atomic
def answer_complaint(complaint_id: int, *, answer: str, by: Officer, at: datetime.datetime | None = None) -> Complaint:
    """Closes a complaint with its written answer, once."""
    at = at or timezone.now()
    complaint = Complaint.objects.select_for_update(of=["self"]).select_related("allocation").get(pk=complaint_id)
    if complaint.answered_on:
        raise NotPossible(_("This complaint has already been answered."))
    if not answer.strip():
        raise NotPossible(_("Write the answer."))
    complaint.answer, complaint.answered_on = answer, timezone.localdate(at)
    complaint.save(update_fields=["answer", "answered_on"])
    line = complaint.allocation
    AuditEvent.record(
        Verb.COMPLAINT_ANSWERED, complaint, by=by, area=complaint.area_id,
        households=[line.household_id] if line else [], at=at,
    )  # fmt: skip
    return complaint


def _line_of(commune_list: CommuneList, allocation_id: int | None) -> Allocation | None:
    if allocation_id is None:
        return None
    line = Allocation.objects.filter(pk=allocation_id, commune_list=commune_list).first()
    if line is None:
        raise NotPossible(_("This household is not on the list."))
    return line
