"""Many hand-overs typed from paper, as one table: what was typed, what is wrong in which row, what to carry out."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from administration.typed import number_in
from allocations.actions import Delivery
from allocations.forms.hand_over import Receiver, check_day, receiver_in_words
from allocations.handover_contents import DeskRow
from allocations.receiving import contradictions, problem_with_imei, read_imei
from beneficiaries.models import Person


@dataclass
class TableRow:
    """One household of the table. `receiver`: id of the person who signed, the head unless somebody else is chosen."""

    row: DeskRow
    members: Sequence[Person]
    imei: str = ""
    receiver: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def is_filled(self) -> bool:
        return bool(self.imei)


def read_table(
    rows: Sequence[DeskRow], members: Mapping[int, Sequence[Person]], typed: Mapping[str, str]
) -> list[TableRow]:
    """Rows with what was typed; `typed` holds imei-<line> and receiver-<line>."""
    table = []
    for row in rows:
        imei, receiver = typed.get(f"imei-{row.line.pk}", ""), typed.get(f"receiver-{row.line.pk}", "")
        people = members.get(row.line.household_id, [])
        table.append(
            TableRow(
                row, people, read_imei(imei) if imei.strip() else "",
                row.head.pk if (chosen := number_in(receiver)) is None else chosen,
            )
        )  # fmt: skip
    return table


def check_table(table: Sequence[TableRow], handed_on: datetime.date) -> bool:
    """Writes every error into its row; whether all filled rows are right."""
    times = Counter(row.imei for row in table if row.is_filled)
    for row in table:
        if row.is_filled:
            row.errors = _errors_of(row, times, handed_on)
    return not any(row.errors for row in table)


def deliveries_of(table: Sequence[TableRow]) -> list[Delivery]:
    deliveries = []
    for row in table:
        if row.is_filled:
            member = next((person for person in row.members if person.pk == row.receiver), None)
            kind = Receiver.MEMBER if member and not member.is_head else Receiver.HEAD
            words = receiver_in_words(kind, row.row.head, member)
            deliveries.append(Delivery(row.row.line.pk, row.imei, **words))
    return deliveries


def _errors_of(row: TableRow, times: Counter[str], handed_on: datetime.date) -> list[str]:
    line = row.row.line
    errors = [problem] if (problem := problem_with_imei(row.imei, unit=line.area, line=line)) else []
    if times[row.imei] > 1:
        errors.append(_("This IMEI stands in another row too."))
    try:
        check_day(handed_on, line)
    except ValidationError as error:
        errors.extend(error.messages)
    if row.receiver not in {person.pk for person in row.members}:
        errors.append(_("Choose who of the household receives the device."))
    return errors + contradictions(row.row.head)
