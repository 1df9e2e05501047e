"""The nightly check: every rule of the data, kept as one row that the to-do page and the page of checks show."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.functional import Promise

from administration.scope import everywhere
from reports.invariants import INVARIANTS, Breach, Invariant, breaches_of
from reports.models import Verification

log = logging.getLogger(__name__)
OVERDUE = datetime.timedelta(hours=36)  # a night without a check


@dataclass(frozen=True, slots=True)
class Checked:
    """One rule of a check: its words and what broke it, if anything."""

    key: str
    rule: str | Promise
    count: int
    first: Sequence[str]


def check(invariants: Sequence[Invariant] = INVARIANTS) -> list[tuple[Invariant, Breach | None]]:
    """Looks at each rule once, whatever it finds."""
    with everywhere():
        return [(invariant, breaches_of(invariant)) for invariant in invariants]


def verify_and_keep() -> Verification:
    """All rules, then a new seal of the audit trail. One row says what came of it; breaches are errors in the log."""
    began = time.monotonic()
    broken = [
        {"rule": one.key, "count": breach.count, "first": list(breach.first)} for one, breach in check() if breach
    ]
    for one in broken:
        log.error("the data breaks rule %s: %s rows, first %s", one["rule"], one["count"], one["first"])
    seal = _seal()
    if seal:
        log.warning("audit trail sealed: %s", in_groups(seal))  # the log leaves the machine, the seal with it
    return Verification.objects.create(
        rules=len(INVARIANTS), broken=broken, seal=seal, seconds=round(time.monotonic() - began, 1)
    )


def in_groups(seal: str) -> str:
    """Eight signs at a time: twelve digits in a row would be masked as somebody's identity number."""
    return " ".join(seal[at : at + 8] for at in range(0, len(seal), 8))


def _seal() -> str:
    """The newest seal of the audit trail, "" when somebody was writing for too long: the next night seals both days."""
    try:
        with transaction.atomic(), everywhere(), connection.cursor() as cursor:
            cursor.execute("SELECT seal_audit()")
            return str(cursor.fetchone()[0])
    except DatabaseError as error:
        log.warning("the audit trail could not be sealed: %s", error)
        return ""


def last_check() -> Verification | None:
    return Verification.objects.first()


def is_overdue(last: Verification, at: datetime.datetime | None = None) -> bool:
    return (at or timezone.now()) - last.began_at > OVERDUE


def rules_of(verification: Verification) -> list[Checked]:
    """Every rule of today with what that check found, broken ones first."""
    found = {one["rule"]: one for one in verification.broken}
    rules = [
        Checked(one.key, one.rule, found[one.key]["count"], found[one.key]["first"])
        if one.key in found
        else Checked(one.key, one.rule, 0, ())
        for one in INVARIANTS
    ]
    return sorted(rules, key=lambda one: one.count == 0)
