"""Pairs of rows that are one household by number, or look so across the communes of a file; and known conflicts.

How likely a likeness is, and who looks alike in the register, is weighed by beneficiaries.row_pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Literal

from beneficiaries.intake.staged import Staged
from beneficiaries.names import fold

Certainty = Literal["same", "likely"]
_MOST_ALIKE = 12  # rows that share a name and more; beyond, neighbours are paired, which keeps the pairs linear


@dataclass(slots=True)
class Pair:
    """Two rows, or a row and the code of a registered household; `why` are codes."""

    a: Staged
    b: Staged | str
    certainty: Certainty
    why: list[str] = field(default_factory=list)


def find_pairs(staged: Sequence[Staged]) -> list[Pair]:
    """All pairs of a file after matching, those inside the file first."""
    found: dict[tuple[int, int], Pair] = {}
    for why, certainty, groups in (
        ("repeat", "same", _by_repeat(staged)),
        ("identity_number", "same", _by_number(staged)),
        ("name_and_birth", "likely", _by_name(staged)),
        ("name_and_phone", "likely", _by_phone(staged)),
    ):
        for a, b in groups:
            pair = found.setdefault((a, b), Pair(staged[a], staged[b], certainty))  # type: ignore[arg-type]
            pair.why.append(why)
    inside = [found[key] for key in sorted(found)]
    return inside + [pair for one in staged for pair in _with_register(one)]


def _pairs(groups: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for group in groups:
        members = sorted(set(group))
        yield from combinations(members, 2) if len(members) <= _MOST_ALIKE else pairwise(members)


def _by_repeat(staged: Sequence[Staged]) -> Iterator[tuple[int, int]]:
    places = {(one.sheet, one.row_no): index for index, one in enumerate(staged)}
    for index, one in enumerate(staged):
        first = one.household.repeat_of
        if first is not None:
            sheet = one.household.repeat_sheet or one.sheet
            yield places.get((sheet, first), index), index


def _by_number(staged: Sequence[Staged]) -> Iterator[tuple[int, int]]:
    holders: dict[bytes, list[int]] = defaultdict(list)
    for index, one in enumerate(staged):
        for number in one.hashes:
            holders[number].append(index)
    return _pairs(group for group in holders.values() if len(group) > 1)


def _by_name(staged: Sequence[Staged]) -> Iterator[tuple[int, int]]:
    """The same name and birth year: in one hamlet, or with the same full date, unless two valid numbers differ."""
    alike: dict[tuple[str, int | None, str], list[int]] = defaultdict(list)
    for index, one in enumerate(staged):
        head = one.household.head
        if head.full_name and head.birth_year:
            alike[fold(head.full_name), head.birth_year, head.gender].append(index)
    for a, b in _pairs(group for group in alike.values() if len(group) > 1):
        first, second = staged[a].household, staged[b].household
        is_near = fold(first.hamlet) == fold(second.hamlet)
        is_dated = first.head.birth_date is not None and first.head.birth_date == second.head.birth_date
        if (is_near or is_dated) and not _numbers_differ(staged[a], staged[b]):
            yield a, b


def _numbers_differ(a: Staged, b: Staged) -> bool:
    first, second = a.household.head.identity_number, b.household.head.identity_number
    return bool(first and second and first != second)


def _by_phone(staged: Sequence[Staged]) -> Iterator[tuple[int, int]]:
    sharing: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, one in enumerate(staged):
        if one.household.phone and one.household.head.full_name:
            sharing[one.household.phone, fold(one.household.head.full_name)].append(index)
    return _pairs(group for group in sharing.values() if len(group) > 1)


def _with_register(one: Staged) -> Iterator[Pair]:
    """Registered households that have a number of this row, or that look like it."""
    for problem in one.match.problems:
        if problem.code == "V83":
            yield Pair(one, str(problem.params["code"]), "same", ["identity_number"])
    for _, code, *_rest in one.match.twins:
        yield Pair(one, code, "likely", ["name_and_birth"])
