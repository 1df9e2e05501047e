"""What an .xls workbook shows before it is read ([MS-XLS], BIFF5 and 8): password, fonts, errors, rows with content."""

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from beneficiaries.intake.evidence import Limits, SheetEvidence
from beneficiaries.intake.refusals import Refused

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _FONT, _XF = 0x809, 0x0A, 0x2F, 0x85, 0x31, 0xE0
_LABELSST, _LABEL, _NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA = 0xFD, 0x204, 0x203, 0x27E, 0xBD, 0x205, 0x06
_ROW, _COLINFO, _MERGED, _RSTRING, _STRING, _SST, _CONTINUE = 0x208, 0x7D, 0xE5, 0xD6, 0x207, 0xFC, 0x3C
_CELLS = frozenset({_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA})
_TEXTS = frozenset({_LABELSST, _LABEL, _RSTRING})
_BIFF8 = 0x600
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def inspect_biff(stream: bytes, limits: Limits) -> dict[str, SheetEvidence]:
    """Walk the records of a workbook stream; evidence per sheet name. Raises Refused."""
    try:
        return _inspect(stream, limits)
    except (struct.error, IndexError, UnicodeDecodeError) as problem:
        raise Refused("damaged") from problem


def _inspect(stream: bytes, limits: Limits) -> dict[str, SheetEvidence]:
    is_new = struct.unpack_from("<H", stream, 4)[0] >= _BIFF8
    fonts: list[str] = []
    font_of_style: list[int] = []
    sheets: list[tuple[int, SheetEvidence]] = []
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            raise Refused("password")
        if kind == _FONT:
            fonts.append(_short_text(data, 14, is_new=is_new))
        elif kind == _XF:
            font_of_style.append(struct.unpack_from("<H", data)[0])
        elif kind == _BOUNDSHEET and data[5] == 0:
            offset, state = struct.unpack_from("<IB", data)
            sheets.append((offset, SheetEvidence(_short_text(data, 6, is_new=is_new), visible=state & 3 == 0)))
    if len(sheets) > limits.sheets:
        raise Refused("too_many_sheets", limit=limits.sheets)
    names = [fonts[number - (number > 4)] if number - (number > 4) < len(fonts) else "" for number in font_of_style]
    lengths = _shared_lengths(stream)
    for offset, sheet in sheets:
        _inspect_sheet(stream, offset, sheet, names, lengths, limits)
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


def _inspect_sheet(
    stream: bytes, offset: int, sheet: SheetEvidence, font_names: list[str], lengths: list[int], limits: Limits
) -> None:
    rows: set[int] = set()
    text_styles: Counter[tuple[int, int]] = Counter()
    row = 0
    for kind, data in _records(stream, offset):
        if kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", data)
            _check_place(sheet, row, column, limits)
            rows.add(row)
            text_styles[column, style] += kind in _TEXTS
            _note_error(sheet, kind, data, row, column)
            if _is_filled(kind, data, lengths):
                sheet.surely_filled.add(row + 1)
        elif kind == _STRING and data[:2] != b"\0\0":  # the text that the formula before it gave
            sheet.surely_filled.add(row + 1)
        else:
            _note_shape(sheet, kind, data, limits)
    if len(rows) > limits.rows:
        raise Refused("too_many_rows", limit=limits.rows)
    sheet.rows_with_content = len(rows)
    for (column, style), count in text_styles.most_common()[::-1]:
        if count:
            sheet.fonts[column] = font_names[style] if style < len(font_names) else ""


def _is_filled(kind: int, data: bytes, lengths: list[int]) -> bool:
    """Whether a cell surely holds something: no empty text, no formula whose text follows or is empty."""
    if kind == _LABELSST:
        (index,) = struct.unpack_from("<I", data, 6)
        return index < len(lengths) and lengths[index] > 0
    if kind in (_LABEL, _RSTRING):
        return data[6:8] != b"\0\0"
    return kind != _FORMULA or data[12:14] != b"\xff\xff" or data[6] in (1, 2)


def _shared_lengths(stream: bytes) -> list[int]:
    """How many letters each shared string has, as far as the table can be followed over its continuations."""
    chunks: list[bytes] = []
    for kind, data in _records(stream, 0):
        if kind == _SST or (kind == _CONTINUE and chunks):
            chunks.append(data)
        elif chunks:
            break
    lengths: list[int] = []
    with suppress(struct.error, IndexError):
        table = _Strings(chunks)
        for _ in range(table.count):
            lengths.append(table.next_length())
    return lengths


class _Strings:
    """Walks the table of shared strings (SST and its CONTINUE records)."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks, self._chunk, self._at = chunks, 0, 8
        (self.count,) = struct.unpack_from("<I", chunks[0], 4)

    def next_length(self) -> int:
        if self._at >= len(self._chunks[self._chunk]):
            self._chunk, self._at = self._chunk + 1, 0
        data = self._chunks[self._chunk]
        length, flags = struct.unpack_from("<HB", data, self._at)
        self._at += 3
        after = 0
        if flags & 8:  # formatting runs
            after += 4 * struct.unpack_from("<H", data, self._at)[0]
            self._at += 2
        if flags & 4:  # phonetic hints
            after += struct.unpack_from("<I", data, self._at)[0]
            self._at += 4
        self._pass_letters(length, flags & 1)
        self._pass_bytes(after)
        return int(length)

    def _pass_letters(self, left: int, is_wide: int) -> None:
        while left:
            here = min(left, (len(self._chunks[self._chunk]) - self._at) >> is_wide)
            self._at += here << is_wide
            left -= here
            if left:  # a continuation says again how wide its letters are
                self._chunk, self._at = self._chunk + 1, 1
                is_wide = self._chunks[self._chunk][0] & 1

    def _pass_bytes(self, left: int) -> None:
        while left:
            here = min(left, len(self._chunks[self._chunk]) - self._at)
            self._at += here
            left -= here
            if left:
                self._chunk, self._at = self._chunk + 1, 0


def _note_shape(sheet: SheetEvidence, kind: int, data: bytes, limits: Limits) -> None:
    if kind == _ROW:
        sheet.hidden_rows += bool(data[12] & 0x20)
    elif kind == _COLINFO:
        first, last, _, _, flags = struct.unpack_from("<HHHHH", data)
        if flags & 1:
            sheet.hidden.update(range(first, min(last + 1, limits.columns)))
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


def _short_text(data: bytes, offset: int, *, is_new: bool) -> str:
    """A ShortXLUnicodeString: length, flag, then one or two bytes a letter; before BIFF8 one byte and no flag."""
    length = data[offset]
    if not is_new:
        return data[offset + 1 : offset + 1 + length].decode("latin-1")
    wide = data[offset + 1] & 1
    raw = data[offset + 2 : offset + 2 + (length * 2 if wide else length)]
    return raw.decode("utf-16-le") if wide else raw.decode("latin-1")
