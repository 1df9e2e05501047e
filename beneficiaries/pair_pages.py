"""What the pages of suspected duplicates show: the queue, two records field by field, and which pair comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from administration.access import Permission, may
from administration.event_words import DETAILS, value_in_words
from administration.models import Area, Officer
from beneficiaries.household_values import HOUSEHOLD_FIELDS
from beneficiaries.models import Gender, Household, SuspectedPair
from beneficiaries.names import fold
from beneficiaries.pair_sides import Side, sides_of
from beneficiaries.pair_words import reasons, sentence

State = SuspectedPair.State
QUEUES: dict[str, tuple[str | Promise, tuple[State, ...]]] = {
    "mo": (lazy("To be decided"), (State.OPEN,)),
    "cho": (lazy("Waiting for the other commune"), (State.WAITING,)),
    "xong": (lazy("Decided"), (State.NOT_SAME, State.SAME, State.MERGED)),
}
ORDER = ("-certainty", "-score", "pk")  # "same" before "likely", the most alike first
REASONS: dict[str, str | Promise] = {
    "giay-to": lazy("Two different people: checked against their papers"),
    "trung-ten": lazy("Namesakes: they live in different houses"),
    "sinh-doi": lazy("Twins, or brothers and sisters"),
    "tach-ho": lazy("One family that has become two households"),
    "khac": lazy("Another reason (write it below)"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One pair of the queue. The first side is one that the officer sees."""

    pair: SuspectedPair
    first: Side | None
    second: Side | None
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both records: the sign and the words say whether they agree."""

    label: str
    first: str
    second: str
    sign: str
    words: str
    name: str = ""  # a field whose value can be taken over when the records are merged


@dataclass(slots=True)
class Comparison:
    line: Line
    rows: list[Row] = field(default_factory=list)
    households: dict[int, Household] = field(default_factory=dict)  # those that the officer may open
    both_here: bool = False
    advised: int = 0  # the household whose record is the fuller one

    @property
    def can_take(self) -> bool:
        """Some field differs, so that a merging has to choose (otherwise the record that stays is right)."""
        return self.both_here and any(row.name and row.first and row.second for row in self.rows)


def may_decide(officer: Officer) -> bool:
    """Commune officials decide for their commune; the offices above for all that lies in their area."""
    return may(officer, Permission.HOUSEHOLDS_EDIT) or may(officer, Permission.COMMUNES_REMIND)


def pairs_of(officer: Officer) -> QuerySet[SuspectedPair]:
    return SuspectedPair.objects.visible_to(officer).of_register().select_related("decided_by").order_by(*ORDER)


def count_queues(officer: Officer) -> dict[str, int]:
    """Queue -> pairs. Decided pairs are not counted: there is nothing to do about them."""
    return {key: pairs_of(officer).filter(state__in=QUEUES[key][1]).count() for key in ("mo", "cho")}


def lines_of(pairs: Iterable[SuspectedPair], officer: Officer) -> list[Line]:
    pairs = list(pairs)
    sides = sides_of(pair.pk for pair in pairs) if pairs else {}
    return [_line(pair, sides.get(pair.pk, {}), officer.area) for pair in pairs]


def _line(pair: SuspectedPair, sides: Mapping[str, Side], area: Area | None) -> Line:
    order = "ab" if area and area.contains(pair.area_a_id) else "ba"
    return Line(pair, sides.get(order[0]), sides.get(order[1]), reasons(pair.evidence))


def next_after(pair: SuspectedPair, officer: Officer) -> SuspectedPair | None:
    """The open pair that follows this one in the queue."""
    later = Q(score__lt=pair.score) | Q(score=pair.score, pk__gt=pair.pk)
    following = Q(certainty=pair.certainty) & later
    if pair.certainty == SuspectedPair.Certainty.SAME:
        following |= Q(certainty=SuspectedPair.Certainty.LIKELY)
    return pairs_of(officer).filter(following, state=SuspectedPair.State.OPEN).first()


def compare(pair: SuspectedPair, officer: Officer) -> Comparison:
    """Both records side by side; of a record outside the officer's area only what `sides_of` gives."""
    line = lines_of([pair], officer)[0]
    ids = [pk for pk in (pair.household_a_id, pair.household_b_id) if pk is not None]
    seen = Household.objects.visible_to(officer).filter(pk__in=ids).select_related("area")
    found = Comparison(line, households={household.pk: household for household in seen})
    if line.first is None or line.second is None:
        return found
    found.both_here = len(found.households) == 2
    found.advised = _fuller(line.first, line.second) if found.both_here else line.first.household_id
    found.rows = _rows(pair, line.first, line.second)
    if found.both_here:
        one, other = (found.households[side.household_id] for side in (line.first, line.second))
        found.rows += _record_rows(one, other)
    return found


def _fuller(first: Side, second: Side) -> int:
    """The record with a number, then with more members, then the older one."""
    return max((first, second), key=lambda s: (bool(s.number), s.member_count or 0, -s.household_id)).household_id


def _rows(pair: SuspectedPair, first: Side, second: Side) -> list[Row]:
    best = (pair.evidence.get("people") or [{}])[0]
    return [
        _row(_("Full name"), first.name, second.name, "name", best),
        _row(_("Identity number"), first.number, second.number, "number", best),
        _row(_("Birth"), first.birth, second.birth, "birth", best),
        _row(_("Gender"), _gender(first.gender), _gender(second.gender), "gender", best),
        _row(_("Commune"), first.area_name, second.area_name),
        _row(_("Hamlet"), first.hamlet, second.hamlet, takes="hamlet"),
        _row(_("Category"), _category(first), _category(second), takes="category"),
        _row(_("Number of members"), _count(first), _count(second), takes="member_count"),
    ]


def _row(
    label: str, first: str, second: str, field: str = "", best: Mapping[str, Any] | None = None, *, takes: str = ""
) -> Row:
    code = (best or {}).get(field, "")
    if not code:
        sign, words = _plainly(first, second)
    elif code in ("equal", "old_equal"):
        sign, words = "=", _("The same")
    else:
        sign = {"other": "≠", "missing": "?"}.get(code, "≈")
        words = sentence(field, code) or _("Not known of both")
    return Row(label, first, second, sign, words, takes if sign != "=" else "")


def _plainly(first: str, second: str) -> tuple[str, str]:
    if first and second:
        return ("=", _("The same")) if first == second else ("≠", _("Different"))
    return "?", _("Not known of both") if first or second else _("Not known of either")


def _category(side: Side) -> str:
    return value_in_words("category", side.category)


def _count(side: Side) -> str:
    return str(side.member_count or "")


def _gender(code: str) -> str:
    return str(dict(Gender.choices).get(code, ""))


def _record_rows(one: Household, other: Household) -> list[Row]:
    """Further fields, where at least one record says something; who else lives there."""
    shown = {"hamlet", "category", "member_count"}
    rows = []
    for name in HOUSEHOLD_FIELDS:
        first, second = (value_in_words(name, getattr(household, name)) for household in (one, other))
        if name not in shown and (first or second):
            rows.append(
                _row(capfirst(str(DETAILS[name].label)), first, second, takes="" if name == "attributes" else name)
            )
    names = [", ".join(p.full_name for p in h.members.filter(is_live=True).order_by("-is_head", "pk"))
             for h in (one, other)]  # fmt: skip
    members = _row(_("Members of the household"), names[0], names[1])
    if members.sign == "≠" and fold(names[0]) == fold(names[1]):
        members = replace(members, sign="≈", words=sentence("name", "marks"))
    return [*rows, members]
