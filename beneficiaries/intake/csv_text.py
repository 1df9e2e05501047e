"""Text files: which encoding, which separator, which rows. Free of Django; runs in the reading process."""

import csv
import io
import re
import unicodedata
from collections import Counter

from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.refusals import Refused
from beneficiaries.intake.syllables import is_syllable

_NAMED_SEPARATOR = re.compile(r"sep=([;,\t|])[;,\t|]*\r?\n", re.IGNORECASE)
_SEPARATORS = (";", "\t", ",", "|")


def read_csv(content: bytes, limits: Limits) -> list[list[str]]:
    """Rows of a comma, semicolon or tab separated file in UTF-8, UTF-16 or Windows-1258. Raises Refused."""
    text = _decode(content)
    if "\x00" in text:
        raise Refused("not_text")
    named = _NAMED_SEPARATOR.match(text)
    text = text[named.end() :] if named else text  # Excel does not show this line, so it counts as no row
    separator = named[1] if named else _separator(text)
    csv.field_size_limit(32_767)
    rows: list[list[str]] = []
    filled = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            filled += any(cell.strip() for cell in row)
            rows.append(row)
            _check_size(row, len(rows), filled, limits)
    except csv.Error as problem:
        raise Refused("not_text") from problem
    _check_quotes(rows, separator)
    return rows


def _check_quotes(rows: list[list[str]], separator: str) -> None:
    """A quotation mark that is never closed swallows the lines below it: a cell then holds what makes up a row."""
    widths = Counter(len(row) for row in rows if any(row))
    usual = widths.most_common(1)[0][0] if widths else 0
    for row_no, row in enumerate(rows, start=1):
        for cell in row:
            if "\n" in cell and cell.count(separator) >= max(3, usual - 1):
                raise Refused("open_quote", row=row_no)


def _check_size(row: list[str], count: int, filled: int, limits: Limits) -> None:
    if filled > limits.rows:
        raise Refused("too_many_rows", limit=limits.rows)
    if count > limits.highest_row and any(row):
        raise Refused("too_far_down", sheet="CSV", limit=limits.highest_row)
    if len(row) > limits.columns and any(cell.strip() for cell in row[limits.columns :]):
        raise Refused("too_many_columns", sheet="CSV", column="BL")


def _decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decode_as(content, "utf-16")
    if content[:3] == b"\xef\xbb\xbf":
        return _decode_as(content, "utf-8-sig")
    zeros = content[:2000].count(0)
    if zeros > len(content[:2000]) // 4:
        return _decode_as(content, "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _one_byte(content)


def _one_byte(content: bytes) -> str:
    """Windows-1258 when its words are Vietnamese; else bytes as they are, TCVN3 or VNI, decided per column later."""
    text = unicodedata.normalize("NFC", content.decode("cp1258", errors="replace"))
    words = [word for word in re.findall(r"[^\W\d_]+", text[:200_000]) if not word.isascii()][:2_000]
    right = sum(map(is_syllable, words))
    return text if "\ufffd" not in text and right * 2 > len(words) else content.decode("latin-1")


def _decode_as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Refused("not_text") from problem


def _separator(text: str) -> str:
    """The separator that splits the most lines of the beginning into the same number of parts, two or more."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:50]

    def score(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines]
        common = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(common) if common else 0, common)

    return max(_SEPARATORS, key=score)
