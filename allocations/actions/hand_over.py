"""The device changes hands: by IMEI, from the commune's own stock, to a household that was approved."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.actions.promotions import promote_next
from allocations.models import Allocation, CommuneList, HandOver, Status
from allocations.receiving import contradictions, unfit_for
from beneficiaries.models import Person
from beneficiaries.sealing import seal
from devices.actions import give_away, take_back
from devices.models import Device

UNDO_WITHIN = datetime.timedelta(minutes=30)


@dataclass(frozen=True)
class Delivery:
    """One line of a hand-over day: which household received which device, and who signed for it.

    `receiver_identity`: the 12 digits of somebody who came with an authorisation; stored sealed.
    """

    allocation_id: int
    imei: str
    receiver_name: str
    receiver_relation: str
    receiver_identity: str = ""


@transaction.atomic
def hand_over(
    allocation_id: int, *, imei: str, receiver_name: str, receiver_relation: str, receiver_identity: str = "",
    handed_on: datetime.date | None = None, by: Officer, at: datetime.datetime | None = None,
) -> HandOver:  # fmt: skip
    """Gives one device. The receiver is the head, a member, or somebody with an authorisation."""
    delivery = Delivery(allocation_id, imei, receiver_name, receiver_relation, receiver_identity)
    return hand_over_many([delivery], handed_on=handed_on, by=by, at=at)[0]


@transaction.atomic
@refusals_as_sentences()
def hand_over_many(
    deliveries: Sequence[Delivery],
    *,
    handed_on: datetime.date | None = None,
    by: Officer,
    at: datetime.datetime | None = None,
) -> list[HandOver]:
    """A whole hand-over day of one commune, as one action: all of it happens or none."""
    at = at or timezone.now()
    lines = lock_approved([delivery.allocation_id for delivery in deliveries])
    first = next(iter(lines.values()))
    devices = give_away([delivery.imei for delivery in deliveries], holder=first.area, at=at)
    _refuse_unfit([(lines[d.allocation_id], devices[d.imei]) for d in deliveries])
    for delivery in deliveries:
        line = lines[delivery.allocation_id]
        line.status, line.device, line.version = Status.HANDED_OVER, devices[delivery.imei], line.version + 1
    Allocation.objects.bulk_update(lines.values(), ["status", "device", "version"], batch_size=500)
    made = HandOver.objects.bulk_create(
        HandOver(
            allocation=lines[d.allocation_id], device=devices[d.imei], area_id=first.area_id,
            receiver_name=d.receiver_name, receiver_relation=d.receiver_relation,
            receiver_identity_sealed=seal(d.receiver_identity),
            handed_on=handed_on or timezone.localdate(at), by=by, recorded_at=at,
        )
        for d in deliveries
    )  # fmt: skip
    AuditEvent.record(
        Verb.HANDED_OVER, first.commune_list, by=by, area=first.area_id, at=at, count=len(made),
        households=[lines[d.allocation_id].household_id for d in deliveries],
        **({"imei": deliveries[0].imei, "receiver": deliveries[0].receiver_name} if len(made) == 1 else {}),
    )  # fmt: skip
    return made


@transaction.atomic
@refusals_as_sentences()
def undo_hand_over(allocation_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> Allocation:
    """A hand-over recorded by mistake: the device is back in stock, the household still approved."""
    at = at or timezone.now()
    if not reason.strip():
        raise NotPossible(_("Write why the hand-over is undone."))
    line = (
        Allocation.objects.select_for_update(of=["self"]).select_related("device", "commune_list").get(pk=allocation_id)
    )
    recorded = HandOver.objects.filter(allocation=line).first()
    if recorded is None or line.device is None:
        raise NotPossible(_("No device has been handed over to this household."))
    if at - recorded.recorded_at > UNDO_WITHIN:
        raise NotPossible(_("A hand-over can be undone for 30 minutes. After that it is a return of the device."))
    device = line.device
    take_back(
        device.pk, at=at
    )  # device, line, paper: in the order of handing over, so that the two never meet crosswise
    line.status, line.device, line.version = Status.APPROVED, None, line.version + 1
    line.save(update_fields=["status", "device", "version"])
    recorded.delete()
    AuditEvent.record(
        Verb.HAND_OVER_UNDONE, line.commune_list, by=by, area=line.area_id, households=[line.household_id], at=at,
        reason=reason, imei=device.imei,
    )  # fmt: skip
    return line


@transaction.atomic
@refusals_as_sentences()
def decline(allocation_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> Allocation:
    """The household does not want the device: documented, and its place in the quota is free again."""
    if not reason.strip():
        raise NotPossible(_("Write why the household declines."))
    of_list = Allocation.objects.values("commune_list").filter(pk=allocation_id)
    CommuneList.objects.select_for_update().get(pk__in=of_list)  # before the line: its quota moves (lock order)
    line = Allocation.objects.select_for_update(of=["self"]).select_related("commune_list").get(pk=allocation_id)
    if line.status not in (Status.APPROVED, Status.WAITING):
        raise NotPossible(_("Only a household that is approved or waiting can decline."))
    gives_a_place = line.status == Status.APPROVED
    Allocation.objects.filter(pk=line.pk).update(
        status=Status.WITHDRAWN, reason="declined", reason_note=reason, recheck=None, version=F("version") + 1
    )
    AuditEvent.record(
        Verb.DECLINED, line.commune_list, by=by, area=line.area_id, households=[line.household_id], at=at, reason=reason
    )
    line.refresh_from_db()
    if gives_a_place:
        promote_next(line, by=by, at=at or timezone.now())
    return line


def lock_approved(allocation_ids: Sequence[int]) -> dict[int, Allocation]:
    """Locks approved lines of one commune whose receivers are known exactly; says which one may not be served."""
    if len(set(allocation_ids)) != len(allocation_ids):
        raise NotPossible(_("The same household appears twice."))
    lines = {
        line.pk: line
        for line in Allocation.objects.select_for_update(of=["self"])
        .select_related("area", "commune_list", "household", "round")
        .filter(pk__in=allocation_ids)
        .order_by("pk")
    }
    if len({line.area_id for line in lines.values()}) != 1 or len(lines) != len(allocation_ids):
        raise NotPossible(_("Choose households of one commune."))
    for line in lines.values():
        if line.status == Status.HANDED_OVER:
            raise NotPossible(
                _("%(household)s has already been paid.") % {"household": line.household}
                if line.is_cash
                else _("%(household)s has already received its device.") % {"household": line.household}
            )
        if line.status != Status.APPROVED:
            raise NotPossible(_("%(household)s is not approved.") % {"household": line.household})
    _refuse_contradictions(lines)
    _refuse_changed(lines)
    return lines


def _refuse_changed(lines: dict[int, Allocation]) -> None:
    for line in lines.values():
        if line.recheck:
            raise NotPossible(
                _("%(household)s has changed since its approval. The reviewer looks at it again first.")
                % {"household": line.household}
            )


def _refuse_contradictions(lines: dict[int, Allocation]) -> None:
    """Who receives the device must be known exactly: the number and the register say the same about the head."""
    people = Person.objects.heads().filter(household__in=[line.household_id for line in lines.values()])
    heads = {person.household_id: person for person in people}
    for line in lines.values():
        head = heads.get(line.household_id)
        found = contradictions(head) if head else [_("The household has no head in the register.")]
        if found:
            raise NotPossible(f"{line.household}: {' '.join(found)}")


def _refuse_unfit(pairs: Sequence[tuple[Allocation, Device]]) -> None:
    """The device is of the promised kind and can do what the round demands; the database compares once more."""
    devices = Device.objects.filter(pk__in=[device.pk for _line, device in pairs]).select_related("lot__model")
    models = {device.pk: device.lot.model for device in devices}
    for line, device in pairs:
        if line.is_cash:
            raise NotPossible(_("%(household)s gets cash, not a device.") % {"household": line.household})
        if problem := unfit_for(line, models[device.pk]):
            raise NotPossible(f"IMEI {device.imei}: {problem}")
