"""Looking for households that are there twice: in a file, around a few households, in the whole register."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from administration import jobs
from administration.models import Job, Officer
from beneficiaries.actions.received import find_received
from beneficiaries.intake import stage
from beneficiaries.models import Household, ImportFile, StagedHousehold
from beneficiaries.pair_store import keep_pairs_of_file, keep_pairs_of_households
from beneficiaries.pairing import search_commune, search_households, search_rows
from beneficiaries.row_pairs import sought_of_rows

FIND = "import.duplicates"
BATCH = 2_000  # households of the register in one transaction


@transaction.atomic
def ask_in_file(file_id: int, *, by: Officer) -> Job | None:
    """Asks for a search, once the rows are read or mended; an earlier one still under way is of no use any more.

    None: the file has no rows to look for.
    """
    file = ImportFile.objects.visible_to(by).get(pk=file_id)
    for earlier in Job.objects.unfinished().filter(kind=FIND, subject_id=file_id):
        jobs.cancel(earlier)
    if not StagedHousehold.objects.open().filter(file=file).exists():
        return None
    return jobs.ask(FIND, file_id, by=by)


@transaction.atomic
def find_in_file(file_id: int, *, by: Officer, at: datetime.datetime | None = None) -> int:
    """Looks for the people of the rows that are not in the register yet, in the file and in every commune.

    Returns how many pairs wait for a decision. Nothing is locked while it searches; mending goes on meanwhile.
    """
    file = ImportFile.objects.visible_to(by).select_related("area").get(pk=file_id)
    rows = StagedHousehold.objects.open().filter(file=file)
    ImportFile.objects.filter(pk=file.pk).update(pairs_found_at=at or timezone.now())
    return keep_pairs_of_file(file, search_rows(sought_of_rows(stage.load(rows), file.area_id)))


@transaction.atomic
def find_among(household_ids: Collection[int]) -> int:
    """Looks for these registered households elsewhere in the register and in the lists of earlier programmes.

    Returns how many pairs wait for a decision.
    """
    find_received(household_ids)
    return keep_pairs_of_households(household_ids, search_households(list(household_ids)))


@transaction.atomic
def find_in_commune(area_no: int) -> int:
    """Looks for every household of a commune; for the machine's own runs, which see everything."""
    ids = list(Household.objects.listed().filter(area_id=area_no).values_list("pk", flat=True))
    find_received(ids)
    return keep_pairs_of_households(ids, search_commune(area_no))
