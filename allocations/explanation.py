"""Why a household stands where it stands: every condition and group with its article. Pure: facts in, words out."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.conditions import CHOICES, Candidate, fact, sentence
from allocations.conditions import holds as condition_holds
from allocations.eligibility import RuleBook, find_blockers, fits, not_paid_for, received_from, rule_for, support_for
from allocations.models import Condition, ConditionKind, PriorityRule, RoundSupport, Tie
from beneficiaries.models import Attribute, Category


@dataclass(frozen=True)
class Finding:
    """One condition: what is asked, what the register holds, and what would have to change for it to hold."""

    asked: str
    found: str
    holds: bool
    article: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class GroupFinding:
    """One line of the order of priority; `missing`: what keeps the household out of it ("" when it fits)."""

    rule: PriorityRule
    fits: bool
    missing: str = ""

    @property
    def article(self) -> str:
        return self.rule.legal_basis


@dataclass(frozen=True)
class Explanation:
    """`ties`: what decides between households of the same group, with this household's value."""

    version: int | None
    findings: list[Finding]
    groups: list[GroupFinding]
    rule: PriorityRule | None
    support: RoundSupport | None
    ties: list[tuple[str, str]]
    places: list[str] = field(default_factory=list)  # the first of these values in words, for one line

    @property
    def is_eligible(self) -> bool:
        return self.rule is not None and all(finding.holds for finding in self.findings)


def explain(candidate: Candidate, book: RuleBook) -> Explanation:
    """All conditions, those that hold and those that fail; every group up to the one that fits."""
    rule = rule_for(candidate, book.rules)
    groups = [GroupFinding(one, fits(one, candidate), _missing(one, candidate)) for one in book.rules]
    if rule is not None:
        groups = [found for found in groups if found.rule.position <= rule.position]
    return Explanation(
        version=book.version,
        findings=[
            *_of_round(candidate, book),
            *(_of_condition(c, candidate) for c in book.conditions),
            *_of_earlier_programmes(candidate, book),
            _once(candidate),
        ],
        groups=groups,
        rule=rule,
        support=support_for(candidate, book.supports),
        ties=[(str(Tie(tie).label), _value(tie, candidate)) for tie in book.ties],
        places=[words for tie in book.ties if (words := _in_short(tie, candidate))][:2],
    )


def _of_round(candidate: Candidate, book: RuleBook) -> list[Finding]:
    """Whom the round is for, and who pays for them."""
    category = _category(candidate.category)
    covered = ", ".join(_category(code) for code in book.categories)
    found = [
        Finding(
            _("The round is for: %(categories)s") % {"categories": covered}, category,
            holds=candidate.category in book.categories,
            remedy=_("The household would have to be of one of these categories."),
        )
    ]  # fmt: skip
    if book.supports:
        support = support_for(candidate, book.supports)
        found.append(
            Finding(
                _("A funding source pays for the category"),
                str(support) if support else not_paid_for(book.supports),
                holds=support is not None,
                article=support.source.legal_basis if support else "",
                remedy=_("Another source would have to pay for this category."),
            )
        )
    return found


def _of_condition(condition: Condition, candidate: Candidate) -> Finding:
    return Finding(
        sentence(condition), fact(condition, candidate), holds=condition_holds(condition, candidate),
        article=condition.legal_basis, remedy=_remedy(condition),
    )  # fmt: skip


def _of_earlier_programmes(candidate: Candidate, book: RuleBook) -> list[Finding]:
    """Only where a list names the household: most have never been on one."""
    if not candidate.received:
        return []
    received = received_from(candidate, book)
    found = ", ".join(received or dict.fromkeys(one.label for one in candidate.received))
    return [
        Finding(
            _("Has not received from an earlier programme"),
            found if received else _("to be looked at: %(programme)s") % {"programme": found},
            holds=not received,
            remedy=_("Somebody would have to find that this was another person."),
        )
    ]


def _remedy(condition: Condition) -> str:
    remedies: dict[str, str] = {
        ConditionKind.RECOGNISED: _("Record the year for which the household is recognised now."),
        ConditionKind.NO_PRIOR_DEVICE: _("Nothing, unless the record of the earlier device is wrong."),
        ConditionKind.PHONE: _("Mend the record, if the phone in use is another one."),
        ConditionKind.CERTIFICATE: _("Record the number of the certificate."),
    }
    return remedies.get(condition.kind, _("Mend the record of the household, if it is wrong."))


def _once(candidate: Candidate) -> Finding:
    found = _("no other support is recorded")
    if candidate.has_live_allocation:
        found = _("already on a list or helped")
    elif candidate.has_helped_member:
        found = _("a member is helped, or on a list, with another household")
    return Finding(
        _("Each household and each person is helped once"), found,
        holds=not (candidate.has_live_allocation or candidate.has_helped_member),
        remedy=_("The other line would have to be withdrawn or decided otherwise."),
    )  # fmt: skip


def _missing(rule: PriorityRule, candidate: Candidate) -> str:
    """What a household would need to fit a rule, in words; "" when it fits."""
    missing = []
    if candidate.category not in rule.categories:
        missing.append(_("category %(categories)s") % {"categories": ", ".join(map(_category, rule.categories))})
    if rule.attributes and candidate.attributes.isdisjoint(rule.attributes):
        names = dict(Attribute.choices)
        missing.append(" / ".join(str(names.get(code, code)) for code in rule.attributes))
    if rule.area_classes and candidate.area_class not in rule.area_classes:
        classes = CHOICES[ConditionKind.AREA_CLASS]
        missing.append(" / ".join(str(classes.get(code, code)) for code in rule.area_classes))
    return _("would need: %(what)s") % {"what": "; ".join(missing)} if missing else ""


def _in_short(tie: str, candidate: Candidate) -> str:
    """The value of a tie as it reads without the tie beside it; "" where it says nothing."""
    phones = CHOICES[ConditionKind.PHONE]
    members, score = candidate.member_count, candidate.deprivation_score
    words: dict[str, str] = {
        Tie.DEPRIVATION: _("deprivation score %(n)s") % {"n": score} if score else "",
        Tie.NO_PHONE: str(phones.get(candidate.phone_kind, "")),
        Tie.PUPIL: _("with a school pupil") if Attribute.PUPIL in candidate.attributes else "",
        Tie.MORE_MEMBERS: ngettext("%(n)s member", "%(n)s members", members) % {"n": members},
        Tie.OLDER_HEAD: _("head born in %(year)s") % {"year": candidate.head_birth_year},
    }
    return words.get(tie, "")


def _value(tie: str, candidate: Candidate) -> str:
    phones = CHOICES[ConditionKind.PHONE]
    values: dict[str, object] = {
        Tie.POORER_CATEGORY: _category(candidate.category),
        Tie.DEPRIVATION: candidate.deprivation_score,
        Tie.NO_PHONE: phones.get(candidate.phone_kind, candidate.phone_kind),
        Tie.PUPIL: _("yes") if Attribute.PUPIL in candidate.attributes else _("no"),
        Tie.MORE_MEMBERS: candidate.member_count,
        Tie.OLDER_HEAD: candidate.head_birth_year,
        Tie.REGISTERED: candidate.registered_at.strftime("%d/%m/%Y"),
    }
    return str(values[tie])


def _category(code: str) -> str:
    return str(dict(Category.choices).get(code, code))


def placing(candidate: Candidate, book: RuleBook) -> int | None:
    """The group in which the rules place a household, None: not eligible. Whether it was helped is left aside."""
    rule = rule_for(candidate, book.rules)
    return None if rule is None or find_blockers(candidate, book) else rule.position
