"""What a round asks of a row that is only read yet: a category its source pays for, a list of the right year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allocations.models import Round
from beneficiaries.intake.problems import Problem
from beneficiaries.intake.register_problems import register_problem
from beneficiaries.intake.staged import Staged


def add_round_problems(staged: Iterable[Staged], round: Round) -> None:
    """V23 and V24 beside the row's other problems. The yearly review ends in December and holds for the next year."""
    sources = round.sources_in_words
    for one in staged:
        one.problems.extend(_problems(one, round, sources))


def _problems(one: Staged, round: Round, sources: str) -> Iterator[Problem]:
    row = one.household
    if row.category and row.category not in round.categories:
        yield register_problem("V23", "category", one.row_no, one.sheet, source=sources)
    if row.recognised_year and row.recognised_year < round.opens_on.year - 1:
        years = {"year": row.recognised_year, "round_year": round.opens_on.year}
        yield register_problem("V24", "category", one.row_no, one.sheet, **years)
