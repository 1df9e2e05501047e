"""What waits for a decision about double records: suspected pairs, and households that move."""

from __future__ import annotations

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.models import Officer
from administration.templatetags.trao import grouped
from beneficiaries.models import MoveRequest, SuspectedPair
from reports import links
from reports.todo_rows import MOST_ROWS, Block, Task

State, Certainty = SuspectedPair.State, SuspectedPair.Certainty


def pairs_and_moves(officer: Officer) -> Block:
    """First what others wait for: moves to answer; then pairs to decide; last what one waits for oneself."""
    to_answer = list(MoveRequest.objects.to_answer(officer).select_related("area", "other_area").order_by("pk")[:5])
    tasks = [_move_task(asked) for asked in to_answer] + _pair_tasks(officer)
    return Block(_("Double records and moves"), tasks, more_url=links.page("moves:list") if len(to_answer) == 5 else "")


def _move_task(asked: MoveRequest) -> Task:
    title = _("Move of %(code)s from %(source)s to %(target)s: agree or refuse") % {
        "code": asked.household_code, "source": asked.area.name, "target": asked.other_area.name,
    }  # fmt: skip
    at = date_format(timezone.localtime(asked.asked_at), "H:i, d/m/Y")
    return Task(title, links.page("moves:request", asked.pk), asked.reason, at, "todo")


def _pair_tasks(officer: Officer) -> list[Task]:
    found = SuspectedPair.objects.visible_to(officer).of_register().filter(state__in=[State.OPEN, State.WAITING])
    counts: dict[tuple[str, str], int] = {
        (state, certainty): n
        for state, certainty, n in found.order_by().values_list("state", "certainty").annotate(n=Count("pk"))
    }
    sure = counts.get((State.OPEN, Certainty.SAME), 0)
    to_decide = sure + counts.get((State.OPEN, Certainty.LIKELY), 0)
    waiting = sum(n for (state, _certainty), n in counts.items() if state == State.WAITING)
    tasks = []
    if to_decide:
        hint = _("%(number)s of them certain by number") % {"number": grouped(sure)} if sure else ""
        url = links.page("pairs:list")
        tasks.append(Task(_("Suspected duplicates to decide on"), url, hint, pairs(to_decide), "todo"))
    if waiting:
        url = links.page("pairs:list", tt="cho")
        tasks.append(Task(_("Double records that wait for the other commune"), url, "", pairs(waiting), "doing"))
    return tasks[:MOST_ROWS]


def pairs(count: int) -> str:
    return ngettext("%(count)s pair", "%(count)s pairs", count) % {"count": grouped(count)}
