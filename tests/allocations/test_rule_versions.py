"""Versions of the rules: drafted, shown with their effect, published; what is published or decided never changes."""

import pytest
from django.db import DatabaseError, connection, transaction

from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from allocations.actions import (
    approve,
    build_list,
    draft_rules,
    drop_draft,
    publish_rules,
    show_effect,
    write_rules,
)
from allocations.effect import changes_in
from allocations.models import Allocation, Condition, PriorityRule, Round, RuleVersion, Tie
from tests.allocations.scenes import submitted
from tests.factories import commune, make_household, make_officer, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def staff():
    return make_officer(Role.PROVINCE_STAFF)


@pytest.fixture
def round():
    return make_round()


def poor_only(draft, staff, **more):
    """Writes into a draft: only poor households, those without a smartphone first."""
    said = {"legal_basis": "Kế hoạch 1", "reason": "Thu hẹp diện", **more}
    return write_rules(
        draft.pk, conditions=[Condition(kind="category", values=["HN"], legal_basis="Điều 2")],
        priorities=[PriorityRule(label="Hộ nghèo", categories=["HN"], legal_basis="Điều 3")],
        ties=[Tie.NO_PHONE, Tie.MORE_MEMBERS], by=staff, **said,
    )  # fmt: skip


def published(round, staff, **more):
    draft = poor_only(draft_rules(round.pk, by=staff), staff, **more)
    show_effect(draft.pk, by=staff)
    return publish_rules(draft.pk, by=staff)


def test_a_draft_begins_as_a_copy_of_what_is_in_force(round, staff):
    draft = draft_rules(round.pk, by=staff)
    assert (draft.number, draft.state) == (2, "draft")
    assert [rule.label for rule in draft.priorities.all()] == [rule.label for rule in round.priority_rules]
    assert [condition.kind for condition in draft.conditions.all()] == ["no_prior_device"]
    assert draft_rules(round.pk, by=staff) == draft
    assert round.priority_rules.count() == 4  # the draft is not in force


def test_a_first_draft_begins_with_the_order_of_the_law(staff):
    round = make_round(state=Round.State.PLANNED, order=[])
    RuleVersion.objects.filter(round=round).update(state="superseded")
    draft = draft_rules(round.pk, by=staff)
    assert [rule.legal_basis for rule in draft.priorities.all()] == ["TT 14/2022/TT-BTTTT, Điều 17"] * 4


def test_publishing_replaces_the_former_version_with_one_event_each(round, staff):
    made = published(round, staff)
    assert list(round.rule_versions.values_list("number", "state")) == [(2, "published"), (1, "superseded")]
    assert [rule.label for rule in round.priority_rules] == ["Hộ nghèo"]
    assert made.published_by == staff
    verbs = ["rules.drafted", "rules.written", "rules.effect", "rules.published"]
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == verbs
    assert AuditEvent.objects.get(verb="rules.published").details["reason"] == "Thu hẹp diện"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda draft, staff: None, "Look at the effect"),
        (lambda draft, staff: show_effect(draft.pk, by=staff) and poor_only(draft, staff), "Look at the effect"),
        (lambda draft, staff: show_effect(poor_only(draft, staff, reason="").pk, by=staff), "legal basis and why"),
        (
            lambda draft, staff: show_effect(poor_only(draft, staff, legal_basis=" ").pk, by=staff),
            "legal basis and why",
        ),
    ],
)
def test_what_is_not_looked_at_or_not_founded_is_not_published(round, staff, spoil, words):
    draft = poor_only(draft_rules(round.pk, by=staff), staff)
    spoil(draft, staff)
    with pytest.raises(NotPossible, match=words):
        publish_rules(draft.pk, by=staff)
    assert RuleVersion.objects.filter(state="published").get().number == 1


def test_a_second_officer_publishes_where_the_programme_asks_for_one(staff):
    round = make_round()
    round.programme.publishing_needs_two = True
    round.programme.save()
    draft = poor_only(draft_rules(round.pk, by=staff), staff)
    show_effect(draft.pk, by=staff)
    with pytest.raises(NotPossible, match="drafted the rules"):
        publish_rules(draft.pk, by=staff)
    with pytest.raises(DatabaseError, match="rules_are_published_by_a_second_officer"), transaction.atomic():
        RuleVersion.objects.filter(pk=draft.pk).update(published_by=staff)
    assert publish_rules(draft.pk, by=make_officer(Role.PROVINCE_STAFF)).state == "published"


@pytest.mark.parametrize("act", [
    lambda version, staff: write_rules(version.pk, conditions=[], priorities=[], ties=[], legal_basis="x", reason="x",
                                       by=staff),
    lambda version, staff: drop_draft(version.pk, by=staff),
    lambda version, staff: show_effect(version.pk, by=staff),
    lambda version, staff: publish_rules(version.pk, by=staff),
])  # fmt: skip
def test_what_is_published_stays(round, staff, act):
    with pytest.raises(NotPossible, match="published and stay"):
        act(round.rule_versions.get(), staff)


CHANGES_OF_HISTORY = [
    "UPDATE allocations_ruleversion SET legal_basis = 'x' WHERE number = 1",
    "UPDATE allocations_ruleversion SET state = 'draft' WHERE number = 1",
    "DELETE FROM allocations_ruleversion WHERE number = 1",
    "UPDATE allocations_priorityrule SET label = 'x' WHERE position = 1",
    "DELETE FROM allocations_priorityrule WHERE position = 1",
    "INSERT INTO allocations_condition (version_id, position, kind, values, legal_basis)"
    " SELECT id, 9, 'certificate', '{}', '' FROM allocations_ruleversion",
    "DELETE FROM allocations_condition",
]


@pytest.mark.parametrize("sql", CHANGES_OF_HISTORY)
def test_the_database_keeps_a_published_version_as_it_is(round, sql):
    with pytest.raises(DatabaseError, match="is published"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_draft_may_still_be_dropped(round, staff):
    drop_draft(draft_rules(round.pk, by=staff).pk, by=staff)
    assert round.rule_versions.count() == 1


def test_the_effect_names_every_household_whose_place_changes(round, staff):
    poor = make_household(category="HN")
    near_poor = make_household(category="HCN")
    merit = make_household(category="HN", attributes=["NCC"])
    make_household(category="KTD")
    draft = poor_only(draft_rules(round.pk, by=staff), staff)
    effect = show_effect(draft.pk, by=staff)
    assert effect.looked_at == 4
    assert effect.kinds == {"out": 1, "up": 1}  # plain poor households rise from group 3 to 1
    changes = {change.household_id: (change.before, change.after) for change in changes_in(draft, commune())}
    assert changes == {near_poor.pk: (4, None), poor.pk: (3, 1)}
    assert merit.pk not in changes
    draft.refresh_from_db()
    assert draft.effect["changed"] == 2


def test_a_decision_keeps_the_rules_it_was_made_under(staff):
    scene = submitted(2)
    before = scene.round.rule_versions.get()
    approve(scene.commune_list.pk, scene.ids[:1], by=scene.reviewer)
    published(scene.round, staff)
    assert set(Allocation.objects.values_list("rule_version", flat=True)) == {before.pk}
    later = scene.round.rule_versions.get(state="published")
    with pytest.raises(DatabaseError, match="decided"), transaction.atomic():
        Allocation.objects.filter(status="approved").update(rule_version=later)
    other = make_round().rule_versions.get()
    with pytest.raises(DatabaseError, match="line_rests_on_rules_of_its_round"), transaction.atomic():
        Allocation.objects.filter(status="submitted").update(rule_version=other)


def test_a_list_that_is_brought_up_to_date_ranks_its_drafts_under_the_new_rules(round, staff):
    official = make_officer()
    first = make_household(category="HN", phone_kind="smart", members=5)
    second = make_household(category="HN", phone_kind="none", members=1)
    build_list(round.pk, commune().pk, by=official)
    assert list(Allocation.objects.by_priority().values_list("household", flat=True)) == [first.pk, second.pk]
    made = published(round, staff)
    build_list(round.pk, commune().pk, by=official)
    lines = list(Allocation.objects.by_priority())
    assert [line.household_id for line in lines] == [second.pk, first.pk]
    assert {line.rule_version_id for line in lines} == {made.pk}
