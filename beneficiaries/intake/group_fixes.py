"""Errors that many rows share and one decision mends: a quick fix, an unknown word, a value that is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from beneficiaries.intake.problems import ERROR, Problem
from beneficiaries.intake.source import Mend, TableView, cell_text
from beneficiaries.intake.staged import Staged

FIX, CHOOSE_CATEGORY, CHOOSE_PEOPLE, FILL = "fix", "category", "people", "fill"
_FILLED = {"V49": FILL, "V50": CHOOSE_CATEGORY}  # missing in every row of a list, often only its title says it
_WORDS = {"V51": CHOOSE_CATEGORY, "V55": CHOOSE_PEOPLE, "V81": FIX}  # a word that may come again
GROUPED = [*_FILLED, *_WORDS, "V01", "V02", "V03", "V47", "V48", "V65"]  # codes that may carry a quick fix
_FEWEST = 2
_WRITTEN = {"gender": {"M": "Nam", "F": "Nữ"}}


@dataclass(slots=True)
class Group:
    """Rows with one problem in common. `kind` says what is asked: nothing (FIX), a category, a people or a text.

    `examples` are (row number, cell now, cell then). `word` is what is not understood, `proposal` what it may mean.
    """

    code: str
    field: str
    kind: str
    word: str = ""
    proposal: str = ""
    examples: list[tuple[int, str, str]] = dataclass_field(default_factory=list)
    members: list[tuple[Staged, Problem]] = dataclass_field(default_factory=list)

    @property
    def key(self) -> str:
        return "|".join((self.code, self.field, self.word))

    @property
    def count(self) -> int:
        return len(self.members)


def find_groups(staged: Iterable[Staged], views: list[TableView]) -> list[Group]:
    """The groups, largest first. One row alone is no group, except a word that may come again."""
    groups: dict[str, Group] = {}
    for one in staged:
        if one.is_skipped:
            continue
        for problem in one.problems:
            group = _group_of(problem)
            if group is None:
                continue
            group = groups.setdefault(group.key, group)
            group.members.append((one, problem))
            if len(group.examples) < 3:
                group.examples.append(_example(one, group, problem, views))
    found = [group for group in groups.values() if group.count >= _FEWEST or group.word]
    return sorted(found, key=lambda group: -group.count)


def _group_of(problem: Problem) -> Group | None:
    if problem.code in _WORDS:
        word = str(problem.params.get("v", ""))
        proposal = problem.fix or (str(problem.params.get("own", "")) if problem.code == "V81" else "")
        return Group(problem.code, problem.field, _WORDS[problem.code], word, proposal)
    if problem.fix is not None:
        return Group(problem.code, problem.field, FIX)
    if problem.code in _FILLED and problem.severity == ERROR:
        return Group(problem.code, problem.field, _FILLED[problem.code])
    return None


def _example(one: Staged, group: Group, problem: Problem, views: list[TableView]) -> tuple[int, str, str]:
    now = cell_text(views[one.table_no], one.rows, one.mends, problem.row_no, problem.field)
    return problem.row_no, now, _fix(group, problem)


def as_written(field: str, value: str) -> str:
    """A value as people write it into a cell of that field."""
    return _WRITTEN.get(field, {}).get(value, value)


def _fix(group: Group, problem: Problem) -> str:
    return as_written(problem.field, problem.fix or group.proposal)


def mend_group(group: Group, value: str, step: str) -> list[Staged]:
    """Puts the fix, or the value the official chose, on every row of the group."""
    touched: dict[int | None, Staged] = {}
    for one, problem in group.members:
        new = _fix(group, problem) if group.kind == FIX else value
        one.mends.append(Mend(step, problem.row_no, problem.field, new))
        touched[one.pk] = one
    return list(touched.values())
