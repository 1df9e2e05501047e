"""Whose paper it is: the head of an official paper of a unit (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""

from __future__ import annotations

import datetime

from administration.models import Area, Level
from reports.document import Letterhead, Signature


def letterhead_of(area: Area, on: datetime.date, *, number: str = "") -> Letterhead:
    """The People's Committee of the unit, under that of its superior unit."""
    superior = area.parent
    above = f"Ủy ban nhân dân {superior.name}" if superior and superior.level != Level.COUNTRY else ""
    return Letterhead(above, f"Ủy ban nhân dân\n{area.name}", area.short_name, on, number)


def signatures_of(author: str) -> tuple[Signature, ...]:
    """Who made the table, and who signs for the People's Committee (the name is written when it is signed)."""
    return (
        Signature(("NGƯỜI LẬP BIỂU",), author),
        Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "", "(Ký tên, đóng dấu)"),
    )
