"""Defects of what is recorded: audit trail, reports, moves, copies and pairs (reports/invariants_of_records.py)."""

from __future__ import annotations

import datetime

from django.db import connection
from django.utils import timezone

from administration.models import AuditEvent, AuditSeal
from administration.verbs import Verb
from allocations.models import Allocation
from beneficiaries.models import HouseholdLink, MoveRequest, Person, SuspectedPair
from reports.models import ReportRun, Verification
from tests.factories import (
    PHU_HAI,
    commune,
    make_officer,
    province,
)
from tests.reports.busy_data import LONG_AGO, event_for, link_onward, sql


def sealed(lines: dict[str, Allocation]) -> list[int]:
    """All events so far, under one seal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seal_audit()")
    return list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))


def audit_sql(*statements: str) -> None:
    """As somebody who owns the tables: the guard of the audit trail is out of the way."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE administration_auditevent DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)


def sealed_event_changed(lines: dict[str, Allocation]) -> None:
    first, *_others = sealed(lines)
    audit_sql(f"UPDATE administration_auditevent SET officer_name = 'Ai đó' WHERE id = {first}")


def sealed_event_removed(lines: dict[str, Allocation]) -> None:
    first, *_others = sealed(lines)
    audit_sql(f"DELETE FROM administration_auditevent WHERE id = {first}")


def sealed_events_swapped(lines: dict[str, Allocation]) -> None:
    a, b, *_others = sealed(lines)
    audit_sql(
        "UPDATE administration_auditevent e SET household_ids = o.household_ids, verb = o.verb"
        f" FROM administration_auditevent o WHERE (e.id, o.id) IN (({a}, {b}), ({b}, {a}))"
    )


def event_slipped_in(lines: dict[str, Allocation]) -> None:
    audit_sql("SELECT setval(pg_get_serial_sequence('administration_auditevent', 'id'), 1000000)")
    event_for(lines["approved"], Verb.APPROVED)
    sealed(lines)
    audit_sql("UPDATE administration_auditevent SET id = 999999 WHERE id < 999999 AND id = ("
              "SELECT min(id) FROM administration_auditevent)",
              "DELETE FROM administration_auditdigest WHERE event_id = (SELECT min(event_id) FROM"
              " administration_auditdigest)")  # fmt: skip


def tail_of_the_trail_cut_off(lines: dict[str, Allocation]) -> None:
    sealed(lines)
    event_for(lines["approved"], Verb.APPROVED)
    *_before, last = sealed(lines)
    Verification.objects.create(rules=1, seal=str(AuditSeal.objects.latest("pk")))
    audit_sql(f"DELETE FROM administration_auditevent WHERE id = {last}",
              f"DELETE FROM administration_auditdigest WHERE event_id = {last}",
              f"DELETE FROM administration_auditseal WHERE last_event_id = {last}")  # fmt: skip


def seal_forged(lines: dict[str, Allocation]) -> None:
    sealed(lines)
    audit_sql("UPDATE administration_auditseal SET digest = sha256(digest)")


def finished_report(lines: dict[str, Allocation], **totals: int) -> ReportRun:
    """A progress report of the busy round, built, with its event."""
    at, officer = timezone.now() + datetime.timedelta(minutes=10), make_officer()  # long behind the last change
    figures = {"granted": 2, "handed_over": 1, **totals}
    run = ReportRun.objects.create(
        kind="progress", area=province(), round=lines["approved"].round, requested_by=officer, taken_at=at,
        snapshot_id="60-1", totals=figures, checksum="c" * 64,
    )  # fmt: skip
    AuditEvent.record(
        Verb.REPORT_BUILT, run, by=officer, area=run.area_id, snapshot="60-1", checksum="c" * 64, totals=figures
    )
    return run


def report_with_other_figures_than_its_event(lines: dict[str, Allocation]) -> None:
    run = finished_report(lines)
    ReportRun.objects.filter(pk=run.pk).update(totals={**run.totals, "listed": 77})


def report_with_figures_that_no_line_gives(lines: dict[str, Allocation]) -> None:
    finished_report(lines, granted=3)


def asked_move(lines: dict[str, Allocation], **more: object) -> MoveRequest:
    a, b = lines["rejected"].household_id, lines["withdrawn"].household_id
    officer = make_officer()
    return MoveRequest.objects.create(
        household_id=a, into_id=b, area=commune(), other_area=commune(PHU_HAI), asked_by=officer, reason="x",
        asked_by_destination=False, household_code="1", head_name="", answered_by=officer, answered_at=LONG_AGO,
        **more,
    )  # fmt: skip


def accepted_move_that_moved_nothing(lines: dict[str, Allocation]) -> None:
    asked_move(lines, state="accepted")


def move_of_another_household(lines: dict[str, Allocation]) -> None:
    link_onward(lines["draft"].household_id, lines["withdrawn"].household_id)
    asked_move(lines, state="accepted", link=HouseholdLink.objects.get())


def link_that_names_another_commune(lines: dict[str, Allocation]) -> None:
    link_onward(lines["draft"].household_id, lines["withdrawn"].household_id)
    HouseholdLink.objects.update(other_area=commune(PHU_HAI))


def picture_that_is_alive(lines: dict[str, Allocation]) -> None:
    one, other = Person.objects.filter(is_live=True).order_by("pk")[:2]
    sql(f"UPDATE beneficiaries_person SET same_as_id = {one.pk} WHERE id = {other.pk}")


def suspected(lines: dict[str, Allocation], state: str) -> None:
    officer = make_officer()
    SuspectedPair.objects.create(
        area_a=commune(), area_b=commune(), household_a_id=lines["rejected"].household_id, key_a=b"a" * 32,
        household_b_id=lines["withdrawn"].household_id, key_b=b"b" * 32, certainty="same", state=state,
        decided_by=officer, decided_at=LONG_AGO,
    )  # fmt: skip


def pair_that_waits_for_nobody(lines: dict[str, Allocation]) -> None:
    suspected(lines, "waiting")


def merged_pair_of_two_records(lines: dict[str, Allocation]) -> None:
    suspected(lines, "merged")
