"""`manage.py import_list`: the same pipeline without the screens, with records for other programs."""

from __future__ import annotations

import io
import json
from collections import defaultdict

import pytest
from django.core.management import CommandError, call_command

from administration.models import AuditEvent, Role
from administration.verbs import Verb
from beneficiaries.models import Household, ImportFile, Person, StagedHousehold
from tests.beneficiaries.lists import FIRST_ROW, HEADER, a_list, household, table, xlsx
from tests.factories import (
    BINH_THUAN,
    LIEN_HUONG,
    MUI_NE,
    PHAN_THIET,
    commune,
    make_household,
    make_officer,
    make_round,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]

FILE_KEYS = {"kind", "file", "status", "code", "message", "sheets"}
ROW_KEYS = {"kind", "sheet", "row", "status", "problems", "values"}
VALUE_KEYS = {
    "head_name", "gender", "birth_date", "birth_year", "birth_precision", "ethnic_code", "id_number", "id_kind",
    "phone", "member_count", "category", "commune_code", "village",
}  # fmt: skip
SUMMARY_KEYS = {
    "kind", "rows", "ok", "warning", "error", "new", "changed", "unchanged", "seconds", "peak_mb",
}  # fmt: skip


@pytest.fixture
def staff(everywhere):
    return make_officer(Role.PROVINCE_STAFF, username="tinh")


@pytest.fixture
def list_file(tmp_path):
    def write(rows, name="ds.xlsx", **more):
        path = tmp_path / name
        path.write_bytes(a_list(rows, **more))
        return path

    return write


def run(*paths, options=(), area=MUI_NE):
    """The records by kind, and the exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_list", *map(str, paths), "--area", area, "--json", "-", *options, stdout=out)
    except SystemExit as stop:
        code = stop.code
    found = defaultdict(list)
    for line in out.getvalue().splitlines():
        record = json.loads(line)
        found[record["kind"]].append(record)
    return found, code


def test_a_list_is_told_in_records_with_their_exact_keys(list_file):
    found, code = run(list_file([household(1), household(2)]))

    (file,), (summary,) = found["file"], found["summary"]
    assert code == 0
    assert set(file) == FILE_KEYS
    assert file["sheets"][0]["header_rows"] == [3]
    assert file["sheets"][0]["columns"]["head_name"] == "B"
    assert file["sheets"][0]["encoding"] == "unicode"
    assert [set(row) for row in found["row"]] == [ROW_KEYS, ROW_KEYS]
    assert set(found["row"][0]["values"]) == VALUE_KEYS
    assert set(summary) == SUMMARY_KEYS
    assert (summary["rows"], summary["ok"], summary["new"]) == (2, 2, 2)


def test_a_row_is_told_with_its_values(list_file):
    found, _ = run(list_file([household(1, **{"Số điện thoại": "0165 212 3456"})]))

    assert found["row"][0]["row"] == FIRST_ROW
    assert found["row"][0]["values"] == {
        "head_name": "Trần Thị Hoa Hoa", "gender": "female", "birth_date": "1970-08-15", "birth_year": 1970,
        "birth_precision": "day", "ethnic_code": None, "id_number": "060170000001", "id_kind": "cccd",
        "phone": "0352123456", "member_count": 3, "category": "poor", "commune_code": MUI_NE, "village": "Khu phố 2",
    }  # fmt: skip
    assert [(p["code"], p["field"]) for p in found["row"][0]["problems"]] == [("V16", "phone")]
    assert found["row"][0]["status"] == "warning"


@pytest.mark.parametrize(
    ("cell", "text", "code", "fields"),
    [
        ("Ngày sinh", "31/02/1970", "V13", {"birth_date"}), ("Ngày sinh", "1870", "V10", {"birth_year"}),
        ("Số CCCD", "06017000001X", "V03", {"id_number"}), ("Giới tính", "Nam", "V08", {"id_number", "gender"}),
        ("Ngày sinh", "15/08/1971", "V09", {"id_number", "birth_date", "birth_year"}),
        ("Loại hộ", "HNN", "V51", {"category"}), ("Thôn/Khu phố", "", "V49", {"village"}),
        ("Họ và tên chủ hộ", "Lê Thị 5", "V02", {"head_name"}), ("Số khẩu", "ba mươi", "V56", {"member_count"}),
    ],
)  # fmt: skip
def test_a_problem_is_told_at_the_fields_it_is_about(list_file, cell, text, code, fields):
    found, _ = run(list_file([household(1, **{cell: text}), household(2)]))

    assert {p["field"] for p in found["row"][0]["problems"] if p["code"] == code} == fields
    assert found["row"][1]["problems"] == []


def test_a_refused_file_is_one_record_and_the_exit_code_says_it(list_file, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.7")
    found, code = run(tmp_path / "a.xlsx", list_file([household(1)]))

    assert code == 2
    assert [file["status"] for file in found["file"]] == ["refused", "read"]
    assert (found["file"][0]["code"], found["file"][0]["sheets"]) == ("wrong_type", [])
    assert [summary["rows"] for summary in found["summary"]] == [0, 1]


def test_a_file_without_a_list_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(xlsx([["Xin chào"], ["một", "hai"]]))
    found, code = run(tmp_path / "a.xlsx")

    assert (code, found["file"][0]["status"], found["file"][0]["code"]) == (2, "refused", "V42")


def test_pairs_inside_the_file_and_with_the_register_are_told(list_file):
    registered = make_household(hamlet="Khu phố 3", identity=None)
    Person.objects.filter(household=registered).update(full_name="Trần Thị Hoa Hoa", birth_year=1970, gender="F")
    twin = household(2, **{"Số CCCD": household(1)["Số CCCD"]})
    found, _ = run(list_file([household(1), twin, household(3), household(3)]))

    inside = [(p["a"]["row"], p["b"]["row"], p["certainty"]) for p in found["pair"] if "row" in p["b"]]
    assert inside == [(FIRST_ROW, FIRST_ROW + 1, "same"), (FIRST_ROW + 2, FIRST_ROW + 3, "same")]
    assert found["row"][0]["status"] == "error"


def test_a_household_of_another_commune_with_the_same_number_is_a_pair(list_file):
    elsewhere = make_household(commune(LIEN_HUONG), identity=household(1)["Số CCCD"])
    found, _ = run(list_file([household(1)]))

    assert [(pair["b"], pair["certainty"]) for pair in found["pair"]] == [({"household": elsewhere.code}, "same")]


def test_nothing_is_stored_without_apply(list_file):
    run(list_file([household(1)]))

    assert not ImportFile.objects.exists()
    assert not Household.objects.exists()


def test_applied_rows_are_saved_and_broken_ones_left(list_file, staff):
    found, code = run(list_file([household(1), household(2, **{"Ngày sinh": "31/02/1970"})]), options=["--apply"])

    assert (code, found["summary"][0]["error"]) == (0, 1)
    assert Household.objects.get().created_by == staff
    assert ImportFile.objects.get().households.filter(state="skipped").count() == 1


def test_the_same_file_again_changes_nothing(list_file, staff):
    path = list_file([household(1)])
    run(path, options=["--apply"])
    found, _ = run(path, options=["--apply"])

    assert (found["summary"][0]["unchanged"], found["summary"][0]["new"], Household.objects.count()) == (1, 0, 1)


DISTRICT = [
    ["DANH SÁCH HỘ NGHÈO NĂM 2024"], list(HEADER), ["A", "PHƯỜNG MŨI NÉ"],
    [1, "Lê Thị Lan", "1970", "Nữ", "060170000001", "", "KP1", 3, "HN", ""],
    ["B", "P. Phú Hài"],
    [1, "Lê Văn Tư", "1971", "Nam", "060071000002", "", "KP2", 3, "HN", ""],
    [2, "Lê Văn Năm", "31/2/1972", "Nam", "060072000003", "", "KP2", 3, "HN", ""],
]  # fmt: skip


def test_the_communes_of_a_district_come_from_the_file(tmp_path, staff):
    (tmp_path / "ds.xlsx").write_bytes(xlsx(DISTRICT))
    found, _ = run(tmp_path / "ds.xlsx", area=PHAN_THIET, options=["--apply"])

    assert [row["values"]["commune_code"] for row in found["row"]] == [MUI_NE, "22921", "22921"]
    saved = {household.area.code: household for household in Household.objects.select_related("area")}
    assert set(saved) == {MUI_NE, "22921"}
    rows = {(s.file.area.code, s.row_no) for s in StagedHousehold.objects.select_related("file__area")}
    assert rows == {(MUI_NE, 4), ("22921", 6), ("22921", 7)}
    assert AuditEvent.objects.filter(verb=Verb.FILE_APPLIED).count() == 2


def test_a_commune_of_another_district_and_a_missing_one_are_errors(tmp_path):
    header = [*HEADER, "Xã"]
    rows = [household(1, Xã="X. Hàm Đức"), household(2, Xã=""), household(3, Xã="mui ne"), household(4, Xã="Ấp Trên")]
    (tmp_path / "ds.xlsx").write_bytes(xlsx(table(rows, header)))
    found, _ = run(tmp_path / "ds.xlsx", area=PHAN_THIET)

    codes = [[p["code"] for p in row["problems"] if p["field"] == "commune_code"] for row in found["row"]]
    assert codes == [["V80"], ["V87"], [], ["V86"]]
    assert found["row"][2]["values"]["commune_code"] == MUI_NE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Xã Tân Hà", None), ("Tân Hà, huyện Đức Linh", "23221"), ("Xã Tân Hà, H. Hàm Tân", "23257"),
        ("23221", "23221"), ("xã Bình Tân", "23047"), ("P. Bình Tân", "23237"),
    ],
)  # fmt: skip
def test_two_communes_of_one_name_are_told_apart_or_asked_about(tmp_path, text, code):
    (tmp_path / "ds.xlsx").write_bytes(xlsx(table([household(1, Xã=text)], [*HEADER, "Xã"])))
    found, _ = run(tmp_path / "ds.xlsx", area=BINH_THUAN)

    row = found["row"][0]
    assert row["values"]["commune_code"] == code
    assert ("V39" in {p["code"] for p in row["problems"]}) == (code is None)


def test_a_round_asks_for_its_categories_and_its_year(list_file):
    make_round(code="dot-9", categories=["HN"])
    found, _ = run(list_file([household(1), household(2, **{"Loại hộ": "HCN"})]), options=["--round", "dot-9"])

    assert [[p["code"] for p in row["problems"]] for row in found["row"]] == [[], ["V23"]]


def test_a_column_is_named_by_hand(list_file, staff):
    header = tuple("Cột lạ" if column == "Ghi chú" else column for column in HEADER)
    path = list_file([household(1, **{"Cột lạ": "ốm"})], header=header)
    run(path, options=["--map", "Cột lạ=note", "--apply"])

    assert Household.objects.get().note == "ốm"


def test_sheet_and_header_row_are_named_by_hand(list_file):
    found, _ = run(list_file([household(1)]), options=["--sheet", "Danh sách", "--header-row", "3"])

    assert found["summary"][0]["rows"] == 1


def test_people_read_sentences(list_file):
    out = io.StringIO()
    path = list_file([household(1), household(2, **{"Ngày sinh": "31/02/1970"})])
    call_command("import_list", str(path), "--area", MUI_NE, stdout=out)

    assert f"Danh sách:{FIRST_ROW + 1}  V13" in out.getvalue()
    assert "2 households" in out.getvalue()


def test_records_go_to_a_file_in_utf_8(list_file, tmp_path):
    call_command("import_list", str(list_file([household(1)])), "--area", MUI_NE, "--json", str(tmp_path / "o.jsonl"))

    lines = (tmp_path / "o.jsonl").read_bytes().decode("utf-8").splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["file", "row", "summary"]
    assert "Khu phố" in lines[1]


@pytest.mark.parametrize(
    "options",
    [
        ["--area", "99999"], ["--apply", "--as", "nobody"], ["--apply", "--as", "xa.khac"], ["--apply"],
        ["--map", "Nothing=note"], ["--map", "Ghi chú=nothing"], ["--round", "none"],
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(list_file, options):
    make_officer(username="xa.khac", area=commune(LIEN_HUONG))
    area = [] if "--area" in options else ["--area", MUI_NE]
    with pytest.raises(CommandError):
        call_command("import_list", str(list_file([household(1)])), *area, *options)
    assert not ImportFile.objects.exists()


def test_an_absent_file_is_said(tmp_path):
    with pytest.raises(CommandError):
        call_command("import_list", str(tmp_path / "absent.xlsx"), "--area", MUI_NE)
