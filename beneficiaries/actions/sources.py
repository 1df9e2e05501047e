"""Lists of earlier programmes: sent, read, confirmed, compared with the register, withdrawn and taken up again."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration import jobs
from administration.models import Area, AuditEvent, Job, Level, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from beneficiaries import received_reading as reading
from beneficiaries.actions.import_files import MOST_AT_ONCE, clean_name, weigh
from beneficiaries.intake.apply import Progress
from beneficiaries.intake.choices import choices_from_json, choices_to_json
from beneficiaries.intake.parse import Choices
from beneficiaries.intake.refusals import Refused
from beneficiaries.models import Effect, ExclusionSource
from beneficiaries.received_search import search_source
from beneficiaries.received_store import keep_hits_of_source, retire_hits

READ, MATCH = "source.read", "source.match"
State = ExclusionSource.State
_DETAIL = {"giver": "given_by", "kind": "given_kind", "document_no": "given_document"}  # names of the audit trail


@dataclass(frozen=True, slots=True)
class SourceValues:
    """How a list is called: the programme, its year, who gave what, the document it rests on, what a hit means."""

    name: str
    year: int
    giver: str
    kind: str
    document_no: str = ""
    effect: str = Effect.BLOCKS


@transaction.atomic
def add_source(
    content: IO[bytes], file_name: str, values: SourceValues, *, by: Officer, at: datetime.datetime | None = None
) -> ExclusionSource:
    """Stores a list of the officer's province and asks for it to be read."""
    province = _province_of(by)
    size, sha256 = weigh(content, reading.LIMITS.bytes)
    if Job.objects.unfinished().filter(kind=READ, requested_by=by).count() >= MOST_AT_ONCE:
        sentence = _("%(number)s files of yours are being read already. Wait until one is ready.")
        raise NotPossible(sentence % {"number": MOST_AT_ONCE})
    source = ExclusionSource(
        province=province, uploaded_by=by, uploaded_at=at or timezone.now(), original_name=clean_name(file_name),
        sha256=sha256, size=size, **_columns(values),
    )  # fmt: skip
    with refusals_as_sentences():
        source.save()
    content.seek(0)
    source.file.save(source.original_name, File(content), save=False)
    source.job = jobs.ask(READ, source.pk, by=by)
    source.save(update_fields=["file", "job"])
    _record(Verb.SOURCE_ADDED, source, by=by, at=at, file=source.original_name)
    return source


@transaction.atomic
def choose_source_columns(source_id: int, choices: Choices, *, by: Officer) -> Job | None:
    """Other columns than were recognised: the list is read again. None: they are what they were."""
    source = _lock(source_id, by=by)
    if source.state != State.READ:
        raise NotPossible(_("The columns of this file can no longer be changed."))
    if choices_to_json(choices) == choices_to_json(choices_from_json(source.choices)):
        return None
    source.choices, source.state = choices_to_json(choices), State.READING
    source.job = jobs.ask(READ, source.pk, by=by)
    source.save(update_fields=["choices", "state", "job"])
    _record(Verb.SOURCE_COLUMNS_CHOSEN, source, by=by, file=source.original_name)
    return source.job


@transaction.atomic
def read_source(source_id: int, *, by: Officer, progress: Progress) -> None:
    """The work of the job. Raises NotPossible with the sentence of a refused file."""
    source = _lock(source_id, by=by)
    if source.state != State.READING:
        return
    progress(0, 3)
    try:
        found = reading.read(source)
    except Refused as refusal:
        raise NotPossible(refusal.message) from refusal
    progress(1, 3)
    reading.keep(source, found)
    progress(2, 3)
    source.state, source.refusal = State.READ, ""
    source.save(update_fields=["choices", "summary", "preview", "state", "refusal"])


@transaction.atomic
def confirm_source(source_id: int, *, by: Officer, at: datetime.datetime | None = None) -> Job:
    """Takes a list into use: the register is compared with it (the work of the job that is returned)."""
    source = _lock(source_id, by=by)
    if source.state != State.READ:
        raise NotPossible(_("This list is not waiting to be confirmed."))
    if not source.summary.get("rows"):
        raise NotPossible(_("Nobody in this list can be found again: it needs numbers, or names with years of birth."))
    source.confirmed_by, source.confirmed_at = by, at or timezone.now()
    return _ask_to_match(source, Verb.SOURCE_CONFIRMED, by=by, at=at)


@transaction.atomic
def match_source(source_id: int, *, by: Officer, progress: Progress) -> int:
    """The work of the job: everybody on the list against the register. Returns how many households it names."""
    source = _lock(source_id, by=by)
    if source.state != State.MATCHING:
        return 0
    total = source.summary.get("rows", 0)
    progress(0, total)
    found = []
    for hit in search_source(source, source.province):
        found.append(hit)
        progress(min(len(found), total), total)
    ExclusionSource.objects.filter(pk=source.pk).update(state=State.ACTIVE, refusal="")
    return keep_hits_of_source(source, found)


@transaction.atomic
def change_source(
    source_id: int, values: SourceValues, *, by: Officer, at: datetime.datetime | None = None
) -> ExclusionSource:
    """How it is called and what a hit means; the rows stay."""
    source = _lock(source_id, by=by)
    new = _columns(values)
    changes = [
        {"field": _DETAIL.get(name, name), "old": getattr(source, name), "new": value}
        for name, value in new.items()
        if getattr(source, name) != value
    ]
    if changes:
        with refusals_as_sentences():
            ExclusionSource.objects.filter(pk=source.pk).update(**new)
        _record(Verb.SOURCE_CHANGED, source, by=by, at=at, changes=changes)
        source.refresh_from_db()
    return source


@transaction.atomic
def abandon_source(source_id: int, *, by: Officer, at: datetime.datetime | None = None) -> None:
    """Forgets a list that was never confirmed: rows and file."""
    source = _lock(source_id, by=by)
    if source.confirmed_at or source.state not in (State.READ, State.REFUSED):
        raise NotPossible(_("This list is in use. Withdraw it instead."))
    stored, store = source.file.name, source.file.storage
    _record(Verb.SOURCE_ABANDONED, source, by=by, at=at, file=source.original_name)
    source.delete()
    if stored:
        transaction.on_commit(lambda: store.delete(stored))


@transaction.atomic
def withdraw_source(source_id: int, *, reason: str, by: Officer, at: datetime.datetime | None = None) -> None:
    """Takes a list out of use: what it said about households counts no more. It can be taken up again."""
    source = _lock(source_id, by=by)
    if source.state != State.ACTIVE:
        raise NotPossible(_("This list is not in use."))
    if not reason.strip():
        raise NotPossible(_("Say why the list is withdrawn."))
    at = at or timezone.now()
    ExclusionSource.objects.filter(pk=source.pk).update(
        state=State.WITHDRAWN, withdrawn_by=by, withdrawn_at=at, withdrawal_reason=reason.strip()
    )
    retire_hits(source)
    _record(Verb.SOURCE_WITHDRAWN, source, by=by, at=at, reason=reason.strip())


@transaction.atomic
def take_up_source(source_id: int, *, by: Officer, at: datetime.datetime | None = None) -> Job:
    """Undoes the withdrawal; the register is compared with the list anew."""
    source = _lock(source_id, by=by)
    if source.state != State.WITHDRAWN:
        raise NotPossible(_("This list has not been withdrawn."))
    source.withdrawn_by, source.withdrawn_at, source.withdrawal_reason = None, None, ""
    return _ask_to_match(source, Verb.SOURCE_TAKEN_UP, by=by, at=at)


def settle_source(kind: str, source_id: int, error: str) -> None:
    """After a job that failed (`error` is a sentence) or was cancelled (""): a state the officer can act on."""
    source = ExclusionSource.objects.select_for_update().get(pk=source_id)
    if kind == READ and source.state == State.READING:
        source.state = State.READ if source.summary else State.REFUSED
        source.refusal = error or _("The reading was stopped.")
    elif kind == MATCH and source.state == State.MATCHING:
        source.state, source.confirmed_by, source.confirmed_at = State.READ, None, None
        source.refusal = error or _("The comparison was stopped. The list is not in use yet.")
    else:
        return
    source.save(update_fields=["state", "refusal", "confirmed_by", "confirmed_at"])


def _ask_to_match(source: ExclusionSource, verb: Verb, *, by: Officer, at: datetime.datetime | None) -> Job:
    source.state, source.refusal = State.MATCHING, ""
    source.job = job = jobs.ask(MATCH, source.pk, by=by)
    with refusals_as_sentences():
        source.save()
    _record(verb, source, by=by, at=at, count=source.summary.get("rows", 0))
    return job


def _columns(values: SourceValues) -> dict[str, object]:
    return {
        "name": values.name.strip(), "year": values.year, "giver": values.giver.strip(), "kind": values.kind,
        "document_no": values.document_no.strip(), "effect": values.effect,
    }  # fmt: skip


def _province_of(by: Officer) -> Area:
    if by.area is None or by.area.level != Level.PROVINCE:
        raise NotPossible(_("Only the province keeps the lists of earlier programmes."))
    return by.area


def _lock(source_id: int, *, by: Officer) -> ExclusionSource:
    sources = ExclusionSource.objects.filter(province=_province_of(by)).select_for_update(of=["self"])
    source = sources.select_related("province").filter(pk=source_id).first()
    if source is None:
        raise NotPossible(_("This list is no longer there."))
    return source


def _record(
    verb: Verb, source: ExclusionSource, *, by: Officer, at: datetime.datetime | None = None, **details: Any
) -> None:
    AuditEvent.record(verb, source, by=by, area=source.province_id, at=at, programme=str(source), **details)
