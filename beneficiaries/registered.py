"""Whose identity numbers are registered already, here or in a commune that this officer cannot see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from administration.models import Area
from beneficiaries.identity_rules import mask
from beneficiaries.sealing import fingerprint


@dataclass(frozen=True, slots=True)
class Holder:
    """The household that holds a number, and the name of its unit. No name of a person crosses a commune's border."""

    household_id: int
    household_code: str
    area_name: str

    def sentence(self, number: str) -> str:
        """Why the number cannot be registered again."""
        return _("The identity number %(number)s is already registered in %(area)s, household %(code)s.") % {
            "number": mask(number), "area": self.area_name, "code": self.household_code,
        }  # fmt: skip


def holders_of(numbers: Iterable[str]) -> dict[str, Holder]:
    """12-digit number -> who holds it, for those of the numbers that are in the register of the whole country."""
    by_hash = {fingerprint(number): number for number in numbers if number}
    if not by_hash:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registered_identities(%s::bytea[])", [list(by_hash)])
        rows = cursor.fetchall()
    names = dict(Area.objects.filter(number__in=[row[1] for row in rows]).values_list("number", "name")) if rows else {}
    return {
        by_hash[bytes(identity_hash)]: Holder(household_id, code, names.get(area_no, ""))
        for identity_hash, area_no, household_id, code in rows
    }
