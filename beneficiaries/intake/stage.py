"""Eighth step: what was parsed becomes staged rows, sealed; later a few rows are read again after a mend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet

from beneficiaries.intake.check import between_rows, check_household
from beneficiaries.intake.household_rows import CellsByField, HouseholdRow
from beneficiaries.intake.parse import Choices, Parsed
from beneficiaries.intake.place import Place
from beneficiaries.intake.problems import ERROR, PROBLEMS, Problem
from beneficiaries.intake.register_problems import BETWEEN_ROWS, register_problem
from beneficiaries.intake.source import Given, Mend, SourceRow, TableView, rebuild, source_rows, view_of
from beneficiaries.intake.staged import Staged, State, open_payload
from beneficiaries.intake.temporary import copied
from beneficiaries.intake.value_words import CategoryValue
from beneficiaries.models import ImportFile, StagedHousehold

_COLUMNS = {
    "id": "bigint", "table_no": "int", "sheet": "text", "row_no": "int", "state": "text", "effect": "text",
    "payload": "bytea", "problem_codes": "varchar[]", "person_hashes": "bytea[]",
}  # fmt: skip
_LIMITS = {
    "hamlet": 100, "address": 200, "certificate_no": 60, "original_code": 30, "prior_device": 120, "phone": 15,
}  # fmt: skip
_PERSON_LIMITS = {"full_name": 80, "relation": 40}


def views_of(parsed: Parsed, choices: Choices) -> list[TableView]:
    words = {text: CategoryValue(category, attributes) for text, (category, attributes) in choices.categories.items()}
    return [view_of(table, words, choices.terms) for table in parsed.tables]


def prepare(parsed: Parsed, place: Place, file_name: str = "") -> list[Staged]:
    """Every household of the file with its cells and its problems; exact repeats are left out from the start.

    In a file of several communes a row says where it belongs, or the sheet's name, the title, the file's name do.
    """
    sheets = {sheet.name: sheet for sheet in parsed.sheets}
    by_row: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in parsed.problems:
        by_row[problem.sheet, problem.row_no].append(problem)
    staged = []
    for table_no, table in enumerate(parsed.tables):
        rows = source_rows(table, sheets[table.sheet])
        around = place.mentioned([table.sheet, *reversed(table.layout.title), file_name])
        commune = around.commune.name if around.commune and not place.alone else ""
        for household in table.households:
            of_rows = [rows[row_no] for row_no in household.originals]
            problems = [problem for row in of_rows for problem in by_row[household.sheet, row.row_no]]
            staged.append(_staged(table_no, household, of_rows, problems, place, commune))
    return staged


def _staged(
    table_no: int, household: HouseholdRow, rows: list[SourceRow], problems: list[Problem], place: Place, commune: str
) -> Staged:  # fmt: skip
    own = [problem for problem in problems if problem.code not in BETWEEN_ROWS and problem.field]
    is_headless = any(problem.code == "V59" for problem in own)
    household.commune_text = household.commune_text or commune
    own += problems_here(household, own, place)
    found = place.find(household.commune_text)
    return Staged(
        table_no, household, rows, own,
        between=[problem for problem in problems if problem.code in BETWEEN_ROWS],
        raw=_undecoded(household, rows),
        given=Given(commune, is_headless, household.repeat_of, household.repeat_sheet),
        is_skipped=household.repeat_of is not None,
        commune=found.commune if found.outcome == "own" else None,
    )  # fmt: skip


def _undecoded(household: HouseholdRow, rows: list[SourceRow]) -> dict[str, dict[str, str]]:
    """The cells as they were stored in the file, where decoding or cleaning changed them."""
    raw: dict[str, dict[str, str]] = {}
    for row in rows:
        before = household.originals[row.row_no]
        if isinstance(before, CellsByField) and before.cells == row.cells:
            continue
        changed = {name: text for name, text in dict(before).items() if text not in row.cells}
        if changed:
            raw[str(row.row_no)] = {name: str(text) for name, text in changed.items()}
    return raw


def problems_here(household: HouseholdRow, known: list[Problem], place: Place) -> Iterable[Problem]:
    """What the register and the commune ask beyond the row's own checks."""
    found = {(problem.field, problem.row_no) for problem in known if problem.severity == ERROR}
    sheet = household.sheet
    yield from _commune_problems(household, place)
    for member in household.members:
        if member.birth_year is None and ("birth", member.row_no) not in found:
            yield Problem("V48", PROBLEMS["V48"][0], "birth", member.row_no, sheet=sheet)
        if not member.gender:
            yield register_problem("V84", "gender", member.row_no, sheet)
    yield from _too_long(household)


def _commune_problems(household: HouseholdRow, place: Place) -> Iterable[Problem]:
    text, at, sheet = household.commune_text, household.row_no, household.sheet
    found = place.find(text)
    if found.outcome == "other" and found.commune:
        yield register_problem("V80", "commune", at, sheet, commune=found.commune.name, own=place.name)
    elif found.outcome == "several":
        yield register_problem("V39", "commune", at, sheet, v=text, n=len(found.names), names=", ".join(found.names))
    elif found.outcome == "silent":
        yield register_problem("V87", "commune", at, sheet)
    elif found.outcome == "unknown":
        code = "V81" if place.alone else "V86"
        yield register_problem(code, "commune", at, sheet, v=text, own=place.name)


def _too_long(household: HouseholdRow) -> Iterable[Problem]:
    texts = [(name, household.row_no, getattr(household, name), limit) for name, limit in _LIMITS.items()]
    for person in household.people():
        texts += [(name, person.row_no, getattr(person, name), limit) for name, limit in _PERSON_LIMITS.items()]
    for name, row_no, text, limit in texts:
        if len(text) > limit:
            yield register_problem("V82", name, row_no, household.sheet, n=len(text), limit=limit)


def write(file: ImportFile, staged: Sequence[Staged]) -> None:
    """Replaces the file's staged rows by these."""
    StagedHousehold.objects.filter(file=file).delete()
    with copied("staged_in", _COLUMNS, map(_as_row, staged), is_joined=False) as cursor:
        cursor.execute(
            """
            INSERT INTO beneficiaries_stagedhousehold
                   (file_id, area_no, table_no, sheet, row_no, state, effect, payload, problem_codes, person_hashes)
            SELECT %s, %s, table_no, sheet, row_no, state, effect, payload, problem_codes, person_hashes FROM staged_in
            """,
            [file.pk, file.area_id],
        )


def rewrite(staged: Sequence[Staged]) -> None:
    """Writes rows that were loaded and changed."""
    with copied("staged_in", _COLUMNS, map(_as_row, staged)) as cursor:
        cursor.execute(
            """
            UPDATE beneficiaries_stagedhousehold s
               SET state = n.state, effect = n.effect, payload = n.payload, problem_codes = n.problem_codes,
                   person_hashes = n.person_hashes
              FROM staged_in n WHERE s.id = n.id
            """
        )


def _as_row(one: Staged) -> tuple[object, ...]:
    return (
        one.pk, one.table_no, one.sheet, one.row_no, one.state, one.match.effect, one.seal(), one.codes, one.hashes,
    )  # fmt: skip


def load(rows: QuerySet[StagedHousehold], *, with_cells: bool = True) -> list[Staged]:
    """One query; the payloads unsealed, in the file's order. Without its cells a row cannot be written again."""
    values = rows.in_file_order().values_list("pk", "table_no", "sheet", "state", "payload")  # type: ignore[attr-defined]
    return [open_payload(*value, with_cells=with_cells) for value in values.iterator()]


def read_again(one: Staged, view: TableView, place: Place, today: date) -> None:
    """Reads and checks a household again from its cells and mends; `between` and `match` are the caller's."""
    household = rebuild(view, one.rows, one.mends, one.given)
    mended = {mend.row_no for mend in one.mends if mend.field == "birth"}
    problems = [
        problem
        for problem in check_household(household, today=today)
        if problem.code != "V14" or problem.row_no not in mended  # what was typed by hand is day first
    ]
    places = {row.row_no: at for at, row in enumerate(one.rows)}
    problems.sort(key=lambda problem: places[problem.row_no])
    one.household = household
    one.problems = problems + list(problems_here(household, problems, place))


def without(mends: Iterable[Mend], step: str) -> list[Mend]:
    return [mend for mend in mends if mend.step != step]


def check_between(file: ImportFile, touched: Sequence[Staged], gone: Iterable[bytes]) -> list[Staged]:
    """Checks numbers that stand in several rows again, for the touched rows and all that share a number with them.

    `gone` are numbers the touched rows had before. Returns the other rows, changed where needed and not yet written.
    """
    mine = {one.pk: one for one in touched}
    others: dict[int | None, Staged] = {}
    numbers = {number for one in touched for number in one.hashes} | set(gone)
    rows = StagedHousehold.objects.filter(file=file).exclude(state=State.APPLIED)
    while numbers:
        sharing = rows.filter(person_hashes__overlap=list(numbers)).exclude(pk__in=[*mine, *others])
        found = load(sharing)
        others.update({one.pk: one for one in found})
        numbers = {number for one in found for number in one.hashes} - numbers
    set_between([*touched, *others.values()])
    return list(others.values())


def set_between(staged: Sequence[Staged]) -> None:
    """Problems between these rows; rows left for later say nothing about others.

    A row that repeats another and was taken up again counts as any other: the two cannot both be saved.
    """
    taking_part = [one.household for one in staged if not one.is_skipped]
    problems: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in between_rows(taking_part):
        problems[problem.sheet, problem.row_no].append(problem)
    for one in staged:
        one.between = [] if one.is_skipped else [p for row in one.rows for p in problems[one.sheet, row.row_no]]
