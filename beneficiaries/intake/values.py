"""The values of a person or household read from one cell each: name, birth, identity number, phone, numbers.

Every reader returns the value and says what it changed and what it doubts; none of them guesses silently.
The form for one household uses the same readers.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from beneficiaries.identity_rules import is_cmnd, is_known_province, parse_cccd, restore_zeros
from beneficiaries.intake.cells import DateCell, NumberCell, is_error
from beneficiaries.intake.household_rows import Precision
from beneficiaries.intake.value_words import is_blank
from beneficiaries.names import display_name, fold


@dataclass(slots=True)
class Reading:
    """A text value; `change` says why it differs from the cell, `doubts` are (code, params, fix)."""

    value: str = ""
    change: str = ""
    doubts: list[tuple[str, dict[str, Any], str | None]] = field(default_factory=list)


@dataclass(slots=True)
class Birth:
    """A birth as far as it is known. `order` is "dm" when day and month could be swapped, "md" when only so."""

    on: date | None = None
    year: int | None = None
    precision: Precision | None = None
    change: str = ""
    order: str = ""
    doubt: str = ""


@dataclass(slots=True)
class IdentityReading:
    """A cell with an identity number: a CCCD, an old CMND, or neither with the reason."""

    number: str = ""
    old_number: str = ""
    change: str = ""
    doubt: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    fix: str | None = None


_NAME_SIGNS = re.compile(r"(?:[^\W\d_]|[ '’.\-])+")
_LEADING_NUMBER = re.compile(r"^\s*\d+\s*[.)\-/]*\s*")
_HONORIFIC = re.compile(r"^(?:ông|bà|anh|chị|cô|chú|bác)\s*[:.]?\s+(?=\S+\s+\S)", re.IGNORECASE)


def read_name(cell: str) -> Reading:
    """A person's name as it is shown; letters, spaces, apostrophes, hyphens and dots only (V02)."""
    text = " ".join(cell.split())
    if is_blank(text):
        return Reading()
    if is_error(text):
        return Reading("", doubts=[("V46", {"v": text}, None)])
    name = display_name(text)
    reading = Reading(name, "capitals" if name != text else "")
    if not _is_name(name):
        stripped = display_name(_LEADING_NUMBER.sub("", text))
        fix = stripped if stripped != name and _is_name(stripped) else None
        reading.doubts.append(("V02", {"v": text}, fix))
    elif _HONORIFIC.match(name) and name.split()[0] in ("Ông", "Bà", "ông", "bà"):
        reading.doubts.append(("V65", {"v": text}, _HONORIFIC.sub("", name)))
    return reading


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= 80 and _NAME_SIGNS.fullmatch(text) is not None


_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DATE = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"((?:18|19|20)\d{2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:[ T]00:00(?::00)?)?")
_MONTH = re.compile(r"(?:tháng\s*)?(\d{1,2})\s*(?:[/.\-]|năm)\s*(\d{4})", re.IGNORECASE)
_YEAR = re.compile(r"(?:năm\s*|[-_./\s]*[/.\-]\s*)?((?:18|19|20)\d{2})\.?", re.IGNORECASE)
_BIRTH_WORDS = re.compile(r"^(?:sinh\s*(?:ngày|năm)?|ngày\s*sinh|năm\s*sinh|sn|ns)\s*:?\s*(?=[\d_/.\-])", re.IGNORECASE)
_WORDS = re.compile(r"(?:ngày\s*)?(\d{1,2})\s*tháng\s*(\d{1,2})\s*(?:năm\s*)?(\d{4})", re.IGNORECASE)
_EIGHT_DIGITS = re.compile(r"(\d{2})(\d{2})((?:19|20)\d{2})")
_FIRST_SERIAL, _LAST_SERIAL = 3653, 54789  # 1 January 1910 to 31 December 2049
_SERIAL_ZERO = date(1899, 12, 30)


def read_birth(cell: str) -> Birth:
    """A day, a month or a year of birth, day first. `doubt` is V13 (unreadable) or V46 (error cell)."""
    if isinstance(cell, DateCell):
        return _real_date(cell)
    text = _BIRTH_WORDS.sub("", cell.strip()).strip(" .;,'")
    if is_blank(text):
        return Birth()
    if is_error(text):
        return Birth(doubt="V46")
    if found := _YEAR.fullmatch(text):
        return Birth(None, int(found[1]), "year")
    if isinstance(cell, NumberCell) and text.isdigit() and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        born = date.fromordinal(_SERIAL_ZERO.toordinal() + int(text))
        return replace(_on(born, ""), change="serial", order="")
    return _text_date(text.removesuffix("00:00:00").strip())


def _real_date(cell: str) -> Birth:
    found = _ISO.fullmatch(cell)
    if found is None:
        return Birth(doubt="V13")
    value = date(int(found[1]), int(found[2]), int(found[3]))
    serial = value.toordinal() - _SERIAL_ZERO.toordinal()
    if 1900 <= serial <= 2100:  # a year typed into a cell that is formatted as a date
        return Birth(None, serial, "year", "year_as_date")
    return _on(value, "")


def _on(value: date, change: str) -> Birth:
    if value.month == 1 and value.day == 1:
        return Birth(None, value.year, "year", "first_of_january")
    return Birth(value, value.year, "day", change, "dm" if value.day <= 12 and value.day != value.month else "")


def _text_date(text: str) -> Birth:
    if found := _DATE.fullmatch(text) or _WORDS.fullmatch(text) or _EIGHT_DIGITS.fullmatch(text):
        return _parts(int(found[1]), int(found[2]), found[3])
    if found := _YEAR_FIRST.fullmatch(text):
        return _parts(int(found[3]), int(found[2]), found[1])
    if found := _MONTH.fullmatch(text):
        month, year = int(found[1]), int(found[2])
        if 1 <= month <= 12 and 1800 <= year <= 2100:
            return Birth(None, year, "month", "month_only")
        if month == 0 and 1800 <= year <= 2100:
            return Birth(None, year, "year", "year_only")
    return Birth(doubt="V13")


def _parts(day: int, month: int, year_text: str) -> Birth:
    year = int(year_text)
    change = ""
    if len(year_text) == 2:
        year += 1900 if year > 30 else 2000
        change = "two_digit_year"
    if not 1800 <= year <= 2100:
        return Birth(doubt="V13")
    if (day == 0 and month == 0) or (day == 1 and month == 1):
        return Birth(None, year, "year", change or ("year_only" if day == 0 else "first_of_january"))
    if day == 0 and 1 <= month <= 12:
        return Birth(None, year, "month", change or "month_only")
    try:
        value = date(year, month, day)
    except ValueError:
        return Birth(doubt="V13", order="md" if month > 12 and day <= 12 else "")
    return Birth(value, year, "day", change, "dm" if day <= 12 and day != month else "d" if day > 12 else "")


_LABEL = re.compile(
    r"^(?:số\s*)?(?:cccd|cmnd|cmtnd|cmt|cc|căn cước(?: công dân)?|đdcn|định danh|đt|sđt|số đt|điện thoại|tel|mobile"
    r"|zalo)"
    r"(?:\s*/\s*cccd)?\s*(?:số)?\s*[:.\-]?\s*(?=[+\d])",
    re.IGNORECASE,
)
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}
_ABSENT = frozenset(
    {
        "khong", "khong co", "chua", "chua co", "chua lam", "khong nho", "mat", "that lac", "chua cap",
        "dang lam", "chua lam cccd", "chua co cccd", "ko", "ko co", "k", "khong dung", "khong su dung",
        "khong co so", "khong ro", "khong co dt", "khong co cccd", "chua co so", "0",
    }
)  # fmt: skip


def says_absent(text: str) -> bool:
    """Whether a cell for a number says in words that there is none."""
    return fold(text) in _ABSENT


_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?\s*[eE]\s*\+?\s*\d+")
_LOOK_ALIKES = str.maketrans("OoQlIi|", "0001111")
_SEPARATORS = re.compile(r"[\s'.\-_\u00a0]+")


def read_identity(cell: str, *, gender: str, birth_year: int | None) -> IdentityReading:
    """A CCCD or an old CMND. Lost zeros come back only where province, gender and birth year agree (domain 4.2)."""
    text = _LABEL.sub("", cell.translate(_WIDE).strip(), count=1)
    if is_blank(text) or says_absent(text):
        return IdentityReading()
    if is_error(text):
        return IdentityReading(doubt="V46", params={"v": text})
    if _SCIENTIFIC.fullmatch(text):
        return IdentityReading(doubt="V06", params={"v": text})
    digits = _SEPARATORS.sub("", re.sub(r"\.0$", "", text))
    if not digits.isascii() or not digits.isdigit():
        return _not_digits(text, digits, gender, birth_year)
    change = "separators" if digits != cell else ""
    if len(digits) == 12:
        return _twelve(digits, change, is_unusual=not cell.isascii() and cell.translate(_WIDE) != cell)
    if is_cmnd(digits):
        return IdentityReading("", digits, "old_number", "V04", {"v": digits})
    if len(digits) == 8:
        return IdentityReading("", digits.zfill(9), "old_number", "V68", {"v": digits, "a": digits.zfill(9)})
    return _restored(text, digits, gender, birth_year)


def _twelve(digits: str, change: str, *, is_unusual: bool) -> IdentityReading:
    if len(set(digits)) == 1:
        return IdentityReading(doubt="V03", params={"v": digits})
    if not is_known_province(digits):
        return IdentityReading(digits, "", change, "V07", {"v": digits[:3]})
    if is_unusual:
        return IdentityReading(digits, "", change, "V77", {"a": digits})
    return IdentityReading(digits, "", change)


def _restored(text: str, digits: str, gender: str, birth_year: int | None) -> IdentityReading:
    restored = restore_zeros(digits, gender=gender, birth_year=birth_year)
    if restored:
        return IdentityReading(restored, "", "zeros", "V05", {"v": restored})
    candidate = digits.zfill(12) if len(digits) in (10, 11) else ""
    fix = candidate if candidate and is_known_province(candidate) and birth_year is None else None
    return IdentityReading(doubt="V03", params={"v": text}, fix=fix)


def _not_digits(text: str, digits: str, gender: str, birth_year: int | None) -> IdentityReading:
    mended = digits.translate(_LOOK_ALIKES)
    identity = parse_cccd(mended)
    fits = identity and is_known_province(mended) and identity.birth_year == birth_year
    fix = mended if identity and fits and gender in ("", identity.gender) else None
    return IdentityReading(doubt="V03", params={"v": text}, fix=fix)


_NEW_PREFIX = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078", "0123": "083", "0124": "084",
    "0125": "085", "0127": "081", "0129": "082", "0162": "032", "0163": "033", "0164": "034", "0165": "035",
    "0166": "036", "0167": "037", "0168": "038", "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_MOBILE = re.compile(r"0[35789]\d{8}", re.ASCII)
_LANDLINE = re.compile(r"02\d{9}", re.ASCII)
_PHONE_SPLIT = re.compile(r"\s*[;,/|\n]\s*|\s+[-–]\s+|\s+hoặc\s+")


def read_phone(cell: str) -> Reading:
    """A phone number as it is dialled today; eleven-digit mobiles are renumbered as in 2018 (domain 4.3)."""
    text = _LABEL.sub("", cell.translate(_WIDE).strip(), count=1)
    if is_blank(text) or says_absent(text):
        return Reading()
    if is_error(text):
        return Reading(doubts=[("V46", {"v": text}, None)])
    text = _WHOSE.sub("", text)
    parts = [part for part in _PHONE_SPLIT.split(text) if part]
    first = _one_phone(parts[0]) if parts else Reading(doubts=[("V15", {"v": text}, None)])
    if len(parts) > 1:
        usable = next((reading for reading in map(_one_phone, parts) if reading.value), None)
        first = usable or first
        if usable:
            first.doubts.append(("V66", {"v": text, "a": usable.value}, None))
            first.change = first.change or "first_of_two"
    return first


_WHOSE = re.compile(r"(?<=\d)\s*\(\s*(?:của\s+)?[^\W\d_][^\d()]*\)\s*$")  # "0912345678 (con gái)"


def _one_phone(text: str) -> Reading:
    digits = re.sub(r"[\s.\-_()\u00a0']+", "", re.sub(r"\.0$", "", text))
    change = "separators" if digits != text else ""
    if digits.startswith("+84"):
        digits, change = "0" + digits[3:].removeprefix("0"), "country_code"
    elif digits.startswith("84") and len(digits) in (11, 12):
        digits, change = "0" + digits[2:], "country_code"
    elif digits[:1] not in ("0", "") and len(digits) in (9, 10):
        digits, change = "0" + digits, "zeros"
    if len(digits) == 11 and digits[:4] in _NEW_PREFIX and digits.isascii() and digits.isdigit():
        new = _NEW_PREFIX[digits[:4]] + digits[4:]
        return Reading(new, "renumbered", [("V16", {"a": digits, "b": new}, None)])
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return Reading(digits, change)
    return Reading(doubts=[("V15", {"v": text}, None)])


_COUNT = re.compile(r"(\d{1,3})(?:[.,]0+)?\s*(?:khẩu|người|nk|nhân khẩu|nguoi|khau)?\.?", re.IGNORECASE)


def read_count(cell: str) -> tuple[int | None, str]:
    """How many people: (4, "") for "4", "04", "4 khẩu"; (None, "V56") when unreadable, (None, "") when empty."""
    text = cell.strip()
    if is_blank(text):
        return None, ""
    if is_error(text):
        return None, "V46"
    found = _COUNT.fullmatch(text)
    if not found or not 1 <= int(found[1]) <= 40:
        return None, "V56"
    return int(found[1]), ""


def read_score(cell: str) -> tuple[float | None, str]:
    """A number of points, with decimal comma or point."""
    text = cell.strip()
    if is_blank(text):
        return None, ""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None, "V46" if is_error(text) else "V69"
    return (value, "") if 0 <= value <= 10_000 else (None, "V69")


_LIST_YEAR = re.compile(r"\b(20[0-4]\d)\b")


def read_list_year(cell: str) -> int | None:
    """The year a list or a decision is for: "2024", "năm 2024", "31/12/2023"."""
    found = _LIST_YEAR.search(cell)
    return int(found[1]) if found else None
