"""Mistakes that are planted into single cells, and where they must be told of."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.beneficiaries.intake.wild.pages import Failed
from tests.beneficiaries.intake.wild.truth import Truth

Spoil = Callable[[Random, Truth], Any]
_BIRTH = frozenset({"birth_date", "birth_year"})
_NUMBER = frozenset({"id_number"})


def _letter(text: str, at: int, letter: str) -> str:
    return text[:at] + letter + text[at + 1 :]


# Kind: (column, the spoilt cell, fields where it may be told).
MISTAKES: dict[str, tuple[str, Spoil, frozenset[str]]] = {
    "a digit too few": ("id_number", lambda rng, one: one.number[:7] + one.number[8:], _NUMBER),
    "a digit too many": ("id_number", lambda rng, one: one.number + "7", _NUMBER),
    "O for zero": ("id_number", lambda rng, one: "O" + one.number[1:], _NUMBER),
    "a letter inside": ("id_number", lambda rng, one: _letter(one.number, 8, "B"), _NUMBER),
    "scientific text": ("id_number", lambda rng, one: "6.00659E+10", _NUMBER),
    "scientific comma": ("id_number", lambda rng, one: "6,01E+10", _NUMBER),
    "seven digits": ("id_number", lambda rng, one: "6012345", _NUMBER),
    "no such province": ("id_number", lambda rng, one: "099" + one.number[3:], _NUMBER),
    "old number": ("id_number", lambda rng, one: f"2601{rng.randint(10000, 99999)}", _NUMBER),
    "old number short": ("id_number", lambda rng, one: int(f"601{rng.randint(10000, 99999)}"), _NUMBER),
    "other sex in number": (
        "id_number",
        lambda rng, one: _letter(one.number, 3, str(int(one.number[3]) ^ 1)),
        _NUMBER | {"gender"},
    ),
    "other year in number": (
        "id_number",
        lambda rng, one: one.number[:4] + f"{(one.born.year + 7) % 100:02}" + one.number[6:],
        _NUMBER | _BIRTH,
    ),
    "other century": (
        "id_number",
        lambda rng, one: _letter(one.number, 3, str((int(one.number[3]) + 2) % 4)),
        _NUMBER | _BIRTH,
    ),
    "all zeros": ("id_number", lambda rng, one: "0" * 12, _NUMBER),
    "all ones": ("id_number", lambda rng, one: "1" * 12, _NUMBER),
    "number error": ("id_number", lambda rng, one: Failed("#REF!"), _NUMBER),
    "question mark": ("id_number", lambda rng, one: "?", _NUMBER),
    "no such day": ("birth_date", lambda rng, one: "31/02/1968", _BIRTH),
    "29 February": ("birth_date", lambda rng, one: "29/02/1967", _BIRTH),
    "month 13": ("birth_date", lambda rng, one: "05/13/1968", _BIRTH),
    "month first": ("birth_date", lambda rng, one: "05/25/1968", _BIRTH),
    "about": ("birth_date", lambda rng, one: "khoảng 1950", _BIRTH),
    "age": ("birth_date", lambda rng, one: "67 tuổi", _BIRTH),
    "future": ("birth_date", lambda rng, one: "12/12/2068", _BIRTH),
    "long ago": ("birth_date", lambda rng, one: "1868", _BIRTH),
    "year of three": ("birth_date", lambda rng, one: "15/3/196", _BIRTH),
    "year of five": ("birth_date", lambda rng, one: "15/3/19655", _BIRTH),
    "two-digit year": ("birth_date", lambda rng, one: f"{one.born:%d/%m}/{one.born.year % 100:02}", _BIRTH),
    "bare number": ("birth_date", lambda rng, one: 196, _BIRTH),
    "birth error": ("birth_date", lambda rng, one: Failed("#VALUE!"), _BIRTH),
    "birth question": ("birth_date", lambda rng, one: "??/??/1950", _BIRTH),
    "no birth": ("birth_date", lambda rng, one: "", _BIRTH),
    "a child": ("birth_date", lambda rng, one: "12/05/2019", _BIRTH | _NUMBER),
    "no name": ("head_name", lambda rng, one: "", frozenset({"head_name"})),
    "digit in name": ("head_name", lambda rng, one: one.name + " 2", frozenset({"head_name"})),
    "sign in name": ("head_name", lambda rng, one: one.name + "@", frozenset({"head_name"})),
    "died": ("head_name", lambda rng, one: one.name + " (đã chết)", frozenset({"head_name"})),
    "name error": ("head_name", lambda rng, one: Failed("#N/A"), frozenset({"head_name"})),
    "name is a number": ("head_name", lambda rng, one: 12345, frozenset({"head_name"})),
    "test": ("head_name", lambda rng, one: "Test", frozenset({"head_name"})),
    "no gender": ("gender", lambda rng, one: "", frozenset({"gender"})),
    "odd gender": ("gender", lambda rng, one: "Namm", frozenset({"gender"})),
    "both genders": ("gender", lambda rng, one: "Nam/Nữ", frozenset({"gender"})),
    "gender error": ("gender", lambda rng, one: Failed("#NAME?"), frozenset({"gender"})),
    "no such people": ("ethnic_code", lambda rng, one: "Kihn", frozenset({"ethnic_code"})),
    "a number of people": ("ethnic_code", lambda rng, one: 99, frozenset({"ethnic_code"})),
    "people error": ("ethnic_code", lambda rng, one: Failed("#N/A"), frozenset({"ethnic_code"})),
    "count in words": ("member_count", lambda rng, one: "nhiều", frozenset({"member_count"})),
    "count of nothing": ("member_count", lambda rng, one: 0, frozenset({"member_count"})),
    "negative count": ("member_count", lambda rng, one: -3, frozenset({"member_count"})),
    "count of 400": ("member_count", lambda rng, one: 400, frozenset({"member_count"})),
    "half a member": ("member_count", lambda rng, one: 3.5, frozenset({"member_count"})),
    "count error": ("member_count", lambda rng, one: Failed("#DIV/0!"), frozenset({"member_count"})),
    "short phone": ("phone", lambda rng, one: "09123456", frozenset({"phone"})),
    "wrong prefix": ("phone", lambda rng, one: "0612345678", frozenset({"phone"})),
    "phone letters": ("phone", lambda rng, one: "0912 abc 345", frozenset({"phone"})),
    "phone of 12": ("phone", lambda rng, one: "091234567890", frozenset({"phone"})),
    "phone scientific": ("phone", lambda rng, one: "9.12E+08", frozenset({"phone"})),
    "phone error": ("phone", lambda rng, one: Failed("#REF!"), frozenset({"phone"})),
    "dead prefix": ("phone", lambda rng, one: "01301234567", frozenset({"phone"})),
    "no village": ("village", lambda rng, one: "", frozenset({"village"})),
    "village error": ("village", lambda rng, one: Failed("#REF!"), frozenset({"village"})),
    "no category": ("category", lambda rng, one: "", frozenset({"category"})),
    "odd category": ("category", lambda rng, one: "HNN", frozenset({"category"})),
    "both categories": ("category", lambda rng, one: "Hộ nghèo, hộ cận nghèo", frozenset({"category"})),
    "category question": ("category", lambda rng, one: "?", frozenset({"category"})),
    "category error": ("category", lambda rng, one: Failed("#N/A"), frozenset({"category"})),
    "both marks": ("marks", lambda rng, one: ("x", "x"), frozenset({"category"})),
    "no mark": ("marks", lambda rng, one: ("", ""), frozenset({"category"})),
    "odd mark": ("marks", lambda rng, one: ("?", ""), frozenset({"category"})),
    "both years": ("years", lambda rng, one: (one.born.year, one.born.year), _BIRTH | {"gender"}),
    "no years": ("years", lambda rng, one: ("", ""), _BIRTH | {"gender"}),
    "other commune": ("commune_code", lambda rng, one: "Xã Không Có", frozenset({"commune_code"})),
}
_NEEDS_NUMBER = frozenset({"id_number"})
# What a mistake makes unknowable beside its own fields.
_FREE = {
    "id_number": {"id_number", "id_kind", "gender"},
    "birth_date": {"birth_date", "birth_year", "birth_precision", "id_number", "id_kind"},
    "years": {"birth_date", "birth_year", "birth_precision", "gender", "id_number"},
    "marks": {"category"},
    "gender": {"gender", "id_number"},
}


def draw(rng: Random, one: Truth, columns: set[str]) -> tuple[str, str, Any, frozenset[str], set[str]] | None:
    """(kind, column, cell, fields, free values) of a mistake that fits a list with these columns."""
    kind = rng.choice(list(MISTAKES))
    column, spoil, fields = MISTAKES[kind]
    if column not in columns or (column == "id_number" and len(one.number) != 12):
        return None
    if column == "birth_date" and (one.precision != "day" or (kind == "two-digit year" and one.born.year < 1931)):
        return None
    if kind in ("other sex in number",) and not columns & {"gender", "years"}:
        return None
    if kind in ("other year in number", "other century") and not columns & {"birth_date", "years"}:
        return None
    return kind, column, spoil(rng, one), fields, set(fields) | _FREE.get(column, {column})
