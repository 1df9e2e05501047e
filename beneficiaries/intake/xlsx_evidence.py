"""What an .xlsx workbook shows before it is read (ECMA-376): safe XML, places of cells, errors, fonts, hidden rows.

Every cell is looked at, by a regular expression over the sheet's bytes: ten times quicker than parser callbacks.
Sheets that are not written the usual way (prefixes, other attribute order) go through expat, with the same checks.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from operator import methodcaller
from posixpath import join, normpath
from xml.etree import ElementTree
from xml.parsers import expat

from beneficiaries.intake.cells import UNCACHED, column_letter
from beneficiaries.intake.evidence import Limits, SheetEvidence
from beneficiaries.intake.refusals import Refused

# A cell is: column letters, row, style, type, formula, value, first letter of an inline text.
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="(\d+)")?(?: t="(\w+)")?\s*(?:/>|>'
    rb"(?:<(f)\b[^>]*(?:/>|>[^<]*</f>))?(?:<v[^>]*>([^<]*)</v>|<v/>|<is>(?:<(?!/is)[^>]*>)*([^<]?))?)"
)
_ODD_CELL = re.compile(rb"<(?:[\w.-]+:c[\s>/]|c[\t-\r>/])")  # any beginning of a cell but "<c "
_ROW = re.compile(rb"<row\b[^>]*>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<col\b(?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d+)")(?=[^>]*\bmax="(\d+)")')
_MERGE = re.compile(rb'<(?:[\w.-]+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')
_STRING_ITEM = re.compile(rb"<(?:[\w.-]+:)?si\b")
_STRING_TEXT = re.compile(rb">\s*[^<\s]")
_TYPES = frozenset({b"", b"s", b"str", b"inlineStr", b"n", b"b", b"e", b"d"})
_TEXT_TYPES = frozenset({b"s", b"str", b"inlineStr"})
_LEGACY_FONT = re.compile(r"^(\.vn|vni)", re.IGNORECASE)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_FORBIDDEN = {
    "xl/externallinks/": "external_links",
    "xl/embeddings/": "embedded_objects",
    "xl/activex/": "embedded_objects",
}


class _Columns(dict[bytes, int]):
    """Column letters to a number from 0, remembered."""

    def __missing__(self, letters: bytes) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + letter - 64
        self[letters] = number - 1
        return number - 1


_COLUMNS = _Columns()


def inspect_xlsx(package: zipfile.ZipFile, limits: Limits) -> dict[str, SheetEvidence]:
    """Check every part of the package; evidence per sheet name in the workbook's order. Raises Refused."""
    names = set(package.namelist())
    _check_parts(package, names, limits)
    strings = _empty_strings(package, limits)
    fonts = _legacy_fonts(package, limits)
    sheets = _sheet_parts(package, limits)
    evidence: dict[str, SheetEvidence] = {}
    for name, part, is_visible in sheets:
        sheet = evidence[name] = SheetEvidence(name, visible=is_visible)
        if part in names and part.startswith("xl/worksheets/"):
            _inspect_sheet(read_part(package, part, limits), sheet, strings, fonts, limits)
    if len(evidence) != len(sheets):
        raise Refused("unsafe_package")
    if sum(sheet.rows_with_content for sheet in evidence.values()) > limits.rows:
        raise Refused("too_many_rows", limit=limits.rows)
    return evidence


def _check_parts(package: zipfile.ZipFile, names: set[str], limits: Limits) -> None:
    """No links to other files, no embedded documents or controls, and the parts every workbook has."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        raise Refused("damaged")
    for name in names:
        for folder, code in _FORBIDDEN.items():
            if name.lower().startswith(folder):
                raise Refused(code)
        if name.lower().endswith(".rels"):
            _check_relations(read_part(package, name, limits))


def read_part(package: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """One XML part, whole and well-formed, in UTF-8 and without a DTD. Raises Refused."""
    try:
        data = package.read(name)
    except KeyError as problem:
        raise Refused("damaged") from problem
    if len(data) > limits.unpacked or data.count(b"<") > limits.tags:
        raise Refused("unpacks_too_large")
    prolog = data[:200].lower()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff") or b'"utf-16' in prolog:
        raise Refused("unsafe_package")
    try:
        expat.ParserCreate().Parse(data, True)  # noqa: FBT003 - expat takes no keywords
    except (expat.ExpatError, ValueError, LookupError) as problem:
        raise Refused("damaged") from problem
    return data


def _tree(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314 - `read_part` lets no DTD through


def _check_relations(data: bytes) -> None:
    for relation in _tree(data):
        if relation.get("TargetMode") == "External" and not relation.get("Type", "").endswith("/hyperlink"):
            raise Refused("external_links")


def _sheet_parts(package: zipfile.ZipFile, limits: Limits) -> list[tuple[str, str, bool]]:
    """(name, part, visible) of each sheet, in the workbook's order."""
    relations = read_part(package, "xl/_rels/workbook.xml.rels", limits)
    targets = {
        relation.get("Id", ""): normpath(join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in _tree(relations)
    }
    workbook = _tree(read_part(package, "xl/workbook.xml", limits))
    sheets = [element for element in workbook.iter() if _local(element.tag) == "sheet"]
    if len(sheets) > limits.sheets:
        raise Refused("too_many_sheets", limit=limits.sheets)
    return [
        (
            sheet.get("name", ""),
            targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION) or "", ""),
            sheet.get("state", "visible") == "visible",
        )
        for sheet in sheets
    ]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class _Strings:
    """How many shared strings there are, and which of them hold no text."""

    def __init__(self, data: bytes) -> None:
        items = _STRING_ITEM.split(data)[1:]
        self.count = len(items)
        self.empty = {index for index, item in enumerate(items) if not _STRING_TEXT.search(item)}


def _empty_strings(package: zipfile.ZipFile, limits: Limits) -> _Strings:
    if "xl/sharedStrings.xml" not in package.namelist():
        return _Strings(b"")
    data = read_part(package, "xl/sharedStrings.xml", limits)
    strings = _Strings(data)
    declared = [int(number) for number in re.findall(rb'\b(?:uniqueCount|count)="(\d+)"', data[:1000])]
    if any(number > 10_000_000 for number in declared):
        raise Refused("unsafe_package")
    return strings


def _legacy_fonts(package: zipfile.ZipFile, limits: Limits) -> dict[int, str]:
    """Font name by cell style, only when the workbook uses a font of the time before Unicode."""
    if "xl/styles.xml" not in package.namelist():
        return {}
    styles = _tree(read_part(package, "xl/styles.xml", limits))
    sections = {_local(section.tag): section for section in styles}
    cell_styles = list(sections.get("cellXfs", ()))
    if len(cell_styles) > limits.styles:
        raise Refused("unsafe_package")
    names = [
        next((part.get("val", "") for part in font if _local(part.tag) in ("name", "rFont")), "")
        for font in sections.get("fonts", ())
    ]
    if not any(map(_LEGACY_FONT.match, names)):
        return {}
    numbers = [int(style.get("fontId", "0")) for style in cell_styles]
    return {style: names[number] for style, number in enumerate(numbers) if number < len(names)}


def _inspect_sheet(data: bytes, sheet: SheetEvidence, strings: _Strings, fonts: dict[int, str], limits: Limits) -> None:
    walk = _Walk(sheet, strings, fonts, limits)
    if b"<!" not in data:
        walk.go(map(methodcaller("groups", b""), _CELL.finditer(data)))
    if walk.count != data.count(b"<c ") or _ODD_CELL.search(data):  # written in an unusual way
        sheet.errors, sheet.rows_with_content = [], 0
        walk = _Walk(sheet, strings, fonts, limits)
        walk.go(_SlowCells(data).cells)
    walk.name_fonts()
    sheet.hidden_rows = sum(1 for row in _ROW.findall(data) if _HIDDEN.search(row)) if b"hidden=" in data else 0
    for first, last in _HIDDEN_COLUMN.findall(data):
        sheet.hidden.update(range(int(first) - 1, min(int(last), limits.columns)))
    sheet.merges = list(_merges(data, limits))


class _Walk:
    """Goes through all cells of a sheet once: places must rise, strings must exist, content is counted."""

    def __init__(self, sheet: SheetEvidence, strings: _Strings, fonts: dict[int, str], limits: Limits) -> None:
        self._sheet, self._strings, self._fonts, self._limits = sheet, strings, fonts, limits
        self._styles: Counter[tuple[int, bytes]] = Counter()
        self._last, self._counted = (0, -1), 0
        self.count = 0

    def go(self, cells: Iterable[tuple[bytes, ...]]) -> None:
        """Look at all cells. Raises Refused."""
        for cell in cells:
            self.count += 1
            self._take(cell)

    def _take(self, cell: tuple[bytes, ...]) -> None:
        letters, digits, style, kind, formula, value, inline = cell
        row, column = place = int(digits), _COLUMNS[letters]
        if place <= self._last or kind not in _TYPES:
            raise Refused("unsafe_package")
        self._last = place
        has_content = bool(value) if kind != b"s" else self._has_text(value)
        if not (has_content or inline or self._note_uncached(place, kind, formula)):
            return
        if column >= self._limits.columns or row > self._limits.highest_row:
            self._refuse_place(column)
        if kind == b"e":
            self._sheet.errors.append((row, column, value.decode("ascii", "replace")))
        elif self._fonts and kind in _TEXT_TYPES:
            self._styles[column, style] += 1
        if row != self._counted:
            self._sheet.rows_with_content += 1
            self._counted = row

    def name_fonts(self) -> None:
        """Name the font that most text of a column is written in."""
        for (column, style), _ in self._styles.most_common()[::-1]:
            self._sheet.fonts[column] = self._fonts.get(int(style or b"0"), "")

    def _has_text(self, value: bytes) -> bool:
        """Whether the shared string of this number holds text."""
        if not value.isdigit() or int(value) >= self._strings.count:
            raise Refused("unsafe_package")
        return int(value) not in self._strings.empty

    def _note_uncached(self, place: tuple[int, int], kind: bytes, formula: bytes) -> bool:
        """A formula without a stored value shows something to the official that no reader can give."""
        if not formula or kind in (b"s", b"str"):
            return False
        self._sheet.errors.append((*place, UNCACHED))
        return True

    def _refuse_place(self, column: int) -> None:
        if column >= self._limits.columns:
            last = column_letter(self._limits.columns - 1)
            raise Refused("too_many_columns", sheet=self._sheet.name, column=last)
        raise Refused("too_far_down", sheet=self._sheet.name, limit=self._limits.highest_row)


def _merges(data: bytes, limits: Limits) -> Iterator[tuple[int, int, int, int]]:
    found = _MERGE.findall(data)
    if len(found) > limits.merges:
        raise Refused("unsafe_package")
    for first_column, first_row, last_column, last_row in found:
        yield (
            int(first_row),
            _COLUMNS[first_column],
            min(int(last_row or first_row), limits.highest_row),
            min(_COLUMNS[last_column or first_column], limits.columns),
        )


class _SlowCells:
    """The cells of a sheet by expat callbacks, in the form of `_CELL`; for sheets in unusual spelling."""

    def __init__(self, data: bytes) -> None:
        self.cells: list[tuple[bytes, ...]] = []
        self._row, self._column = 0, -1
        self._cell: dict[str, str] | None = None
        self._formula, self._value, self._inline, self._inside = "", "", "", ""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keywords

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "row":
            self._row, self._column = int(attributes.get("r") or self._row + 1), -1
        elif name == "c":
            self._cell = attributes
            self._formula = self._value = self._inline = ""
        elif name in ("v", "t", "f") and self._cell is not None:
            self._inside = name
            self._formula = "f" if name == "f" else self._formula

    def _text(self, text: str) -> None:
        if self._inside == "v":
            self._value += text
        elif self._inside == "t":
            self._inline = self._inline or text.strip()[:1]

    def _end(self, tag: str) -> None:
        name = _local(tag)
        if name in ("v", "t", "f"):
            self._inside = ""
        elif name == "c" and self._cell is not None:
            self._take(self._cell)
            self._cell = None

    def _take(self, cell: dict[str, str]) -> None:
        place = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", cell.get("r") or f"{column_letter(self._column + 1)}{self._row}")
        if place is None:
            raise Refused("unsafe_package")
        self._column += 1
        parts = (place[1], place[2], cell.get("s", ""), cell.get("t", ""), self._formula, self._value, self._inline)
        self.cells.append(tuple(part.encode() for part in parts))
