"""The six demo files: reproducible, read whole, with exactly the problems that were planted."""

import datetime
import json

import pytest

from beneficiaries.intake.parse import parse
from beneficiaries.intake.read import read_workbook
from demo.make_lists import FOLDER, LISTS, write_lists

TODAY = datetime.date(2024, 11, 1)
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    write_lists(folder)
    return folder


@pytest.mark.parametrize("file", EXPECTED)
def test_the_committed_lists_are_what_the_script_writes(file, written):
    assert [sheet.rows for sheet in read_workbook(FOLDER / file, file)] == [
        sheet.rows for sheet in read_workbook(written / file, file)
    ]
    assert (FOLDER / file).read_bytes() == (written / file).read_bytes()


@pytest.mark.parametrize("file", EXPECTED)
def test_every_household_and_every_planted_problem_of_a_demo_list_is_found(file):
    parsed = parse(FOLDER / file, file, today=TODAY)

    told = sorted([p.row_no, p.code, p.field] for p in parsed.problems if p.severity != "note" and p.code != "V41")
    assert [row.row_no for row in parsed.households] == EXPECTED[file]["households"]
    assert told == EXPECTED[file]["problems"]


def test_there_are_six_lists_of_the_sizes_and_kinds_that_were_promised(written):
    assert (written / "expected.json").read_bytes() == (FOLDER / "expected.json").read_bytes()
    assert [demo.commune_code for demo in LISTS[:2]] == ["22915", "22921"]
    assert all(40 <= demo.size <= 320 for demo in LISTS)
    assert [len(EXPECTED[demo.file]["problems"]) > 0 for demo in LISTS] == [True] * 5 + [False]


def test_the_list_in_vntime_is_recognised_by_its_font():
    file = next(demo.file for demo in LISTS if "VnTime" in demo.file)

    parsed = parse(FOLDER / file, file, today=TODAY)

    assert {encoding.encoding for encoding in parsed.main.encodings} == {"tcvn3"}
    assert all(
        name.isascii() is False or "K'" in name for name in (row.head.full_name for row in parsed.households[:5])
    )
