"""Fifth step: which column is which field, by its header and by what its cells look like; what category words mean."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection
from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Literal

from beneficiaries.intake.cells import DateCell
from beneficiaries.intake.layout import Column, DataRow, Layout
from beneficiaries.intake.value_words import CategoryValue, read_category, read_gender, read_mark
from beneficiaries.intake.vocabulary import IGNORE, REPEATABLE, recognise
from beneficiaries.names import fold

Structure = Literal["household", "person"]
_SAMPLE = 300
SURE = 0.7  # below this a column is shown with a question mark
_RIVALRY = frozenset({"full_name", "birth", "gender", "ethnic_group", "identity_number", "phone", "hamlet", "category",
                      "member_count"})  # fmt: skip
_NAMES = frozenset({"full_name", "family_name", "given_name", "member_name"})
_OF_HOUSEHOLD = frozenset({"category", "poor_mark", "near_poor_mark", "not_poor_mark", "policy_mark", "hamlet",
                           "member_count", "address", "commune"})  # fmt: skip
_CCCD = re.compile(r"\d[\d\s.]{8,14}")
_PHONE = re.compile(r"\+?0?\d[\d\s.\-]{7,12}")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_DATE = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}")
_PERSON = re.compile(r"[^\W\d_]+(?:[ '’.\-]+[^\W\d_]+){1,5}")


@dataclass(slots=True)
class CategoryWord:
    """One word found in the category column: what it means and how often it stands there."""

    text: str
    meaning: CategoryValue
    count: int


@dataclass(slots=True)
class Mapping:
    """Columns to fields. `confidence` below SURE is shown with a question mark.

    `fingerprint` identifies the header (order and wording), so that a choice can be remembered for the next file.
    `rivals` are columns that say as surely the same as another one, which was taken.
    """

    fields: dict[int, str]
    confidence: dict[int, float]
    fingerprint: str
    structure: Structure
    words: list[CategoryWord] = field(default_factory=list)
    rivals: dict[int, str] = field(default_factory=dict)

    def columns(self, name: str) -> list[int]:
        """The columns that hold a field, from the left."""
        return sorted(column for column, mapped in self.fields.items() if mapped == name)

    def column(self, name: str) -> int | None:
        """The one column of a field."""
        return next(iter(self.columns(name)), None)


def map_columns(
    layout: Layout, chosen: ReadOnlyMapping[int, str] | None = None, structure: Structure | None = None,
    covered: Collection[tuple[int, int]] = (), hidden: Collection[int] = (),
) -> Mapping:  # fmt: skip
    """Map the columns of one list; `chosen` and `structure` are what the official decided.

    `covered` are the cells (row, column) under a merge over several rows, `hidden` the columns nobody sees.
    """
    fields: dict[int, str] = {}
    confidence: dict[int, float] = {}
    for column in layout.columns:
        if chosen and column.index in chosen:
            fields[column.index], confidence[column.index] = chosen[column.index], 1.0
            continue
        name, sure = recognise(column.labels) if column.labels else (IGNORE, 0.0)
        cells = _sample(layout.rows, column.index)
        if not column.labels and 2 * len(cells) < len(_every(layout.rows)):
            continue  # a few words beside the list
        fields[column.index], confidence[column.index] = _by_content(name, sure, cells)
    _split_name(layout, fields, set(chosen or ()))
    mapping = Mapping(fields, confidence, fingerprint(layout.columns), "household")
    mapping.rivals = _keep_one_each(layout.rows, fields, confidence, set(chosen or ()), hidden)
    mapping.structure = structure or _structure(layout.rows, mapping, covered)
    mapping.words = _category_words(layout.rows, mapping)
    return mapping


def fingerprint(columns: list[Column]) -> str:
    """A short hash of the header's wording and order, the same for the same form filled in again."""
    text = "|".join(f"{column.index}:{fold(column.header)}" for column in columns)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _every(rows: list[DataRow]) -> list[DataRow]:
    return rows[:: max(1, len(rows) // _SAMPLE)][: 2 * _SAMPLE]


def _sample(rows: list[DataRow], column: int) -> list[str]:
    step = max(1, len(rows) // _SAMPLE)
    cells = (row.cells[column] for row in rows[::step] if column < len(row.cells))
    return [cell for cell in islice(cells, 2 * _SAMPLE) if cell]


def _share(cells: list[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.fullmatch(cell) is not None for cell in cells) / len(cells) if cells else 0.0


def _by_content(name: str, sure: float, cells: list[str]) -> tuple[str, float]:
    """Let the cells confirm, correct or replace what the header says."""
    if not cells:
        return name, sure
    if name == IGNORE and sure == 0:
        return _guess(cells)
    if name.endswith("_mark"):
        return _mark_by_content(name, sure, cells)
    if name in ("attributes", "category") and sure < 1 and all(read_mark(cell) is not None for cell in cells):
        return ("note" if name == "category" else IGNORE), 0.3
    return _number_by_content(name, sure, cells)


def _mark_by_content(name: str, sure: float, cells: list[str]) -> tuple[str, float]:
    """A column for x marks may hold birth years (under Nam and Nữ) or words (HN, CN under "Hộ nghèo")."""
    if name.startswith("gender_"):
        is_year = _share(cells, _YEAR) > 0.5
        return (name.replace("gender", "birth_year").removesuffix("_mark"), 0.9) if is_year else (name, sure)
    if _is_words(cells):
        return ("category" if name in ("poor_mark", "near_poor_mark", "not_poor_mark") else "attributes"), 0.6
    return name, sure


def _number_by_content(name: str, sure: float, cells: list[str]) -> tuple[str, float]:
    if name == "ethnic_group" and sure < 1 and _share(cells, _PHONE) > 0.5:
        return "phone", 0.8
    if name == "member_count" and _share(cells, _CCCD) > 0.5:
        return "identity_number", 0.5
    if name in ("identity_number", "old_identity_number") and not any(re.search(r"\d{8}", cell) for cell in cells):
        return name, 0.4
    return name, sure


def _is_words(cells: list[str]) -> bool:
    """Whether a column that should hold x marks holds words instead."""
    return sum(read_mark(cell) is None for cell in cells) > len(cells) / 2


def _is_identity(cell: str) -> bool:
    return len(re.sub(r"\D", "", cell)) in (11, 12) and _CCCD.fullmatch(cell) is not None


def _guess(cells: list[str]) -> tuple[str, float]:
    if sum(map(_is_identity, cells)) > 0.6 * len(cells):
        return "identity_number", 0.5
    if _share(cells, _PHONE) > 0.7 and all(not isinstance(cell, DateCell) for cell in cells):
        return "phone", 0.5
    if sum(isinstance(cell, DateCell) for cell in cells) + len(cells) * _share(cells, _DATE) > 0.7 * len(cells):
        return "birth", 0.4
    if all(read_gender(cell) for cell in cells):
        return "gender", 0.5
    if all((meaning := read_category(cell)).category and meaning.is_sure for cell in cells):
        return "category", 0.5
    return IGNORE, 0.5


def _split_name(layout: Layout, fields: dict[int, str], chosen: set[int]) -> None:
    """One header merged over two columns, "Họ và tên": family name and given name stand apart."""
    if any(fields[column] in _NAMES for column in chosen & fields.keys()):
        return
    names = sorted(column for column, name in fields.items() if name == "full_name")
    labels = {column.index: column.labels for column in layout.columns}
    for left, right in pairwise(names):
        if right == left + 1 and labels[left] == labels[right]:
            fields[left], fields[right] = "family_name", "given_name"
            return
    if "given_name" in fields.values() and "family_name" not in fields.values():
        given = next(column for column, name in fields.items() if name == "given_name")
        if fields.get(given - 1) == "full_name":
            fields[given - 1] = "family_name"
        elif not names:
            fields[given] = "full_name"


def _keep_one_each(
    rows: list[DataRow], fields: dict[int, str], confidence: dict[int, float], chosen: set[int], hidden: Collection[int]
) -> dict[int, str]:
    """Two columns for one field: the one that is seen, surer and fuller keeps it, the other is asked about.

    Returns the columns that are as sure as the one that was kept.
    """
    rivals: dict[int, str] = {}
    counts = Counter(name for name in fields.values() if name not in REPEATABLE)
    for name, count in counts.items():
        if count < 2:
            continue
        columns = [column for column, mapped in fields.items() if mapped == name]

        def rank(c: int) -> tuple[bool, bool, float]:
            return c in chosen, c not in hidden, round(confidence[c], 1)

        best = max(columns, key=lambda c: (*rank(c), len(_sample(rows, c)), -c))
        for column in columns:
            if column != best and rank(column) == rank(best) and name in _RIVALRY and best not in chosen:
                rivals[column] = name
            if column != best and name == "birth" and "birth_year" not in fields.values():
                _share_birth(rows, fields, column, best)
            elif column != best:
                fields[column], confidence[column] = ("note" if name == "address" else IGNORE), 0.3
    return {column: name for column, name in rivals.items() if fields[column] == IGNORE}


def _structure(rows: list[DataRow], mapping: Mapping, covered: Collection[tuple[int, int]]) -> Structure:
    """Whether a row is a household or a person: relations, member numbers, or numbers only for the heads."""
    relation = mapping.column("relation")
    if relation is not None and len({fold(cell) for cell in _sample(rows, relation)}) > 1:
        return "person"
    if mapping.columns("member_ordinal") or mapping.columns("member_name"):
        return "person"
    return "person" if _only_heads_are_numbered(rows, mapping, covered) else "household"


def _share_birth(rows: list[DataRow], fields: dict[int, str], one: int, other: int) -> None:
    """A column of dates beside a column of years: the years complete the dates."""
    years = {column: _share(_sample(rows, column), _YEAR) for column in (one, other)}
    less, more = sorted((one, other), key=lambda column: years[column])
    fields[less], fields[more] = "birth", "birth_year"


def _only_heads_are_numbered(rows: list[DataRow], mapping: Mapping, covered: Collection[tuple[int, int]]) -> bool:
    """Whether rows without a number are members: one merged number, or nothing in them that a household has."""
    ordinals = mapping.columns("ordinal")
    if len(ordinals) != 1 or len(rows) < 3:
        return False
    if any((row.row_no, ordinals[0]) in covered for row in rows):
        return True
    of_household = [column for column, name in mapping.fields.items() if name in _OF_HOUSEHOLD]
    numbered = [row for row in rows if _filled(row, ordinals)]
    others = [row for row in rows if not _filled(row, ordinals)]
    if not others or not _filled(rows[0], ordinals) or not numbered:
        return False
    heads = sum(_filled(row, of_household) for row in numbered)
    return heads == len(numbered) and not any(_filled(row, of_household) for row in others)


def _filled(row: DataRow, columns: list[int]) -> bool:
    return any(column < len(row.cells) and row.cells[column] for column in columns)


def _category_words(rows: list[DataRow], mapping: Mapping) -> list[CategoryWord]:
    column = mapping.column("category")
    if column is None:
        return []
    counts = Counter(row.cells[column] for row in rows if column < len(row.cells) and row.cells[column])
    return [CategoryWord(text, read_category(text), count) for text, count in counts.most_common(50)]
