"""Reading a stored file into staged rows: the work of the job after an upload or another choice of columns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from administration.models import Officer
from administration.refusals import NotPossible
from beneficiaries.actions.import_files import State, lock_file
from beneficiaries.intake import stage
from beneficiaries.intake.apply import Progress
from beneficiaries.intake.choices import choices_from_json, choices_to_json, known_choices, remember
from beneficiaries.intake.collecting import without_collecting
from beneficiaries.intake.match import match
from beneficiaries.intake.overview import terms_of
from beneficiaries.intake.parse import Choices, Parsed, parse_sheets
from beneficiaries.intake.place import place_of
from beneficiaries.intake.preview import open_questions, seen_of, summary_of
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.refusals import Refused
from beneficiaries.intake.source import Mend, TableView, cell_text
from beneficiaries.intake.staged import Staged
from beneficiaries.models import Household, ImportFile, StagedHousehold

MARKED = re.compile(r"\(Trao (\d+)\)\s*$")  # ends the header of the column that a returned workbook got
_STEPS = 4


@without_collecting()
@transaction.atomic
def read_file(file_id: int, *, by: Officer, progress: Progress) -> None:
    """Guards, reads, checks, matches and stages a file. Raises NotPossible with the sentence of a refused file."""
    file = lock_file(file_id, by=by)
    if file.state != State.READING:
        return
    progress(0, _STEPS)
    parsed, choices = _parsed(file, progress)
    progress(2, _STEPS)
    if merged_into := _merge_into_marked(file, parsed, by=by):
        file.summary = {**file.summary, "merged_into": merged_into.pk, "merged": merged_into.summary["merged"]}
        file.state = State.ABANDONED
        file.save()
        return
    staged = stage.prepare(parsed, place_of(file.area))
    _keep_what_was_done(file, staged, parsed, choices)
    match(staged, file.area)
    progress(3, _STEPS)
    stage.write(file, staged)
    _conclude(file, parsed, choices, staged)


def _parsed(file: ImportFile, progress: Progress) -> tuple[Parsed, Choices]:
    choices = choices_from_json(file.choices)
    try:
        sheets = read_workbook(Path(file.file.path), file.original_name)
        progress(1, _STEPS)
        parsed = parse_sheets(sheets, choices=choices, today=timezone.localdate(), known=known_choices(file.area))
    except Refused as refusal:
        raise NotPossible(refusal.message) from refusal
    return parsed, parsed.choices


def _keep_what_was_done(file: ImportFile, staged: list[Staged], parsed: Parsed, choices: Choices) -> None:
    """A second reading with other columns keeps cells mended by hand and rows left for later."""
    before = {(one.sheet, one.row_no): one for one in stage.load(StagedHousehold.objects.filter(file=file))}
    if not before:
        return
    views, place, today = stage.views_of(parsed, choices), place_of(file.area), timezone.localdate()
    for one in staged:
        earlier = before.get((one.sheet, one.row_no))
        if earlier is None:
            continue
        one.is_skipped = one.is_skipped or earlier.is_skipped
        one.decision = earlier.decision
        if earlier.mends:
            one.mends = earlier.mends
            stage.read_again(one, views[one.table_no], place, today)
    stage.set_between(staged)


def _conclude(file: ImportFile, parsed: Parsed, choices: Choices, staged: list[Staged]) -> None:
    is_confirmed, is_asked = bool(file.summary.get("confirmed")), bool(file.summary.get("asked"))
    terms = _terms(file, staged)
    questions = open_questions(parsed, choices)
    settled = choices.terms.get("hamlet", {})
    if any(word["like"] and word["text"] not in settled for word in terms.get("hamlet", [])):
        questions.append("hamlets")
    file.seen = {**seen_of(parsed), "terms": terms}
    file.choices = {**file.choices, **choices_to_json(choices)}
    file.summary = {**summary_of(parsed), "questions": questions, "confirmed": is_confirmed}
    must_ask = is_asked or "no_list" in questions or (questions and not is_confirmed)
    file.state = State.UPLOADED if must_ask else State.CHECKED
    file.refusal, file.pairs_found_at = "", None
    file.save()
    if file.state == State.CHECKED and is_confirmed:
        remember(file.seen, choices, file.area)


def _terms(file: ImportFile, staged: list[Staged]) -> dict[str, list[dict[str, Any]]]:
    registered = Household.objects.filter(area=file.area).order_by("hamlet").values_list("hamlet", flat=True).distinct()
    problems = [problem for one in staged for problem in one.problems]
    return terms_of([one.household for one in staged], problems, list(registered))


def _merge_into_marked(file: ImportFile, parsed: Parsed, *, by: Officer) -> ImportFile | None:
    """A workbook that Trao gave back with its wrong cells marked: only its open rows go into the first import."""
    origin = _origin(file, parsed, by=by)
    if origin is None:
        return None
    choices, today = choices_from_json(origin.choices), timezone.localdate()
    parsed = parse_sheets(parsed.sheets, choices=choices, today=today)
    place, views = place_of(origin.area), stage.views_of(parsed, choices)
    fresh = {(one.sheet, one.row_no): one for one in stage.prepare(parsed, place)}
    known = stage.load(StagedHousehold.objects.filter(file=origin).exclude(state=StagedHousehold.State.APPLIED))
    settled = [one for one in known if one.state == StagedHousehold.State.READY]
    moved = sum(_is_somebody_else(one, fresh.get((one.sheet, one.row_no))) for one in settled)
    if moved * 5 > len(settled):  # rows were sorted, added or taken out: not the same list any more
        return None
    touched, gone = [], []
    for one in known:
        new = fresh.get((one.sheet, one.row_no))
        if new is None or one.state == StagedHousehold.State.READY or one.household.repeat_of is not None:
            continue
        gone += one.hashes
        one.mends = [mend for mend in one.mends if _is_still_meant(mend, one, new, views[new.table_no])]
        one.rows, one.raw, one.given, one.is_skipped = new.rows, new.raw, new.given, False
        one.household, one.problems = new.household, new.problems
        if one.mends:
            stage.read_again(one, views[new.table_no], place, today)
        touched.append(one)
    others = stage.check_between(origin, touched, gone)
    match([*touched, *others], origin.area)
    stage.rewrite([*touched, *others])
    origin.summary = {**origin.summary, "merged": len(touched)}
    origin.pairs_found_at = None
    origin.save(update_fields=["summary", "pairs_found_at"])
    return origin


def _origin(file: ImportFile, parsed: Parsed, *, by: Officer) -> ImportFile | None:
    headers = (column.header for table in parsed.tables for column in table.layout.columns)
    found = next((mark for header in headers if (mark := MARKED.search(header))), None)
    if found is None:
        return None
    number = int(found[1]) if len(found[1]) < 18 else 0
    origin = ImportFile.objects.visible_to(by).filter(pk=number, area=file.area).exclude(pk=file.pk).first()
    return lock_file(origin.pk, by=by) if origin and origin.may_be_mended and origin.seen else None


def _is_still_meant(mend: Mend, one: Staged, new: Staged, view: TableView) -> bool:
    """Whether a cell mended on the page stands in the workbook as before: it had no place there to be written to."""
    return cell_text(view, one.rows, [], mend.row_no, mend.field) == cell_text(
        view, new.rows, [], mend.row_no, mend.field
    )


def _is_somebody_else(one: Staged, new: Staged | None) -> bool:
    return new is None or new.household.head.full_name != one.household.head.full_name
