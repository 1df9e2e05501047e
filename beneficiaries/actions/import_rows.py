"""Mending the rows of a file before they are saved: cells, groups of rows, rows left for later, look-alikes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.verbs import Verb
from beneficiaries.actions.import_files import lock_file
from beneficiaries.intake import stage
from beneficiaries.intake.choices import choices_from_json, is_safe_word, safe_words
from beneficiaries.intake.group_fixes import (
    CHOOSE_CATEGORY,
    CHOOSE_PEOPLE,
    FILL,
    FIX,
    GROUPED,
    Group,
    find_groups,
    mend_group,
)
from beneficiaries.intake.match import match
from beneficiaries.intake.place import place_of
from beneficiaries.intake.preview import stored_views
from beneficiaries.intake.source import Mend, TableView, cell_text
from beneficiaries.intake.staged import DIFFERENT, Staged
from beneficiaries.intake.value_words import read_category, read_ethnic_group
from beneficiaries.models import Category, ImportFile, StagedHousehold

_LONGEST_CELL = 500
State = StagedHousehold.State


def mend_cell(file_id: int, staged_id: int, row_no: int, field: str, value: str, *, by: Officer) -> Staged:
    """One cell. `row_no` is the row in the official's own file, `field` as in intake.vocabulary.FIELDS."""
    return mend_cells(file_id, staged_id, {(row_no, field): value}, by=by)


@transaction.atomic
def mend_cells(file_id: int, staged_id: int, values: Mapping[tuple[int, str], str], *, by: Officer) -> Staged:
    """Puts new text into cells of one household, reads and checks it again; (row, field) -> text."""
    file = _lock(file_id, by=by)
    one = _take(file, [staged_id])[0]
    views = _views(file)
    rows = {row.row_no for row in one.rows}
    changed = {
        (row_no, field): text.strip()[:_LONGEST_CELL]
        for (row_no, field), text in values.items()
        if row_no in rows and text.strip() != _now(one, views, row_no, field)
    }
    for (row_no, field), text in changed.items():
        one.mends = [mend for mend in one.mends if (mend.row_no, mend.field, mend.step) != (row_no, field, "")]
        one.mends.append(Mend("", row_no, field, text))
    if changed:
        one.is_skipped = False
        _check_and_write(file, [one], views, by=by)
        AuditEvent.record(
            Verb.FILE_MENDED, file, by=by, area=file.area_id, sheet=one.sheet, row=one.row_no,
            fields=sorted({field for _, field in changed}),
        )  # fmt: skip
    return one


@transaction.atomic
def apply_group_fix(file_id: int, key: str, *, value: str = "", by: Officer) -> int:
    """Mends every row of a group (Group.key) as one step that can be taken back. Returns how many rows."""
    file = _lock(file_id, by=by)
    views = _views(file)
    group = next((group for group in find_groups(grouped_rows(file), views) if group.key == key), None)
    if group is None:
        raise NotPossible(_("These rows have been mended already."))
    _check_value(group, value)
    value = group.proposal if group.kind == FIX and group.word else value
    step = uuid.uuid4().hex[:8]
    touched = mend_group(group, value.strip(), step)
    _check_and_write(file, touched, views, by=by)
    _note_step(file, group, value, step, len(touched))
    AuditEvent.record(
        Verb.FILE_MENDED, file, by=by, area=file.area_id, code=group.code, fields=[group.field], rows=len(touched)
    )
    return len(touched)


@transaction.atomic
def undo_group_fix(file_id: int, step: str, *, by: Officer) -> int:
    """Takes one group fix back; cells mended by hand since then stay as they are."""
    file = _lock(file_id, by=by)
    steps = file.choices.get("steps", [])
    if not any(known["id"] == step for known in steps):
        raise NotPossible(_("This step has been taken back already."))
    rows = stage.load(StagedHousehold.objects.filter(file=file).exclude(state=State.APPLIED))
    touched = [one for one in rows if any(mend.step == step for mend in one.mends)]
    for one in touched:
        one.mends = stage.without(one.mends, step)
    word = next((known.get("word", "") for known in steps if known["id"] == step), "")
    file.choices["categories"] = {t: m for t, m in file.choices.get("categories", {}).items() if t != word}
    terms = file.choices.get("terms", {})
    file.choices["terms"] = {name: {t: m for t, m in words.items() if t != word} for name, words in terms.items()}
    file.choices["steps"] = [known for known in steps if known["id"] != step]
    file.save(update_fields=["choices"])
    _check_and_write(file, touched, _views(file), by=by)
    AuditEvent.record(Verb.FILE_MENDED, file, by=by, area=file.area_id, rows=len(touched), taken_back=True)
    return len(touched)


@transaction.atomic
def skip_rows(file_id: int, staged_ids: Collection[int] | None, *, by: Officer) -> int:
    """Leaves rows for later: they stay in the file, nothing of them is saved. None: every row that is not ready."""
    file = _lock(file_id, by=by)
    rows = StagedHousehold.objects.filter(file=file)
    wanted = rows.filter(pk__in=staged_ids) if staged_ids is not None else rows.exclude(state=State.READY)
    return _set_skipped(file, wanted.exclude(state__in=[State.APPLIED, State.SKIPPED]), is_skipped=True, by=by)


@transaction.atomic
def take_back_rows(file_id: int, staged_ids: Collection[int], *, by: Officer) -> int:
    """Takes rows up again that were left for later."""
    file = _lock(file_id, by=by)
    rows = StagedHousehold.objects.filter(file=file, pk__in=staged_ids, state=State.SKIPPED)
    return _set_skipped(file, rows, is_skipped=False, by=by)


@transaction.atomic
def decide_twin(file_id: int, staged_id: int, household_id: int, *, by: Officer) -> Staged:
    """Whether a row is the household it looks like: its id, or 0 for none of them."""
    file = _lock(file_id, by=by)
    one = _take(file, [staged_id])[0]
    if household_id != DIFFERENT and household_id not in [twin[0] for twin in one.match.twins]:
        raise NotPossible(_("This household no longer looks like that one."))
    one.decision = household_id
    match([one], file.area)
    stage.rewrite([one])
    AuditEvent.record(
        Verb.FILE_MENDED, file, by=by, area=file.area_id, sheet=one.sheet, row=one.row_no,
        households=[household_id] if household_id else [],
    )  # fmt: skip
    return one


def grouped_rows(file: ImportFile) -> list[Staged]:
    """The rows that may belong to a group."""
    rows = StagedHousehold.objects.filter(file=file, problem_codes__overlap=GROUPED)
    return stage.load(rows.exclude(state__in=[State.APPLIED, State.SKIPPED]))


def _note_step(file: ImportFile, group: Group, value: str, step: str, number: int) -> None:
    """Keeps the step, so that it can be taken back; a word that was explained is understood in the next file, too."""
    note: dict[str, object] = {"id": step, "code": group.code, "field": group.field, "count": number}
    if group.word and group.kind == CHOOSE_CATEGORY:
        meaning = read_category(value)
        words = safe_words([(group.word, meaning.category, meaning.attributes)])
        known = file.choices.get("categories", {})
        file.choices["categories"] = known | {text: [category, list(more)] for text, (category, more) in words.items()}
        note["word"] = next(iter(words), "")
    elif is_safe_word(group.word):
        terms = file.choices.get("terms", {})
        file.choices["terms"] = terms | {group.field: terms.get(group.field, {}) | {group.word: value.strip()}}
        note["word"] = group.word
    file.choices["steps"] = [*file.choices.get("steps", []), note]
    file.save(update_fields=["choices"])


def _set_skipped(file: ImportFile, rows: object, *, is_skipped: bool, by: Officer) -> int:
    touched = stage.load(rows)  # type: ignore[arg-type]
    if not touched:
        return 0
    for one in touched:
        one.is_skipped = is_skipped
    others = stage.check_between(file, touched, [])
    if not is_skipped:
        match(touched, file.area)
    stage.rewrite([*touched, *others])
    _look_again(file)
    verb_rows = [one.row_no for one in touched]
    AuditEvent.record(Verb.FILE_ROW_SKIPPED, file, by=by, area=file.area_id, rows=verb_rows, taken_back=not is_skipped)
    return len(touched)


def _check_and_write(file: ImportFile, touched: list[Staged], views: list[TableView], *, by: Officer) -> None:
    gone = [number for one in touched for number in one.hashes]
    place, today = place_of(file.area), timezone.localdate()
    for one in touched:
        stage.read_again(one, views[one.table_no], place, today)
    others = stage.check_between(file, touched, gone)
    match(touched, file.area)
    stage.rewrite([*touched, *others])
    _look_again(file)


def _look_again(file: ImportFile) -> None:
    """The rows have changed: doubles are looked for again before anybody decides on them."""
    ImportFile.objects.filter(pk=file.pk).update(pairs_found_at=None)


def _check_value(group: Group, value: str) -> None:
    if group.kind == CHOOSE_CATEGORY and read_category(value).category not in Category.values:
        raise NotPossible(_("Choose what the word means."))
    if group.kind == CHOOSE_PEOPLE and read_ethnic_group(value) is None:
        raise NotPossible(_("Choose what the word means."))
    if group.kind == FILL and not value.strip():
        raise NotPossible(_("Enter the value for these rows."))


def _lock(file_id: int, *, by: Officer) -> ImportFile:
    file = lock_file(file_id, by=by)
    if not file.may_be_mended:
        raise NotPossible(_("This file can no longer be mended."))
    return file


def _take(file: ImportFile, staged_ids: list[int]) -> list[Staged]:
    found = stage.load(StagedHousehold.objects.filter(file=file, pk__in=staged_ids).exclude(state=State.APPLIED))
    if len(found) != len(staged_ids):
        raise NotPossible(_("This row has been saved already."))
    return found


def _views(file: ImportFile) -> list[TableView]:
    return stored_views(file.seen, choices_from_json(file.choices))


def _now(one: Staged, views: list[TableView], row_no: int, field: str) -> str:
    return cell_text(views[one.table_no], one.rows, one.mends, row_no, field)
