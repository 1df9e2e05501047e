"""Vietnamese identity numbers: what the twelve digits of a CCCD say, lost zeros, the old CMND, masks.

Sources: Law on identification 2023 and decree 137/2015 (structure of the number), circular 07/2016/TT-BCA (codes).
"""

import re
from functools import lru_cache
from typing import NamedTuple

_CODES = """
001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038
040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082
083 084 086 087 089 091 092 093 094 095 096
"""
PROVINCE_CODES = frozenset(_CODES.split())

_TWELVE_DIGITS = re.compile(r"\d{12}", re.ASCII)
_NINE_DIGITS = re.compile(r"\d{9}", re.ASCII)


class Identity(NamedTuple):
    """What a CCCD says: province or country of birth registration, gender "M" or "F", year of birth, serial."""

    province: str
    gender: str
    birth_year: int
    serial: str


@lru_cache(maxsize=16_384)
def parse_cccd(number: str) -> Identity | None:
    """Read the parts of a twelve-digit number; None when it is not twelve ASCII digits."""
    if not _TWELVE_DIGITS.fullmatch(number):
        return None
    century_and_gender = int(number[3])
    year = 1900 + 100 * (century_and_gender // 2) + int(number[4:6])
    return Identity(number[:3], "F" if century_and_gender % 2 else "M", year, number[6:])


def is_known_province(number: str) -> bool:
    """Whether the first three digits are one of the 63 provinces; another code may be a country."""
    return number[:3] in PROVINCE_CODES


def is_cmnd(number: str) -> bool:
    """Whether this has the shape of an old nine-digit CMND."""
    return bool(_NINE_DIGITS.fullmatch(number))


def agrees(number: str, *, gender: str | None, birth_year: int | None) -> bool:
    """Whether a CCCD contradicts neither the gender nor the birth year that are known."""
    identity = parse_cccd(number)
    if identity is None:
        return False
    return gender in (None, "", identity.gender) and birth_year in (None, identity.birth_year)


def restore_zeros(digits: str, *, gender: str | None, birth_year: int | None) -> str | None:
    """Give back the zeros a spreadsheet dropped from a CCCD of 10 or 11 digits.

    Only where the result has a known province and both the stated gender (when stated) and the birth year agree;
    a guess that nothing confirms is None.
    """
    if birth_year is None or len(digits) not in (10, 11) or not digits.isascii() or not digits.isdigit():
        return None
    number = digits.zfill(12)
    if is_known_province(number) and agrees(number, gender=gender, birth_year=birth_year):
        return number
    return None


def mask(number: str) -> str:
    """Hide the middle of an identity number: 060185001123 becomes 060••••••123."""
    if len(number) <= 6:
        return "•" * len(number)
    return f"{number[:3]}{'•' * (len(number) - 6)}{number[-3:]}"
