"""Every rule for one cell's value: births, identity numbers, phones, names, categories, hamlets."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaries.intake.cells import DateCell, NumberCell
from beneficiaries.intake.value_words import (
    read_attributes,
    read_category,
    read_ethnic_group,
    read_gender,
    read_hamlet,
    read_mark,
    read_phone_kind,
)  # fmt: skip
from beneficiaries.intake.values import read_birth, read_count, read_identity, read_name, read_phone, read_score


def day(year, month, of_month):
    return (datetime.date(year, month, of_month), year, "day")


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("14/03/1965", day(1965, 3, 14)), ("4/3/1965", day(1965, 3, 4)), ("04-03-1965", day(1965, 3, 4)), ("4.3.1965",
        day(1965, 3, 4)),
        ("4 / 3 / 1965", day(1965, 3, 4)), ("ngày 4 tháng 3 năm 1965", day(1965, 3, 4)), ("04031965", day(1965, 3, 4)),
        ("1965-03-04", day(1965, 3, 4)), (DateCell("1965-03-04"), day(1965, 3, 4)), ("1965-03-04 00:00:00", day(1965,
        3, 4)),
        ("1965", (None, 1965, "year")), (NumberCell("1965"), (None, 1965, "year")), ("năm 1965", (None, 1965, "year")),
        (DateCell("1905-05-18"), (None, 1965, "year")),  # 1965 typed into a cell formatted as a date
        (NumberCell("23809"), day(1965, 3, 8)),  # the serial number of a day
        ("03/1965", (None, 1965, "month")), ("00/03/1965", (None, 1965, "month")), ("00/00/1965", (None, 1965, "year")),
        ("01/01/1965", (None, 1965, "year")), (DateCell("1965-01-01"), (None, 1965, "year")), ("0/1965", (None, 1965,
        "year")),
        ("29/02/1968", day(1968, 2, 29)), ("5/3/68", day(1968, 3, 5)), ("5/3/12", day(2012, 3, 5)),
        ("", (None, None, None)), (" - ", (None, None, None)),
    ],
)  # fmt: skip
def test_read_birth_reads_days_months_and_years_day_first(cell, read):
    birth = read_birth(cell)

    assert (birth.on, birth.year, birth.precision) == read
    assert birth.doubt == ""


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/1968",
        "29/02/1967",
        "13/13/1968",
        "05/25/1968",
        "khoảng 70",
        "70 tuổi",
        "1/2/3",
        "14/03/196",
        "19655",
        "12",
        "14/03/19655",
    ],
)
def test_read_birth_doubts_what_is_no_date(cell):
    assert read_birth(cell).doubt == "V13"


@pytest.mark.parametrize(
    ("cell", "number", "old", "doubt"),
    [
        ("060065001234", "060065001234", "", ""), ("060 065 001234", "060065001234", "", ""), ("'060065001234",
        "060065001234", "", ""),
        ("060.065.001.234", "060065001234", "", ""), (NumberCell("60065001234"), "060065001234", "", "V05"),
        ("60065001234.0", "060065001234", "", "V05"), ("099065001234", "099065001234", "", "V07"),
        ("260123456", "", "260123456", "V04"), ("60123456", "", "060123456", "V68"),
        ("6.01E+10", "", "", "V06"), ("6,0165E+10", "", "", "V06"), ("60066001234", "", "", "V03"), ("0600650012345",
        "", "", "V03"),
        ("O60065001234", "", "", "V03"), ("chưa có", "", "", ""), ("#REF!", "", "", "V46"), ("", "", "", ""),
        ("--", "", "", ""),
        ("０６００６５００１２３４", "060065001234", "", "V77"), ("0" * 12, "", "", "V03"), ("7" * 400, "", "", "V03"),
    ],
)  # fmt: skip
def test_read_identity_keeps_restores_or_doubts(cell, number, old, doubt):
    reading = read_identity(cell, gender="M", birth_year=1965)

    assert (reading.number, reading.old_number, reading.doubt) == (number, old, doubt)


@pytest.mark.parametrize(
    ("cell", "gender", "year", "fix"),
    [("O60065001234", "M", 1965, "060065001234"), ("O60065001234", "F", 1965, None), ("60065001234", "M", None,
    "060065001234"),
     ("60065001234", "M", 1966, None), ("123", "M", 1965, None)],
)  # fmt: skip
def test_read_identity_proposes_only_what_fits_the_person(cell, gender, year, fix):
    reading = read_identity(cell, gender=gender, birth_year=year)

    assert (reading.doubt, reading.fix) == ("V03", fix)


@pytest.mark.parametrize(
    ("cell", "phone", "codes"),
    [
        ("0912345678", "0912345678", []), ("0912 345 678", "0912345678", []), ("0912.345.678", "0912345678", []),
        ("+84912345678", "0912345678", []), ("84912345678", "0912345678", []), (NumberCell("912345678"), "0912345678",
        []),
        ("01651234567", "0351234567", ["V16"]), (NumberCell("1651234567"), "0351234567", ["V16"]), ("01991234567",
        "0591234567", ["V16"]),
        ("02523812345", "02523812345", []), ("0252 3812345", "02523812345", []),
        ("0212345678", "", ["V15"]), ("09123456", "", ["V15"]), ("không có", "", []), ("0912345678a", "", ["V15"]),
        ("0912345678; 0987654321", "0912345678", ["V66"]), ("0912345678 - 0987654321", "0912345678", ["V66"]),
        ("", "", []), ("-", "", []), ("#NAME?", "", ["V46"]),
    ],
)  # fmt: skip
def test_read_phone_gives_the_number_of_today(cell, phone, codes):
    reading = read_phone(cell)

    assert (reading.value, [code for code, _, _ in reading.doubts]) == (phone, codes)


@pytest.mark.parametrize(
    ("cell", "name", "codes", "fix"),
    [
        ("Nguyễn Văn Tám", "Nguyễn Văn Tám", [], None), ("NGUYỄN VĂN TÁM", "Nguyễn Văn Tám", [], None), ("K'Brối",
        "K'Brối", [], None),
        ("Y", "Y", ["V02"], None), ("Ka", "Ka", [], None), ("1. Nguyễn Văn Tám", "1. Nguyễn Văn Tám", ["V02"],
        "Nguyễn Văn Tám"),
        ("Trần Thị Tư (chết)", "Trần Thị Tư (chết)", ["V02"], None), ("Nguyễn Văn 5", "Nguyễn Văn 5", ["V02"], None),
        ("Bà Trần Thị Tư", "Bà Trần Thị Tư", ["V65"], "Trần Thị Tư"), ("#N/A", "", ["V46"], None), ("", "", [], None),
        ("A" * 81, "A" + "a" * 80, ["V02"], None), ("Điểu-K'Tem", "Điểu-K'Tem", [], None),
    ],
)  # fmt: skip
def test_read_name_keeps_names_of_all_peoples_and_doubts_the_rest(cell, name, codes, fix):
    reading = read_name(cell)

    assert (reading.value, [code for code, _, _ in reading.doubts]) == (name, codes)
    assert next((fix for _, _, fix in reading.doubts), None) == fix


@pytest.mark.parametrize(
    ("text", "category", "attributes", "is_sure"),
    [
        ("Hộ nghèo", "HN", (), True), ("HN", "HN", (), True), ("hộ nghèo 2024", "HN", (), True), ("CN", "HCN", (),
        True),
        ("Hộ cận nghèo", "HCN", (), True), ("HCN", "HCN", (), True), ("CSXH", "CSXH", (), True), ("Hộ không nghèo",
        "KTD", (), True),
        ("Thoát nghèo", "KTD", (), True), ("HN-NCC", "HN", ("NCC",), True), ("Hộ nghèo, DTTS", "HN", ("DTTS",), True),
        ("HCN + BTXH", "HCN", ("BTXH",), True), ("NCC", "", ("NCC",), True), ("Chính sách", "CSXH", (), False),
        ("HNN", "", (), False),
        ("HN, CN", "", (), False), ("HN-XYZ", "HN", (), False), ("?", "", (), False),
    ],
)  # fmt: skip
def test_read_category_is_sure_only_of_known_words(text, category, attributes, is_sure):
    value = read_category(text)

    assert (value.category, value.attributes, value.is_sure) == (category, attributes, is_sure)


@pytest.mark.parametrize(
    ("text", "mark"),
    [("x", True), ("X", True), ("✓", True), ("1", True), ("có", True), ("", False), ("-", False), ("0", False),
    ("không", False), ("?", None),
     ("12", None), ("HN", None)],
)  # fmt: skip
def test_read_mark_knows_yes_no_and_neither(text, mark):
    assert read_mark(text) is mark


@pytest.mark.parametrize(
    ("text", "code"),
    [("Kinh", "01"), ("K'Ho", "16"), ("Cơ Ho", "16"), ("KHO", "16"), ("Ra glai", "21"), ("Raglay", "21"), ("Chăm",
    "17"), ("Chàm", "17"),
     ("dân tộc Nùng", "07"), ("Thổ", "24"), ("Hoa", "04"), ("Tày", "02"), ("Kihn", None), ("Khác", None), ("", "")],
)  # fmt: skip
def test_read_ethnic_group_by_name_or_variant(text, code):
    assert read_ethnic_group(text) == code


@pytest.mark.parametrize(
    ("text", "header", "hamlet"),
    [("KP1", "", "Khu phố 1"), ("KP 01", "", "Khu phố 1"), ("K.P 3", "", "Khu phố 3"), ("kp.4", "", "Khu phố 4"),
    ("T.2", "", "Thôn 2"),
     ("T3", "", "Thôn 3"), ("Th.3", "", "Thôn 3"), ("TDP 5", "", "Tổ dân phố 5"), ("1", "Thôn", "Thôn 1"), ("1",
     "KHU PHỐ", "Khu phố 1"),
     ("1", "Thôn/Khu phố", "1"), ("THÔN TÂN HÒA", "", "Thôn Tân Hòa"), ("Thôn Tân Hòa", "", "Thôn Tân Hòa"),
     ("Thiện Bình", "", "Thiện Bình"),
     ("Tân Lập", "Thôn", "Tân Lập"), ("khu phố 2A", "", "Khu phố 2A")],
)  # fmt: skip
def test_read_hamlet_writes_the_kind_out(text, header, hamlet):
    assert read_hamlet(text, header) == hamlet


@pytest.mark.parametrize(("cell", "count"), [("4", (4, "")), ("04", (4, "")), ("4 khẩu", (4, "")), ("61.0", (None,
    "V56")), ("3.0", (3, "")),
                                             ("0", (None, "V56")), ("bốn", (None, "V56")), ("", (None, "")), ("#REF!",
                                             (None, "V46"))])  # fmt: skip
def test_read_count_reads_people_of_a_household(cell, count):
    assert read_count(cell) == count


def test_other_words_are_known_or_left_open():
    assert [read_gender(text) for text in ("Nam", "NỮ", "nu", "", "Namm")] == ["M", "F", "F", "", None]
    assert [read_phone_kind(text) for text in ("cục gạch", "Smartphone", "không có", "", "iPad")] == [
        "basic",
        "smart",
        "none",
        "",
        None,
    ]
    assert read_attributes("NCC, DTTS") == (("NCC", "DTTS"), True)
    assert read_attributes("NCC, abc") == (("NCC",), False)
    assert [read_score(text) for text in ("61.0", "61,5", "", "x")] == [
        (61.0, ""),
        (61.5, ""),
        (None, ""),
        (None, "V69"),
    ]


@given(st.dates(datetime.date(1900, 2, 1), datetime.date(2024, 12, 31)))
def test_read_birth_of_what_was_read_is_the_same_day(born):
    birth = read_birth(f"{born:%d/%m/%Y}")

    assert birth.year == born.year
    assert birth.on in (born, None)
    assert (birth.on is None) == (born.day == born.month == 1)


@given(st.text(alphabet="0123456789+ .-", max_size=16))
def test_read_phone_of_what_was_read_is_the_same_number(text):
    phone = read_phone(text).value

    assert read_phone(phone).value == phone


@given(st.text(alphabet="0123456789 .'-OEe+", max_size=20))
def test_read_identity_of_what_was_read_is_the_same_number(text):
    number = read_identity(text, gender="M", birth_year=1965).number

    assert read_identity(number, gender="M", birth_year=1965).number == number


@given(st.text())
def test_readers_take_any_text(text):
    for reader in (
        read_birth,
        read_phone,
        read_name,
        read_count,
        read_score,
        read_category,
        read_hamlet,
        read_mark,
        read_ethnic_group,
    ):
        reader(text)
    read_identity(text, gender="", birth_year=None)
