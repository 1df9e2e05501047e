"""What the dashboard shows, from the figures of a round: who is late, key numbers, funnel, shares by unit."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from administration.access import Permission, may
from administration.models import Area, Officer
from administration.templatetags.trao import grouped, percent, percent_of
from allocations.models import Round
from allocations.tiers import decides
from reports import links
from reports.definitions import rounds_for
from reports.delays import HOLDER, Delay, Step
from reports.figures import Figures
from reports.hexmap import Map, NewUnit, map_after, map_before, new_units
from reports.progress import CommuneProgress, Contact, GroupProgress, Progress, gather
from reports.trend import LONG, SHORT, SPARK_HEIGHT, SPARK_WIDTH, added, polyline, sparks_of

LATE_ON_FIRST_SCREEN = 8
LATEST, TREE, NEW = "cham", "cay", "moi"
ALL_GROUPS = "tat-ca"

SHARES: tuple[str | Promise, ...] = (
    pgettext_lazy("share", "Listed"),
    pgettext_lazy("share", "Submitted"),
    pgettext_lazy("share", "Approved"),
    pgettext_lazy("share", "At the commune"),
    pgettext_lazy("share", "Handed over"),
)


class Cell(NamedTuple):
    """One share of the table."""

    label: str | Promise
    part: int
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table by unit."""

    area: Area | NewUnit
    figures: Figures
    cells: list[Cell]
    url: str = ""
    covered_url: str = ""
    returned_url: str = ""
    toggle: str = ""  # opens or closes the communes below
    is_open: bool = False
    late: str = ""
    level: int = 0
    spark: str = ""  # points of the line of the last 14 days
    lately: int = 0  # households handed over in them


@dataclass(frozen=True, slots=True)
class LateRow:
    """One line of the list of late communes."""

    area: Area
    step: str
    delay: Delay
    contacts: Sequence[Contact]
    url: str
    remind_url: str  # "" when already reminded today, and for one's own delay
    reminded_at: datetime.datetime | None


class Kpi(NamedTuple):
    label: str
    number: str
    note: str = ""
    url: str = ""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything on the page; `progress` is None before the first round."""

    rounds: list[Round]
    progress: Progress | None = None
    order: str = TREE
    opened: str = ""
    role: str = ""
    may_remind: bool = False
    may_decide: bool = False
    sparks: Mapping[int, list[int]] = field(default_factory=dict)
    days: int = SHORT

    @property
    def round(self) -> Round:
        assert self.progress is not None  # noqa: S101 - the page asks only when there is one
        return self.progress.round

    @property
    def heading(self) -> str:
        if self.progress is None:
            return _("Progress")
        return _("Progress of %(area)s") % {"area": self.progress.area.name}


def read_dashboard(officer: Officer, query: QueryDict, *, at: datetime.datetime) -> Dashboard:
    """The page as the officer's area and the query string ask for it."""
    area = officer.area
    rounds = rounds_for(area)
    if area is None or not rounds:
        return Dashboard(rounds)
    named = next((round for round in rounds if round.code == query.get("dot")), None)
    chosen = named or _current(rounds, timezone.localdate(at))
    progress = gather(area, chosen, at=at)
    order = query.get("xep") if query.get("xep") in (LATEST, TREE, NEW) else TREE
    opened = query.get("mo", "")
    may_remind = may(officer, Permission.COMMUNES_REMIND)
    may_decide = may(officer, Permission.ALLOCATIONS_DECIDE) and decides(officer, chosen.programme)
    sparks = sparks_of(area, chosen, progress.today)
    days = LONG if query.get("ngay") == str(LONG) else SHORT
    return Dashboard(rounds, progress, order or TREE, opened, officer.role, may_remind, may_decide, sparks, days)


def _current(rounds: list[Round], today: datetime.date) -> Round:
    """The newest open round in which somebody can be late, else the newest open one, else the newest."""
    still_open = [round for round in rounds if round.state == Round.State.OPEN]
    overdue = [round for round in still_open if round.days_late(today)]
    return (overdue or still_open or rounds)[0]


def step_words(delay: Delay, round: Round) -> str:
    """The step, with the name of the reviewing tier where it holds the ball."""
    if delay.step == Step.REVIEW:
        return _("Waiting for review (%(who)s)") % {"who": round.programme.reviewing_tier}
    return str(delay.step.label)


def reminder_text(commune: CommuneProgress, round: Round) -> str:
    """What was done, and the words to send by Zalo or SMS."""
    delay = commune.delay
    assert delay is not None  # noqa: S101 - only late communes are reminded
    message = _("%(round)s, %(commune)s: %(step)s, %(days)d days late, %(count)s households left.") % {
        "round": round.name, "commune": commune.area.name, "step": step_words(delay, round), "days": delay.days,
        "count": grouped(delay.households),
    }  # fmt: skip
    done = _("The reminder is on the to-do page of those who hold the ball. Text for Zalo or SMS: “%(message)s”")
    return done % {"message": message}


def late_rows(dashboard: Dashboard, *, all_of_them: bool = False) -> list[LateRow]:
    """The late communes, the latest first; as many as fit on the first screen."""
    progress = dashboard.progress
    late = progress.late if progress else []
    return [_late_row(dashboard, commune) for commune in (late if all_of_them else late[:LATE_ON_FIRST_SCREEN])]


def _late_row(dashboard: Dashboard, commune: CommuneProgress) -> LateRow:
    delay, round = commune.delay, dashboard.round
    assert delay is not None  # noqa: S101 - only late communes get here
    reminded_today = commune.reminded_at is not None and timezone.localdate(commune.reminded_at) == _day(dashboard)
    may_be_reminded = dashboard.may_remind and not reminded_today and HOLDER[delay.step] != dashboard.role
    return LateRow(
        area=commune.area,
        step=step_words(delay, round),
        delay=delay,
        contacts=commune.contacts[:2],
        url=_where(dashboard, commune),
        remind_url=reverse("reports:remind", args=[round.code, commune.area.code]) if may_be_reminded else "",
        reminded_at=commune.reminded_at,
    )


def _where(dashboard: Dashboard, commune: CommuneProgress) -> str:
    """Where the waiting households are seen: by the reviewer at the place of decision, by others on the list."""
    if commune.delay and commune.delay.step == Step.REVIEW and dashboard.may_decide:
        return links.review_of(commune.area, dashboard.round)
    return links.list_of(commune.area, dashboard.round)


def _day(dashboard: Dashboard) -> datetime.date:
    assert dashboard.progress is not None  # noqa: S101
    return dashboard.progress.today


def kpis(dashboard: Dashboard) -> list[Kpi]:
    """The numbers that can be said aloud."""
    if dashboard.progress is None:
        return []
    f, round = dashboard.progress.figures, dashboard.round
    lists = links.page("rounds:lists", dot=round.code)
    waiting = links.page("review:queue") if dashboard.may_decide else lists
    return [
        Kpi(_("Households covered"), grouped(f.target), "", links.page("households:list", dien=round.categories)),
        Kpi(_("Approved"), grouped(f.granted), percent_of(f.granted, f.target), lists),
        Kpi(_("Handed over"), grouped(f.handed_over), percent_of(f.handed_over, f.target), lists),
        Kpi(_("Waiting for review"), grouped(f.awaiting), "", waiting),
        Kpi(
            _("Quota left"),
            grouped(f.quota_left),
            _("of %(quota)s") % {"quota": grouped(f.quota)},
            links.page("quota:list", dot=round.code),
        ),
        Kpi(
            _("Open complaints"),
            grouped(f.complaints),
            "",
            links.page("reports:list", mau="complaints", dot=round.code),
            f.complaints > 0,
        ),
    ]


def funnel_steps(dashboard: Dashboard) -> list[tuple[str, int]]:
    """The steps of the procedure with the households that came so far."""
    if dashboard.progress is None:
        return []
    labels = [_("In the register"), *map(str, SHARES)]
    return list(zip(labels, dashboard.progress.funnel, strict=True))


def reading(dashboard: Dashboard) -> str:
    """The funnel in one sentence."""
    progress = dashboard.progress
    if progress is None or not progress.figures.target:
        return ""
    share = percent(progress.figures.handed_over / progress.figures.target, 0)
    communes = [commune for commune in progress.communes if commune.figures.target]
    if len(communes) < 2:
        return _("%(share)s of the households have their device.") % {"share": share}
    last = min(communes, key=_share)
    return _("%(share)s of the households have their device; furthest behind: %(unit)s, %(least)s.") % {
        "share": share, "unit": last.area.name, "least": percent(_share(last), 0),
    }  # fmt: skip


def _share(commune: CommuneProgress) -> float:
    return commune.figures.handed_over / commune.figures.target


def table_rows(dashboard: Dashboard) -> list[Row]:
    """The table by unit: the latest first, or as a tree whose groups open and close."""
    progress = dashboard.progress
    if progress is None:
        return []
    if dashboard.order == NEW:
        return [Row(unit, unit.figures, _cells(unit.figures)) for unit in new_units(progress.communes)]
    if dashboard.order == LATEST or not progress.has_groups:
        communes = progress.latest_first if dashboard.order == LATEST else progress.communes
        return [_commune_row(dashboard, commune, level=0) for commune in communes]
    rows = []
    for group in progress.groups:
        is_open = dashboard.opened in (group.area.code, ALL_GROUPS)
        rows.append(_group_row(dashboard, group, is_open=is_open))
        if is_open:
            rows.extend(_commune_row(dashboard, commune, level=1) for commune in group.communes)
    return rows


def total_row(dashboard: Dashboard) -> Row | None:
    progress = dashboard.progress
    if progress is None:
        return None
    late = str(len(progress.late) or "")
    return Row(progress.area, progress.figures, _cells(progress.figures), late=late)


def _group_row(dashboard: Dashboard, group: GroupProgress, *, is_open: bool) -> Row:
    late = _("%(count)d communes") % {"count": group.late} if group.late else ""
    toggle = table_url(dashboard, opened="" if is_open else group.area.code)
    return Row(
        group.area,
        group.figures,
        _cells(group.figures),
        toggle=toggle,
        is_open=is_open,
        late=late,
        **_spark(dashboard, group.communes),
    )


def _commune_row(dashboard: Dashboard, commune: CommuneProgress, *, level: int) -> Row:
    round, delay = dashboard.round, commune.delay
    late = _("%(days)d days") % {"days": delay.days} if delay else ""
    url = links.list_of(commune.area, round)
    return Row(
        commune.area,
        commune.figures,
        _cells(commune.figures, url),
        url,
        covered_url=links.households_of(commune.area, round),
        returned_url=links.returned_of(commune.area, round) if commune.figures.returned else "",
        late=late,
        level=level,
        **_spark(dashboard, [commune]),
    )


def _spark(dashboard: Dashboard, communes: Sequence[CommuneProgress]) -> dict[str, Any]:
    values = added([dashboard.sparks[c.area.number] for c in communes if c.area.number in dashboard.sparks])
    return {"spark": polyline(values, SPARK_WIDTH, SPARK_HEIGHT), "lately": sum(values)}


def _cells(figures: Figures, url: str = "") -> list[Cell]:
    parts = (figures.listed, figures.sent, figures.granted, figures.arrived, figures.handed_over)
    return [Cell(label, part, url if part else "") for label, part in zip(SHARES, parts, strict=True)]


def maps(dashboard: Dashboard) -> list[tuple[str, Map]]:
    """The communes before and the units after July 2025, where more than one is to be compared."""
    progress = dashboard.progress
    if progress is None or len(progress.communes) < 2:
        return []
    communes = progress.communes
    urls = {commune.area.code: links.list_of(commune.area, dashboard.round) for commune in communes}
    units = new_units(communes)
    table = f"{table_url(dashboard, order=NEW)}#progress"
    after = map_after(units, {unit.code: table for unit in units})
    found = [(_("Communes until June 2025"), map_before(communes, urls)), (_("Units since July 2025"), after)]
    return [(title, one) for title, one in found if one.hexagons]


class Order(NamedTuple):
    """A way to sort the table by unit."""

    label: str
    url: str
    current: bool


def orders(dashboard: Dashboard) -> list[Order]:
    if dashboard.progress is None:
        return []
    found = [Order(_("By unit"), table_url(dashboard), dashboard.order == TREE and dashboard.opened != ALL_GROUPS)]
    if dashboard.progress.has_groups:
        url = table_url(dashboard, opened=ALL_GROUPS)
        found.append(Order(_("With all communes"), url, dashboard.order == TREE and dashboard.opened == ALL_GROUPS))
    found.append(Order(_("By unit of July 2025"), table_url(dashboard, order=NEW), dashboard.order == NEW))
    return [*found, Order(_("The latest first"), table_url(dashboard, order=LATEST), dashboard.order == LATEST)]


def table_url(dashboard: Dashboard, *, order: str = TREE, opened: str = "") -> str:
    """The dashboard's own address with another order or another group open."""
    said = {"dot": dashboard.round.code, "xep": "" if order == TREE else order, "mo": opened}
    query = urlencode({key: value for key, value in said.items() if value})
    return f"{reverse('reports:dashboard')}?{query}"
