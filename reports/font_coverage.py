"""Which letters a font can print, read from the font itself, so that a strange letter cannot stop a whole report."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPLACEMENT = "□"
FIRST_LETTER, LAST_LETTER = 0x20, 0xFFFE


def printable(text: str, font: Path) -> str:
    """The text composed (NFC), its control characters gone, and letters the font lacks shown as "□".

    PDF/A does not allow a letter without a glyph, so typst would refuse the document.
    """
    composed = unicodedata.normalize("NFC", text)
    letters = covered_letters(font)
    if letters.issuperset(composed):
        return composed
    kept = (letter for letter in composed if letter in letters or unicodedata.category(letter) != "Cc")
    return "".join(letter if letter in letters else REPLACEMENT for letter in kept)


@cache
def covered_letters(font: Path) -> frozenset[str]:
    """All letters the font has a glyph for (OpenType `cmap`, format 4, Windows Unicode)."""
    table = _unicode_table(font.read_bytes())
    return frozenset(chr(code) for code in _mapped_codes(table)) | {"\n"}


def _unicode_table(font: bytes) -> bytes:
    (tables,) = struct.unpack_from(">H", font, 4)
    for number in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * number)
        if tag == b"cmap":
            return _format_4(font[start:])
    raise ValueError("The font has no cmap table.")


def _format_4(cmap: bytes) -> bytes:
    (encodings,) = struct.unpack_from(">H", cmap, 2)
    for number in range(encodings):
        platform, encoding, start = struct.unpack_from(">HHL", cmap, 4 + 8 * number)
        if (platform, encoding) == (3, 1):
            return cmap[start:]
    raise ValueError("The font has no Unicode encoding.")


def _mapped_codes(table: bytes) -> Iterator[int]:
    """Codes with a glyph: four parallel arrays give end, start, delta and offset of each run of codes."""
    (twice_segments,) = struct.unpack_from(">H", table, 6)
    for position in range(14, 14 + twice_segments, 2):
        places = (position, *(position + twice_segments * part + 2 for part in (1, 2, 3)))
        end, start, delta, offset = (struct.unpack_from(">H", table, place)[0] for place in places)
        for code in range(max(start, FIRST_LETTER), min(end, LAST_LETTER) + 1):
            if offset:
                (has_glyph,) = struct.unpack_from(">H", table, places[3] + offset + 2 * (code - start))
            else:
                has_glyph = (code + delta) % 0x10000
            if has_glyph:
                yield code
