"""What the database refuses reaches the officer as the constraint's own sentence."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.db.models.constraints import BaseConstraint

from administration.refusals import NotPossible, refusals_as_sentences
from beneficiaries.models import Household
from tests.factories import commune, made_up_identity, make_household

pytestmark = pytest.mark.django_db


def test_a_violated_constraint_is_raised_as_its_sentence_and_the_transaction_goes_on(everywhere):
    make_household(identity=made_up_identity(1))
    with pytest.raises(NotPossible, match="identity number"), refusals_as_sentences():
        make_household(identity=made_up_identity(1))
    assert Household.objects.count() == 1


def test_a_row_outside_the_scope_is_refused_in_words(db):
    from administration.models import Officer
    from administration.scope import interval, within
    from tests.factories import LIEN_HUONG, make_officer

    officer: Officer = make_officer()
    with within(*interval(commune())), pytest.raises(NotPossible, match="outside"), refusals_as_sentences():
        make_household(commune(LIEN_HUONG), created_by=officer)


def test_an_error_that_is_no_refusal_stays_an_error(everywhere):
    with pytest.raises(IntegrityError), refusals_as_sentences(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO beneficiaries_ethnicgroup (code, name, variants) VALUES ('01', 'x', '{}')")


def test_every_guard_an_officer_can_meet_has_a_sentence():
    """Constraints without one are met by nobody: they guard against faults of the code."""
    silent = {
        constraint.name
        for config in apps.get_app_configs()
        if config.name in ("beneficiaries", "devices", "allocations", "administration")
        for model in config.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message == BaseConstraint.default_violation_error_message
    }
    assert silent == {
        "answered_request_says_by_whom",
        "area_class_begins_once",
        "condition_has_its_place",
        "decided_hit_says_by_whom",
        "decided_pair_says_by_whom",
        "decision_has_somebody_behind_it",
        "header_is_remembered_once_per_commune",
        "household_and_entry_are_one_hit",
        "household_has_one_head",
        "household_is_in_one_area",
        "link_has_two_sides",
        "member_of_an_entry_is_kept_once",
        "one_draft_for_a_form",
        "one_version_is_in_force",
        "only_a_closed_record_continues_elsewhere",
        "pair_has_two_sides",
        "person_has_a_name",
        "person_hash_and_seal_go_together",
        "posting_ends_with_somebody_behind_it",
        "priority_group_is_defined_once",
        "quota_is_set_once_per_unit",
        "row_and_household_are_one_pair",
        "row_of_a_file_is_staged_once",
        "row_of_a_source_is_kept_once",
        "rule_version_is_numbered_once",
        "source_has_one_effect_in_a_round",
        "submitted_list_is_signed",
        "successor_is_named_once",
        "two_rows_are_one_pair",
        "undone_link_says_by_whom",
        "unit_interval_holds_the_unit",
        "unit_is_known_by_code_and_date",
        "unit_validity_is_a_period",
        "withdrawn_source_says_by_whom",
    }
