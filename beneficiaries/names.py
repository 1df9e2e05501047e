"""Personal names and place names: the search key, the parts of a name, the way a name is shown."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# What PostgreSQL's unaccent changes beyond dropping marks, for the Latin letters a file can hold.
_LETTERS = str.maketrans(
    {
        "đ": "d", "Đ": "d", "©": "(c)", "ª": "a", "®": "(r)", "º": "o", "¼": " 1/4", "½": " 1/2", "¾": " 3/4",
        "Æ": "ae", "æ": "ae", "Ð": "d", "ð": "d", "Ø": "o", "ø": "o", "Þ": "th", "þ": "th", "ß": "ss", "ẞ": "ss",
        "Ħ": "h", "ħ": "h", "ı": "i", "Ĳ": "ij", "ĳ": "ij", "ĸ": "q", "Ŀ": "l", "ŀ": "l", "Ł": "l", "ł": "l",
        "ŉ": "'n", "Ŋ": "n", "ŋ": "n", "Œ": "oe", "œ": "oe", "Ŧ": "t", "ŧ": "t", "ſ": "s",
    }
)  # fmt: skip
_MARKS = re.compile("[\u0300-\u036f]+")
_NOT_KEY = re.compile("[^a-z0-9]+")
_AFTER_SIGN = re.compile(r"(['’ʼ‘`´-])(\w)")


class NameParts(NamedTuple):
    """Family, middle and given name; a one-word name is a given name without a family."""

    family: str
    middle: str
    given: str


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Return the search key of a text: lower case, no marks, đ as d, y as i, single spaces.

    Equals the database function `fold_vi`, so that keys made here find rows stored there. Never show it.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFD", text)
        text = _MARKS.sub("", text).translate(_LETTERS)
    return _NOT_KEY.sub(" ", text.lower().replace("y", "i")).strip()


def split_name(full: str) -> NameParts:
    """Split a Vietnamese name: the family name comes first, the given name last."""
    words = full.split()
    if not words:
        return NameParts("", "", "")
    if len(words) == 1:
        return NameParts("", "", words[0])
    return NameParts(words[0], " ".join(words[1:-1]), words[-1])


def display_name(text: str) -> str:
    """Return a name as it is shown: composed letters, single spaces, capital initials; tones are never touched.

    A word in capitals only, or one that begins small, gets a capital initial, also after an apostrophe or a hyphen
    (K'BRÔI becomes K'Brôi). Other spellings are the person's own and stay.
    """
    words = unicodedata.normalize("NFC", text).split()
    return " ".join(_initial_capital(word) for word in words)


@lru_cache(maxsize=8192)
def _initial_capital(word: str) -> str:
    is_small = word.islower()
    word = word[0].upper() + word[1:]
    if not (word.isupper() or is_small) or len(word) == 1:
        return word
    return _AFTER_SIGN.sub(lambda found: found[1] + found[2].upper(), word[0] + word[1:].lower())
