"""`manage.py import_list`: the same pipeline without the screens."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from beneficiaries.models import Household, ImportFile
from tests.beneficiaries.lists import FIRST_ROW, HEADER, a_list, household
from tests.factories import LIEN_HUONG, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]


@pytest.fixture
def official(everywhere):
    return make_officer(username="xa.muine")


@pytest.fixture
def list_file(tmp_path):
    def write(rows, **more):
        path = tmp_path / "ds.xlsx"
        path.write_bytes(a_list(rows, **more))
        return path

    return write


def run(path, *options: str, commune: str = "22915", officer: str = "xa.muine") -> str:
    out = io.StringIO()
    call_command("import_list", str(path), "--commune", commune, "--as", officer, *options, stdout=out)
    return out.getvalue()


def outcome(path, *options: str) -> dict:
    return json.loads(run(path, "--json", *options))


def test_a_clean_list_is_saved(official, list_file):
    found = outcome(list_file([household(1), household(2)]))
    assert (found["counts"]["new"], found["counts"]["added"], found["problems"]) == (2, 2, [])
    assert Household.objects.filter(created_by=official).count() == 2


def test_broken_rows_are_named_and_stop_everything(official, list_file, capsys):
    path = list_file([household(1), household(2, **{"Ngày sinh": "31/02/1970"})])
    out = io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("import_list", str(path), "--commune", "22915", "--as", "xa.muine", stdout=out)
    assert stop.value.code == 1
    assert f"Danh sách:{FIRST_ROW + 1}  error" in out.getvalue()
    assert not Household.objects.exists()


def test_broken_rows_can_be_left_for_later(official, list_file):
    found = outcome(list_file([household(1), household(2, **{"Ngày sinh": "31/02/1970"})]), "--skip-errors")
    assert (found["counts"]["added"], found["counts"]["left_out"]) == (1, 1)
    assert ImportFile.objects.get().households.filter(state="skipped").count() == 1


def test_a_dry_run_says_everything_and_saves_nothing(official, list_file):
    found = outcome(list_file([household(1)]), "--dry-run")
    assert (found["counts"]["new"], "added" in found["counts"]) == (1, False)
    assert not ImportFile.objects.exists()


def test_the_same_file_again_changes_nothing(official, list_file):
    path = list_file([household(1)])
    run(path)
    found = outcome(path)
    assert (found["counts"]["unchanged"], found["counts"]["new"], Household.objects.count()) == (1, 0, 1)


def test_a_column_is_named_by_hand(official, list_file):
    header = tuple("Cột lạ" if column == "Ghi chú" else column for column in HEADER)
    run(list_file([household(1, **{"Cột lạ": "ốm"})], header=header), "--map", "Cột lạ=note")
    assert Household.objects.get().note == "ốm"


def test_sheet_and_header_row_are_named_by_hand(official, list_file):
    found = outcome(list_file([household(1)]), "--sheet", "Danh sách", "--header-row", "3")
    assert found["counts"]["added"] == 1


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ([], {"officer": "nobody"}), ([], {"commune": "99999"}), ([], {"commune": LIEN_HUONG}),
        (["--map", "Nothing=note"], {}), (["--map", "Ghi chú=nothing"], {}), (["--sheet", "Không có"], {}),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(official, list_file, options, more):
    with pytest.raises(CommandError):
        run(list_file([household(1)]), *options, **more)
    assert not ImportFile.objects.exists()


def test_a_refused_file_is_said_in_one_sentence(official, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="xlsx"):
        run(tmp_path / "a.xlsx")
    with pytest.raises(CommandError):
        run(tmp_path / "absent.xlsx")
