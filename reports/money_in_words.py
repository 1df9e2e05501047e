"""An amount of money in Vietnamese words, as papers of money must say it. Pure."""

from __future__ import annotations

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ("", "nghìn", "triệu", "tỷ")


def dong_in_words(amount: int) -> str:
    """500000 → "Năm trăm nghìn đồng". For amounts from 0 to below a million billions; raises ValueError below 0."""
    if amount < 0:
        raise ValueError("An amount of money in words is not negative.")
    words = _number(amount) if amount else DIGITS[0]
    return f"{words[0].upper()}{words[1:]} đồng"


def _number(n: int) -> str:
    """Above a billion the billions are counted like any number."""
    if n >= 1_000_000_000:
        rest = _groups(n % 1_000_000_000, is_whole=False)
        return f"{_number(n // 1_000_000_000)} tỷ{f' {rest}' if rest else ''}"
    return _groups(n, is_whole=True)


def _groups(n: int, *, is_whole: bool) -> str:
    parts: list[str] = []
    for scale in (2, 1, 0):
        group = n // 1000**scale % 1000
        if group:
            words = _hundreds(group, is_first=is_whole and not parts)
            parts.append(f"{words} {SCALES[scale]}".strip())
    return " ".join(parts)


def _hundreds(n: int, *, is_first: bool) -> str:
    """Three digits; behind a larger group zero hundreds are said too (một nghìn không trăm lẻ năm)."""
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    parts = [] if is_first and not hundreds else [f"{DIGITS[hundreds]} trăm"]
    if tens > 1:
        parts.append(f"{DIGITS[tens]} mươi")
    elif tens == 1:
        parts.append("mười")
    elif ones and parts:
        parts.append("lẻ")
    if ones:
        parts.append(_ones(tens, ones))
    return " ".join(parts)


def _ones(tens: int, ones: int) -> str:
    if tens > 1 and ones == 1:
        return "mốt"
    if tens and ones == 5:
        return "lăm"
    return DIGITS[ones]
