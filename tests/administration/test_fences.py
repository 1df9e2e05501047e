"""The second fence: what PostgreSQL refuses whatever the code says."""

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from administration.models import AuditEvent
from administration.scope import EVERYWHERE, interval, within
from administration.verbs import Verb
from beneficiaries.models import Household
from tests.conftest import owner_connection
from tests.factories import LIEN_HUONG, commune, district, make_household, make_officer, province

pytestmark = pytest.mark.django_db

# Columns that point to a unit without fencing the row, each with its reason.
UNFENCED = {
    ("administration_area", "parent_id"): "units are public",
    ("administration_areasuccessor", "old_id"): "units are public",
    ("administration_areasuccessor", "new_id"): "units are public",
    ("administration_officer", "area_id"): "read before anybody is signed in; visible_to fences the pages",
    ("administration_areaclass", "commune_no"): "a public fact about a unit",
    ("allocations_calendarday", "province_no"): "public holidays, the province's own among them",
    ("allocations_programme", "province_no"): "configuration that every commune reads",
    ("beneficiaries_exclusionsource", "province_no"): "names a programme, holds no person; its entries are fenced",
    ("beneficiaries_householdlink", "other_area_no"): "fences too: the communes of both sides see the link",
    ("beneficiaries_moverequest", "other_area_no"): "fences too: the communes of both sides see the request",
    ("beneficiaries_suspectedpair", "other_area_no"): "fences too: the communes of both sides see the pair",
    ("devices_lot", "province_no"): "names a delivery, holds no person",
}


def rows(sql: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_every_table_that_carries_an_area_is_fenced():
    carrying = {table for (table,) in rows(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'area_no' AND table_schema = 'public'"
    )}  # fmt: skip
    fenced = {table for (table,) in rows(
        "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity AND EXISTS"
        " (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polwithcheck IS NOT NULL)"
    )}  # fmt: skip
    assert len(carrying) >= 15
    assert carrying == fenced


def test_every_other_link_to_a_unit_is_unfenced_for_a_stated_reason():
    links = {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model and field.related_model._meta.label == "administration.Area"
    }
    assert {link for link in links if link[1] != "area_no"} == set(UNFENCED)


def test_the_application_role_is_not_above_the_fences():
    (role,) = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert role == (False, False, False, False)
    owned = "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user"
    assert rows(owned) == [(0,)]
    emptiable = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    assert rows(f"{emptiable} AND has_table_privilege(current_user, oid, 'TRUNCATE')") == [(0,)]


@pytest.fixture
def two_communes(db):
    with within(*EVERYWHERE):
        return make_household(commune()), make_household(commune(LIEN_HUONG))


def test_without_a_scope_nothing_is_seen_or_written(two_communes):
    assert Household.objects.count() == 0
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        make_household(commune(), created_by=two_communes[0].created_by)


@pytest.mark.parametrize(("area", "seen"), [(commune, 1), (district, 1), (province, 2)])
def test_a_scope_shows_its_units_only(two_communes, area, seen):
    with within(*interval(area())):
        assert Household.objects.count() == seen


def test_a_foreign_row_can_be_neither_changed_removed_made_nor_taken_over(two_communes):
    own, foreign = two_communes
    with within(*interval(commune())):
        assert Household.objects.filter(pk=foreign.pk).update(hamlet="x") == 0
        assert Household.objects.filter(pk=foreign.pk).delete()[0] == 0
        for write in (
            lambda: make_household(commune(LIEN_HUONG), created_by=own.created_by),
            lambda: Household.objects.filter(pk=own.pk).update(area=commune(LIEN_HUONG)),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                write()


def test_leaving_a_wider_scope_puts_the_narrower_back(two_communes):
    with within(*interval(commune())):
        with within(*EVERYWHERE):
            assert Household.objects.count() == 2
        assert Household.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_scope_is_left_on_the_connection_after_a_transaction():
    with within(*EVERYWHERE):
        pass
    assert rows("SELECT coalesce(current_setting('app.lo', true), '')") == [("",)]


def test_control_without_force_the_owner_would_see_both_communes(two_communes):
    """Negative control: the fence, not an empty table, is what hides the rows."""
    with within(*EVERYWHERE):
        assert Household.objects.count() == 2


def test_the_audit_trail_is_append_only(two_communes):
    with within(*EVERYWHERE):
        officer = make_officer()
        event = AuditEvent.record(Verb.HOUSEHOLD_ADDED, two_communes[0], by=officer, area=commune())
        for change in (lambda: AuditEvent.objects.update(officer_name="x"), event.delete):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                change()


@pytest.mark.django_db(transaction=True)
def test_not_even_the_owner_changes_the_audit_trail():
    with within(*EVERYWHERE):
        AuditEvent.record(Verb.HOUSEHOLD_ADDED, make_household(), by=None, area=commune())
    with owner_connection() as owner, owner.transaction():
        owner.execute("SELECT set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"), owner.transaction():
            owner.execute("UPDATE administration_auditevent SET officer_name = 'x'")


def test_tests_run_as_the_application_role():
    assert rows("SELECT current_user") == [(settings.DATABASE_APP_ROLE,)]
