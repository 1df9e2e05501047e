"""Pairs that were found are kept, decisions are remembered whatever becomes of the rows."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from administration import jobs
from administration.models import Job
from administration.scope import interval, within
from beneficiaries.actions.duplicates import FIND, find_among, find_in_commune, find_in_file
from beneficiaries.actions.import_rows import mend_cell
from beneficiaries.intake import stage
from beneficiaries.models import Household, ImportFile, Person, StagedHousehold, SuspectedPair
from beneficiaries.pair_sides import sides_of
from beneficiaries.row_pairs import find_row_pairs, pairs_of_import
from tests.beneficiaries.lists import FIRST_ROW, a_list, household, identity, read, save, staged, undo
from tests.beneficiaries.test_pairing import a_household, dated
from tests.factories import LIEN_HUONG, PHU_HAI, commune, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
NAME = "Thông Thị Ức"


def decide(pair: SuspectedPair, state: str = "not_same") -> None:
    SuspectedPair.objects.filter(pk=pair.pk).update(
        state=state, decided_by=make_officer(), decided_at=timezone.now(), reason="x"
    )


@pytest.fixture
def two():
    return a_household(NAME), a_household(NAME, commune(LIEN_HUONG))


def test_a_pair_found_from_both_sides_is_kept_once_and_says_why(two):
    first, second = two
    assert find_among([second.pk]) == 1
    assert find_in_commune(commune().number) == 1
    pair = SuspectedPair.objects.get()
    assert (pair.household_a, pair.household_b, pair.state, pair.certainty) == (first, second, "open", "likely")
    assert (pair.area_a, pair.area_b, pair.found_in) == (commune(), commune(LIEN_HUONG), None)
    assert pair.person_a.household == first
    assert NAME not in str(pair.evidence)


def test_a_pair_that_is_no_longer_alike_goes_and_one_that_became_certain_is_updated(two):
    second = two[1]
    find_among([second.pk])
    Person.objects.filter(household=second).update(full_name="Lê Văn Khác", gender="M")
    assert find_among([second.pk]) == 0
    assert not SuspectedPair.objects.exists()


def test_not_the_same_is_remembered(two):
    first, second = two
    find_among([second.pk])
    decide(SuspectedPair.objects.get())
    assert find_among([first.pk, second.pk]) == 0
    assert SuspectedPair.objects.get().state == "not_same"


def test_not_the_same_is_remembered_when_a_person_goes_to_another_household(two):
    second = two[1]
    find_among([second.pk])
    decide(SuspectedPair.objects.get())
    third = a_household("Lê Văn Khác", born=datetime.date(1970, 1, 2))
    Person.objects.filter(household=second, is_head=True).update(household=third, area=third.area, is_head=False)
    assert find_among([third.pk]) == 0


def test_not_the_same_is_remembered_when_the_household_is_registered_anew(two):
    second = two[1]
    find_among([second.pk])
    decide(SuspectedPair.objects.get())
    Person.objects.filter(household=second)._raw_delete("default")
    Household.objects.filter(pk=second.pk)._raw_delete("default")
    again = a_household(NAME, commune(LIEN_HUONG))
    assert find_among([again.pk]) == 0
    other = a_household(NAME, commune(PHU_HAI))
    assert find_among([other.pk]) == 2


def test_a_waiting_or_settled_pair_is_left_as_it_is(two):
    second = two[1]
    find_among([second.pk])
    decide(SuspectedPair.objects.get(), "merged")
    assert find_among([second.pk]) == 1
    assert [pair.state for pair in SuspectedPair.objects.all()] == ["merged"]


def test_both_communes_see_a_pair_and_of_the_other_household_only_what_is_needed(two):
    second = two[1]
    for one, name, number in ((two[0], NAME, "060168123456"), (second, "Thông Thị Ứt", "060168123457")):
        dated(one, name, identity=number)
    find_among([second.pk])
    pair = SuspectedPair.objects.get()
    for area in (commune(), commune(LIEN_HUONG)):
        with within(*interval(area)):
            sides = sides_of([pair.pk])[pair.pk]
        assert (sides["a"].name, sides["b"].name) == ("T. T. Ứ.", "T. T. Ứ.")
        assert (sides["b"].household_code, sides["b"].area_name) == (second.code, second.area.name)
    with within(*interval(commune(PHU_HAI))):
        assert sides_of([pair.pk]) == {}


def test_a_name_that_both_have_is_shown(two):
    find_among([two[0].pk])
    pair = SuspectedPair.objects.get()
    assert sides_of([pair.pk])[pair.pk]["b"].name == NAME


def test_the_command_looks_through_what_changed_or_through_everything(two):
    out = io.StringIO()
    Household.objects.update(updated_at=timezone.now() - datetime.timedelta(days=9))
    call_command("find_duplicates", stdout=out)
    assert not SuspectedPair.objects.exists()
    call_command("find_duplicates", "--all", stdout=out)
    assert SuspectedPair.objects.count() == 1
    SuspectedPair.objects.all().delete()
    Household.objects.filter(pk=two[0].pk).update(updated_at=timezone.now())
    call_command("find_duplicates", stdout=out)
    assert SuspectedPair.objects.count() == 1


# ---- rows of a file ----


def search(file: ImportFile, official) -> ImportFile:
    """The job that follows the reading."""
    job = Job.objects.unfinished().get(kind=FIND, subject_id=file.pk)
    assert jobs.run(job.pk)
    file.refresh_from_db()
    return file


@pytest.fixture
def official(everywhere):
    return make_officer()


DOUBLE = {"Họ và tên chủ hộ": NAME, "Ngày sinh": "05/03/1968", "Số CCCD": ""}


@pytest.fixture
def imported(official):
    """Rows 1 and 3 are one household with a wrong digit, row 2 is registered elsewhere, row 4 is nobody's double."""
    a_household(NAME, commune(LIEN_HUONG), code="E-1")
    wrong = {**household(1), "Số CCCD": identity(2)}
    return search(read(a_list([household(1), household(7, **DOUBLE), wrong, household(300)]), official), official)


def test_rows_are_looked_for_in_their_file_and_in_every_commune(imported, official):
    assert imported.pairs_found_at is not None
    with within(*interval(official.area)), translation.override("en"):
        pairs = pairs_of_import(imported)
    elsewhere, in_file = pairs
    assert (in_file.row_no, in_file.other_row_no, in_file.household_code) == (FIRST_ROW + 2, FIRST_ROW, "")
    assert in_file.certainty == "same"
    assert "The identity numbers differ in one digit." in in_file.why
    assert (elsewhere.row_no, elsewhere.other_row_no, elsewhere.certainty) == (FIRST_ROW + 1, None, "likely")
    assert (elsewhere.household_code, elsewhere.commune) == ("E-1", commune(LIEN_HUONG).name)
    assert elsewhere.why == [
        "One of the two has no identity number.", "The names are the same.", "The dates of birth are the same.",
        "They are listed in different communes.", "The name is rare.",
    ]  # fmt: skip


def test_a_dry_run_finds_the_same_pairs(imported, official):
    rows = stage.load(imported.households.all())
    for one in rows:
        one.pk = None
    assert [(p.row_no, p.other_row_no, p.certainty) for p in find_row_pairs(rows, imported.area)] == [
        (p.row_no, p.other_row_no, p.certainty) for p in pairs_of_import(imported)
    ]


def test_mending_a_row_asks_for_another_search_that_drops_the_pair(imported, official):
    row = staged(imported, FIRST_ROW + 1)
    mend_cell(imported.pk, row.pk, row.row_no, "full_name", "Lê Thị Khác", by=official)
    imported.refresh_from_db()
    assert imported.pairs_found_at is None
    assert find_in_file(imported.pk, by=official) == 1


def test_applied_rows_become_a_pair_of_households_and_undo_makes_them_rows_again(imported, official):
    save(imported, official)
    pair = SuspectedPair.objects.of_register().get(area_b=commune(LIEN_HUONG))
    assert pair.household_a == staged(imported, FIRST_ROW + 1).household
    assert SuspectedPair.objects.of_register().count() == 2
    undo(imported, official)
    assert SuspectedPair.objects.of_register().count() == 0
    assert SuspectedPair.objects.of_file(imported).count() == 2


def test_a_decision_about_a_row_is_remembered_when_the_file_is_read_again(imported, official):
    pair = SuspectedPair.objects.get(area_b=commune(LIEN_HUONG))
    decide(pair)
    StagedHousehold.objects.filter(file=imported).delete()
    again = read(a_list([household(7, **DOUBLE), household(300)]), official, "khac.xlsx")
    assert find_in_file(again.pk, by=official) == 0
