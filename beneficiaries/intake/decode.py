"""Third step: text in the encodings of the time before Unicode (TCVN3, VNI), decided per column, then clean letters.

Conversion comes before any cleaning: TCVN3 writes ư as a soft hyphen and à as µ, which cleaning would destroy.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from beneficiaries.intake.cells import Sheet
from beneficiaries.intake.syllables import is_syllable

Encoding = Literal["unicode", "tcvn3", "vni"]
_LEGACY: tuple[Encoding, ...] = ("tcvn3", "vni")


def _load_tables() -> tuple[dict[int, str], dict[str, str]]:
    tables = json.loads(Path(__file__).with_name("vn_legacy_tables.json").read_text(encoding="utf-8"))
    tcvn3 = {int(code, 16): letter for letter, code in tables["tcvn3"]["encode"].items()}
    vni: dict[str, str] = {}
    for letter, code in tables["vni"]["encode"].items():
        pair = bytes.fromhex(code.replace(" ", "")).decode("latin-1")
        vni[pair] = letter
        vni.setdefault(pair[0] + pair[1:].lower(), letter)  # a capital is also written with the small mark
    return tcvn3, vni


_TCVN3, _VNI = _load_tables()
_VNI_PAIR = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_TCVN3_ALPHABET = frozenset(map(chr, _TCVN3)) | {"\xa0"}
_VNI_ALPHABET = frozenset("".join(_VNI)) | frozenset("ìíÌÍ\xa0")  # these four are the same as in Latin-1
# Letters that neither TCVN3 nor VNI text can hold in its one-byte reading.
_SURELY_UNICODE = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u0300-\u0303\u0309\u0323]")
_MARKS = frozenset("×✓✔☑√·•–—…")  # signs of their own, whatever letter they are in TCVN3
_NEUTRAL = dict.fromkeys(map(ord, "\u2019\u2018\u02bc\u00b4\u2032\u200b\u200c\u200d\ufeff\u2060"))
_NOT_LETTERS = re.compile(r"[\s\d!-/:-@\[-`{-~\xa0]+")
_INVISIBLE = dict.fromkeys(
    [0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_SPACES = re.compile(r"\s+")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u0060\u00b4\u2032\uff07", "'"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]|_x00(?:0[0-8BCEF]|1[0-9A-F]|7F)_", re.IGNORECASE)
_UNCLEAN = re.compile(
    "[\x00-\x1f\x7f\u00a0\u00ad\u00b4\u02bc\u1680\u2000-\u200f\u2018\u2019\u2028-\u202f\u2032\u205f-\u2069\u3000"
    "\ufeff\uff07`]|  |^ | $|_x00"
)


@dataclass(slots=True)
class ColumnEncoding:
    """How one column is written: the decision, what it rests on, cells before and after."""

    column: int
    encoding: Encoding
    font: str = ""
    is_sure: bool = True
    samples: list[tuple[str, str]] = field(default_factory=list)
    left_alone: list[int] = field(default_factory=list)


def decode_sheet(sheet: Sheet, chosen: Mapping[int, Encoding] | None = None) -> tuple[Sheet, list[ColumnEncoding]]:
    """Return a copy of the sheet in clean composed Unicode, and the columns that were written otherwise.

    `chosen` overrides the decision per column. Row and column numbers do not change.
    """
    evidence = _evidence(sheet)
    decisions = _decide(sheet, evidence, chosen or {})
    rows = [list(row) for row in sheet.rows] if decisions else sheet.rows
    for decision in decisions:
        _convert_column(rows, evidence[decision.column], decision)
    return replace(sheet, rows=list(map(_clean_row, rows))), decisions


def _clean_row(row: list[str]) -> list[str]:
    """The very same list when there is nothing to clean: most rows are held once."""
    cleaned = [cell if type(cell) is not str or _is_clean(cell) else clean(cell) for cell in row]
    return row if cleaned == row else cleaned


def clean(text: str) -> str:
    """Composed letters (NFC), single ordinary spaces, one kind of apostrophe, nothing invisible."""
    if not _UNCLEAN.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    return _SPACES.sub(" ", _CONTROL.sub("", text).translate(_APOSTROPHES)).strip()


def convert(text: str, encoding: Encoding, *, font: str = "") -> str:
    """Turn TCVN3 or VNI text into Unicode. A TCVN3 font whose name ends in H shows capitals only."""
    if encoding == "vni":
        return _VNI_PAIR.sub(lambda found: _VNI[found[0]], text)
    if encoding == "unicode":
        return text
    converted = text.translate(_TCVN3)
    is_capitals_font = font.startswith(".") and font.upper().endswith("H")
    return converted.upper() if is_capitals_font else _lost_capitals(text, converted)


def _lost_capitals(text: str, converted: str) -> str:
    """TCVN3 has no capitals with tones: NGUYÔN gives NGUYễN, ót gives út where Út was meant."""
    words = converted.split(" ")
    if any(sum(map(str.isupper, word)) > 1 and not word.isascii() for word in map(_without_small, words)):
        return " ".join(word.upper() if _without_small(word) else word for word in words)
    small = [word for word in words if word[:1].islower()]
    if small and len(small) < len(words) and not any(word[0].isascii() for word in small):
        return " ".join(word[:1].upper() + word[1:] for word in words)
    return converted


def _without_small(word: str) -> str:
    """The word when it has no small plain letter, else nothing."""
    return "" if any("a" <= letter <= "z" for letter in word) else word


def _is_clean(cell: str) -> bool:
    return cell.isascii() and cell.isprintable() and cell.strip() == cell and "  " not in cell and "`" not in cell


@dataclass(slots=True)
class _Evidence:
    """The cells of one column that hold letters beyond ASCII, by what they can be."""

    unicode: int = 0
    tcvn3: list[int] = field(default_factory=list)
    vni: list[int] = field(default_factory=list)
    either: list[int] = field(default_factory=list)

    def cells(self, encoding: Encoding) -> list[int]:
        return self.tcvn3 if encoding == "tcvn3" else self.vni


def _evidence(sheet: Sheet) -> dict[int, _Evidence]:
    columns: dict[int, _Evidence] = {}
    for index, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            if cell.isascii() or cell.strip() in _MARKS:
                continue
            found = columns.get(column)
            if found is None:
                found = columns[column] = _Evidence()
            if _SURELY_UNICODE.search(cell):
                found.unicode += 1
            else:
                _weigh(cell, index, found)
    return columns


def _weigh(cell: str, index: int, found: _Evidence) -> None:
    verdict = _verdict(cell)
    if verdict == "unicode":
        found.unicode += 1
    elif verdict == "tcvn3":
        found.tcvn3.append(index)
    elif verdict == "vni":
        found.vni.append(index)
    else:
        found.either.append(index)


def _without_signs(cell: str) -> str:
    """The cell without apostrophes and invisible signs, which say nothing about its letters."""
    return cell.translate(_NEUTRAL)


def looks_undecoded(text: str) -> bool:
    """Whether a word of a decoded text is no syllable but would be one in an encoding before Unicode."""
    if text.isascii():
        return False
    words = [word for word in _NOT_LETTERS.split(_without_signs(text)) if not word.isascii() and not is_syllable(word)]
    return any(is_syllable(convert(word, encoding)) for word in words for encoding in _LEGACY)


@lru_cache(maxsize=65_536)
def _verdict(cell: str) -> str:
    """The only encoding in which all words of a cell are possible syllables; "" when none or several are."""
    words = [word for word in _NOT_LETTERS.split(_without_signs(cell)) if not word.isascii()]
    if all(len(word) < 3 and word == word.upper() for word in words):
        return ""  # nothing, or an abbreviation such as ĐT, which could be anything
    letters = set("".join(words))
    possible = ["unicode"] if all(map(is_syllable, words)) else []
    beyond = {letter for letter in letters if not letter.isascii()}
    if beyond <= _TCVN3_ALPHABET and all(is_syllable(convert(word, "tcvn3")) for word in words):
        possible.append("tcvn3")
    if beyond <= _VNI_ALPHABET and all(is_syllable(convert(word, "vni")) for word in words):
        possible.append("vni")
    return possible[0] if len(possible) == 1 else ""


def _decide(sheet: Sheet, evidence: dict[int, _Evidence], chosen: Mapping[int, Encoding]) -> list[ColumnEncoding]:
    decisions = {
        column: _decide_column(column, found, sheet.fonts.get(column, "")) for column, found in evidence.items()
    }
    counts = Counter({encoding: sum(len(found.cells(encoding)) for found in evidence.values()) for encoding in _LEGACY})
    main, weight = counts.most_common(1)[0]
    leads = weight > max(2, sum(found.unicode for found in evidence.values()))  # a few old names among new ones do not
    result = []
    for column, decision in sorted(decisions.items()):
        if column in chosen:
            decision = ColumnEncoding(column, chosen[column], decision.font)
        elif leads and _follows_sheet(decision, evidence[column], main, weight):
            decision = ColumnEncoding(column, main, decision.font, is_sure=False)
        if decision.encoding != "unicode":
            result.append(decision)
    return result


def _follows_sheet(decision: ColumnEncoding, found: _Evidence, main: Encoding, weight: int) -> bool:
    """Whether a column with little evidence of its own is written like the rest of the sheet."""
    if decision.encoding == main or found.unicode or _font_encoding(decision.font) != "unicode":
        return False
    own = len(found.cells(decision.encoding)) if decision.encoding != "unicode" else 0
    return bool(found.either or found.tcvn3 or found.vni) and own * 10 < weight


def _decide_column(column: int, found: _Evidence, font: str) -> ColumnEncoding:
    named = _font_encoding(font)
    if named != "unicode" and (found.cells(named) or not found.unicode):
        return ColumnEncoding(column, named, font, is_sure=not found.unicode)
    likely = max(_LEGACY, key=lambda encoding: len(found.cells(encoding)))
    if not found.cells(likely):
        return ColumnEncoding(column, "unicode", font)
    return ColumnEncoding(column, likely, font, is_sure=not found.unicode and len(found.cells(likely)) > 2)


def _font_encoding(font: str) -> Encoding:
    lower = font.lower()
    if lower.startswith(".vn"):
        return "tcvn3"
    return "vni" if lower.startswith("vni") else "unicode"


def _convert_column(rows: list[list[str]], found: _Evidence, decision: ColumnEncoding) -> None:
    """Convert what can only be this encoding; what could be either follows the column when it has no Unicode in it."""
    certain = set(found.cells(decision.encoding))
    others = found.either + (found.vni if decision.encoding == "tcvn3" else found.tcvn3)
    alphabet = _TCVN3_ALPHABET if decision.encoding == "tcvn3" else _VNI_ALPHABET
    is_mixed = found.unicode > len(certain)
    for index in sorted(certain.union(others)):
        cell = rows[index][decision.column]
        beyond = {letter for letter in _without_signs(cell) if not letter.isascii()}
        if index not in certain and (is_mixed or not beyond <= alphabet):
            decision.left_alone.append(index)
            continue
        after = convert(cell, decision.encoding, font=decision.font)
        if len(decision.samples) < 5 and after != cell:
            decision.samples.append((cell, clean(after)))
        rows[index][decision.column] = after
