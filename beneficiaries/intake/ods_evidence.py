"""What an .ods workbook shows before it is read (ODF 1.3, part 3): errors, fonts, merged and hidden cells per sheet.

A reader returns error cells empty, knows no fonts and no merges; they come from content.xml, in one pass of expat.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.parsers import expat

from beneficiaries.intake.cells import ERROR_TEXTS
from beneficiaries.intake.evidence import Limits, SheetEvidence
from beneficiaries.intake.refusals import Refused

_LEGACY_FONT = re.compile(r"^(\.vn|vni)", re.IGNORECASE)
_HIDDEN = frozenset({"collapse", "filter"})


def inspect_ods(content: bytes, limits: Limits) -> dict[str, SheetEvidence]:
    """Evidence per sheet name, in the file's order. Raises Refused."""
    walk = _Walk(limits)
    try:
        walk.parser.Parse(content, True)  # noqa: FBT003 - expat takes no keywords
    except expat.ExpatError as problem:
        raise Refused("damaged") from problem
    if len(walk.sheets) > limits.sheets:
        raise Refused("too_many_sheets", limit=limits.sheets)
    return walk.sheets


class _Walk:
    """Follows tables, rows and cells; rows count from 1, columns from 0, repeated ones are multiplied."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: dict[str, SheetEvidence] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._limits = limits
        self._sheet: SheetEvidence | None = None
        self._row, self._column, self._rows, self._columns = 1, 0, 1, 1
        self._cell: dict[str, str] | None = None
        self._words: list[str] = []
        self._style = ""
        self._is_hidden_style: set[str] = set()
        self._font_of: dict[str, str] = {}
        self._families: dict[str, str] = {}
        self._fonts: Counter[tuple[int, str]] = Counter()
        self._depth, self._notes = 0, 0

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        handler = _STARTS.get(tag)
        if handler:
            handler(self, attributes)

    def _end(self, tag: str) -> None:
        if tag == "office:annotation":
            self._notes -= 1
        elif tag in _CELLS and self._cell is not None:
            self._take(is_covered=tag == "table:covered-table-cell")
            self._column += self._columns
            self._cell = None
        elif tag == "table:table-row":
            self._row += self._rows
        elif tag == "table:table":
            self._depth -= 1
            if self._depth == 0:
                self._name_fonts()

    def _text(self, text: str) -> None:
        if self._cell is not None and not self._notes:
            self._words.append(text)

    def _annotation(self, _attributes: dict[str, str]) -> None:
        self._notes += 1

    # Styles

    def _font_face(self, attributes: dict[str, str]) -> None:
        self._families[attributes.get("style:name", "")] = attributes.get("svg:font-family", "").strip("'\"")

    def _style_begins(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("style:name", "")

    def _text_style(self, attributes: dict[str, str]) -> None:
        name = attributes.get("style:font-name") or attributes.get("fo:font-family", "")
        font = self._families.get(name, name).strip("'\"")
        if _LEGACY_FONT.match(font):
            self._font_of[self._style] = font

    def _table_style(self, attributes: dict[str, str]) -> None:
        if attributes.get("table:display") == "false":
            self._is_hidden_style.add(self._style)

    # Tables

    def _table(self, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        name = attributes.get("table:name", "")
        self._sheet = self.sheets[name] = SheetEvidence(
            name, visible=attributes.get("table:style-name", "") not in self._is_hidden_style
        )
        self._row, self._fonts = 1, Counter()
        self._column = 0

    def _table_column(self, attributes: dict[str, str]) -> None:
        last = min(self._column + _number(attributes, "table:number-columns-repeated"), self._limits.columns)
        if self._sheet and attributes.get("table:visibility") in _HIDDEN:
            self._sheet.hidden.update(range(self._column, last))
        self._column = last

    def _table_row(self, attributes: dict[str, str]) -> None:
        self._rows, self._column = _number(attributes, "table:number-rows-repeated"), 0
        if self._sheet and attributes.get("table:visibility") in _HIDDEN:
            self._sheet.hidden_rows += min(self._rows, self._limits.highest_row)

    def _table_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._words = attributes, []
        self._columns = _number(attributes, "table:number-columns-repeated")

    def _take(self, *, is_covered: bool) -> None:
        sheet, cell = self._sheet, self._cell
        if sheet is None or cell is None or self._column >= self._limits.columns:
            return
        text = "".join(self._words).strip()
        if self._depth == 1 and not is_covered and (text or any(name in cell for name in _VALUES)):
            last = min(self._row + self._rows - 1, self._limits.highest_row)
            sheet.surely_filled.update(range(self._row, last + 1))
        if text and (cell.get("calcext:value-type") == "error" or text in ERROR_TEXTS or text.startswith("Err:")):
            self._note_error(sheet, text)
        if text and cell.get("table:style-name") in self._font_of:
            self._fonts[self._column, self._font_of[cell["table:style-name"]]] += 1
        down, right = (_number(cell, f"table:number-{what}-spanned") for what in ("rows", "columns"))
        if down * right > 1:
            self._note_merge(sheet, down, right)

    def _note_error(self, sheet: SheetEvidence, text: str) -> None:
        shown = text if text in ERROR_TEXTS else "#VALUE!"
        last = min(self._row + self._rows - 1, self._limits.highest_row)
        for row in range(self._row, last + 1):
            sheet.errors.append((row, self._column, shown))

    def _note_merge(self, sheet: SheetEvidence, down: int, right: int) -> None:
        last_row = min(self._row + down - 1, self._limits.highest_row)
        last_column = min(self._column + right - 1, self._limits.columns)
        sheet.merges.append((self._row, self._column, last_row, last_column))
        if len(sheet.merges) > self._limits.merges:
            raise Refused("unsafe_package")

    def _name_fonts(self) -> None:
        if self._sheet:
            for (column, font), _ in self._fonts.most_common()[::-1]:
                self._sheet.fonts[column] = font


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isdigit() and len(text) < 9 else 1


_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_VALUES = ("office:value", "office:date-value", "office:time-value", "office:boolean-value")
_STARTS = {
    "style:font-face": _Walk._font_face, "style:style": _Walk._style_begins, "style:text-properties": _Walk._text_style,
    "style:table-properties": _Walk._table_style, "table:table": _Walk._table, "table:table-row": _Walk._table_row,
    "table:table-column": _Walk._table_column, "table:table-cell": _Walk._table_cell,
    "table:covered-table-cell": _Walk._table_cell, "office:annotation": _Walk._annotation,
}  # fmt: skip
