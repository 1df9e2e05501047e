"""The words communes write in cells: categories, priorities, marks, gender, peoples, hamlets. Exact or not at all."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from beneficiaries.names import fold


def _table(entries: dict[str, str]) -> dict[str, str]:
    return {fold(word): value for value, words in entries.items() for word in words.split("|")}


_CATEGORY = _table(
    {
        "HN": "hn|h.n|hộ nghèo|nghèo|h nghèo|hộ n"
              "|hộ nghèo mới|nghèo mới|tái nghèo|nghèo cũ|hộ tái nghèo|hộ nghèo cũ|poor",
        "HCN": "hcn|h.c.n|h.cn|cn|cận nghèo|hộ cận nghèo|cận|hộ cn|h cận nghèo|hộ cận|hộ cận nghèo mới|cận nghèo mới"
               "|tái cận nghèo|c nghèo",
        "CSXH": "csxh|chính sách xã hội|gia đình chính sách xã hội|hộ chính sách xã hội|gđcsxh|gđ csxh|hộ csxh",
        "CSK": "csk|chính sách khác|đối tượng chính sách khác|đối tượng khác|đt khác",
        "KTD": "ktd|không thuộc diện|không nghèo|hộ không nghèo|thoát nghèo|hộ thoát nghèo|thoát cận nghèo"
               "|hộ thoát cận nghèo|không phải hộ nghèo|hộ có mức sống trung bình|mức sống trung bình",
    }
)  # fmt: skip
_ATTRIBUTE = _table(
    {
        "NCC": "ncc|người có công|người có công với cách mạng|gia đình có công|hộ có công|có công|gđ có công|hộ ncc"
               "|gia đình người có công|thương binh|tb|bệnh binh|gia đình liệt sĩ|liệt sĩ|gđ liệt sĩ|gđls|ls"
               "|con liệt sĩ|thân nhân liệt sĩ|gia đình có công với cách mạng|chất độc hóa học|cđhh|mẹ vnah|bà mẹ vnah",
        "NCC_TC": "ncc tc|ncc hưởng trợ cấp hằng tháng|người có công hưởng trợ cấp hằng tháng"
                  "|người có công đang hưởng trợ cấp hằng tháng|ncc đang hưởng trợ cấp",
        "BTXH": "btxh|bảo trợ xã hội|đối tượng bảo trợ xã hội|hưởng trợ cấp xã hội|trợ cấp xã hội|đt btxh"
                "|hộ btxh|người khuyết tật|khuyết tật|khuyết tật nặng|người cao tuổi|đơn thân nuôi con"
                "|trợ cấp xã hội hằng tháng",
        "DTTS": "dtts|dân tộc thiểu số|hộ dtts|đồng bào dtts|hộ dân tộc thiểu số|đồng bào dân tộc thiểu số"
                "|dttc|hộ dttc",
        "KKNLD": "kknlđ|không có khả năng lao động|không còn khả năng lao động|hộ không có khả năng lao động"
                 "|mất sức lao động|hộ kknlđ",
        "HS": "hs|học sinh|có học sinh|có con đi học|có học sinh phổ thông|học sinh phổ thông",
    }
)  # fmt: skip
# Words a commune may mean in more than one way: proposed, never taken without a question.
_PROPOSED_CATEGORY = _table({"CSXH": "cs|chính sách|hộ chính sách|gia đình chính sách|gđcs|hộ cs|gđ chính sách"})
_YES = frozenset(fold(word) for word in ("x", "xx", "v", "có", "co", "1", "đúng", "c", "yes", "true", "đ"))
_YES_SIGNS = frozenset("✓✔☑√*+●×✗✘X")
_NO = frozenset(fold(word) for word in ("không", "ko", "k", "0", "no", "false", "kg", "chưa", "o"))
_EMPTY = re.compile(r"[\s\-–—_./…·,]*")
_GENDER = _table({"M": "nam|n nam|m|male|trai|ông|1 nam", "F": "nữ|nu|f|female|gái|bà|2 nữ"})
_PHONE_KIND = _table(
    {
        "none": "không|không có|chưa có|không có điện thoại|chưa có điện thoại|ko|k có|không có thiết bị|chưa",
        "basic": "điện thoại thường|điện thoại phổ thông|cục gạch|điện thoại cục gạch|phổ thông|2g|máy thường|bàn phím"
                 "|điện thoại bàn phím|điện thoại 2g|thường|nghe gọi|điện thoại cơ bản|cơ bản",
        "smart": "thông minh|điện thoại thông minh|smartphone|có smartphone|đã có|máy thông minh|đt thông minh"
                 "|có điện thoại thông minh|cảm ứng|điện thoại cảm ứng|smart phone",
    }
)  # fmt: skip
_HEAD = frozenset(fold(word) for word in ("chủ hộ", "ch", "chủ", "ch hộ", "là chủ hộ", "c hộ"))


@dataclass(frozen=True, slots=True)
class CategoryValue:
    """What a category cell means: category, priorities, and whether every word of it was known for sure."""

    category: str = ""
    attributes: tuple[str, ...] = ()
    is_sure: bool = True


@lru_cache(maxsize=4096)
def read_category(text: str) -> CategoryValue:
    """Read "HN", "Hộ cận nghèo 2024", "HN-NCC" ...; unsure when a word is unknown or has two meanings."""
    key = _without_year(fold(text))
    if key in _CATEGORY:
        return CategoryValue(_CATEGORY[key])
    if key in _ATTRIBUTE:
        return CategoryValue("", (_ATTRIBUTE[key],))
    if key in _PROPOSED_CATEGORY:
        return CategoryValue(_PROPOSED_CATEGORY[key], is_sure=False)
    return _read_combination(text)


def _read_combination(text: str) -> CategoryValue:
    categories: list[str] = []
    attributes: list[str] = []
    is_sure = True
    for part in re.split(r"[-–+,;/&()|]|\bvà\b|\bthuộc\b|\bđồng thời là\b", text):
        key = _without_year(fold(part))
        if not key:
            continue
        if key in _CATEGORY:
            categories.append(_CATEGORY[key])
        elif key in _ATTRIBUTE:
            attributes.append(_ATTRIBUTE[key])
        else:
            is_sure = False
    if len(set(categories)) > 1:
        return CategoryValue("", tuple(dict.fromkeys(attributes)), is_sure=False)
    is_sure = is_sure and bool(categories or attributes)
    return CategoryValue(categories[0] if categories else "", tuple(dict.fromkeys(attributes)), is_sure)


def _without_year(key: str) -> str:
    return re.sub(r"\s*(?:nam )?(?:20[12]\d)(?: 20[12]\d)?$", "", key)


@lru_cache(maxsize=4096)
def read_attributes(text: str) -> tuple[tuple[str, ...], bool]:
    """The priorities of a cell, and whether every part of it was known."""
    found: list[str] = []
    is_sure = True
    for part in re.split(r"[-–+,;/&|]|\bvà\b", text):
        key = fold(part)
        if key in _ATTRIBUTE:
            found.append(_ATTRIBUTE[key])
        elif key and key not in _CATEGORY and not is_blank(part):
            is_sure = False
    return tuple(dict.fromkeys(found)), is_sure


@lru_cache(maxsize=1024)
def read_mark(text: str) -> bool | None:
    """An "x" (or 1, có, ✓) is True, nothing (or 0, không, -) is False, anything else None."""
    if is_blank(text):
        return False
    if text.strip() in _YES_SIGNS:
        return True
    key = fold(text)
    if key in _YES:
        return True
    return False if key in _NO else None


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, spaces, dashes, dots."""
    return not text or _EMPTY.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def read_gender(text: str) -> str | None:
    """ "M", "F", "" for an empty cell, None for words that say neither."""
    if is_blank(text):
        return ""
    return _GENDER.get(fold(text))


@lru_cache(maxsize=1024)
def read_phone_kind(text: str) -> str | None:
    """ "none", "basic", "smart", "" for an empty cell, None for other words."""
    if is_blank(text):
        return ""
    return _PHONE_KIND.get(fold(text))


@lru_cache(maxsize=1024)
def is_head_word(text: str) -> bool:
    """Whether the relation to the head is being the head."""
    return fold(text) in _HEAD


def _load_peoples() -> tuple[dict[str, str], dict[str, str]]:
    exact: dict[str, str] = {}
    folded: dict[str, set[str]] = {}
    with Path(__file__).with_name("ethnic_groups.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for name in (row["name"], *row["variants"].split("|")):
                exact.setdefault(name.casefold(), row["code"])
                folded.setdefault(fold(name).replace(" ", ""), set()).add(row["code"])
    return exact, {key: next(iter(codes)) for key, codes in folded.items() if len(codes) == 1}


_PEOPLES, _FOLDED_PEOPLES = _load_peoples()


@lru_cache(maxsize=1024)
def read_ethnic_group(text: str) -> str | None:
    """The two-digit code of one of the 54 peoples, "" for an empty cell, None when the name is unknown or unclear."""
    if is_blank(text):
        return ""
    name = re.sub(r"^(?:dân tộc|người)\s+", "", text.strip(), flags=re.IGNORECASE)
    return _PEOPLES.get(name.casefold()) or _FOLDED_PEOPLES.get(fold(name).replace(" ", ""))


_UNIT_WORDS = (
    (re.compile(r"^(?:kp|k\.\s?p|k/p)\s*[.:]?\s*(?=\S)", re.IGNORECASE), "Khu phố "),
    (re.compile(r"^(?:tdp|t\.\s?d\.\s?p|tổ dp|tổ d\.p)\s*[.:]?\s*(?=\S)", re.IGNORECASE), "Tổ dân phố "),
    (re.compile(r"^(?:th|t)\s*[.:]\s*(?=\S)|^(?:th|t)\s*(?=\d)", re.IGNORECASE), "Thôn "),
)  # fmt: skip
_UNIT_NAMES = ("thôn", "khu phố", "tổ dân phố", "ấp", "buôn", "bản", "xóm", "khóm", "làng", "bon", "tổ", "khu dân cư")


@lru_cache(maxsize=8192)
def read_hamlet(text: str, header: str = "") -> str:
    """A hamlet's name with its kind written out: KP1, KP.01 and "1" under "Khu phố" are "Khu phố 1"."""
    name = " ".join(text.split()).strip(" ,;.")
    for pattern, word in _UNIT_WORDS:
        name = pattern.sub(word, name, count=1)
    key = header.strip().casefold()
    if name.isdigit() and key in _UNIT_NAMES:
        name = f"{header.strip().capitalize()} {name}"
    if name.isupper() and len(name) > 3:
        name = " ".join(word.capitalize() for word in name.split())
    for unit in _UNIT_NAMES:
        if name.casefold().startswith(unit + " "):
            rest = name[len(unit) + 1 :].strip()
            number = rest.lstrip("0") if rest.isdigit() and rest.strip("0") else rest
            return f"{unit.capitalize()} {number[:1].upper() + number[1:]}"
    return name
