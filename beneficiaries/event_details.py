"""The words for what the register's events hold: names of the fields, meanings of their codes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from administration.event_words import Detail, name_details
from administration.trail import HOUSEHOLDS
from beneficiaries.household_values import HOUSEHOLD_FIELDS
from beneficiaries.models import (
    Attribute,
    Category,
    Effect,
    EthnicGroup,
    ExclusionSource,
    Gender,
    Household,
    Person,
    PhoneKind,
)

_MEANINGS: dict[str, Any] = {
    "category": dict(Category.choices),
    "attributes": dict(Attribute.choices),
    "phone_kind": dict(PhoneKind.choices),
}


@cache
def _ethnic_groups() -> dict[str, str]:
    return dict(EthnicGroup.objects.values_list("code", "name"))


def _label(model: type[models.Model], name: str) -> Any:
    return getattr(model._meta.get_field(name), "verbose_name", name)


name_details(
    **{name: Detail(_label(Household, name), _MEANINGS.get(name, {})) for name in HOUSEHOLD_FIELDS},
    full_name=Detail(_label(Person, "full_name")),
    gender=Detail(_label(Person, "gender"), dict(Gender.choices)),
    birth=Detail(_("date or year of birth")),
    ethnic_group_id=Detail(_("ethnic group"), _ethnic_groups),
    relation=Detail(_label(Person, "relation")),
    attends_school=Detail(_label(Person, "attends_school")),
    identity_number=Detail(_("identity number")),
    old_identity_number=Detail(_("old identity number")),
    member_added=Detail(_("member added")),
    member_removed=Detail(_("member removed")),
    head=Detail(_("head of household")),
    former_head=Detail(_("former head")),
    people=Detail(_("members")),
    programme=Detail(_("Earlier programme")),
    given_by=Detail(_label(ExclusionSource, "giver")),
    given_kind=Detail(_label(ExclusionSource, "kind"), dict(ExclusionSource.Kind.choices)),
    given_document=Detail(_label(ExclusionSource, "document_no")),
    year=Detail(_label(ExclusionSource, "year")),
    effect=Detail(_label(ExclusionSource, "effect"), dict(Effect.choices)),
)


def _id_of(code: str) -> int | None:
    return Household.objects.filter(code=code.strip()).values_list("pk", flat=True).first()


def _codes_of(ids: Iterable[int]) -> dict[int, str]:
    return dict(Household.objects.filter(pk__in=list(ids)).values_list("pk", "code"))


HOUSEHOLDS.id_of, HOUSEHOLDS.codes_of = _id_of, _codes_of
