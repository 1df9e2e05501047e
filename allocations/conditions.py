"""The conditions that staff choose, as questions to the facts of a household. Pure: whether one holds, and in words."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from administration.models import AreaKind
from administration.typed import number_in
from allocations.models import Condition, ConditionKind
from beneficiaries.models import Attribute, Category, PhoneKind

Kind = ConditionKind


@dataclass(frozen=True)
class Received:
    """A list of an earlier programme that names the household. `stands`: proved by number or confirmed by somebody."""

    source_id: int
    label: str
    blocks: bool
    stands: bool


@dataclass(frozen=True)
class Candidate:
    """What the rules look at. `has_live_allocation`: already on a list or helped, in whatever round;
    `has_helped_member`: so is one of its members, through another household.
    """

    household_id: int
    category: str
    attributes: frozenset[str]
    phone_kind: str
    prior_device: str
    has_identity: bool
    has_certificate: bool
    member_count: int
    head_birth_year: int
    deprivation_score: int
    registered_at: datetime.datetime
    recognised_year: int | None = None
    area_class: str = "unknown"
    has_live_allocation: bool = False
    has_helped_member: bool = False
    received: tuple[Received, ...] = ()


# Codes of reasons (domain: why a household is not eligible), where they differ from "not covered".
CODES: dict[str, str] = {
    Kind.NO_PRIOR_DEVICE: "DA_NHAN",
    Kind.PHONE: "CO_MAY",
    Kind.RECOGNISED: "THOAT",
    Kind.CERTIFICATE: "THIEU_HS",
}

TESTS: dict[str, Callable[[Candidate, Sequence[str]], bool]] = {
    Kind.CATEGORY: lambda c, chosen: c.category in chosen,
    Kind.RECOGNISED: lambda c, chosen: c.recognised_year is not None and c.recognised_year >= _number(chosen),
    Kind.NO_PRIOR_DEVICE: lambda c, _chosen: not c.prior_device,
    Kind.PHONE: lambda c, chosen: c.phone_kind in chosen,
    Kind.ANY_OF: lambda c, chosen: not c.attributes.isdisjoint(chosen),
    Kind.NONE_OF: lambda c, chosen: c.attributes.isdisjoint(chosen),
    Kind.AREA_CLASS: lambda c, chosen: c.area_class in chosen,
    Kind.CERTIFICATE: lambda c, _chosen: c.has_certificate,
    Kind.MEMBERS: lambda c, chosen: c.member_count >= _number(chosen),
}


def holds(condition: Condition, candidate: Candidate) -> bool:
    return TESTS[condition.kind](candidate, condition.values)


def sentence(condition: Condition) -> str:
    """The condition as staff read it, with what was chosen."""
    chosen = in_words(condition)
    return f"{condition.get_kind_display()}: {chosen}" if chosen else str(condition.get_kind_display())


def in_words(condition: Condition) -> str:
    labels = CHOICES.get(condition.kind, {})
    return ", ".join(str(labels.get(value, value)) for value in condition.values)


def why_not(condition: Condition, candidate: Candidate) -> str:
    """Why it does not hold for this household: what is, against what is asked."""
    if condition.kind == Kind.NO_PRIOR_DEVICE:
        return _("The household already received a device: %(device)s.") % {"device": candidate.prior_device}
    if condition.kind == Kind.PHONE and candidate.phone_kind == PhoneKind.SMART:
        return _("The household already has a smartphone.")
    return _("Not fulfilled: %(condition)s (recorded: %(fact)s).") % {
        "condition": sentence(condition), "fact": fact(condition, candidate)
    }  # fmt: skip


def fact(condition: Condition, candidate: Candidate) -> str:
    """What the register holds on the matter of the condition."""
    labels = {key: str(label) for key, label in CHOICES.get(condition.kind, {}).items()}
    nothing = _("nothing")
    found: dict[str, object] = {
        Kind.CATEGORY: labels.get(candidate.category, candidate.category),
        Kind.RECOGNISED: candidate.recognised_year or nothing,
        Kind.NO_PRIOR_DEVICE: candidate.prior_device or nothing,
        Kind.PHONE: labels.get(candidate.phone_kind, candidate.phone_kind),
        Kind.ANY_OF: ", ".join(labels.get(a, a) for a in sorted(candidate.attributes)) or nothing,
        Kind.NONE_OF: ", ".join(labels.get(a, a) for a in sorted(candidate.attributes)) or nothing,
        Kind.AREA_CLASS: labels.get(candidate.area_class, candidate.area_class),
        Kind.CERTIFICATE: _("a certificate number") if candidate.has_certificate else nothing,
        Kind.MEMBERS: candidate.member_count,
    }
    return str(found[condition.kind])


def _number(chosen: Sequence[str]) -> int:
    return number_in(chosen[0]) or 0 if chosen else 0


CHOICES: dict[str, dict[str, object]] = {
    Kind.CATEGORY: {code: label for code, label in Category.choices if code != Category.NONE},
    Kind.PHONE: dict(PhoneKind.choices),
    Kind.ANY_OF: dict(Attribute.choices),
    Kind.NONE_OF: dict(Attribute.choices),
    Kind.AREA_CLASS: dict(AreaKind.choices),
}
