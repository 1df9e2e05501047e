"""The page of one row: every cell of a household, head and members, as it stands and as it stood in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from beneficiaries.import_errors import Cell, options_of
from beneficiaries.import_words import FIELD_LABELS
from beneficiaries.intake.problems import ERROR, NOTE
from beneficiaries.intake.register_problems import sentence
from beneficiaries.intake.source import TableView, cell_text
from beneficiaries.intake.staged import Staged

_PERSON = ("full_name", "birth", "gender", "identity_number", "old_identity_number", "ethnic_group")
_HOUSEHOLD = (
    "hamlet", "address", "category", "attributes", "phone", "member_count", "certificate_no", "prior_device", "note",
)  # fmt: skip
_ALWAYS = frozenset({"full_name", "birth", "gender", "identity_number", "hamlet", "category", "phone"})


@dataclass
class PersonCells:
    """One person: the name as a title, and the cells."""

    title: str
    row_no: int
    cells: list[Cell]


def row_form(one: Staged, views: Sequence[TableView]) -> list[PersonCells]:
    view = views[one.table_no]
    people = []
    for person in one.household.people():
        is_head = person is one.household.head
        names = (*_PERSON, *_HOUSEHOLD) if is_head else (*_PERSON, "relation")
        broken = {problem.field for problem in one.all_problems if problem.row_no == person.row_no}
        wanted = [
            name for name in names if view.column(name) is not None or name in broken or (is_head and name in _ALWAYS)
        ]
        extra = sorted(name for name in broken if name in FIELD_LABELS and name not in wanted)
        cells = [_cell(one, view, person.row_no, name) for name in (*wanted, *extra)]
        people.append(PersonCells(person.full_name, person.row_no, cells))
    return people


def _cell(one: Staged, view: TableView, row_no: int, name: str) -> Cell:
    text = cell_text(view, one.rows, one.mends, row_no, name)
    here = [p for p in one.all_problems if p.row_no == row_no and p.field == name and p.severity != NOTE]
    options = options_of(one, row_no, name, text)
    if not here:  # what nobody touches is posted as it stands in the file, and so is no mend
        options = [(text if is_chosen else value, label, is_chosen) for value, label, is_chosen in options]
    return Cell(
        row_no, name, str(FIELD_LABELS[name]), text, f"o-{row_no}-{name}",
        is_error=any(problem.severity == ERROR for problem in here), options=options,
        fix=next((problem.fix for problem in here if problem.fix), ""), messages=[sentence(p) for p in here],
    )  # fmt: skip


def values_of(data: Mapping[str, str], one: Staged) -> dict[tuple[int, str], str]:
    """The posted page: (row, field) -> text for the household's own rows and known fields."""
    values = {}
    for row in one.rows:
        for name in FIELD_LABELS:
            text = data.get(f"o-{row.row_no}-{name}")
            if text is not None and name != "ignore":
                values[row.row_no, name] = text
    return values
