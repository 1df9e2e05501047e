"""Every rule of the data is noticed when it is broken; nothing is said while all of them hold.

Defects are planted by the owner of the tables, with triggers and constraints out of the way, in a transaction that is
taken back: no other test ever sees them.
"""

from __future__ import annotations

import contextlib
import datetime
import io
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from administration.models import Job
from administration.scope import EVERYWHERE, within
from administration.verbs import Verb
from allocations.models import Allocation
from reports.invariants import INVARIANTS
from reports.models import AllocationCount, DayCount, HouseholdCount, ReportRun
from tests.conftest import _sign_in_as
from tests.factories import (
    make_officer,
)
from tests.reports.busy_data import LONG_AGO, S, busy_data, event_for, sql
from tests.reports.defects import PLANTS, Plant
from tests.reports.defects_of_records import finished_report, sealed


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
