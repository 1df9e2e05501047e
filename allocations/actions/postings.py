"""A list hangs in public for its working days; a record closes it. Only then are its lines signed and submitted."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.actions.lists import assess_list, hash_of
from allocations.calendar import read_calendar
from allocations.models import Allocation, CommuneList, Complaint, Posting, Round, Status
from allocations.models.postings import TAKEN_DOWN_AT
from allocations.working_days import add_working_days, working_days_left


@transaction.atomic
def start_posting(
    list_id: int, *, starts_on: datetime.date, places: Sequence[str],
    by: Officer, at: datetime.datetime | None = None,
) -> Posting:  # fmt: skip
    """Posts every draft that nothing stands in the way of, in the order of the list.

    Ends after as many working days as the round demands. Drafts that are not ready stay behind for another posting.
    """
    at = at or timezone.now()
    commune_list = (
        CommuneList.objects.select_for_update(of=["self"]).select_related("round__programme__province").get(pk=list_id)
    )
    _refuse_to_post(commune_list, starts_on, at)
    lines = _postable(commune_list)
    days = commune_list.round.posting_days
    calendar = read_calendar(commune_list.round.programme.province)
    with refusals_as_sentences():
        posting = Posting.objects.create(
            commune_list=commune_list, area_id=commune_list.area_id, starts_on=starts_on,
            ends_on=add_working_days(starts_on, days, calendar), working_days=days,
            places=[place.strip() for place in places if place.strip()], households=len(lines),
            content_hash=hash_of(lines), posted_by=by, posted_at=at,
        )  # fmt: skip
        _move(lines, Status.POSTED, posting)
    AuditEvent.record(
        Verb.POSTING_STARTED, commune_list, by=by, area=commune_list.area_id,
        households=[line.household_id for line in lines], at=at, count=len(lines), starts_on=starts_on.isoformat(),
        ends_on=posting.ends_on.isoformat(), places=posting.places,
    )  # fmt: skip
    return posting


@transaction.atomic
def close_posting(
    posting_id: int, *, record_no: str, present: str = "", findings: str = "",
    by: Officer, at: datetime.datetime | None = None,
) -> Posting:  # fmt: skip
    """The record of the end of posting (form 3b). Not before the last day at 17:00, nor with a complaint about the
    list as a whole that has no answer; a complaint about one household keeps back that household only.
    """
    at = at or timezone.now()
    posting = _lock(posting_id)
    if days := days_to_wait(posting, at):
        raise NotPossible(
            ngettext(
                "Not yet %(n)s working day of public posting (%(m)s to go).",
                "Not yet %(n)s working days of public posting (%(m)s to go).", posting.working_days,
            ) % {"n": posting.working_days, "m": days}
        )  # fmt: skip
    if not is_over(posting, at):
        raise NotPossible(_("Complaints are received until 17:00 today. Close the posting after that."))
    general = Complaint.objects.open().filter(commune_list=posting.commune_list_id, allocation=None).count()
    if general:
        raise NotPossible(
            ngettext(
                "%(n)s complaint about the list as a whole is not answered yet.",
                "%(n)s complaints about the list as a whole are not answered yet.", general,
            ) % {"n": general}
        )  # fmt: skip
    if not record_no.strip():
        raise NotPossible(_("Write the number of the record that closes the posting."))
    posting.state, posting.ended_by, posting.ended_at = Posting.State.CLOSED, by, at
    posting.record_no, posting.present, posting.findings = record_no.strip(), present.strip(), findings.strip()
    posting.save(update_fields=["state", "ended_by", "ended_at", "record_no", "present", "findings"])
    _record_end(Verb.POSTING_CLOSED, posting, by=by, at=at, document_no=posting.record_no)
    return posting


@transaction.atomic
def stop_posting(posting_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> int:
    """A posting with a mistake in it ends without a record; its lines are drafts again and may be ranked anew."""
    at = at or timezone.now()
    if not reason.strip():
        raise NotPossible(_("Write why the posting is stopped."))
    posting = _lock(posting_id)
    lines = list(posting.lines.select_for_update(of=["self"]).filter(status=Status.POSTED).order_by("pk"))
    _record_end(Verb.POSTING_STOPPED, posting, by=by, at=at, reason=reason.strip())  # while its lines are known
    _move(lines, Status.DRAFT, None)
    posting.state, posting.ended_by, posting.ended_at = Posting.State.STOPPED, by, at
    posting.stop_reason = reason.strip()
    posting.save(update_fields=["state", "ended_by", "ended_at", "stop_reason"])
    return len(lines)


def is_over(posting: Posting, at: datetime.datetime) -> bool:
    """Whether the last day has ended, or its hour of taking down has come."""
    moment = timezone.localtime(at)
    return (moment.date(), moment.time()) >= (posting.ends_on, TAKEN_DOWN_AT)


def days_to_wait(posting: Posting, at: datetime.datetime) -> int:
    """Working days that the list must still hang, today not counted."""
    today = timezone.localdate(at)
    if today >= posting.ends_on:
        return 0
    calendar = read_calendar(posting.commune_list.round.programme.province)
    return max(working_days_left(today, posting.ends_on, calendar), 1)


def _refuse_to_post(commune_list: CommuneList, starts_on: datetime.date, at: datetime.datetime) -> None:
    if commune_list.round.state != Round.State.OPEN:
        raise NotPossible(_("This round is not open."))
    if starts_on < timezone.localdate(at):
        raise NotPossible(_("A posting begins today or later: its days count from the day on which it is recorded."))
    if commune_list.postings.running().exists():
        raise NotPossible(_("This list is being posted already."))


def _postable(commune_list: CommuneList) -> list[Allocation]:
    drafts = commune_list.lines.select_for_update(of=["self"]).filter(status=Status.DRAFT, posting=None)
    lines = list(drafts.order_by("pk"))
    if not lines:
        raise NotPossible(_("There is no household to post. Build the list first."))
    wanted = set(assess_list(commune_list, lines).postable)
    if not wanted:
        raise NotPossible(_("None of the households is ready. Complete them or take them off the list first."))
    return [line for line in lines if line.pk in wanted]


def _move(lines: Collection[Allocation], status: Status, posting: Posting | None) -> None:
    Allocation.objects.among([line.pk for line in lines]).update(
        status=status, posting=posting, version=F("version") + 1
    )


def _lock(posting_id: int) -> Posting:
    """The list first (lock order), then its posting while it runs."""
    of_posting = Posting.objects.values("commune_list").filter(pk=posting_id)
    CommuneList.objects.select_for_update().get(pk__in=of_posting)
    posting = Posting.objects.select_for_update(of=["self"]).select_related("commune_list").get(pk=posting_id)
    if posting.state != Posting.State.RUNNING:
        raise NotPossible(_("This posting has already ended."))
    return posting


def _record_end(verb: Verb, posting: Posting, *, by: Officer, at: datetime.datetime, **details: object) -> None:
    households = posting.lines.order_by("pk").values_list("household_id", flat=True)
    AuditEvent.record(verb, posting.commune_list, by=by, area=posting.area_id, households=households, at=at, **details)
