"""Rows of a file that may be households already: in the file itself, in the register, in any commune."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from administration.models import Area
from beneficiaries.intake.staged import Staged
from beneficiaries.models import ImportFile, StagedHousehold, SuspectedPair
from beneficiaries.pair_words import reasons
from beneficiaries.pairing import Found, SoughtRow, search_rows
from beneficiaries.sealing import fingerprint, seal


@dataclass(frozen=True, slots=True)
class RowPair:
    """A row and what it may be: another row of the file, or a household with its code and commune. No personal data.

    `certainty` is "same" or "likely"; `why` are sentences in the reader's language, `codes` the same for machines.
    """

    sheet: str
    row_no: int
    other_sheet: str
    other_row_no: int | None
    household_code: str
    commune: str
    certainty: str
    score: int
    why: list[str]
    codes: dict[str, object]


def sought_of_rows(staged: Sequence[Staged], area_no: int) -> Iterator[SoughtRow]:
    """The people of staged households, in the order of pairing.SOUGHT; a row that is not stored goes by its place."""
    for unit, one in enumerate(staged, 1):
        household = one.household
        for member_no, person in enumerate(household.people()):
            if not person.full_name:
                continue
            yield (
                unit, one.pk or unit, member_no, one.match.household_id, None, area_no, member_no == 0,
                person.full_name, person.gender, person.birth_year, person.birth_date,
                person.birth_precision or "year", fingerprint(person.identity_number), seal(person.identity_number),
                fingerprint(person.old_identity_number), household.hamlet, household.phone,
            )  # fmt: skip


def find_row_pairs(staged: Sequence[Staged], area: Area) -> list[RowPair]:
    """Searches without storing anything: for rows that are read but not kept (a dry run). In the file's order."""
    taking_part = [one for one in staged if not one.is_skipped]
    by_id = {one.pk or unit: one for unit, one in enumerate(taking_part, 1)}
    found = search_rows(sought_of_rows(taking_part, area.number))
    codes = codes_of([one.b.household_id for one in found if one.b.row_id is None and one.b.household_id])
    areas = _names({one.b.record.area_no for one in found})
    pairs = [_of_found(one, by_id, codes, areas) for one in found]
    return sorted(pairs, key=lambda pair: (pair.sheet, pair.row_no, -pair.score))


def pairs_of_import(file: ImportFile) -> list[RowPair]:
    """The open pairs that were stored for a file's rows (actions.duplicates.find_in_file)."""
    pairs = list(SuspectedPair.objects.of_file(file).open().order_by("row_a__table_no", "row_a__row_no", "-score"))
    rows = {pk for pair in pairs for pk in (pair.row_a_id, pair.row_b_id) if pk}
    places = {
        pk: (sheet, row_no)
        for pk, sheet, row_no in StagedHousehold.objects.filter(pk__in=rows).values_list("pk", "sheet", "row_no")
    }
    codes = codes_of([pair.household_b_id for pair in pairs if pair.household_b_id])
    areas = _names({pair.area_b_id for pair in pairs})
    return [_of_stored(pair, places, codes, areas) for pair in pairs]


def _of_stored(
    pair: SuspectedPair, places: dict[int, tuple[str, int]], codes: dict[int, str], areas: dict[int, str]
) -> RowPair:
    sheet, row_no = places[pair.row_a_id or 0]
    other_sheet, other_row_no = places[pair.row_b_id] if pair.row_b_id else ("", None)
    return RowPair(
        sheet, row_no, other_sheet, other_row_no, codes.get(pair.household_b_id or 0, ""),
        areas.get(pair.area_b_id, ""), pair.certainty, pair.score, reasons(pair.evidence), pair.evidence,
    )  # fmt: skip


def _of_found(one: Found, by_id: dict[int, Staged], codes: dict[int, str], areas: dict[int, str]) -> RowPair:
    row, other = by_id[one.a.row_id or 0], by_id.get(one.b.row_id or 0)
    certainty = SuspectedPair.Certainty.SAME if one.is_proved else SuspectedPair.Certainty.LIKELY
    return RowPair(
        row.sheet, row.row_no, other.sheet if other else "", other.row_no if other else None,
        "" if other else codes.get(one.b.household_id or 0, ""), areas.get(one.b.record.area_no, ""),
        certainty.value, max(0, round(one.bits)), reasons(one.evidence), one.evidence,
    )  # fmt: skip


def codes_of(household_ids: Collection[int]) -> dict[int, str]:
    """Codes of households in any commune; a code tells nothing about people."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, code FROM household_codes(%s::bigint[])", [list(household_ids)])
        return dict(cursor.fetchall())


def _names(area_nos: set[int]) -> dict[int, str]:
    return dict(Area.objects.filter(number__in=area_nos).values_list("number", "name"))
