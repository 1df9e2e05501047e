"""The many ways a commune writes a value down. Each way keeps the truth; a way that loses some of it says so."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random
from typing import Any

from tests.beneficiaries.intake.wild.truth import PEOPLES, Truth

# What is lost by a way of writing: values that then must be null or flagged, never guessed.
Written = tuple[Any, dict[str, Any]]
OLD_PREFIX = {"032": "0162", "035": "0165", "039": "0169", "070": "0120", "079": "0121", "083": "0123", "081": "0127"}
BIRTHS: dict[str, Callable[[Random, datetime.date], Any]] = {
    "slashes": lambda rng, d: f"{d:%d/%m/%Y}",
    "short": lambda rng, d: f"{d.day}/{d.month}/{d.year}",
    "dashes": lambda rng, d: f"{d:%d-%m-%Y}",
    "dots": lambda rng, d: f"{d:%d.%m.%Y}",
    "spaced": lambda rng, d: f"{d.day} / {d.month} / {d.year}",
    "words": lambda rng, d: f"ngày {d.day} tháng {d.month} năm {d.year}",
    "iso": lambda rng, d: f"{d:%Y-%m-%d}",
    "year first": lambda rng, d: f"{d:%Y/%m/%d}",
    "midnight": lambda rng, d: f"{d:%d/%m/%Y} 00:00:00",
    "midnight iso": lambda rng, d: f"{d:%Y-%m-%d} 00:00:00",
    "eight digits": lambda rng, d: f"{d:%d%m%Y}",
    "apostrophe": lambda rng, d: f"'{d:%d/%m/%Y}",
    "trailing": lambda rng, d: f"{d:%d/%m/%Y}.",
    "born": lambda rng, d: f"Sinh ngày {d:%d/%m/%Y}",
    "mixed signs": lambda rng, d: f"{d:%d/%m-%Y}",
    "nbsp": lambda rng, d: f"\u00a0{d:%d/%m/%Y}\u00a0",
    "real": lambda rng, d: d,
    "real time": lambda rng, d: datetime.datetime(d.year, d.month, d.day),  # noqa: DTZ001 - as Excel keeps it
    "serial": lambda rng, d: (d - datetime.date(1899, 12, 30)).days,
}
YEARS: list[Callable[[int], Any]] = [
    lambda y: y,
    str,
    lambda y: f"Năm {y}",
    lambda y: f"01/01/{y}",
    lambda y: f"00/00/{y}",
    lambda y: float(y),
    lambda y: f" {y} ",
    lambda y: f"SN {y}",
    lambda y: datetime.date(y, 1, 1),
    lambda y: f"'{y}",
    lambda y: f"__/__/{y}",
    lambda y: f"//{y}",
    lambda y: f"1/1/{y}",
]
MONTHS: list[Callable[[int, int], str]] = [
    lambda m, y: f"{m:02}/{y}",
    lambda m, y: f"{m}/{y}",
    lambda m, y: f"00/{m:02}/{y}",
    lambda m, y: f"{m}-{y}",
    lambda m, y: f"tháng {m}/{y}",
]


def birth(rng: Random, one: Truth, style: str) -> Any:
    if one.precision == "year":
        return (
            rng.choice(YEARS[:6] if style != "real" else [YEARS[0], YEARS[8]])(one.born.year)
            if rng.random() < 0.7
            else rng.choice(YEARS)(one.born.year)
        )
    if one.precision == "month":
        return rng.choice(MONTHS)(one.born.month, one.born.year)
    return BIRTHS[style](rng, one.born)


def name(rng: Random, one: Truth, style: str) -> str:
    ways: dict[str, Callable[[str], str]] = {
        "as is": lambda n: n,
        "capitals": str.upper,
        "spaces": lambda n: f"  {n.replace(' ', '   ', 1)} ",
        "nbsp": lambda n: n.replace(" ", "\u00a0"),
        "zero width": lambda n: n.replace(" ", " \u200b") + "\ufeff",
        "curly": lambda n: n.replace("'", "\u2019"),
        "small": str.lower,
        "newline": lambda n: n.replace(" ", "\n", 1),
        "tab": lambda n: n + "\t",
        "modifier": lambda n: n.replace("'", "\u02bc"),
    }
    return ways[style](one.name)


NAME_STYLES = [
    "as is",
    "as is",
    "as is",
    "capitals",
    "spaces",
    "nbsp",
    "zero width",
    "curly",
    "small",
    "newline",
    "tab",
    "modifier",
]
GENDERS = {
    "male": ["Nam", "nam", "NAM", "Nam ", "nam.", "Trai", "M", "Ông"],
    "female": ["Nữ", "nữ", "NỮ", " Nữ", "Nu", "F", "Bà", "Gái"],
}


def gender(rng: Random, one: Truth, style: str) -> str:
    words = GENDERS[one.gender]
    return words[0] if style == "plain" else rng.choice(words)


def number(rng: Random, one: Truth, style: str) -> Any:
    text = one.number
    if not text:
        return (
            rng.choice(["", "", "", "-", "không có", "chưa có", "Không", "chưa làm", "..."]) if style != "plain" else ""
        )
    ways: dict[str, Callable[[str], Any]] = {
        "plain": lambda n: n,
        "number": lambda n: int(n),
        "float": lambda n: float(n),
        "apostrophe": lambda n: "'" + n,
        "threes": lambda n: f"{n[:3]} {n[3:6]} {n[6:]}",
        "dots": lambda n: f"{n[:3]}.{n[3:6]}.{n[6:9]}.{n[9:]}",
        "dashes": lambda n: f"{n[:3]}-{n[3:]}",
        "spaces": lambda n: f" {n}\u00a0",
        "zero width": lambda n: "\u200b" + n,
        "text float": lambda n: f"{int(n)}.0",
        "lost as text": lambda n: str(int(n)),
        "labelled": lambda n: f"CCCD: {n}" if len(n) == 12 else f"CMND {n}",
        "newline": lambda n: n + "\n",
        "wide": lambda n: n.translate({ord("0") + i: 0xFF10 + i for i in range(10)}),
    }
    return ways[style](text)


NUMBER_STYLES = [
    "plain",
    "plain",
    "number",
    "float",
    "apostrophe",
    "threes",
    "dots",
    "dashes",
    "spaces",
    "zero width",
    "text float",
    "lost as text",
    "labelled",
    "newline",
    "wide",
]
PHONE_STYLES = [
    "plain",
    "number",
    "spaces",
    "dots",
    "plus",
    "eighty-four",
    "old",
    "two",
    "labelled",
    "float text",
    "dashes",
    "brackets",
]


def phone(rng: Random, one: Truth, style: str) -> Any:
    text = one.phone
    if not text:
        return rng.choice(["", "", "", "-", "không", "Không có", "0"]) if style != "plain" else ""
    ways: dict[str, Callable[[str], Any]] = {
        "plain": lambda p: p,
        "number": lambda p: int(p),
        "spaces": lambda p: f"{p[:4]} {p[4:7]} {p[7:]}",
        "dots": lambda p: f"{p[:4]}.{p[4:7]}.{p[7:]}",
        "plus": lambda p: f"+84{p[1:]}",
        "eighty-four": lambda p: f"84{p[1:]}",
        "old": lambda p: OLD_PREFIX.get(p[:3], p[:3]) + p[3:],
        "two": lambda p: f"{p}, 0252.3812345",
        "labelled": lambda p: f"ĐT: {p}",
        "float text": lambda p: f"{int(p)}.0",
        "dashes": lambda p: f"{p[:4]}-{p[4:]}",
        "brackets": lambda p: f"{p} (con gái)",
    }
    return ways[style](text)


def ethnic(rng: Random, one: Truth, style: str) -> str:
    return PEOPLES[one.ethnic][0] if style == "plain" else rng.choice(PEOPLES[one.ethnic])


def members(rng: Random, one: Truth, style: str) -> Any:
    n = one.members
    return (
        n
        if style == "plain"
        else rng.choice(
            [n, str(n), f"0{n}", f"{n} khẩu", f"{n} người", float(n), f"{n}.0", f" {n} ", f"{n}khẩu", f"{n} nhân khẩu"]
        )
    )


CATEGORY_WORDS = {
    "poor": [
        "Hộ nghèo",
        "hộ nghèo",
        "HỘ NGHÈO",
        "HN",
        "hn",
        "Nghèo",
        "H. nghèo",
        "Hộ nghèo ",
        "Hộ  nghèo",
        "Ho ngheo",
        "H.N",
        "hộ nghèo mới",
    ],
    "near_poor": [
        "Hộ cận nghèo",
        "cận nghèo",
        "HCN",
        "CN",
        "Cận nghèo",
        "H. cận nghèo",
        "Hộ cận",
        "hộ  cận nghèo",
        "Can ngheo",
        "HỘ CẬN NGHÈO",
        "H.C.N",
        "cận nghèo mới",
    ],
    "social_policy": ["CSXH", "Gia đình chính sách xã hội", "Chính sách xã hội"],
    "other_policy": ["Đối tượng chính sách khác", "CSK", "Chính sách khác"],
    "none": ["Hộ không nghèo", "Thoát nghèo", "Không thuộc diện", "thoát cận nghèo"],
}
MARKS = ["x", "X", " x ", "✓", "1", "v", "×", "có", "+", "x."]


def category(rng: Random, one: Truth, style: str) -> str:
    return CATEGORY_WORDS[one.category][0] if style == "plain" else rng.choice(CATEGORY_WORDS[one.category])


def village(rng: Random, one: Truth, style: str) -> Any:
    kind, _, rest = one.village.rpartition(" ")
    if style == "plain" or not rest.isdigit():
        return one.village if style == "plain" else rng.choice([one.village, one.village.upper(), f" {one.village} "])
    short = {
        "Thôn": ["Thôn {}", "thôn {}", "T.{}", "T{}", "Thôn 0{}", "THÔN {}", "Thôn  {}", "Thôn\u00a0{}"],
        "Khu phố": ["Khu phố {}", "KP{}", "KP {}", "kp.{}", "K.P {}", "KP 0{}", "KHU PHỐ {}", "khu phố {}", "Kp {}"],
        "Tổ dân phố": ["TDP {}", "Tổ dân phố {}", "TDP{}", "tdp số {}"][:3],
    }
    if style == "digits":
        return int(rest)
    return rng.choice(short.get(kind, [one.village])).format(rest) if kind in short else one.village
