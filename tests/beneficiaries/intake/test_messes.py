"""Lists in every mess, with an answer key: every household found, no other row taken for one, no silent mistake."""

import datetime

import pytest

from beneficiaries.intake.household_rows import HouseholdRow
from beneficiaries.intake.parse import parse_sheets
from tests.beneficiaries.intake.messes import Maker, Mess

TODAY = datetime.date(2024, 11, 1)
SEEDS = range(150)


def found(row: HouseholdRow) -> dict[str, object]:
    head = row.head
    return {
        "full_name": head.full_name,
        "birth": (head.birth_date.isoformat() if head.birth_date else None, head.birth_year),
        "gender": head.gender,
        "identity_number": head.identity_number,
        "phone": row.phone,
        "ethnic_group": head.ethnic_group,
        "member_count": row.member_count,
        "hamlet": row.hamlet,
        "category": row.category,
    }


def differences(mess: Mess) -> list[str]:
    """What a reader of the result would be told wrongly and without a word."""
    parsed = parse_sheets([mess.sheet], today=TODAY)
    households = {row.row_no: row for row in parsed.households}
    wrong = [f"row {row} lost" for row in mess.answers.keys() - households.keys()]
    wrong += [
        f"row {row} is no household: {mess.sheet.rows[row - 1]}" for row in households.keys() - mess.answers.keys()
    ]
    for row_no in households.keys() & mess.answers.keys():
        answer = found(households[row_no])
        wrong += [
            f"row {row_no} {name}: {answer[name]!r} instead of {expected!r}"
            for name, expected in mess.answers[row_no].items()
            if answer[name] != expected
        ]
    return wrong


def silent_mistakes(mess: Mess) -> list[str]:
    """Planted mistakes that no problem at their row and field tells of."""
    parsed = parse_sheets([mess.sheet], today=TODAY)
    told = {(problem.row_no, problem.code) for problem in parsed.problems}
    return [
        f"row {row} {field}: none of {codes} for {mess.sheet.rows[row - 1]}"
        for row, (field, codes) in mess.planted.items()
        if not any((row, code) in told for code in codes.split())
    ]


@pytest.mark.parametrize("seed", range(60))
def test_parse_sheets_tells_of_every_mistake_at_its_row(seed):
    mess = Maker(seed, size=60, mistakes=True).make()

    assert silent_mistakes(mess) == []
    assert differences(mess)[:5] == [], mess.description


@pytest.mark.parametrize("seed", SEEDS)
def test_parse_sheets_finds_every_value_of_a_messy_list(seed):
    mess = Maker(seed).make()

    assert differences(mess)[:5] == [], mess.description
