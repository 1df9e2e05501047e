"""What a form says while it is typed: what a number tells, how a date was read, what the checks object to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext as _

from administration.models import Area, Level
from beneficiaries.forms.entry import HouseholdEntry, Remark
from beneficiaries.identity_rules import parse_cccd
from beneficiaries.intake.household_rows import PersonRow
from beneficiaries.models import Gender


@dataclass(slots=True)
class Told:
    """About one person. `id` is "head" or the member's prefix; `facts` are no objections."""

    id: str
    facts: list[str] = field(default_factory=list)
    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


def told_while_typing(entry: HouseholdEntry) -> list[Told]:
    """One for the head and one for each row of a member, in the order of the form. One query for names of provinces."""
    entry.look_over()
    people = dict(entry.people_by_form())
    provinces = _provinces(people.values())
    told = []
    for form in (entry.form, *entry.members.forms):
        person = people.get(form)
        one = Told(form.prefix or "head")
        if person is not None:
            one.facts = list(_facts(form, person, provinces))
        one.errors = [remark for remark in entry.errors if _is_about(remark, form)]
        one.warnings = [remark for remark in entry.warnings if _is_about(remark, form)]
        told.append(one)
    return told


def _is_about(remark: Remark, form: forms.Form) -> bool:
    """Whether a remark is about something that was typed in this form; what is still empty is no mistake yet."""
    return any(form[name].html_name == remark.name and bool(form[name].value()) for name in form.fields)


def _facts(form: forms.Form, person: PersonRow, provinces: dict[str, str]) -> Iterator[str]:
    identity = parse_cccd(person.identity_number)
    if identity and form["identity_number"].value():
        said = [str(Gender(identity.gender).label), str(identity.birth_year), provinces.get(identity.province[1:], "")]
        yield _("The number says: %(facts)s") % {"facts": ", ".join(filter(None, said))}
    typed = str(form["birth"].value() or "").strip()
    if typed and person.birth_date and person.birth_precision == "day" and typed != f"{person.birth_date:%d/%m/%Y}":
        yield _("Date of birth read as %(day)s") % {"day": f"{person.birth_date:%d/%m/%Y}"}


def _provinces(people: Iterable[PersonRow]) -> dict[str, str]:
    """GSO code of two digits -> name, for the provinces that the numbers of these people name."""
    found = [parse_cccd(person.identity_number) for person in people]
    codes = {identity.province[1:] for identity in found if identity and identity.province.startswith("0")}
    if not codes:
        return {}
    return dict(Area.objects.filter(level=Level.PROVINCE, code__in=codes).values_list("code", "short_name"))
