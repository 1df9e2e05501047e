"""The six lists of the demo, as communes really keep them, go through whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from administration.models import Area, Level
from beneficiaries.actions import import_files
from beneficiaries.intake.choices import choices_from_json
from beneficiaries.models import Household, ImportFile
from tests.beneficiaries.lists import read, reloaded, save, undo
from tests.factories import make_officer

LISTS = Path(__file__).resolve().parents[2] / "demo" / "lists"
EXPECTED = json.loads((LISTS / "expected.json").read_text())

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]


def official_of(name: str):
    return make_officer(area=Area.objects.get(code=EXPECTED[name]["commune"], level=Level.COMMUNE))


def ready(name: str, official) -> ImportFile:
    file = read((LISTS / name).read_bytes(), official, name)
    if file.state == ImportFile.State.UPLOADED:  # old fonts are converted only after a look at them
        import_files.choose_columns(file.pk, choices_from_json(file.choices), by=official)
    return reloaded(file)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_demo_list_goes_through_whole(name, everywhere):
    official = official_of(name)
    file = ready(name, official)
    assert file.state == ImportFile.State.CHECKED
    rows = sorted(file.households.values_list("row_no", flat=True))
    assert rows == sorted(EXPECTED[name]["households"])
    found = {(row, code) for row, codes in file.households.values_list("row_no", "problem_codes") for code in codes}
    planted = {(row, code) for row, code, _field in EXPECTED[name]["problems"]}
    assert planted <= found
    file = save(file, official)
    assert file.added + file.left_out == len(rows)
    assert file.added == Household.objects.count()
    assert file.left_out <= 12
    assert not file.households.filter(household=None, state="applied").exists()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_same_demo_list_again_changes_nothing_and_undo_empties_the_register(name, everywhere, tmp_path):
    official = official_of(name)
    first = save(ready(name, official), official)
    undo(first, official)
    assert not Household.objects.exists()
    again = save(ready(name, official), official)
    assert (again.added, again.left_out) == (first.added, first.left_out)
    before = list(Household.objects.order_by("pk").values())
    ImportFile.objects.filter(pk=again.pk).update(sha256="0" * 64)  # as if the file had been saved anew
    third = ready(name, official)
    third = save(third, official)
    assert (third.added, third.updated, third.unchanged) == (0, 0, again.added)
    assert list(Household.objects.order_by("pk").values()) == before
