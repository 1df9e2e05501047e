"""Every rule of the data is noticed when it is broken; nothing is said while all of them hold.

Defects are planted by the owner of the tables, with triggers and constraints out of the way, in a transaction that is
taken back: no other test ever sees them.
"""

from __future__ import annotations

import contextlib
import datetime
import io
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from administration.models import AuditEvent, AuditSeal, Job
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from allocations.models import Allocation, Status
from beneficiaries.models import HouseholdLink, ImportFile, MoveRequest, Person, StagedHousehold, SuspectedPair
from reports.invariants import INVARIANTS
from reports.models import AllocationCount, DayCount, HouseholdCount, ReportRun, Verification
from tests.conftest import _sign_in_as
from tests.factories import (
    PHU_HAI,
    commune,
    district,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_quota,
    make_round,
    province,
)
from tests.reports.test_definitions import hand_over_to

S = Status
DECIDING = (S.APPROVED, S.WAITING, S.RETURNED, S.REJECTED, S.HANDED_OVER)


@pytest.fixture
def as_owner(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The owner of the tables in one transaction, taken back at the end. Row policies bind the owner too."""
    application = connection.settings_dict["USER"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connection.close()
        _sign_in_as(settings.DATABASE_OWNER_ROLE)
        try:
            with transaction.atomic(), within(*EVERYWHERE):
                yield
                transaction.set_rollback(True)
        finally:
            connection.close()
            _sign_in_as(application)


pytestmark = pytest.mark.usefixtures("as_owner")


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


def verify(*only: str) -> str:
    """What the command prints; the rules that are broken end it with an error."""
    said = io.StringIO()
    call_command("verify", only=list(only) or None, stdout=said)
    return said.getvalue()


def broken_rules() -> set[str]:
    said = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("verify", stdout=said)
    return {line.split()[1] for line in said.getvalue().splitlines() if line.startswith("!!")}


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


# --- While all is well ---------------------------------------------------------------------------------------------


def test_all_rules_hold_for_data_in_every_status():
    busy_data()

    said = verify()

    assert said.count("OK  ") == len(INVARIANTS) >= 17


def test_the_rules_of_records_hold_for_what_was_recorded_in_order():
    lines = busy_data()
    sealed(lines)
    finished_report(lines)
    event_for(lines["approved"], Verb.APPROVED)
    sealed(lines)

    assert broken_rules() == set()


def test_a_report_shows_the_lines_of_its_moment_not_those_of_today():
    lines = busy_data()
    run = finished_report(lines)
    ReportRun.objects.filter(pk=run.pk).update(taken_at=timezone.now() - datetime.timedelta(minutes=5))
    sql("UPDATE allocations_allocation SET listed_at = '2024-01-01'",
        "UPDATE reports_daycount SET day = '2024-01-01' WHERE step = 'listed'")  # fmt: skip
    sql(f"UPDATE allocations_allocation SET status = 'withdrawn' WHERE id = {lines['approved'].pk}")
    assert "I12-figures" in broken_rules(), "changed past the history"
    sql(f"UPDATE allocations_allocation SET status = 'approved' WHERE id = {lines['approved'].pk}")

    Allocation.objects.filter(pk=lines["approved"].pk).update(status="withdrawn")

    assert "I12-figures" not in broken_rules()


def test_rules_are_looked_at_one_by_one_on_request():
    assert verify("I1", "I6").count("OK  ") == 2


# --- Each rule broken ----------------------------------------------------------------------------------------------

Plant = Callable[[dict[str, Allocation]], None]


def two_persons_with_one_number(lines: dict[str, Allocation]) -> None:
    a, b = lines["rejected"].household_id, lines["withdrawn"].household_id
    without("cccd_is_unique_among_the_living")
    sql(
        "UPDATE beneficiaries_person p SET cccd_hash = q.cccd_hash FROM beneficiaries_person q"
        f" WHERE p.household_id = {a} AND p.is_head AND q.household_id = {b} AND q.is_head"
    )


def household_on_two_lists(lines: dict[str, Allocation]) -> None:
    without("household_has_one_live_allocation")
    sql(
        f"UPDATE allocations_allocation SET household_id = {lines['submitted'].household_id}"
        f" WHERE id = {lines['withdrawn'].pk}",
        f"UPDATE allocations_allocation SET status = 'draft' WHERE id = {lines['withdrawn'].pk}",
    )


def person_helped_in_two_households(lines: dict[str, Allocation]) -> None:
    a, b = lines["submitted"].household_id, lines["approved"].household_id
    without("cccd_is_unique_among_the_living")
    sql(
        "UPDATE beneficiaries_person p SET cccd_hash = q.cccd_hash FROM beneficiaries_person q"
        f" WHERE p.household_id = {a} AND p.is_head AND q.household_id = {b} AND q.is_head"
    )


def number_claimed_by_two_lines(lines: dict[str, Allocation]) -> None:
    without("identity_is_helped_once")
    claim = lines["approved"].claims.exclude(identity_hash=None).get()
    sql(
        "INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)"
        f" SELECT {lines['draft'].pk}, area_no, NULL, identity_hash FROM allocations_claim WHERE id = {claim.pk}"
    )


def person_claimed_by_two_lines(lines: dict[str, Allocation]) -> None:
    without("person_is_helped_once")
    claim = lines["approved"].claims.first()
    sql(
        "INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)"
        f" SELECT {lines['draft'].pk}, area_no, person_id, NULL FROM allocations_claim WHERE id = {claim.pk}"
    )


def member_of_a_closed_record(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE beneficiaries_household SET delisted_on = '2024-07-01' WHERE id = {lines['rejected'].household_id}")


def household_without_a_head(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE beneficiaries_person SET is_head = false WHERE household_id = {lines['rejected'].household_id}")


def approved_line_of_a_closed_record(lines: dict[str, Allocation]) -> None:
    household = lines["approved"].household_id
    sql(
        f"UPDATE beneficiaries_household SET delisted_on = '2024-07-01' WHERE id = {household}",
        f"UPDATE beneficiaries_person SET is_live = false WHERE household_id = {household}",
    )


def record_that_continues_without_a_link(lines: dict[str, Allocation]) -> None:
    a, b = lines["rejected"].household_id, lines["withdrawn"].household_id
    sql(
        f"UPDATE beneficiaries_household SET delisted_on = '2024-07-01', continues_in_id = {b} WHERE id = {a}",
        f"UPDATE beneficiaries_person SET is_live = false WHERE household_id = {a}",
    )


def device_that_does_not_count_onward(lines: dict[str, Allocation]) -> None:
    gone = lines["handed_over"].household_id
    link_onward(gone, lines["withdrawn"].household_id)
    sql(
        f"UPDATE beneficiaries_household SET delisted_on = '2024-07-01',"
        f" continues_in_id = {lines['withdrawn'].household_id} WHERE id = {gone}",
        f"UPDATE beneficiaries_person SET is_live = false WHERE household_id = {gone}",
    )


def link_onward(source: int, target: int) -> None:
    HouseholdLink.objects.create(
        kind="merged", source_id=source, target_id=target, area=commune(), other_area=commune(), by=make_officer(),
        at=LONG_AGO, source_version=1, target_version=1,
    )  # fmt: skip


def quota_counter_moved(lines: dict[str, Allocation]) -> None:
    sql("UPDATE allocations_quota SET used = used + 1 WHERE allowed = 10")


def line_approved_without_a_quota(lines: dict[str, Allocation]) -> None:
    sql("DELETE FROM allocations_quota WHERE allowed = 10")


def more_used_than_allowed(lines: dict[str, Allocation]) -> None:
    without("quota_is_never_exceeded")
    sql("UPDATE allocations_quota SET allowed = 1 WHERE allowed = 10")


def more_given_on_than_there_is(lines: dict[str, Allocation]) -> None:
    sql("UPDATE allocations_quota SET allowed = 9 WHERE allowed = 20")


def decision_without_event(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE allocations_allocation SET status = 'returned' WHERE id = {lines['waiting'].pk}")


def event_without_line(lines: dict[str, Allocation]) -> None:
    line = lines["approved"]
    AuditEvent.record(
        Verb.APPROVED, line.commune_list, by=line.decided_by, area=line.area, households=[make_household().pk]
    )


def file_counts_one_too_many(lines: dict[str, Allocation]) -> None:
    ImportFile.objects.update(added=2)


def file_counts_too_few_left_out(lines: dict[str, Allocation]) -> None:
    ImportFile.objects.update(left_out=0)


def saved_row_without_household(lines: dict[str, Allocation]) -> None:
    StagedHousehold.objects.filter(state="applied").update(household=None)


def saved_row_of_a_file_never_saved(lines: dict[str, Allocation]) -> None:
    ImportFile.objects.update(applied_at=None, state="checked")


def same_file_saved_twice(lines: dict[str, Allocation]) -> None:
    without("file_is_applied_once")
    ImportFile.objects.create(
        area=commune(), uploaded_by=make_officer(), original_name="b.xlsx", sha256="0" * 64, size=1, state="applied",
        applied_at=datetime.datetime(2024, 7, 1, tzinfo=datetime.UTC),
    )  # fmt: skip


LONG_AGO = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


def job_that_nobody_takes(lines: dict[str, Allocation]) -> None:
    Job.objects.create(kind="x", subject_id=1, requested_by=make_officer(), rung_at=LONG_AGO)


def job_whose_worker_died(lines: dict[str, Allocation]) -> None:
    Job.objects.create(kind="x", subject_id=1, requested_by=make_officer(), state="running", lease_until=LONG_AGO)


def file_being_read_by_nobody(lines: dict[str, Allocation]) -> None:
    ImportFile.objects.create(
        area=commune(), uploaded_by=make_officer(), original_name="c.xlsx", sha256="2" * 64, size=1, state="reading"
    )


def report_done_but_not_built(lines: dict[str, Allocation]) -> None:
    officer = make_officer()
    job = Job.objects.create(kind="report.build", subject_id=1, requested_by=officer, state="done")
    ReportRun.objects.create(kind="progress", area=commune(), requested_by=officer, job=job)


def line_in_another_commune(lines: dict[str, Allocation]) -> None:
    without("line_is_of_its_list", "line_is_where_the_household_is")
    sql(f"UPDATE allocations_allocation SET area_no = {commune(PHU_HAI).pk} WHERE id = {lines['rejected'].pk}")


def person_in_another_commune(lines: dict[str, Allocation]) -> None:
    without("person_is_where_the_household_is")
    household = lines["withdrawn"].household_id
    sql(f"UPDATE beneficiaries_person SET area_no = {commune(PHU_HAI).pk} WHERE household_id = {household}")


def household_in_a_district(lines: dict[str, Allocation]) -> None:
    without("person_is_where_the_household_is")
    household = make_household().pk
    sql(f"UPDATE beneficiaries_household SET area_no = {district().pk} WHERE id = {household}")


def claim_in_another_commune(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE allocations_claim SET area_no = {commune(PHU_HAI).pk}")


def row_of_a_file_in_another_commune(lines: dict[str, Allocation]) -> None:
    StagedHousehold.objects.filter(state="skipped").update(area=commune(PHU_HAI))


def handed_over_without_paper(lines: dict[str, Allocation]) -> None:
    sql("DELETE FROM allocations_handover")


def paper_of_a_line_not_handed_over(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE allocations_handover SET allocation_id = {lines['approved'].pk}")


def given_device_still_in_stock(lines: dict[str, Allocation]) -> None:
    sql("UPDATE devices_device SET state = 'in_stock'")


def given_device_that_nobody_has(lines: dict[str, Allocation]) -> None:
    make_device(state="handed_over")


def member_without_claim(lines: dict[str, Allocation]) -> None:
    sql(f"DELETE FROM allocations_claim WHERE allocation_id = {lines['draft'].pk}")


def claim_of_a_rejected_line(lines: dict[str, Allocation]) -> None:
    without("person_is_helped_once")
    sql(
        "INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)"
        f" SELECT {lines['rejected'].pk}, area_no, id, NULL FROM beneficiaries_person WHERE NOT is_head LIMIT 1"
    )


def claim_with_another_number(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE allocations_claim SET identity_hash = NULL WHERE allocation_id = {lines['draft'].pk}")


def decided_by_who_listed(lines: dict[str, Allocation]) -> None:
    without("nobody_approves_what_they_listed")
    sql(f"UPDATE allocations_allocation SET decided_by_id = listed_by_id WHERE id = {lines['rejected'].pk}")


def signed_by_who_prepared(lines: dict[str, Allocation]) -> None:
    without("list_is_signed_by_somebody_else")
    sql("UPDATE allocations_communelist SET signed_by_id = prepared_by_id")


def roll_up_of_lines_off_by_one(lines: dict[str, Allocation]) -> None:
    AllocationCount.objects.filter(status="draft").update(n=2)


def roll_up_of_lines_missing(lines: dict[str, Allocation]) -> None:
    AllocationCount.objects.filter(status="approved").delete()


def roll_up_of_households_off_by_one(lines: dict[str, Allocation]) -> None:
    HouseholdCount.objects.update(n=1)


def roll_up_by_day_off_by_one(lines: dict[str, Allocation]) -> None:
    DayCount.objects.filter(step="listed").update(n=99)


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


PLANTS: list[tuple[Plant, set[str]]] = [
    (two_persons_with_one_number, {"I1"}),
    (household_on_two_lists, {"I2-household"}),
    (person_helped_in_two_households, {"I2-person"}),
    (number_claimed_by_two_lines, {"I2-claims"}),
    (person_claimed_by_two_lines, {"I2-claims"}),
    (member_of_a_closed_record, {"register"}),
    (household_without_a_head, {"register"}),
    (approved_line_of_a_closed_record, {"register"}),
    (record_that_continues_without_a_link, {"lineage"}),
    (device_that_does_not_count_onward, {"lineage"}),
    (quota_counter_moved, {"I3-counter"}),
    (line_approved_without_a_quota, {"I3-counter"}),
    (more_used_than_allowed, {"I3-limit"}),
    (more_given_on_than_there_is, {"I3-limit"}),
    (decision_without_event, {"I4-decisions"}),
    (event_without_line, {"I4-events"}),
    (file_counts_one_too_many, {"I5-counts"}),
    (file_counts_too_few_left_out, {"I5-counts"}),
    (saved_row_without_household, {"I5-rows"}),
    (saved_row_of_a_file_never_saved, {"I5-rows"}),
    (same_file_saved_twice, {"I6"}),
    (job_that_nobody_takes, {"I8-jobs"}),
    (job_whose_worker_died, {"I8-jobs"}),
    (file_being_read_by_nobody, {"I8-halves"}),
    (report_done_but_not_built, {"I8-halves"}),
    (line_in_another_commune, {"I9"}),
    (person_in_another_commune, {"I9"}),
    (household_in_a_district, {"I9"}),
    (claim_in_another_commune, {"I9"}),
    (row_of_a_file_in_another_commune, {"I9"}),
    (handed_over_without_paper, {"I11"}),
    (paper_of_a_line_not_handed_over, {"I11"}),
    (given_device_still_in_stock, {"I11"}),
    (given_device_that_nobody_has, {"I11"}),
    (member_without_claim, {"claims"}),
    (claim_of_a_rejected_line, {"claims"}),
    (claim_with_another_number, {"claims"}),
    (decided_by_who_listed, {"hands"}),
    (signed_by_who_prepared, {"hands"}),
    (roll_up_of_lines_off_by_one, {"roll-up-lines"}),
    (roll_up_of_lines_missing, {"roll-up-lines"}),
    (roll_up_by_day_off_by_one, {"roll-up-days"}),
    (roll_up_of_households_off_by_one, {"roll-up-households"}),
    (sealed_event_changed, {"I10"}),
    (sealed_event_removed, {"I10"}),
    (sealed_events_swapped, {"I10"}),
    (event_slipped_in, {"I10"}),
    (tail_of_the_trail_cut_off, {"I10"}),
    (seal_forged, {"I10"}),
    (report_with_other_figures_than_its_event, {"I12-event"}),
    (report_with_figures_that_no_line_gives, {"I12-figures"}),
    (accepted_move_that_moved_nothing, {"moves"}),
    (move_of_another_household, {"moves"}),
    (link_that_names_another_commune, {"moves"}),
    (picture_that_is_alive, {"copies"}),
    (pair_that_waits_for_nobody, {"pairs"}),
    (merged_pair_of_two_records, {"pairs"}),
]


@pytest.mark.parametrize(("plant", "rules"), PLANTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_planted_defect_breaks_its_rule(plant: Plant, rules: set[str]):
    lines = busy_data()

    plant(lines)

    assert rules <= broken_rules()


def test_every_rule_has_a_planted_defect():
    assert {rule for _, rules in PLANTS for rule in rules} == {invariant.key for invariant in INVARIANTS}


# --- What the command says -----------------------------------------------------------------------------------------


def test_the_command_names_the_first_offenders_and_ends_with_an_error():
    busy_data()
    AllocationCount.objects.filter(status="draft").update(n=41)
    said = io.StringIO()

    with pytest.raises(CommandError, match="roll-up-lines"):
        call_command("verify", stdout=said)

    assert "roll_up=41, facts=1" in said.getvalue()


def test_offenders_beyond_the_first_five_are_counted():
    for n in range(7):
        Job.objects.create(kind="x", subject_id=n, requested_by=make_officer(), rung_at=LONG_AGO)
    said = io.StringIO()

    with pytest.raises(CommandError):
        call_command("verify", only=["I8-jobs"], stdout=said)

    assert ": 7\n" in said.getvalue()
    assert said.getvalue().count("job=") == 5


# --- Rebuilding ----------------------------------------------------------------------------------------------------


def test_rebuilding_the_counts_mends_whatever_was_wrong_with_them():
    busy_data()
    AllocationCount.objects.filter(status="draft").update(n=41)
    AllocationCount.objects.filter(status="approved").delete()
    HouseholdCount.objects.update(n=0)
    DayCount.objects.update(n=17)
    assert broken_rules() == {"roll-up-lines", "roll-up-households", "roll-up-days"}

    call_command("rebuild_counts", stdout=io.StringIO())

    assert broken_rules() == set()
    Allocation.objects.filter(status=S.DRAFT).update(status=S.WITHDRAWN)  # the triggers go on from there
    assert broken_rules() == set()
