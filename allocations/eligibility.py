"""Who may be on a list and in which order. Pure: facts in, reasons out; every reason is a sentence for the household.

Order: TT 14/2022/TT-BTTTT, Điều 17, as rows of PriorityRule; ties as in the programme's procedure (poor before
near-poor, higher deprivation, more members, older head, earlier registration).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from allocations.models import Flag, PriorityRule, Round
from beneficiaries.models import Category, PhoneKind

CATEGORY_ORDER = {Category.POOR: 0, Category.NEAR_POOR: 1, Category.SOCIAL_POLICY: 2, Category.OTHER_POLICY: 3}


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
    has_live_allocation: bool = False
    has_helped_member: bool = False


@dataclass(frozen=True)
class Blocker:
    """Why a household cannot be on the list; `article` is what it rests on."""

    code: str
    message: str | Promise
    article: str = ""


def find_blockers(candidate: Candidate, round: Round) -> list[Blocker]:
    """Every reason at once, so that nobody is turned away twice."""
    blockers = []
    if candidate.category not in round.categories:
        message = _("The source “%(source)s” does not pay for this category.")
        blockers.append(Blocker("KTD", message % {"source": round.get_source_display()}))
    if candidate.prior_device:
        message = _("The household already received a device: %(device)s.")
        blockers.append(
            Blocker("DA_NHAN", message % {"device": candidate.prior_device}, "TT 14/2022/TT-BTTTT, Điều 15")
        )
    if round.refuses_smartphone_owners and candidate.phone_kind == PhoneKind.SMART:
        blockers.append(Blocker("CO_MAY", _("The household already has a smartphone.")))
    if candidate.has_live_allocation:
        message = _("The household already has a device or is on a list. Each household is helped once.")
        blockers.append(Blocker("TRUNG", message))
    elif candidate.has_helped_member:
        message = _("A member of this household has already been helped, or is on a list, with another household.")
        blockers.append(Blocker("TRUNG", message))
    return blockers


def reasons_against(candidate: Candidate, round: Round, rules: Sequence[PriorityRule]) -> list[Blocker]:
    """Why a household is not on the list of the round; empty: it belongs there."""
    blockers = find_blockers(candidate, round)
    if not blockers and rule_for(candidate, rules) is None:
        blockers.append(Blocker("KTD", _("No line of this round's order of priority fits the household.")))
    return blockers


def rule_for(candidate: Candidate, rules: Sequence[PriorityRule]) -> PriorityRule | None:
    """The first rule that fits, or None: the household has no place in this round's order."""
    for rule in rules:
        if candidate.category in rule.categories and (
            not rule.attributes or candidate.attributes.intersection(rule.attributes)
        ):
            return rule
    return None


def rank_key(candidate: Candidate, group: int) -> tuple[int, int, int, int, int, datetime.datetime, int]:
    """Sorts candidates of one list; every element is one criterion of the procedure, in its order."""
    category_key = CATEGORY_ORDER.get(Category(candidate.category), 9)
    deprivation_key = -candidate.deprivation_score
    members_key = -candidate.member_count
    age_key = candidate.head_birth_year
    return group, category_key, deprivation_key, members_key, age_key, candidate.registered_at, candidate.household_id


def in_order(candidates: Iterable[Candidate], rules: Sequence[PriorityRule]) -> list[tuple[Candidate, PriorityRule]]:
    """Candidates with a place, best first, each with the rule that gives its group."""
    placed = [(candidate, rule) for candidate in candidates if (rule := rule_for(candidate, rules)) is not None]
    return sorted(placed, key=lambda pair: rank_key(pair[0], pair[1].position))


def flags_of(candidate: Candidate, *, has_namesake: bool) -> list[str]:
    """What a reviewer must look at before deciding."""
    flags = []
    if not candidate.has_identity:
        flags.append(Flag.NO_IDENTITY.value)
    if not candidate.has_certificate:
        flags.append(Flag.NO_CERTIFICATE.value)
    if has_namesake:
        flags.append(Flag.NAMESAKE.value)
    return flags


def decision_blockers(flags: Iterable[str]) -> list[Blocker]:
    """What forbids an approval, whatever the reviewer thinks: who receives the device must be known exactly."""
    if Flag.NO_IDENTITY in flags:
        return [Blocker("THIEU_HS", _("The identity number is missing; it is needed before approval."))]
    return []
