"""Cells that speak for others: "as above", two columns for one field, a hamlet inside an address."""

from collections.abc import Iterable, Iterator

from beneficiaries.intake.household_rows import Doubt
from beneficiaries.intake.value_words import is_blank, read_mark
from beneficiaries.names import fold

Cells = dict[str, str]
RIVAL = "≠"  # before a field: what another column of the same name says


def copy_dittos(rows: Iterable[Cells]) -> Iterator[tuple[int, str, str]]:
    """Give a cell that says "as above" (", nt, như trên) the text of the row above; yields (row, field, text)."""
    above: Cells = {}
    for index, cells in enumerate(rows):
        for name in _MAY_BE_AS_ABOVE:
            if name in cells and name in above and is_ditto(cells[name]):
                cells[name] = above[name]
                yield index, name, above[name]
        drop_dittos(cells)
        above = cells


def drop_dittos(cells: Cells) -> None:
    """A place "as above" with nothing above it is missing; other words are told as not understood."""
    for name in ("hamlet", "address", "commune"):
        if name in cells and is_ditto(cells[name]):
            del cells[name]


def is_ditto(cell: str) -> bool:
    return cell.strip(" -.").casefold() in _AS_ABOVE


def joined(name: str, before: str, cell: str) -> str:
    """Two columns for one field: a mark that says yes wins, texts are put one behind the other."""
    if name.endswith("_mark"):
        return before if read_mark(before) is True or read_mark(cell) is False else cell
    return before if before == cell else f"{before}; {cell}"


def rivalry(cells: Cells, row_no: int) -> Iterator[Doubt]:
    """Two columns of the same name that say different things: which one is right only the official knows."""
    for key, other in cells.items():
        if key[0] == RIVAL and not is_blank(other) and not _is_same(other, taken := cells.get(key[1:], "")):
            yield Doubt("V88", key[1:], row_no, {"v": other, "a": taken or "–"})


def _is_same(one: str, other: str) -> bool:
    digits, more = ("".join(filter(str.isdigit, text)).lstrip("0") for text in (one, other))
    return digits == more if digits else fold(one) == fold(other)


_AS_ABOVE = frozenset({'"', "''", "〃", "”", "“", "nt", "n.t", "như trên", "nhu tren", "//"})
_MAY_BE_AS_ABOVE = ("hamlet", "address", "commune", "category", "ethnic_group", "recognised_year", "gender")
_HAMLET_STARTS = ("thon", "khu pho", "kp", "to dan pho", "tdp", "ap", "buon", "xom", "khom", "bon")


def hamlet_in(address: str) -> str:
    """The part of an address that names a hamlet: "12 Huỳnh Thúc Kháng, KP 3, Mũi Né" gives "KP 3"."""
    for part in address.replace(" - ", ",").replace(";", ",").split(","):
        key = fold(part)
        if any(
            key == word or key.startswith(word + " ") or (key.startswith(word) and key[len(word) :].isdigit())
            for word in _HAMLET_STARTS
        ):
            return part.strip()
    return ""
