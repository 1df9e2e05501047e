"""Cash changes hands: for a phone that the household bought itself, on evidence, to a household that was approved."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.actions.hand_over import UNDO_WITHIN, lock_approved
from allocations.models import Allocation, Payment, PaymentMethod, RoundSupport, Status
from beneficiaries.sealing import seal


@dataclass(frozen=True)
class Evidence:
    """What shows the purchase, and how the money reached whom.

    `price`: on the proof, in đồng. `reference`: number of the payment order, or of the signed receipt.
    `receiver_identity`: the 12 digits of somebody who came with an authorisation; stored sealed.
    """

    proof: str
    proof_no: str
    bought_on: datetime.date
    price: int
    method: str
    reference: str
    receiver_name: str
    receiver_relation: str
    phone: str = ""
    is_signed_for: bool = False
    receiver_identity: str = ""


@transaction.atomic
@refusals_as_sentences()
def pay(
    allocation_id: int, evidence: Evidence, *, paid_on: datetime.date | None = None, by: Officer,
    at: datetime.datetime | None = None,
) -> Payment:  # fmt: skip
    """Records that the household has its cash: the amount that the round pays, once."""
    at = at or timezone.now()
    line = lock_approved([allocation_id])[allocation_id]
    support = _support_of(line)
    assert support.amount is not None  # noqa: S101 - a CHECK of the table
    assert support.bought_since is not None  # noqa: S101 - a CHECK of the table
    _refuse_evidence(evidence, support.bought_since)
    made = Payment.objects.create(
        allocation=line, area_id=line.area_id, amount=support.amount, proof=evidence.proof,
        proof_no=evidence.proof_no.strip(), bought_on=evidence.bought_on, price=evidence.price,
        phone=evidence.phone.strip(), method=evidence.method, reference=evidence.reference.strip(),
        is_signed_for=evidence.is_signed_for, receiver_name=evidence.receiver_name,
        receiver_relation=evidence.receiver_relation, receiver_identity_sealed=seal(evidence.receiver_identity),
        paid_on=paid_on or timezone.localdate(at), by=by, recorded_at=at,
    )  # fmt: skip
    line.status, line.paid_amount, line.version = Status.HANDED_OVER, made.amount, line.version + 1
    line.save(update_fields=["status", "paid_amount", "version"])
    AuditEvent.record(
        Verb.PAID, line.commune_list, by=by, area=line.area_id, households=[line.household_id], at=at,
        amount=made.amount, proof_no=made.proof_no, bought_on=made.bought_on.isoformat(), method=made.method,
        reference=made.reference, receiver=made.receiver_name, paid_on=made.paid_on.isoformat(),
    )  # fmt: skip
    return made


@transaction.atomic
@refusals_as_sentences()
def undo_payment(allocation_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> Allocation:
    """A payment recorded by mistake: the household is approved and not paid."""
    at = at or timezone.now()
    if not reason.strip():
        raise NotPossible(_("Write why the payment is undone."))
    line = Allocation.objects.select_for_update(of=["self"]).select_related("commune_list").get(pk=allocation_id)
    recorded = Payment.objects.filter(allocation=line).first()
    if recorded is None:
        raise NotPossible(_("No cash has been paid to this household."))
    if at - recorded.recorded_at > UNDO_WITHIN:
        raise NotPossible(_("A payment can be undone for 30 minutes. After that the province settles it."))
    line.status, line.paid_amount, line.version = Status.APPROVED, None, line.version + 1
    line.save(update_fields=["status", "paid_amount", "version"])
    recorded.delete()
    AuditEvent.record(
        Verb.PAYMENT_UNDONE, line.commune_list, by=by, area=line.area_id, households=[line.household_id], at=at,
        reason=reason, amount=recorded.amount, reference=recorded.reference,
    )  # fmt: skip
    return line


def _support_of(line: Allocation) -> RoundSupport:
    if not line.is_cash:
        raise NotPossible(_("%(household)s gets a device, not cash.") % {"household": line.household})
    return RoundSupport.objects.get(round=line.round_id, source=line.source_id, form=line.form)


def _refuse_evidence(evidence: Evidence, since: datetime.date) -> None:
    if evidence.bought_on < since:
        raise NotPossible(
            _("The phone was bought on %(day)s; this round pays for phones bought since %(since)s.")
            % {"day": f"{evidence.bought_on:%d/%m/%Y}", "since": f"{since:%d/%m/%Y}"}
        )
    if evidence.method == PaymentMethod.IN_HAND and not evidence.is_signed_for:
        raise NotPossible(_("Cash in hand is recorded when its receipt has been signed."))
