"""What the page of one list under review shows: chips with their numbers, lines with what was checked, selections."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from administration.event_words import Change, differences_in_words
from administration.models import Area, AuditEvent, Officer
from administration.verbs import Verb
from allocations.actions import UNDO_WITHIN
from allocations.actions.review import DECIDABLE, why_not_decidable
from allocations.decisions import Plan, Refusal
from allocations.models import (
    Allocation,
    CommuneList,
    Complaint,
    Flag,
    PriorityRule,
    Selection,
    Status,
)
from allocations.rule_book import rules_of_lines
from allocations.unit_quota import UnitQuota, within
from beneficiaries.identity_rules import mask
from beneficiaries.models import Household, Person
from beneficiaries.names import fold

PAGE_SIZE = 50
CLEAN, NAMESAKES, NO_IDENTITY, NO_CERTIFICATE = "sach", "trung", "thieu-so", "thieu-giay"
RECEIVED = "da-nhan"
WAITING, CHANGED, WITH_COMMUNE, DECIDED, EVERYTHING = "cho", "doi", "tra", "da-quyet", "tat-ca"
CHIPS: dict[str, str | Promise] = {
    CLEAN: gettext_lazy("Clean"),
    NAMESAKES: gettext_lazy("Possible duplicate"),
    RECEIVED: gettext_lazy("Received before"),
    NO_IDENTITY: gettext_lazy("Identity number missing"),
    NO_CERTIFICATE: gettext_lazy("Certificate number missing"),
    WAITING: gettext_lazy("Waiting list"),
    CHANGED: gettext_lazy("Changed after approval"),
    WITH_COMMUNE: gettext_lazy("Waits for the commune"),
    DECIDED: gettext_lazy("Decided"),
    EVERYTHING: gettext_lazy("All"),
}
UNDECIDED = Q(status=Status.SUBMITTED)
SEEN_BY_REVIEWERS = ~Q(status__in=[Status.DRAFT, Status.POSTED, Status.WITHDRAWN])
LINES_OF_CHIP = {
    CLEAN: UNDECIDED & Q(flags=[]),
    NAMESAKES: UNDECIDED & Q(flags__contains=[Flag.NAMESAKE]),
    RECEIVED: UNDECIDED & Q(flags__overlap=[Flag.RECEIVED, Flag.MAY_HAVE_RECEIVED]),
    NO_IDENTITY: UNDECIDED & Q(flags__contains=[Flag.NO_IDENTITY]),
    NO_CERTIFICATE: UNDECIDED & Q(flags__contains=[Flag.NO_CERTIFICATE]),
    WAITING: Q(status=Status.WAITING),
    CHANGED: Q(status=Status.APPROVED, recheck__isnull=False),
    WITH_COMMUNE: Q(status=Status.RETURNED),
    DECIDED: Q(status__in=[Status.APPROVED, Status.RETURNED, Status.REJECTED, Status.HANDED_OVER]),
    EVERYTHING: SEEN_BY_REVIEWERS,
}
DECISION_VERBS = [Verb.APPROVED, Verb.WAITLISTED, Verb.RETURNED, Verb.REJECTED]


@dataclass(frozen=True)
class Chip:
    key: str
    label: str | Promise
    count: int
    current: bool


@dataclass(frozen=True)
class ReviewRow:
    """One line with what a reviewer looks at. `namesakes`: communes where somebody has the head's name and birth."""

    line: Allocation
    head: Person | None
    rule: PriorityRule | None = None
    namesakes: list[Area] = field(default_factory=list)
    has_complaint: bool = False

    @property
    def household(self) -> Household:
        return self.line.household

    @property
    def name(self) -> str:
        return self.head.full_name if self.head else self.household.code

    @property
    def identity(self) -> str:
        """Masked; "" when it is missing."""
        return mask(self.head.identity_number) if self.head else ""

    @property
    def may_be_ticked(self) -> bool:
        return self.line.status in (Status.SUBMITTED, Status.WAITING)

    @property
    def differences(self) -> list[Change]:
        """What changed in the register since the approval: label, old, new."""
        return differences_in_words(self.line.recheck or [])

    @property
    def is_clean(self) -> bool:
        return not self.line.flags and not self.has_complaint

    @property
    def flags(self) -> list[tuple[str, str]]:
        """Code of the tag and what it adds to its words."""
        return [(flag, self._where() if flag == Flag.NAMESAKE else "") for flag in self.line.flags]

    def _where(self) -> str:
        names = [_("the same commune") if a.pk == self.line.area_id else a.name for a in self.namesakes]
        return ", ".join(names)


@dataclass(frozen=True)
class NamedLine:
    """A line and whose it is; `why`: the reason why it was left alone."""

    line: Allocation
    name: str
    why: str = ""


def lines_of(commune_list: CommuneList, chip: str, words: str = "") -> QuerySet[Allocation]:
    """The lines under a chip whose head or code holds the words, best first."""
    lines = commune_list.lines.filter(LINES_OF_CHIP[chip])
    if words.strip():
        heads = Person.objects.heads().filter(household=OuterRef("household"), search_key__contains=fold(words))
        lines = lines.filter(Q(household__code__iexact=words.strip()) | Exists(heads))
    return lines.by_priority()


def count_chips(commune_list: CommuneList, current: str) -> list[Chip]:
    """One query. Without a `current` chip the first one that holds somebody is current."""
    counts: dict[str, int] = commune_list.lines.aggregate(
        **{key.replace("-", "_"): Count("pk", filter=condition) for key, condition in LINES_OF_CHIP.items()}
    )
    numbers = {key: counts[key.replace("-", "_")] for key in CHIPS}
    if current not in CHIPS:
        current = next((key for key, number in numbers.items() if number), CLEAN)
    return [Chip(key, label, numbers[key], key == current) for key, label in CHIPS.items()]


def page_of_lines(
    commune_list: CommuneList, chip: str, *, words: str = "", number: Any = 1
) -> tuple[Page[Allocation], list[ReviewRow]]:
    """One page of a chip. At most seven queries."""
    lines = lines_of(commune_list, chip, words).select_related("household", "decided_by", "decided_for")
    page = Paginator(lines, PAGE_SIZE).get_page(number)
    return page, describe(list(page), commune_list)


def describe(lines: Sequence[Allocation], commune_list: CommuneList) -> list[ReviewRow]:
    """Lines (with their households) and what belongs to them. At most five queries."""
    households = [line.household_id for line in lines]
    heads = {p.household_id: p for p in Person.objects.heads().filter(household__in=households)}
    rules = rules_of_lines(lines)
    namesakes = find_namesakes(line.household_id for line in lines if Flag.NAMESAKE in line.flags)
    complained = set(Complaint.objects.open().filter(allocation__in=lines).values_list("allocation_id", flat=True))
    return [
        ReviewRow(
            line, heads.get(line.household_id), rules.get((line.rule_version_id, line.priority_group)),
            namesakes.get(line.household_id, []), line.pk in complained,
        )
        for line in lines
    ]  # fmt: skip


def find_namesakes(household_ids: Iterable[int]) -> dict[int, list[Area]]:
    """Household → the units, anywhere, where somebody else has its head's name, sex and date of birth."""
    ids = list(household_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT household_id, other_area_no FROM namesakes_elsewhere(%s) ORDER BY 1, 2", [ids])
        pairs = cursor.fetchall()
    areas = {area.pk: area for area in Area.objects.filter(pk__in={number for _household, number in pairs})}
    found: dict[int, list[Area]] = {}
    for household_id, number in pairs:
        found.setdefault(household_id, []).append(areas[number])
    return found


def best_within_quota(commune_list: CommuneList, quota: UnitQuota | None) -> list[int]:
    """Lines that would use the rest of the quota up: undecided clean ones and the waiting list, best first."""
    if quota is None or quota.left < 1:
        return []
    able = commune_list.lines.filter(LINES_OF_CHIP[CLEAN] | LINES_OF_CHIP[WAITING]).by_priority()
    return within(able.values_list("pk", "source_id", "form"), quota.left_by)


def passed_over(commune_list: CommuneList, plan: Plan) -> int:
    """How many undecided clean lines stand before the last one approved without having been chosen (V30)."""
    if plan.last_in is None:
        return 0
    chosen = {line.pk for line in plan.approved} | {line.pk for line, _why in plan.refused}
    able = commune_list.lines.filter(LINES_OF_CHIP[CLEAN] | LINES_OF_CHIP[WAITING], rank__lt=plan.last_in.rank)
    return len(set(able.values_list("pk", flat=True)) - chosen)


def recent_decisions(commune_list: CommuneList, officer: Officer, now: datetime.datetime) -> list[AuditEvent]:
    """The officer's own decisions on this list that can still be undone, newest first. One query."""
    own = AuditEvent.objects.about(commune_list).filter(officer_id=officer.pk, at__gt=now - UNDO_WITHIN)
    events = list(own.filter(verb__in=[*DECISION_VERBS, Verb.DECISION_UNDONE]).newest_first())
    over = {event.details.get("undone") for event in events} | {e.details.get("together_with") for e in events}
    return [event for event in events if event.verb in DECISION_VERBS and event.pk not in over]


def current_lines(selection: Selection) -> tuple[list[Allocation], list[Refusal]]:
    """The lines of a selection that are still as they were chosen, best first, and the others with the reason."""
    lines = selection.commune_list.lines.among(selection.line_ids)
    seen, same, gone = selection.seen, [], []
    for line in lines.select_related("decided_by").by_priority().defer("listed_at"):
        if line.status in DECIDABLE and line.version == seen[line.pk]:
            same.append(line)
        else:
            gone.append((line, why_not_decidable(line)))
    return same, gone


def name_lines(line_ids: Iterable[int], *, most: int | None = None) -> list[NamedLine]:
    """Lines by id, best first, with the name of the head; at most so many. Two queries."""
    lines = Allocation.objects.filter(pk__in=list(line_ids)).select_related("household").by_priority()
    shown = list(lines[:most] if most else lines)
    heads = Person.objects.heads().filter(household__in=[line.household_id for line in shown])
    names = dict(heads.values_list("household_id", "full_name"))
    return [NamedLine(line, names.get(line.household_id, line.household.code)) for line in shown]


def name_refused(refused: Iterable[tuple[int, str]], *, most: int | None = None) -> list[NamedLine]:
    """The same for lines that were left alone, with the reason of each."""
    why = dict(refused)
    return [replace(named, why=why[named.line.pk]) for named in name_lines(why, most=most)]


def find_decision(commune_list: CommuneList, event_id: int) -> AuditEvent | None:
    return AuditEvent.objects.about(commune_list).filter(pk=event_id, verb__in=DECISION_VERBS).first()
