"""Who may approve fewer or more than before is told: changes of the own unit's quota in the last days."""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from administration.models import Officer
from administration.templatetags.trao import grouped
from allocations.models import QuotaChange
from allocations.quota_history import changes_of_unit
from reports import links
from reports.todo_rows import Block, Task

TOLD_FOR = datetime.timedelta(days=7)


def changes_of_quota(officer: Officer, at: datetime.datetime) -> Block:
    """The newest change of each number of the unit's quota."""
    newest: dict[tuple[int, int, str], QuotaChange] = {}
    for change in changes_of_unit(officer, since=at - TOLD_FOR):
        newest.setdefault((change.round_id, change.source_id, change.form), change)
    return Block(_("The quota of your unit has changed"), [_task(change) for change in newest.values()])


def _task(change: QuotaChange) -> Task:
    said = {"round": change.round.name, "support": change.get_form_display(), "source": change.source}
    when = date_format(timezone.localtime(change.at), "H:i, d/m/Y")
    amount = _("%(before)s → %(after)s") % {"before": _words(change.before), "after": _words(change.after)}
    return Task(
        _("%(round)s: %(support)s, %(source)s") % said,
        links.page("quota:list", dot=change.round.code),
        f"{change.reason} · {change.by} · {when}", amount, "doing",
    )  # fmt: skip


def _words(n: int | None) -> str:
    return _("no quota") if n is None else grouped(n)
