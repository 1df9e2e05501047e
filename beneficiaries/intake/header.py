"""Where a list's header is: on any row, one to five rows high, with merged groups and a row of column numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from beneficiaries.intake.cells import DateCell, NumberCell, Sheet
from beneficiaries.intake.row_kinds import Section, category_of, is_index_row, is_signature, is_title, read_section
from beneficiaries.intake.value_words import is_head_word, read_category, read_gender, read_mark
from beneficiaries.intake.vocabulary import IGNORE, recognise
from beneficiaries.names import fold

MAX_ROWS = 5
_NEEDED = frozenset({"full_name", "given_name", "family_name", "member_name"})
_LONGEST_LABEL = 160


_OF_A_LIST = frozenset({"ordinal", "hamlet", "address", "category", "member_count"})


@dataclass(frozen=True, slots=True)
class Header:
    """A header block: indexes into the sheet's rows, and each column's labels from the top group to the leaf."""

    start: int
    stop: int  # the first row after the labels; an index row may follow
    index_row: int | None
    labels: tuple[tuple[str, ...], ...]
    fields: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many columns there are up to the last one with a label."""
        return max((column + 1 for column, parts in enumerate(self.labels) if parts), default=0)

    @property
    def rows(self) -> range:
        """All rows of the block, the index row included."""
        return range(self.start, self.stop + (self.index_row is not None))


def may_be_header(row: Sequence[str]) -> bool:
    """A quick look: several texts, no number, no date, nothing with many digits."""
    texts = 0
    for cell in row:
        if cell:
            if type(cell) is NumberCell or type(cell) is DateCell or len(cell) > _LONGEST_LABEL:
                return False
            if cell.isdigit() or sum(map(str.isdigit, cell)) > 4:
                return False
            texts += 1
    return texts >= 2


def find_header(sheet: Sheet, start: int = 0, stop: int | None = None, *, strong: bool = False) -> Header | None:
    """The first header at or below row index `start`; `strong` asks for more evidence, as in the middle of a list."""
    rows = sheet.rows
    best: Header | None = None
    for index in range(start, min(len(rows) if stop is None else stop, len(rows))):
        if best is not None and index >= best.start + MAX_ROWS - 1:
            break
        if may_be_header(rows[index]):
            header = read_header(sheet, index)
            if _is_good(sheet, header, strong=strong) and (best is None or _score(header) > _score(best)):
                best = header
    return _with_row_of_keys(sheet, best, start) if best else None


def _with_row_of_keys(sheet: Sheet, header: Header, first: int) -> Header:
    """Take in the row above when it names the same fields again, as the technical keys of an export do."""
    above = header.start - 1
    if above < first or not may_be_header(sheet.rows[above]):
        return header
    fields = _block(sheet, above, header.start).fields
    same = [name for name, below in zip(fields, header.fields, strict=False) if name == below != IGNORE]
    return _block(sheet, above, header.stop) if len(same) > 2 else header


def read_header(sheet: Sheet, start: int, height: int | None = None) -> Header:
    """The header that begins at row index `start`, with as many rows as fit best (or exactly `height`)."""
    heights = [height] if height else range(_least_height(sheet, start), _possible_height(sheet, start) + 1)
    headers = [_block(sheet, start, start + rows) for rows in heights]
    best = max(headers, key=_score)
    while best.stop < min(start + MAX_ROWS, len(sheet.rows)) and _only_explains(sheet.rows[best.stop][: best.width]):
        best = _block(sheet, start, best.stop + 1)
    return best


def stands_twice(header: Header) -> bool:
    """Whether two lists stand side by side: the same labels begin again to the right, the name among them."""
    leaves = [fold(parts[-1]) if parts else "" for parts in header.labels]
    names = [column for column, name in enumerate(header.fields) if name == "full_name"]
    for left, right in pairwise(names):
        step = right - left
        again = {
            header.fields[column]
            for column in range(max(0, left - step + 1), min(right, len(leaves) - step))
            if leaves[column] and leaves[column] == leaves[column + step]
        } - {IGNORE}
        if step > 2 and "full_name" in again and len(again) > 2 and again & _OF_A_LIST:
            return True
    return False


def _only_explains(row: Sequence[str]) -> bool:
    """Whether a row below the labels holds remarks in brackets only: (ghi năm), (đánh dấu x)."""
    filled = [cell for cell in row if cell]
    return bool(filled) and all(
        cell.startswith("(") and cell.endswith(")") and not cell[1:-1].isdigit() for cell in filled
    )


def _least_height(sheet: Sheet, start: int) -> int:
    """The rows that the merges of the first row reach down to."""
    reached = [last for first, left, last, right in sheet.merges if first - sheet.first_row == start and left == right]
    height = max(reached, default=start + sheet.first_row) - sheet.first_row - start + 1
    return height if height <= MAX_ROWS else 1


def _possible_height(sheet: Sheet, start: int) -> int:
    height = 1
    merged_to = max((last for first, _, last, _ in sheet.merges if first - sheet.first_row == start), default=0)
    for index in range(start + 1, min(start + MAX_ROWS, len(sheet.rows))):
        is_merged = index <= merged_to - sheet.first_row
        row = sheet.rows[index]
        if not is_merged and (not may_be_sub_header(row) or is_index_row(row) or _opens_section(row)):
            break
        height += 1
    return height


def _opens_section(row: Sequence[str]) -> bool:
    """Whether the row below the labels is the first heading already: "Xóm Bàu", "I | Thôn 1"."""
    filled = [cell for cell in row if cell]
    if len(filled) > 2 or (len(filled) == 2 and (len(filled[0]) > 4 or category_of(filled[0]))):
        return False
    first = next(column for column, cell in enumerate(row) if cell)
    return first < 4 and read_section(filled, Section(), Section(), 0) is not None


def may_be_sub_header(row: Sequence[str]) -> bool:
    """Whether a row could be a lower header row: labels only, at least one, no ordinal in front."""
    filled = [cell for cell in row if cell]
    return bool(filled) and not any(
        type(cell) is NumberCell or type(cell) is DateCell or sum(map(str.isdigit, cell)) > 3 for cell in filled
    )


def _block(sheet: Sheet, start: int, stop: int) -> Header:
    grid = _expanded(sheet, start, stop)
    width = max(map(len, grid))
    labels = []
    for column in range(width):
        parts: list[str] = []
        for row in grid:
            text = row[column] if column < len(row) else ""
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        labels.append(tuple(parts))
    fields = tuple(recognise(parts)[0] if parts else IGNORE for parts in labels)
    header = Header(start, stop, None, tuple(labels), fields)
    has_index = stop < len(sheet.rows) and is_index_row(sheet.rows[stop][: header.width])
    return replace(header, index_row=stop) if has_index else header


def _expanded(sheet: Sheet, start: int, stop: int) -> list[list[str]]:
    """The rows of the block with merged texts in all their cells, and unmerged group labels carried to the right."""
    width = max(len(row) for row in sheet.rows[start:stop])
    grid = [row + [""] * (width - len(row)) for row in (list(row) for row in sheet.rows[start:stop])]
    covered: set[tuple[int, int]] = set()
    for first_row, first_column, last_row, last_column in sheet.merges:
        top, bottom = first_row - sheet.first_row - start, last_row - sheet.first_row - start
        if top < 0 or top >= len(grid) or first_column >= width:
            continue
        text = grid[top][first_column]
        for row in range(top, min(bottom, len(grid) - 1) + 1):
            for column in range(first_column, min(last_column, width - 1) + 1):
                grid[row][column] = text
                covered.add((row, column))
    for index in range(len(grid) - 1):
        _carry_groups(grid, index, covered)
    return grid


def _carry_groups(grid: list[list[str]], index: int, covered: set[tuple[int, int]]) -> None:
    """Without merges (CSV) a group's label stands over its first column only; its other columns have a leaf below."""
    below = grid[index + 1]
    original = list(grid[index])
    label = ""
    for column, text in enumerate(original):
        if text:
            label = text if below[column] and (index, column) not in covered else ""
        elif label and below[column] and not any(row[column] for row in grid[:index]):
            grid[index][column] = label
        else:
            label = ""


def _score(header: Header) -> float:
    """Distinct fields recognised; a taller block must earn its rows; two columns for one field count once."""
    sure = [recognise(parts) for parts in header.labels if parts]
    fields = {field for field, _ in sure if field != IGNORE}
    weight = sum(max(s for f, s in sure if f == field) for field in fields)
    double = sum(1 for field, _ in sure if field in ("gender_male_mark", "gender_female_mark") and _ < 1)
    return weight - 0.01 * (header.stop - header.start) - 0.3 * double + (0.05 if header.index_row is not None else 0)


def _is_value(text: str) -> bool:
    return is_head_word(text) or bool(read_gender(text)) or read_category(text).is_sure or read_mark(text) is not None


def _is_good(sheet: Sheet, header: Header, *, strong: bool) -> bool:
    fields = set(header.fields) - {IGNORE}
    if strong:  # in the middle of a list "Chủ hộ", "Nam" and "Hộ nghèo" are more likely a person's values
        fields = {
            name for name, parts in zip(header.fields, header.labels, strict=True) if parts and not _is_value(parts[-1])
        }
        fields.discard(IGNORE)
    if len(fields) < (4 if strong else 2) or not set(header.fields) & _NEEDED:
        return False
    if header.stop - header.start > 1 and set(_block(sheet, header.start + 1, header.stop).fields) >= fields:
        return False  # the first row adds nothing: a heading or a signature above the header
    texts = [fold(parts[-1]) for parts in header.labels if parts]
    return not (len(fields) < 3 and any(is_signature(text) or is_title(text) for text in texts))
