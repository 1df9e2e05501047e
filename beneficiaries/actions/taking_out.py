"""Taking a list of households out of Trao as a file: the file is made elsewhere, that it was made is recorded here."""

from __future__ import annotations

import datetime

from django.db import transaction

from administration.limits import refuse_too_many
from administration.models import Area, AuditEvent, Officer
from administration.verbs import Verb


@transaction.atomic
def record_export(
    area: Area, *, count: int, file_format: str, by: Officer, at: datetime.datetime | None = None
) -> None:
    """Writes down who took how many households of which unit out, and in which format."""
    refuse_too_many(Verb.HOUSEHOLDS_EXPORTED, by=by, at=at)
    AuditEvent.record(Verb.HOUSEHOLDS_EXPORTED, area, by=by, area=area, at=at, count=count, format=file_format)
