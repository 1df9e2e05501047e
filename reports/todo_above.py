"""What those above the communes have to do: lists to review, late communes to call, a machine to look after."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Job, Officer
from administration.templatetags.trao import grouped
from allocations.models import CommuneList, Round
from allocations.tiers import decides
from reports import links
from reports.dashboard import step_words
from reports.definitions import REPORTS
from reports.delays import Step
from reports.models import ReportRun
from reports.progress import CommuneProgress, Progress
from reports.todo_checks import data_check_tasks
from reports.todo_pairs import pairs_and_moves
from reports.todo_rows import (
    MOST_ROWS,
    Block,
    Task,
    deadline_words,
    escalated_tasks,
    households,
    open_rounds,
    with_reminder,
)

LATE_COMMUNES_SHOWN = 5
RECENT = datetime.timedelta(days=7)


def for_reviewer(officer: Officer, at: datetime.datetime) -> Iterator[Block]:
    for round, progress in open_rounds(officer, at):
        if not decides(officer, round.programme):
            continue  # another tier of this programme reviews, and is reminded
        due = deadline_words(_("Review due"), round.review_by, progress.today)
        note = with_reminder(due, progress.communes, officer.role)
        yield Block(round.name, _review_tasks(officer, round, progress), note)
    yield pairs_and_moves(officer)


def _review_tasks(officer: Officer, round: Round, progress: Progress) -> list[Task]:
    f = progress.figures
    queue = links.page("review:queue", dot=round.code)
    tasks = []
    if f.awaiting:
        is_late = any(c.delay and c.delay.step == Step.REVIEW for c in progress.communes)
        tasks.append(
            Task(
                _("Households waiting for your decision"), queue, _waiting_lists(officer, round, progress.today),
                households(f.awaiting), "late" if is_late else "todo",
            )
        )  # fmt: skip
    if f.returned:
        state = "late" if any(c.delay and c.delay.step == Step.RETURNED for c in progress.communes) else "doing"
        tasks.append(Task(_("Returned, the communes are completing them"), queue, "", households(f.returned), state))
    if f.quota:
        left = _("%(left)s of %(quota)s") % {"left": grouped(f.quota_left), "quota": grouped(f.quota)}
        waiting = _("%(count)s on the waiting list") % {"count": households(f.waiting)} if f.waiting else ""
        tasks.append(Task(_("Quota left"), links.page("quota:list", dot=round.code), waiting, left))
    tasks += escalated_tasks(round, progress, officer.role)
    tasks += _not_submitted(round, progress)
    return tasks


def _waiting_lists(officer: Officer, round: Round, today: datetime.date) -> str:
    """How many lists wait and how long the oldest has."""
    states = [CommuneList.State.SUBMITTED, CommuneList.State.OPENED]
    waiting = CommuneList.objects.visible_to(officer).filter(round=round, state__in=states)
    found = waiting.aggregate(lists=Count("pk"), oldest=Min("submitted_at"))
    if not found["oldest"]:
        return ""
    days = (today - timezone.localdate(found["oldest"])).days
    return _("%(lists)d lists, the oldest for %(days)d days") % {"lists": found["lists"], "days": days}


def _not_submitted(round: Round, progress: Progress) -> list[Task]:
    missing = progress.missing
    if not missing:
        return []
    names = ", ".join(commune.area.short_name for commune in missing[:3])
    hint = names if len(missing) <= 3 else _("%(names)s and others") % {"names": names}
    state = "late" if round.days_late(progress.today) else "doing"
    url = links.page("reports:dashboard", dot=round.code, xep="cham")
    return [Task(_("Communes that have not submitted"), url, hint, grouped(len(missing)), state)]


# --- Province ------------------------------------------------------------------------------------------------------


def for_province_staff(officer: Officer, at: datetime.datetime) -> Iterator[Block]:
    for round, progress in open_rounds(officer, at):
        late = progress.late
        tasks = [_late_commune(commune, round) for commune in late[:LATE_COMMUNES_SHOWN]]
        tasks += _not_submitted(round, progress)
        title = _("%(round)s: %(count)d communes are late") % {"round": round.name, "count": len(late)}
        more = links.page("reports:dashboard", dot=round.code, xep="cham") if len(late) > LATE_COMMUNES_SHOWN else ""
        note = deadline_words(_("Lists due"), round.submit_by, progress.today)
        yield Block(title if late else round.name, tasks, note, more)
    yield pairs_and_moves(officer)
    yield _reports(officer, at)
    yield Block(_("The data"), data_check_tasks(at))


def _late_commune(commune: CommuneProgress, round: Round) -> Task:
    delay = commune.delay
    assert delay is not None  # noqa: S101 - `late` holds late communes only
    who = " ".join(part for contact in commune.contacts[:1] for part in (contact.name, contact.phone) if part)
    hint = " · ".join(part for part in (step_words(delay, round), households(delay.households), who) if part)
    url = links.list_of(commune.area, round) or links.page("reports:dashboard", dot=round.code)
    return Task(commune.area.name, url, hint, _("%(days)d days") % {"days": delay.days}, "late")


def _reports(officer: Officer, at: datetime.datetime) -> Block:
    """Reports that are being built, and those that failed lately."""
    runs = ReportRun.objects.visible_to(officer).select_related("area", "job").newest_first()
    open_or_failed = [Job.State.QUEUED, Job.State.RUNNING, Job.State.FAILED]
    recent = runs.filter(requested_at__gte=at - RECENT, job__state__in=open_or_failed)[:MOST_ROWS]
    return Block(_("Reports"), [_report_task(run) for run in recent])


def _report_task(run: ReportRun) -> Task:
    assert run.job is not None  # noqa: S101 - chosen by its job's state
    title = f"{REPORTS[run.kind].title if run.kind in REPORTS else run.kind} – {run.area.name}"
    has_failed = run.job.state == Job.State.FAILED
    hint = run.job.error if has_failed else str(run.job.get_state_display())
    amount = "" if has_failed else f"{run.job.percent}%"
    return Task(title, links.page("reports:report", run.pk), hint, amount, "late" if has_failed else "doing")


def for_administrator(officer: Officer, at: datetime.datetime) -> Iterator[Block]:
    yield Block(_("Accounts"), _account_tasks())
    yield Block(_("The machine"), [*data_check_tasks(at), *_machine_tasks(at)])


def _account_tasks() -> list[Task]:
    officers = Officer.objects.filter(is_active=True)
    unused = officers.filter(last_login=None).count()
    accounts = links.page("admin:administration_officer_changelist")
    tasks = [Task(_("Accounts in use"), accounts, "", grouped(officers.count()))]
    if unused:
        tasks.append(Task(_("Accounts that nobody has used yet"), accounts, "", grouped(unused), "todo"))
    return tasks


def _machine_tasks(at: datetime.datetime) -> list[Task]:
    found = Job.objects.filter(created_at__gte=at - RECENT).values_list("state").annotate(n=Count("pk"))
    counts: dict[str, Any] = dict(found.order_by())
    failed, waiting = counts.get(Job.State.FAILED, 0), Job.objects.waiting().count()
    tasks = []
    if failed:
        url = links.page("admin:administration_job_changelist", state__exact=Job.State.FAILED)
        tasks.append(Task(_("Jobs that failed in the last seven days"), url, "", grouped(failed), "late"))
    if waiting:
        hint = _("Nobody works on them. Look whether the worker runs.")
        url = links.page("admin:administration_job_changelist", state__exact=Job.State.QUEUED)
        tasks.append(Task(_("Jobs that wait too long"), url, hint, grouped(waiting), "late"))
    return tasks
