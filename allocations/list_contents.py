"""What the page of one commune list shows: lines by priority with their reasons, and who is not on the list and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from administration.models import Area
from allocations.candidates import gather_candidates
from allocations.eligibility import Blocker, reasons_against
from allocations.explained import Explained, explain_lines
from allocations.models import LIVE, Allocation, CommuneList, Complaint, Flag, PriorityRule, Round, Status
from allocations.rule_book import read_rule_book, rules_of_lines
from allocations.unit_quota import quota_of
from beneficiaries.models import Household, Person
from beneficiaries.names import fold

PAGE_SIZE = 50
ON_LIST, INCOMPLETE, NAMESAKES, RETURNED = "danh-sach", "thieu", "trung", "tra-lai"
RECEIVED = "da-nhan"
TAKEN_OFF, NOT_LISTED, COMPLAINTS = "rut", "khong-vao", "khieu-nai"
TABS: dict[str, str | Promise] = {
    ON_LIST: gettext_lazy("On the list"),
    INCOMPLETE: gettext_lazy("Evidence missing"),
    NAMESAKES: gettext_lazy("Possible duplicates"),
    RECEIVED: gettext_lazy("Received before"),
    RETURNED: gettext_lazy("Returned"),
    TAKEN_OFF: gettext_lazy("Taken off"),
    NOT_LISTED: gettext_lazy("Not on the list"),
    COMPLAINTS: gettext_lazy("Complaints"),
}
NOT_TAKEN_OFF = ~Q(status=Status.WITHDRAWN)
LINES_OF_TAB = {
    ON_LIST: NOT_TAKEN_OFF,
    INCOMPLETE: NOT_TAKEN_OFF & Q(flags__overlap=[Flag.NO_IDENTITY, Flag.NO_CERTIFICATE]),
    NAMESAKES: NOT_TAKEN_OFF & Q(flags__contains=[Flag.NAMESAKE]),
    RECEIVED: NOT_TAKEN_OFF & Q(flags__overlap=[Flag.RECEIVED, Flag.MAY_HAVE_RECEIVED]),
    RETURNED: Q(status=Status.RETURNED),
    TAKEN_OFF: Q(status=Status.WITHDRAWN),
}


@dataclass(frozen=True)
class Tab:
    key: str
    label: str | Promise
    count: int
    current: bool


@dataclass(frozen=True)
class ListRow:
    """One line with what a person wants to read: whose it is and why it stands where it stands."""

    line: Allocation
    household: Household
    head: Person | None
    rule: PriorityRule | None
    quota_ends_here: int | None = None  # the quota, on the last line within it
    has_complaint: bool = False
    explained: Explained | None = None

    @property
    def name(self) -> str:
        return self.head.full_name if self.head else self.household.code

    @property
    def may_be_ticked(self) -> bool:
        return self.line.status in (Status.DRAFT, Status.POSTED, Status.RETURNED)


@dataclass(frozen=True)
class AbsentRow:
    """A household of the commune that is not on the list, with every reason; none means that it could be."""

    household: Household
    head: Person | None
    blockers: Sequence[Blocker]
    elsewhere: Allocation | None

    @property
    def name(self) -> str:
        return self.head.full_name if self.head else self.household.code


def count_tabs(commune_list: CommuneList | None, commune: Area, current: str) -> list[Tab]:
    """Three queries, whatever the list holds."""
    lines = Allocation.objects.filter(commune_list=commune_list) if commune_list else Allocation.objects.none()
    counted: dict[str, int] = lines.aggregate(
        **{key.replace("-", "_"): Count("pk", filter=condition) for key, condition in LINES_OF_TAB.items()}
    )
    counts = {key: counted[key.replace("-", "_")] for key in LINES_OF_TAB}
    counts[NOT_LISTED] = absent_households(commune_list, commune).count()
    counts[COMPLAINTS] = Complaint.objects.filter(commune_list=commune_list).count() if commune_list else 0
    return [Tab(key, label, counts[key], key == current) for key, label in TABS.items()]


def absent_households(commune_list: CommuneList | None, commune: Area) -> QuerySet[Household]:
    mine = Allocation.objects.filter(household=OuterRef("pk"), commune_list=commune_list, status__in=LIVE)
    return Household.objects.listed().filter(~Exists(mine), area=commune)


def page_of_lines(
    commune_list: CommuneList, tab: str, *, words: str = "", group: int | None = None, number: Any = 1
) -> tuple[Page[Allocation], list[ListRow]]:
    """One page of a tab, best first, each line with its reasons. Thirteen queries."""
    lines = Allocation.objects.filter(LINES_OF_TAB[tab], commune_list=commune_list).filter(_said(words))
    if group:
        lines = lines.filter(priority_group=group)
    paginator = Paginator(lines.select_related("household", "decided_by").by_priority(), PAGE_SIZE)
    page = paginator.get_page(number)
    quota_line = _quota_line(commune_list) if tab == ON_LIST and not words and not group else None
    rows = describe_lines(list(page), commune_list.round, quota_line=quota_line)
    explained = explain_lines(page, commune_list.area_id, with_helped=False)
    return page, [replace(row, explained=explained.get(row.line.pk)) for row in rows]


def describe_lines(
    lines: Sequence[Allocation],
    round: Round,
    *,
    quota_line: tuple[int, int] | None = None,
    with_ethnic_groups: bool = False,
) -> list[ListRow]:
    """Lines (with their households) and the heads, rules and open complaints that belong to them. Three queries.

    `quota_line`: the line (id) behind which the quota ends, and the quota.
    """
    heads = heads_of((line.household_id for line in lines), with_ethnic_groups=with_ethnic_groups)
    rules = rules_of_lines(lines)
    complained = set(Complaint.objects.open().filter(allocation__in=lines).values_list("allocation_id", flat=True))
    return [
        ListRow(
            line,
            line.household,
            heads.get(line.household_id),
            rules.get((line.rule_version_id, line.priority_group)),
            quota_line[1] if quota_line and quota_line[0] == line.pk else None,
            line.pk in complained,
        )
        for line in lines
    ]


def page_of_absent(
    commune_list: CommuneList | None, round: Round, commune: Area, *, words: str = "", number: Any = 1
) -> tuple[Page[Household], list[AbsentRow]]:
    """One page of the households that are not on the list, by name, each with all its reasons."""
    households = absent_households(commune_list, commune).filter(_said_household(words)).order_by("code")
    page = Paginator(households, PAGE_SIZE).get_page(number)
    shown = [household.pk for household in page]
    book = read_rule_book(round)
    reasons = {c.household_id: reasons_against(c, book) for c in gather_candidates(commune.pk, shown)}
    heads = heads_of(shown)
    return page, [
        AbsentRow(h, heads.get(h.pk), reasons.get(h.pk, []), elsewhere)
        for h, elsewhere in zip(page, _elsewhere(shown), strict=True)
    ]


def chosen_lines(commune_list: CommuneList, line_ids: Sequence[int], *, statuses: Sequence[str]) -> list[Allocation]:
    """Those of the lines that are on this list and in one of the statuses, best first."""
    lines = commune_list.lines.filter(pk__in=line_ids, status__in=statuses)
    return list(lines.select_related("household").by_priority())


def names_of(lines: Sequence[Allocation], *, most: int) -> list[str]:
    """Code and head of the first lines, and how many more there are."""
    shown = lines[:most]
    heads = heads_of(line.household_id for line in shown)
    names = [f"{n.household.code} – {heads.get(n.household_id, '')}" for n in shown]
    more = len(lines) - len(shown)
    return [*names, *([ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more}] if more else [])]


def heads_of(household_ids: Iterable[int], *, with_ethnic_groups: bool = False) -> dict[int, Person]:
    heads = Person.objects.heads().filter(household__in=list(household_ids))
    if with_ethnic_groups:
        heads = heads.select_related("ethnic_group")
    return {person.household_id: person for person in heads}


def eligible_count(round: Round, commune: Area) -> int:
    """How many households a first list would hold."""
    book = read_rule_book(round)
    return sum(not reasons_against(candidate, book) for candidate in gather_candidates(commune.pk))


def _elsewhere(household_ids: Sequence[int]) -> list[Allocation | None]:
    """The live line each household has in another round, in the same order."""
    lines: Mapping[int, Allocation] = {
        line.household_id: line
        for line in Allocation.objects.live().filter(household__in=household_ids).select_related("round")
    }
    return [lines.get(pk) for pk in household_ids]


def _quota_line(commune_list: CommuneList) -> tuple[int, int] | None:
    """The line behind which the quota ends and the quota; None when there is room for all or no quota yet."""
    quota = quota_of(commune_list.round_id, commune_list.area_id)
    if quota is None or not quota.allowed:
        return None
    around = list(commune_list.lines.live().by_priority().values_list("pk", flat=True)[: quota.allowed + 1])
    return (around[quota.allowed - 1], quota.allowed) if len(around) > quota.allowed else None


def _said(words: str) -> Q:
    """Lines of heads whose name holds the words, or of the household with that code."""
    if not words.strip():
        return Q()
    heads = Person.objects.heads().filter(household=OuterRef("household"), search_key__contains=fold(words))
    return Q(household__code__iexact=words.strip()) | Q(Exists(heads))


def _said_household(words: str) -> Q:
    if not words.strip():
        return Q()
    heads = Person.objects.heads().filter(household=OuterRef("pk"), search_key__contains=fold(words))
    return Q(code__iexact=words.strip()) | Q(Exists(heads))
