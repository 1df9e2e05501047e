"""Cells that speak for others: "as above", two columns for one field, a hamlet inside an address."""

from collections.abc import Iterable, Iterator

from beneficiaries.intake.value_words import read_mark
from beneficiaries.names import fold

Cells = dict[str, str]


def copy_dittos(rows: Iterable[Cells]) -> Iterator[tuple[int, str, str]]:
    """Give a cell that says "as above" (", nt, như trên) the text of the row above; yields (row, field, text)."""
    above: Cells = {}
    for index, cells in enumerate(rows):
        for name in _MAY_BE_AS_ABOVE:
            if name in cells and name in above and cells[name].strip(" -.") in _AS_ABOVE:
                cells[name] = above[name]
                yield index, name, above[name]
        above = cells


def joined(name: str, before: str, cell: str) -> str:
    """Two columns for one field: a mark that says yes wins, texts are put one behind the other."""
    if name.endswith("_mark"):
        return before if read_mark(before) is True or read_mark(cell) is False else cell
    return before if before == cell else f"{before}; {cell}"


_AS_ABOVE = frozenset({'"', "''", "〃", "”", "“", "nt", "NT", "n.t", "như trên", "Như trên", "//"})
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
