"""Seventh step: what is wrong, doubtful or worth a note in each household, and between the rows of one file."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from beneficiaries.identity_rules import mask, parse_cccd
from beneficiaries.intake.household_rows import HouseholdRow, PersonRow
from beneficiaries.intake.problems import NOTE, PROBLEMS, Problem
from beneficiaries.names import fold

_TEST_NAME = re.compile(
    r"\b(?:test|tets|thu nghiem|asdf|qwe|aaa+|abc|xxx+|demo)\b|^nguien van [abcx]$|^(?:ho ten|vi du|mau)$|^(\w)\1+$"
)
_GENDER_PREFIX = {"Y": "M", "H": "F"}


def check_households(households: list[HouseholdRow], *, today: date) -> list[Problem]:
    """All problems of a file, those between its rows included; marks exact repeats (`repeat_of`) on the way."""
    _mark_repeats(households)
    problems = [problem for row in households for problem in check_household(row, today=today)]
    problems.extend(between_rows([row for row in households if row.repeat_of is None]))
    return problems


def check_household(row: HouseholdRow, *, today: date) -> list[Problem]:
    """The problems of one household on its own: the same for a form as for a file."""
    problems = [
        Problem(
            doubt.code, doubt.severity or PROBLEMS[doubt.code][0], doubt.field, doubt.row_no, doubt.params, doubt.fix
        )
        for doubt in row.doubts
    ]
    doubted = {(problem.field, problem.row_no) for problem in problems if problem.severity == "error"}
    for problem in _missing(row):
        if (problem.field, problem.row_no) not in doubted:
            problems.append(problem)
    for person in row.people():
        problems.extend(_check_person(person, today.year, is_head=person is row.head))
    problems.extend(_check_whole(row))
    for problem in problems:
        problem.sheet = row.sheet
    return problems


def _problem(code: str, field: str, row_no: int, fix: str | None = None, **params: Any) -> Problem:
    return Problem(code, PROBLEMS[code][0], field, row_no, params, fix)


def _missing(row: HouseholdRow) -> Iterator[Problem]:
    """What is needed to save a household and is not there (domain 9.4); without an identity number it can be saved."""
    at = row.row_no
    yield from _missing_of_head(row.head, is_year_doubled=any(doubt.code == "V57" for doubt in row.doubts))
    if not row.hamlet:
        yield _problem("V49", "hamlet", at)
    if not row.category and not _is_doubted(row, "category", "_mark"):
        yield _problem("V50", "category", at)
    if not row.head.identity_number and not _is_doubted(row, "identity_number"):
        yield _problem("V53", "identity_number", at)
    for member in row.members:
        if not member.full_name:
            yield _problem("V01", "full_name", member.row_no)


def _missing_of_head(head: PersonRow, *, is_year_doubled: bool) -> Iterator[Problem]:
    identity = parse_cccd(head.identity_number)
    if not head.full_name:
        yield _problem("V01", "full_name", head.row_no)
    if not head.gender and not is_year_doubled:
        fix = identity.gender if identity else _gender_by_name(head.full_name)
        yield _problem("V47", "gender", head.row_no, fix)
    if head.birth_year is None:
        yield _problem("V48", "birth", head.row_no, str(identity.birth_year) if identity else None)


def _is_doubted(row: HouseholdRow, *fields: str) -> bool:
    return any(doubt.field.endswith(fields) and doubt.severity != NOTE for doubt in row.doubts)


def _gender_by_name(name: str) -> str | None:
    return "F" if " Thị " in f" {name} " else None


def _check_person(person: PersonRow, this_year: int, *, is_head: bool) -> Iterator[Problem]:
    year, at = person.birth_year, person.row_no
    is_possible = year is not None and 1900 <= year <= this_year
    if year is not None and not is_possible:
        yield _problem("V10", "birth", at, year=this_year)
    elif year is not None and is_head and this_year - year < 16:
        yield _problem("V11", "birth", at)
    elif year is not None and is_head and this_year - year > 105:
        yield _problem("V12", "birth", at)
    yield from _check_number(person, year if is_possible else None)
    prefix = re.match(r"([YH])(?:[' ])", person.full_name)
    if prefix and person.gender and _GENDER_PREFIX[prefix[1]] != person.gender:
        yield _problem("V58", "gender", at, v=prefix[0].strip())


def _check_number(person: PersonRow, year: int | None) -> Iterator[Problem]:
    """The CCCD against the gender and the birth year that were entered."""
    identity = parse_cccd(person.identity_number)
    if identity is None:
        return
    if person.gender and identity.gender != person.gender:
        params = {"gender": identity.gender, "stated": person.gender}
        yield _problem("V08", "identity_number", person.row_no, **params)
    if year is not None and identity.birth_year != year:
        yield _problem("V09", "identity_number", person.row_no, a=identity.birth_year, b=year)


def _check_whole(row: HouseholdRow) -> Iterator[Problem]:
    if row.members and row.member_count is not None and row.member_count < 1 + len(row.members):
        yield _problem("V60", "member_count", row.row_no, a=1 + len(row.members), b=row.member_count)
    name = fold(row.head.full_name)
    if name and (_TEST_NAME.search(name) or (row.original_code == "999" and "test" in name)):
        yield _problem("V43", "full_name", row.row_no, r=row.row_no, v=row.head.full_name)
    if row.repeat_of is not None:
        where = f"{row.repeat_of} ({row.repeat_sheet})" if row.repeat_sheet else row.repeat_of
        yield _problem("V44", "full_name", row.row_no, r=where)


def _content(row: HouseholdRow) -> tuple[Any, ...]:
    """Everything a household says, without where it stands: equal only for exact repeats."""
    people = tuple(
        (
            p.full_name,
            p.birth_date,
            p.birth_year,
            p.gender,
            p.ethnic_group,
            p.identity_number,
            p.old_identity_number,
            p.relation,
        )
        for p in row.people()
    )
    return (
        people, row.category, row.attributes, row.hamlet, row.address, row.phone, row.member_count, row.certificate_no,
        row.recognised_year, row.original_code, row.note, row.income_score, row.deprivation_score, row.commune_text,
    )  # fmt: skip


def _mark_repeats(households: list[HouseholdRow]) -> None:
    first: dict[tuple[Any, ...], HouseholdRow] = {}
    for row in households:
        if row.head.full_name:
            earlier = first.setdefault(_content(row), row)
            row.repeat_of = None if earlier is row else earlier.row_no
            row.repeat_sheet = "" if earlier.sheet == row.sheet else earlier.sheet


def between_rows(households: list[HouseholdRow]) -> Iterator[Problem]:
    """Numbers, people and phones that stand in several of these rows."""
    yield from _same_numbers(households)
    yield from _same_people(households)
    phones: dict[str, list[HouseholdRow]] = defaultdict(list)
    for row in households:
        if row.phone:
            phones[row.phone].append(row)
    for sharing in phones.values():
        if len(sharing) > 1:
            for row in sharing:
                yield _in_sheet(row.sheet, _problem("V17", "phone", row.row_no, n=len(sharing) - 1))


def _same_numbers(households: Iterable[HouseholdRow]) -> Iterator[Problem]:
    """One identity number may stand in a file once (V19)."""
    holders: dict[str, list[tuple[str, PersonRow]]] = defaultdict(list)
    for row in households:
        for person in row.people():
            for number in (person.identity_number, person.old_identity_number):
                if number:
                    holders[number].append((row.sheet, person))
    for number, people in holders.items():
        if len(people) > 1:
            field = "identity_number" if len(number) == 12 else "old_identity_number"
            rows = _rows([(sheet, person.row_no) for sheet, person in people])
            for sheet, person in people:
                yield _in_sheet(sheet, _problem("V19", field, person.row_no, mask=mask(number), rows=rows))


def _same_people(households: list[HouseholdRow]) -> Iterator[Problem]:
    """Two versions of one household: the same head by name, birth and hamlet, unless their numbers differ (V71)."""
    versions: dict[tuple[Any, ...], list[HouseholdRow]] = defaultdict(list)
    for row in households:
        head = row.head
        known = head.birth_year or row.original_code
        if head.full_name and known:
            versions[fold(head.full_name), known, head.gender, fold(row.hamlet)].append(row)
    for rows in versions.values():
        numbers = [row.head.identity_number for row in rows if row.head.identity_number]
        if len(rows) > 1 and len(numbers) < len(rows):
            where = _rows([(row.sheet, row.row_no) for row in rows])
            for row in rows:
                yield _in_sheet(row.sheet, _problem("V71", "full_name", row.row_no, v=row.head.full_name, rows=where))


def _rows(places: list[tuple[str, int]]) -> str:
    """Row numbers as they are told: "3, 12", with the sheet's name behind them when there are several sheets."""
    if len({sheet for sheet, _ in places}) == 1:
        return ", ".join(str(row_no) for _, row_no in places)
    return ", ".join(f"{row_no} ({sheet})" for sheet, row_no in places)


def _in_sheet(sheet: str, problem: Problem) -> Problem:
    problem.sheet = sheet
    return problem
