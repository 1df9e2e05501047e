"""What a commune has to do: the steps of each open round, files not finished, lists to sign."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from administration.models import Area, Officer
from administration.templatetags.trao import grouped
from allocations.actions import assess_list
from allocations.models import Allocation, CommuneList, Reason, Round, Status
from allocations.readiness import Readiness
from beneficiaries.models import ImportFile
from reports import links
from reports.delays import Step
from reports.figures import Figures
from reports.progress import CommuneProgress
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


def for_commune_official(officer: Officer, at: datetime.datetime) -> Iterator[Block]:
    yield _to_mend(officer)
    yield pairs_and_moves(officer)
    for round, progress in open_rounds(officer, at):
        for commune in progress.communes:
            due = deadline_words(_("Lists due"), round.submit_by, progress.today)
            yield Block(round.name, _steps(commune, round, progress.today), with_reminder(due, [commune], officer.role))


def _steps(commune: CommuneProgress, round: Round, today: datetime.date) -> list[Task]:
    f, area = commune.figures, commune.area
    late = {wait.step for wait in commune.waits if wait.days_late(today)}
    readiness = _readiness(area, round, f)
    return [
        _register_step(f, round),
        _list_step(f, links.list_of(area, round), is_late=Step.NOT_STARTED in late),
        *_complete_step(readiness, area, round, is_late=Step.NOT_SUBMITTED in late),
        *_posting_step(readiness, links.list_of(area, round), is_late=Step.NOT_SUBMITTED in late),
        _submit_step(f, readiness, links.list_of(area, round), is_late=Step.NOT_SUBMITTED in late),
        *_returned_step(f, area, round, is_late=Step.RETURNED in late),
        _review_step(f, links.list_of(area, round), round),
        _hand_over_step(f, is_late=bool({Step.NO_DEVICE, Step.HAND_OVER} & late)),
    ]


def _register_step(f: Figures, round: Round) -> Task:
    if f.target:
        url = links.page("households:list", dien=round.categories)
        return Task(_("Households in the register"), url, "", households(f.target), "done")
    return Task(_("Enter or import the households"), links.page("imports:list"), state="todo")


def _list_step(f: Figures, url: str, *, is_late: bool) -> Task:
    title = _("Make the list of the round")
    if f.listed:
        amount = _("%(listed)s of %(target)s households") % {"listed": grouped(f.listed), "target": grouped(f.target)}
        return Task(title, url, "", amount, "done")
    if not f.target:
        return Task(title, "", _("Needs households that the round covers."), "", "blocked")
    return Task(title, url, "", households(f.target), "late" if is_late else "todo")


def _readiness(area: Area, round: Round, f: Figures) -> Readiness:
    """Which drafts of the commune's list could be signed today, and what keeps the others back."""
    drafted = CommuneList.objects.select_related("round").filter(area=area, round=round).first() if f.drafted else None
    return assess_list(drafted) if drafted else Readiness()


def _complete_step(readiness: Readiness, area: Area, round: Round, *, is_late: bool) -> list[Task]:
    """Drafts that nobody can sign as they are."""
    if not readiness.unfit:
        return []
    url, hint = links.list_of(area, round, "thieu"), readiness.unfit_sentences()[0]
    state = "late" if is_late else "todo"
    return [Task(_("Complete what is missing"), url, hint, households(readiness.unfit), state)]


def _posting_step(readiness: Readiness, list_url: str, *, is_late: bool) -> list[Task]:
    """What is to be posted, or hangs already; nothing in a round that demands no posting."""
    title, url = _("Public posting"), f"{list_url}niem-yet/"
    if readiness.in_posting:
        return [Task(title, url, _("Close it with a record when its days are over."),
                     households(len(readiness.in_posting)), "doing")]  # fmt: skip
    if readiness.not_posted:
        return [Task(title, url, "", households(len(readiness.not_posted)), "late" if is_late else "todo")]
    return []


def _submit_step(f: Figures, readiness: Readiness, url: str, *, is_late: bool) -> Task:
    title = _("Sign and submit the list")
    if not f.listed:
        return Task(title, "", _("Needs the list of the round."), "", "blocked")
    if ready := len(readiness.ready):
        return Task(
            title, url, _("The leader of the commune signs."), households(ready), "late" if is_late else "doing"
        )
    if readiness.in_posting or readiness.not_posted:
        return Task(title, "", _("Needs the closing record of the posting."), "", "blocked")
    if not f.sent:
        return Task(title, "", _("Needs households from which nothing is missing."), "", "blocked")
    return Task(title, url, "", households(f.sent), "done")


def _returned_step(f: Figures, area: Area, round: Round, *, is_late: bool) -> list[Task]:
    if not f.returned:
        return []
    url = links.returned_of(area, round)
    title = _("Complete the returned households")
    return [Task(title, url, _main_reason(area, round), households(f.returned), "late" if is_late else "todo")]


def _main_reason(area: Area, round: Round) -> str:
    """Why most of the returned lines were returned."""
    returned = Allocation.objects.filter(area=area, round=round, status=Status.RETURNED)
    common = returned.exclude(reason="").order_by().values_list("reason").annotate(n=Count("pk")).order_by("-n").first()
    return str(Reason(common[0]).label) if common else ""


def _review_step(f: Figures, url: str, round: Round) -> Task:
    title = _("Review by %(who)s") % {"who": round.programme.reviewing_tier}
    if not f.sent:
        return Task(title, "", _("Needs the submitted list."), "", "blocked")
    if f.awaiting:
        return Task(title, url, _("Waiting for the reviewer, nothing to do here."), households(f.awaiting), "doing")
    return Task(title, url, "", _("%(count)s approved") % {"count": grouped(f.granted)}, "done")


def _hand_over_step(f: Figures, *, is_late: bool) -> Task:
    title = _("Hand over the devices")
    if not f.granted:
        return Task(title, "", _("Needs approved households."), "", "blocked")
    if not f.to_hand_over:
        return Task(title, links.page("handover:list"), "", households(f.handed_over), "done")
    if not f.ready:
        hint = _("The devices have not arrived at the commune.")
        return Task(title, "", hint, households(f.to_hand_over), "blocked")
    hint = _("%(count)s devices in stock") % {"count": grouped(f.stock)}
    return Task(title, links.page("handover:list"), hint, households(f.to_hand_over), "late" if is_late else "todo")


def _to_mend(officer: Officer) -> Block:
    unfinished = ImportFile.objects.visible_to(officer).unfinished().order_by("-uploaded_at")[: MOST_ROWS + 1]
    tasks = [
        Task(
            _("Finish the import of %(file)s") % {"file": file.original_name},
            links.page("imports:file", file.pk) or links.page("imports:list"),
            str(file.get_state_display()),
            date_format(timezone.localtime(file.uploaded_at), "H:i, d/m/Y"),
            "todo",
        )
        for file in unfinished
    ]
    return Block(_("Files not finished"), tasks, more_url=links.page("imports:list") if len(tasks) > MOST_ROWS else "")


def for_commune_leader(officer: Officer, at: datetime.datetime) -> Iterator[Block]:
    for round, progress in open_rounds(officer, at):
        tasks = [task for commune in progress.communes for task in _sign_task(commune, round, progress.today)]
        tasks += escalated_tasks(round, progress, officer.role)
        yield Block(round.name, tasks, deadline_words(_("Lists due"), round.submit_by, progress.today))


def _sign_task(commune: CommuneProgress, round: Round, today: datetime.date) -> list[Task]:
    ready = len(_readiness(commune.area, round, commune.figures).ready)
    if not ready:
        return []
    is_late = any(wait.step == Step.NOT_SUBMITTED and wait.days_late(today) for wait in commune.waits)
    url, hint = links.list_of(commune.area, round), _("Prepared by the commune official")
    return [Task(_("Sign the list"), url, hint, households(ready), "late" if is_late else "todo")]
