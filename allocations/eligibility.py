"""Who may be on a list and in which order. Pure: facts in, reasons out; every reason is a sentence for the household.

Conditions, order (TT 14/2022/TT-BTTTT, Điều 15 and 17) and ties are rows of a version of the rules (RuleBook).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from allocations.conditions import CODES, Candidate, Received, holds, why_not
from allocations.models import Condition, Flag, PriorityRule, RoundSupport, SupportForm, Tie
from allocations.models.rules import usual_ties
from beneficiaries.models import Attribute, Category, Effect, PhoneKind

CATEGORY_ORDER: dict[str, int] = {
    Category.POOR: 0,
    Category.NEAR_POOR: 1,
    Category.SOCIAL_POLICY: 2,
    Category.OTHER_POLICY: 3,
}


@dataclass(frozen=True)
class Blocker:
    """Why a household cannot be on the list; `article` is what it rests on."""

    code: str
    message: str | Promise
    article: str = ""


@dataclass(frozen=True)
class RuleBook:
    """A version of a round's rules with everything that decides on a household; rows that hold on the day, in order.

    `effects`: earlier programme -> what its list means in this round, where that is not what the list says itself.
    """

    version: int | None
    categories: Sequence[str]
    supports: Sequence[RoundSupport] = ()
    conditions: Sequence[Condition] = ()
    rules: Sequence[PriorityRule] = ()
    ties: Sequence[str] = field(default_factory=usual_ties)
    effects: Mapping[int, str] = field(default_factory=dict)


def find_blockers(candidate: Candidate, book: RuleBook) -> list[Blocker]:
    """Every reason at once, so that nobody is turned away twice."""
    blockers = []
    if book.supports and support_for(candidate, book.supports) is None:
        blockers.append(Blocker("KTD", not_paid_for(book.supports)))
    elif candidate.category not in book.categories:
        blockers.append(Blocker("KTD", _("This round is not for the category of the household.")))
    for condition in book.conditions:
        if not holds(condition, candidate):
            blockers.append(
                Blocker(CODES.get(condition.kind, "KTD"), why_not(condition, candidate), condition.legal_basis)
            )
    if received := received_from(candidate, book):
        blockers.append(
            Blocker(
                "DA_NHAN",
                _("Has received from an earlier programme: %(programme)s.") % {"programme": ", ".join(received)},
            )
        )
    if candidate.has_live_allocation:
        message = _("The household already has a device or is on a list. Each household is helped once.")
        blockers.append(Blocker("TRUNG", message))
    elif candidate.has_helped_member:
        message = _("A member of this household has already been helped, or is on a list, with another household.")
        blockers.append(Blocker("TRUNG", message))
    return blockers


def received_from(candidate: Candidate, book: RuleBook) -> list[str]:
    """Earlier programmes from which the household has received, as far as that keeps it out of the round."""
    standing = [one for one in candidate.received if one.stands and _blocks(one, book)]
    return list(dict.fromkeys(one.label for one in standing))


def _blocks(one: Received, book: RuleBook) -> bool:
    own = book.effects.get(one.source_id)
    return one.blocks if own is None else own == Effect.BLOCKS


def reasons_against(candidate: Candidate, book: RuleBook) -> list[Blocker]:
    """Why a household is not on the list of the round; empty: it belongs there."""
    blockers = find_blockers(candidate, book)
    if not blockers and rule_for(candidate, book.rules) is None:
        blockers.append(Blocker("KTD", _("No line of this round's order of priority fits the household.")))
    return blockers


def support_for(candidate: Candidate, supports: Sequence[RoundSupport]) -> RoundSupport | None:
    """The first form of support that somebody pays for the household; cash only where the household asks for it."""
    for support in supports:
        if support.form != SupportForm.CASH and may_have(candidate, support):
            return support
    return next((support for support in supports if may_have(candidate, support)), None)


def may_have(candidate: Candidate, support: RoundSupport) -> bool:
    """Whether the source pays for the category; tablets are for households with a pupil (TT 09/2022/TT-BTTTT)."""
    if support.form == SupportForm.TABLET and Attribute.PUPIL not in candidate.attributes:
        return False
    return candidate.category in support.source.categories


def not_paid_for(supports: Sequence[RoundSupport]) -> str:
    names = "; ".join(dict.fromkeys(str(support.source) for support in supports))
    return _("The source “%(source)s” does not pay for this category.") % {"source": names}


def rule_for(candidate: Candidate, rules: Sequence[PriorityRule]) -> PriorityRule | None:
    """The first rule that fits, or None: the household has no place in this round's order."""
    return next((rule for rule in rules if fits(rule, candidate)), None)


def fits(rule: PriorityRule, candidate: Candidate) -> bool:
    return (
        candidate.category in rule.categories
        and (not rule.attributes or not candidate.attributes.isdisjoint(rule.attributes))
        and (not rule.area_classes or candidate.area_class in rule.area_classes)
    )


TIE_KEYS: dict[str, Callable[[Candidate], Any]] = {
    Tie.POORER_CATEGORY: lambda c: CATEGORY_ORDER.get(c.category, 9),
    Tie.DEPRIVATION: lambda c: -c.deprivation_score,
    Tie.NO_PHONE: lambda c: c.phone_kind == PhoneKind.SMART,
    Tie.PUPIL: lambda c: Attribute.PUPIL not in c.attributes,
    Tie.MORE_MEMBERS: lambda c: -c.member_count,
    Tie.OLDER_HEAD: lambda c: c.head_birth_year,
    Tie.REGISTERED: lambda c: c.registered_at,
}


def rank_key(candidate: Candidate, group: int, ties: Sequence[str] | None = None) -> tuple[Any, ...]:
    """Sorts candidates of one list; every element is one criterion, in the order of the version."""
    return (
        group, *(TIE_KEYS[tie](candidate) for tie in (usual_ties() if ties is None else ties)), candidate.household_id
    )  # fmt: skip


def in_order(
    candidates: Iterable[Candidate], rules: Sequence[PriorityRule], ties: Sequence[str] | None = None
) -> list[tuple[Candidate, PriorityRule]]:
    """Candidates with a place, best first, each with the rule that gives its group."""
    ties = usual_ties() if ties is None else ties
    placed = [(candidate, rule) for candidate in candidates if (rule := rule_for(candidate, rules)) is not None]
    return sorted(placed, key=lambda pair: rank_key(pair[0], pair[1].position, ties))


def flags_of(candidate: Candidate, book: RuleBook, *, has_namesake: bool) -> list[str]:
    """What a reviewer must look at before deciding. The database marks lines alike when a list comes later."""
    flags = []
    if not candidate.has_identity:
        flags.append(Flag.NO_IDENTITY.value)
    if not candidate.has_certificate:
        flags.append(Flag.NO_CERTIFICATE.value)
    if has_namesake:
        flags.append(Flag.NAMESAKE.value)
    if received_from(candidate, book):
        flags.append(Flag.RECEIVED.value)
    elif candidate.received:
        flags.append(Flag.MAY_HAVE_RECEIVED.value)
    return flags


def decision_blockers(flags: Iterable[str]) -> list[Blocker]:
    """What forbids an approval, whatever the reviewer thinks: it must be known exactly who receives, and only once."""
    found, flags = [], set(flags)
    if Flag.NO_IDENTITY in flags:
        found.append(Blocker("THIEU_HS", _("The identity number is missing; it is needed before approval.")))
    if Flag.RECEIVED in flags:
        found.append(Blocker("DA_NHAN", _("The household has received from an earlier programme.")))
    return found
