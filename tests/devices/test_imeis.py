"""IMEIs as they come from boxes, e-mails and sheets."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from devices.imeis import imei_column, is_imei, numbered, read_lines
from tests.factories import made_up_imei

pytestmark = pytest.mark.usefixtures("english")
GOOD, OTHER = made_up_imei(1), made_up_imei(2)
HYPHENATED = f"{OTHER[:8]}-{OTHER[8:]}"


@given(st.integers(0, 99_999_999))
def test_a_made_up_imei_is_right_and_with_any_other_check_digit_wrong(number):
    imei = made_up_imei(number)
    assert is_imei(imei)
    assert [d for d in "0123456789" if is_imei(imei[:14] + d)] == [imei[14]]


@given(st.integers(0, 99_999_999), st.integers(0, 14), st.integers(1, 9))
def test_a_single_wrong_digit_is_always_noticed(number, place, by):
    imei = made_up_imei(number)
    changed = imei[:place] + str((int(imei[place]) + by) % 10) + imei[place + 1 :]
    assert not is_imei(changed)


@pytest.mark.parametrize("text", ["", "1", GOOD[:14], GOOD + "0", "abcdefghijklmno", "٣" * 15, "²" * 15])
def test_what_is_not_15_plain_digits_is_no_imei(text):
    assert not is_imei(text)


@pytest.mark.django_db
def test_the_database_and_the_code_agree_on_what_an_imei_is():
    texts = [GOOD, OTHER, GOOD[:14] + "9", GOOD[:14], "", "0" * 15, "1" * 15, "356938035643809", "35693803564380a"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT t, coalesce(is_imei(t), false) FROM unnest(%s::text[]) AS t", [texts])
        assert dict(cursor.fetchall()) == {text: is_imei(text) for text in texts}


def test_lines_are_read_with_their_numbers_and_every_problem():
    text = f"{GOOD}\n\n  {OTHER[:6]} {OTHER[6:]} \n{GOOD}\n12345\n{GOOD[:14]}{(int(GOOD[14]) + 1) % 10}"
    found = read_lines(numbered(text))
    assert found.imeis == {GOOD: 1, OTHER: 3}
    assert [line for line, _sentence in found.problems] == [4, 5, 6]
    assert "also in line 1" in found.problems[0][1]
    assert "12345" in found.problems[1][1]


def test_a_very_long_line_is_quoted_only_in_part():
    ((_line, sentence),) = read_lines([(1, "x" * 5000)]).problems
    assert len(sentence) < 150


def test_the_column_is_found_by_its_numbers_whatever_its_heading():
    rows = [
        ["Danh sách máy"],
        ["STT", "Mẫu", "Số IMEI"],
        ["1", "A", GOOD],
        ["2", "A", HYPHENATED],
        ["3", "A", ""],
    ]
    assert imei_column(rows) == [(3, GOOD), (4, HYPHENATED), (5, "")]
    assert imei_column(rows, first_row=5)[0] == (7, GOOD)


def test_a_wrong_number_in_the_column_is_kept_with_its_row():
    cells = imei_column([["IMEI"], [GOOD], ["3569"], [OTHER]])
    assert read_lines(cells).problems[0][0] == 3


@pytest.mark.parametrize("rows", [[], [[]], [["a", "b"], ["12", ""]]])
def test_a_sheet_without_such_numbers_has_no_column(rows):
    assert imei_column(rows) is None
