"""The limits a file must keep, and what the guard saw in it: the reader's answer is checked against this."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What a list may be at most; the command for the province's IT desk may raise the rows."""

    bytes: int = 10 * 1024 * 1024
    rows: int = 20_000
    highest_row: int = 40_000
    columns: int = 64
    sheets: int = 50
    entries: int = 500
    unpacked: int = 96 * 1024 * 1024
    answer: int = 64 * 1024 * 1024  # letters: one long text may stand in every cell of a small file
    ratio: int = 200
    tags: int = 6_000_000
    merges: int = 20_000
    styles: int = 65_430
    seconds: int = 20  # from asking to the answer, on the clock
    memory: int = 512 * 1024 * 1024  # address space of the reading process


@dataclass(slots=True)
class SheetEvidence:
    """What the guard saw in one sheet: rows count from 1, columns from 0.

    `errors` are the cells a reader returns empty although the official sees something there. `rows_with_content` is
    exact where the format shows every text (.xlsx); `surely_filled` are rows that hold something whatever their texts
    are (.xls, .ods). `hidden` are the hidden columns.
    """

    name: str
    visible: bool = True
    rows_with_content: int = 0
    surely_filled: set[int] = field(default_factory=set)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    fonts: dict[int, str] = field(default_factory=dict)
    hidden_rows: int = 0
    hidden: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Evidence:
    """The kind of file ("xlsx", "xls", "ods", "text") and, where the format shows it, its sheets by name."""

    kind: str
    sheets: dict[str, SheetEvidence] = field(default_factory=dict)
