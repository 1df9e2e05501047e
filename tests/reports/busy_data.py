"""One line in every status with whatever belongs to it, and SQL past every trigger and constraint."""

from __future__ import annotations

import datetime

from django.db import connection

from administration.models import AuditEvent
from administration.verbs import Verb
from allocations.models import Allocation, Status
from beneficiaries.models import HouseholdLink, ImportFile, StagedHousehold
from tests.factories import (
    commune,
    district,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
)
from tests.reports.test_definitions import hand_over_to

LONG_AGO = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
S = Status
DECIDING = (S.APPROVED, S.WAITING, S.RETURNED, S.REJECTED, S.HANDED_OVER)


def sql(*statements: str) -> None:
    """Runs statements with all triggers of the owner's tables off; foreign keys and uniqueness are theirs to drop."""
    tables = ("beneficiaries_person", "beneficiaries_household", "allocations_allocation", "allocations_quota",
              "allocations_communelist", "allocations_claim", "allocations_handover", "devices_device")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def without(*constraints: str) -> None:
    """Drops constraints and unique indexes, so that a defect can be planted at all."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in constraints:
            cursor.execute("SELECT conrelid::regclass FROM pg_constraint WHERE conname = %s", [name])
            if found := cursor.fetchone():
                cursor.execute(f"ALTER TABLE {found[0]} DROP CONSTRAINT {name} CASCADE")
            else:
                cursor.execute(f"DROP INDEX {name}")


def busy_data() -> dict[str, Allocation]:
    """One line in every status with whatever belongs to it: events, device, hand-over, claims, file."""
    round = make_round()
    make_quota(round, district(), 20)
    make_quota(round, commune(), 10)
    commune_list = make_list(round)
    lines = {}
    for status in S:
        device = make_device(state="handed_over") if status == S.HANDED_OVER else None
        lines[status.value] = make_allocation(commune_list, make_household(members=2), status, device=device)
        if device:
            hand_over_to(lines[status.value])
        if status in DECIDING:
            event_for(lines[status.value], Verb(f"allocation.{status.value}"))
    make_device()
    file = ImportFile.objects.create(
        area=commune(), uploaded_by=make_officer(), original_name="a.xlsx", sha256="0" * 64, size=1,
        state="applied", added=1, left_out=1, applied_at=datetime.datetime(2024, 7, 1, tzinfo=datetime.UTC),
    )  # fmt: skip
    staged(file, 1, state="applied", effect="new", household=make_household())
    staged(file, 2, state="skipped")
    return lines


def event_for(line: Allocation, verb: Verb) -> AuditEvent:
    return AuditEvent.record(
        verb, line.commune_list, by=line.decided_by, area=line.area, households=[line.household_id]
    )


def staged(file: ImportFile, row: int, **more: object) -> StagedHousehold:
    return StagedHousehold.objects.create(file=file, area=file.area, sheet="1", row_no=row, payload=b"x", **more)


def link_onward(source: int, target: int) -> None:
    HouseholdLink.objects.create(
        kind="merged", source_id=source, target_id=target, area=commune(), other_area=commune(), by=make_officer(),
        at=LONG_AGO, source_version=1, target_version=1,
    )  # fmt: skip
