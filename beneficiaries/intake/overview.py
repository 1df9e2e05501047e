"""What a whole file shows at one glance: what was changed while reading, and words of its columns to be explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from beneficiaries.intake.household_rows import HouseholdRow
from beneficiaries.intake.problems import Problem
from beneficiaries.names import fold

_EXAMPLES = 3
_MOST_WORDS = 40  # more different hamlets than this are addresses, not hamlets
EXPLAINED = {"ethnic_group": ("V55",), "commune": ("V81", "V86")}  # field -> problems of a word nobody knows


def changes_of(households: Iterable[HouseholdRow]) -> list[dict[str, Any]]:
    """JSON: what was changed, by field and reason, most first: count and three examples (row, before, after)."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for household in households:
        for change in household.changes:
            key = (change.field, change.code)
            group = found.setdefault(key, {"field": key[0], "code": key[1], "count": 0, "examples": []})
            group["count"] += 1
            if len(group["examples"]) < _EXAMPLES:
                group["examples"].append([change.row_no, change.original, change.value])
    return sorted(found.values(), key=lambda group: -group["count"])


def terms_of(
    households: Sequence[HouseholdRow], problems: Iterable[Problem], hamlets: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """JSON: field -> words nobody knows ({"text", "count", "like"}); `hamlets` are those of the register.

    A hamlet is asked about only where the register knows others; `like` is the one that may be meant.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for name, codes in EXPLAINED.items():
        counts = Counter(str(problem.params.get("v", "")) for problem in problems if problem.code in codes)
        words = [{"text": text, "count": count, "like": ""} for text, count in counts.most_common(_MOST_WORDS) if text]
        if words:
            found[name] = words
    new = _new_hamlets(households, hamlets)
    if new:
        found["hamlet"] = new
    return found


def _new_hamlets(households: Sequence[HouseholdRow], hamlets: Sequence[str]) -> list[dict[str, Any]]:
    known = {_hamlet_key(name): name for name in hamlets}
    counts = Counter(household.hamlet for household in households if household.hamlet)
    new = [(name, count) for name, count in counts.most_common() if name not in hamlets]
    if not known or not new or len(new) > _MOST_WORDS:
        return []
    return [{"text": name, "count": count, "like": known.get(_hamlet_key(name), "")} for name, count in new]


def _hamlet_key(name: str) -> str:
    """Equal for names that differ in tones, spaces or the kind of hamlet only."""
    key = fold(name)
    for kind in ("khu pho", "to dan pho", "khu dan cu", "thon", "ap", "buon", "ban", "xom", "khom", "lang"):
        key = key.removeprefix(kind + " ")
    return key.replace(" ", "")
