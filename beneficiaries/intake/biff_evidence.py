"""What an .xls workbook shows before it is read ([MS-XLS], BIFF8): password, fonts, errors, hidden and merged cells."""

import struct
from collections import Counter
from collections.abc import Iterator

from beneficiaries.intake.evidence import Limits, SheetEvidence
from beneficiaries.intake.refusals import Refused

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _FONT, _XF = 0x809, 0x0A, 0x2F, 0x85, 0x31, 0xE0
_LABELSST, _LABEL, _NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA = 0xFD, 0x204, 0x203, 0x27E, 0xBD, 0x205, 0x06
_ROW, _COLINFO, _MERGED = 0x208, 0x7D, 0xE5
_CELLS = frozenset({_LABELSST, _LABEL, _NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA})
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def inspect_biff(stream: bytes, limits: Limits) -> dict[str, SheetEvidence]:
    """Walk the records of a workbook stream; evidence per sheet name. Raises Refused."""
    try:
        return _inspect(stream, limits)
    except (struct.error, IndexError, UnicodeDecodeError) as problem:
        raise Refused("damaged") from problem


def _inspect(stream: bytes, limits: Limits) -> dict[str, SheetEvidence]:
    fonts: list[str] = []
    font_of_style: list[int] = []
    sheets: list[tuple[int, SheetEvidence]] = []
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            raise Refused("password")
        if kind == _FONT:
            fonts.append(_short_text(data, 14))
        elif kind == _XF:
            font_of_style.append(struct.unpack_from("<H", data)[0])
        elif kind == _BOUNDSHEET and data[5] == 0:
            offset, state = struct.unpack_from("<IB", data)
            sheets.append((offset, SheetEvidence(_short_text(data, 6), visible=state & 3 == 0)))
    if len(sheets) > limits.sheets:
        raise Refused("too_many_sheets", limit=limits.sheets)
    names = [fonts[number - (number > 4)] if number - (number > 4) < len(fonts) else "" for number in font_of_style]
    for offset, sheet in sheets:
        _inspect_sheet(stream, offset, sheet, names, limits)
    return {sheet.name: sheet for _, sheet in sheets}


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream, from its BOF to its EOF; nested substreams (charts) are passed over."""
    depth, end = 0, len(stream)
    while offset + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, offset)
        data = stream[offset + 4 : offset + 4 + length]
        offset += 4 + length
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, data
    raise Refused("damaged")


def _inspect_sheet(stream: bytes, offset: int, sheet: SheetEvidence, font_names: list[str], limits: Limits) -> None:
    rows: set[int] = set()
    text_styles: Counter[tuple[int, int]] = Counter()
    for kind, data in _records(stream, offset):
        if kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", data)
            _check_place(sheet, row, column, limits)
            rows.add(row)
            text_styles[column, style] += kind in (_LABELSST, _LABEL)
            _note_error(sheet, kind, data, row, column)
        else:
            _note_shape(sheet, kind, data, limits)
    if len(rows) > limits.rows:
        raise Refused("too_many_rows", limit=limits.rows)
    sheet.rows_with_content = len(rows)
    for (column, style), count in text_styles.most_common()[::-1]:
        if count:
            sheet.fonts[column] = font_names[style] if style < len(font_names) else ""


def _note_shape(sheet: SheetEvidence, kind: int, data: bytes, limits: Limits) -> None:
    if kind == _ROW:
        sheet.hidden_rows += bool(data[12] & 0x20)
    elif kind == _COLINFO:
        first, last, _, _, flags = struct.unpack_from("<HHHHH", data)
        sheet.hidden_columns += (min(last, limits.columns) - first + 1) if flags & 1 else 0
    elif kind == _MERGED:
        _note_merges(sheet, data, limits)


def _check_place(sheet: SheetEvidence, row: int, column: int, limits: Limits) -> None:
    if column >= limits.columns:
        raise Refused("too_many_columns", sheet=sheet.name, column="BL")
    if row >= limits.highest_row:
        raise Refused("too_far_down", sheet=sheet.name, limit=limits.highest_row)


def _note_error(sheet: SheetEvidence, kind: int, data: bytes, row: int, column: int) -> None:
    if kind == _BOOLERR and data[7] == 1:
        sheet.errors.append((row + 1, column, _ERRORS.get(data[6], "#N/A")))
    elif kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        sheet.errors.append((row + 1, column, _ERRORS.get(data[8], "#N/A")))


def _note_merges(sheet: SheetEvidence, data: bytes, limits: Limits) -> None:
    (count,) = struct.unpack_from("<H", data)
    for index in range(count):
        first_row, last_row, first_column, last_column = struct.unpack_from("<HHHH", data, 2 + 8 * index)
        sheet.merges.append((first_row + 1, first_column, last_row + 1, last_column))
    if len(sheet.merges) > limits.merges:
        raise Refused("unsafe_package")


def _short_text(data: bytes, offset: int) -> str:
    """A ShortXLUnicodeString: length, flag, then one or two bytes a letter."""
    length, wide = data[offset], data[offset + 1] & 1
    raw = data[offset + 2 : offset + 2 + (length * 2 if wide else length)]
    return raw.decode("utf-16-le") if wide else raw.decode("latin-1")
