"""Lines of a report by commune, under a bold line of the superior unit where there is one between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from django.utils import timezone

from administration.models import Area
from reports.sources import Answer, Line, Question

Figures = Counter[str]


def inside(question: Question) -> tuple[int, int]:
    """The interval of the numbers of all units that the question is about."""
    return question.area.number, question.area.last


def figures_by_unit(rows: Iterable[tuple[int, str, int | None]]) -> dict[int, Figures]:
    """From (unit, key, number) as a query gives them to the figures of each unit; what is the same adds up."""
    found: dict[int, Figures] = {}
    for number, key, n in rows:
        found.setdefault(number, Counter())[key] += n or 0
    return found


def together(*parts: Mapping[int, Figures]) -> dict[int, Figures]:
    """The figures of several queries in one; none is lost where a sum is zero."""
    found: dict[int, Figures] = {}
    for part in parts:
        for number, figures in part.items():
            found.setdefault(number, Counter()).update(figures)
    return found


def by_commune(
    question: Question,
    figures: Mapping[int, Figures],
    total: Figures,
    *,
    counted: str,
    remark: Callable[[Figures], str] = lambda figures: "",
) -> Answer:
    """One line per commune. Missing are those that have nothing of what is `counted`; `total` comes from elsewhere."""
    units = {unit.number: unit for unit in Area.objects.inside(question.area).in_tree_order()}
    communes = _communes(units.values(), question, figures)
    rows = [(unit, figures.get(unit.number, Counter())) for unit in communes]
    has_groups = any(unit.parent_id in units and unit.parent_id != question.area.number for unit in communes)
    lines: list[Line] = []
    for position, (parent, found) in enumerate(groupby(rows, key=lambda row: row[0].parent_id), start=1):
        members = list(found)
        prefix = f"{position}." if has_groups else ""
        if has_groups:
            sum_of = sum((record for _unit, record in members), Counter())
            name = units[parent].name if parent in units else question.area.name
            lines.append(Line(str(position), name, sum_of, "", level=0, bold=True))
        for number, (unit, record) in enumerate(members, start=1):
            lines.append(Line(f"{prefix}{number}", unit.name, record, remark(record)))
    missing = tuple(unit.name for unit, record in rows if not record[counted])
    return Answer(lines, Line("", "", total), missing)


def _communes(units: Iterable[Area], question: Question, figures: Mapping[int, Figures]) -> list[Area]:
    """Those that exist on the day and those that have figures; all where none exists any more."""
    day = timezone.localdate(question.at)
    communes = [unit for unit in units if unit.is_commune]
    existing = {u.number for u in communes if u.valid_from <= day and (u.valid_to is None or u.valid_to > day)}
    wanted = (existing or {unit.number for unit in communes}) | figures.keys()
    return [unit for unit in communes if unit.number in wanted]
