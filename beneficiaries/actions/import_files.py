"""A commune's file from upload to register and back. Reading, saving and undoing are the work of jobs."""

from __future__ import annotations

import datetime
import hashlib
import unicodedata
from datetime import timedelta
from pathlib import PurePosixPath
from typing import IO, NamedTuple

from django.core.files import File
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from administration import jobs
from administration.models import Area, AuditEvent, Job, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from beneficiaries.actions.received import find_received
from beneficiaries.intake import apply as applying
from beneficiaries.intake import undo as undoing
from beneficiaries.intake.choices import choices_from_json, choices_to_json, remember
from beneficiaries.intake.collecting import without_collecting
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.parse import Choices
from beneficiaries.intake.read import refusal_message
from beneficiaries.models import ImportFile, StagedHousehold
from beneficiaries.pair_store import link_applied_rows

READ, APPLY, UNDO = "import.read", "import.apply", "import.undo"
UNDO_WITHIN = timedelta(hours=24)
MOST_AT_ONCE = 4  # one being read and three waiting: nobody's flood holds up the other communes
State = ImportFile.State
_ENDED = [State.UNDONE, State.ABANDONED, State.REFUSED]


class Upload(NamedTuple):
    """`is_new` is False when this very file was there already: unfinished, or saved before."""

    file: ImportFile
    is_new: bool


@transaction.atomic
def upload_file(
    content: IO[bytes], name: str, *, by: Officer, area: Area | None = None, choices: Choices | None = None,
    at: datetime.datetime | None = None,
) -> Upload:  # fmt: skip
    """Stores a file for a commune and asks for it to be read. The same bytes are stored once.

    `area` is the officer's own commune unless the province's desk imports for one; `choices` say how to read it.
    """
    area = area or by.area
    if area is None or not area.is_commune or by.area is None or not by.area.contains(area.number):
        raise NotPossible(_("Only a commune imports its own list."))
    size, sha256 = weigh(content)
    _lock_name(area.number, sha256)
    known = ImportFile.objects.filter(area=area, sha256=sha256).exclude(state__in=_ENDED).first()
    if known:
        return Upload(known, is_new=False)
    if Job.objects.unfinished().filter(kind=READ, requested_by=by).count() >= MOST_AT_ONCE:
        sentence = _("%(number)s files of yours are being read already. Wait until one is ready.")
        raise NotPossible(sentence % {"number": MOST_AT_ONCE})
    file = ImportFile(area=area, uploaded_by=by, original_name=clean_name(name), sha256=sha256, size=size)
    file.choices = choices_to_json(choices) if choices else {}
    file.state, file.uploaded_at = State.READING, at or timezone.now()
    content.seek(0)
    file.file.save(file.original_name, File(content), save=False)
    file.save()
    file.job = jobs.ask(READ, file.pk, by=by)
    file.save(update_fields=["job"])
    AuditEvent.record(Verb.FILE_UPLOADED, file, by=by, area=area, at=at, file=file.original_name)
    return Upload(file, is_new=True)


@transaction.atomic
def choose_columns(file_id: int, choices: Choices, *, is_final: bool = True, by: Officer) -> Job | None:
    """Confirms how the file is read. Other choices than before: it is read again (the job to ring for is returned).

    Not final: only look at another sheet or header row; the columns are asked about again.
    """
    file = lock_file(file_id, by=by)
    if file.state not in (State.UPLOADED, State.CHECKED) or file.applied_at:
        raise NotPossible(_("The columns of this file can no longer be changed."))
    chosen = choices_to_json(choices)
    is_changed = chosen != {name: file.choices.get(name) for name in chosen}
    file.choices = {**file.choices, **chosen}
    file.summary = {**file.summary, "confirmed": is_final, "asked": not is_final}
    file.refusal = ""
    job = None
    if is_changed or not file.households.exists():
        file.state = State.READING
        job = file.job = jobs.ask(READ, file.pk, by=by)
    elif is_final:
        file.state = State.CHECKED
        remember(file.seen, choices, file.area)
    file.save()
    AuditEvent.record(Verb.FILE_COLUMNS_CHOSEN, file, by=by, area=file.area_id, file=file.original_name)
    return job


@transaction.atomic
def start_apply(file_id: int, *, by: Officer) -> Job:
    """Asks for the ready rows to be saved. Nothing may be open: what is broken is mended or left for later first."""
    file = lock_file(file_id, by=by)
    if not file.may_be_mended:
        raise NotPossible(_("This file is not ready to be saved."))
    rows = StagedHousehold.objects.filter(file=file)
    unsettled = rows.open().exclude(state=StagedHousehold.State.READY).count()
    if unsettled:
        raise NotPossible(
            _("%(number)s rows still have errors. Mend them or leave them for later.") % {"number": unsettled}
        )
    if not rows.ready().exists():
        raise NotPossible(_("There is no row to save."))
    with refusals_as_sentences():
        ImportFile.objects.filter(pk=file.pk).update(state=State.APPLYING, refusal="")
    job = jobs.ask(APPLY, file.pk, by=by)
    ImportFile.objects.filter(pk=file.pk).update(job=job)
    remember(file.seen, choices_from_json(file.choices), file.area)
    return job


@without_collecting()
@transaction.atomic
def apply_file(
    file_id: int, *, by: Officer, progress: applying.Progress, at: datetime.datetime | None = None
) -> applying.Applied:
    """Writes the ready rows into the register: the work of the job, all of it or nothing."""
    file = lock_file(file_id, by=by)
    if file.state != State.APPLYING:
        raise NotPossible(_("This file is not ready to be saved."))
    with refusals_as_sentences():
        done = applying.apply(file, by=by, progress=progress, at=at or timezone.now())
        link_applied_rows(file)
        find_received(done.household_ids)
    left = StagedHousehold.objects.filter(file=file).exclude(state=StagedHousehold.State.APPLIED).count()
    ImportFile.objects.filter(pk=file.pk).update(
        state=State.APPLIED,
        applied_at=at or timezone.now(),
        undone_at=None,
        added=F("added") + len(done.added),
        updated=F("updated") + len(done.updated),
        unchanged=F("unchanged") + len(done.unchanged),
        left_out=left,
        summary={**file.summary, "refused": done.refused},
    )
    AuditEvent.record(
        Verb.FILE_APPLIED, file, by=by, area=file.area_id, households=done.household_ids, at=at,
        file=file.original_name, rows=len(done.household_ids), added=len(done.added), updated=len(done.updated),
        unchanged=len(done.unchanged), left_out=left,
    )  # fmt: skip
    return done


@transaction.atomic
def undo_import(file_id: int, *, by: Officer) -> Job:
    """Asks for a saved file to be taken back, within 24 hours."""
    file = lock_file(file_id, by=by)
    if file.state != State.APPLIED or file.applied_at is None:
        raise NotPossible(_("This file has not been saved."))
    if timezone.now() > file.applied_at + UNDO_WITHIN:
        raise NotPossible(_("An import can be undone within 24 hours only. Change the households one by one."))
    job = jobs.ask(UNDO, file.pk, by=by)
    ImportFile.objects.filter(pk=file.pk).update(job=job, refusal="")
    return job


@transaction.atomic
def undo_file(file_id: int, *, by: Officer) -> undoing.Undone:
    """Takes back what nobody has touched since: the work of the job. What stays is named in the summary."""
    file = lock_file(file_id, by=by)
    if file.state != State.APPLIED:
        raise NotPossible(_("This file has not been saved."))
    with refusals_as_sentences():
        done = undoing.undo(file)
    stays = bool(done.kept)
    ImportFile.objects.filter(pk=file.pk).update(
        state=State.APPLIED if stays else State.UNDONE,
        undone_at=timezone.now(),
        added=F("added") - len(done.removed),
        updated=F("updated") - len(done.restored),
        unchanged=F("unchanged") - len(done.unchanged),
        summary={**file.summary, "kept": done.kept, "undone": [len(done.removed), len(done.restored)]},
    )
    AuditEvent.record(
        Verb.FILE_UNDONE, file, by=by, area=file.area_id, households=[*done.removed, *done.restored],
        file=file.original_name, removed=len(done.removed), restored=len(done.restored), kept=len(done.kept),
    )  # fmt: skip
    return done


@transaction.atomic
def abandon(file_id: int, *, by: Officer) -> None:
    """Gives up what is not saved. A file of which nothing was saved is forgotten, bytes and rows."""
    file = lock_file(file_id, by=by)
    if file.state in (State.APPLYING, State.READING):
        raise NotPossible(_("The file is being worked on. Stop the work first."))
    if file.state in _ENDED:
        raise NotPossible(_("This file is closed already."))
    if file.applied_at:
        raise NotPossible(_("This file has been saved. Undo it instead."))
    _forget(file)
    AuditEvent.record(Verb.FILE_ABANDONED, file, by=by, area=file.area_id, file=file.original_name)


@transaction.atomic
def stop_work(file_id: int, *, by: Officer) -> bool:
    """Cancels the job under way. One that waits ends here; one that runs ends at its next mark and settles itself."""
    file = ImportFile.objects.visible_to(by).select_related("job").get(pk=file_id)
    if file.job is None or not jobs.cancel(file.job):
        return False
    if not Job.objects.filter(pk=file.job.pk, lease_until__isnull=False).exists():
        settle(file.job.kind, file.pk, "")
    AuditEvent.record(Verb.FILE_STOPPED, file, by=by, area=file.area_id, file=file.original_name)
    return True


def settle(kind: str, file_id: int, error: str) -> None:
    """After a job that failed (`error` is a sentence) or was cancelled (""): a state the officer can act on."""
    file = ImportFile.objects.select_for_update().get(pk=file_id)
    if kind == READ and file.state == State.READING:
        _settle_reading(file, error)
    elif kind == APPLY and file.state == State.APPLYING:
        file.state = State.APPLIED if file.applied_at else State.CHECKED
        file.refusal = error or _("The saving was stopped. Nothing was saved.")
        file.save(update_fields=["state", "refusal"])
    elif kind == UNDO:
        file.refusal = error or _("The undoing was stopped. Nothing was changed.")
        file.save(update_fields=["refusal"])


def _settle_reading(file: ImportFile, error: str) -> None:
    if file.households.exists():
        file.state, file.refusal = State.UPLOADED, error or _("The reading was stopped.")
        file.save(update_fields=["state", "refusal"])
    elif error:
        file.state, file.refusal = State.REFUSED, error
        file.save(update_fields=["state", "refusal"])
    else:
        _forget(file)


def _forget(file: ImportFile) -> None:
    file.households.all().delete()
    ImportFile.objects.filter(pk=file.pk).update(state=State.ABANDONED, preview=None, refusal="")
    stored, store = file.file.name, file.file.storage
    if stored:
        transaction.on_commit(lambda: store.delete(stored))


def lock_file(file_id: int, *, by: Officer) -> ImportFile:
    return ImportFile.objects.visible_to(by).select_for_update(of=["self"]).select_related("area").get(pk=file_id)


def weigh(content: IO[bytes], limit: int = Limits().bytes) -> tuple[int, str]:
    """Size and SHA-256 of a file that is neither empty nor larger than `limit` bytes."""
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(1 << 20):
        size += len(chunk)
        if size > limit:
            raise NotPossible(refusal_message("too_big", {"megabytes": limit // (1024 * 1024)}))
        digest.update(chunk)
    if size == 0:
        raise NotPossible(refusal_message("empty", {}))
    return size, digest.hexdigest()


def _lock_name(area_no: int, sha256: str) -> None:
    """Two tabs or two colleagues who send the same bytes at once wait for each other here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [area_no, sha256])


def clean_name(name: str) -> str:
    """What the official calls the file, without a path and without invisible characters; the ending is kept."""
    base = PurePosixPath(name.replace("\\", "/")).name
    visible = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C").strip()
    visible = visible or "list"
    ending = PurePosixPath(visible).suffix[:10]
    return visible if len(visible) <= 200 else visible[: 200 - len(ending)] + ending
