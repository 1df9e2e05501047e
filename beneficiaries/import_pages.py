"""What the other pages of the import show: the list of files, the columns, look-alikes, the last check, the result."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext

from administration.models import Officer
from beneficiaries.actions.import_files import UNDO_WITHIN
from beneficiaries.import_errors import Counts, count
from beneficiaries.import_words import (
    FIELD_LABELS,
    QUESTIONS,
    STEPS,
    TERM_TITLES,
    change_label,
    change_value,
    keep_reason,
    people_options,
    peoples,
    shown_number,
)
from beneficiaries.intake import stage
from beneficiaries.intake.preview import missing_fields
from beneficiaries.intake.register_problems import CONFLICTS, sentence
from beneficiaries.intake.staged import Effect, Staged, State
from beneficiaries.intake.undo import would_keep
from beneficiaries.models import Category, Household, ImportFile, StagedHousehold

FileState = ImportFile.State
MOST_SHOWN = 200


@dataclass
class FileLine:
    """One file in the list of imports."""

    file: ImportFile
    url: str
    counts: Counts | None = None
    step: str = ""


def next_url(file: ImportFile, counts: Counts | None = None) -> str:
    """The step at which the work on a file goes on."""
    if file.job is not None and file.job.is_open:
        return reverse("imports:progress", args=[file.pk])
    if file.state == FileState.UPLOADED:
        return reverse("imports:columns", args=[file.pk])
    if file.state == FileState.CHECKED:
        counts = counts or count(file)
        name = "errors" if counts.broken else "conflicts" if counts.conflict or counts.twins else "confirm"
        return reverse(f"imports:{name}", args=[file.pk])
    if merged_into := file.summary.get("merged_into"):
        return reverse("imports:errors", args=[merged_into])
    return reverse("imports:result", args=[file.pk])


def unfinished(officer: Officer) -> list[FileLine]:
    files = ImportFile.objects.visible_to(officer).unfinished()
    lines = files.select_related("job", "uploaded_by").order_by("-uploaded_at")[:20]
    return [_unfinished_line(file, count(file)) for file in lines]


def _unfinished_line(file: ImportFile, counts: Counts) -> FileLine:
    name = resolve(next_url(file, counts)).url_name
    step = STEPS[name or ""] if name in STEPS else file.get_state_display()
    return FileLine(file, reverse("imports:file", args=[file.pk]), counts, str(step))


def earlier(officer: Officer) -> list[FileLine]:
    files = ImportFile.objects.visible_to(officer).filter(state__in=[FileState.APPLIED, FileState.UNDONE])
    lines = files.select_related("uploaded_by").order_by("-applied_at", "-pk")[:50]
    return [FileLine(file, reverse("imports:result", args=[file.pk])) for file in lines]


def questions_of(file: ImportFile) -> list[str]:
    return [str(QUESTIONS[reason]) for reason in file.summary.get("questions", []) if reason in QUESTIONS]


def missing_of(table: dict[str, Any]) -> list[str]:
    """Needed fields that no column of a list gives, in words; sections may give hamlet and category."""
    fields = [column["field"] for column in table["columns"]]
    return [str(FIELD_LABELS[name]) for name in missing_fields(fields, has_sections=True)]


@dataclass
class Term:
    """A word of the file nobody knows, the field of its answer, and what it may stand for."""

    text: str
    count: int
    name: str
    options: list[tuple[str, str, bool]]
    is_guess: bool


def terms_of(file: ImportFile) -> list[tuple[str, list[Term]]]:
    """(what is asked, its words): ethnic groups, communes and hamlets that are not in the lists."""
    asked = []
    for name, words in file.seen.get("terms", {}).items():
        options = _TERM_OPTIONS[name](file)
        terms = [
            Term(
                word["text"], word["count"], f"nghia-{name}-{index}",
                [(value, label, bool(value) and value == word["like"]) for value, label, _chosen in options],
                bool(word["like"]),
            )
            for index, word in enumerate(words)
        ]  # fmt: skip
        asked.append((str(TERM_TITLES[name]), terms))
    return asked


def _hamlet_options(file: ImportFile) -> list[tuple[str, str, bool]]:
    names = Household.objects.filter(area=file.area).order_by("hamlet").values_list("hamlet", flat=True).distinct()
    return [("", gettext("A new hamlet: keep it"), False), *((name, name, False) for name in names)]


def _people_choice(file: ImportFile) -> list[tuple[str, str, bool]]:
    return [("", gettext("Decide later, row by row"), False), *people_options()[1:]]


def _commune_options(file: ImportFile) -> list[tuple[str, str, bool]]:
    return [("", gettext("Decide later, row by row"), False), (file.area.name, file.area.name, False)]


_TERM_OPTIONS = {"ethnic_group": _people_choice, "commune": _commune_options, "hamlet": _hamlet_options}


@dataclass
class Pair:
    """A row beside what it looks like. `kind`: taken (elsewhere), own, twin or file (another row of the file)."""

    kind: str
    one: Staged
    sentences: list[str]
    number: str
    twins: list[list[Any]] = field(default_factory=list)


@dataclass
class Doubles:
    """Rows of the file that share a number: one of them is to be kept."""

    sentence: str
    rows: list[Staged] = field(default_factory=list)


def look_alikes(file: ImportFile) -> tuple[list[Pair], list[Doubles]]:
    """One query: rows that are registered elsewhere, rows that look like a household, rows that share a number."""
    codes = [*CONFLICTS, "V19", "V20"]
    rows = StagedHousehold.objects.filter(file=file, problem_codes__overlap=codes)
    staged = stage.load(rows.exclude(state__in=[State.SKIPPED, State.APPLIED]))
    pairs: list[Pair] = []
    doubles: dict[str, Doubles] = {}
    for one in staged:
        by_code = defaultdict(list)
        for problem in one.all_problems:
            by_code[problem.code].append(problem)
        for problem in by_code["V19"]:
            text = sentence(problem)
            group = doubles.setdefault(str(problem.params.get("mask")), Doubles(text))
            if one not in group.rows:
                group.rows.append(one)
        kind = "taken" if by_code["V18"] else "own" if by_code["V83"] else "twin" if by_code["V20"] else ""
        if kind:
            found = [*by_code["V18"], *by_code["V83"]] or by_code["V20"]
            number = shown_number(one.household.head.identity_number)
            pairs.append(Pair(kind, one, list(map(sentence, found)), number, one.match.twins))
    return pairs[:MOST_SHOWN], list(doubles.values())[:MOST_SHOWN]


@dataclass
class ChangedLine:
    """A household of the register that the file changes: (label, old, new)."""

    row_no: int
    code: str
    name: str
    changes: list[tuple[str, str, str]]


@dataclass
class Check:
    """What saving would do, counted and listed."""

    new: int = 0
    new_people: int = 0
    same: int = 0
    changed: list[ChangedLine] = field(default_factory=list)
    changed_count: int = 0
    hamlets: list[tuple[str, int]] = field(default_factory=list)
    categories: list[tuple[str, int]] = field(default_factory=list)
    without_number: int = 0

    @property
    def saved(self) -> int:
        return self.new + self.changed_count


def last_check(file: ImportFile) -> Check:
    """One query for the rows, one for the names of the peoples."""
    check, hamlets, categories = Check(), Counter[str](), Counter[str]()
    names = peoples()
    for one in stage.load(StagedHousehold.objects.ready().filter(file=file)):
        row = one.household
        hamlets[row.hamlet] += 1
        categories[str(Category(row.category).label) if row.category else "–"] += 1
        check.without_number += not row.head.identity_number
        if one.match.effect == Effect.NEW:
            check.new += 1
            check.new_people += max(row.member_count or 1, 1 + len(row.members))
        elif one.match.effect == Effect.SAME:
            check.same += 1
        else:
            check.changed_count += 1
            if len(check.changed) < MOST_SHOWN:
                check.changed.append(_changed_line(one, names))
    check.hamlets, check.categories = hamlets.most_common(), categories.most_common()
    return check


def _changed_line(one: Staged, names: dict[str, str]) -> ChangedLine:
    changes = [
        (
            f"{change_label(name)} ({who})" if who else change_label(name),
            change_value(name, old, names),
            change_value(name, new, names),
        )
        for name, who, old, new in one.match.shown
    ]
    return ChangedLine(one.row_no, one.match.code, one.household.head.full_name, changes)


@dataclass
class Undo:
    """What undoing a file would do now. `kept`: (code, reason) of households that stay, the first MOST_SHOWN."""

    kept: list[tuple[str, str]]
    kept_count: int
    taken_back: int


def undo_of(file: ImportFile) -> Undo:
    kept = would_keep(file)
    back = max(0, file.added + file.updated - len(kept))
    return Undo([(code, keep_reason(reason)) for code, reason in kept[:MOST_SHOWN]], len(kept), back)


@dataclass
class Result:
    """What came of a file, and until when it can be taken back."""

    counts: Counts
    kept: list[tuple[str, str]]
    undone: list[int]
    undo_until: datetime | None
    later: int
    repeats: int
    refused: int


def result_of(file: ImportFile) -> Result:
    counts = count(file)
    until = file.applied_at + UNDO_WITHIN if file.applied_at and file.state == FileState.APPLIED else None
    repeats = file.summary.get("repeats", 0)
    return Result(
        counts=counts,
        kept=[(code, keep_reason(reason)) for code, reason in file.summary.get("kept", [])],
        undone=file.summary.get("undone", []),
        undo_until=until if until and until > timezone.now() else None,
        later=max(0, counts.total - counts.applied - repeats),
        repeats=repeats,
        refused=file.summary.get("refused", 0),
    )
