"""What the pages of earlier programmes show: every list with its numbers, one list with what was read and found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.models import Level, Officer
from administration.templatetags.trao import grouped
from beneficiaries.intake.problems import Problem
from beneficiaries.intake.register_problems import sentence
from beneficiaries.models import ExclusionSource, ReceivedHit

State = ExclusionSource.State


@dataclass(frozen=True, slots=True)
class Counts:
    """Households within the officer's area that a list names."""

    same: int = 0
    likely: int = 0
    received: int = 0
    not_same: int = 0

    @property
    def standing(self) -> int:
        """What counts as received."""
        return self.same + self.received

    @property
    def open(self) -> int:
        return self.same + self.likely


@dataclass(frozen=True, slots=True)
class SourceLine:
    source: ExclusionSource
    counts: Counts


@dataclass(slots=True)
class Read:
    """What was read of a file. `problems`: row and sentence; more than are shown are only counted."""

    facts: list[tuple[str, int]] = field(default_factory=list)
    problems: list[tuple[str, int, str]] = field(default_factory=list)
    more: int = 0
    is_unsure: bool = False


def sources_of(officer: Officer) -> QuerySet[ExclusionSource]:
    """The province's own see every list, its units those in use."""
    sources = ExclusionSource.objects.of_area(officer.area).select_related("job", "uploaded_by", "province")
    return sources if keeps_sources(officer) else sources.active()


def keeps_sources(officer: Officer) -> bool:
    return officer.area is not None and officer.area.level == Level.PROVINCE


def lines_of(sources: Iterable[ExclusionSource], officer: Officer) -> list[SourceLine]:
    sources = list(sources)
    counts = count_hits(sources, officer)
    return [SourceLine(source, counts.get(source.pk, Counts())) for source in sources]


def count_hits(sources: Iterable[ExclusionSource], officer: Officer) -> dict[int, Counts]:
    """One query for all lists."""
    hits = ReceivedHit.objects.visible_to(officer).in_force().filter(source__in=list(sources))
    rows = hits.order_by().values("source").annotate(
        same=Count("household", distinct=True, filter=Q(state="open", certainty="same")),
        likely=Count("household", distinct=True, filter=Q(state="open", certainty="likely")),
        received=Count("household", distinct=True, filter=Q(state="received")),
        not_same=Count("household", distinct=True, filter=Q(state="not_same")),
    )  # fmt: skip
    return {row["source"]: Counts(row["same"], row["likely"], row["received"], row["not_same"]) for row in rows}


def read_of(source: ExclusionSource) -> Read:
    """In the reader's language."""
    summary = source.summary
    if not summary:
        return Read()
    seen = source.seen
    problems = [
        (
            sheet,
            row_no,
            _("Neither an identity number nor a name with a year of birth: nobody can be found by this row."),
        )
        for sheet, row_no in seen.get("nobody", [])
    ]
    for sheet, code, severity, name, row_no, params, fix in seen.get("problems", []):
        problems.append((sheet, row_no, sentence(Problem(code, severity, name, row_no, params, fix, sheet=sheet))))
    total = sum(summary.get("codes", {}).values()) + summary["unusable"]
    return Read(_facts(summary), problems, max(0, total - len(problems)), bool(summary.get("unsure")))


def _facts(summary: dict[str, Any]) -> list[tuple[str, int]]:
    return [
        (_("Rows that name somebody"), summary["rows"]),
        (_("People with an identity number"), summary["with_number"]),
        (_("People with name and birth only"), summary["without_number"]),
        (_("Rows without a commune that is known"), summary["without_commune"]),
        (_("Rows that repeat another one"), summary.get("repeats", 0)),
        (_("Rows by which nobody can be found"), summary["unusable"]),
    ]


def working(source: ExclusionSource) -> str:
    """What the job does, for its progress."""
    return _("The list is being read") if source.state == State.READING else _("The register is compared with the list")


def found_in_words(counts: Counts) -> str:
    """What a finished comparison says."""
    if not counts.standing and not counts.likely:
        return _("No household of the register is on this list.")
    sure = ngettext(
        "%(n)s household is on the list by its number.", "%(n)s households are on the list by their numbers.",
        counts.standing,
    ) % {"n": grouped(counts.standing)}  # fmt: skip
    likely = ngettext(
        "%(n)s looks like somebody on it and is to be decided.",
        "%(n)s look like somebody on it and are to be decided.",
        counts.likely,
    ) % {"n": grouped(counts.likely)}  # fmt: skip
    return f"{sure} {likely}" if counts.likely else sure
