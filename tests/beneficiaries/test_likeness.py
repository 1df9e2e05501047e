"""What is likely one person, and what is proved: mistakes of real lists, namesakes, twins."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from beneficiaries.likeness import Code, Record, compare, compare_names, compare_numbers, edit_distance, needed_bits
from beneficiaries.name_rarity import Rarity
from beneficiaries.names import fold
from beneficiaries.sealing import fingerprint

NUMBER = "060168123456"


def record(
    name: str = "Thông Thị Ức", born: date | None = date(1968, 3, 5), number: str = NUMBER, **more: Any
) -> Record:
    values = {
        "key": fold(name), "full_name": name, "gender": "F", "birth_year": born.year if born else 1968,
        "birth_date": born, "birth_precision": "day" if born else "year", "cccd_hash": fingerprint(number),
        "cmnd_hash": None, "number": lambda: number, "area_no": 1, "hamlet_key": "thon 1",
    }  # fmt: skip
    return Record(**{**values, **more})


def likeness(a: Record, b: Record, people: int = 300_000):
    return compare(a, b, Rarity(people))


@pytest.mark.parametrize(("a", "b", "code"), [
    ("Nguyễn Thị Lan", "Nguyễn Thị Lan", Code.EQUAL),
    ("Nguyễn Thị Lan", "nguyen thi lan", Code.EQUAL),
    ("Đặng Văn Quý", "Dang Van Qui", Code.EQUAL),
    ("Nguyễn VănAn", "Nguyễn Văn An", Code.SPACING),
    ("Nguyễn Văn Tâm", "Nguyễn Văn Tâng", Code.TWO_LETTERS),
    ("Nguyễn Văn Tâm", "Nguyễn Văn Tâmm", Code.ONE_LETTER),
    ("Nguyễn Thị Lan", "Nguyễn Lan", Code.SHORTER),
    ("Lan Nguyễn Thị", "Nguyễn Thị Lan", Code.REORDERED),
    ("Nguyễn Thị Lan", "Nguyễn Thị Hoa", Code.OTHER),
    ("", "", Code.EQUAL),
    ("", "Lan", Code.OTHER),
])  # fmt: skip
def test_names_are_compared_by_how_lists_misspell_them(a, b, code):
    assert compare_names(fold(a), fold(b)) is code
    assert compare_names(fold(b), fold(a)) is code


@pytest.mark.parametrize(("a", "b", "code"), [
    (NUMBER, NUMBER, Code.EQUAL),
    (NUMBER, "060168123457", Code.ONE_DIGIT),
    (NUMBER, "060168123465", Code.SWAPPED_DIGITS),
    (NUMBER, "060168123412", Code.OTHER),
    (NUMBER, "", Code.MISSING),
    (NUMBER, "260123456", Code.OTHER),
])  # fmt: skip
def test_numbers_are_compared_by_how_fingers_miss(a, b, code):
    assert compare_numbers(a, b) is code


@pytest.mark.parametrize(("a", "b", "distance"), [("lan", "lan", 0), ("lan", "alan", 1), ("lan", "aln", 1),
                                                  ("tam", "tang", 2), ("hoa", "minh", 3), ("", "ab", 2)])  # fmt: skip
def test_edit_distance_counts_one_slip_as_one_up_to_its_limit(a, b, distance):
    assert edit_distance(a, b, 2) == edit_distance(b, a, 2) == distance


@pytest.mark.parametrize("other", [
    record(),
    record("Thong Thi Uc"),
    record("Trần Văn Khác", number=NUMBER),  # the name was changed, the birth is the same
    record(number="060168123457"),
    record(number="060168123465"),
    record("Thông ThịỨc", number="060168123457"),
    record(born=None, number="060168123457"),
    record(number="", cmnd_hash=fingerprint("260123456")),
])  # fmt: skip
def test_a_number_proves_one_person_also_with_a_wrong_digit_beside_an_equal_name_and_birth(other):
    first = record(cmnd_hash=fingerprint("260123456"))
    assert likeness(first, other).is_proved


@pytest.mark.parametrize("other", [
    record(number=""),  # a namesake of one birthday, or the same: nobody can tell
    record(number="060168999999"),
    record("Thông Thị Út", number="060168123457"),  # a twin: one birthday, the next number, another name
    record(born=date(1968, 5, 3), number="060168123457"),
    record(gender="M", number="060168123457"),
    record(born=None, number="060168123457", area_no=2),
    record("Trần Văn Khác", date(1990, 1, 2)),  # the number is somebody's mistake
])  # fmt: skip
def test_twins_namesakes_and_contradictions_are_never_proved(other):
    assert not likeness(record(), other).is_proved


def test_a_frequent_name_weighs_less_than_a_rare_one():
    rarity = Rarity(300_000)
    rarity.learn("nguien thi lan", 900)
    assert rarity.bits("nguien thi lan") < 9
    assert rarity.bits("thong thi uc") > 15
    frequent = record("Nguyễn Thị Lan", number="")
    assert compare(frequent, frequent, rarity).bits < needed_bits(300_000)
    assert compare(record(number=""), record(number=""), rarity).bits > needed_bits(300_000)


def test_numbers_are_opened_only_where_the_rest_is_near():
    def never() -> str:
        raise AssertionError

    far = replace(record("Lê Văn Khác", number="060168111111"), number=never)
    assert likeness(record(), far).number is Code.OTHER
    near = replace(record(number="060168111111"), number=never)
    with pytest.raises(AssertionError):
        likeness(record(), near)
