"""Which communes have become one: a household listed under the old name and the new one has not moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from administration.models import AreaSuccessor


def merged_communes() -> Callable[[int, int], bool]:
    """One query. The answer for two units: one succeeded the other, or both were joined into the same."""
    successors: dict[int, set[int]] = defaultdict(set)
    for old, new in AreaSuccessor.objects.values_list("old_id", "new_id"):
        successors[old].add(new)

    def are_merged(a: int, b: int) -> bool:
        return bool((successors.get(a, set()) | {a}) & (successors.get(b, set()) | {b}))

    return are_merged
