"""What identity numbers say, and when lost zeros may come back."""

import pytest

from beneficiaries.identity_rules import (
    PROVINCE_CODES,
    agrees,
    is_cmnd,
    is_known_province,
    mask,
    parse_cccd,
    restore_zeros,
)


def test_there_are_63_provinces():
    assert len(PROVINCE_CODES) == 63
    assert is_known_province("060165000000")
    assert not is_known_province("099165000000")


@pytest.mark.parametrize(
    ("number", "gender", "year"),
    [
        ("060065001234", "M", 1965),
        ("060165001234", "F", 1965),
        ("001201001234", "M", 2001),
        ("001312001234", "F", 2012),
        ("001400001234", "M", 2100),
    ],
)
def test_parse_cccd_reads_gender_and_year(number, gender, year):
    identity = parse_cccd(number)

    assert identity is not None
    assert (identity.gender, identity.birth_year, identity.province, identity.serial) == (
        gender,
        year,
        number[:3],
        number[6:],
    )


@pytest.mark.parametrize("number", ["", "06006500123", "0600650012345", "06006500123x", "٠٦٠٠٦٥٠٠١٢٣٤"])
def test_parse_cccd_reads_nothing_but_twelve_ascii_digits(number):
    assert parse_cccd(number) is None


@pytest.mark.parametrize(
    ("digits", "gender", "year", "restored"),
    [
        ("60065001234", "M", 1965, "060065001234"),
        ("1065001234", "M", 1965, "001065001234"),
        ("60065001234", "", 1965, "060065001234"),
        ("60065001234", "F", 1965, None),
        ("60065001234", "M", 1966, None),
        ("60065001234", "M", None, None),
        ("99065001234", "M", 1965, None),
        ("6006500123", "M", 1965, None),
        ("060065001234", "M", 1965, None),
    ],
)
def test_restore_zeros_only_where_province_gender_and_year_agree(digits, gender, year, restored):
    assert restore_zeros(digits, gender=gender, birth_year=year) == restored


def test_agrees_with_what_is_not_known():
    assert agrees("060065001234", gender=None, birth_year=None)
    assert not agrees("060065001234", gender="F", birth_year=None)
    assert not agrees("60065001234", gender=None, birth_year=None)


def test_mask_shows_three_digits_on_either_side():
    assert mask("060185001123") == "060••••••123"
    assert mask("260123456") == "260•••456"
    assert mask("1234") == "••••"
    assert is_cmnd("260123456")
    assert not is_cmnd("26012345")
