"""Search keys, parts of names, names as shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaries.names import display_name, fold, split_name


@pytest.mark.parametrize(
    ("text", "key"),
    [("Nguyễn Thị Thúy", "nguien thi thui"), ("Nguyễn Thị Thuý", "nguien thi thui"), ("ĐỖ  ĐỨC", "do duc"), ("K’Brôi",
    "k broi"),
     ("K'Brôi", "k broi"), ("Phú Quí", "phu qui"), ("Phú Quý", "phu qui"), (" - ", ""), ("", ""), ("Số 12/3",
     "so 12 3"),
     ("Chamaléa", "chamalea"), ("Katơr", "kator"), ("straße Æ", "strasse ae"), ("x\u0323a", "xa")],
)  # fmt: skip
def test_fold_makes_the_key_that_the_database_makes(text, key):
    assert fold(text) == key
    assert fold(unicodedata.normalize("NFD", text)) == key


@given(st.text())
def test_fold_twice_is_fold_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Nguyễn Thị Thu Hà", ("Nguyễn", "Thị Thu", "Hà")),
        ("Lê Ba", ("Lê", "", "Ba")),
        ("K'Brối", ("", "", "K'Brối")),
        ("", ("", "", "")),
    ],
)
def test_split_name_puts_the_family_first(full, parts):
    assert split_name(full) == parts


@pytest.mark.parametrize(
    ("text", "shown"),
    [("NGUYỄN VĂN TÁM", "Nguyễn Văn Tám"), ("nguyễn văn tám", "Nguyễn Văn Tám"), ("Nguyễn Văn TÁM", "Nguyễn Văn Tám"),
     ("K'BRÔI", "K'Brôi"), ("H'HEN NIÊ", "H'Hen Niê"), ("Hoà", "Hoà"), ("Hòa", "Hòa"), ("Thuý", "Thuý"),
     ("Nguyễn  Văn Ba ", "Nguyễn Văn Ba"),
     ("KA ĐIỂU-K'TEM", "Ka Điểu-K'Tem"), ("Sú A LAN", "Sú A Lan"), ("DzẾnh", "DzẾnh")],
)  # fmt: skip
def test_display_name_changes_capitals_and_never_a_tone(text, shown):
    assert display_name(text) == shown


@given(st.text())
def test_display_name_twice_is_display_name_once(text):
    assert display_name(display_name(text)) == display_name(text)
