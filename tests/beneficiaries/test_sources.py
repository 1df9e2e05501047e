"""Lists of earlier programmes: how they are read and kept, what they name, withdrawal, and what is remembered."""

from __future__ import annotations

import io

import pytest

from administration.models import AuditEvent, Role
from administration.refusals import NotPossible
from administration.scope import scope_of
from beneficiaries import actions
from beneficiaries.actions import sources
from beneficiaries.actions.received import find_received
from beneficiaries.models import ExclusionEntry, ExclusionPerson, ExclusionSource, Household, ReceivedHit
from beneficiaries.received_content import opened
from tests.beneficiaries.earlier import a_source_list, add, person, run_job, staff, take_into_use, values
from tests.beneficiaries.test_household_actions import person as member
from tests.beneficiaries.test_household_actions import values as household_values
from tests.factories import LIEN_HUONG, commune, district, make_household, make_officer, make_person

pytestmark = [pytest.mark.django_db(transaction=False), pytest.mark.usefixtures("everywhere", "files")]
NUMBER = "060170900001"


def hits(**query):
    return ReceivedHit.objects.in_force().filter(**query)


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_a_list_without_hamlet_and_category_is_read_and_says_what_is_in_doubt():
    source = add(
        [
            person("Trần Thị Bưởi", "15/08/1970", NUMBER, "Phường Mũi Né"),
            person("Lê Thị Chanh", "1970"),
            person("Võ Thị Dừa", "", ""),
            person("Hồ Thị Mận", "01/02/1980", "12345"),
        ],
        staff(),
    )
    assert source.state == "read", source.refusal
    assert (source.summary["rows"], source.summary["unusable"]) == (3, 1)
    assert (source.summary["with_number"], source.summary["without_number"]) == (1, 2)
    assert source.summary["codes"]["V03"] == 1
    assert [row for _sheet, row in source.seen["nobody"]] == [6]
    assert not hits().exists()


def test_nothing_of_a_person_stands_in_clear_in_the_database():
    source = add([person("Trần Thị Bưởi", "15/08/1970", NUMBER, "Phường Mũi Né")], staff())
    entry, recipient = ExclusionEntry.objects.get(source=source), ExclusionPerson.objects.get(source=source)
    stored = [str(v) for row in (source, entry, recipient) for v in row.__dict__.values()] + [
        bytes(v).decode("latin-1")
        for row in (source, entry, recipient)
        for v in row.__dict__.values()
        if isinstance(v, bytes | memoryview)
    ]
    assert not [text for text in stored if "Bưởi" in text or NUMBER in text]
    assert opened(entry.content).people[0].full_name == "Trần Thị Bưởi"
    assert entry.commune_no == commune().number


def test_a_file_that_is_no_list_is_refused_with_its_reason():
    officer = staff()
    with scope_of(officer):
        source = sources.add_source(io.BytesIO(b"\x00\x01nothing"), "x.xlsx", values(), by=officer)
    source = run_job(source)
    assert source.state == "refused"
    assert source.refusal
    with scope_of(officer):
        sources.abandon_source(source.pk, by=officer)
    assert not ExclusionSource.objects.exists()


def test_the_same_file_is_taken_once_until_it_is_withdrawn():
    officer, content = staff(), a_source_list([person("Trần Thị Bưởi", number=NUMBER)])

    def send() -> ExclusionSource:
        with scope_of(officer):
            return sources.add_source(io.BytesIO(content), "b.xlsx", values(), by=officer)

    source = run_job(send())
    with pytest.raises(NotPossible, match="is there already"):
        send()
    with scope_of(officer):
        sources.confirm_source(source.pk, by=officer)
    run_job(source)
    with scope_of(officer):
        sources.withdraw_source(source.pk, reason="Nhầm tệp", by=officer)
    assert send().pk != source.pk


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICIAL, Role.REVIEWER])
def test_only_the_province_keeps_such_lists(role):
    officer = make_officer(role)
    with scope_of(officer), pytest.raises(NotPossible, match="Only the province"):
        sources.add_source(io.BytesIO(b"x"), "b.xlsx", values(), by=officer)


def test_a_list_in_which_nobody_can_be_found_again_is_not_taken_into_use():
    officer = staff()
    source = add([person("Trần Thị Bưởi", "", "")], officer)
    with scope_of(officer), pytest.raises(NotPossible, match="Nobody in this list"):
        sources.confirm_source(source.pk, by=officer)


# --- What it names ----------------------------------------------------------------------------------------------------


def test_a_number_is_the_same_person_whoever_of_the_household_has_it_and_wherever():
    first = make_household(head_name="Trần Thị Bưởi", identity=NUMBER)
    second = make_household(commune(LIEN_HUONG), head_name="Hồ Thị Mận")
    make_person(second, full_name="Hồ Văn Con", birth_year=2009, identity="060209123456")
    make_household(head_name="Người Khác Hẳn")

    source = take_into_use([person("Tran Thi Buoi", "1970", NUMBER), person("Hồ Văn Con", "2009", "060209123456")])

    assert source.state == "active"
    assert set(hits().values_list("household", "certainty", "state", "stands")) == {
        (first.pk, "same", "open", True), (second.pk, "same", "open", True),
    }  # fmt: skip


def test_a_likeness_is_only_probable_and_counts_once_somebody_has_said_so():
    household = make_household(head_name="Thông Thị Ức Mang", identity=None)
    Household.objects.get(pk=household.pk).members.update(birth_date="1970-08-15", birth_precision="day")
    take_into_use([person("Thông Thị Ưc Mang", "15/08/1970", "", "Phường Mũi Né")])

    hit = hits().get()
    assert (hit.household_id, hit.certainty, hit.stands) == (household.pk, "likely", False)
    official = make_officer()
    with scope_of(official):
        actions.confirm_received(hit.pk, version=hit.version, by=official)
    hit.refresh_from_db()
    assert (hit.state, hit.stands, hit.decided_by) == ("received", True, official)


def test_who_comes_into_the_register_later_is_looked_up():
    take_into_use([person("Trần Thị Bưởi", "15/08/1970", NUMBER)])
    official = make_officer()
    with scope_of(official):
        household = actions.add_household(household_values(member(identity_number=NUMBER)), by=official)
    assert hits().get().household == household


def test_a_household_that_leaves_takes_what_was_not_decided_with_it():
    household = make_household(identity=NUMBER)
    take_into_use([person("Trần Thị Bưởi", "15/08/1970", NUMBER)])
    official = make_officer()
    with scope_of(official):
        actions.delist_household(household.pk, reason="Chuyển đi", by=official)
    assert not hits().exists()


# --- Withdrawing ------------------------------------------------------------------------------------------------------


def test_a_withdrawn_list_says_nothing_and_comes_back_with_what_was_decided():
    officer, first, second = staff(), make_household(identity=NUMBER), make_household(identity="060170900002")
    source = take_into_use([person("A B", "1970", NUMBER), person("C D", "1970", "060170900002")], officer)
    hit = hits().get(household=first)
    with scope_of(officer):
        actions.declare_not_received(hit.pk, reason="Số bị ghi nhầm", version=hit.version, by=officer)
        sources.withdraw_source(source.pk, reason="Danh sách sai", by=officer)
    assert not hits().exists()
    assert not ReceivedHit.objects.standing().exists()

    with scope_of(officer):
        sources.take_up_source(source.pk, by=officer)
    source = run_job(source)

    assert source.state == "active"
    assert dict(hits().values_list("household", "state")) == {first.pk: "not_same", second.pk: "open"}
    verbs = AuditEvent.objects.filter(subject_type="beneficiaries.exclusionsource").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "source.added", "source.confirmed", "source.withdrawn", "source.taken_up",
    ]  # fmt: skip


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_what_was_decided_is_not_asked_again_by_another_list_or_another_record():
    officer, household = staff(), make_household(identity=NUMBER, head_name="Trần Thị Bưởi")
    take_into_use([person("Trần Thị Bưởi", "1970", NUMBER)], officer)
    hit = hits().get()
    with scope_of(officer):
        actions.declare_not_received(hit.pk, reason="Người khác", version=hit.version, by=officer)

    take_into_use([person("Trần Thị Bưởi", "1970", NUMBER), person("X Y", "1980", "")], officer, name="Quà viễn thông")
    assert hits().get().pk == hit.pk

    household.members.all()._raw_delete("default")
    Household.objects.filter(pk=household.pk)._raw_delete("default")
    assert ReceivedHit.objects.get(pk=hit.pk).household_id is None
    again = make_household(identity=NUMBER, head_name="Trần Thị Bưởi")
    find_received([again.pk])
    assert not hits().exclude(state="not_same").exists()


def test_a_commune_cannot_deny_what_a_number_says():
    make_household(identity=NUMBER)
    take_into_use([person("Trần Thị Bưởi", "1970", NUMBER)])
    hit, official, reviewer = hits().get(), make_officer(), make_officer(Role.REVIEWER, district())
    with scope_of(official), pytest.raises(NotPossible, match="The number says"):
        actions.declare_not_received(hit.pk, reason="Không phải", version=hit.version, by=official)
    with scope_of(reviewer):
        actions.declare_not_received(hit.pk, reason="Số ghi nhầm", version=hit.version, by=reviewer)
    with scope_of(official), pytest.raises(NotPossible, match="An office above"):
        actions.reopen_received(hit.pk, by=official)
    hit.refresh_from_db()
    assert (hit.state, hit.stands) == ("not_same", False)


def test_a_decision_on_what_has_changed_meanwhile_is_refused():
    make_household(identity=NUMBER)
    take_into_use([person("Trần Thị Bưởi", "1970", NUMBER)])
    hit, official = hits().get(), make_officer()
    with scope_of(official):
        actions.confirm_received(hit.pk, version=hit.version, by=official)
        with pytest.raises(actions.DecidedMeanwhile, match="already decided"):
            actions.confirm_received(hit.pk, version=hit.version, by=official)
    reviewer = make_officer(Role.REVIEWER)
    with scope_of(reviewer):
        actions.reopen_received(hit.pk, by=reviewer)
        with pytest.raises(actions.DecidedMeanwhile, match="has changed"):
            actions.confirm_received(hit.pk, version=hit.version, by=reviewer)


@pytest.mark.parametrize("where", [LIEN_HUONG])
def test_another_commune_neither_sees_nor_decides(where):
    make_household(identity=NUMBER)
    take_into_use([person("Trần Thị Bưởi", "1970", NUMBER)])
    hit, stranger = hits().get(), make_officer(area=commune(where))
    with scope_of(stranger):
        assert not ReceivedHit.objects.exists()
        assert not ExclusionEntry.objects.exists()
        with pytest.raises(NotPossible, match="no longer there"):
            actions.confirm_received(hit.pk, version=hit.version, by=stranger)


def test_a_decision_goes_along_when_records_are_merged():
    officer = staff()
    kept, gone = make_household(), make_household(identity=NUMBER)
    take_into_use([person("Trần Thị Bưởi", "1970", NUMBER)], officer)
    hit = hits().get()
    reviewer = make_officer(Role.REVIEWER)
    with scope_of(reviewer):
        actions.confirm_received(hit.pk, version=hit.version, by=reviewer)
        link = actions.merge_households(kept.pk, gone.pk, by=reviewer)
    assert list(hits(stands=True).values_list("household", "state")) == [(kept.pk, "received")]
    with scope_of(reviewer):
        actions.undo_link(link.pk, by=reviewer)
    assert list(hits(stands=True).values_list("household", "state")) == [(gone.pk, "received")]
