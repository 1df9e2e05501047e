"""The row about the nightly check of the data on the to-do page."""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.templatetags.trao import grouped
from reports import links
from reports.todo_rows import Task
from reports.verifying import is_overdue, last_check


def data_check_tasks(at: datetime.datetime) -> list[Task]:
    """When the data was checked last and what was found; late when rows break a rule or a night went by unchecked."""
    last = last_check()
    if last is None:
        return []
    url = links.page("reports:data_checks")
    when = date_format(timezone.localtime(last.began_at), "H:i, d/m/Y")
    if last.broken:
        found = ngettext("%(n)s row breaks a rule", "%(n)s rows break a rule", last.offenders)
        hint = _("Tell whoever looks after the system, before more is built on these figures.")
        amount = found % {"n": grouped(last.offenders)}
        return [Task(_("The data was checked at %(time)s") % {"time": when}, url, hint, amount, "late")]
    if is_overdue(last, at):
        hint = _("The nightly check has not run since. Look whether the clock (beat) and the worker run.")
        return [Task(_("The data was checked at %(time)s") % {"time": when}, url, hint, "", "late")]
    amount = ngettext("%(n)s rule holds", "%(n)s rules hold", last.rules) % {"n": grouped(last.rules)}
    return [Task(_("The data was checked at %(time)s") % {"time": when}, url, "", amount, "done")]
