"""Who may take a device away, and which device. Pure rules and look-ups for the hand-over; reasons are sentences."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from administration.models import Area
from allocations.models import Allocation, Demand
from beneficiaries.identity_rules import parse_cccd
from beneficiaries.models import Gender, Person
from devices.imeis import is_imei
from devices.models import Device, DeviceModel

NUMBERS = re.compile(r"\d+", re.ASCII)
IDENTITY_DIGITS, IMEI_DIGITS = 12, 15


@dataclass(frozen=True)
class Scan:
    """What a scanner (a keyboard, perhaps behind an input method) or a person typed; the other part is empty."""

    identity: str = ""
    imei: str = ""


def read_scan(text: str) -> Scan:
    """The first run of 12 digits is a person's number, of 15 a device's; what stands around it may be mangled."""
    for run in NUMBERS.findall(text):
        if len(run) == IMEI_DIGITS:
            return Scan(imei=run)
        if len(run) == IDENTITY_DIGITS:
            return Scan(identity=run)
    return Scan()


def read_imei(text: str) -> str:
    """The 15 digits in what was scanned, also written in groups; else the text as it is, to be shown in an error."""
    found = read_scan(text).imei
    return found or re.sub(r"[\s.\-/]", "", text)


def contradictions(head: Person) -> list[str]:
    """What must be mended before a device is handed over: the number and the register disagree about the person."""
    identity = parse_cccd(head.identity_number)
    if identity is None:
        return [_("The identity number of the head of household is missing. Add it before the hand-over.")]
    found = []
    if identity.gender != head.gender:
        found.append(
            _("The 4th digit of the identity number says %(said)s, but the register says %(known)s.")
            % {"said": Gender(identity.gender).label, "known": Gender(head.gender).label}
        )
    if identity.birth_year != head.birth_year:
        found.append(
            _("The identity number says born in %(said)s, but the register says %(known)s.")
            % {"said": identity.birth_year, "known": head.birth_year}
        )
    return found


def problem_with_imei(imei: str, *, unit: Area, line: Allocation | None = None) -> str:
    """Why this device cannot be given by this unit, or "". With a line also whether it is what was promised there."""
    if not is_imei(imei):
        return _("IMEI “%(imei)s” is not valid: it has 15 digits and a right check digit. Scan the box again.") % {
            "imei": imei[:40]
        }
    device = Device.objects.filter(imei=imei).select_related("lot__model").first()
    if device is None or device.area_id != unit.number:
        return _elsewhere(imei, unit)
    if device.state == Device.State.HANDED_OVER:
        return _given(imei, unit, _where(imei)[2])
    if device.state == Device.State.FAULTY:
        return _("IMEI %(imei)s was reported faulty and may not be given. Take another device.") % {"imei": imei}
    return unfit_for(line, device.lot.model) if line is not None else ""


def unfit_for(line: Allocation, model: DeviceModel) -> str:
    """Why a device of this model is not what the line promises, or "": another kind, or less than the round demands."""
    promised = line.promised_kind
    if promised is None:
        return _("This household gets cash, not a device.")
    if model.kind != promised:
        return _("This device is a %(kind)s, but this round gives a %(promised)s.") % {
            "kind": model.get_kind_display().lower(), "promised": str(promised.label).lower(),
        }  # fmt: skip
    demand = Demand.objects.filter(round=line.round_id).first()
    lacking = model.short_of(demand) if demand else []
    if lacking:
        return _("%(model)s can do less than this round demands: %(what)s.") % {
            "model": model.name, "what": ", ".join(lacking),
        }  # fmt: skip
    return ""


def _elsewhere(imei: str, unit: Area) -> str:
    number, state, handed_on = _where(imei)
    if number is None:
        return _("IMEI %(imei)s is not in the books. Check the number on the box, or tell the province.") % {
            "imei": imei
        }
    holder = Area.objects.get(pk=number)
    if state == Device.State.HANDED_OVER:
        return _given(imei, holder, handed_on)
    return _("IMEI %(imei)s belongs to the stock of %(holder)s, not of %(unit)s. Report a wrong delivery.") % {
        "imei": imei, "holder": holder.name, "unit": unit.name,
    }  # fmt: skip


def _given(imei: str, holder: Area, handed_on: datetime.date | None) -> str:
    return _("IMEI %(imei)s has already been given to another household (%(unit)s, %(day)s).") % {
        "imei": imei, "unit": holder.name, "day": date_format(handed_on, "SHORT_DATE_FORMAT") if handed_on else "–",
    }  # fmt: skip


def _where(imei: str) -> tuple[int | None, str, datetime.date | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT area_no, state, handed_on FROM where_device_is(%s)", [imei])
        found: tuple[int, str, datetime.date | None] | None = cursor.fetchone()
    return found or (None, "", None)
