"""What the page of errors shows: counters, groups, and rows with an input for every cell that wants mending."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from beneficiaries.import_words import (
    FIELD_LABELS,
    category_options,
    fix_in_words,
    group_button,
    left_reason,
    people_options,
    step_done,
)
from beneficiaries.import_words import GROUP_TITLES as TITLES
from beneficiaries.intake.choices import choices_from_json
from beneficiaries.intake.group_fixes import CHOOSE_CATEGORY, CHOOSE_PEOPLE, Group, as_written, find_groups
from beneficiaries.intake.match import birth_text
from beneficiaries.intake.preview import stored_views
from beneficiaries.intake.problems import ERROR, NOTE, Problem
from beneficiaries.intake.register_problems import CONFLICTS, sentence
from beneficiaries.intake.source import TableView, cell_text
from beneficiaries.intake.staged import Staged, State, opened
from beneficiaries.models import Gender, ImportFile, StagedHousehold

ERRORS, WARNINGS, EVERYTHING, LATER = "loi", "canh-bao", "tat-ca", "de-sau"
VIEWS = (ERRORS, WARNINGS, EVERYTHING, LATER)
_ONE_PROBLEM = re.compile(r"V\d\d")  # the rows of a group
PER_PAGE = 50
DOUBLES = CONFLICTS | {"V19"}  # settled on the page of look-alikes
IN_COLUMNS = ("full_name", "identity_number", "birth")


@dataclass(frozen=True)
class Counts:
    """How many rows of a file are where."""

    total: int
    ready: int
    broken: int
    conflict: int
    skipped: int
    applied: int
    warned: int
    twins: int

    @property
    def unsettled(self) -> int:
        return self.broken + self.conflict

    @property
    def open(self) -> int:
        """What this step of the work is about: everything that is neither saved nor left for later."""
        return self.ready + self.broken + self.conflict


@dataclass
class Cell:
    """One cell to mend. `options` make it a choice; `fix` is a value offered in one click."""

    row_no: int
    field: str
    label: str
    text: str
    id: str
    is_error: bool = True
    options: list[tuple[str, str, bool]] = dataclass_field(default_factory=list)
    fix: str = ""
    fix_words: str = ""
    messages: list[str] = dataclass_field(default_factory=list)

    @property
    def value(self) -> str:
        """What the input holds before anybody types."""
        return next((value for value, _, is_chosen in self.options if is_chosen), self.text)


@dataclass
class Line:
    """One household on the page: what stands in the columns, what is wrong, and the cells to mend."""

    id: int
    row_no: int
    sheet: str
    state: str
    name: str
    number: str
    birth: str
    name_cell: Cell | None
    number_cell: Cell | None
    birth_cell: Cell | None
    others: list[Cell]
    remarks: list[str]
    is_mended: bool
    is_double: bool
    shows_sheet: bool

    @property
    def in_columns(self) -> list[Cell]:
        return [cell for cell in (self.name_cell, self.number_cell, self.birth_cell) if cell]


@dataclass
class GroupLine:
    group: Group
    title: str
    button: str
    options: list[tuple[str, str, bool]]


def count(file: ImportFile) -> Counts:
    """One query."""
    states = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    numbers = StagedHousehold.objects.filter(file=file).aggregate(
        total=Count("pk"),
        warned=Count("pk", filter=Q(state=State.READY) & ~Q(problem_codes=[])),
        twins=Count("pk", filter=Q(state=State.READY, problem_codes__contains=["V20"])),
        **states,
    )
    return Counts(**numbers)


def rows_of(file: ImportFile, which: str) -> QuerySet[StagedHousehold]:
    rows = StagedHousehold.objects.filter(file=file)
    if which == ERRORS:
        return rows.filter(state__in=[State.BROKEN, State.CONFLICT])
    if which == WARNINGS:
        return rows.filter(state=State.READY).exclude(problem_codes=[])
    if which == LATER:
        return rows.filter(state=State.SKIPPED)
    if _ONE_PROBLEM.fullmatch(which):
        return rows.open().filter(problem_codes__contains=[which])
    return rows.open()


def is_view(which: str) -> bool:
    """Whether these are rows that can be asked for: one of VIEWS, or the code of a problem."""
    return which in VIEWS or _ONE_PROBLEM.fullmatch(which) is not None


def first_view(counts: Counts) -> str:
    if counts.unsettled:
        return ERRORS
    return WARNINGS if counts.warned else EVERYTHING


def left_because(file: ImportFile, counts: Counts) -> list[tuple[str, int]]:
    """Why rows were left for later, most first; one reason a row. One query, nothing unsealed."""
    if not counts.skipped:
        return []
    rows = StagedHousehold.objects.filter(file=file, state=State.SKIPPED).values_list("problem_codes", flat=True)
    return Counter(left_reason(codes) for codes in rows).most_common()


def page_of(file: ImportFile, which: str, number: str | None) -> Page[StagedHousehold]:
    return Paginator(rows_of(file, which).in_file_order(), PER_PAGE).get_page(number)  # type: ignore[attr-defined]


def lines_of(file: ImportFile, page: Page[StagedHousehold]) -> list[Line]:
    views = views_of(file)
    return [line_of(opened(row), views) for row in page]


def line_of(one: Staged, views: list[TableView]) -> Line:
    head = one.household.head
    wanted: dict[tuple[int, str], Cell] = {}
    remarks = []
    for problem in one.all_problems:
        if problem.severity == NOTE:
            continue
        if problem.field in FIELD_LABELS and problem.code not in ("V17", "V20", "V43", "V44", "V60"):
            cell = wanted.setdefault((problem.row_no, problem.field), _cell(one, problem, views))
            cell.is_error = cell.is_error or problem.severity == ERROR
            cell.fix = cell.fix or as_written(problem.field, problem.fix or "")
            cell.fix_words = cell.fix_words or fix_in_words(problem.field, cell.fix)
            cell.messages.append(sentence(problem))
        else:
            remarks.append(sentence(problem))
    in_columns = {name: wanted.pop((one.row_no, name)) for name in IN_COLUMNS if (one.row_no, name) in wanted}
    return Line(
        id=one.pk or 0,
        row_no=one.row_no,
        sheet=one.sheet,
        state=one.state,
        name=head.full_name,
        number=head.identity_number or head.old_identity_number,
        birth=birth_text(
            {"birth_date": head.birth_date, "birth_precision": head.birth_precision, "birth_year": head.birth_year}
        ),
        name_cell=in_columns.get("full_name"),
        number_cell=in_columns.get("identity_number"),
        birth_cell=in_columns.get("birth"),
        others=list(wanted.values()),
        remarks=remarks,
        is_mended=bool(one.mends),
        is_double=bool(DOUBLES & {problem.code for problem in one.all_problems}),
        shows_sheet=len({view.sheet for view in views}) > 1,
    )


def _cell(one: Staged, problem: Problem, views: list[TableView]) -> Cell:
    text = cell_text(views[one.table_no], one.rows, one.mends, problem.row_no, problem.field)
    label = str(FIELD_LABELS[problem.field])
    if problem.row_no != one.row_no:
        label = f"{label} ({problem.row_no})"
    return Cell(
        problem.row_no, problem.field, label, text, f"o-{one.pk}-{problem.row_no}-{problem.field}",
        is_error=problem.severity == ERROR, options=options_of(one, problem.row_no, problem.field, text),
    )  # fmt: skip


def options_of(one: Staged, row_no: int, name: str, text: str) -> list[tuple[str, str, bool]]:
    """The choices of fields that have few values. Chosen is what was read, be it in this cell or in another one (an x
    under a heading, a section), else what stands in the cell."""
    if name == "category":
        options = category_options(one.household.category or text)
    elif name == "gender":
        person = next((person for person in one.household.people() if person.row_no == row_no), one.household.head)
        read = as_written("gender", person.gender) or text
        options = [
            (str(word), str(label), str(word) == read)
            for word, label in (("Nam", Gender.MALE.label), ("Nữ", Gender.FEMALE.label))
        ]
    else:
        return []
    if not any(chosen for _, _, chosen in options):
        options.insert(0, (text, text or "–", True))
    return options


def views_of(file: ImportFile) -> list[TableView]:
    return stored_views(file.seen, choices_from_json(file.choices))


def group_lines(file: ImportFile, staged: list[Staged]) -> list[GroupLine]:
    return [
        GroupLine(
            group,
            str(TITLES.get(group.code, sentence(group.members[0][1]))),
            group_button(group.code, group.count),
            _options_of_group(group),
        )
        for group in find_groups(staged, views_of(file))
    ]


def _options_of_group(group: Group) -> list[tuple[str, str, bool]]:
    if group.kind == CHOOSE_CATEGORY:
        return category_options(group.proposal)
    return people_options() if group.kind == CHOOSE_PEOPLE else []


def steps_done(file: ImportFile) -> list[tuple[str, str]]:
    """(id, sentence) of the group fixes in force, the latest first."""
    return [(step["id"], step_done(step["code"], step["count"])) for step in reversed(file.choices.get("steps", []))]
