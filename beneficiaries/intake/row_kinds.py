"""What a row of a commune's list can be besides a person: section, total, signature, note, index row."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from beneficiaries.intake.cells import NumberCell
from beneficiaries.names import fold


@dataclass(frozen=True, slots=True)
class Section:
    """What the rows under a section row share: each is "" or None until a row or title says it.

    `is_guessed`: the heading is a proper name only, taken for a hamlet's.
    """

    hamlet: str = ""
    commune: str = ""
    category: str = ""
    row_no: int | None = None
    category_is_outer: bool = False
    district: str = ""
    is_guessed: bool = False


_ENUMERATOR = re.compile(
    r"^\s*[*•+\-–]+\s*[.)]?\s*|^\s*(?:[IVXLC]{1,6}|[A-Za-zĐđ]|\d{1,3}(?:\.\d{1,3})*)\s*[.)\-–:/]+\s*|^\s*(?:[IVX]{1,5})\s+(?=\S)"
)
_ONLY_NUMBER = re.compile(r"[IVXLC]{1,6}|[A-Za-zĐđ]|[\W\d_]+")
_HAMLET = re.compile(
    r"^(?:thôn|khu phố|khu dân cư|tổ dân phố|tdp|kp|k\.p|ấp|buôn|bon|bản|xóm|khóm|làng|tổ|plei|sóc)"
    r"(?=$|[\s.:\d])(?!\s+(?:văn|thị)\s)",
    re.IGNORECASE,
)
_BARE_HAMLET = re.compile(
    r"^(?:thon|khu pho|to dan pho|tdp|kp|ap|buon|xom|khom|lang|to|ban|bon)\.?\s*\d+", re.IGNORECASE
)
_COMMUNE = re.compile(r"^(?:(?:xã|phường|thị trấn|đặc khu)\s+\S|(?:tt\.|p\.|x\.)\s*[^\W\d_])", re.IGNORECASE)
_DISTRICT = re.compile(
    r"^(?:huyện|thị xã|thành phố|tx\.|tp\.|h\.)\s*\S|^(?:huyen|thi xa|thanh pho)\s+[a-z]", re.IGNORECASE
)
_BARE_COMMUNE = re.compile(r"^(?:xa|phuong|thi tran|dac khu)\s+[a-z]", re.IGNORECASE)
_SHORT_UNIT = re.compile(r"^\s*(?:[PXH]\.?|TT\.?|TX\.|TP\.)\s*(?=[^\W\d_])(?-i:[A-ZĐÀ-Ỹ])")  # "P. Phú Hài"
_UNIT_WORD = re.compile(
    r"\s*(?:xã|phường|thị trấn|đặc khu|thôn|khu|tổ|ấp|buôn|bản|xóm|khóm|làng|huyện|thị xã|thành phố|hộ|danh sách)\b"
    r"|\s*(?:kp|tdp)\s*\.?\s*\d|\s*(?:tt|p|x|h)\s*\.\s*\w",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"^(?:tong cong|tong so|tong|cong|cong don|cong chung|toan (?:xa|phuong|thon)|luu ke|cong trang|cong thon|cong xa)"
    r"(?:\s+(?:\d.*|ho.*|khau.*|nguoi.*|thon.*|khu.*|toan.*|danh sach.*|so.*|cong.*|xa.*|phuong.*|ngheo.*|can.*|trang.*"
    r"|a|b|i+|to.*|bang chu.*))?$"
)
_SIGNATURE = re.compile(
    r"\b(?:nguoi lap|lap bieu|lap bang|lap danh sach|chu tich|ki ten|dong dau|thu truong|ke toan|noi nhan|xac nhan"
    r"|can bo|cong chuc|truong thon|truong khu|truong ban|t m |tm ubnd|tm uy ban|tm ui ban|kt chu|phe duiet|nguoi duiet"
    r"|nguoi kiem tra|nguoi tong hop|ban chi dao|dai dien|giam doc)\b|^tm\b|^kt\b|^ui ban nhan dan|^ubnd\b"
)
_PLACE_AND_DATE = re.compile(r"\bngai\b.*\bthang\b.*\bnam\b")
_NOTE = re.compile(
    r"^(?:ghi chu|luu i|chu thich|danh sach (?:nai|tren|nai gom|co)|an dinh|so tien|bang chu|tong hop|trong do|het"
    r"|cong khai|don vi tinh|dvt|ket thuc)\b"
)
_SAMPLES = frozenset({"vi du", "dong vi du", "dong mau", "vd"})
_TITLE = re.compile(
    r"^(?:danh sach|bieu|phu luc|cong hoa xa hoi|doc lap|mau so|bang tong hop|thong ke|bieu mau|kem theo|tinh|huien)\b"
)
_POOR, _NEAR, _NOT = (
    re.compile(r"\bho ngheo\b|^ngheo\b"),
    re.compile(r"\bcan ngheo\b|^(?:hcn|h c n|cn|ho can)\b"),
    re.compile(r"\b(?:thoat ngheo|khong ngheo|thoat can ngheo|khong thuoc dien)\b"),
)
_POLICY = re.compile(r"\bchinh sach xa hoi\b|\bcsxh\b")
_INDEX = re.compile(r"\(?\s*(?:[A-Za-z]|\d{1,2}|\d{1,2}\s*=.*|\[\d{1,2}\]|\(\d{1,2}\))\s*\)?")


def is_index_row(cells: list[str]) -> bool:
    """Whether the filled cells are column numbers: A, B, 1, 2, (3), 4=3/1*100."""
    filled = []
    for cell in cells:
        text = cell.strip()
        if text and not _INDEX.fullmatch(text):
            return False  # nearly always the second cell
        filled.append(text)
    filled = [cell for cell in filled if cell]
    if len(filled) < 3:
        return False
    numbers = [int(number) for cell in filled if (number := re.sub(r"=.*|\D", "", cell))]
    letters = sum(cell.strip("() ").isalpha() for cell in filled)
    rising = all(later == earlier + 1 for earlier, later in pairwise(numbers))
    return rising and len(numbers) + letters >= len(filled) and (letters > 0 or numbers[:1] in ([0], [1]))


def is_total(folded: str) -> bool:
    """Whether a folded first text begins a row of totals; "Công Thị Ba" does not."""
    return bool(_TOTAL.match(folded))


def is_signature(folded: str) -> bool:
    """Whether folded text belongs to the block of place, date and signatures under a list."""
    return bool(_SIGNATURE.search(folded) or _PLACE_AND_DATE.search(folded)) or folded in ("", "het")


def is_sample(folded: str) -> bool:
    """Whether a row's first cell says that the row only shows how to fill in."""
    return folded in _SAMPLES


def is_note(folded: str) -> bool:
    """Whether folded text is a remark about the list."""
    return bool(_NOTE.match(folded))


def is_title(folded: str) -> bool:
    """Whether folded text is a heading, as above the list or repeated in the middle of it."""
    return bool(_TITLE.match(folded))


def category_of(text: str) -> str:
    """The category a heading stands for: HN, HCN, CSXH or KTD; "" when it names none or both kinds of poverty."""
    key = fold(text)
    if _NOT.search(key):
        return "KTD"
    without_near = re.sub(r"\b(?:ho )?can ngheo\b", " ", key)
    near, poor = bool(_NEAR.search(key)), bool(re.search(r"\bho ngheo\b|^\s*ngheo\b|^hn\b", without_near))
    if near != poor:
        return "HCN" if near else "HN"
    return "CSXH" if not near and _POLICY.search(key) else ""


_PROPER_NAME = re.compile(r"[A-ZĐÀ-Ỹ][^\W\d_]*(?:[ '\-][^\W_]+){0,4}")


def bare_heading(texts: list[str]) -> str:
    """The proper name that a row holds besides an enumerator: "II | Long Sơn" is "Long Sơn", a sentence is ""."""
    headings = [strip_heading(text) for text in texts if not isinstance(text, NumberCell)]
    names = [heading for heading in headings if heading and not _ONLY_NUMBER.fullmatch(heading)]
    return names[0] if len(names) == 1 and _PROPER_NAME.fullmatch(names[0]) else ""


def strip_heading(text: str) -> str:
    """A heading without its number and without the count behind it: "II. Thôn 3: 25 hộ" is "Thôn 3"."""
    if not (_SHORT_UNIT.match(text) and not _UNIT_WORD.match(_ENUMERATOR.sub("", text, count=1))):
        text = _ENUMERATOR.sub("", text, count=1).strip()
    counted = re.search(
        r"[\s:;,(\-–]+\d+\s*(?:hộ|khẩu|người|nhân khẩu)\b.*$|\s*:\s*\d+\s*$|\(\s*\d+.*\)\s*$", text, re.IGNORECASE
    )
    return (text[: counted.start()] if counted else text).strip(" :.;,-–")


def read_section(
    texts: list[str], before: Section, base: Section, row_no: int, communes: frozenset[str] = frozenset()
) -> Section | None:
    """The section a row with few texts opens, or None when it is not a section row.

    `texts` are the row's texts from the left; numbers beside them (counts) are passed over. `base` is what the title
    says. The level seen first is the outer one: a new outer section ends the inner ones. `communes` are folded names
    that are communes also without their kind before them.
    """
    headings = (strip_heading(text) for text in texts if not isinstance(text, NumberCell))
    heading = next((heading for heading in headings if heading and not _ONLY_NUMBER.fullmatch(heading)), "")
    if not heading or len(heading) > 120:
        return None
    category = category_of(heading)
    category_is_outer = before.category_is_outer
    if _HAMLET.match(heading) or _BARE_HAMLET.match(heading):
        name = re.split(r"\s+[-–]\s+(?=[Hh]ộ )", heading)[0]
        return replace(
            before,
            is_guessed=False,
            hamlet=name,
            category=category or (before if category_is_outer else base).category,
            row_no=row_no,
        )
    if _DISTRICT.match(heading):
        return replace(base, district=heading, commune="", row_no=row_no)
    if _COMMUNE.match(heading) or _BARE_COMMUNE.match(heading) or fold(heading) in communes:
        kept = before if category_is_outer else base
        return replace(before, commune=heading, hamlet=base.hamlet, category=kept.category, row_no=row_no)
    if category:
        is_outer = category_is_outer or before.hamlet == base.hamlet
        hamlet = base.hamlet if is_outer else before.hamlet
        return replace(before, category=category, hamlet=hamlet, category_is_outer=is_outer, row_no=row_no)
    return None
