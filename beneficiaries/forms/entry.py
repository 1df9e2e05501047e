"""One household on its form: bound fields of head and members, the checks of the import, the values for the action."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Area, Officer
from beneficiaries.forms.against_register import against_register
from beneficiaries.forms.household import PREFIX, HouseholdForm, MemberForm, MemberFormSet
from beneficiaries.forms.reading import Reader, TypedPerson
from beneficiaries.household_values import KEEP, HouseholdValues, PersonValues
from beneficiaries.intake.check import check_household
from beneficiaries.intake.household_rows import HouseholdRow, PersonRow
from beneficiaries.intake.problems import ERROR, WARNING, Problem, problem_message
from beneficiaries.intake.value_words import is_blank
from beneficiaries.models import Gender, Household, Person

BLANK_ROWS = 3  # a household has four people on average


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about one field, for the summary: `fix` would settle it, `name` is the field it goes into."""

    text: str
    url: str
    name: str = ""
    fix: str = ""
    fix_words: str = ""


class HouseholdEntry:
    """Use: `entry.is_valid()`, then `entry.values()`; else show `form`, `members`, `errors` and `warnings`."""

    def __init__(
        self, officer: Officer, area: Area, *, household: Household | None = None, data: QueryDict | None = None,
        hamlet: str = "",
    ) -> None:  # fmt: skip
        self.officer, self.area, self.household = officer, area, household
        self.people = (
            {p.pk: p for p in household.members.select_related("ethnic_group").order_by("pk")} if household else {}
        )
        self.registered_head = next((p for p in self.people.values() if p.is_head), None)
        self.form = HouseholdForm(data, area=area, initial=self._initial() if household else {"hamlet": hamlet})
        self.members = MemberFormSet(data, prefix=PREFIX, initial=self._initial_members())
        if data is None and household is None:
            self.form.fields["identity_number"].widget.attrs["autofocus"] = True
        self.errors: list[Remark] = []
        self.warnings: list[Remark] = []
        self.row: HouseholdRow | None = None
        self._filled: list[MemberForm] = []  # decided once: an error takes the value out of cleaned_data

    # ---- showing -----------------------------------------------------------------------------------------------------
    def _initial(self) -> dict[str, Any]:
        household, head = self.household, self.registered_head
        if household is None or head is None:
            return {}
        columns = (
            "hamlet", "address", "category", "attributes", "recognised_year", "certificate_no", "member_count",
            "phone", "phone_kind", "prior_device", "prior_device_year", "note",
        )  # fmt: skip
        return {
            **{name: getattr(household, name) for name in columns},
            "full_name": head.full_name,
            "birth": head.birth_text,
            "gender": head.gender,
            "ethnic_group": head.ethnic_group.name if head.ethnic_group else "",
            "phien_ban": household.version,
        }

    def _initial_members(self) -> list[dict[str, Any]]:
        others = [p for p in self.people.values() if not p.is_head]
        rows: list[dict[str, Any]] = [
            {"person": p.pk, "full_name": p.full_name, "birth": p.birth_text, "gender": p.gender,
             "relation": p.relation, "attends_school": p.attends_school}
            for p in others
        ]  # fmt: skip
        return rows + [{}] * (1 if self.household else BLANK_ROWS)

    def forget_errors(self) -> None:
        """For a form that is only drawn again, with one more row or a suggested value."""
        for form in (self.form, *self.members.forms):
            form.full_clean()
            form.errors.clear()

    def focus_on(self, name: str) -> None:
        """Puts the cursor into the field with this name in the page, if there is one."""
        for form in (self.form, *self.members.forms):
            for field in form:
                if field.html_name == name:
                    field.field.widget.attrs["autofocus"] = True

    def focus_on_last_member(self) -> None:
        self.members.forms[-1].fields["full_name"].widget.attrs.update({"autofocus": True, "data-focus": True})

    @property
    def held_number(self) -> str:
        return self.registered_head.identity_number if self.registered_head else ""

    @property
    def held_old_number(self) -> str:
        return self.registered_head.old_identity_number if self.registered_head else ""

    def held(self, form: forms.Form) -> Person | None:
        """The registered person that a form is about."""
        if form is self.form:
            return self.registered_head
        number = form["person"].value()
        return self.people.get(int(number)) if str(number or "").isdigit() else None

    def member_rows(self) -> Iterator[tuple[forms.Form, Person | None]]:
        return ((form, self.held(form)) for form in self.members.forms)

    # ---- checking ----------------------------------------------------------------------------------------------------
    def is_valid(self) -> bool:
        """Whether nothing is wrong, and every doubt has been looked at."""
        if not (self.form.is_valid() & self.members.is_valid()):
            self._collect_field_errors()
            return False
        self._check()
        return not self.errors and (not self.warnings or self.form.cleaned_data["da_xem"] == self.signature)

    def look_over(self) -> None:
        """Checks what has been typed so far; fields that are empty or not understood count as empty."""
        self.form.is_valid()
        self.members.is_valid()
        self._check()

    def _check(self) -> None:
        self._filled = [f for f in self.members.forms if not f.cleaned_data.get("remove") and not f.is_empty]
        said = _said(self.form)
        self.row = Reader().read(
            said,
            TypedPerson(said, self.registered_head),
            [TypedPerson(_said(form), self.held(form)) for form in self._filled],
        )
        for problem in self._problems(self.row):
            self._take(problem, problem_message(problem.code, problem.params))
        for finding in against_register(self.row, self.commune(), self.household, by=self.officer):
            self._take(finding, finding.text)

    def people_by_form(self) -> Iterator[tuple[forms.Form, PersonRow]]:
        """The people as they were read, after a check."""
        assert self.row is not None  # noqa: S101 - is_valid() or look_over() came before
        yield self.form, self.row.head
        yield from zip(self._filled, self.row.members, strict=True)

    @property
    def signature(self) -> str:
        """The doubts that were shown: a tick holds for them and for no others."""
        shown = "\n".join(sorted(f"{remark.name} {remark.text}" for remark in self.warnings))
        return hashlib.sha256(shown.encode()).hexdigest()[:16]

    def commune(self) -> Area:
        number = self.form.cleaned_data.get("xa")
        return Area.objects.get(pk=number) if number else self.area

    def _problems(self, row: HouseholdRow) -> Iterator[Problem]:
        yield from check_household(row, today=timezone.localdate())
        for member in row.members:
            doubted = {doubt.field for doubt in row.doubts if doubt.row_no == member.row_no}
            if not member.gender:
                yield Problem("V47", ERROR, "gender", member.row_no)
            if member.birth_year is None and "birth" not in doubted:
                yield Problem("V48", ERROR, "birth", member.row_no)

    def _take(self, problem: Any, text: str) -> None:
        form: forms.Form = self._filled[problem.row_no - 1] if problem.row_no else self.form
        name = problem.field if problem.field in form.fields else next(iter(form.fields))
        remark = self._remark(form, name, text, problem.fix or "")
        if problem.severity == ERROR:
            form.add_error(name, text)
            self.errors.append(remark)
        elif problem.severity == WARNING:
            self.warnings.append(remark)

    def _collect_field_errors(self) -> None:
        for form in (self.form, *self.members.forms):
            for name, sentences in form.errors.items():
                self.errors += [self._remark(form, name, str(sentence), "") for sentence in sentences]
        self.errors += [Remark(str(sentence), "") for sentence in self.members.non_form_errors()]

    def _remark(self, form: forms.Form, name: str, text: str, fix: str) -> Remark:
        field = form[name]
        words = f"{field.label}: {text}"
        if form is not self.form:
            number = [*self.members.forms].index(form) + 1  # type: ignore[arg-type]
            words = _("Member %(number)d, %(problem)s") % {"number": number, "problem": words}
        url = f"#{field.id_for_label or f'{field.auto_id}_0'}"
        return Remark(words, url, field.html_name, fix, dict(Gender.choices).get(fix, fix) if name == "gender" else fix)  # type: ignore[arg-type]

    # ---- saving ------------------------------------------------------------------------------------------------------
    @property
    def version(self) -> int:
        return self.form.cleaned_data.get("phien_ban") or 0

    def values(self) -> HouseholdValues:
        assert self.row is not None  # noqa: S101 - is_valid() came before
        row, said = self.row, self.form.cleaned_data
        members = [self._person(r, form) for r, form in zip(row.members, self._filled, strict=True)]
        return HouseholdValues(
            area_no=self.commune().number, head=self._person(row.head, self.form), members=members, hamlet=row.hamlet,
            address=row.address, category=row.category, attributes=list(row.attributes),
            recognised_year=row.recognised_year, certificate_no=row.certificate_no,
            member_count=row.member_count or 1 + len(members), phone=row.phone, phone_kind=row.phone_kind,
            prior_device=row.prior_device, prior_device_year=said["prior_device_year"], note=row.note,
        )  # fmt: skip

    def _person(self, row: PersonRow, form: forms.Form) -> PersonValues:
        registered = self.held(form)
        return PersonValues(
            full_name=row.full_name, gender=row.gender, birth_year=row.birth_year or 0, birth_date=row.birth_date,
            birth_precision=row.birth_precision or "year", relation=row.relation,
            ethnic_group=self._ethnic_group(row, form, registered),
            attends_school=form.cleaned_data.get("attends_school", False),
            identity_number=_number(row.identity_number, form, "identity_number", registered),
            old_identity_number=_number(row.old_identity_number, form, "old_identity_number", registered),
            person_id=registered.pk if registered else None,
        )  # fmt: skip

    def _ethnic_group(self, row: PersonRow, form: forms.Form, registered: Person | None) -> str:
        if "ethnic_group" in form.fields:
            return row.ethnic_group
        return (registered.ethnic_group_id or "") if registered else ""


def _said(form: forms.Form) -> dict[str, Any]:
    """The cleaned fields; those that were refused are empty."""
    nothing: dict[type, Any] = {forms.MultipleChoiceField: [], forms.IntegerField: None, forms.BooleanField: False}
    empty = {name: nothing.get(type(field), "") for name, field in form.fields.items()}
    return empty | form.cleaned_data


def _number(read: str, form: forms.Form, name: str, registered: Person | None) -> str | None:
    """What was read when something was typed, KEEP when nothing was, "" when a dash was typed to remove the number."""
    typed = form.cleaned_data.get(name, "")
    if registered is None:
        return read
    held = getattr(registered, name)
    if not typed:
        return KEEP if read == held else read
    return "" if is_blank(typed) else read
