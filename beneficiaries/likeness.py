"""How likely two records are one person, in bits of evidence, and why. Pure: facts in, codes out.

After Fellegi and Sunter (1969): agreeing on something rare weighs more than agreeing on something frequent, so two
people called Nguyễn Thị Lan are not alike because of their name, two called Thông Thị Ức are. A pair is suggested when
the evidence outweighs how many strangers a register holds. "Same" is never a matter of weight: it must be provable.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from beneficiaries.name_rarity import Rarity

DUPLICATES = 0.02  # share of records expected to have a double; sets how much evidence a suggestion needs
LEAST_PEOPLE = 50_000  # a small register is a part of a larger world of namesakes
_PEOPLE_BITS = 1.0


class Code(StrEnum):
    """What a comparison found in one field. Never shown as such: beneficiaries.pair_words."""

    EQUAL = "equal"
    MISSING = "missing"
    OTHER = "other"
    # number
    ONE_DIGIT = "one_digit"
    SWAPPED_DIGITS = "swapped_digits"
    OLD_EQUAL = "old_equal"
    # name
    MARKS = "marks"  # tone, đ, capitals
    SPACING = "spacing"
    ONE_LETTER = "one_letter"
    TWO_LETTERS = "two_letters"
    SHORTER = "shorter"  # a middle name is left out
    REORDERED = "reordered"
    # birth
    YEAR_ONLY = "year_only"
    SWAPPED = "swapped"
    ONE_PART = "one_part"  # day or month differs
    SAME_YEAR = "same_year"
    OTHER_YEAR = "other_year"  # day and month are equal
    NEAR_YEAR = "near_year"
    # place
    HAMLET = "hamlet"
    COMMUNE = "commune"
    MERGED = "merged"  # communes that became one
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of a person. `key` is the folded name (names.fold); numbers are asked for only when needed."""

    key: str
    full_name: str
    gender: str
    birth_year: int | None
    birth_date: datetime.date | None
    birth_precision: str
    cccd_hash: bytes | None
    cmnd_hash: bytes | None
    number: Callable[[], str]
    area_no: int
    hamlet_key: str
    phone: str = ""
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    """Bits for (positive) and against (negative); the codes by field; whether it is proved to be one person."""

    bits: float
    number: Code
    name: Code
    birth: Code
    gender: Code
    is_proved: bool

    def codes(self) -> dict[str, str]:
        return {
            "number": self.number.value, "name": self.name.value, "birth": self.birth.value,
            "gender": self.gender.value,
        }  # fmt: skip


# log2(how often it is so for one person / how often for two strangers); strangers agree on a date once in 60 x 365.
_BIRTH_BITS = {
    Code.EQUAL: 14.2, Code.SWAPPED: 9.5, Code.YEAR_ONLY: 5.8, Code.ONE_PART: 5.0, Code.OTHER_YEAR: 5.5,
    Code.SAME_YEAR: 0.5, Code.NEAR_YEAR: 0.0, Code.MISSING: 0.0, Code.OTHER: -7.0,
}  # fmt: skip
_NUMBER_BITS = {
    Code.EQUAL: 30.0, Code.OLD_EQUAL: 28.0, Code.ONE_DIGIT: 12.0, Code.SWAPPED_DIGITS: 11.0, Code.MISSING: 0.0,
    Code.OTHER: -7.0,
}  # fmt: skip
# What a name that is not quite equal loses: the mistake is rare, and strangers are often that near.
_NAME_BITS = {
    Code.EQUAL: -0.3, Code.MARKS: -0.5, Code.SPACING: -1.0, Code.ONE_LETTER: -7.0, Code.SHORTER: -7.5,
    Code.REORDERED: -5.0, Code.TWO_LETTERS: -10.0,
}  # fmt: skip
_DIFFERENT_NAME = -8.0
PLACE_BITS = {Code.HAMLET: 8.0, Code.COMMUNE: 4.5, Code.MERGED: 4.0, Code.ELSEWHERE: -1.5}
PHONE_BITS = 6.0


def compare(a: Record, b: Record, rarity: Rarity) -> Likeness:
    """Two persons, beside where they live. `rarity` knows how many bits the agreement on a name is worth."""
    name, name_bits = _compare_names(a, b, rarity)
    birth = _compare_births(a, b)
    gender = _compare_genders(a, b)
    number = _compare_numbers(a, b, is_near=name_bits > 0 and _BIRTH_BITS[birth] >= 0)
    bits = name_bits + _BIRTH_BITS[birth] + _NUMBER_BITS[number]
    bits += {Code.EQUAL: 0.5, Code.MISSING: 0.0}.get(gender, -4.0)
    birth_proves = birth is Code.EQUAL or (birth is Code.YEAR_ONLY and a.area_no == b.area_no)
    is_proved = _is_proof(number, name, birth, is_one_birth=birth_proves and gender is not Code.OTHER)
    return Likeness(bits, number, name, birth, gender, is_proved)


def needed_bits(people: int) -> float:
    """The evidence at which a pair is as likely one person as two, in a register of so many people."""
    return math.log2(max(people, LEAST_PEOPLE) / DUPLICATES) + _PEOPLE_BITS


def compare_places(a: Record, b: Record, merged: Callable[[int, int], bool]) -> Code:
    """Where two live. `merged(area, area)` says whether two communes have become one."""
    if a.area_no == b.area_no:
        return Code.HAMLET if a.hamlet_key and a.hamlet_key == b.hamlet_key else Code.COMMUNE
    return Code.MERGED if merged(a.area_no, b.area_no) else Code.ELSEWHERE


def _is_proof(number: Code, name: Code, birth: Code, *, is_one_birth: bool) -> bool:
    """One number is one person, unless name and birth both say otherwise: then the number is somebody's mistake.

    A digit may be wrong where name and birth are equal. Namesakes and twins never get here: twins differ in their
    names, namesakes in five digits out of six.
    """
    if number in (Code.EQUAL, Code.OLD_EQUAL):
        return name is not Code.OTHER or birth not in (Code.OTHER, Code.MISSING)
    if number in (Code.ONE_DIGIT, Code.SWAPPED_DIGITS):
        return name in (Code.EQUAL, Code.MARKS, Code.SPACING) and is_one_birth
    return False


def _compare_names(a: Record, b: Record, rarity: Rarity) -> tuple[Code, float]:
    code = compare_names(a.key, b.key)
    if code is Code.EQUAL and a.full_name != b.full_name:
        code = Code.MARKS
    if code is Code.OTHER:
        return code, _DIFFERENT_NAME
    if code in (Code.SHORTER, Code.TWO_LETTERS, Code.ONE_LETTER):  # the rarer spelling may be the mistake
        worth = min(rarity.bits(a.key), rarity.bits(b.key))
    else:
        worth = rarity.bits(b.key)
    return code, worth + _NAME_BITS[code]


def compare_names(a: str, b: str) -> Code:
    """Two folded names."""
    if a == b:
        return Code.EQUAL
    if not a or not b:
        return Code.OTHER
    joined_a, joined_b = a.replace(" ", ""), b.replace(" ", "")
    if joined_a == joined_b:
        return Code.SPACING
    distance = edit_distance(joined_a, joined_b, 2)
    if distance == 1:
        return Code.ONE_LETTER
    words_a, words_b = a.split(), b.split()
    if _is_shorter(words_a, words_b) or _is_shorter(words_b, words_a):
        return Code.SHORTER
    if sorted(words_a) == sorted(words_b):
        return Code.REORDERED
    return Code.TWO_LETTERS if distance == 2 and min(len(joined_a), len(joined_b)) > 7 else Code.OTHER


def _is_shorter(short: list[str], long: list[str]) -> bool:
    """The same first and last word, and nothing between them that the longer name does not have."""
    if not 2 <= len(short) < len(long) or short[0] != long[0] or short[-1] != long[-1]:
        return False
    rest = iter(long)
    return all(word in rest for word in short)


def edit_distance(a: str, b: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), at most `limit` + 1."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    a, b = _without_common_ends(a, b)
    if not a or not b:
        return min(limit + 1, len(a) + len(b))
    before, last = list(range(len(b) + 1)), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)


def _without_common_ends(a: str, b: str) -> tuple[str, str]:
    start = 0
    while start < len(a) and start < len(b) and a[start] == b[start]:
        start += 1
    end = 0
    while end < len(a) - start and end < len(b) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]


def _compare_births(a: Record, b: Record) -> Code:
    if a.birth_year is None or b.birth_year is None:
        return Code.MISSING
    date_a, date_b = _known_day(a), _known_day(b)
    if a.birth_year != b.birth_year:
        if date_a and date_b and (date_a.day, date_a.month) == (date_b.day, date_b.month):
            return Code.OTHER_YEAR
        is_near = abs(a.birth_year - b.birth_year) == 1 and not (date_a and date_b)
        return Code.NEAR_YEAR if is_near else Code.OTHER
    if date_a is None or date_b is None:
        return Code.YEAR_ONLY
    return _compare_days(date_a, date_b)


def _compare_days(a: datetime.date, b: datetime.date) -> Code:
    if a == b:
        return Code.EQUAL
    if (a.day, a.month) == (b.month, b.day):
        return Code.SWAPPED
    return Code.ONE_PART if a.day == b.day or a.month == b.month else Code.SAME_YEAR


def _known_day(record: Record) -> datetime.date | None:
    return record.birth_date if record.birth_precision == "day" else None


def _compare_genders(a: Record, b: Record) -> Code:
    if not a.gender or not b.gender:
        return Code.MISSING
    return Code.EQUAL if a.gender == b.gender else Code.OTHER


def _compare_numbers(a: Record, b: Record, *, is_near: bool) -> Code:
    """Hashes first; the numbers themselves are opened only where the rest of two records is near."""
    if a.cccd_hash and a.cccd_hash == b.cccd_hash:
        return Code.EQUAL
    if a.cmnd_hash and a.cmnd_hash == b.cmnd_hash:
        return Code.OLD_EQUAL
    if not a.cccd_hash or not b.cccd_hash:
        return Code.MISSING
    return compare_numbers(a.number(), b.number()) if is_near else Code.OTHER


def compare_numbers(a: str, b: str) -> Code:
    """Two different numbers of the same kind: one digit wrong, two neighbours swapped, or simply others."""
    if not a or not b:
        return Code.MISSING
    if a == b:
        return Code.EQUAL
    if len(a) != len(b):
        return Code.OTHER
    wrong = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(wrong) == 1:
        return Code.ONE_DIGIT
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]:
        return Code.SWAPPED_DIGITS
    return Code.OTHER
