"""What the register says about a household on the form: numbers that are taken, phones and people seen before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from administration.models import Area, Officer
from beneficiaries.identity_rules import mask
from beneficiaries.intake.household_rows import HouseholdRow
from beneficiaries.intake.problems import ERROR, WARNING, problem_message
from beneficiaries.intake.register_problems import register_problem, sentence
from beneficiaries.models import Household, Person
from beneficiaries.names import fold
from beneficiaries.received_store import sources_of_numbers
from beneficiaries.registered import holders_of


@dataclass(frozen=True, slots=True)
class Finding:
    """Like an intake Problem, with its sentence made already."""

    severity: str
    field: str
    row_no: int
    text: str
    fix: str | None = None


def against_register(row: HouseholdRow, area: Area, household: Household | None, *, by: Officer) -> Iterator[Finding]:
    """Everything the register objects to; `household` is the one being changed, which does not object to itself."""
    own = household.pk if household else None
    yield from _taken_numbers(row, own)
    yield from _received(row)
    yield from _shared_phone(row, own, by)
    if household is None:
        yield from _namesakes(row, area)


def _taken_numbers(row: HouseholdRow, own: int | None) -> Iterator[Finding]:
    holders = holders_of(person.identity_number for person in row.people())
    seen: set[str] = set()
    for person in row.people():
        number = person.identity_number
        if number and number in seen:
            text = _("The identity number %(number)s is given to two members.") % {"number": mask(number)}
            yield Finding(ERROR, "identity_number", person.row_no, text)
        seen.add(number)
        holder = holders.get(number)
        if holder and holder.household_id != own:
            yield Finding(ERROR, "identity_number", person.row_no, holder.sentence(number))


def _received(row: HouseholdRow) -> Iterator[Finding]:
    """Numbers on the list of an earlier programme: registered all the same, not helped again."""
    people = list(row.people())
    found = sources_of_numbers(n for p in people for n in (p.identity_number, p.old_identity_number))
    for person in people:
        for number in (person.identity_number, person.old_identity_number):
            for source in found.get(number, []):
                problem = register_problem(
                    "V21", "identity_number", person.row_no, "", mask=mask(number), source=str(source)
                )
                yield Finding(WARNING, "identity_number", person.row_no, sentence(problem))


def _shared_phone(row: HouseholdRow, own: int | None, by: Officer) -> Iterator[Finding]:
    if not row.phone:
        return
    alike = Household.objects.visible_to(by).listed().filter(phone=row.phone).exclude(phone="")
    others = alike.exclude(pk=own or 0).count()
    if others:
        yield Finding(WARNING, "phone", 0, problem_message("V17", {"n": others}))


def _namesakes(row: HouseholdRow, area: Area) -> Iterator[Finding]:
    """Somebody of the same name (tones aside) and year in this commune: perhaps the same household twice."""
    if row.head.birth_year is None:
        return
    people = Person.objects.filter(
        search_key=fold(row.head.full_name), birth_year=row.head.birth_year, is_live=True, area=area
    ).select_related("household")
    for person in people[:3]:
        text = _("This looks like %(name)s, born %(year)s, %(hamlet)s, household %(code)s. Is it the same household?")
        seen = {"name": person.full_name, "year": str(person.birth_year)}
        seen |= {"hamlet": person.household.hamlet, "code": person.household.code}
        yield Finding(WARNING, "full_name", 0, text % seen)
