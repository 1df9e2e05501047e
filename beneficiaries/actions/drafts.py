"""Drafts of household forms: kept while an officer types, gone once the household is saved. No record, no event."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from administration.models import Officer, Submission
from beneficiaries.models import HouseholdDraft
from beneficiaries.sealing import seal_json

KEPT_FOR = timedelta(days=30)


@transaction.atomic
def keep_draft(typed: str, *, household_id: int | None, form_key: str, by: Officer) -> bool:
    """Keeps the form (a query string) in place of the officer's earlier draft of it; drafts of last month go.

    False when the form with this key has been saved: a draft that was late on its way must not come back.
    """
    if by.area is None or _is_saved(form_key):
        return False
    HouseholdDraft.objects.filter(officer=by, saved_at__lt=Now() - KEPT_FOR).delete()
    HouseholdDraft.objects.update_or_create(
        officer=by,
        household_id=household_id,  # type: ignore[misc]
        defaults={"area": by.area, "content": seal_json({"form": typed}), "saved_at": Now()},
    )
    return True


@transaction.atomic
def discard_draft(*, household_id: int | None, by: Officer) -> bool:
    """Whether there was one."""
    drafts = HouseholdDraft.objects.filter(officer=by)
    drafts = drafts.filter(household=household_id) if household_id else drafts.filter(household=None)
    return drafts.delete()[0] > 0


def _is_saved(form_key: str) -> bool:
    try:
        key = uuid.UUID(form_key)
    except ValueError:
        return False
    return Submission.objects.filter(key=key).exists()
