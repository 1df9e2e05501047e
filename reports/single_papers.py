"""The official papers of single things: receipts of hand-overs, a commune's list, and the list it posts in public.

Each is gathered as plain data by a number of queries that does not grow with it, in the words of its own language
(reports.document); a writer makes the PDF.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from django.utils import timezone, translation

from administration.models import Area, Officer
from administration.templatetags.trao import masked
from allocations import models as allocations
from allocations.list_contents import ListRow, describe_lines
from allocations.models import Allocation, HandOver, Round, SupportForm
from beneficiaries.models import Attribute, Gender, Household, Person
from beneficiaries.sealing import unseal
from devices.models import DeviceKind
from reports.building import PAPER_LANGUAGE
from reports.document import Document, Info, shown
from reports.letterhead import letterhead_of, signatures_of
from reports.official_forms import CommuneList, ListedHousehold, Receipt
from reports.paper import write_pdf

SUPPORT_FORMS: dict[str, str] = {  # the column is narrow
    SupportForm.DEVICE: "Điện thoại",
    SupportForm.PACKAGE: "Gói",
    SupportForm.CASH: "Tiền",
    SupportForm.TABLET: "Máy tính bảng",
}
GENDERS: dict[str, Literal["male", "female"]] = {Gender.MALE: "male", Gender.FEMALE: "female"}


# --- Receipts (form 7) ----------------------------------------------------------------------------------------------


def hand_overs_to(household: Household) -> list[HandOver]:
    """What the household received: one hand-over, or none."""
    return _hand_overs(allocation__household=household)


def hand_overs_on(day: datetime.date, commune: Area) -> list[HandOver]:
    """All that the commune handed over on a day, in the order in which it was recorded."""
    return _hand_overs(handed_on=day, area=commune)


def _hand_overs(**which: object) -> list[HandOver]:
    found = HandOver.objects.filter(**which).select_related(
        "area__parent", "by", "device__lot__model", "allocation__household", "allocation__round__programme"
    )
    return list(found.order_by("recorded_at", "pk"))


def gather_receipts(hand_overs: Sequence[HandOver], *, at: datetime.datetime) -> list[Receipt]:
    """A receipt for each hand-over, dated by its own day; identity numbers are masked. One query."""
    members = _members_of(hand_over.allocation.household_id for hand_over in hand_overs)
    with translation.override(PAPER_LANGUAGE):
        return [_receipt(one, members[one.allocation.household_id], at) for one in hand_overs]


def _members_of(household_ids: Iterable[int]) -> dict[int, list[Person]]:
    members: dict[int, list[Person]] = defaultdict(list)
    for person in Person.objects.filter(household__in=list(household_ids)).order_by("-is_head", "pk"):
        members[person.household_id].append(person)
    return members


def _receipt(hand_over: HandOver, members: list[Person], at: datetime.datetime) -> Receipt:
    line, household = hand_over.allocation, hand_over.allocation.household
    return Receipt(
        letterhead=letterhead_of(hand_over.area, hand_over.handed_on),
        number=f"{line.round.code.upper()}/{household.code}",
        programme=f"{line.round.programme.name} – {line.round.name}",
        household_head=next((person.full_name for person in members if person.is_head), ""),
        household_code=household.code,
        address=_address(household, hand_over.area),
        category=line.get_category_display(),
        receiver=hand_over.receiver_name,
        relation=hand_over.receiver_relation,
        receiver_identity=_receiver_identity(hand_over, members),
        device_model=hand_over.device.lot.model.name,
        imei=hand_over.device.imei,
        handed_on=hand_over.handed_on,
        giver=str(hand_over.by),
        printed_at=at,
    )


def _address(household: Household, commune: Area) -> str:
    superior = commune.parent.name if commune.parent else ""
    return ", ".join(filter(None, (household.address, household.hamlet, commune.name, superior)))


def _receiver_identity(hand_over: HandOver, members: list[Person]) -> str:
    """Masked: of who came with an authorisation as it was recorded, of a member as the register knows it."""
    number = unseal(hand_over.receiver_identity_sealed)
    if not number:
        named = [person for person in members if person.full_name == hand_over.receiver_name]
        number = named[0].identity_number if len(named) == 1 else ""
    return masked(number) if number else ""


# --- The commune's list (form 2) and the posted list (form 3) ---------------------------------------------------------


def gather_commune_list(
    commune_list: allocations.CommuneList, *, with_identity: bool, by: Officer, at: datetime.datetime
) -> Document:
    """All live lines in the order of the list, as the paper that is signed. Four queries.

    With `with_identity` identity numbers are in full: for officers who may reveal them, and on record.
    """
    day = commune_list.document_date or timezone.localdate(at)
    rows = _rows_of(commune_list)
    with translation.override(PAPER_LANGUAGE):
        form = CommuneList(
            letterhead=letterhead_of(commune_list.area, day),
            round_name=round_name(commune_list),
            rows=[_listed(row, commune_list.round, with_identity=with_identity) for row in rows],
            info=info_of(commune_list, by, at),
            signatures=signatures_of(str(commune_list.prepared_by)),
            watermark=str(by),
        )
        return replace(form.document(), basis=_attached_to(commune_list), notes=_legend(rows))


def _rows_of(commune_list: allocations.CommuneList) -> list[ListRow]:
    lines: list[Allocation] = list(commune_list.lines.live().select_related("household").by_priority())
    return describe_lines(lines, commune_list.round, with_ethnic_groups=True)


def _support_form(line: Allocation, round: Round) -> str:
    if line.form == SupportForm.DEVICE and round.device_kind == DeviceKind.TABLET:
        return SUPPORT_FORMS[SupportForm.TABLET]
    return SUPPORT_FORMS[line.form]


def _listed(row: ListRow, round: Round, *, with_identity: bool) -> ListedHousehold:
    household, head = row.household, row.head
    identity = (head.identity_number or head.old_identity_number) if head else ""
    return ListedHousehold(
        head_name=head.full_name if head else "",
        gender=GENDERS.get(head.gender, "") if head else "",
        birth_year=head.birth_year if head else None,
        identity_number=identity if with_identity or not identity else masked(identity),
        ethnic_group=head.ethnic_group.name if head and head.ethnic_group else "",
        hamlet=household.hamlet,
        category=row.line.get_category_display(),
        priority=", ".join(_abbreviated(attribute) for attribute in household.attributes),
        certificate_number=household.certificate_no,
        support_form=_support_form(row.line, round),
        phone=household.phone,
        note=household.note,
    )


def _legend(rows: Sequence[ListRow]) -> tuple[str, ...]:
    """What the abbreviations of circumstances on the list stand for; written out in each row they fill pages."""
    used = {attribute for row in rows for attribute in row.household.attributes}
    words = [f"{_abbreviated(it.value)}: {it.label}" for it in Attribute if it.value in used]
    return (f"Diện ưu tiên: {'; '.join(words)}.",) if words else ()


def _abbreviated(attribute: str) -> str:
    return attribute.replace("_", "-")


def info_of(commune_list: allocations.CommuneList, by: Officer, at: datetime.datetime) -> Info:
    commune, round = commune_list.area, commune_list.round
    version = f"{round.code}-{commune.code}-{commune_list.submission_no}".upper()
    return Info(scope=commune.name, taken_at=at, author=str(by), snapshot_id=version)


def round_name(commune_list: allocations.CommuneList) -> str:
    return f"{commune_list.round.programme.name} – {commune_list.round.name}"


def _attached_to(commune_list: allocations.CommuneList) -> str:
    """The document with which the list was sent, once there is one."""
    if not commune_list.document_no:
        return ""
    day = f" ngày {shown(commune_list.document_date, 'date')}" if commune_list.document_date else ""
    return f"(Kèm theo văn bản số {commune_list.document_no}{day})"


def pdf_of(document: Document) -> bytes:
    """The document as the bytes of a PDF. Raises TooLongForPaper."""
    with TemporaryDirectory(prefix="trao-paper-") as folder:
        path = Path(folder) / "paper.pdf"
        write_pdf(document, path)
        return path.read_bytes()
