"""What the database refuses about lists, quota and claims, by direct SQL as the application role.

Each guard is tried twice: with it the write fails, and with it taken away (by the owner of the tables, put back
afterwards) the same write passes. So no test here holds without its guard.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from administration.models import Area, Role
from administration.scope import EVERYWHERE, interval, within
from allocations.models import MOVES, Allocation, Status
from beneficiaries.models import Person
from beneficiaries.sealing import fingerprint
from tests.allocations.trials import GUARDS, Scene, Trial, execute, set_scene
from tests.conftest import owner_connection
from tests.factories import (
    PHU_HAI,
    commune,
    district,
    made_up_identity,
    make_allocation,
    make_device,
    make_household,
    make_list,
    make_officer,
    make_person,
    make_quota,
    make_round,
    province,
)

NEEDS_A_DECISION = {"approved", "waiting", "rejected", "returned", "handed_over"}


class Undone(Exception):
    """Raised to roll a trial back."""


# ---- Moves ----------------------------------------------------------------------------------------------------------


def moves(line: Allocation, after: str, decided_by: int, device: int) -> bool:
    """Whether the line can be written in the status; nothing of the attempt stays. Other refusals are raised."""
    values = (after, decided_by if after in NEEDS_A_DECISION else None, device if after == "handed_over" else None)
    try:
        with transaction.atomic():
            execute(
                "UPDATE allocations_allocation SET status = %s, decided_by_id = %s, device_id = %s WHERE id = %s",
                *values, line.pk,
            )  # fmt: skip
            raise Undone
    except Undone:
        return True
    except DatabaseError as error:
        if error.__cause__.diag.constraint_name != "line_moves_as_allowed":
            raise
        return False


@pytest.mark.django_db
def test_of_all_pairs_of_states_only_the_moves_succeed_by_direct_sql(everywhere):
    round = make_round()
    make_quota(round, allowed=20)
    commune_list, device, reviewer = make_list(round), make_device(), make_officer(Role.REVIEWER)
    allowed = set()
    for before in Status.values:
        more = {"device": make_device()} if before == "handed_over" else {}
        line = make_allocation(commune_list, status=before, **more)
        allowed |= {(before, after) for after in Status.values if moves(line, after, reviewer.pk, device.pk)}
    stays = {(status, status) for status in Status.values}
    assert allowed == stays | {(before, after) for before, afters in MOVES.items() for after in afters}
    assert len(allowed) < len(Status.values) ** 2 / 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("trial", "kind", "table", "name", "says"), GUARDS, ids=lambda v: getattr(v, "__name__", None))
def test_the_database_refuses_and_only_its_guard_makes_it_refuse(trial, kind, table, name, says):
    with within(*EVERYWHERE):
        scene = set_scene()
    with pytest.raises(DatabaseError) as refusal, within(*EVERYWHERE):
        trial(scene)
    cause = refusal.value.__cause__
    assert (says or name) in (cause.diag.constraint_name or str(cause))
    with without_guard(kind, f"allocations_{table}", name):
        assert passes(trial, scene)


def passes(trial: Trial, scene: Scene) -> bool:
    """Tries it in a transaction that is rolled back."""
    try:
        with within(*EVERYWHERE):
            trial(scene)
            raise Undone
    except Undone:
        return True


@contextmanager
def without_guard(kind: str, table: str, name: str) -> Iterator[None]:
    """Takes a guard away as the owner of the tables, and puts exactly the same one back."""
    connection.close()
    with owner_connection() as owner:
        owner.execute("SET lock_timeout = '10s'")
        away, back = _commands(owner, kind, table, name)
        owner.execute(away)
        try:
            yield
        finally:
            connection.close()
            owner.execute(back)


def _commands(owner, kind: str, table: str, name: str) -> tuple[str, str]:
    if kind == "trigger":
        (full,) = owner.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s", [table, f"{name}%"]
        ).fetchone()
        return f"ALTER TABLE {table} DISABLE TRIGGER {full}", f"ALTER TABLE {table} ENABLE TRIGGER {full}"
    if kind == "index":
        (definition,) = owner.execute("SELECT pg_get_indexdef(%s::regclass)", [name]).fetchone()
        return f"DROP INDEX {name}", definition
    (definition,) = owner.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass",
        [name, table],
    ).fetchone()
    return f"ALTER TABLE {table} DROP CONSTRAINT {name}", f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"


# ---- Claims follow the person ----------------------------------------------------------------------------------------


@pytest.fixture
def helped(everywhere):
    round = make_round()
    make_quota(round)
    household = make_household(members=2, identity=made_up_identity(4711))
    return make_allocation(make_list(round), household, "approved")


def claims_of(line) -> int:
    return line.claims.count()


@pytest.mark.django_db
def test_every_living_member_is_claimed_as_long_as_the_line_lives(everywhere):
    household = make_household(members=3)
    line = make_allocation(make_list(make_round()), household)
    assert claims_of(line) == 3
    newcomer = make_person(household, full_name="Trần Thị Mới")
    assert claims_of(line) == 4
    newcomer.is_live = False
    newcomer.save()
    assert claims_of(line) == 3
    Allocation.objects.filter(pk=line.pk).update(status="withdrawn")
    assert claims_of(line) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("leaves", ["delisted", "deleted", "moved"])
def test_a_helped_person_stays_claimed_after_leaving_the_household(helped, leaves):
    member = make_person(helped.household, full_name="Lê Văn Đi", identity=made_up_identity(4712))
    if leaves == "delisted":
        Person.objects.filter(pk=member.pk).update(is_live=False)
    elif leaves == "deleted":
        member.delete()
    else:
        Person.objects.filter(pk=member.pk).update(household=make_household())
        Person.objects.filter(pk=member.pk).update(is_live=False)
    with pytest.raises(DatabaseError, match="identity_is_helped_once"), transaction.atomic():
        make_allocation(make_list(make_round()), make_household(identity=made_up_identity(4712)))


@pytest.mark.django_db
@pytest.mark.parametrize("leaves", ["delisted", "deleted"])
def test_a_person_who_was_only_proposed_is_free_after_leaving(everywhere, leaves):
    household = make_household(members=1)
    member = make_person(household, full_name="Lê Văn Đi", identity=made_up_identity(4713))
    make_allocation(make_list(make_round()), household)
    if leaves == "delisted":
        Person.objects.filter(pk=member.pk).update(is_live=False)
    else:
        member.delete()
    other = make_household(identity=made_up_identity(4713))
    assert claims_of(make_allocation(make_list(make_round()), other)) == 1


@pytest.mark.django_db
def test_a_corrected_number_moves_the_claim_with_it(helped):
    head = helped.household.members.get(is_head=True)
    head.cccd_hash = fingerprint(made_up_identity(4799))
    head.save()
    Person.objects.filter(pk=head.pk).update(is_live=False)
    make_allocation(make_list(make_round()), make_household(identity=made_up_identity(4711)))  # never was that person
    with pytest.raises(DatabaseError, match="identity_is_helped_once"), transaction.atomic():
        make_allocation(make_list(make_round()), make_household(identity=made_up_identity(4799)))


# ---- The ceiling holds for a writer who cannot see it ----------------------------------------------------------------


@pytest.mark.django_db
def test_the_superior_quota_binds_a_writer_whose_scope_hides_it(everywhere):
    round = make_round()
    make_quota(round, district(), 5)
    make_quota(round, commune(), 5)
    with within(*interval(commune())):
        with pytest.raises(DatabaseError, match="exceeds its parent"), transaction.atomic():
            execute("UPDATE allocations_quota SET allowed = 6 WHERE area_no = %s", commune().number)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM allocations_quota")
            assert cursor.fetchone() == (1,)  # the scope is as narrow as before


@pytest.mark.django_db
def test_in_a_province_without_districts_the_province_is_the_ceiling(everywhere):
    round = make_round()
    make_quota(round, province(), 10)
    Area.objects.filter(pk=commune().pk).update(parent=province())
    make_quota(round, commune(), 10)
    Area.objects.filter(pk=commune(PHU_HAI).pk).update(parent=province())
    with pytest.raises(DatabaseError, match="exceeds its parent"), transaction.atomic():
        make_quota(round, commune(PHU_HAI), 1)
