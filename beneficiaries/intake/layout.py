"""Fourth step: find the lists on a sheet, and say of every row what it is: header, person, section, total, ...

Row numbers are always those of the official's own file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from beneficiaries.intake.cells import NumberCell, Sheet
from beneficiaries.intake.header import Header, find_header, may_be_header, read_header, stands_twice
from beneficiaries.intake.refusals import Refused
from beneficiaries.intake.row_kinds import (
    Section,
    bare_heading,
    category_of,
    is_index_row,
    is_note,
    is_sample,
    is_signature,
    is_title,
    is_total,
    read_section,
)
from beneficiaries.intake.vocabulary import IGNORE
from beneficiaries.names import fold

_NAME_FIELDS = frozenset({"full_name", "family_name", "given_name", "member_name"})
_WEAK_FIELDS = frozenset({IGNORE, "ordinal", "head_ordinal", "member_ordinal", "note"}) | _NAME_FIELDS
_SEARCHED_ROWS = 200
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\d[\d .'\-]{6,}\d")


@dataclass(slots=True)
class Column:
    """One column of a list: its place (0 is A), its header joined over the levels, some of its cells."""

    index: int
    header: str
    labels: tuple[str, ...] = ()
    samples: list[str] = field(default_factory=list)


Chosen = Callable[[int, list[Column]], Mapping[int, str]]  # header row, columns -> fields by column


@dataclass(slots=True)
class DataRow:
    """One row that stands for a household or a person."""

    row_no: int
    cells: list[str]
    section: Section


@dataclass(slots=True)
class Ignored:
    """A row that is no person, and why: blank, title, header, index, section, total, signature, note, number, text.

    `commune` is the commune whose section a heading is in.
    """

    row_no: int
    why: str
    text: str = ""
    commune: str = ""


@dataclass(slots=True)
class Layout:
    """One list on a sheet. Every row of the sheet is in the `rows` or the `ignored` of exactly one of its layouts.

    `header_row` is the first header row's number, None when no header was found. `title` is what stands above.
    `label_rows` are the header rows without the row of column numbers.
    """

    sheet: str
    header_row: int | None
    header_rows: list[int]
    columns: list[Column]
    fields: list[str]
    rows: list[DataRow] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    base: Section = field(default_factory=Section)
    label_rows: list[int] = field(default_factory=list)


def find_layouts(
    sheet: Sheet, header_row: int | None = None, chosen: Chosen | None = None,
    communes: frozenset[str] = frozenset(),
) -> list[Layout]:  # fmt: skip
    """The lists of a sheet from top to bottom; at least one, which may be without header or rows.

    `header_row` is the official's decision, `chosen` gives the columns decided on of a list. `communes` are folded
    names that open the section of a commune. The sheet must be decoded. Raises Refused when a row belongs to two lists.
    """
    if header_row is not None:
        header: Header | None = read_header(sheet, header_row - sheet.first_row)
    else:
        header = find_header(sheet, 0, _SEARCHED_ROWS)
    if header is None:
        return [_without_header(sheet)]
    layouts: list[Layout] = []
    start, above = 0, list[str]()
    while header is not None:
        if stands_twice(header):
            raise Refused("side_by_side", sheet=sheet.name, row=sheet.row_no(header.start))
        columns = list(_columns(sheet, header))
        fields = chosen(sheet.row_no(header.start), columns) if chosen else {}
        reader = _Reader(sheet, _with_choice(header, fields), columns, start, above, communes)
        following = reader.read()
        layouts.append(reader.layout)
        above = reader.texts_below()
        start, header = (following.start, following) if following else (len(sheet.rows), None)
    return layouts


def _columns(sheet: Sheet, header: Header) -> Iterator[Column]:
    below = sheet.rows[header.rows.stop : header.rows.stop + 60]
    width = max([len(header.labels), *(len(row) for row in below)])
    for index in range(width):
        labels = header.labels[index] if index < len(header.labels) else ()
        samples = [row[index] for row in below if index < len(row) and row[index]]
        if labels or samples:
            yield Column(index, " – ".join(labels), labels, list(dict.fromkeys(samples))[:5])


def _with_choice(header: Header, chosen: Mapping[int, str]) -> Header:
    width = max([len(header.fields), *(column + 1 for column in chosen)])
    fields = tuple(
        chosen.get(column, header.fields[column] if column < len(header.fields) else IGNORE) for column in range(width)
    )
    return replace(header, fields=fields)


def _without_header(sheet: Sheet) -> Layout:
    width = max((len(row) for row in sheet.rows), default=0)
    layout = Layout(sheet.name, None, [], [Column(index, "") for index in range(width)], [IGNORE] * width)
    for index, row in enumerate(sheet.rows):
        why = "text" if any(row) else "blank"
        layout.ignored.append(Ignored(sheet.row_no(index), why, _text(row)))
    return layout


class _Reader:
    """Goes down the rows of one list; stops where another list with other columns begins."""

    def __init__(
        self, sheet: Sheet, header: Header, columns: list[Column], start: int, above: list[str],
        communes: frozenset[str],
    ) -> None:  # fmt: skip
        self._sheet, self._header, self._communes = sheet, header, communes
        known = max((column + 1 for column, name in enumerate(header.fields) if name != IGNORE), default=0)
        self._width = max(header.width, known)
        self._name = [column for column, name in enumerate(header.fields) if name in _NAME_FIELDS]
        self._ordinals = [column for column, name in enumerate(header.fields) if name.endswith("ordinal")]
        self._evidence = [column for column, name in enumerate(header.fields) if name not in _WEAK_FIELDS]
        self._identity = [column for column, name in enumerate(header.fields) if name.endswith("identity_number")]
        self._notes = [column for column, name in enumerate(header.fields) if name in ("note", "address")]
        self._folded_labels = [{fold(part) for part in parts} for parts in header.labels]
        self._has_members = bool({"relation", "member_ordinal", "member_name"} & set(header.fields))
        self._signature = False
        title = above + [_text(sheet.rows[index]) for index in range(start, header.start) if any(sheet.rows[index])]
        self.layout = Layout(
            sheet.name, sheet.row_no(header.start), [sheet.row_no(index) for index in header.rows],
            columns, list(header.fields), title=title, base=_base(title, sheet.name),
            label_rows=[sheet.row_no(index) for index in range(header.start, header.stop)],
        )  # fmt: skip
        for index in range(start, header.start):
            self._ignore(index, "title" if any(sheet.rows[index]) else "blank")
        for index in header.rows:
            self._ignore(index, "header")
        self._section = self.layout.base

    def read(self) -> Header | None:
        """Read down to the end of the list; the next list's header when there is one."""
        rows = self._sheet.rows
        index = self._header.rows.stop
        while index < len(rows):
            row = rows[index]
            if may_be_header(row) and (step := self._header_again(index)):
                if isinstance(step, Header):
                    return step
                index += step
                continue
            self._take(index, row)
            index += 1
        return None

    def texts_below(self) -> list[str]:
        """What stands under the last person: for the list that follows it is the title."""
        last = max((row.row_no for row in self.layout.rows), default=0)
        return [
            ignored.text
            for ignored in self.layout.ignored
            if ignored.row_no > last and ignored.why in ("title", "text", "section")
        ]

    def _header_again(self, index: int) -> int | Header | None:
        """The same header on a new page: how many rows it takes. Another list's header: that header."""
        if self._repeats(index, is_first=True):
            stop = index + 1
            while stop < len(self._sheet.rows) and stop - index < len(self._header.rows) and self._repeats(stop):
                stop += 1
            for row in range(index, stop):
                self._ignore(row, "header")
            self._signature = False
            return stop - index
        return find_header(self._sheet, index, index + 1, strong=True)

    def _repeats(self, index: int, *, is_first: bool = False) -> bool:
        row = self._sheet.rows[index][: self._width]
        if is_index_row(row):
            return self._header.index_row is not None
        filled = [(column, fold(cell)) for column, cell in enumerate(row) if cell]
        same = sum(column < len(self._folded_labels) and key in self._folded_labels[column] for column, key in filled)
        return (same >= 2 and same >= 0.7 * len(filled)) or (0 < len(filled) == same and not is_first)

    def _take(self, index: int, row: list[str]) -> None:
        whole = row
        row = (
            row[: self._width] if any(row[: self._width]) else row
        )  # what stands beside the list says nothing about its rows
        filled = [column for column, cell in enumerate(row) if cell]
        if not filled:
            return self._ignore(index, "blank")
        has_name = any(column < len(row) and row[column] for column in self._name)
        evidence = sum(1 for column in self._evidence if column < len(row) and row[column])
        if why := self._other_kind(index, row, filled, has_name=has_name, evidence=evidence):
            return self._ignore(index, why)
        self.layout.rows.append(DataRow(self._sheet.row_no(index), whole, self._section))
        return None

    def _other_kind(self, index: int, row: list[str], filled: list[int], *, has_name: bool, evidence: int) -> str:
        """Why a row is no person, "" when it is one."""
        first = next((row[column] for column in filled if not _is_number(row[column])), "")
        if len(filled) > 3 and is_index_row(row):
            return "index"
        if is_sample(fold(row[filled[0]])):
            return "note"
        if any(column < len(row) and _looks_like_identity(row[column]) for column in self._identity):
            return "" if evidence > 1 or has_name else self._leftover(row, filled)
        if first and (is_total(fold(first)) or self._adds_up(row, first, filled)):
            return "total"
        if has_name and evidence > 1:
            return "" if not self._signature or any(_is_number(row[column]) for column in filled) else "signature"
        if is_index_row(row):
            return "index"
        return self._heading_or_text(index, row, filled, has_name=has_name, evidence=evidence)

    def _adds_up(self, row: list[str], first: str, filled: list[int]) -> bool:
        """ "Cộng Xóm Bàu: 12" is a sum and "Tổng Văn Hai" a person: a sum has no ordinal, no birth, no other words."""
        if not first.lower().startswith(("cộng", "tổng", "cong ", "tong ")):
            return False
        has_ordinal = any(column < len(row) and _is_number(row[column]) for column in self._ordinals)
        others = [row[column] for column in filled if row[column] != first]
        return not has_ordinal and all(_is_number(cell) and not _YEAR.fullmatch(cell) for cell in others)

    def _heading_or_text(self, index: int, row: list[str], filled: list[int], *, has_name: bool, evidence: int) -> str:
        texts = [row[column] for column in filled]
        words = " ".join(fold(text) for text in texts)
        section = read_section(texts, self._section, self.layout.base, self._sheet.row_no(index), self._communes)
        if section and evidence <= 1 and not is_signature(words):
            self._section, self._signature = section, False
            return "section"
        if is_signature(self._words(row)) and not any(map(_is_number, texts)):
            self._signature = True
            return "signature"
        if self._signature and not (has_name and evidence and any(map(_is_number, texts))):
            return "signature"
        if is_note(words):
            return "note"
        if is_title(words):
            category = category_of(" ".join(texts))
            if category:
                self._section = replace(self._section, category=category)
            return "title"
        if not evidence and self._names_hamlet(index, row, texts):
            return "section"
        return self._person_or_leftover(row, filled, has_name=has_name, evidence=evidence)

    def _words(self, row: list[str]) -> str:
        """The row's folded texts without its notes, where an official may write anything."""
        return " ".join(fold(cell) for column, cell in enumerate(row) if cell and column not in self._notes)

    def _names_hamlet(self, index: int, row: list[str], texts: list[str]) -> bool:
        """In a list without a column for it a lone name above a person, "Suối Nước", is most likely a hamlet's."""
        is_said = bool({"hamlet", "address"} & set(self._header.fields))
        has_ordinal = any(column < len(row) and _is_number(row[column]) for column in self._ordinals)
        name = "" if is_said or has_ordinal else bare_heading(texts)
        below = next((row for row in self._sheet.rows[index + 1 : index + 4] if any(row)), [])
        if not name or sum(1 for column in self._evidence if column < len(below) and below[column]) < 2:
            return False
        row_no = self._sheet.row_no(index)
        self._section = replace(self._section, hamlet=name, row_no=row_no, is_guessed=True)
        return True

    def _person_or_leftover(self, row: list[str], filled: list[int], *, has_name: bool, evidence: int) -> str:
        if has_name:
            has_ordinal = any(column < len(row) and _is_number(row[column]) for column in self._ordinals)
            if evidence or has_ordinal or self._has_members:
                return ""
        elif evidence > 1:
            return ""
        return self._leftover(row, filled)

    def _leftover(self, row: list[str], filled: list[int]) -> str:
        return "number" if all(column in self._ordinals for column in filled) else "text"

    def _ignore(self, index: int, why: str) -> None:
        row = self._sheet.rows[index]
        text, commune = _text(row) if why != "blank" else "", self._section.commune if why == "section" else ""
        self.layout.ignored.append(Ignored(self._sheet.row_no(index), why, text, commune))


def _is_number(cell: str) -> bool:
    return isinstance(cell, NumberCell) or cell.strip(" .)").isdigit()


def _looks_like_identity(cell: str) -> bool:
    return len(cell) >= 8 and _NUMBER.search(cell) is not None


def _text(row: list[str]) -> str:
    return " ".join(dict.fromkeys(cell for cell in row if cell))


def _says_what(text: str) -> bool:
    """Whether a line above a list can name its category: no sum and no count, as they stand under another list."""
    return not is_total(fold(text)) and text[:1] not in ("-", "+")


def _base(title: list[str], sheet_name: str) -> Section:
    """What the title above a list, or the sheet's name, says for all of its rows."""
    section = read_section([sheet_name], Section(), Section(), 0) or Section()
    category = next((found for found in map(category_of, filter(_says_what, reversed(title))) if found), "")
    if category and section.category not in ("", category):
        return Section(hamlet=section.hamlet)  # a title left over from another sheet: nobody can say which is right
    return Section(hamlet=section.hamlet, category=category or section.category)
