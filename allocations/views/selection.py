"""Choosing lines on the page of a list: ticks of this page, a whole chip, or as many as the quota holds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from administration.access import OfficerRequest
from administration.models import Officer
from administration.typed import number_in
from allocations import actions
from allocations import review_contents as contents
from allocations.models import CommuneList, Selection
from allocations.review_contents import ReviewRow
from allocations.unit_quota import UnitQuota

CLEAR, THIS_PAGE, WHOLE_CHIP, FILL_THE_QUOTA = "bo", "trang", "het", "du"


@dataclass(frozen=True)
class Chosen:
    """What is chosen while a page of rows is shown. `selection`: what was chosen before, on this page or others."""

    selection: Selection | None
    rows: list[ReviewRow] = field(default_factory=list)

    @cached_property
    def ids(self) -> set[int]:
        return set(self.selection.line_ids) if self.selection else set()

    @cached_property
    def on_page(self) -> set[int]:
        return {row.line.pk for row in self.rows if row.line.pk in self.ids}

    @property
    def elsewhere(self) -> int:
        """How many are chosen on other pages: the script adds the ticks of this page."""
        return len(self.ids) - len(self.on_page)


def read_selection(officer: Officer, commune_list: CommuneList, token: str) -> Selection | None:
    """The officer's own selection of this list that has not been carried out and is not too old; else nothing."""
    try:
        key = uuid.UUID(token)
    except ValueError:
        return None
    found = Selection.objects.visible_to(officer).filter(pk=key, commune_list=commune_list, done_at=None).first()
    return None if found is None or found.is_outdated else found


def find_selection(officer: Officer, commune_list: CommuneList, token: uuid.UUID) -> Selection:
    selections = Selection.objects.visible_to(officer).select_related("commune_list__round", "commune_list__area")
    return get_object_or_404(selections, pk=token, commune_list=commune_list)


def choose(
    request: OfficerRequest, commune_list: CommuneList, *, how: str, chip: str, words: str, quota: UnitQuota | None
) -> Selection | None:
    """A new selection from what was posted, or nothing when no line is chosen."""
    if how == WHOLE_CHIP:
        ids = set(contents.lines_of(commune_list, chip, words).values_list("pk", flat=True))
    elif how == FILL_THE_QUOTA:
        ids = set(contents.best_within_quota(commune_list, quota))
    else:
        ids = _ticked(request.POST, read_selection(request.user, commune_list, request.GET.get("chon", "")))
        ids |= _numbers(request.POST, "shown") if how == THIS_PAGE else set()
    if not ids:
        return None
    return actions.select_lines(commune_list.pk, ids, chip=chip, words=words, by=request.user)


def _ticked(posted: QueryDict, before: Selection | None) -> set[int]:
    """What was chosen on other pages and what is ticked on this one."""
    chosen = set(before.line_ids) if before else set()
    return (chosen - _numbers(posted, "shown")) | _numbers(posted, "selected")


def _numbers(posted: QueryDict, name: str) -> set[int]:
    return {number for number in map(number_in, posted.getlist(name)) if number is not None}
