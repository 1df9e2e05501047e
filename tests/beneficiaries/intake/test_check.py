"""From rows to households with their problems: required values, contradictions, repeats, numbers that come twice."""

import datetime

import pytest

from beneficiaries.intake.cells import DateCell, NumberCell, Sheet
from beneficiaries.intake.check import check_household
from beneficiaries.intake.household_rows import HouseholdRow, PersonRow
from beneficiaries.intake.parse import Choices, parse_sheets
from beneficiaries.intake.problems import PROBLEMS, Problem, problem_message

TODAY = datetime.date(2024, 11, 1)
HEADER = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ", "Số khẩu", "Điện thoại"]
GOOD = ["1", "Nguyễn Văn Tám", "14/03/1965", "Nam", "060065912345", "Thôn 1", "HN", "4", "0912345678"]


def row(**changes):
    """The good row with some columns changed, by the header's word."""
    values = dict(zip(HEADER, GOOD, strict=True)) | {name.replace("_", " "): value for name, value in changes.items()}
    return [values[name] for name in HEADER]


def parse(*rows, header=HEADER, **choices):
    return parse_sheets([Sheet("S", rows=[list(header), *map(list, rows)])], choices=Choices(**choices), today=TODAY)


def codes(parsed, row_no=2, *severities):
    return [
        p.code for p in parsed.problems if p.row_no == row_no and p.severity in (severities or ("error", "warning"))
    ]


def household(**head):
    values = {
        "full_name": "Nguyễn Văn Tám",
        "birth_year": 1965,
        "birth_precision": "year",
        "gender": "M",
        "identity_number": "060065912345",
    }
    return HouseholdRow(2, "S", PersonRow(2, **(values | head)), category="HN", hamlet="Thôn 1")


def found(row):
    return [problem.code for problem in check_household(row, today=TODAY)]


def test_a_good_row_has_no_problem():
    assert parse(GOOD).problems == []
    assert found(household()) == []


@pytest.mark.parametrize(
    ("changes", "code", "severity"),
    [
        ({"Họ và tên": ""}, "V01", "error"), ({"Giới tính": ""}, "V64", "note"), ({"Ngày sinh": ""}, "V48", "error"),
        ({"Thôn": ""}, "V49", "error"), ({"Loại hộ": ""}, "V50", "error"), ({"Số CCCD": ""}, "V53", "warning"),
        ({"Ngày sinh": "1899"}, "V10", "error"), ({"Ngày sinh": "25/12/2025"}, "V10", "error"), ({"Giới tính": "Nữ"},
        "V08", "warning"),
        ({"Ngày sinh": "14/03/1966"}, "V09", "warning"), ({"Họ và tên": "Nguyễn Văn Test"}, "V43", "warning"),
        ({"Họ và tên": "Y Bham", "Giới tính": "Nữ", "Số CCCD": "060165912345"}, "V58", "warning"),
        ({"Họ và tên": "H'Nuin"}, "V58", "warning"), ({"Số khẩu": "0"}, "V56", "warning"),
        ({"Họ và tên": "#REF!"}, "V46", "error"), ({"Thôn": "#N/A"}, "V46", "error"), ({"Loại hộ": "#VALUE!"}, "V46",
        "error"),
        ({"Ngày sinh": "20/03/2010", "Số CCCD": "060210912345"}, "V11", "warning"),
        ({"Ngày sinh": "1910", "Số CCCD": "060010912345"}, "V12", "warning"),
    ],
)  # fmt: skip
def test_check_tells_one_problem_of_one_wrong_cell(changes, code, severity):
    problems = parse(row(**changes)).problems

    assert [
        (problem.code, problem.severity, problem.row_no, problem.sheet) for problem in problems if problem.code != "V70"
    ] == [(code, severity, 2, "S")]


def test_check_proposes_what_the_identity_number_says():
    (birth,) = [p for p in parse(row(**{"Ngày sinh": ""})).problems if p.code == "V48"]
    (gender,) = [p for p in parse(row(**{"Giới tính": "", "Ngày sinh": ""})).problems if p.code == "V47"]
    (by_name,) = [
        p
        for p in parse(row(**{"Giới tính": "", "Họ và tên": "Trần Thị Tư", "Số CCCD": ""})).problems
        if p.code == "V47"
    ]

    assert (birth.fix, gender.fix, by_name.fix) == ("1965", "M", "F")


def test_a_number_of_another_person_gives_nobody_a_gender():
    assert codes(parse(row(**{"Giới tính": "", "Ngày sinh": "14/03/1985"}))) == ["V47", "V09"]


@pytest.mark.parametrize(
    ("others", "severity", "value"),
    [
        (["25/12/1970"] * 3, "note", "1965-05-03"),
        (["7/8/1970"] * 3, "warning", "1965-05-03"),
        (["05/25/1970"] * 3, "error", "1965-05-03"),
        (["25/12/1970"] * 30 + ["05/25/1970"], "warning", "1965-05-03"),
    ],
    ids=["column says day first", "column says nothing", "column says month first", "one slip"],
)
def test_a_date_that_could_be_swapped_is_day_first_and_a_stop_only_against_the_column(others, severity, value):
    parsed = parse(
        row(**{"Ngày sinh": "3/5/1965"}),
        *[row(**{"Ngày sinh": text, "Số CCCD": "", "Số khẩu": str(n)}) for n, text in enumerate(others, 1)],
    )

    (problem,) = [p for p in parsed.problems if p.row_no == 2 and p.code == "V14"]
    assert (problem.severity, parsed.households[0].head.birth_date.isoformat()) == (severity, value)


def test_real_dates_beside_text_that_could_not_become_one_are_in_doubt():
    """American Excel takes 3/5/1965 for 5 March and leaves 25/12/1970 as text."""
    swapped = parse(
        row(**{"Ngày sinh": DateCell("1965-03-05")}),
        row(**{"Ngày sinh": "25/12/1970", "Số CCCD": "", "Điện thoại": ""}),
    )
    whole = parse(
        row(**{"Ngày sinh": DateCell("1965-03-05")}),
        row(**{"Ngày sinh": DateCell("1970-12-25"), "Số CCCD": "", "Điện thoại": ""}),
    )

    assert codes(swapped) == ["V14"]
    assert codes(whole) == []


def test_restored_zeros_are_told_and_the_original_is_kept():
    parsed = parse(row(**{"Số CCCD": NumberCell("60065912345")}))

    head = parsed.households[0].head
    assert head.identity_number == "060065912345"
    assert codes(parsed) == ["V05"]
    assert [(c.field, c.original, c.value, c.code) for c in parsed.households[0].changes] == [
        ("identity_number", "60065912345", "060065912345", "zeros")
    ]
    assert parsed.households[0].originals[2]["identity_number"] == "60065912345"


def test_numbers_that_cannot_be_restored_stay_out():
    parsed = parse(row(**{"Số CCCD": NumberCell("60066912345")}))

    assert parsed.households[0].head.identity_number == ""
    assert codes(parsed) == ["V03"]


def test_a_cmnd_is_kept_apart():
    parsed = parse(row(**{"Số CCCD": "260123456"}))

    head = parsed.households[0].head
    assert (head.identity_number, head.old_identity_number) == ("", "260123456")
    assert codes(parsed) == ["V04"]


def test_a_cmnd_in_its_own_column_is_no_problem_beyond_the_missing_cccd():
    header = [*HEADER, "Số CMND"]

    parsed = parse([*row(**{"Số CCCD": ""}), "260123456"], header=header)

    assert parsed.households[0].head.old_identity_number == "260123456"
    assert codes(parsed) == ["V53"]


def test_one_number_in_two_rows_is_an_error_in_both():
    parsed = parse(GOOD, row(STT="2", **{"Họ và tên": "Nguyễn Văn Chín"}))

    problem, other = [p for p in parsed.problems if p.code == "V19"]
    assert (problem.row_no, other.row_no, problem.severity) == (2, 3, "error")
    assert problem.params == {"mask": "060••••••345", "rows": "2, 3"}
    assert [p.code for p in parsed.problems if p.code == "V17"] == ["V17", "V17"]


def test_two_versions_of_one_person_without_a_number_are_asked_about():
    first, second = row(**{"Số CCCD": ""}), row(**{"Số CCCD": "", "Số khẩu": "5", "Điện thoại": ""})

    told = [(p.row_no, p.params["rows"]) for p in parse(first, second).problems if p.code == "V71"]

    assert told == [(2, "2, 3"), (3, "2, 3")]
    assert "V71" not in codes(parse(GOOD, row(**{"Số CCCD": "060065912346", "Điện thoại": ""})))


def test_a_row_that_contradicts_its_heading_is_told():
    parsed = parse(["HỘ CẬN NGHÈO"], GOOD)

    assert parsed.households[0].category == "HN"
    assert codes(parsed, 3) == ["V67"]


@pytest.mark.parametrize("ditto", ['"', "nt", "- nt -", "như trên"])
def test_a_ditto_mark_takes_the_value_of_the_row_above(ditto):
    second = row(STT="2", Thôn=ditto, **{"Họ và tên": "Lê Ba", "Số CCCD": "", "Loại hộ": ditto, "Điện thoại": ""})

    household = parse(GOOD, second).households[1]

    assert (household.hamlet, household.category) == ("Thôn 1", "HN")
    assert household.originals[3]["hamlet"] == ditto


def test_a_title_gives_no_category_to_a_list_that_says_it_row_by_row():
    parsed = parse_sheets(
        [Sheet("Hộ nghèo", rows=[["DANH SÁCH HỘ NGHÈO"], HEADER, GOOD, row(**{"Loại hộ": "", "Số CCCD": ""})])],
        today=TODAY,
    )

    assert [household.category for household in parsed.households] == ["HN", ""]
    assert "V50" in codes(parsed, 4)


def test_a_number_that_could_be_a_day_is_doubted():
    parsed = parse(row(**{"Ngày sinh": NumberCell("23809"), "Số CCCD": ""}))

    assert parsed.households[0].head.birth_date == datetime.date(1965, 3, 8)
    assert sorted(codes(parsed)) == ["V53", "V75"]


def test_rows_of_several_sheets_are_told_apart():
    sheets = [
        Sheet(name, rows=[HEADER, row(**{"Họ và tên": who, "Điện thoại": ""})])
        for name, who in (("KP1", "Lê Ba"), ("KP2", "Lê Tư"))
    ]

    told = {p.params["rows"] for p in parse_sheets(sheets, today=TODAY).problems if p.code == "V19"}

    assert told == {"2 (KP1), 2 (KP2)"}


def test_an_exact_repeat_is_marked_and_told_once():
    parsed = parse(GOOD, row(STT="2"))

    assert [household.repeat_of for household in parsed.households] == [None, 2]
    assert [(p.code, p.row_no) for p in parsed.problems] == [("V44", 3)]


def test_two_versions_of_a_household_are_no_repeat():
    parsed = parse(GOOD, row(STT="2", **{"Số khẩu": "5"}))

    assert [household.repeat_of for household in parsed.households] == [None, None]


def test_the_officials_meaning_of_a_word_counts():
    assert codes(parse(row(**{"Loại hộ": "HNN"}))) == ["V51"]

    parsed = parse(row(**{"Loại hộ": "HNN"}), categories={"HNN": ("HN", ("NCC",))})

    assert (parsed.households[0].category, parsed.households[0].attributes, parsed.problems) == ("HN", ("NCC",), [])


def test_a_word_with_two_meanings_is_asked_with_a_proposal():
    (problem,) = parse(row(**{"Loại hộ": "Chính sách"})).problems

    assert (problem.code, problem.fix) == ("V51", "CSXH")


MARKS = [
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Số CCCD",
    "Thôn",
    "Hộ nghèo",
    "Hộ cận nghèo",
    "Gia đình chính sách xã hội",
    "Có công",
]


@pytest.mark.parametrize(
    ("marks", "category", "attributes", "told"),
    [
        (["x", "", "", ""], "HN", (), []), (["", "X", "", ""], "HCN", (), []), (["x", "x", "", ""], "", (), ["V52"]),
        (["", "", "", ""], "", (), ["V50"]),
        (["", "", "x", ""], "CSXH", (), []), (["x", "", "x", ""], "HN", ("BTXH",), []), (["", "x", "", "x"], "HCN",
        ("NCC",), []),
        (["?", "", "", ""], "", (), ["V74"]), (["0", "1", "-", "không"], "HCN", (), []),
    ],
)  # fmt: skip
def test_x_marks_say_category_and_priorities(marks, category, attributes, told):
    parsed = parse([*GOOD[:6], *marks], ["2", "Lê Ba", "1970", "Nam", "", "Thôn 1", "x", "", "", ""], header=MARKS)

    assert (parsed.households[0].category, parsed.households[0].attributes) == (category, attributes)
    assert codes(parsed) == told


MEMBERS = [
    "STT hộ",
    "Họ và tên",
    "Quan hệ với chủ hộ",
    "Ngày sinh",
    "Giới tính",
    "Số CCCD",
    "Thôn",
    "Loại hộ",
    "Số khẩu",
]


def test_members_are_checked_like_heads():
    parsed = parse(
        ["1", "Nguyễn Văn Tám", "Chủ hộ", "1965", "Nam", "060065912345", "Thôn 1", "HN", "2"],
        ["", "Trần Thị Tư", "Vợ", "1970", "Nữ", "060070912346", "", "", ""],
        ["", "", "Con", "31/02/2000", "Nam", "", "", "", ""],
        header=MEMBERS,
    )

    assert [len(household.members) for household in parsed.households] == [2]
    assert codes(parsed, 3) == ["V08"]
    assert sorted(codes(parsed, 4)) == ["V01", "V13"]
    assert codes(parsed, 2) == ["V60"]


def test_a_member_without_a_head_is_told():
    parsed = parse(
        ["1", "Trần Thị Tư", "Vợ", "1970", "Nữ", "", "Thôn 1", "HN", "2"],
        ["2", "Lê Ba", "Chủ hộ", "1970", "Nam", "", "Thôn 1", "HN", "1"],
        header=MEMBERS,
    )

    assert "V59" in codes(parsed, 2)
    assert len(parsed.households) == 2


def test_every_problem_is_a_sentence_with_its_values():
    params = dict.fromkeys(("v", "a", "b", "c", "r", "n", "mask", "rows", "year"), "7") | {
        "gender": "F",
        "stated": "M",
        "category": "HN",
        "heading": "HCN",
    }

    for code, (severity, _) in PROBLEMS.items():
        message = problem_message(code, params)
        assert message.strip().endswith((".", "?")), code
        assert "%(" not in message
        assert severity in ("error", "warning", "note")
    assert Problem("V03", "error", "identity_number", 2, {"v": "12"}).message.count("12") == 2
