"""What was typed into the one search box of the register."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from beneficiaries.intake.values import read_phone
from beneficiaries.names import fold

_CODE = re.compile(r"(\d{5})\s*-\s*(\d{1,6})", re.ASCII)
_TWELVE = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-+()]+")


@dataclass(frozen=True, slots=True)
class Box:
    """What was typed into the one search box, understood as one of these; the others are empty."""

    identity: str = ""  # 12 digits, or the 9 of an old number
    phone: str = ""  # a whole number, or its beginning
    code: str = ""
    serial: int | None = None
    words: tuple[str, ...] = ()

    @property
    def is_private(self) -> bool:
        """A number that belongs to a person never stands in an address or a log."""
        return bool(self.identity or self.phone)


NOTHING = Box()


def read_box(text: str) -> Box:
    """Name in any order of words, household code or its last part, phone, or an identity number (also scanned)."""
    text = unicodedata.normalize("NFC", text).strip()
    if found := _CODE.fullmatch(text):
        return Box(code=f"{found[1]}-{found[2]}")
    digits = _SEPARATORS.sub("", text)
    if digits.isascii() and digits.isdigit():
        return _read_digits(digits)
    if scanned := _TWELVE.search(text):
        return Box(identity=scanned[0])
    return Box(words=tuple(fold(text).split()))


def _read_digits(digits: str) -> Box:
    if len(digits) <= 6:
        return Box(serial=int(digits))
    if len(digits) == 12:
        return Box(identity=digits)
    phone = read_phone(digits).value
    if len(digits) == 9:
        return Box(identity=digits, phone=phone)
    return Box(phone=phone or digits)
