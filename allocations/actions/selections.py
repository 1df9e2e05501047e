"""A reviewer's selection: taken as the lines are now, carried out once by the action that decides on them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.actions.review import DECIDABLE, Outcome, approve, reject, send_back
from allocations.decisions import Refusal
from allocations.models import CommuneList, Selection

DECIDE: Mapping[Verb, Callable[..., Outcome]] = {
    Verb.APPROVED: approve,
    Verb.RETURNED: send_back,
    Verb.REJECTED: reject,
}


class NothingDecided(NotPossible):
    """None of the chosen lines could be decided; `refused` says why, line by line."""

    def __init__(self, refused: list[Refusal]) -> None:
        super().__init__(_("None of the chosen households could be decided."))
        self.refused = refused


@transaction.atomic
def select_lines(
    list_id: int, line_ids: Collection[int], *, chip: str = "", words: str = "", one_by_one: bool = False,
    by: Officer, at: datetime.datetime | None = None,
) -> Selection:  # fmt: skip
    """Keeps which lines were chosen, and in which version. Decides nothing, so no event; old selections go."""
    Selection.objects.filter(officer=by).outdated().delete()
    commune_list = CommuneList.objects.get(pk=list_id)
    lines = commune_list.lines.among(line_ids).filter(status__in=DECIDABLE).by_priority()
    chosen = list(lines.values_list("pk", "version"))
    return Selection.objects.create(
        commune_list=commune_list, area_id=commune_list.area_id, officer=by, chip=chip, words=words,
        one_by_one=one_by_one, line_ids=[pk for pk, _version in chosen], versions=[version for _pk, version in chosen],
        created_at=at or timezone.now(),
    )  # fmt: skip


@transaction.atomic
@refusals_as_sentences()
def decide_selection(
    selection: Selection, verb: Verb, *, by: Officer, at: datetime.datetime | None = None, **how: Any
) -> Selection:
    """Carries out a selection with the options of the deciding action. A second click finds the first one's outcome.

    Raises NothingDecided when somebody else has decided on every line.
    """
    own = Selection.objects.select_for_update(of=["self"]).filter(officer=by)
    selection = own.get(pk=selection.pk)
    if selection.done_at:
        return selection
    if selection.is_outdated:
        raise NotPossible(_("You chose these households more than 30 minutes ago. Choose them again."))
    outcome = DECIDE[verb](
        selection.commune_list_id, selection.line_ids, seen=selection.seen, by=by, at=at, **how
    )  # fmt: skip
    if outcome.event is None:
        raise NothingDecided(outcome.refused)
    selection.outcome = _as_stored(verb, outcome)
    selection.done_at = at or timezone.now()
    selection.save(update_fields=["outcome", "done_at"])
    return selection


def _as_stored(verb: Verb, outcome: Outcome) -> dict[str, Any]:
    return {
        "verb": verb.value,
        "event": outcome.event.pk if outcome.event else None,
        "decided": [line.pk for line in outcome.decided],
        "waiting": [line.pk for line in outcome.waiting],
        "refused": [(line.pk, why) for line, why in outcome.refused],
    }
